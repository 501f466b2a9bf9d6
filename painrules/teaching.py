"""Teaching cases: made-up people with a story, for lessons. `cases/` holds ours, one file each; anyone adds their own.

A case tells who the person is, what to learn and to talk about, the answers, and the sheet that they lead to: every
option under its status, and the urgent signs. `shown_in` makes that from a sheet, so that a change of the rules which
changes a lesson is noticed.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct

from painrules.alternatives import STATUSES, Status
from painrules.answers import Answers, answers_in, as_plain, constraints_broken
from painrules.content_files import content_folder
from painrules.knowledge import KnowledgeBase
from painrules.private_file import data_folder
from painrules.reading import (
    ContentError,
    Document,
    Problem,
    did_you_mean,
    one_line,
    plain_files,
    read_bytes,
    read_file,
)
from painrules.shape import shaped
from painrules.sheet import Sheet

FOLDER = "cases"
PLACE = "PAINRULES_CASES"
"""The environment variable that names the folder of a person's own cases."""
MOST_CASES = 1_000
LONGEST_ID = 60
WIDTH = 90
"""Where lines are broken: the last name in a list may reach further."""


class Point(Struct, frozen=True):
    """Something to talk about in class, and what belongs into a good answer."""

    ask: str
    think_of: tuple[str, ...]


class CaseFile(Struct, frozen=True):
    """The file of a teaching case."""

    title: str
    story: str
    """Three to six short sentences on a made-up person."""
    goals: tuple[str, ...]
    """What to learn from it."""
    discuss: tuple[Point, ...]
    person: Any
    """The answers, as in an answers file."""
    sheet: dict[Literal["urgent", Status], tuple[str, ...]] | None = None
    """Signs that are certain, and every option under its status. 'painrules cases check --accept' writes it."""
    sources: tuple[str, ...] = ()


class Shown(Struct, frozen=True):
    """What a sheet shows, in short."""

    urgent: tuple[str, ...]
    """Signs that are certain, by id."""
    statuses: Mapping[Status, tuple[str, ...]]
    """Every option under its status, by id."""

    def as_plain(self) -> dict[str, list[str]]:
        """As a case holds it."""
        return {"urgent": list(self.urgent), **{status: list(ids) for status, ids in self.statuses.items()}}


class TeachingCase(Struct, frozen=True):
    """A made-up person for a lesson."""

    id: str
    """The name of its file."""
    title: str
    story: str
    goals: tuple[str, ...]
    discuss: tuple[Point, ...]
    person: Answers
    sheet: Shown | None
    """None: nobody has written down yet what is to be shown."""
    sources: tuple[str, ...]
    path: Path

    @property
    def own(self) -> bool:
        """Whether it is none of ours."""
        return self.path.parent != content_folder() / FOLDER


class Difference(Struct, frozen=True):
    """An option or an urgent sign that is not shown as a case says."""

    id: str
    before: tuple[str, ...]
    """What the case says: a status, or `urgent` for a sign; empty: nothing."""
    now: tuple[str, ...]


def shown_in(sheet: Sheet) -> Shown:
    """What a case keeps of a sheet."""
    options: Mapping[Status, list[str]] = {status: [] for status in STATUSES}
    for option in sheet.options:
        options[option.status].append(option.id)
    urgent = tuple(sorted(sign.id for sign in sheet.urgent if sign.certain))
    return Shown(urgent, {status: tuple(sorted(ids)) for status, ids in options.items() if ids})


def differences(case: TeachingCase, now: Shown) -> list[Difference]:
    """What is no longer shown as the case says; signs come first. What a case does not say differs too."""
    before, after = _pairs(case.sheet), _pairs(now)
    ids = sorted({(how != "urgent", id) for id, how in before ^ after})
    return [Difference(id, *(tuple(h for i, h in sorted(pairs) if i == id) for pairs in (before, after)))
            for _, id in ids]  # fmt: skip


