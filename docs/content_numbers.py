"""docs/content.md: the content in numbers; and the figures of docs/evidence.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from painrules.evidence import GUIDELINE_KINDS
from painrules.knowledge import KnowledgeBase


def content_numbers(knowledge: KnowledgeBase) -> str:
    """Counts of the content, by group, category, year and confidence."""

    def root(condition: str) -> str:
        return [condition, *knowledge.ancestors(condition)][-1]

    said, texts = knowledge.recommendations, knowledge.explanations
    groups = [c for c in knowledge.conditions.values() if c.parent is None]
    options = {said_.modality for said_ in said}
    guidelines = {s.source for s in said if knowledge.sources[s.source].kind in GUIDELINE_KINDS}
    urgent = Counter(rule.entry.level for rule in knowledge.rules.values() if rule.effect == "urgent")
    effects = Counter(rule.effect for rule in knowledge.rules.values())
    files = Counter(at.split(":")[0] for at in knowledge.files.values())
    decades = Counter(
        "not stated" if s.year is None else f"{s.year // 5 * 5} to {s.year // 5 * 5 + 4}"
        for s in knowledge.sources.values()
    )
    kinds = Counter(source.kind for source in knowledge.sources.values())
    status = Counter((source.kind, source.status) for source in knowledge.sources.values())

    return "\n".join([
        "# The content in numbers",
        "",
        "Made from the content by `make docs`. How to add to it stands in [writing_content.md](writing_content.md).",
        "",
        f"{len(knowledge.conditions)} conditions, {len(options)} treatments that are an option, "
        f"{len(knowledge.rules)} rules, {len(said)} recommendations, {len(texts)} explanations, "
        f"{len(knowledge.disagreements)} explained disagreements, {len(knowledge.frequencies)} natural frequencies, "
        f"{len(knowledge.visit)} lines on a visit, {len(knowledge.words)} words, {len(knowledge.medicine_names)} medicines "
        f"with {sum(len(m.brands) for m in knowledge.medicine_names.values())} brands, {len(knowledge.sources)} sources; "
        f"{len(guidelines)} guidelines and consensus statements are cited for a recommendation.",
        "",
        "## By group of conditions",
        "",
        *table(
            ("group", "conditions", "options", "recommendations", "texts", "disagreements"),
            (
                (
                    group.name,
                    sum(root(c) == group.id for c in knowledge.conditions),
                    len({s.modality for s in said if root(s.condition) == group.id}),
                    sum(root(s.condition) == group.id for s in said),
                    sum(t.about in knowledge.conditions and root(t.about) == group.id for t in texts),
                    sum(root(d.condition) == group.id for d in knowledge.disagreements),
                )
                for group in groups
            ),
        ),
        "## By category of treatment",
        "",
        *table(
            ("category", "treatments", "recommendations", "rules that speak of one", "texts"),
            (
                (
                    category.name,
                    sum(knowledge.category_of(m) == category.id for m in options),
                    sum(knowledge.category_of(s.modality) == category.id for s in said),
                    sum(
                        any(knowledge.category_of(m) == category.id for m in rule.modalities)
                        for rule in knowledge.rules.values()
                    ),
                    sum(
                        (t.about in knowledge.modalities
                        and knowledge.category_of(t.about) == category.id)
                        or (t.about in knowledge.classes and knowledge.classes[t.about].category == category.id)
                        for t in texts
                    ),
                )
                for category in knowledge.categories.values()
            ),
        ),
        "## Rules",
        "",
        *table(("effect", "rules"), sorted(effects.items())),
        *table(("urgent sign", "rules"), ((level, urgent[level]) for level in ("emergency", "same_day", "soon"))),
        *table(("file", "rules"), sorted(files.items())),
        "## Sources",
        "",
        *table(
            ("kind", "sources", "current", "superseded", "not known"),
            ((k, n, *(status[k, s] for s in ("current", "superseded", "unknown"))) for k, n in sorted(kinds.items())),
        ),
        *table(("year", "sources"), sorted(decades.items(), reverse=True)),
        "## Confidence",
        "",
        "*Read*: the statement was read in the source, as a whole or in an excerpt. *Reported*: another text reports what",
        "the source says.",
        "",
        *confidence_table(knowledge),
    ])  # fmt: skip


def confidence_table(knowledge: KnowledgeBase) -> list[str]:
    """How many statements of each kind were read in their source."""

    def confidence(name: str, entries: Iterable[Any]) -> tuple[object, ...]:
        found = Counter(bool(entry.reported_by) for entry in entries)
        return name, found[False], found[True]

    return table(
        ("statements", "read", "reported"),
        (
            confidence("recommendations", knowledge.recommendations),
            confidence("explanations", knowledge.explanations),
            confidence("natural frequencies", knowledge.frequencies),
            confidence("disagreements", knowledge.disagreements),
            confidence("rules", (rule.entry for rule in knowledge.rules.values() if rule.entry.sources)),
            confidence("lines on a visit", knowledge.visit.values()),
        ),
    )


def evidence_numbers(knowledge: KnowledgeBase) -> str:
    """The figures of docs/evidence.md: what was read, and how often strength and certainty are known."""
    said = knowledge.recommendations
    kinds = Counter(source.kind.replace("_", " ") for source in knowledge.sources.values())
    graded = [
        ("strength", Counter(s.strength for s in said)),
        ("certainty", Counter(s.certainty for s in said)),
    ]
    rows = [(name, len(said) - found["not_stated"], found["not_stated"]) for name, found in graded]
    return "\n".join([
        *table(("kind of source", "number"), kinds.most_common()),
        *confidence_table(knowledge),
        *table((f"of {len(said)} recommendations", "given", "not stated"), rows),
    ]).rstrip()  # fmt: skip


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table in Markdown, with an empty line after it."""
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]
