"""Which column of a data set answers which question, and what its codes mean: a YAML file, or the header itself.

```yaml
person: PATID                 # copied to the output
conditions: {column: dx, separator: "|", codes: {M54.5: low_back_pain_chronic, "G43*": migraine}, others: ignore}
answers:
  age: AGE_YEARS              # a column with the same answers as an answers file
  pregnancy: {column: PREG, codes: {Y: could_be, N: no, U: unsure}}
  kidney_disease: {column: egfr, ranges: [{below: 30, is: severe}, {at_least: 60, is: none}]}
  pain_intensity: {column: vas_mm, factor: 0.1}
  medicines_taken:warfarin: {column: ON_WARFARIN, codes: {1: yes, 0: no}}
  stroke_or_tia: {column: dx, separator: "|", codes: {"I63*": yes}, others: ignore, absent: no}
  needle_fear: {constant: no}
```

What a data set does not say is unknown. Only `absent:` makes it an answer, question by question: it states that the
source is complete, so that a missing code is a "no". `others: ignore` states that codes that the map does not list say
nothing about the question; without it they are reported, and what they could mean stays unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.entries import Question
from painrules.expressions import item_of, question_of
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Place, Problem, did_you_mean, read_file, shown

UNSURE = "unsure"
CONDITIONS = "conditions"
PERSON = "person"
SEPARATOR = ";"
"""Between the answers of a list, where nothing else is said."""
FIELDS = ("column", "separator", "codes", "others", "ranges", "factor", "constant", "absent")


class Range(Struct, frozen=True):
    """Numbers that stand for an answer."""

    at_least: float | None
    below: float | None
    answer: str


class Target(Struct, frozen=True):
    """What a column answers: a question, one item of a many-valued one, or which conditions a person has."""

    name: str
    kind: str
    """number, yes_no, one_of or many_of; an item is yes_no, conditions are many_of."""
    answers: tuple[str, ...]
    graded: bool = False
    minimum: float = 0
    maximum: float = 0

    @property
    def meanings(self) -> tuple[str, ...]:
        """What a code can stand for."""
        return (*self.answers, *(("none",) if self.kind == "many_of" and self.name != CONDITIONS else ()), UNSURE)

    @property
    def facts(self) -> frozenset[str]:
        """The columns of facts that it fills, see `painrules.cohort.columns`."""
        if self.kind != "many_of":
            return frozenset({self.name})
        prefix = "has" if self.name == CONDITIONS else self.name
        return frozenset(f"{prefix}:{answer}" for answer in self.answers)


class Source(Struct, frozen=True, dict=True):
    """Where the answers to one question come from."""

    target: Target
    column: str | None
    separator: str | None = None
    codes: Mapping[str, tuple[str, ...]] | None = None
    """What each code stands for; `*` at its end stands for anything. None: columns hold the answers themselves."""
    ignore_others: bool = False
    ranges: tuple[Range, ...] = ()
    factor: float = 1
    constant: str | float | None = None
    absent: str | None = None

    @cached_property
    def prefixes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Codes with a `*`, the longest first."""
        starred = ((code[:-1], means) for code, means in (self.codes or {}).items() if code.endswith("*"))
        return tuple(sorted(starred, key=lambda pair: -len(pair[0])))

    def meaning(self, code: str) -> tuple[str, ...] | None:
        """What a code stands for: answers; empty: nothing that matters; None: nobody said."""
        if self.codes is None:
            word = {"true": "yes", "false": "no"}.get(code.lower(), code) if self.target.kind == "yes_no" else code
            return (word,) if word in self.target.meanings else None
        if (exact := self.codes.get(code)) is not None:
            return exact
        for prefix, means in self.prefixes:
            if code.startswith(prefix):
                return means
        return () if self.ignore_others else None


class ColumnMap(Struct, frozen=True):
    """All sources of a data set."""

    sources: tuple[Source, ...]
    person: str | None = None
    unused: tuple[str, ...] = ()
    """Columns of the data set that answer nothing."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read, each once."""
        named = [self.person, *(source.column for source in self.sources)]
        return tuple(dict.fromkeys(name for name in named if name is not None))

    def only(self, facts: Collection[str]) -> ColumnMap:
        """Without the columns that none of these facts come from, so that they need not be read."""
        needed = tuple(source for source in self.sources if not source.target.facts.isdisjoint(facts))
        return replace(self, sources=needed)


