"""Teaching cases: made-up people with a story, for lessons. `cases/` holds ours, one file each; anyone adds their own.

A case tells who the person is, what to learn and to talk about, the answers, and the sheet that they lead to: every
option under its status, and the urgent signs. `shown_in` makes that from a sheet, so that a change of the rules which
changes a lesson is noticed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from painrules.alternatives import STATUSES, Status
from painrules.answers import Answers, answers_in
from painrules.knowledge import KnowledgeBase
from painrules.loading import content_folder
from painrules.reading import ContentError, Document, Problem, did_you_mean, one_line, plain_files, read_file
from painrules.sheet import Sheet

FOLDER = "cases"
FIELDS = ("title", "story", "goals", "discuss", "person", "sheet", "sources")
MOST_CASES = 1_000


@dataclass(frozen=True, slots=True)
class Point:
    """Something to talk about in class, and what belongs into a good answer."""

    ask: str
    think_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a sheet shows, in short."""

    urgent: tuple[str, ...]
    """Signs that are certain, by id."""
    statuses: Mapping[Status, tuple[str, ...]]
    """Every option under its status, by id."""


@dataclass(frozen=True, slots=True)
class TeachingCase:
    """A made-up person for a lesson."""

    id: str
    """The name of its file."""
    title: str
    story: str
    goals: tuple[str, ...]
    """What to learn from it."""
    discuss: tuple[Point, ...]
    person: Answers
    sheet: Shown | None
    """None: nobody has written down yet what is to be shown."""
    sources: tuple[str, ...]
    path: Path


def shown_in(sheet: Sheet) -> Shown:
    """What a case keeps of a sheet."""
    options: Mapping[Status, list[str]] = {status: [] for status in STATUSES}
    for option in sheet.options:
        options[option.status].append(option.id)
    urgent = tuple(sorted(sign.id for sign in sheet.urgent if sign.certain))
    return Shown(urgent, {status: tuple(sorted(ids)) for status, ids in options.items() if ids})


# --- files -----------------------------------------------------------------------------------------------------------


def own_folder() -> Path:
    """Where a person's own cases lie."""
    import platformdirs

    return Path(platformdirs.user_data_dir("painrules", appauthor=False)) / FOLDER


def case_files(folder: Path | None = None) -> dict[str, Path]:
    """The file of each case by its id: of one folder, or ours and the person's own. Raises ContentError."""
    folders = [folder] if folder else [content_folder() / FOLDER, own_folder()]
    found: dict[str, Path] = {}
    for place in folders:
        paths = sorted(place.glob("*.y*ml"))[:MOST_CASES]
        plain = plain_files(paths, place)
        for path in paths:
            if path not in plain:
                raise ContentError([Problem(str(path), 1, 1, "", "is not a plain file inside the folder of cases.")])
            if path.stem in found:
                message = f"has the name of another case, {found[path.stem]}."
                raise ContentError([Problem(str(path), 1, 1, "", message, "Give it another name.")])
            found[path.stem] = path
    return found


def read_teaching_case(path: Path, knowledge: KnowledgeBase) -> TeachingCase:
    """Read one case. Raises ContentError with every problem."""
    document = read_file(path, one_line(str(path)))
    if not isinstance(document.data, dict):
        raise ContentError([document.problem((), "is no case.", f"Write {', '.join(FIELDS)}.")])
    problems = list(_form_problems(document))
    person = Answers()
    try:
        person = answers_in(document.part("person"), knowledge)
    except ContentError as error:
        problems += error.problems
    problems += _unknown_ids(document, knowledge)
    if problems:
        raise ContentError(problems)
    data = document.data
    sheet = data.get("sheet")
    return TeachingCase(
        id=path.stem,
        title=data["title"],
        story=data["story"],
        goals=tuple(data["goals"]),
        discuss=tuple(Point(point["ask"], tuple(point["think_of"])) for point in data["discuss"]),
        person=person,
        sheet=Shown(tuple(sheet.get("urgent", ())), {s: tuple(sheet[s]) for s in STATUSES if s in sheet})
        if sheet is not None
        else None,
        sources=tuple(data.get("sources") or ()),
        path=path,
    )


def _form_problems(document: Document) -> Iterator[Problem]:
    data: Mapping[str, Any] = document.data
    for name in data:
        if name not in FIELDS:
            yield document.problem((name,), "is not a field here.", did_you_mean(name, FIELDS))
    for name in ("title", "story"):
        if not isinstance(data.get(name), str):
            yield document.problem((name,), "is not text." if name in data else "is missing.")
    for name in ("goals", "sources"):
        if name == "goals" or name in data:
            yield from _list_problems(document, name, data.get(name))
    points = data.get("discuss")
    if not isinstance(points, list):
        yield document.problem(("discuss",), "is not a list.", "Start each point with '- ask:'.")
        points = []
    for index, point in enumerate(points):
        if not (isinstance(point, dict) and set(point) == {"ask", "think_of"} and isinstance(point["ask"], str)):
            yield document.problem(("discuss", index), "is not a point.", "Write 'ask:' and a list 'think_of:'.")
        else:
            yield from _list_problems(document, f"discuss[{index}].think_of", point["think_of"])
    sheet = data.get("sheet")
    if sheet is not None and not isinstance(sheet, dict):
        yield document.problem(("sheet",), "is not a mapping.", "'painrules cases check --accept' writes it.")
    for name, ids in (sheet if isinstance(sheet, dict) else {}).items():
        if name not in ("urgent", *STATUSES):
            yield document.problem(("sheet", name), "is not a status.", did_you_mean(name, ("urgent", *STATUSES)))
        else:
            yield from _list_problems(document, f"sheet.{name}", ids)


def _list_problems(document: Document, name: str, value: object) -> Iterator[Problem]:
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
        yield document.problem((name,), "is not a list of texts.", "Start each with '- '.")


def _unknown_ids(document: Document, knowledge: KnowledgeBase) -> Iterator[Problem]:
    sources = document.data.get("sources")
    for index, id in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(id, str) and id not in knowledge.sources:
            yield document.problem(("sources", index), "is not a source.", did_you_mean(id, knowledge.sources))
