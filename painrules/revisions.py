"""Versions of the content: a folder, or a revision of git, whose files are read without any checkout."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

from painrules.content_files import FOLDERS, MAXIMUM_BYTES_IN_ALL, MAXIMUM_FILES
from painrules.knowledge import KnowledgeBase
from painrules.loading import knowledge_from, load_knowledge
from painrules.reading import ContentError, Problem, visible

ENDINGS = (".yaml", ".yml")
PLAIN_FILES = ("100644", "100755")


class RevisionError(Exception):
    """What was named is neither a folder nor a revision that can be read; the text says what would help."""


def load_version(name: str) -> KnowledgeBase:
    """The content of a folder, or of a revision such as `main`, `HEAD~1` or `v1.2:a/folder`.

    A revision is one of the repository that the current folder belongs to; its content is that of this folder.
    Raises RevisionError and ContentError.
    """
    if Path(name).is_dir():
        return load_knowledge(Path(name))
    return knowledge_from(dict(_files_of(name)), use_cache=True)


def _files_of(revision: str) -> Iterator[tuple[str, bytes]]:
    """The YAML files of a revision, as `knowledge_from` takes them. Links and submodules are no plain files."""
    entries = list(_entries(_tree(revision)))
    names = [name for name, _, _ in entries]
    if not entries:
        raise ContentError([Problem(revision, 1, 1, "", "has no knowledge/*.yaml and rules/*.yaml.")])
    if wrong := [name for name, mode, _ in entries if mode not in PLAIN_FILES]:
        raise ContentError(
            [Problem(name, 1, 1, "", "is not a plain file inside the content folder.") for name in wrong]
        )
    if len(entries) > MAXIMUM_FILES:
        raise ContentError([Problem(revision, 1, 1, "", f"holds more than {MAXIMUM_FILES:,} YAML files.")])
    batch = _git("cat-file", "--batch-check=%(objectsize)", given="".join(f"{id}\n" for _, _, id in entries).encode())
    if sum(map(int, batch.split())) > MAXIMUM_BYTES_IN_ALL:
        message = f"holds more than {MAXIMUM_BYTES_IN_ALL:,} bytes of YAML."
        raise ContentError([Problem(revision, 1, 1, "", message)])
    rest = _git("cat-file", "--batch=%(objectsize)", given="".join(f"{id}\n" for _, _, id in entries).encode())
    for name in names:
        size, _, rest = rest.partition(b"\n")
        yield name, rest[: int(size)]
        rest = rest[int(size) + 1 :]


def _tree(revision: str) -> str:
    """The id of the folder of a revision that stands for the current one, or that is named after a colon."""
    try:
        if revision.startswith("-") or "\0" in revision:
            raise RevisionError("It starts like an option.")
        prefix = "" if ":" in revision else f":{_git('rev-parse', '--show-prefix').decode().strip()}"
        return _git("rev-parse", "--verify", f"{revision}{prefix}").decode().strip()
    except RevisionError as error:
        what = f"{visible(revision)} is not a folder, and not a revision that git can read here"
        hint = "A fresh copy by a CI service may lack history: fetch all of it."
        raise RevisionError(f"{what}: {error} {hint}") from None


def _entries(tree: str) -> Iterator[tuple[str, str, str]]:
    """Name, mode and id of every YAML file of the content."""
    for line in _git("ls-tree", "-r", "-z", "--full-tree", tree, "--", *FOLDERS).split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        mode, _, id = about.decode().split()
        if os.fsdecode(name).endswith(ENDINGS):
            yield os.fsdecode(name), mode, id


def _git(*arguments: str, given: bytes = b"") -> bytes:
    command = ["git", "--no-replace-objects", *arguments]
    try:
        return subprocess.run(command, input=given, check=True, capture_output=True).stdout
    except FileNotFoundError:
        raise RevisionError("git is not installed.") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        raise RevisionError(f"{visible(said).removeprefix('fatal: ').rstrip('.') or 'no more is known'}.") from None