def targets(knowledge: KnowledgeBase) -> dict[str, Target]:
    """Everything that a column can answer, by name."""
    found = {CONDITIONS: Target(CONDITIONS, "many_of", tuple(knowledge.conditions))}
    for question in knowledge.questions.values():
        found[question.id] = _target(question)
        for item in _items(question):
            found[f"{question.id}:{item}"] = Target(f"{question.id}:{item}", "yes_no", ("yes", "no"))
    return found


def _items(question: Question) -> tuple[str, ...]:
    return tuple(a for a in question.answers if a != "none") if question.kind == "many_of" else ()


def _target(question: Question) -> Target:
    return Target(
        question.id,
        question.kind,
        _items(question) or question.answers,
        question.graded == "yes",
        question.minimum or 0,
        question.maximum or 0,
    )


def map_from_header(knowledge: KnowledgeBase, header: Iterable[str]) -> ColumnMap:
    """The map of a data set whose columns are named after the questions. Lists are separated by `;`."""
    known = targets(knowledge)
    columns = list(header)
    sources = [Source(known[c], c, SEPARATOR if known[c].kind == "many_of" else None) for c in columns if c in known]
    unused = tuple(c for c in columns if c not in known and c != PERSON)
    return ColumnMap(tuple(sources), PERSON if PERSON in columns else None, unused)


def check_header(found: ColumnMap, header: Iterable[str], file: str, knowledge: KnowledgeBase) -> None:
    """Whether the columns are there, and tell whose pain it is. Raises ContentError."""
    columns = list(header)
    problems = [
        Problem(
            file,
            1,
            1,
            column,
            "is not a column of this file, but the column map names it.",
            did_you_mean(column, columns),
        )
        for column in found.columns
        if column not in columns
    ]
    names = {source.target.name for source in found.sources}
    if CONDITIONS not in names:
        near = did_you_mean(CONDITIONS, columns)
        problems.append(
            Problem(
                file,
                1,
                1,
                CONDITIONS,
                "no column tells which kinds of pain people have.",
                near or "Name one so, or use --columns MAP.",
            )
        )
    for name in names:
        question = question_of(name)
        if item_of(name) and question in names:
            problems.append(Problem(file, 1, 1, name, f"and {question} both answer the same.", "Keep one."))
    if problems:
        raise ContentError(problems)


# --- the YAML file ---------------------------------------------------------------------------------------------------


def read_column_map(path: Path, knowledge: KnowledgeBase, header: Iterable[str]) -> ColumnMap:
    """Read a column map. Raises ContentError with every problem."""
    reader = _Reader(read_file(path, str(path)), targets(knowledge), [])
    sources, person = reader.read()
    if reader.problems:
        raise ContentError(reader.problems)
    found = ColumnMap(sources, person)
    return ColumnMap(sources, person, tuple(column for column in header if column not in found.columns))


