"""Find conditions and treatments by the words people use, misspelt too."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from painrules.knowledge import KnowledgeBase

LOWEST_SCORE = 75.0
"""Of 100: below it, two words have little in common."""
CLEAR_LEAD = 5.0
"""How much better the best match must be than the next to be taken without asking."""


SHORT = 3
"""Letters: so short a name, such as TN, is part of many others by chance."""
PART_COUNTS = 0.92


@dataclass(frozen=True, slots=True)
class Match:
    """A condition or treatment, the name by which it was found, and how well that fits (up to 100)."""

    id: str
    name: str
    score: float


def search_conditions(knowledge: KnowledgeBase, words: str) -> list[Match]:
    """Conditions whose names are like these words, the likest first."""
    return likest(words, {c.id: (c.name, *c.also_called) for c in knowledge.conditions.values()})


def search_modalities(knowledge: KnowledgeBase, words: str) -> list[Match]:
    """Treatments whose names or medicines are like these words, the likest first."""
    names = {m.id: (m.name, *m.also_called, *(one.name for one in m.medicines)) for m in knowledge.modalities.values()}
    return likest(words, names)


def clear_winner(matches: Iterable[Match]) -> Match | None:
    """The best match, unless another is about as good."""
    best, second = [*matches, None, None][:2]
    if best is None or (second is not None and second.score > best.score - CLEAR_LEAD):
        return None
    return best


def likest(words: str, names: Mapping[str, Iterable[str]]) -> list[Match]:
    """Entries by whose names these words may be meant, the likest first."""
    wanted = simple(words)
    if (id := wanted.replace(" ", "_")) in names:
        return [Match(id, next(iter(names[id])), 100.0)]
    found = [Match(id, name, _likeness(wanted, simple(name))) for id, own in names.items() for name in own]
    best: dict[str, Match] = {}
    for match in sorted(found, key=lambda match: -match.score):
        if match.score >= LOWEST_SCORE:
            best.setdefault(match.id, match)
    return list(best.values())


def _likeness(wanted: str, name: str) -> float:
    """How alike the two are as a whole, or else how like one is to a part of the other, which counts a little less."""
    from rapidfuzz import fuzz

    whole = max(fuzz.ratio(wanted, name), fuzz.token_sort_ratio(wanted, name))
    if min(len(wanted), len(name)) <= SHORT:
        return whole
    part = fuzz.partial_ratio(wanted, name) if len(wanted) <= len(name) else fuzz.token_set_ratio(wanted, name)
    return max(whole, PART_COUNTS * part)


def simple(text: str) -> str:
    """Text as it is compared: lower case, without accents, marks or double spaces."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
