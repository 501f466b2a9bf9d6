"""Values that are made when they are first looked at: most runs need only some of the content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

K = TypeVar("K")
V = TypeVar("V")


class LaterMapping(Mapping[K, V], Generic[K, V]):
    """A mapping that a function makes once it is needed."""

    def __init__(self, make: Callable[[], Mapping[K, V]]):
        self._make = make

    @cached_property
    def _made(self) -> Mapping[K, V]:
        return self._make()

    def __getitem__(self, key: K) -> V:
        return self._made[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)


class LaterSequence(Sequence[V], Generic[V]):
    """A sequence that a function makes once it is needed."""

    def __init__(self, make: Callable[[], Sequence[V]]):
        self._make = make

    @cached_property
    def _made(self) -> Sequence[V]:
        return self._make()

    @overload
    def __getitem__(self, index: int) -> V: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[V]: ...
    def __getitem__(self, index: Any) -> Any:
        return self._made[index]

    def __iter__(self) -> Iterator[V]:
        return iter(self._made)

    def __len__(self) -> int:
        return len(self._made)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as a list has none
