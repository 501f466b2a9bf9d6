"""Validated content, kept as JSON in the person's cache folder under its digest, each section a line.

The cache holds plain data and is checked by its own digest, so a damaged file is built anew in silence and nothing in
it can run. It is neither read nor written where someone else could have written it.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from painrules import __version__
from painrules.entries import SECTIONS
from painrules.private_file import clear_left_behind, replacing

MOST_CACHED = 8


def cache_folder() -> Path:
    """Where checked content is kept."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("painrules"))


def _file(digest: str) -> Path:
    # The format of rows belongs to the code that wrote them, so the version is part of the name.
    return cache_folder() / f"{__version__}-{_code_digest()}-{digest[:32]}.json"


CODE = ("entries.py", "language.py", "loading.py", "reading.py", "shape.py", "validation.py")
"""What decides how rows are checked and what they look like."""


@lru_cache(maxsize=1)
def _code_digest() -> str:
    code = b"".join(Path(__file__).with_name(name).read_bytes() for name in CODE)
    return hashlib.sha256(code).hexdigest()[:12]


def cached_lines(digest: str) -> Mapping[str, bytes] | None:
    """The rows of each section, as a line of JSON."""
    file = _file(digest)
    try:
        if not (_only_mine(file.parent, stat.S_ISDIR) and _only_mine(file, stat.S_ISREG)):
            return None
        check, *lines = file.read_bytes().split(b"\n")
        if _check_of(lines) == check:
            return dict(zip(SECTIONS, lines, strict=True))
    except (OSError, ValueError):
        pass
    return None


def _check_of(lines: Iterable[bytes]) -> bytes:
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line)
        digest.update(b"\n")
    return digest.hexdigest().encode()


def _only_mine(path: Path, is_kind: Callable[[int], bool]) -> bool:
    """Whether this is no link but the thing itself, and nobody else owns it or may write to it. Raises OSError."""
    found = path.lstat()
    mine = os.name == "nt" or (found.st_uid == os.geteuid() and not found.st_mode & 0o022)
    return is_kind(found.st_mode) and mine


def keep_lines(digest: str, lines: Mapping[str, bytes]) -> None:
    """Keep the rows of each section; a home that cannot be written to costs speed, nothing else."""
    body = [lines[name] for name in SECTIONS]
    with suppress(OSError):
        file = _file(digest)
        for folder in (file.parent.parent, file.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _only_mine(file.parent, stat.S_ISDIR):
            return
        clear_left_behind(file.parent)
        if file.is_symlink():
            file.unlink()
        with replacing(file) as part:
            part.write_bytes(b"\n".join((_check_of(body), *body)))
        kept = sorted(file.parent.glob("*.json"), key=lambda path: path.lstat().st_mtime, reverse=True)
        for old in kept[MOST_CACHED:]:
            old.unlink()
