"""Find conditions and treatments by the words people use, misspelt too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from painrules.knowledge import KnowledgeBase
from painrules.likeness import LOWEST_SCORE, likeness, simple

CLEAR_LEAD = 5.0
"""How much better the best match must be than the next to be taken without asking."""


class Match(Struct, frozen=True):
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
    found = [Match(id, name, likeness(wanted, simple(name))) for id, own in names.items() for name in own]
    best: dict[str, Match] = {}
    for match in sorted(found, key=lambda match: -match.score):
        if match.score >= LOWEST_SCORE:
            best.setdefault(match.id, match)
    return list(best.values())
