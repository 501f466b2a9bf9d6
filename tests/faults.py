"""Planted faults: what can go wrong when people write rules, put into a rule base by chance. Ten kinds."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from msgspec.structs import replace

from painrules.alternatives import CERTAIN_STATUS
from painrules.expressions import All, Any, Between, Expression, Not, OneOf, item_of, question_of, tests
from painrules.knowledge import KnowledgeBase, Rule
from painrules.sheet import EFFECTS, LEVELS


@dataclass(frozen=True)
class Fault:
    kind: str
    rule: str
    knowledge: KnowledgeBase


Plant = Callable[[KnowledgeBase, Rule, random.Random], "Rule | None"]
"""The rule with a fault (without id: it is gone); None where that fault cannot be put into it."""


def dropped(_: KnowledgeBase, rule: Rule, __: random.Random) -> Rule | None:
    return None if rule.finding else replace(rule, id="")


def weakened(_: KnowledgeBase, rule: Rule, __: random.Random) -> Rule | None:
    if rule.effect == "urgent" and rule.entry.level in LEVELS[:-1]:
        return replace(rule, entry=replace(rule.entry, level=LEVELS[LEVELS.index(rule.entry.level) + 1]))
    if rule.effect in CERTAIN_STATUS:
        return replace(rule, effect=EFFECTS[EFFECTS.index(rule.effect) + 1])
    return None


def flipped(_: KnowledgeBase, rule: Rule, __: random.Random) -> Rule | None:
    """Tests for the opposite."""
    return replace(rule, when=Not(rule.when))


def for_its_absence(knowledge: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    """Also needs that another illness is absent."""
    return replace(rule, when=All((rule.when, OneOf(_illness(knowledge, rule, dice), frozenset({"no"})))))


def too_narrow(knowledge: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    """Also needs another illness."""
    return replace(rule, when=All((rule.when, OneOf(_illness(knowledge, rule, dice), frozenset({"yes"})))))


def _illness(knowledge: KnowledgeBase, rule: Rule, dice: random.Random) -> str:
    own = {question_of(test.variable) for test in tests(rule.when)}
    return dice.choice(sorted(q.id for q in knowledge.questions.values() if q.kind == "yes_no" and q.id not in own))


def a_value_forgotten(_: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    """One of several answers or alternatives is left out."""
    if isinstance(rule.when, OneOf) and len(rule.when.values) > 1:
        left = sorted(rule.when.values)
        left.remove(dice.choice(left))
        return replace(rule, when=OneOf(rule.when.variable, frozenset(left)))
    if isinstance(rule.when, Any) and len(rule.when.parts) > 1:
        gone = dice.randrange(len(rule.when.parts))
        return replace(rule, when=Any(tuple(part for n, part in enumerate(rule.when.parts) if n != gone)))
    return None


def a_limit_moved(_: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    def moved(part: Expression) -> Expression:
        if isinstance(part, Between):
            step = dice.choice([-5, 5])
            limits = (None if limit is None else limit + step for limit in (part.at_least, part.below))
            return Between(part.variable, *limits)
        if isinstance(part, Not):
            return Not(moved(part.part))
        return part if isinstance(part, OneOf) else type(part)(tuple(map(moved, part.parts)))

    when = moved(rule.when)
    return None if when == rule.when else replace(rule, when=when)


def a_treatment_forgotten(_: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    if len(rule.modalities) < 2:
        return None
    gone = dice.choice(sorted(rule.modalities))
    medicines = {m: own for m, own in rule.medicines.items() if m != gone}
    return replace(rule, modalities=rule.modalities - {gone}, medicines=MappingProxyType(medicines))


def wrong_answer(knowledge: KnowledgeBase, rule: Rule, dice: random.Random) -> Rule | None:
    """Tests another answer of the same question, or another item."""
    if not isinstance(rule.when, OneOf) or question_of(rule.when.variable) in ("finding", "condition"):
        return None
    question, item = knowledge.questions[question_of(rule.when.variable)], item_of(rule.when.variable)
    others = [answer for answer in question.answers if answer not in rule.when.values and answer not in (item, "none")]
    if item:
        return replace(rule, when=OneOf(f"{question.id}:{dice.choice(others)}", rule.when.values))
    return replace(rule, when=OneOf(question.id, frozenset({dice.choice(others)}))) if others else None


def impossible(_: KnowledgeBase, rule: Rule, __: random.Random) -> Rule | None:
    """An 'all' of what never goes together."""
    return replace(rule, when=All((rule.when, Between("age", 65, None), Between("age", None, 18))))


KINDS: Mapping[str, Plant] = {
    "a rule is gone": dropped,
    "a milder effect": weakened,
    "tests the opposite": flipped,
    "also needs an illness to be absent": for_its_absence,
    "also needs another illness": too_narrow,
    "an answer is forgotten": a_value_forgotten,
    "a limit is moved": a_limit_moved,
    "a treatment is forgotten": a_treatment_forgotten,
    "another answer is tested": wrong_answer,
    "can never hold": impossible,
}


def planted(knowledge: KnowledgeBase, of_each: int, seed: int = 5) -> list[Fault]:
    """So many faults of each kind, each in a copy of its own."""
    dice = random.Random(seed)
    found = []
    for kind, plant in KINDS.items():
        rules = list(knowledge.rules.values())
        dice.shuffle(rules)
        changed = ((rule.id, mutant) for rule in rules if (mutant := plant(knowledge, rule, dice)) is not None)
        for (rule, mutant), _ in zip(changed, range(of_each), strict=False):
            with_it = {id: mutant if id == rule else own for id, own in knowledge.rules.items()}
            left = {id: own for id, own in with_it.items() if own.id}
            found.append(Fault(kind, rule, replace(knowledge, rules=MappingProxyType(left))))
    return found
