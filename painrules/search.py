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


@dataclass(frozen=True, slots=True)
class Match:
    """A condition or treatment, the name by which it was found, and how well that fits (up to 100)."""

    id: str
    name: str
    score: float


def search_conditions(knowledge: KnowledgeBase, words: str) -> list[Match]:
    """Conditions whose names are like these words, the likest first."""
    return _search(words, {c.id: (c.name, *c.also_called) for c in knowledge.conditions.values()})


def search_modalities(knowledge: KnowledgeBase, words: str) -> list[Match]:
    """Treatments whose names or medicines are like these words, the likest first."""
    names = {m.id: (m.name, *m.also_called, *(one.name for one in m.medicines)) for m in knowledge.modalities.values()}
    return _search(words, names)


def clear_winner(matches: Iterable[Match]) -> Match | None:
    """The best match, unless another is about as good."""
    best, *others = [*matches][:2] or [None]
    if best is None or (others and others[0].score > best.score - CLEAR_LEAD):
        return None
    return best


def _search(words: str, names: Mapping[str, Iterable[str]]) -> list[Match]:
    from rapidfuzz import fuzz, process

    wanted = _simple(words)
    if wanted.replace(" ", "_") in names:
        id = wanted.replace(" ", "_")
        return [Match(id, next(iter(names[id])), 100.0)]
    written = [(id, name) for id, all_names in names.items() for name in all_names]
    found = process.extract(
        wanted,
        [_simple(name) for _, name in written],
        scorer=_likeness if len(wanted) > 3 else fuzz.ratio,
        score_cutoff=LOWEST_SCORE,
        limit=None,
    )
    best: dict[str, Match] = {}
    for _, score, place in found:
        id, name = written[place]
        best.setdefault(id, Match(id, name, score))
    return list(best.values())


def _likeness(one: str, other: str, **options: float) -> float:
    """Like as a whole, or one is like a part of the other; a part counts a little less."""
    from rapidfuzz import fuzz

    whole = max(fuzz.ratio(one, other), fuzz.token_sort_ratio(one, other))
    part = fuzz.partial_ratio(one, other) if len(one) <= len(other) else fuzz.token_set_ratio(one, other)
    score = max(whole, 0.92 * part)
    return score if score >= options.get("score_cutoff", 0.0) else 0.0


def _simple(text: str) -> str:
    """Lower case, without accents, marks or double spaces."""
    letters = unicodedata.normalize("NFKD", text.lower())
    return " ".join("".join(c if c.isalnum() else " " for c in letters if not unicodedata.combining(c)).split())