def _pairs(shown: Shown | None) -> set[tuple[str, str]]:
    return {(id, how) for how, ids in shown.as_plain().items() for id in ids} if shown else set()


def groups_of(knowledge: KnowledgeBase, case: TeachingCase) -> tuple[str, ...]:
    """The conditions at the top of the tree that a case belongs to."""
    return tuple(dict.fromkeys([id, *knowledge.ancestors(id)][-1] for id in case.person.conditions))


# --- files -----------------------------------------------------------------------------------------------------------


def own_folder() -> Path:
    """Where a person's own cases lie."""
    return Path(os.environ.get(PLACE) or data_folder() / FOLDER)


def case_files(
    folder: Path | None = None, problems: list[Problem] | None = None, content: Path | None = None
) -> dict[str, Path]:
    """The file of each case by its id: ours, then those of a folder, by default the person's own.

    A file that cannot be used is added to `problems`, and is not in the way of the others.
    """
    found: dict[str, Path] = {}
    names: dict[str, str] = {}
    wrong = problems if problems is not None else []
    ours, own = (content or content_folder()) / FOLDER, folder or own_folder()
    for place in [ours] if os.path.realpath(ours) == os.path.realpath(own) else [ours, own]:
        if not os.path.isdir(place):  # noqa: PTH112  # Path raises an error for a name that is too long
            continue
        paths = sorted(path for path in place.glob("*.y*ml") if not path.name.startswith("."))[: MOST_CASES + 1]
        plain = plain_files(paths, place)
        for number, path in enumerate(paths):
            if number >= MOST_CASES:
                wrong.append(_refused(path, f"is one too many: a folder holds {MOST_CASES:,} cases at most."))
                break
            if path not in plain:
                wrong.append(_refused(path, "is not a plain file inside the folder of cases."))
            elif (alike := _alike(path.stem)) in names:
                there = one_line(str(found[names[alike]]))
                wrong.append(_refused(path, f"has the name of another case, {there}.", "Give it another name."))
            else:
                names[alike] = path.stem
                found[path.stem] = path
    return found


