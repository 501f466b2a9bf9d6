"""Health records as people that `painrules cohort` reads.

A reader of a format (`synthea`, `fhir`) gives one `Record` for each person; `people_from` gives them the answers that
`value_sets.yaml` finds in their codes. What records do not say stays unknown: someone without a diagnosis code may have
the illness all the same. Only for a question that the caller calls complete does a missing code mean "no".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct, field

from painrules.knowledge import KnowledgeBase
from painrules.reading import read_file

if TYPE_CHECKING:
    import polars as pl

VALUE_SETS = Path(__file__).parent / "value_sets.yaml"
DAYS_OF_WEEK = 7
Kind = Literal["condition", "medicine", "allergy", "observation"]


class Event(Struct, frozen=True):
    """One line of a record."""

    kind: Kind
    system: str
    code: str
    text: str
    start: date | None = None
    stop: date | None = None
    value: float | None = None

    def holds(self, day: date) -> bool:
        """Whether it has begun and has not ended."""
        return (self.start is None or self.start <= day) and (self.stop is None or self.stop > day)


class Record(Struct):
    """What is known of one person."""

    person: str
    born: date | None = None
    died: date | None = None
    sex: Literal["female", "male"] | None = None
    """Sex at birth."""
    events: list[Event] = field(default_factory=list)


class Left(Struct):
    """What was left out."""

    dead: int = 0
    codes: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)
    """Kind, system, code and name of what no value set has."""


class ValueSets(Struct, frozen=True, dict=True):
    """What codes mean."""

    data: Mapping[str, Any] = field(default_factory=lambda: read_file(VALUE_SETS, str(VALUE_SETS)).data)

    def system(self, address: str) -> str:
        """The short name of a code system."""
        return str(self.data["systems"].get(address, address))

    @cached_property
    def _words(self) -> Mapping[str, re.Pattern[str]]:
        sets = [*self.data["medicines"].values(), *self.data["allergies"].values()]
        return {str(s["words"]): re.compile(rf"\b({'|'.join(s['words'])})\b", re.IGNORECASE) for s in sets}

    def has(self, codes: Mapping[str, Any], event: Event) -> bool:
        """Whether a value set has an event."""
        for code in map(str, codes.get(event.system, ())):
            if event.code == code or (code.endswith("*") and event.code.startswith(code[:-1])):
                return True
        return "words" in codes and bool(self._words[str(codes["words"])].search(event.text))


def people_from(
    knowledge: KnowledgeBase, records: Iterable[Record], day: date, complete: Collection[str], left: Left
) -> pl.DataFrame:
    """The living of these people, as they are on a day; `complete`: questions for which a missing code means no."""
    import polars as pl

    reading = _Reading(knowledge, ValueSets(), day, complete, left)
    rows = []
    for record in records:
        if record.died is not None and record.died <= day:
            left.dead += 1
        else:
            rows.append(dict(reading.row(record)))
    columns = {name: None for row in rows for name in row}
    types: dict[str, Any] = {"conditions": pl.List(pl.String), "age": pl.Int64}
    return pl.DataFrame(
        {name: pl.Series([row.get(name) for row in rows], dtype=types.get(name, pl.String)) for name in columns}
    )


class _Reading(Struct, frozen=True):
    knowledge: KnowledgeBase
    sets: ValueSets
    day: date
    complete: Collection[str]
    left: Left

    def row(self, record: Record) -> Iterator[tuple[str, Any]]:
        known: set[int] = set()
        now = [event for event in record.events if event.holds(self.day)]
        data = self.sets.data
        yield "person", record.person
        yield "conditions", [id for id, codes in data["conditions"].items() if self.any(codes, now, "condition", known)]
        yield "age", None if record.born is None else _years(record.born, self.day)
        yield "sex_at_birth", record.sex
        kidneys = self.kidneys(record.events, known)
        for question, answers in data["diagnoses"].items():
            found = [answer for answer, codes in answers.items() if self.any(codes, now, "condition", known)]
            if question == "kidney_disease" and kidneys:
                found.append(kidneys)
            yield question, self.answer(question, found)
        for question, kind in (("medicines_taken", "medicine"), ("allergies", "allergy")):
            sets = data["medicines" if kind == "medicine" else "allergies"]
            for item, codes in sets.items():
                name = f"{question}:{item}"
                yield name, self.answer(name, ["yes"] if self.any(codes, now, kind, known) else [])
        yield "pregnancy", self.pregnancy(record.events, known)
        for event in now:
            if id(event) not in known and event.kind != "observation":
                self.left.codes[event.kind, event.system, event.code, event.text] += 1

    def any(self, codes: Mapping[str, Any], events: Iterable[Event], kind: str, known: set[int]) -> bool:
        found = [id(event) for event in events if event.kind == kind and self.sets.has(codes, event)]
        known.update(found)
        return bool(found)

    def answer(self, name: str, found: list[str]) -> str | None:
        """The strongest answer that was found; none found: no, where the records are complete."""
        question = self.knowledge.questions[name.partition(":")[0]]
        order = question.answers if question.kind == "one_of" else ("no", "yes")
        if found:
            return max(found, key=order.index)
        if question.id not in self.complete:
            return None
        return "none" if "none" in question.answers and question.kind == "one_of" else "no"

    def kidneys(self, events: Iterable[Event], known: set[int]) -> str | None:
        codes = self.sets.data["kidney_function"]
        seen = [e for e in events if e.kind == "observation" and e.value is not None and self.sets.has(codes, e)]
        seen = sorted((e for e in seen if e.start is None or e.start <= self.day), key=lambda e: e.start or date.min)
        known.update(map(id, seen))
        for limit, answer in sorted((float(limit), answer) for limit, answer in codes["below"].items()):
            if seen and (seen[-1].value or 0) < limit:
                return str(answer)
        return None

    def pregnancy(self, events: Iterable[Event], known: set[int]) -> str | None:
        codes = self.sets.data["pregnancy"]
        weeks: list[float] = []
        for event in events:
            if event.start is None or event.start > self.day or not self.sets.has(codes, event):
                continue
            known.add(id(event))
            passed = (self.day - event.start).days / DAYS_OF_WEEK
            if event.kind == "observation" and event.value is not None:
                weeks.append(event.value + passed)
            elif event.kind == "condition" and event.holds(self.day):
                weeks.append(passed)
        running = [number for number in weeks if number <= 45]
        if not running:
            return None
        return "pregnant_first_half" if running[-1] < codes["half"] else "pregnant_second_half"


def _years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def day_of(text: str | None) -> date | None:
    """The day of a date or time as records write it; partial dates count from their first day."""
    if not text:
        return None
    parts = text[:10].split("-")
    try:
        return date(int(parts[0]), int(parts[1]) if len(parts) > 1 else 1, int(parts[2]) if len(parts) > 2 else 1)
    except ValueError:
        return None
