"""What sources say of each treatment for a person's conditions, and the verdict of the current guidelines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from painrules.entries import Recommendation
from painrules.knowledge import KnowledgeBase

Scope = Literal["itself", "wider_kind", "some_kinds"]
Verdict = Literal["agree", "disagree", "insufficient", "against"]
GUIDELINE_KINDS = frozenset({"guideline", "consensus"})


@dataclass(frozen=True, slots=True)
class Statement:
    """A recommendation as it bears on a person's condition: on it, on a wider kind, or on some kinds of it."""

    recommendation: Recommendation
    condition: str
    scope: Scope


def statements(knowledge: KnowledgeBase, conditions: Iterable[str]) -> dict[str, tuple[Statement, ...]]:
    """Current statements by modality. A modality that is not in here is no option for these conditions."""
    found: dict[str, list[Statement]] = {}
    for condition in conditions:
        for statement in _of_condition(knowledge, condition):
            if knowledge.sources[statement.recommendation.source].status != "superseded":
                found.setdefault(statement.recommendation.modality, []).append(statement)
    return {modality: tuple(entries) for modality, entries in found.items()}


def _of_condition(knowledge: KnowledgeBase, condition: str) -> Iterator[Statement]:
    own = knowledge.recommendations_of.get(condition, ())
    for entry in own:
        yield Statement(entry, condition, "itself")
    said = {(entry.modality, knowledge.sources[entry.source].body) for entry in own}
    for ancestor in knowledge.ancestors(condition):
        wider = knowledge.recommendations_of.get(ancestor, ())
        # What a body says of the condition itself replaces what it says of the wider kind.
        for entry in wider:
            if (entry.modality, knowledge.sources[entry.source].body) not in said:
                yield Statement(entry, condition, "wider_kind")
        said |= {(entry.modality, knowledge.sources[entry.source].body) for entry in wider}
    of_kinds = [
        entry
        for kind in knowledge.conditions
        if condition in knowledge.ancestors(kind)
        for entry in knowledge.recommendations_of.get(kind, ())
    ]
    helps_some = {entry.modality for entry in of_kinds if entry.direction == "for"}
    for entry in of_kinds:
        if entry.modality in helps_some:
            yield Statement(entry, condition, "some_kinds")


def verdict(knowledge: KnowledgeBase, entries: Iterable[Statement]) -> Verdict:
    """What the guidelines among these statements come to; those on single kinds count only when there are no others."""
    guidelines = [s for s in entries if knowledge.sources[s.recommendation.source].kind in GUIDELINE_KINDS]
    nearer = [s for s in guidelines if s.scope != "some_kinds"] or guidelines
    directions = {s.recommendation.direction for s in nearer}
    if "for" in directions:
        return "disagree" if "against" in directions else "agree"
    return "against" if "against" in directions else "insufficient"
