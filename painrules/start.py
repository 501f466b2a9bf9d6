"""Where the program starts: Ctrl-C ends it quietly even while it is being read in, which is most of a short run."""

from __future__ import annotations

import os
import signal
from typing import Any

INTERRUPTED = 130


def _stop(*_: Any) -> None:
    os._exit(INTERRUPTED)  # nothing is open yet


def main() -> None:
    """Run the command line."""
    heeded = signal.getsignal(signal.SIGINT) != signal.SIG_IGN  # `nohup` and the like want it ignored
    if heeded:
        signal.signal(signal.SIGINT, _stop)
    from painrules.commands import main as run

    if heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run()
