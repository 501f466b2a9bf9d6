"""Each case in tests/cases/ holds, and each rule is held in place by one: without it a case fails."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from types import MappingProxyType

import pytest

from painrules.expressions import Any, variables
from painrules.knowledge import KnowledgeBase
from tests.cases import Case, all_cases, failures


@pytest.mark.parametrize("case", all_cases(), ids=lambda case: case.id)
def test_case(knowledge: KnowledgeBase, case: Case) -> None:
    assert set(case.rules) <= knowledge.rules.keys(), "names a rule that does not exist"
    assert failures(knowledge, case) == []


def test_case_ids_are_unique() -> None:
    ids = [case.id for case in all_cases()]
    assert sorted({id for id in ids if ids.count(id) > 1}) == []


def without(knowledge: KnowledgeBase, rule: str) -> KnowledgeBase:
    """The same knowledge with one rule that never holds."""
    rules = dict(knowledge.rules)
    rules[rule] = replace(rules[rule], when=Any(()))
    return replace(knowledge, rules=MappingProxyType(rules))


@pytest.mark.slow
def test_every_rule_is_held_in_place_by_a_case(knowledge: KnowledgeBase) -> None:
    """Remove each rule in turn: some case that names it must fail."""
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
        mutant = without(knowledge, rule.id)
        if not any(failures(mutant, case) for case in guards):
            unguarded.append(rule.id)
    assert unguarded == []
