"""Made-up people in any number, for demos and benchmarks: drawn from the shares of a population.

The number of a person and the seed alone decide every answer (a counter is mixed into a random number), so the same
seed gives the same people however many are made, and in whatever batches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import InitVar, dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from painrules.cohort.bits import column_of
from painrules.cohort.column_map import CONDITIONS, PERSON
from painrules.cohort.lowering import Lowered, lower
from painrules.entries import Question
from painrules.expressions import item_of, question_of, variables
from painrules.knowledge import KnowledgeBase
from painrules.language import parse_when
from painrules.population import SOURCED, Population, read_population

if TYPE_CHECKING:
    import polars as pl

BATCH = 100_000
MOST_DRAWS = 20
INSTEAD = "back_pain"
"""What someone has whose conditions were all taken away."""
_GOLDEN, _FIRST, _SECOND = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
"""The constants of the splitmix64 generator."""


@dataclass
class People:
    """A population to draw from."""

    knowledge: KnowledgeBase
    seed: int
    drawn_from: InitVar[Population | None] = None
    """The one that comes with the program if none is given."""
    population: Population = field(init=False)

    def __post_init__(self, drawn_from: Population | None) -> None:
        self.population = drawn_from or read_population(SOURCED, self.knowledge)

    def tables(self, number: int) -> Iterator[pl.DataFrame]:
        """So many people, in tables of some thousand, as `painrules cohort` reads them."""
        for first in range(0, number, BATCH):
            yield self.table(first, min(BATCH, number - first))

    def table(self, first: int, height: int) -> pl.DataFrame:
        """Some people, from the one with the number `first` on."""
        import polars as pl

        drawn = _Draw(self.seed, first, height)
        ids = list(self.knowledge.conditions)
        whole = self._conditions(drawn)
        answers = {name: column for q in self.knowledge.questions.values() for name, column in self._answer(drawn, q)}
        self._correct(answers, whole)
        self._redraw(drawn, answers, whole)
        columns = [pl.int_range(first + 1, first + height + 1, eager=True).alias(PERSON)]
        kinds = pl.DataFrame([column.cat.to(pl.Enum(ids)).alias(str(n)) for n, column in enumerate(whole)])
        columns.append(kinds.select(pl.concat_list("0", "1").list.drop_nulls().alias(CONDITIONS))[CONDITIONS])
        unknown = float(self.population.unknown)
        for question in self.knowledge.questions.values():
            hidden = drawn.below(f"unknown {question.id}", unknown)
            for name in _columns(question):
                column = answers[name].set(hidden, None)
                one_of = question.kind == "one_of"
                columns.append((column.cat.to(pl.Enum(question.answers)) if one_of else column).alias(name))
        return pl.DataFrame(columns)

    def _conditions(self, drawn: _Draw) -> list[pl.Series]:
        """The first kind of pain of each person, and the second, null for most."""
        first, second = self._condition(drawn, "first"), self._condition(drawn, "second")
        none = drawn.below("second_condition", 1 - float(self.population.second))
        return [first, second.set(none | (first == second), None)]

    def _condition(self, drawn: _Draw, which: str) -> pl.Series:
        weights = [float(weight) for weight in self.population.conditions.values()]
        return drawn.choice(f"condition {which}", [weight / sum(weights) for weight in weights])

    def _answer(self, drawn: _Draw, question: Question) -> Iterator[tuple[str, pl.Series]]:
        if question.kind == "number":
            low, high = self.population.ranges[question.id]
            yield question.id, drawn.whole(question.id, int(low), int(high))
            return
        shares = {answer: float(share) for answer, share in self.population.shares[question.id].items()}
        if question.kind == "yes_no":
            yield question.id, drawn.below(question.id, shares["yes"])
        elif question.kind == "one_of":
            yield question.id, drawn.choice(question.id, [shares[answer] for answer in question.answers])
        else:
            for name in _columns(question):
                yield name, drawn.below(name, shares[item_of(name)])

    @cached_property
    def _lowered(self) -> Lowered:
        return lower(self.knowledge)

    @cached_property
    def _corrections(self) -> list[tuple[int, Mapping[str, str], frozenset[str]]]:
        found = []
        kinds = {id: question.kind for id, question in self.knowledge.questions.items()}
        for entry in self.population.corrections:
            try:
                when = self._lowered.place(parse_when(entry["when"], kinds))
            except (KeyError, ValueError):
                continue  # other content without these questions
            found.append((when, entry.get("answers", {}), frozenset(entry.get(CONDITIONS, ()))))
        return found

    @cached_property
    def _constraints(self) -> list[tuple[int, frozenset[str]]]:
        """Where nobody can be, and what is tested there: questions and "condition"."""
        rules = [(self._lowered.place(c.never), variables(c.never)) for c in self.knowledge.constraints.values()]
        return [(never, frozenset(map(question_of, tested))) for never, tested in rules]

    def _surely(self, step: int, answers: Mapping[str, pl.Series], whole: list[pl.Series]) -> pl.Series:
        """For whom a step of the plan is certain."""
        import polars as pl

        ids = list(self.knowledge.conditions)
        facts = []
        for name in self._lowered.plan.columns([step]):
            column = answers.get(name)
            if column is None and name.startswith("has:"):
                code = ids.index(name.removeprefix("has:"))
                column = ((whole[0] == code) | (whole[1] == code).fill_null(False)).fill_null(False)
            if column is None:
                return pl.Series([False]).new_from_index(0, len(whole[0]))
            facts.append(column.alias(name))
        return column_of(self._lowered.plan.run(pl.DataFrame(facts), [step])[step].certain, len(whole[0]))

    def _correct(self, answers: dict[str, pl.Series], whole: list[pl.Series]) -> None:
        """Put right what is unlikely."""
        ids = list(self.knowledge.conditions)
        for step, values, taken in self._corrections:
            here = self._surely(step, answers, whole)
            for name, value in values.items():
                if name in answers:
                    question = self.knowledge.questions.get(name)
                    one_of = question is not None and question.kind == "one_of"
                    code = question.answers.index(value) if question and one_of else value == "yes"
                    answers[name] = answers[name].set(here, code)
            codes = [ids.index(id) for id in taken if id in ids]
            for place in (0, 1) if codes else ():
                whole[place] = whole[place].set(here & whole[place].is_in(codes).fill_null(False), None)
        lost = whole[0].is_null() & whole[1].is_null()
        whole[0] = whole[0].set(lost, ids.index(INSTEAD if INSTEAD in ids else ids[0]))

    def _redraw(self, drawn: _Draw, answers: dict[str, pl.Series], whole: list[pl.Series]) -> None:
        """Draw again whoever there cannot be, by the constraints of the content; what then is left becomes unknown."""
        for again in range(1, MOST_DRAWS + 1):
            impossible = False
            for step, tested in self._constraints:
                here = self._surely(step, answers, whole)
                if not here.any():
                    continue
                impossible = True
                other = replace(drawn, again=again)
                for question in (self.knowledge.questions[id] for id in tested if id in self.knowledge.questions):
                    for name, column in self._answer(other, question):
                        new = column if again < MOST_DRAWS else column.clear(len(column))
                        answers[name] = new.zip_with(here, answers[name])
                if "condition" in tested:
                    whole[:] = [
                        new.zip_with(here, old) for new, old in zip(self._conditions(other), whole, strict=True)
                    ]
            if not impossible:
                return
            if again < MOST_DRAWS:
                self._correct(answers, whole)


def _columns(question: Question) -> list[str]:
    if question.kind != "many_of":
        return [question.id]
    return [f"{question.id}:{answer}" for answer in question.answers if answer != "none"]


class _Draw(Struct, frozen=True):
    """Random numbers for the people of one table."""

    seed: int
    first: int
    height: int
    again: int = 0

    def uniform(self, name: str) -> pl.Series:
        """From 0 to below 1, one for each person; the same for the same seed, name and person."""
        import polars as pl

        start = int.from_bytes(
            hashlib.sha256(f"{self.seed} {name}{f' again {self.again}' if self.again else ''}".encode()).digest()[:8],
            "little",
        )
        counter = pl.int_range(self.first, self.first + self.height, eager=True, dtype=pl.UInt64)
        mixed = _times(counter, _GOLDEN) + _constant(start)
        mixed = _times(mixed ^ (mixed // (1 << 30)), _FIRST)
        mixed = _times(mixed ^ (mixed // (1 << 27)), _SECOND)
        mixed = mixed ^ (mixed // (1 << 31))
        return (mixed // (1 << 11)).cast(pl.Float64) / float(1 << 53)

    def below(self, name: str, share: float) -> pl.Series:
        """True for this share of people."""
        return self.uniform(name) < share

    def whole(self, name: str, low: int, high: int) -> pl.Series:
        """A whole number from `low` to `high`."""
        return (self.uniform(name) * (high - low + 1)).floor() + float(low)

    def choice(self, name: str, shares: list[float]) -> pl.Series:
        """The place of one of several, with these shares."""
        import polars as pl

        total, limits = 0.0, []
        for share in shares[:-1]:
            total += share / sum(shares)
            limits.append(total)
        found = pl.Series(limits, dtype=pl.Float64).search_sorted(self.uniform(name), side="right")
        return found.cast(pl.UInt8)


def _constant(value: int) -> pl.Series:
    import polars as pl

    return pl.Series([value], dtype=pl.UInt64)


def _times(column: pl.Series, value: int) -> pl.Series:
    """Product modulo 2 to the 64."""
    return column * _constant(value)
