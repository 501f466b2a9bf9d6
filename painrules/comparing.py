"""Two to four treatments compared: the same facts of each, in the order in which they were named, without a ranking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from painrules.answers import PREFERENCES, Answers
from painrules.engines import EngineName
from painrules.entries import MODALITY_ASPECTS, Explanation, Frequency, as_mapping
from painrules.evidence import Difference, Statement, Verdict, difference, statements, verdict
from painrules.expressions import item_of, question_of, variables
from painrules.knowledge import KnowledgeBase
from painrules.sheet import CitedSource, Option, Urgent, cited, explore, signs_told

FEWEST, MOST = 2, 4


class Said(Struct, frozen=True):
    """What current guidelines say of a treatment for one kind of pain."""

    condition: str
    verdict: Verdict
    difference: Difference | None
    certainties: tuple[str, ...]
    """How sure their evidence is, as they rated it; most often given first."""
    sources: tuple[str, ...]


class Compared(Struct, frozen=True):
    """One treatment of a comparison. What is missing is empty, and shown as not known."""

    id: str
    name: str
    texts: Mapping[str, tuple[Explanation, ...]]
    """By aspect, all of them in the same order for each treatment."""
    frequencies: tuple[Frequency, ...]
    guidelines: tuple[Said, ...]
    option: Option | None
    """On this person's sheet; None without answers, or when no guideline we hold names it for their pain."""
    fits: tuple[str, ...]
    """What people weigh that it fits, as ids of preferences."""
    does_not_fit: tuple[str, ...]


class Comparison(Struct, frozen=True):
    """Treatments side by side, for one person or in general."""

    conditions: tuple[str, ...]
    """The person's; empty when no answers were given."""
    urgent: tuple[Urgent, ...]
    """Signs that the person has: they come first on every page."""
    treatments: tuple[Compared, ...]
    sources: tuple[CitedSource, ...]

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data for JSON."""
        return as_mapping(self)


def compare_treatments(
    knowledge: KnowledgeBase, ids: Sequence[str], answers: Answers | None = None, engine: EngineName = "durable"
) -> Comparison:
    """Compare treatments: for one person when their answers are given."""
    sheet = explore(knowledge, answers, engine) if answers else None
    urgent = signs_told(knowledge, sheet) if sheet else ()
    options = {option.id: option for option in sheet.options} if sheet else {}
    conditions = answers.conditions if answers else ()
    treatments = tuple(_compared(knowledge, id, conditions, options.get(id)) for id in ids)
    sources = [id for sign in urgent for id in sign.sources]
    sources += [id for treatment in treatments for id in _sources(treatment)]
    return Comparison(conditions, urgent, treatments, cited(knowledge, sources))


def _compared(knowledge: KnowledgeBase, id: str, conditions: Sequence[str], option: Option | None) -> Compared:
    return Compared(
        id=id,
        name=knowledge.modalities[id].name,
        texts={aspect: knowledge.explained(id, aspect) for aspect in MODALITY_ASPECTS},
        frequencies=_frequencies(knowledge, id, conditions),
        guidelines=tuple(
            _said(knowledge, id, condition, offered)
            for condition in conditions or knowledge.conditions
            if (offered := _offered(knowledge, id, condition, only_itself=not conditions))
        ),
        option=option,
        fits=_weighed(knowledge, id, "fits"),
        does_not_fit=_weighed(knowledge, id, "does_not_fit"),
    )


def _frequencies(knowledge: KnowledgeBase, id: str, conditions: Iterable[str]) -> tuple[Frequency, ...]:
    """Those counted in people with the person's kind of pain, or a wider or narrower kind; all without a person."""
    own = set(conditions)
    wider = {above for condition in own for above in knowledge.ancestors(condition)}
    near = own | wider | {kind for kind in knowledge.conditions if own & set(knowledge.ancestors(kind))}
    return tuple(f for f in knowledge.frequencies_of.get(id, ()) if not own or f.condition in near)


def _offered(knowledge: KnowledgeBase, id: str, condition: str, *, only_itself: bool) -> tuple[Statement, ...]:
    found = statements(knowledge, [condition]).get(id, ())
    return tuple(statement for statement in found if statement.scope == "itself" or not only_itself)


def _said(knowledge: KnowledgeBase, id: str, condition: str, offered: Sequence[Statement]) -> Said:
    rated: list[str] = [s.recommendation.certainty for s in offered if s.recommendation.certainty != "not_stated"]
    return Said(
        condition=condition,
        verdict=verdict(knowledge, offered),
        difference=difference(knowledge, id, offered),
        certainties=tuple(sorted(set(rated), key=lambda word: (-rated.count(word), word))),
        sources=tuple(dict.fromkeys(statement.recommendation.source for statement in offered)),
    )


def _weighed(knowledge: KnowledgeBase, id: str, fit: str) -> tuple[str, ...]:
    rules = [rule for rule in knowledge.rules_of_modality.get(id, ()) if rule.entry.fit == fit]
    found = [v for rule in rules for v in sorted(variables(rule.when)) if question_of(v) == PREFERENCES]
    return tuple(dict.fromkeys(map(item_of, found)))


def _sources(treatment: Compared) -> Iterable[str]:
    for texts in treatment.texts.values():
        yield from (id for text in texts for id in text.sources)
    yield from (frequency.source for frequency in treatment.frequencies)
    for said in treatment.guidelines:
        yield from said.sources
        yield from said.difference.sources if said.difference else ()
    for reason in treatment.option.reasons if treatment.option else ():
        yield from reason.sources
