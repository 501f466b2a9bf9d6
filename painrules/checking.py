"""Gaps in content that can be used: what nobody cites, explains, asks or can ever see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from painrules.knowledge import KnowledgeBase

EXPLAINED = ("what_it_is", "how_it_may_help", "common_harms")
"""What every treatment that can be an option must say of itself."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or that nothing uses."""

    kind: str
    id: str
    message: str


def gaps(knowledge: KnowledgeBase) -> Iterator[Gap]:
    """Every gap, in the order of the content."""
    cited = Counter(entry.source for entry in knowledge.recommendations)
    for text in knowledge.explanations:
        cited.update(text.sources)
    for rule in knowledge.rules.values():
        cited.update(rule.entry.sources)
        cited.update(source for exemption in rule.entry.unless for source in exemption.sources)
    for source in knowledge.sources.values():
        if source.id not in cited:
            yield Gap("source", source.id, "nobody cites it")
        if not (source.doi or source.url or source.seen_at):
            yield Gap("source", source.id, "has no DOI and no address")
    offered = {entry.modality for entry in knowledge.recommendations if entry.direction == "for"}
    for modality in knowledge.modalities:
        for aspect in EXPLAINED:
            if modality in offered and aspect not in knowledge.explanations_of.get(modality, {}):
                yield Gap("modality", modality, f"has no text on {aspect}")
    for condition in knowledge.conditions:
        if "what_it_is" not in knowledge.explanations_of.get(condition, {}):
            yield Gap("condition", condition, "has no text on what_it_is")
    recommended = {entry.modality for entry in knowledge.recommendations}
    for rule in knowledge.rules.values():
        if rule.modalities and not rule.modalities & recommended:
            yield Gap("rule", rule.id, "speaks only of treatments that are an option for no condition")
    asked = frozenset[str]().union(*knowledge.questions_of_rule.values())
    for question in knowledge.questions:
        if question not in asked:
            yield Gap("question", question, "no rule depends on it")
    tested = {variable.partition(":")[2] for variable in knowledge.variables if variable.startswith("finding:")}
    for finding in knowledge.findings:
        if finding not in tested:
            yield Gap("finding", finding, "no rule tests it")
    seen = Counter(
        (e.condition, e.modality, e.source, e.direction, e.purpose, e.limits) for e in knowledge.recommendations
    )
    for (condition, modality, source, *_), count in seen.items():
        if count > 1:
            yield Gap("recommendation", f"{condition}/{modality}", f"{source} stands {count} times")
