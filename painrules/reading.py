"""Read YAML as plain data that remembers where it stood, and describe problems by place.

Only mappings, lists, strings, numbers and nothing are read: no tags, no anchors, no booleans (`yes` and `no` are words
here), no dates. The parser's events are folded without recursion, so depth and size are bounded before memory is.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

import yaml
from msgspec import Struct, field

MAXIMUM_BYTES = 5_000_000
MAXIMUM_DEPTH = 30
MAXIMUM_NODES = 400_000

Place = tuple[str | int, ...]
"""Where a value stands inside a document: mapping keys and list positions from the root."""

_INTEGER = re.compile(r"[-+]?\d{1,18}\Z", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(\d{1,18}\.\d{0,18}|\.\d{1,18})([eE][-+]?\d{1,3})?\Z", re.ASCII)
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
LONGEST_SHOWN = 60
_CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""Control characters but line end and tab, halves of characters, and what is invisible or turns the direction of text.
The joiners U+200C and U+200D stay: words of some languages are misspelt without them."""


class Problem(Struct, frozen=True, order=True):
    """One thing that is wrong in a file, and what would be right. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        """Give file:line:column, the field, what is wrong and what would be right, on one line."""
        field = f"{self.field}: " if self.field else ""
        hint = f" {self.hint}" if self.hint else ""
        return one_line(f"{self.file}:{self.line}:{self.column}: {field}{self.message}{hint}")


class ContentError(Exception):
    """Files that cannot be used; `problems` holds every problem that was found."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = sorted(set(problems))
        super().__init__("\n".join(map(str, self.problems)))


class Document(Struct, frozen=True):
    """The plain data of one file, with the line and column of each of its values."""

    file: str
    data: Any
    positions: Mapping[Place, tuple[int, int]] = field(default_factory=dict)

    def part(self, name: str) -> Document:
        """What stands under a key of a mapping, as a document of its own."""
        inside = {place[1:]: where for place, where in self.positions.items() if place[:1] == (name,)}
        return Document(self.file, self.data.get(name), inside)

    def problem(self, place: Sequence[str | int], message: str, hint: str = "") -> Problem:
        """Describe a problem at `place`, or at the nearest enclosing value that the file has."""
        known = tuple(place)
        while known and known not in self.positions:
            known = known[:-1]
        line, column = self.positions.get(known, (1, 1))
        return Problem(self.file, line, column, field_name(place), message, hint)


def field_name(place: Sequence[str | int]) -> str:
    """Write a place as a person would: `rules[3].when.age`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{_cut(step)}" if text else _cut(step)
    return visible(text)


def visible(text: str) -> str:
    """Replace control, direction and invisible characters, so that no file or answer can drive a terminal."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def one_line(text: str) -> str:
    """The same on one line, so that no file name can pretend to be a message of its own."""
    return visible(text).replace("\n", "\N{REPLACEMENT CHARACTER}")


def escaped(text: str) -> str:
    """The same JSON with those characters as `\\u` escapes, which programs read as before."""
    return _CONTROL.sub(lambda match: json.dumps(match[0])[1:-1], text)


