"""Each case in tests/cases/ holds, and each rule is held in place by one: without it a case fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest

from painrules.expressions import Any, variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.sheet import CERTAIN_STATUS, EFFECTS, LEVELS, POSSIBLE_STATUS
from tests.cases import Case, all_cases, failures


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_case(knowledge: KnowledgeBase, case: Case) -> None:
    assert set(case.rules) <= knowledge.rules.keys(), "names a rule that does not exist"
    assert failures(knowledge, case) == []


def test_case_ids_are_unique() -> None:
    ids = [case.id for case in all_cases()]
    assert sorted({id for id in ids if ids.count(id) > 1}) == []


def with_rule(knowledge: KnowledgeBase, rule: Rule) -> KnowledgeBase:
    """The same knowledge with one rule in place of the one of that id."""
    return replace(knowledge, rules=MappingProxyType({**knowledge.rules, rule.id: rule}))


def removed(rule: Rule) -> Rule:
    """The rule, never holding."""
    return replace(rule, when=Any(()))


def weakened(rule: Rule) -> Rule | None:
    """The rule one step milder; None where no step changes what a person sees."""
    if rule.effect == "urgent" and rule.entry.level in LEVELS[:-1]:
        level = LEVELS[LEVELS.index(rule.entry.level) + 1]
        return replace(rule, entry=replace(rule.entry, level=level))
    if rule.effect not in CERTAIN_STATUS:
        return None
    milder = EFFECTS[EFFECTS.index(rule.effect) + 1]
    if rule.modalities == set(rule.medicines) and POSSIBLE_STATUS[rule.effect] == POSSIBLE_STATUS.get(milder):
        return None  # of some medicines only: the others remain, and the status is the same
    return replace(rule, effect=milder)


@pytest.mark.slow
@pytest.mark.parametrize("change", [removed, weakened])
def test_every_rule_is_held_in_place_by_a_case(knowledge: KnowledgeBase, change: Callable[[Rule], Rule | None]) -> None:
    """Change each rule in turn: some case that names it must fail."""
    cases: dict[str, list[Case]] = defaultdict(list)
    for case in all_cases():
        for rule in case.rules:
            cases[rule].append(case)
    unguarded = []
    for rule in knowledge.rules.values():
        guards = cases[rule.id]
        if rule.finding is not None:
            # A finding shows only through the rules that use it.
            users = [r for r in knowledge.rules.values() if f"finding:{rule.finding}" in variables(r.when)]
            guards = guards + [case for user in users for case in cases[user.id]]
        mutant = change(rule)
        if mutant is not None and not any(failures(with_rule(knowledge, mutant), case) for case in guards):
            unguarded.append(rule.id)
    assert unguarded == []
