"""The YAML files of a content folder: plain files inside it, of bounded number and size."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from painrules.reading import MAXIMUM_BYTES, MAXIMUM_DEPTH, ContentError, Problem, plain_files

FOLDERS = ("knowledge", "rules")
MAXIMUM_FILES = 2_000
MAXIMUM_BYTES_IN_ALL = 50_000_000
MOST_ENTRIES = 20_000
"""Files and folders to look through, of any name."""


def content_folder() -> Path:
    """The folder with the content that belongs to this program: inside a wheel, or beside a checkout's package."""
    inside = Path(__file__).parent / "content"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def read_folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every YAML file of a content folder: its name (`rules/nsaids.yaml`) and what it holds. Raises ContentError."""
    problems: list[Problem] = []
    files = [file for name in FOLDERS for file in sorted(_yaml_files(folder, name, problems), key=_parts)]
    if not files and not problems:
        problems.append(Problem(str(folder), 1, 1, "", "has no knowledge/*.yaml and rules/*.yaml."))
    if len(files) > MAXIMUM_FILES:
        problems.append(Problem(str(folder), 1, 1, "", f"holds more than {MAXIMUM_FILES:,} YAML files."))
        files = []
    size = 0
    for name, is_plain in files:
        try:
            if not (is_plain or plain_files([folder / name], folder)):
                problems.append(Problem(name, 1, 1, "", "is not a plain file inside the content folder."))
                continue
            with open(f"{folder}/{name}", "rb") as stream:  # noqa: PTH123  # a path for each file takes longer
                expected = min(os.fstat(stream.fileno()).st_size, MAXIMUM_BYTES)
                content = stream.read(expected + 1)
                if len(content) > expected:  # it grew, or its disk does not tell sizes
                    content += stream.read(MAXIMUM_BYTES + 1 - len(content))
            size += len(content)
            if size > MAXIMUM_BYTES_IN_ALL:
                message = f"holds more than {MAXIMUM_BYTES_IN_ALL:,} bytes of YAML."
                problems.append(Problem(str(folder), 1, 1, "", message))
                break
            yield name, content
        except OSError as error:
            problems.append(Problem(name, 1, 1, "", f"cannot be read: {error.strerror or error}."))
    if problems:
        raise ContentError(problems)


def _parts(file: tuple[str, bool]) -> list[str]:
    return file[0].split("/")


def _yaml_files(folder: Path, name: str, problems: list[Problem]) -> Iterator[tuple[str, bool]]:
    """The YAML files below a folder of the content, never those behind a link to a folder; and which are plain."""
    waiting, seen = [name], 0
    while waiting:
        where = waiting.pop()
        if not os.path.isdir(folder / where):  # noqa: PTH112  # Path raises an error for a name that is too long
            continue  # such as content without rules
        if (folder / where).is_symlink():
            problems.append(Problem(where, 1, 1, "", "is a link to a folder.", "Put the folder here."))
            continue
        if where.count("/") >= MAXIMUM_DEPTH:
            problems.append(Problem(where, 1, 1, "", f"is nested more than {MAXIMUM_DEPTH} folders deep."))
            continue
        try:
            for entry in os.scandir(folder / where):
                seen += 1
                if seen > MOST_ENTRIES:
                    message = f"holds more than {MOST_ENTRIES:,} files and folders."
                    problems.append(Problem(name, 1, 1, "", message))
                    return
                inside = f"{where}/{entry.name}"
                if entry.name.lower().endswith((".yaml", ".yml")):
                    if not _is_text(inside):  # its own name, or that of a folder it is in
                        message = "has a name that is not UTF-8."
                        problems.append(Problem(inside, 1, 1, "", message, "Rename it."))
                    else:
                        yield inside, entry.is_file(follow_symlinks=False)
                else:  # what is no folder is passed over
                    waiting.append(inside)
        except OSError as error:
            problems.append(Problem(where, 1, 1, "", f"cannot be read: {error.strerror or error}."))


def _is_text(name: str) -> bool:
    try:
        return bool(name.encode())
    except UnicodeEncodeError:
        return False


def digest_of(raw: Mapping[str, bytes]) -> str:
    """What names this content: another as soon as a file changes."""
    digest = hashlib.sha256()
    for name, content in sorted(raw.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
