"""The rule language: a small expression tree and its three-valued (Kleene) meaning.

Facts map a *variable* to its value, or to None when it is unknown. A variable is a question (`age`), one item of a
many-valued question (`medicines_taken:lithium`), a kind of pain (`condition:gout`) or a finding
(`finding:older_adult`); items, conditions and findings have the values "yes" and "no".

`reduce` is the one definition of what an expression means: true, false, or what is left of it once the known facts are
filled in. Everything else here is derived from it or is checked against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from msgspec import Struct

Fact: TypeAlias = "str | float | None"
Facts: TypeAlias = Mapping[str, Fact]
Truth: TypeAlias = "bool | None"
"""True: certain. None: possible, as an answer is unknown. False: impossible."""


class OneOf(Struct, frozen=True):
    """The variable has one of these values."""

    variable: str
    values: frozenset[str]


class Between(Struct, frozen=True):
    """The number is at least `at_least` (if given) and below `below` (if given)."""

    variable: str
    at_least: float | None
    below: float | None


class All(Struct, frozen=True):
    """Every part holds. No parts: true."""

    parts: tuple[Expression, ...]


class Any(Struct, frozen=True):
    """At least one part holds. No parts: false."""

    parts: tuple[Expression, ...]


class Not(Struct, frozen=True):
    """The part does not hold."""

    part: Expression


Test: TypeAlias = "OneOf | Between"
Expression: TypeAlias = "OneOf | Between | All | Any | Not"


def passes(test: Test, value: str | float) -> bool:
    """Whether a known value passes a single test."""
    if isinstance(test, OneOf):
        return value in test.values
    number = float(value)
    return (test.at_least is None or number >= test.at_least) and (test.below is None or number < test.below)


def reduce(expression: Expression, facts: Facts) -> bool | Expression:
    """Fill in the known facts: true, false, or the part that still depends on unknown ones."""
    if isinstance(expression, (OneOf, Between)):
        value = facts.get(expression.variable)
        return expression if value is None else passes(expression, value)
    if isinstance(expression, Not):
        inner = reduce(expression.part, facts)
        return (not inner) if isinstance(inner, bool) else Not(inner)
    decides = isinstance(expression, Any)
    left: list[Expression] = []
    for part in expression.parts:
        inner = reduce(part, facts)
        if not isinstance(inner, bool):
            left.append(inner)
        elif inner is decides:
            return decides
    if not left:
        return not decides
    return left[0] if len(left) == 1 else type(expression)(tuple(left))


def truth(expression: Expression, facts: Facts) -> Truth:
    """Kleene truth of an expression: `reduce`, with any left-over counted as unknown."""
    value = reduce(expression, facts)
    return value if isinstance(value, bool) else None


def any_truth(values: Iterator[Truth]) -> Truth:
    """Kleene 'or' over values already known."""
    result: Truth = False
    for value in values:
        if value:
            return True
        if value is None:
            result = None
    return result


def matched(expression: Expression, facts: Facts, *, certain: bool) -> frozenset[str] | None:
    """The variables by which an expression holds, or None when it does not.

    With `certain` an unknown fact passes no test; without it an unknown fact passes every test and its negation. Of
    several alternatives that hold, all count.
    """
    return _matched(expression, facts, certain, wanted=True)


def _matched(expression: Expression, facts: Facts, certain: bool, wanted: bool) -> frozenset[str] | None:
    if isinstance(expression, Not):
        return _matched(expression.part, facts, certain, not wanted)
    if isinstance(expression, (OneOf, Between)):
        value = facts.get(expression.variable)
        holds = (not certain) if value is None else passes(expression, value) is wanted
        return frozenset({expression.variable}) if holds else None
    parts = [_matched(part, facts, certain, wanted) for part in expression.parts]
    holding = [part for part in parts if part is not None]
    needs_all = isinstance(expression, All) is wanted
    if (needs_all and len(holding) < len(parts)) or (not needs_all and not holding):
        return None
    return frozenset().union(*holding)


def tests(expression: Expression) -> Iterator[Test]:
    """Every single test in an expression, left to right."""
    if isinstance(expression, (OneOf, Between)):
        yield expression
    elif isinstance(expression, Not):
        yield from tests(expression.part)
    else:
        for part in expression.parts:
            yield from tests(part)


def variables(expression: Expression) -> frozenset[str]:
    """Every variable that an expression mentions."""
    return frozenset(test.variable for test in tests(expression))


def question_of(variable: str) -> str:
    """The question, `condition` or `finding` that a variable belongs to."""
    return variable.partition(":")[0]


def item_of(variable: str) -> str:
    """The item of a many-valued question, the condition or the finding that a variable is about; else ''."""
    return variable.partition(":")[2]
