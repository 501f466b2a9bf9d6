"""How common each answer is, as weights of the codes of a space. Answers are independent.

The shares are those that made-up people are drawn from, so both speak of the same people. Their `corrections` are not
used: people who cannot be are left out instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import pairwise
from math import ceil, lcm

from msgspec import Struct

from painrules.expressions import item_of
from painrules.population import Population
from painrules.symbolic.space import Field, Space


class Weighing(Struct, frozen=True):
    """How much the codes of every field weigh."""

    answers: Mapping[str, tuple[int, ...]]
    """By field: the weight of each of its codes. The fields of conditions are not among them."""
    conditions: Mapping[str, int]
    second: Fraction
    """Of all people, those for whom a second kind of pain is drawn."""

    @property
    def alone(self) -> dict[str, int]:
        """How much someone weighs who has only this kind of pain; with two it is `pair` times both weights."""
        total, one = sum(self.conditions.values()), self.second.denominator - self.second.numerator
        return {id: (total * one + w * self.second.numerator) * w for id, w in self.conditions.items()}

    @property
    def pair(self) -> int:
        """See `alone`: the second draw may come first too, and one that is drawn twice counts once."""
        return 2 * self.second.numerator


def weighing(population: Population, space: Space) -> Weighing:
    """The weights of the codes of a space."""
    answers: dict[str, tuple[int, ...]] = {}
    for id in (*population.shares, *population.ranges):
        if fields := space.fields_of(id):
            answers |= _of_question(population, id, fields)
    conditions = _whole(population.conditions[id] for id in space.conditions)
    return Weighing(answers, dict(zip(space.conditions, conditions, strict=True)), population.second)


def _of_question(population: Population, id: str, fields: tuple[Field, ...]) -> dict[str, tuple[int, ...]]:
    """The weights of the fields of a question."""
    field, *items = fields
    unknown = population.unknown
    if items:
        shares = population.shares[id]
        ticked = {item.name: shares[item_of(item.name)] for item in items}
        return {
            field.name: _whole([unknown, 1 - unknown]),
            **{name: _whole([1 - yes, yes]) for name, yes in ticked.items()},
        }
    values = _stretches(*population.ranges[id], field) if id in population.ranges else population.shares[id]
    shares_of = [values[str(value)] for value in field.values[1:]]
    return {field.name: _whole([unknown, *(share / sum(shares_of) * (1 - unknown) for share in shares_of)])}


def _stretches(low: Fraction, high: Fraction, field: Field) -> dict[str, Fraction]:
    """How many whole numbers lie in each stretch between the limits that rules use, by its first number."""
    values = field.values[1:]
    limits = [low, *(Fraction(str(value)) for value in values[1:]), high + 1]
    whole = [ceil(max(low, min(limit, high + 1))) for limit in limits]
    return {str(value): Fraction(after - first) for value, (first, after) in zip(values, pairwise(whole), strict=True)}


def _whole(shares: Iterable[Fraction | int]) -> tuple[int, ...]:
    """Whole numbers with the same ratios."""
    exact = [Fraction(share) for share in shares]
    scale = lcm(*(share.denominator for share in exact))
    return tuple(int(share * scale) for share in exact)
