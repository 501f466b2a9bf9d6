"""What sources say of each treatment for a person's conditions, and the verdict of the current guidelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from msgspec import Struct

from painrules.entries import Recommendation
from painrules.knowledge import KnowledgeBase

Scope = Literal["itself", "wider_kind", "some_kinds"]
Verdict = Literal["agree", "disagree", "insufficient", "against"]
GUIDELINE_KINDS = frozenset({"guideline", "consensus"})


class Statement(Struct, frozen=True):
    """A recommendation as it bears on a person's condition: on it, on a wider kind, or on some kinds of it."""

    recommendation: Recommendation
    condition: str
    scope: Scope


class Difference(Struct, frozen=True):
    """Which bodies' current guidelines recommend an option, which advise against it, and why they differ."""

    recommend: tuple[str, ...]
    advise_against: tuple[str, ...]
    why: str
    """Empty: we hold no text on why."""
    sources: tuple[str, ...]


def statements(knowledge: KnowledgeBase, conditions: Iterable[str]) -> dict[str, tuple[Statement, ...]]:
    """Current statements by modality. A modality that is not in here is no option for these conditions."""
    found: dict[str, list[Statement]] = {}
    for condition in conditions:
        for statement in _of_condition(knowledge, condition):
            found.setdefault(statement.recommendation.modality, []).append(statement)
    return {modality: tuple(entries) for modality, entries in found.items()}


def _of_condition(knowledge: KnowledgeBase, condition: str) -> Iterator[Statement]:
    current = knowledge.current_recommendations_of
    own = current.get(condition, ())
    for entry in own:
        yield Statement(entry, condition, "itself")
    said = {(entry.modality, knowledge.sources[entry.source].body) for entry in own}
    for ancestor in knowledge.ancestors(condition):
        wider = current.get(ancestor, ())
        # What a body says of the condition itself replaces what it says of the wider kind.
        for entry in wider:
            if (entry.modality, knowledge.sources[entry.source].body) not in said:
                yield Statement(entry, condition, "wider_kind")
        said |= {(entry.modality, knowledge.sources[entry.source].body) for entry in wider}
    of_kinds = [
        entry
        for kind in knowledge.conditions
        if condition in knowledge.ancestors(kind)
        for entry in current.get(kind, ())
    ]
    helps_some = {entry.modality for entry in of_kinds if entry.direction == "for"}
    for entry in of_kinds:
        if entry.modality in helps_some:
            yield Statement(entry, condition, "some_kinds")


def verdict(knowledge: KnowledgeBase, entries: Iterable[Statement]) -> Verdict:
    """What the guidelines among these statements come to; those on single kinds count only when there are no others."""
    directions = {statement.recommendation.direction for statement in that_count(knowledge, entries)}
    if "for" in directions:
        return "disagree" if "against" in directions else "agree"
    return "against" if "against" in directions else "insufficient"


def difference(knowledge: KnowledgeBase, modality: str, entries: Iterable[Statement]) -> Difference | None:
    """Who differs on a modality, and why; None when nobody does."""
    counted = that_count(knowledge, entries)
    sides = {
        direction: [s for s in counted if s.recommendation.direction == direction] for direction in ("for", "against")
    }
    if not all(sides.values()):
        return None
    said_of = {statement.recommendation.condition for statement in counted}
    whys = [d for d in knowledge.disagreements if d.modality == modality and d.condition in said_of]
    sources = [s.recommendation.source for side in sides.values() for s in side]
    return Difference(
        recommend=_bodies(knowledge, sides["for"]),
        advise_against=_bodies(knowledge, sides["against"]),
        why=" ".join(dict.fromkeys(entry.why for entry in whys)),
        sources=tuple(dict.fromkeys(sources + [id for entry in whys for id in entry.sources])),
    )


def that_count(knowledge: KnowledgeBase, entries: Iterable[Statement]) -> list[Statement]:
    """The guidelines that make the verdict: those on single kinds only when there are no others."""
    guidelines = [s for s in entries if knowledge.sources[s.recommendation.source].kind in GUIDELINE_KINDS]
    return [s for s in guidelines if s.scope != "some_kinds"] or guidelines


def _bodies(knowledge: KnowledgeBase, entries: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(knowledge.sources[entry.recommendation.source].body for entry in entries))
