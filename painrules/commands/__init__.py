"""The command line: read input, call one function, hand the value to one surface."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from painrules import __version__
from painrules.commands import check as check
from painrules.commands import cohort as cohort
from painrules.commands import compare as compare
from painrules.commands import explore as explore
from painrules.commands import lookup as lookup
from painrules.commands.app import app as app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"painrules {__version__}")
        raise typer.Exit


@app.callback()
def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass


def main(run: Callable[[], Any] = app) -> None:
    """Run the command line; a closed pipe or Ctrl-C ends it quietly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # A command is short and makes tens of thousands of values that all live until its end: nothing to collect before.
    gc.disable()
    try:
        run()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
