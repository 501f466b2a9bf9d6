"""What the content says nothing about: treatments, kinds of pain, and risks of one class that another class has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct

from painrules.alternatives import CERTAIN_STATUS
from painrules.entries import written_name
from painrules.evidence import statements
from painrules.expressions import item_of, question_of, variables
from painrules.knowledge import KnowledgeBase


class Silence(Struct, frozen=True):
    """A kind of pain, and the categories of which no source says anything for it."""

    condition: str
    categories: tuple[str, ...]


class Unmentioned(Struct, frozen=True, rename=written_name):
    """A factor that no rule tests for a class, and the classes of its category for which some rule does."""

    class_: str
    factor: str
    mentioned_for: tuple[str, ...]


def option_nowhere(knowledge: KnowledgeBase, category: str | None = None) -> tuple[str, ...]:
    """Treatments that are an option for no kind of pain."""
    said = {modality for id in knowledge.conditions for modality in statements(knowledge, [id])}
    return tuple(id for id in knowledge.modalities if id not in said and category in (None, knowledge.category_of(id)))


def silences(knowledge: KnowledgeBase, condition: str | None = None, category: str | None = None) -> Iterator[Silence]:
    """Kinds of pain with categories of which nothing is said."""
    for id in knowledge.conditions if condition is None else (condition,):
        said = {knowledge.category_of(modality) for modality in statements(knowledge, [id])}
        silent = tuple(c for c in knowledge.categories if c not in said and category in (None, c))
        if silent:
            yield Silence(id, silent)


def unmentioned(knowledge: KnowledgeBase, category: str | None = None) -> list[Unmentioned]:
    """Factors that rules test for some classes of a category only; those that most other classes have come first.

    A list to think about: many risks concern one class alone.
    """
    tested = _factors_of_classes(knowledge)
    found = []
    for id, entry in knowledge.classes.items():
        if category in (None, entry.category):
            others = [o for o, other in knowledge.classes.items() if other.category == entry.category and o != id]
            for factor in sorted(frozenset().union(*(tested[other] for other in others)) - tested[id]):
                found.append(Unmentioned(id, factor, tuple(other for other in others if factor in tested[other])))
    return sorted(found, key=lambda entry: -len(entry.mentioned_for))


def _factors_of_classes(knowledge: KnowledgeBase) -> Mapping[str, frozenset[str]]:
    """By class: every question, or item of a list, that a warning of one of its treatments depends on."""
    of_rule = _factors_of_rules(knowledge)
    found: dict[str, frozenset[str]] = dict.fromkeys(knowledge.classes, frozenset())
    for modality, entry in knowledge.modalities.items():
        for rule in knowledge.rules_of_modality.get(modality, ()):
            if rule.effect in CERTAIN_STATUS:
                found[entry.class_] |= of_rule[rule.id]
    return found


def _factors_of_rules(knowledge: KnowledgeBase) -> Mapping[str, frozenset[str]]:
    """By rule, through findings too; kinds of pain are left out."""
    of_rule: dict[str, frozenset[str]] = {}
    of_finding: dict[str, frozenset[str]] = {}
    for rule in knowledge.rules.values():  # rules that derive findings come first
        tested = variables(rule.when)
        through = (of_finding.get(item_of(v), frozenset()) for v in tested if question_of(v) == "finding")
        asked = frozenset(v for v in tested if question_of(v) not in ("finding", "condition"))
        of_rule[rule.id] = asked.union(*through)
        if rule.finding is not None:
            of_finding[rule.finding] = of_finding.get(rule.finding, frozenset()) | of_rule[rule.id]
    return of_rule
