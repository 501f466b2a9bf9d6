"""Find a medicine by the name that stands on its box: generic name or brand, while it is typed, misspelt too.

A match tells the name that was matched and whether it is exactly what was given. What is only alike is for asking back:
it never becomes an answer by itself.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from painrules.entries import MedicineName
from painrules.knowledge import KnowledgeBase
from painrules.likeness import EXACT, matching
from painrules.search import Match, search_modalities


class MedicineMatch(Struct, frozen=True):
    """A medicine, the name by which it was found, and how well that fits: 100 or more if it holds the text."""

    medicine: MedicineName
    name: str
    score: float

    @property
    def exact(self) -> bool:
        """Whether the name is what was given, apart from capitals, accents and marks."""
        return self.score == EXACT

    @property
    def shown(self) -> str:
        """The name with the generic one: `Advil (ibuprofen)`."""
        return self.medicine.shown_as(self.name)


def find_medicines(knowledge: KnowledgeBase, text: str) -> tuple[MedicineMatch, ...]:
    """Medicines with this name, then those with a name or a word that begins so; if there are none, those alike.

    Each medicine comes once, by its best name.
    """
    scores = matching(text, (name for one in knowledge.medicine_names.values() for name in one.names))
    found = [
        MedicineMatch(one, name, scores[name])
        for one in knowledge.medicine_names.values()
        for name in one.names
        if name in scores
    ]
    best: dict[str, MedicineMatch] = {}
    for match in sorted(found, key=lambda match: (-match.score, len(match.name), match.name)):
        best.setdefault(match.medicine.id, match)
    return tuple(best.values())


def find_treatments(knowledge: KnowledgeBase, words: str) -> list[Match]:
    """Treatments by their own names or the name of a medicine; of medicines that are only alike, if there is no other.

    The name of a match tells how it was found: `Advil (ibuprofen)`.
    """
    medicines = find_medicines(knowledge, words)
    exact = [match for match in medicines if match.exact]
    found = [*_treatments_of(exact, 100.0), *search_modalities(knowledge, words)]
    best: dict[str, Match] = {}
    for match in sorted(found or _treatments_of(medicines, 99.0), key=lambda match: -match.score):
        best.setdefault(match.id, match)
    return list(best.values())


def _treatments_of(matches: Iterable[MedicineMatch], most: float) -> list[Match]:
    return [Match(id, match.shown, min(match.score, most)) for match in matches for id in match.medicine.modalities]
