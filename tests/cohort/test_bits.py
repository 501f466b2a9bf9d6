"""Sets of people as bits say what Polars' own nullable columns say."""

from __future__ import annotations

from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from painrules.cohort.bits import column_of, count_of, everyone, nobody, truth_of

VALUES = st.sampled_from([True, False, None])


def columns(draw: Any) -> tuple[pl.Series, pl.Series]:
    """Two columns of one length, cut out of longer ones, as batches are."""
    height = draw(st.integers(0, 140))
    start = draw(st.integers(0, 20))
    pair = [draw(st.lists(VALUES, min_size=start + height, max_size=start + height)) for _ in range(2)]
    one, other = (pl.Series(values, dtype=pl.Boolean).slice(start) for values in pair)
    return one, other


def back(truth: Any, height: int) -> list[bool | None]:
    pairs = zip(column_of(truth.certain, height), column_of(truth.possible, height), strict=True)
    return [True if certain else None if possible else False for certain, possible in pairs]


@given(st.data())
def test_the_same_logic(data: Any) -> None:
    a, b = columns(data.draw)
    height = len(a)
    one, other = truth_of(a), truth_of(b)
    assert back(one, height) == a.to_list()
    assert back(one & other, height) == (a & b).to_list()
    assert back(one | other, height) == (a | b).to_list()
    assert back(one.opposite(everyone(height)), height) == (~a).to_list()
    assert count_of(one.certain) == (a.sum() or 0)
    assert count_of(one.opposite(everyone(height)).possible) == height - (a.sum() or 0)
    assert not count_of(nobody(height)) and count_of(everyone(height)) == height


def test_several_chunks() -> None:
    parts = pl.Series([True, None]), pl.Series([False, True, True])
    assert back(truth_of(pl.concat(parts, rechunk=False)), 5) == [True, None, False, True, True]
