"""`painrules doctor`: whether this installation works."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING

import typer

from painrules.commands.app import FOUND, FolderOption, Format, FormatOption, app, print_json
from painrules.entries import as_mapping
from painrules.reading import visible

if TYPE_CHECKING:
    from painrules.doctor import Finding

INDENT = 26


@app.command()
def doctor(format_: FormatOption = "text", content: FolderOption = None) -> None:
    """Tell whether this installation works: Python, engines, content, extras. Exit code 1: something is broken.

    Example: painrules doctor
    """
    from painrules.doctor import findings

    found = [*findings(content), _terminal()]
    _print(found, format_)
    if any(finding.state == "broken" for finding in found):
        raise typer.Exit(FOUND)


def _terminal() -> Finding:
    from painrules.commands.explore import can_move_cursor
    from painrules.doctor import Finding

    kind = os.environ.get("TERM", "")
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Finding("terminal", "fine", "none: output goes to a file or a program, as plain lines")
    asks = "lists to move through" if can_move_cursor(kind) else "typed numbers"
    colour = ", no colour (NO_COLOR)" if os.environ.get("NO_COLOR") else ""
    says = f"{kind or 'unknown'}, {shutil.get_terminal_size().columns} columns{colour}; the interview asks by {asks}"
    return Finding("terminal", "fine", says)


def _print(found: list[Finding], format_: Format) -> None:
    if format_ == "json":
        print_json([as_mapping(finding) for finding in found])
        return
    width = max(50, min(shutil.get_terminal_size().columns, 100))
    for finding in found:
        for text, lead in ((finding.says, f"{finding.state:<7} {finding.what:<17} "), (finding.advice, " " * INDENT)):
            if text:
                lines = textwrap.wrap(visible(text), width - INDENT, break_on_hyphens=False, break_long_words=False)
                typer.echo(lead + f"\n{' ' * INDENT}".join(lines))
    broken = [finding.what for finding in found if finding.state == "broken"]
    typer.echo(f"Broken: {', '.join(broken)}." if broken else "It works.")
