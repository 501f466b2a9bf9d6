"""What is true of many people as bits, 64 of them in a machine word, on two rails: surely true, and perhaps true.

This is Kleene's logic in plain `&`, `|` and `^`: a hundred thousand people take a microsecond or two. Polars has the
same on its nullable columns, but there each operation takes ten to fifty times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from msgspec import Struct

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

Bits: TypeAlias = "NDArray[np.uint64]"
"""A set of people. Bits beyond the last person are never set."""
WORD = 64


class Truth(Struct, frozen=True):
    """For whom something is certain, and for whom it is possible; one array twice where nothing is unknown."""

    certain: Bits
    possible: Bits

    def __and__(self, other: Truth) -> Truth:
        certain = self.certain & other.certain
        return Truth(certain, certain if self.known and other.known else self.possible & other.possible)

    def __or__(self, other: Truth) -> Truth:
        certain = self.certain | other.certain
        return Truth(certain, certain if self.known and other.known else self.possible | other.possible)

    def opposite(self, everyone: Bits) -> Truth:
        """For whom it is not true."""
        certain = everyone ^ self.possible
        return Truth(certain, certain if self.known else everyone ^ self.certain)

    @property
    def known(self) -> bool:
        """Whether it is unknown of nobody."""
        return self.certain is self.possible


def nobody(height: int) -> Bits:
    """No one of so many people."""
    return np.zeros(-(-height // WORD), dtype=np.uint64)


def everyone(height: int) -> Bits:
    """All of so many people."""
    found = ~nobody(height)
    if height % WORD:
        found[-1] = (1 << height % WORD) - 1
    return found


def count_of(people: Bits) -> int:
    """How many people there are in a set."""
    return int(np.bitwise_count(people).sum())


def truth_of(column: pl.Series) -> Truth:
    """A Boolean column, null where something is unknown."""
    import nanoarrow

    (array,) = nanoarrow.c_array_stream(column.rechunk())
    validity, values = (array.view().buffer(number) for number in (0, 1))
    certain = _bits(values, array.offset, array.length)
    if not array.null_count:
        return Truth(certain, certain)
    answered = _bits(validity, array.offset, array.length)
    certain &= answered
    return Truth(certain, certain | (everyone(array.length) ^ answered))


def column_of(people: Bits, height: int) -> pl.Series:
    """A set of people as a Boolean column."""
    import nanoarrow
    import polars as pl

    return pl.Series(nanoarrow.c_array_from_buffers(nanoarrow.bool_(), height, [None, people]))


def _bits(buffer: object, offset: int, height: int) -> Bits:
    """The bits of an Arrow buffer from a place on."""
    found = nobody(height)
    if height:
        whole = np.frombuffer(buffer, dtype=np.uint8)  # type: ignore[call-overload]
        if offset % 8:
            single = np.unpackbits(whole, count=offset + height, bitorder="little")
            part = np.packbits(single[offset:], bitorder="little")
        else:
            part = whole[offset // 8 : -(-(offset + height) // 8)]
        found.view(np.uint8)[: len(part)] = part
        found[-1] &= everyone(height)[-1]
    return found
