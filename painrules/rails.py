"""Two rails: a three-valued rule as two ordinary ones, each a list of conjuncts that any two-valued engine can match.

The *certain* rail holds when a rule holds whatever the unknown answers are (in Kleene's sense), the *possible* rail
when it may hold. Here an unknown fact is a value of its own (None), so each test becomes the set of values that pass:
on the certain rail without None, on the possible rail with it. Negation swaps the values, never the rail.

A conjunct tests each variable once: tests of one variable are intersected, and a conjunct that nothing can satisfy is
dropped. Conjuncts are not simplified further, so that the facts that match are the facts that explain.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TypeAlias

from msgspec import Struct

from painrules.expressions import All, Between, Expression, Not, OneOf, Test


class Words(Struct, frozen=True):
    """Passing values of a variable with words as values; `others`: every word but these."""

    words: frozenset[str]
    others: bool
    unknown: bool

    def both(self, other: Words) -> Words:
        """The values that pass both."""
        unknown = self.unknown and other.unknown
        if self.others and other.others:
            return Words(self.words | other.words, True, unknown)
        if self.others:
            return Words(other.words - self.words, False, unknown)
        return Words(self.words - other.words if other.others else self.words & other.words, False, unknown)

    @property
    def impossible(self) -> bool:
        """Whether no value passes."""
        return not (self.words or self.others or self.unknown)


class Numbers(Struct, frozen=True):
    """Passing values of a number: half-open intervals."""

    intervals: tuple[tuple[float, float], ...]
    unknown: bool

    def both(self, other: Numbers) -> Numbers:
        """The values that pass both."""
        pairs = [(max(a, c), min(b, d)) for a, b in self.intervals for c, d in other.intervals]
        return Numbers(tuple((low, high) for low, high in pairs if low < high), self.unknown and other.unknown)

    @property
    def impossible(self) -> bool:
        """Whether no value passes."""
        return not (self.intervals or self.unknown)


Passing: TypeAlias = "Words | Numbers"
Conjunct: TypeAlias = Mapping[str, Passing]


def conjuncts(expression: Expression, *, certain: bool) -> list[dict[str, Passing]]:
    """The rail of an expression in disjunctive normal form: it holds when some conjunct does."""
    unique: list[dict[str, Passing]] = []
    for conjunct in _normal_form(expression, certain, wanted=True):
        if conjunct not in unique:
            unique.append(conjunct)
    return unique


def size(expression: Expression, wanted: bool = True) -> tuple[int, int]:
    """How many conjuncts a rail of an expression can have, and how many tests the longest of them; without building."""
    if isinstance(expression, Not):
        return size(expression.part, not wanted)
    if isinstance(expression, (OneOf, Between)):
        return 1, 1
    sizes = [size(part, wanted) for part in expression.parts]
    if isinstance(expression, All) is wanted:
        return math.prod(count for count, _ in sizes), sum(length for _, length in sizes)
    return sum(count for count, _ in sizes), max((length for _, length in sizes), default=0)


def _normal_form(expression: Expression, certain: bool, wanted: bool) -> list[dict[str, Passing]]:
    if isinstance(expression, Not):
        return _normal_form(expression.part, certain, not wanted)
    if isinstance(expression, (OneOf, Between)):
        passing = _passing(expression, wanted, unknown=not certain)
        return [] if passing.impossible else [{expression.variable: passing}]
    parts = [_normal_form(part, certain, wanted) for part in expression.parts]
    if isinstance(expression, All) is not wanted:
        return [conjunct for part in parts for conjunct in part]
    product: list[dict[str, Passing]] = [{}]
    for part in parts:
        product = [joined for left in product for right in part if (joined := _join(left, right)) is not None]
    return product


def _join(left: Conjunct, right: Conjunct) -> dict[str, Passing] | None:
    joined = dict(left)
    for variable, passing in right.items():
        both = _both(joined[variable], passing) if variable in joined else passing
        if both.impossible:
            return None
        joined[variable] = both
    return joined


def _both(one: Passing, other: Passing) -> Passing:
    if isinstance(one, Words) and isinstance(other, Words):
        return one.both(other)
    if isinstance(one, Numbers) and isinstance(other, Numbers):
        return one.both(other)
    raise TypeError("a variable is tested both as a word and as a number")


def _passing(test: Test, wanted: bool, unknown: bool) -> Passing:
    if isinstance(test, OneOf):
        return Words(test.values, not wanted, unknown)
    low = -math.inf if test.at_least is None else test.at_least
    high = math.inf if test.below is None else test.below
    inside = ((low, high),)
    outside = tuple((a, b) for a, b in ((-math.inf, low), (high, math.inf)) if a < b)
    return Numbers(inside if wanted else outside, unknown)
