"""Whether this installation works: Python, engines, content, extras, cache and what the terminal can show.

A finding is fine, a note (it works, yet something is missing or unusual) or broken. Nothing is changed or kept.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import locale
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Literal

from msgspec import Struct

import painrules
from painrules import __version__
from painrules.answers import Answers
from painrules.content_cache import cache_folder
from painrules.content_files import FOLDERS, content_folder
from painrules.engines import Conclusions, EngineMissingError, consult
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import ContentError

OLDEST_PYTHON = (3, 10)
MOST_NAMED = 3
MODULES: Mapping[str, tuple[str, ...]] = {
    "cohort": ("polars", "numpy", "nanoarrow"),
    "pdf": ("weasyprint",),
    "prove": ("oxidd",),
    "quiz": ("fsrs",),
    "web": ("starlette", "uvicorn", "python_multipart"),
}
"""What each extra is imported as. An extra that is not named here is taken to be there when its packages are."""

State = Literal["fine", "note", "broken"]


class Finding(Struct, frozen=True):
    """One thing that was looked at."""

    what: str
    state: State
    says: str
    advice: str = ""


def findings(folder: Path | None = None) -> Iterator[Finding]:
    """Everything but the terminal. `folder`: content to look at instead of the one of this program."""
    yield Finding("painrules", "fine", f"{__version__} in {Path(painrules.__file__).parent}")
    yield _python()
    yield from _files()
    try:
        knowledge = load_knowledge(folder, use_cache=False)
    except ContentError as error:
        first = str(error.problems[0])
        yield Finding(
            "content", "broken", f"{len(error.problems)} problems, first: {first}", "'painrules check' tells all."
        )
    else:
        yield _content(knowledge, folder)
        yield from _engines(knowledge)
    yield from _extras()
    yield _cache()
    yield _encoding()


def _python() -> Finding:
    says = f"{platform.python_version()} ({platform.python_implementation()}, {platform.system()} {platform.machine()})"
    if sys.version_info < OLDEST_PYTHON:
        return Finding("Python", "broken", says, f"Python {'.'.join(map(str, OLDEST_PYTHON))} or later is needed.")
    return Finding("Python", "fine", says)


# --- files -----------------------------------------------------------------------------------------------------------


def _files() -> Iterator[Finding]:
    """Every installed file as the wheel lists it. A checkout has no such list."""
    listed = _listed_files()
    if not listed:
        yield Finding("files", "fine", "a checkout, or installed so that files can be changed: nothing to compare with")
        return
    package = Path(painrules.__file__).parent
    wrong = [name for name, digest in listed.items() if _digest(package.parent / name) != digest]
    inside = package / "content"
    content = [path for name in FOLDERS for path in (inside / name).rglob("*.y*ml")]
    added = [name for path in content if (name := path.relative_to(package.parent).as_posix()) not in listed]
    for names, are in ((wrong, "not as they were shipped"), (added, "in the content that were not shipped")):
        if names:
            named = ", ".join(sorted(names)[:MOST_NAMED]) + (" ..." if len(names) > MOST_NAMED else "")
            yield Finding("files", "broken", f"{len(names)} {are}: {named}", "Install painrules again.")
    if not wrong and not added:
        yield Finding("files", "fine", f"all {len(listed)} as they were shipped")


def _listed_files() -> dict[str, str]:
    """The files of the package that runs, with the digests that its wheel gives them; empty where there is no list."""
    try:
        installed = metadata.distribution("painrules")
    except metadata.PackageNotFoundError:
        return {}
    if not Path(str(installed.locate_file("painrules"))).exists():
        return {}
    if not Path(str(installed.locate_file("painrules"))).samefile(Path(painrules.__file__).parent):
        return {}
    return {
        file.as_posix(): file.hash.value
        for file in installed.files or ()
        if file.parts[0] == "painrules" and file.hash and file.hash.mode == "sha256"
    }


def _digest(path: Path) -> str:
    try:
        raw = hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return ""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


# --- content and engines ---------------------------------------------------------------------------------------------


def _content(knowledge: KnowledgeBase, folder: Path | None) -> Finding:
    where = folder or content_folder()
    counted = f"{len(knowledge.rules)} rules, {len(knowledge.conditions)} conditions"
    return Finding("content", "fine", f"digest {knowledge.digest[:12]}, {counted}, in {where}")


def _engines(knowledge: KnowledgeBase) -> Iterator[Finding]:
    """Both engines on one small person; they must agree."""
    person = Answers(conditions=tuple(knowledge.conditions)[:1])
    try:
        reference = consult(knowledge, person, "reference")
    except Exception as error:  # whatever it is, it is what the doctor is asked for
        yield Finding("reference engine", "broken", f"fails: {error!r}")
        return
    yield Finding("reference engine", "fine", f"works: {_concluded(reference)}")
    try:
        durable = consult(knowledge, person, "durable")
    except EngineMissingError as error:
        yield Finding(
            "durable-rules", "note", f"not there: {error}",
            "The reference engine is used and gives the same. To build it: a C compiler, the headers of Python, and "
            "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject python -m pip install --force-reinstall durable-rules",
        )  # fmt: skip
    except Exception as error:
        yield Finding("durable-rules", "broken", f"fails: {error!r}", "Use --engine reference.")
    else:
        if durable == reference:
            yield Finding(
                "durable-rules", "fine", f"{_version('durable-rules')}, works: the same {_concluded(durable)}"
            )
        else:
            yield Finding(
                "durable-rules", "broken", "concludes something else", "Use --engine reference, and report it."
            )


def _concluded(conclusions: Conclusions) -> str:
    return f"{len(conclusions.rules)} of the rules hold or may hold for a first person"


# --- around it -------------------------------------------------------------------------------------------------------


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "version not known"


def _extras() -> Iterator[Finding]:
    try:
        wanted = metadata.requires("painrules") or []
    except metadata.PackageNotFoundError:
        yield Finding("extras", "note", "not known: painrules is run without being installed")
        return
    packages: dict[str, list[str]] = {}
    for line in wanted:
        if found := re.search(r"""extra == ['"]([\w-]+)['"]""", line):
            name = re.split(r"[\s<>=!~;(\[]", line, maxsplit=1)[0]
            packages.setdefault(found[1], []).extend([name] if name != "painrules" else [])
    for extra, names in sorted(packages.items()):
        missing = [name for name in names if _version(name) == "version not known"]
        if missing:
            how = f"python -m pip install 'painrules[{extra}]'"
            yield Finding(f"extra {extra}", "note", f"not installed: {', '.join(missing)}", how)
        else:
            yield _imported(extra, ", ".join(f"{name} {_version(name)}" for name in names))


def _imported(extra: str, says: str) -> Finding:
    try:
        for name in MODULES.get(extra, ()):
            importlib.import_module(name)
    except Exception as error:  # such as OSError for a C library that is not there
        return Finding(f"extra {extra}", "broken", f"{says}: cannot be loaded ({error!s:.120})", "See the README.")
    return Finding(f"extra {extra}", "fine", says)


def _cache() -> Finding:
    folder = cache_folder()
    existing = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if os.access(existing, os.W_OK):
        return Finding("cache", "fine", f"{folder} (content only, never an answer)")
    return Finding("cache", "note", f"{folder} cannot be written to", "It works; each start reads the content anew.")


def _encoding() -> Finding:
    names = {"output": sys.stdout.encoding or "", "files": locale.getpreferredencoding(False)}
    says = ", ".join(f"{what} {name}" for what, name in names.items())
    if all(name.lower().replace("-", "") == "utf8" for name in names.values()):
        return Finding("text", "fine", says)
    return Finding("text", "note", says, "Some letters and lines cannot be shown; set LANG=C.UTF-8 or PYTHONUTF8=1.")
