"""The command line: read input, call one function, hand the value to one surface."""

from __future__ import annotations

import errno
import gc
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Any

import typer

from painrules import __version__
from painrules.commands.app import WRONG_USE
from painrules.commands.app import app as app
from painrules.commands.on_demand import OnDemand

STANDARD_ERROR = 2
NO_ROOM = (errno.ENOSPC, errno.EFBIG, errno.EIO, getattr(errno, "EDQUOT", errno.ENOSPC))


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


def _open_streams() -> None:
    """Give the program standard streams that lead nowhere where it has none: else a file would take their place."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= STANDARD_ERROR:
        pass
    os.close(number)
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            stream = open(number, "w" if number else "r", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
            setattr(sys, f"__{name}__", stream)  # keeps it open when another one takes its place


def _ask_to_end(number: int, _: object) -> None:
    """End like on Ctrl-C, so that nothing half-written stays."""
    raise SystemExit(128 + number)


def main(run: Callable[[], Any] = app) -> None:
    """Run the command line; a closed pipe, a full disk, Ctrl-C or a signal to end leave no traceback."""
    _open_streams()
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
            signal.signal(getattr(signal, name), _ask_to_end)
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
    except OSError as error:
        if error.filename is not None or error.errno not in NO_ROOM:
            raise
        # Commands tell which file cannot be written; what is left is standard output or standard error.
        with suppress(OSError):
            typer.echo(f"Not all could be shown: {error.strerror}.", err=True)
        os._exit(WRONG_USE)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
