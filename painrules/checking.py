"""Gaps in content that can be used: what nobody cites, explains or can ever see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from painrules.knowledge import KnowledgeBase

EXPLAINED = ("what_it_is", "what_happens")
"""A treatment that can be an option must say one of these of itself, and a condition the first."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is missing or that nothing uses."""

    kind: str
    id: str
    message: str


def gaps(knowledge: KnowledgeBase) -> Iterator[Gap]:
    """Every gap, in the order of the content."""
    cited = Counter(said.source for said in knowledge.recommendations)
    for text in knowledge.explanations:
        cited.update(text.sources)
    for rule in knowledge.rules.values():
        cited.update(rule.entry.sources)
        cited.update(source for exemption in rule.entry.unless for source in exemption.sources)
    for entry in knowledge.sources.values():
        if entry.id not in cited:
            yield Gap("source", entry.id, "nobody cites it")
        if not (entry.doi or entry.url or entry.seen_at):
            yield Gap("source", entry.id, "has no DOI and no address")
    for modality in sorted({entry.modality for entry in knowledge.recommendations}):
        if not knowledge.explanations_of.get(modality, {}).keys() & set(EXPLAINED):
            yield Gap("modality", modality, "has no text that says what it is")
    for condition in knowledge.conditions:
        if EXPLAINED[0] not in knowledge.explanations_of.get(condition, {}):
            yield Gap("condition", condition, "has no text that says what it is")
    recommended = {entry.modality for entry in knowledge.recommendations}
    for rule in knowledge.rules.values():
        if rule.modalities and not rule.modalities & recommended:
            yield Gap("rule", rule.id, "speaks only of treatments that are an option for no condition")
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
