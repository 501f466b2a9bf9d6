"""Gaps in content that can be used: what nobody cites, explains or can ever see; what stands twice; what never counts.

The checks of rules are simple and never wrong about what they report, but they do not find everything.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from painrules.alternatives import CERTAIN_STATUS
from painrules.entries import ADD_UP, CONDITION_ASPECTS, MEDICINES_TAKEN, MODALITY_ASPECTS, SOME_HAVE
from painrules.evidence import difference, statements
from painrules.knowledge import KnowledgeBase, Rule
from painrules.rails import Conjunct, Numbers, Passing, Words, conjuncts
from painrules.reading import did_you_mean
from painrules.sheet import EFFECTS


class Gap(Struct, frozen=True):
    """Something that is missing, stands twice, or that nothing uses."""

    kind: str
    id: str
    message: str


def gaps(knowledge: KnowledgeBase, today: datetime.date) -> Iterator[Gap]:
    """Every gap on this day, in the order of the content."""
    yield from _review(knowledge, today)
    yield from _sources(knowledge)
    yield from _texts(knowledge)
    yield from _recommendations(knowledge)
    yield from _unused(knowledge)
    yield from _wording(knowledge)
    yield from _rules(knowledge)


def _review(knowledge: KnowledgeBase, today: datetime.date) -> Iterator[Gap]:
    if knowledge.review is None:
        yield Gap("review", "content", "nothing says when it was last checked ('reviews:' in knowledge/about.yaml)")
    elif today > datetime.date.fromisoformat(knowledge.review.again_by):
        yield Gap("review", "content", f"was to be checked again by {knowledge.review.again_by}")


# --- sources and texts -----------------------------------------------------------------------------------------------


def _cited(knowledge: KnowledgeBase) -> Iterator[str]:
    yield from (said.source for said in knowledge.recommendations)
    yield from (frequency.source for frequency in knowledge.frequencies)
    yield from (id for text in knowledge.explanations for id in text.sources)
    yield from (id for entry in knowledge.disagreements for id in entry.sources)
    yield from (id for word in knowledge.words.values() for id in word.sources)
    yield from (id for medicine in knowledge.medicine_names.values() for id in medicine.sources)
    yield from (id for text in knowledge.visit.values() for id in text.sources)
    yield from (id for invariant in knowledge.invariants.values() for id in invariant.entry.sources)
    yield from (id for constraint in knowledge.constraints.values() for id in constraint.entry.sources)
    for rule in knowledge.rules.values():
        yield from rule.entry.sources
        for exemption in rule.entry.unless:
            yield from exemption.sources


def _sources(knowledge: KnowledgeBase) -> Iterator[Gap]:
    cited = set(_cited(knowledge))
    addresses: dict[str, str] = {}
    for source in knowledge.sources.values():
        if source.id not in cited:
            yield Gap("source", source.id, "nobody cites it")
        if not (source.doi or source.url or source.seen_at):
            yield Gap("source", source.id, "has no DOI and no address")
        if source.doi:
            first = addresses.setdefault(source.doi.lower(), source.id)
            if first != source.id:
                yield Gap("source", source.id, f"has the same DOI as {first}")


def _texts(knowledge: KnowledgeBase) -> Iterator[Gap]:
    for condition in knowledge.conditions:
        for wanted in CONDITION_ASPECTS:
            if not knowledge.explained(condition, wanted):
                yield Gap("condition", condition, f"has no text on '{wanted}'")
    for id in sorted({entry.modality for entry in knowledge.recommendations}):
        for aspect in MODALITY_ASPECTS:
            if aspect not in SOME_HAVE and not knowledge.explained(id, aspect):
                yield Gap("modality", id, f"has no text on '{aspect}', nor has its class")
    for (about, text), count in Counter((text.about, text.text) for text in knowledge.explanations).items():
        if count > 1:
            yield Gap("explanation", about, f"the same text stands {count} times: {text[:60]}")
    used = {about for about in knowledge.explanations_of if about in knowledge.classes}
    for modality in knowledge.modalities.values():
        own = knowledge.explanations_of.get(modality.id, {})
        replaced = own.keys() - ADD_UP
        used -= {c for c in used if c == modality.class_ and knowledge.explanations_of[c].keys() - replaced}
    for unused in sorted(used):
        yield Gap("explanation", unused, "every treatment of the class has texts of its own")


def _recommendations(knowledge: KnowledgeBase) -> Iterator[Gap]:
    seen = Counter(
        (e.condition, e.modality, e.source, e.direction, e.purpose, e.limits) for e in knowledge.recommendations
    )
    for (condition, modality, source, *_), count in seen.items():
        if count > 1:
            yield Gap("recommendation", f"{condition}/{modality}", f"{source} stands {count} times")
    explained = {(entry.condition, entry.modality) for entry in knowledge.disagreements}
    for condition in knowledge.conditions:
        for modality, entries in statements(knowledge, [condition]).items():
            differ = difference(knowledge, modality, entries)
            of_itself = any(statement.scope == "itself" for statement in entries)
            if differ and of_itself and not differ.why:
                yield Gap("disagreement", f"{condition}/{modality}", "guidelines differ and no text says why")
            if not differ and (condition, modality) in explained:
                yield Gap("disagreement", f"{condition}/{modality}", "explains a difference that there is not")


def _unused(knowledge: KnowledgeBase) -> Iterator[Gap]:
    recommended = {entry.modality for entry in knowledge.recommendations}
    for modality in knowledge.modalities:
        if modality not in recommended:
            yield Gap("modality", modality, "is an option for no condition")
    tested = {variable.partition(":")[2] for variable in knowledge.variables if variable.startswith("finding:")}
    for finding in knowledge.findings:
        if finding not in tested:
            yield Gap("finding", finding, "no rule tests it")
    named = {answer for medicine in knowledge.medicine_names.values() for answer in medicine.takes}
    asked = knowledge.questions.get(MEDICINES_TAKEN)
    for answer in asked.answers if asked else ():
        if answer not in (*named, "none"):
            yield Gap("answer", f"{MEDICINES_TAKEN}/{answer}", "no name of a medicine stands for it")
    for chapter in knowledge.chapters:
        if all(text.chapter != chapter for text in knowledge.visit.values()):
            yield Gap("chapter", chapter, "has no text")


def _wording(knowledge: KnowledgeBase) -> Iterator[Gap]:
    if missing := knowledge.borrowed_words:
        some = ", ".join(missing[:3])
        message = f"does not say {len(missing)} of the words around it, such as {some}; those of painrules are shown"
        yield Gap("wording", "content", message)
    for id in knowledge.unused_words:
        hint = did_you_mean(id, knowledge.wording.keys() - knowledge.unused_words)
        yield Gap("wording", id, f"is never shown. {hint}".rstrip())


# --- rules -----------------------------------------------------------------------------------------------------------


def _rules(knowledge: KnowledgeBase) -> Iterator[Gap]:
    ways = {rule.id: conjuncts(rule.when, certain=True) for rule in knowledge.rules.values()}
    for rule in knowledge.rules.values():
        if not ways[rule.id]:
            yield Gap("rule", rule.id, "can never hold")
    for rule in knowledge.rules.values():
        if rule.effect in CERTAIN_STATUS and ways[rule.id]:
            masking = next(
                (other for other in _rivals(knowledge, rule) if _covers(ways[other.id], ways[rule.id])), None
            )
            if masking is not None:
                yield Gap("rule", rule.id, f"never changes a status: {masking.id} always does as much")


def _rivals(knowledge: KnowledgeBase, rule: Rule) -> Iterator[Rule]:
    """Rules that are at least as strong and speak of all the rule speaks of; of two equals, only the first."""
    for other in knowledge.rules.values():
        if other.id == rule.id or other.effect not in CERTAIN_STATUS or not rule.modalities <= other.modalities:
            continue
        stronger = EFFECTS.index(rule.effect) - EFFECTS.index(other.effect)
        partly = any(modality in other.medicines for modality in rule.modalities)
        equal = stronger == 0 and rule.modalities == other.modalities and rule.when == other.when
        if stronger >= 0 and not partly and not (equal and rule.id < other.id):
            yield other


def _covers(wide: Iterable[Conjunct], narrow: Iterable[Conjunct]) -> bool:
    return all(any(_implies(conjunct, other) for other in wide) for conjunct in narrow)


def _implies(narrow: Mapping[str, Passing], wide: Mapping[str, Passing]) -> bool:
    return all(variable in narrow and _within(narrow[variable], passing) for variable, passing in wide.items())


def _within(inner: Passing, outer: Passing) -> bool:
    if isinstance(inner, Words) and isinstance(outer, Words):
        if inner.others:
            return outer.others and outer.words <= inner.words
        return not (inner.words & outer.words) if outer.others else inner.words <= outer.words
    if isinstance(inner, Numbers) and isinstance(outer, Numbers):
        return all(any(a <= low and high <= b for a, b in outer.intervals) for low, high in inner.intervals)
    return False
