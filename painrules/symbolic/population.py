"""How common each answer is, read from a file, as weights of the codes of a space. Answers are independent.

The file is the one that made-up people are drawn from, so both speak of the same people: each question is left open by
the same share, items are ticked one by one, and a person has one kind of pain or two, drawn by weight. Its
`corrections` are not used: people who cannot be are left out instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, lcm
from pathlib import Path
from typing import Any

import painrules
from painrules.answers import PREFERENCES
from painrules.entries import Question
from painrules.expressions import item_of
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Place, Problem, did_you_mean, read_file, shown
from painrules.symbolic.space import Field, Space

SOURCED = Path(painrules.__file__).parent / "cohort" / "population.yaml"
"""The file that comes with the program."""
SECTIONS = frozenset({"sources", "unknown", "second_condition", "defaults", "conditions", "answers", "corrections"})


@dataclass(frozen=True)
class Population:
    """How much the codes of every field weigh, and how much of that is known rather than assumed."""

    answers: Mapping[str, tuple[int, ...]]
    """By field: the weight of each of its codes. The fields of conditions are not among them."""
    conditions: Mapping[str, int]
    second: Fraction
    """Of all people, those for whom a second kind of pain is drawn."""
    sourced: Mapping[str, str]
    """The questions and conditions whose shares have a source, with its id. All others are assumed."""

    @property
    def alone(self) -> dict[str, int]:
        """How much someone weighs who has only this kind of pain; with two it is `pair` times both weights."""
        total, one = sum(self.conditions.values()), self.second.denominator - self.second.numerator
        return {id: (total * one + w * self.second.numerator) * w for id, w in self.conditions.items()}

    @property
    def pair(self) -> int:
        """See `alone`: the second draw may come first too, and one that is drawn twice counts once."""
        return 2 * self.second.numerator


def read_population(path: Path, knowledge: KnowledgeBase, space: Space) -> Population:
    """Read a file of shares for the people of a space. Raises ContentError with every problem."""
    reader = _Reader(read_file(path, str(path)), strict=path != SOURCED)
    found = reader.population(knowledge, space)
    if reader.problems:
        raise ContentError(reader.problems)
    return found


class _Reader:
    """One file. What is wrong becomes a problem, and reading goes on.

    Not strict: the file may name questions that this content lacks, as content of one's own may.
    """

    def __init__(self, document: Document, *, strict: bool) -> None:
        self.document = document
        self.strict = strict
        self.problems: list[Problem] = []
        if unknown := sorted(set(self._mapping(())) - SECTIONS):
            self._problem((unknown[0],), "is not a section of this file.", did_you_mean(unknown[0], SECTIONS))
        sources = self._at(("sources",)) or []
        known = [entry.get("id") for entry in sources if isinstance(entry, dict)] if isinstance(sources, list) else []
        self._sources = {id for id in known if isinstance(id, str)}

    def population(self, knowledge: KnowledgeBase, space: Space) -> Population:
        """All of the file, for one space."""
        unknown = self._share(("unknown", "share"), Fraction(0))
        sourced: dict[str, str] = {}
        answers: dict[str, tuple[int, ...]] = {}
        for question in knowledge.questions.values():
            if fields := space.fields_of(question.id):
                answers |= self._answers(question, fields, unknown)
                sourced |= self._source(("answers", question.id), question.id)
        weights = {}
        for id in space.conditions:
            weights[id] = self._number(("conditions", id, "weight"), Fraction(1))
            sourced |= self._source(("conditions", id), id)
        if not any(weights.values()):
            self._problem(("conditions",), "leaves no kind of pain with a weight.")
        self._check_names("answers", knowledge.questions)
        self._check_names("conditions", knowledge.conditions)
        second = self._share(("second_condition", "share"), Fraction(0))
        return Population(answers, dict(zip(weights, _whole(weights.values()), strict=True)), second, sourced)

    def _answers(self, question: Question, fields: tuple[Field, ...], unknown: Fraction) -> dict[str, tuple[int, ...]]:
        """The weights of the fields of a question."""
        field, *items = fields
        if question.kind != "many_of":
            shares = self._shares(question, field)
            if shares and not sum(shares):
                self._problem(("answers", question.id), "leaves no answer with a share.")
                shares = [Fraction(1)] * len(shares)
            return {field.name: _whole([unknown, *(share / sum(shares) * (1 - unknown) for share in shares)])}
        usual = self._share(
            ("defaults", "preference" if question.id == PREFERENCES else "item", "share"), Fraction(1, 2)
        )
        found = {field.name: _whole([unknown, 1 - unknown])}
        for item in items:
            yes = self._share(("answers", question.id, "items", item_of(item.name)), usual)
            found[item.name] = _whole([1 - yes, yes])
        return found

    def _shares(self, question: Question, field: Field) -> list[Fraction]:
        """The share of each value among those who answer."""
        place: Place = ("answers", question.id)
        values = field.values[1:]
        if question.kind == "number":
            low, high = (
                self._number((*place, end), Fraction(limit or 0))
                for end, limit in (("from", question.minimum), ("to", question.maximum))
            )
            limits = [low, *(Fraction(str(value)) for value in values[1:]), high + 1]
            whole = [ceil(max(low, min(limit, high + 1))) for limit in limits]
            return [Fraction(after - first) for first, after in pairwise(whole)]
        if question.kind == "yes_no":
            kind = "sign" if question.urgent == "yes" else "yes_no"
            yes = self._share((*place, "share"), self._share(("defaults", kind, "share"), Fraction(1, 2)))
            return [yes if value == "yes" else 1 - yes for value in values]
        given = self._mapping((*place, "shares"))
        if wrong := sorted(set(given) - set(question.answers)):
            self._problem((*place, "shares", wrong[0]), "is not an answer.", did_you_mean(wrong[0], question.answers))
        return [self._share((*place, "shares", str(value)), Fraction(not given)) for value in values]

    # --- single values -----------------------------------------------------------------------------------------------

    def _at(self, place: Place) -> Any:
        value: Any = self.document.data
        for step in place:
            value = value.get(step) if isinstance(value, dict) else None
        return value

    def _mapping(self, place: Place) -> Mapping[str, Any]:
        value = self._at(place)
        if value is not None and not isinstance(value, dict):
            self._problem(place, f"{shown(value)} is not a mapping.")
        return value if isinstance(value, dict) else {}

    def _number(self, place: Place, usual: Fraction) -> Fraction:
        value = self._at(place)
        if value is None:
            return usual
        if not isinstance(value, (int, float)) or value < 0:
            self._problem(place, f"{shown(value)} is not a number from 0 on.")
            return usual
        return Fraction(str(value))

    def _share(self, place: Place, usual: Fraction) -> Fraction:
        share = self._number(place, usual)
        if share > 1:
            self._problem(place, f"{shown(self._at(place))} is not a share: a number from 0 to 1.")
            return usual
        return share

    def _source(self, place: Place, name: str) -> dict[str, str]:
        """The name with its source; nothing when it is assumed. What is given must be one of both."""
        entry = self._mapping(place)
        source = entry.get("source")
        if source in self._sources:
            return {name: source}
        if source is not None:
            self._problem((*place, "source"), f"{shown(source)} does not exist.", did_you_mean(source, self._sources))
        elif entry and entry.get("assumed") != "yes":
            self._problem(place, "has no source.", "Name one, or write 'assumed: yes'.")
        return {}

    def _check_names(self, section: str, known: Iterable[str]) -> None:
        for name in sorted(set(self._mapping((section,))) - set(known)) if self.strict else ():
            self._problem((section, name), f"{shown(name)} does not exist.", did_you_mean(name, known))

    def _problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(place, message, hint))


def _whole(shares: Iterable[Fraction | int]) -> tuple[int, ...]:
    """Whole numbers with the same ratios."""
    exact = [Fraction(share) for share in shares]
    scale = lcm(*(share.denominator for share in exact))
    return tuple(int(share * scale) for share in exact)
