"""The real program at a pseudo terminal, and its screen as a person sees it (pyte draws what the program writes)."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pexpect
import pyte

from tests.conftest import ROOT

KEYS = {
    "up": "\x1b[A", "down": "\x1b[B", "home": "\x1b[H", "end": "\x1b[F", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
    "enter": "\r", "space": " ", "tab": "\t", "escape": "\x1b", "backspace": "\x7f", "ctrl-c": "\x03",
    "f1": "\x1bOP", "f2": "\x1bOQ", "f3": "\x1bOR", "f4": "\x1bOS", "f5": "\x1b[15~",
}  # fmt: skip
PATIENCE = 120


class Screen:
    """A program and its screen."""

    def __init__(self, *arguments: str, cwd: Path, rows: int = 24, columns: int = 80, hangup: bool = True, **env: str):
        environment = {
            name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES", "NO_COLOR")
        }
        self.written = b""
        self.child = pexpect.spawn(
            sys.executable, [str(ROOT / "cli.py"), *arguments], cwd=cwd, env={**environment, "TERM": "xterm", **env},
            timeout=PATIENCE, dimensions=(rows, columns), ignore_sighup=not hangup,
        )  # fmt: skip
        self.screen = pyte.HistoryScreen(columns, rows, history=5000)
        self.stream = pyte.ByteStream(self.screen)

    def press(self, *keys: str) -> None:
        """Press keys by name; anything else is typed."""
        for key in keys:
            self.child.send(KEYS.get(key, key))

    def resize(self, rows: int, columns: int) -> None:
        """Make the window another size, as a person does with the mouse."""
        if (less := self.screen.lines - rows) > 0:  # terminals cut a lower window at its foot, pyte at its head
            at = self.screen.cursor.y, self.screen.cursor.x
            self.screen.cursor_position()
            self.screen.insert_lines(less)
            self.screen.cursor_position(at[0] + 1, at[1] + 1)
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)
        self.child.kill(signal.SIGWINCH)

    def read(self, seconds: float = 0.05) -> bool:
        """Take what the program wrote; False at its end."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.written += data
        self.stream.feed(data)
        return True

    def wait(self, *texts: str, gone: str = "") -> str:
        """Wait until all these texts are on the screen, and one is not; returns the screen."""
        until = time.monotonic() + PATIENCE
        alive = True
        while time.monotonic() < until:
            shown = " ".join(self.text().split())
            if all(text in shown for text in texts) and not (gone and gone in shown):
                return self.text()
            if not alive:
                break
            alive = self.read()
        raise AssertionError(f"{texts} did not appear{f', or {gone!r} stayed' if gone else ''}:\n{self.text()}")

    def wait_for_one(self, *texts: str) -> str:
        """Wait until one of these texts is on the screen; returns which."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            shown = " ".join(self.text().split())
            for text in texts:
                if text in shown:
                    return text
            self.read()
        raise AssertionError(f"none of {texts} appeared:\n{self.text()}")

    def hang_up(self) -> None:
        """Close the terminal under the program, and wait for its end."""
        self.child.ptyproc.fileobj.close()
        self.child.ptyproc.closed = self.child.closed = True
        until = time.monotonic() + PATIENCE
        while self.child.ptyproc.isalive():
            assert time.monotonic() < until, "the program lives on without a terminal"
            time.sleep(0.05)

    def text(self) -> str:
        """The screen."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def history(self) -> str:
        """All lines that went off the top, and the screen."""
        gone = ("".join(line[x].data for x in range(self.screen.columns)) for line in self.screen.history.top)
        return "\n".join(line.rstrip() for line in (*gone, *self.screen.display))

    def end(self) -> int | None:
        """Wait for the end of the program; returns its exit code."""
        until = time.monotonic() + PATIENCE
        while self.read(1) and time.monotonic() < until:
            pass
        self.child.close()
        return self.child.exitstatus
