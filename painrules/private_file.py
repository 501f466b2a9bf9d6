"""Write files for their owner's eyes only, whole or not at all, and one writer at a time where that matters."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from glob import escape
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows has no such lock
    fcntl = None  # type: ignore[assignment]


def data_folder() -> Path:
    """Where files of a person's own lie that they gave no other place: diary, cases, scores."""
    import platformdirs

    return Path(platformdirs.user_data_dir("painrules", appauthor=False))


def refuse_what_is_no_file(path: Path) -> None:
    """Raise OSError for a link, a folder or a device: it would be replaced instead of written to."""
    if path.is_symlink():
        # To follow it could put answers where others read; to replace it would surprise.
        raise OSError(22, "it is a link; name the file that it leads to")
    if path.exists() and not path.is_file():
        raise OSError(22, "it is no ordinary file")  # such as /dev/stdout


def write_private(path: Path, data: bytes, *, new: bool = False) -> None:
    """Write whole or not at all, with mode 0600; `new`: nothing may stand there. Raises OSError."""
    if new and os.path.lexists(path):
        raise FileExistsError(17, "it exists already")
    with replacing(path) as part:
        part.write_bytes(data)


def rewrite(path: Path, data: bytes) -> None:
    """Write a file that is there anew, whole or not at all; whoever could read it still can. Raises OSError."""
    refuse_what_is_no_file(path)
    mode = path.stat().st_mode
    with replacing(path) as part:
        part.write_bytes(data)
        part.chmod(mode & 0o777)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file to write (mkstemp makes it with mode 0600) that takes the place of `path` if all goes well, else goes.

    Raises OSError, also for a link, a folder or a device. What writers that were killed left behind is cleared away.
    """
    refuse_what_is_no_file(path)
    clear_left_behind(path.parent, escape(path.name[:100]))
    part, handle = _new_part(path)
    try:
        yield part
        with part.open("rb+") as stream:
            os.fsync(stream.fileno())  # else, after a power cut, the name could stand for an empty file
        part.replace(path)
    except BaseException:  # Ctrl-C too must leave no answers behind
        part.unlink(missing_ok=True)
        raise
    finally:
        if handle is not None:
            os.close(handle)


def _new_part(path: Path) -> tuple[Path, int | None]:
    """A new file, and a lock on it which tells that its writer lives."""
    while True:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:100]}.", suffix=".part")
        if fcntl is None:
            os.close(handle)
            return Path(name), None
        with suppress(OSError):  # a disk without locks: nobody clears there, as nobody can lock
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.path.lexists(name):
            return Path(name), handle
        os.close(handle)  # it was cleared away before it was locked


def clear_left_behind(folder: Path, pattern: str = "*") -> None:
    """Remove what writers that were killed left in a folder, of files whose names are like the pattern."""
    if fcntl is None:
        return
    for left in folder.glob(f".{pattern}.????????.part"):
        with suppress(OSError):
            handle = os.open(left, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)  # held by a writer that lives
                left.unlink()
            finally:
                os.close(handle)


@contextmanager
def alone_with(path: Path) -> Iterator[None]:
    """Keep other writers that ask for the same away from a file, which is made when there is none. Raises OSError."""
    refuse_what_is_no_file(path)
    handle = _locked(path)
    try:
        yield
    finally:
        os.close(handle)  # this also gives the lock back


def _locked(path: Path) -> int:
    """An open file that is locked, and still the one that stands at `path`: a writer before may have replaced it."""
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            if fcntl is None:
                return handle
            fcntl.flock(handle, fcntl.LOCK_EX)
            if path.exists() and os.path.samestat(os.fstat(handle), path.stat()):
                return handle
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
