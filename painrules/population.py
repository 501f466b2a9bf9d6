"""How common answers and kinds of pain are, read from a file: made-up people are drawn by it, and shares weighed.

Each question is left open by the same share, items are ticked one by one, and a person has one kind of pain or two.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from msgspec import Struct

from painrules.answers import PREFERENCES
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Place, Problem, did_you_mean, read_file, shown

SOURCED = Path(__file__).parent / "population.yaml"
"""The file that comes with the program."""
SECTIONS = frozenset({"sources", "unknown", "second_condition", "defaults", "conditions", "answers", "corrections"})
USUAL = ("sign", "yes_no", "item", "preference")
"""What there are shares for where a question is not listed."""
FIELDS = {"number": ("from", "to"), "yes_no": ("share",), "many_of": ("items",), "one_of": ("shares",)}
"""What is given of a question, by its kind."""
OF_ALL = ("source", "assumed", "note")


class Population(Struct, frozen=True):
    """The shares of a file, filled up from its defaults, for all questions and kinds of pain of some content."""

    unknown: Fraction
    """Of all answers, those that are not known."""
    second: Fraction
    """Of all people, those for whom a second kind of pain is drawn."""
    conditions: Mapping[str, Fraction]
    """By kind of pain: its weight."""
    shares: Mapping[str, Mapping[str, Fraction]]
    """By question: the share of each answer among those who answer (they need not add up to 1), or of each item."""
    ranges: Mapping[str, tuple[Fraction, Fraction]]
    """By question that asks for a number: the least and the greatest; all between are as common."""
    sourced: Mapping[str, str]
    """The questions and kinds of pain whose shares have a source, with its id. All others are assumed."""
    corrections: tuple[Mapping[str, Any], ...]
    """What makes drawn people likelier, as written: other `answers`, and `conditions` taken away, `when` it holds."""


def read_population(path: Path, *bases: KnowledgeBase) -> Population:
    """Read a file of shares for what these knowledge bases ask together. Raises ContentError with every problem.

    The file that comes with the program may name questions that this content lacks, as content of one's own may.
    """
    return population_in(read_file(path, str(path)), *bases, strict=path != SOURCED)


def population_in(document: Document, *bases: KnowledgeBase, strict: bool = True) -> Population:
    """The shares of a document in the shape of such a file. Raises ContentError with every problem."""
    questions: dict[str, tuple[Question, ...]] = {}
    for question in (question for knowledge in bases for question in knowledge.questions.values()):
        questions[question.id] = (*questions.get(question.id, ()), question)
    conditions = tuple(dict.fromkeys(id for knowledge in bases for id in knowledge.conditions))
    reader = _Reader(document, questions, conditions, strict, [])
    found = reader.read()
    if reader.problems:
        raise ContentError(reader.problems)
    return found


class _Reader(Struct, frozen=True):
    """One file. What is wrong becomes a problem, and reading goes on."""

    document: Document
    questions: Mapping[str, tuple[Question, ...]]
    """As one knowledge base asks them, or several."""
    conditions: Collection[str]
    strict: bool
    """Whether every name must be one that the content has."""
    problems: list[Problem]

    def read(self) -> Population:
        if unknown := sorted(set(self._mapping(())) - SECTIONS):
            self._problem((unknown[0],), "is not a section of this file.", did_you_mean(unknown[0], SECTIONS))
        sourced: dict[str, str] = {}
        shares: dict[str, Mapping[str, Fraction]] = {}
        ranges: dict[str, tuple[Fraction, Fraction]] = {}
        for id, asked in self.questions.items():
            sourced |= self._source(("answers", id), id)
            self._check_names(("answers", id), (*FIELDS[asked[-1].kind], *OF_ALL))
            if asked[-1].kind == "number":
                least, greatest = min(one.minimum or 0 for one in asked), max(one.maximum or 0 for one in asked)
                ranges[id] = (
                    self._number(("answers", id, "from"), Fraction(least)),
                    self._number(("answers", id, "to"), Fraction(greatest)),
                )
            else:
                shares[id] = self._shares(asked[-1], dict.fromkeys(answer for one in asked for answer in one.answers))
        weights = {}
        for id in self.conditions:
            self._check_names(("conditions", id), ("weight", *OF_ALL))
            weights[id] = self._number(("conditions", id, "weight"), Fraction(1))
            sourced |= self._source(("conditions", id), id)
        if not any(weights.values()):
            self._problem(("conditions",), "leaves no kind of pain with a weight.")
        self._check_names(("answers",), self.questions)
        self._check_names(("conditions",), self.conditions)
        self._check_names(("defaults",), USUAL)
        corrections = self._at(("corrections",)) or []
        return Population(
            self._share(("unknown", "share"), Fraction(0)),
            self._share(("second_condition", "share"), Fraction(0)),
            weights,
            shares,
            ranges,
            sourced,
            tuple(entry for entry in corrections if isinstance(entry, dict)) if isinstance(corrections, list) else (),
        )

    def _shares(self, question: Question, answers: Collection[str]) -> Mapping[str, Fraction]:
        place: Place = ("answers", question.id)
        if question.kind == "yes_no":
            yes = self._share((*place, "share"), self._usual("sign" if question.urgent == "yes" else "yes_no"))
            return {"yes": yes, "no": 1 - yes}
        if question.kind == "many_of":
            usual = self._usual("preference" if question.id == PREFERENCES else "item")
            items = [answer for answer in answers if answer != "none"]
            self._check_names((*place, "items"), items, "is not an answer.")
            return {item: self._share((*place, "items", item), usual) for item in items}
        self._check_names((*place, "shares"), answers, "is not an answer.")
        given = self._mapping((*place, "shares")).keys() & set(answers)
        found = {answer: self._share((*place, "shares", answer), Fraction(not given)) for answer in answers}
        if not any(found.values()):
            self._problem(place, "leaves no answer with a share.")
        return found

    def _usual(self, kind: str) -> Fraction:
        return self._share(("defaults", kind, "share"), Fraction(1, 2))

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
        known = self._sources()
        if source in known:
            return {name: source}
        if source is not None:
            self._problem((*place, "source"), f"{shown(source)} does not exist.", did_you_mean(source, known))
        elif entry and entry.get("assumed") != "yes":
            self._problem(place, "has no source.", "Name one, or write 'assumed: yes'.")
        return {}

    def _sources(self) -> set[str]:
        sources = self._at(("sources",))
        entries = sources if isinstance(sources, list) else []
        known = [entry.get("id") for entry in entries if isinstance(entry, dict)]
        return {id for id in known if isinstance(id, str)}

    def _check_names(self, place: Place, known: Collection[str], wrong: str = "") -> None:
        for name in sorted(set(self._mapping(place)) - set(known)) if self.strict else ():
            self._problem((*place, name), wrong or f"{shown(name)} does not exist.", did_you_mean(name, known))

    def _problem(self, place: Place, message: str, hint: str = "") -> None:
        problem = self.document.problem(place, message, hint)
        if problem not in self.problems:
            self.problems.append(problem)
