"""How alike names are: people write them in small letters, without accents, and misspelt."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

LOWEST_SCORE = 75.0
"""Of 100: below it, two names have little in common."""
SHORT = 3
"""Letters: so short a name, such as TN, is part of many others by chance."""
PART_COUNTS = 0.92
EXACT, BEGINS, HOLDS = 101.0, 100.5, 100.0
"""Scores of a name that is what was given, of one that begins with it, of one that holds it further on."""


def fit(wanted: str, name: str) -> float:
    """How well a simple name holds what was given; 0 when it does not."""
    if name == wanted:
        return EXACT
    if name.startswith(wanted):
        return BEGINS
    # A short text is part of many names by chance; of those it must begin a word.
    return HOLDS if (wanted if len(wanted) > SHORT else f" {wanted}") in name else 0.0


def likeness(wanted: str, name: str) -> float:
    """How alike two simple names are as a whole, or else how like one is to a part of the other, which counts less."""
    from rapidfuzz import fuzz

    whole = max(fuzz.ratio(wanted, name), fuzz.token_sort_ratio(wanted, name))
    if min(len(wanted), len(name)) <= SHORT:
        return whole
    part = fuzz.partial_ratio(wanted, name) if len(wanted) <= len(name) else fuzz.token_set_ratio(wanted, name)
    return max(whole, PART_COUNTS * part)


def matching(text: str, names: Iterable[str]) -> dict[str, float]:
    """Scores of the names that hold a text, or else, where none does, of those that are like it."""
    wanted = simple(text)
    if not wanted:
        return {}
    plain = {name: simple(name) for name in names}
    scores = {name: score for name, own in plain.items() if (score := fit(wanted, own))}
    if not scores:
        scores = {name: likeness(wanted, own) for name, own in plain.items()}
    return {name: score for name, score in scores.items() if score >= LOWEST_SCORE}


@lru_cache(maxsize=8192)
def simple(text: str) -> str:
    """Lower case, without accents, marks or double spaces; kept, as a search runs at every key."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