class _Reader(Struct, frozen=True):
    document: Document
    targets: Mapping[str, Target]
    problems: list[Problem] = field(default_factory=list)

    def problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(place, message, hint))

    def read(self) -> tuple[tuple[Source, ...], str | None]:
        data = self.document.data
        if not isinstance(data, dict):
            self.problem((), "holds no column map.", "Write conditions: and answers:.")
            return (), None
        for key in data:
            if key not in ("person", CONDITIONS, "answers"):
                hint = "It is a question: put it under 'answers:'." if key in self.targets else ""
                self.problem(
                    (key,),
                    "is not a part of a column map.",
                    hint or did_you_mean(key, ("person", CONDITIONS, "answers")),
                )
        found = []
        if CONDITIONS in data:
            found.append(self.source((CONDITIONS,), self.targets[CONDITIONS], data[CONDITIONS]))
        answers = data.get("answers") or {}
        if not isinstance(answers, dict):
            self.problem(("answers",), "is not a list of 'name: value' lines.")
            answers = {}
        for key, value in answers.items():
            target = self.targets.get(key)
            if target is None or key == CONDITIONS:
                self.problem(("answers", key), "is not a question.", did_you_mean(key, self.targets))
            else:
                found.append(self.source(("answers", key), target, value))
        person = data.get("person")
        return tuple(source for source in found if source), None if person is None else str(person)

    def source(self, place: Place, target: Target, value: Any) -> Source | None:
        before = len(self.problems)
        fields = value if isinstance(value, dict) else {"column": value}
        for key in fields:
            if key not in FIELDS:
                self.problem((*place, key), "is not a field of a column.", did_you_mean(key, FIELDS))
        column = fields.get("column")
        if (column is None) == ("constant" not in fields):
            self.problem(place, "needs a column or a constant, and not both.")
        absent = fields.get("absent")
        found = Source(
            target,
            None if column is None else str(column),
            None if fields.get("separator") is None else str(fields["separator"]),
            self.codes((*place, "codes"), target, fields["codes"]) if "codes" in fields else None,
            self.others((*place, "others"), fields.get("others")),
            self.ranges((*place, "ranges"), target, fields.get("ranges") or []),
            self.number((*place, "factor"), fields.get("factor", 1)) or 0,
            self.constant((*place, "constant"), target, fields.get("constant")),
            None if absent is None else self.answer((*place, "absent"), target, absent),
        )
        if found.separator and target.kind == "number":
            self.problem((*place, "separator"), "is for lists; this is a number.")
        return found if len(self.problems) == before else None

    def others(self, place: Place, value: Any) -> bool:
        if value not in (None, "ignore", "report"):
            self.problem(place, f"{shown(value)} is not valid.", "Write ignore, or leave it out.")
        return bool(value == "ignore")

    def codes(self, place: Place, target: Target, value: Any) -> Mapping[str, tuple[str, ...]]:
        if not isinstance(value, dict):
            self.problem(place, "is not a list of 'code: answer' lines.")
            return {}
        found = {}
        for code, means in value.items():
            words = means if isinstance(means, list) else [means]
            if len(words) > 1 and target.kind != "many_of":
                self.problem((*place, code), "stands for several answers, but one is possible.")
            found[str(code)] = tuple(self.answer((*place, code), target, word) or "" for word in words)
        return found

    def answer(self, place: Place, target: Target, word: Any) -> str | None:
        if target.kind == "number":
            if word == UNSURE:
                return UNSURE
            self.problem(place, f"{shown(word)} is not valid here.", "Of a number a code can only mean unsure.")
        elif word not in target.meanings:
            self.problem(place, f"{shown(word)} is not an answer.", did_you_mean(word, target.meanings))
        else:
            return str(word)
        return None

    def constant(self, place: Place, target: Target, value: Any) -> str | float | None:
        if value is None or target.kind != "number":
            return None if value is None else self.answer(place, target, value)
        number = self.number(place, value)
        if number is not None and not target.minimum <= number <= target.maximum:
            self.problem(place, f"{number:g} is outside {target.minimum:g} to {target.maximum:g}.")
        return number

    def ranges(self, place: Place, target: Target, value: Any) -> tuple[Range, ...]:
        if value and target.kind in ("number", "many_of"):
            self.problem(place, "make answers of numbers; this question has no single answer to make.")
            return ()
        found = []
        for index, entry in enumerate(value if isinstance(value, list) else [value]):
            where = (*place, index)
            if not isinstance(entry, dict) or "is" not in entry or not set(entry) <= {"at_least", "below", "is"}:
                self.problem(where, "is no range.", "Write {at_least: 15, below: 30, is: severe}.")
                continue
            low, high = (
                self.number((*where, key), entry[key]) if key in entry else None for key in ("at_least", "below")
            )
            found.append(Range(low, high, self.answer((*where, "is"), target, entry["is"]) or ""))
        return tuple(found)

    def number(self, place: Place, value: Any) -> float | None:
        if isinstance(value, (int, float)):
            return float(value)
        self.problem(place, f"{shown(value)} is not a number.")
        return None
