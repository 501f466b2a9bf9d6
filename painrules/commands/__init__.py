"""The command line: read input, call one function, hand the value to one surface."""

from __future__ import annotations

import gc
import io
import os
import sys
import threading
from collections.abc import Callable
from typing import Annotated, Any

import typer

from painrules import __version__
from painrules.commands.app import app as app
from painrules.commands.on_demand import OnDemand


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"painrules {__version__}")
        raise typer.Exit


@app.callback(cls=OnDemand)
def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass


class _Messages(io.TextIOWrapper):
    """Standard error, on which nothing can drive a terminal: not even an argument that a usage message repeats."""

    def write(self, text: str) -> int:
        from painrules.reading import visible

        return super().write(visible(text))


def main(run: Callable[[], Any] = app) -> None:
    """Run the command line; a closed pipe or Ctrl-C ends it quietly."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # as file names are read
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    if type(sys.stderr) is io.TextIOWrapper:
        sys.stderr = _Messages(sys.stderr.buffer, sys.stderr.encoding, "replace", line_buffering=True)
    # A command is short and makes tens of thousands of values that all live until its end: nothing to collect before.
    gc.disable()
    try:
        try:
            run()
        except SystemExit as left:
            if not isinstance(left.code, int) or threading.active_count() > 1 or "pyspark" in sys.modules:
                raise
            # To take all of them down one by one takes longer than reading them did.
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(left.code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