def _alike(name: str) -> str:
    """The same for names that look the same, or that some computers take for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _refused(path: Path, message: str, hint: str = "") -> Problem:
    return Problem(str(path), 1, 1, "", message, hint)


def read_teaching_case(path: Path, knowledge: KnowledgeBase) -> TeachingCase:
    """Read one case. Raises ContentError with every problem."""
    return case_in(read_file(path, one_line(str(path))), path, knowledge)


def is_case(document: Document) -> bool:
    """Whether a document is meant as a case: an answers file has neither a person nor a story."""
    return isinstance(document.data, dict) and not document.data.keys().isdisjoint(("person", "story"))


def case_in(document: Document, path: Path, knowledge: KnowledgeBase) -> TeachingCase:
    """The case that a document holds. Raises ContentError with every problem."""
    others = isinstance(document.data, dict) and document.data.keys().isdisjoint(CaseFile.__annotations__)
    if document.data is None or (document.data and others):
        hint = "'painrules cases new NAME' starts one, with '--from FILE' from an answers file."
        raise ContentError([document.problem((), "is no teaching case: it has none of its fields.", hint)])
    problems: list[Problem] = []
    written = shaped(document, (), CaseFile, document.data, problems)
    person = Answers()
    if isinstance(document.data, dict) and "person" in document.data:
        try:
            person = answers_in(document.part("person"), knowledge)
        except ContentError as error:
            for one in error.problems:
                place = f"person.{one.field}" if one.field else "person"
                problems.append(Problem(one.file, one.line, one.column, place, one.message, one.hint))
    for index, id in enumerate(written.sources if written else ()):
        if id not in knowledge.sources:
            problems.append(
                document.problem(("sources", index), "is not a source.", did_you_mean(id, knowledge.sources))
            )
    if problems or not written:
        raise ContentError(problems)
    return TeachingCase(
        id=one_line(path.stem),
        title=written.title,
        story=written.story,
        goals=written.goals,
        discuss=written.discuss,
        person=person,
        sheet=_held(written),
        sources=written.sources,
        path=path,
    )


def about_nobody(knowledge: KnowledgeBase, case: TeachingCase) -> list[Problem]:
    """The constraints of the content by which there can be no such person."""
    file, broken = one_line(str(case.path)), constraints_broken(knowledge, case.person)
    return [
        Problem(file, 1, 1, "person", f"can be nobody ({id}).", knowledge.constraints[id].entry.because)
        for id in broken
    ]


def _held(written: CaseFile) -> Shown | None:
    if written.sheet is None:
        return None
    ids = {how: tuple(sorted(listed)) for how, listed in written.sheet.items()}
    return Shown(ids.get("urgent", ()), {status: ids[status] for status in STATUSES if status in ids})


# --- writing ---------------------------------------------------------------------------------------------------------

_SHEET = re.compile(rb"^sheet:[^\n]*(?:\n(?:[ \t\r]*(?:#[^\n]*)?\n)*[ \t]+[^\s#][^\n]*)*", re.MULTILINE)
"""The block of a file, up to its last line that is neither empty nor a comment."""


def with_sheet(raw: bytes, name: str, shown: Shown) -> bytes:
    """The bytes of a case's file with this sheet; all else stays as it is. Raises ContentError."""
    before = read_bytes(raw, name)
    line_end = b"\r\n" if b"\r\n" in raw else b"\n"
    block = sheet_block(shown).encode().rstrip().replace(b"\n", line_end)
    if _SHEET.search(raw):
        end = b"\r" if line_end == b"\r\n" else b""
        new = _SHEET.sub(lambda match: block + (end if match[0].endswith(b"\r") else b""), raw, count=1)
    else:
        new = raw + (b"" if raw.endswith(b"\n") else line_end) + block + line_end
    try:
        same = read_bytes(new, name).data == {**before.data, "sheet": shown.as_plain()}
    except ContentError:
        same = False
    if not same:
        hint = "Write the fields of the file on lines of their own, and 'sheet:' as the last."
        raise ContentError(
            [before.problem(("sheet",), "cannot be written here without a change of other fields.", hint)]
        )
    return new


def sheet_block(shown: Shown) -> str:
    """The part of a file that holds a sheet."""
    return _yaml({"sheet": shown.as_plain()}, flow=True)


def _yaml(data: Mapping[str, Any], *, flow: bool = False) -> str:
    """Fields as they stand in a file; `flow`: lists on one line."""
    import yaml

    text: str = yaml.safe_dump(
        data, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=None if flow else False
    )
    return text


def draft(title: str, story: str, person: Answers, shown: Shown) -> str:
    """The text of a new case, with lines that are still to be filled in."""
    return "\n".join((
        "# A teaching case. Fill in what stands in <>; the lines of 'sheet:' are written by the program.",
        _yaml({"title": title or "<a title>", "story": story or "<who the made-up person is, in 3 to 6 sentences>"}),
        "# What to learn from it: at least two lines.",
        _yaml({"goals": ["<what to learn>", "<what else to learn>"]}),
        "# What to talk about: at least two points, each with what belongs into a good answer.",
        _yaml({"discuss": [{"ask": f"<{a} question>", "think_of": ["<what to think of>"]} for a in ("a", "another")]}),
        _yaml({"person": as_plain(person)}),
        sheet_block(shown),
    ))  # fmt: skip


def problem_of_id(id: str) -> str:
    """Why an id cannot name the file of a case; nothing when it can."""
    if not re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", id):
        return "is no name for a case: use small letters and numbers, with _ between words."
    return f"is longer than {LONGEST_ID} letters." if len(id) > LONGEST_ID else ""