def shown(value: object) -> str:
    """Show a wrong value in a message, cut short."""
    return _cut(visible(repr(value)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[: LONGEST_SHOWN - 3]}..."


def did_you_mean(word: object, valid: Iterable[str]) -> str:
    """Suggest the valid words nearest to a wrong one, or list them when they are few."""
    import difflib

    words = sorted(valid)
    if near := difflib.get_close_matches(str(word)[:80], words, n=1, cutoff=0.6):
        return f"Did you mean {near[0]!r}?"
    return f"Valid: {', '.join(words)}." if 0 < len(words) <= 12 else ""


def plain_files(paths: Iterable[Path], folder: Path) -> frozenset[Path]:
    """Those of these paths that are ordinary files of a folder: no link that leads out of it, no pipe, no device."""
    real = folder.resolve()

    @cache
    def inside(path: Path) -> bool:
        try:
            return path.resolve().is_relative_to(real)
        except (OSError, RuntimeError):  # a link that leads to itself
            return False

    # A file that is no link lies where its folder lies: folders are few, and following every path takes time.
    return frozenset(path for path in paths if inside(path if path.is_symlink() else path.parent) and path.is_file())


def open_to_read(path: Path) -> BinaryIO:
    """Open a file without waiting: a pipe that nobody writes to is taken as empty. Raises OSError."""
    at_once: int = getattr(os, "O_NONBLOCK", 0)  # Windows has no such pipes
    stream = open(path, "rb", opener=lambda name, flags: os.open(name, flags | at_once))  # noqa: SIM115  # the caller's
    if at_once:
        os.set_blocking(stream.fileno(), True)  # of a pipe with a writer, all is read
    return stream


def read_file(path: Path, name: str) -> Document:
    """Read one YAML file. `name` is what problems call it. Raises ContentError."""
    try:
        with open_to_read(path) as stream:
            return read_bytes(stream.read(MAXIMUM_BYTES + 1), name)
    except OSError as error:
        raise ContentError([Problem(name, 1, 1, "", f"cannot be read: {error.strerror or error}.")]) from None


def read_bytes(raw: bytes, name: str) -> Document:
    """Read the bytes of one YAML file. Raises ContentError with the first problem of form."""
    if len(raw) > MAXIMUM_BYTES:
        raise ContentError([Problem(name, 1, 1, "", f"is larger than {MAXIMUM_BYTES:,} bytes.")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise ContentError([Problem(name, line, 1, "", "is not UTF-8 text.", "Save it as UTF-8.")]) from None
    try:
        return _Folding(name).fold(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = f"is not YAML here: {visible(str(error.problem or error.context))}."
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        where, message = (line, 1), f"has a character that YAML does not allow (code {error.character})."
    except (yaml.YAMLError, ValueError) as error:
        where, message = (1, 1), f"is not YAML: {visible(str(error))[:200]}."
    raise ContentError([Problem(name, *where, "", message)])


class _Open(Struct):
    """A mapping or list whose end has not been seen yet."""

    place: Place
    items: Any
    key: str | None = None


class _Folding:
    """Fold parser events into plain data, refusing what the files of this project never need."""

    def __init__(self, name: str):
        self.name = name
        self.positions: dict[Place, tuple[int, int]] = {}
        self.open: list[_Open] = []
        self.root: Any = None
        self.documents = 0

    def fold(self, text: str) -> Document:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                self.refuse(event, "anchors (& and *) are not used here.", "Write the value out.")
            if isinstance(event, yaml.ScalarEvent):
                self.scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self.start(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self.open.pop()
            elif isinstance(event, yaml.DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self.refuse(event, "holds more than one YAML document.", "Remove the '---' line.")
        return Document(self.name, self.root, self.positions)

    def refuse(self, event: yaml.Event, message: str, hint: str = "") -> None:
        place = self.here() if self.open else ()
        raise ContentError([Problem(self.name, *_where(event), field_name(place), message, hint)])

    def here(self) -> Place:
        inner = self.open[-1]
        if isinstance(inner.items, list):
            return (*inner.place, len(inner.items))
        return inner.place if inner.key is None else (*inner.place, inner.key)

    def put(self, event: yaml.Event, value: Any) -> Place:
        if not self.open:
            place: Place = ()
            self.root = value
        else:
            place = self.here()
            inner = self.open[-1]
            if isinstance(inner.items, list):
                inner.items.append(value)
            else:
                inner.items[inner.key] = value
                inner.key = None
        self.positions.setdefault(place, _where(event))
        if len(self.positions) > MAXIMUM_NODES:
            self.refuse(event, f"holds more than {MAXIMUM_NODES:,} values.", "Split the file.")
        return place

    def start(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            self.refuse(event, f"the tag {_cut(visible(str(event.tag)))} is not used here.", "Remove it.")
        if self.open and isinstance(self.open[-1].items, dict) and self.open[-1].key is None:
            self.refuse(event, "a list or mapping cannot be a key.")
        if len(self.open) >= MAXIMUM_DEPTH:
            self.refuse(event, f"is nested more than {MAXIMUM_DEPTH} deep.")
        items: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
        self.open.append(_Open(self.put(event, items), items))

    def scalar(self, event: yaml.ScalarEvent) -> None:
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            self.refuse(event, f"the tag {_cut(visible(str(event.tag)))} is not used here.", "Remove it.")
        inner = self.open[-1] if self.open else None
        if inner is not None and isinstance(inner.items, dict) and inner.key is None:
            key = str(event.value)
            if key in inner.items:
                line, _ = self.positions[(*inner.place, key)]
                self.refuse(event, f"{shown(key)} stands here twice (first in line {line}).", "Keep one.")
            if event.implicit[0] and key == "<<":
                self.refuse(event, "merge keys (<<) are not used here.", "Write the fields out.")
            inner.key = key
            self.positions[(*inner.place, key)] = _where(event)
        else:
            plain = event.style in (None, "") and event.implicit[0]
            self.put(event, plain_value(event.value) if plain else str(event.value))


def _where(event: yaml.Event) -> tuple[int, int]:
    """Line and column where an event starts, counted from 1."""
    mark = event.start_mark
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def plain_value(text: str) -> str | int | float | None:
    """What an unquoted word of a file is: a number, nothing, or the word itself."""
    if text in _NOTHING:
        return None
    if _INTEGER.match(text):
        return int(text)
    if _DECIMAL.match(text) and math.isfinite(float(text)):
        return float(text)
    return text
