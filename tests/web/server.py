"""`painrules serve` as a process, on a free port, in empty folders, and unable to write to any file."""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import ROOT
from tests.web.client import Client


class Server:
    """The process, its port, and the folder that is its home, working folder and place for temporary files."""

    def __init__(self, process: subprocess.Popen[str], port: int, folder: Path):
        self.process, self.port, self.folder = process, port, folder

    def client(self) -> Client:
        return Client(self.port)

    def stop(self) -> tuple[int, str, str]:
        """Ctrl-C; gives the exit code and what was printed after the address."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=30)
        return self.process.returncode, out, err


WATCH = """
import os, sys
def watch(event, arguments):
    address = arguments[1] if event in ("socket.bind", "socket.connect") else arguments[:1] or ("",)
    here = isinstance(address, tuple) and address[0] in ("127.0.0.1", None)
    asks = event in ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.gethostbyname", "subprocess.Popen")
    if asks or (event in ("socket.bind", "socket.getaddrinfo") and not here):
        os.write(2, f"FORBIDDEN: {event} {arguments}".encode())
        os._exit(99)
sys.addaudithook(watch)
"""
"""A sitecustomize module: it may listen at this computer's own address; whoever asks for more dies."""


@contextmanager
def serving(*arguments: str, watched: bool = False) -> Iterator[Server]:
    """Start it, wait until it says where it is, and end it."""
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryDirectory() as watch:
        if watched:
            (Path(watch) / "sitecustomize.py").write_text(WATCH)
        kept = {key: value for key, value in os.environ.items() if key in ("PATH", "LANG", "XDG_CACHE_HOME")}
        environment = {
            **kept,
            "HOME": name,
            "TMPDIR": name,
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONPATH": f"{watch}:{ROOT}",
        }
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "cli.py"), "serve", "--port", "0", *arguments],
            cwd=name, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        line = process.stdout.readline()
        address = re.search(r"http://[^/]+:(\d+)/", line)
        assert address, line + process.stderr.read()
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (0, 0))
        try:
            yield Server(process, int(address[1]), Path(name))
        finally:
            process.kill()
            process.communicate()
