"""Sets of people: what `compiled` needs of them, whether they are exact diagrams or a sample."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, TypeVar

from painrules.symbolic.space import ANSWERED, NO, UNKNOWN, YES, Space

_S = TypeVar("_S")


class People(Protocol):
    """A set of people, with 'and', 'or' and 'not'."""

    def __and__(self: _S, other: _S, /) -> _S: ...
    def __or__(self: _S, other: _S, /) -> _S: ...
    def __invert__(self: _S) -> _S: ...


S = TypeVar("S", bound=People)
S_co = TypeVar("S_co", bound=People, covariant=True)


class Sets(Protocol[S_co]):
    """Where sets of people come from."""

    @property
    def everyone(self) -> S_co:
        """All combinations of codes."""

    @property
    def nobody(self) -> S_co:
        """The empty set."""

    def having(self, field: str, codes: Iterable[int]) -> S_co:
        """Those who have one of these codes in a field."""


def union(sets: Sets[S], parts: Iterable[S]) -> S:
    """Those who are in any of the parts."""
    found = sets.nobody
    for part in parts:
        found = found | part
    return found


def people_there_can_be(space: Space, sets: Sets[S]) -> S:
    """Everyone with codes that stand for answers: some kind of pain; no item ticked of a question without answer."""
    some_pain = union(sets, (sets.having(f"condition:{id}", [YES]) for id in space.conditions))
    found = some_pain
    for id in space.impossible_conditions:
        found = found & sets.having(f"condition:{id}", [NO])
    for name, field in reversed(list(space.fields.items())):
        if field.kind == "item":
            answered = sets.having(name.partition(":")[0], [ANSWERED])
            found = found & (answered | sets.having(name, [NO]))
        else:
            found = found & sets.having(name, range(UNKNOWN, len(field.values)))
    return found
