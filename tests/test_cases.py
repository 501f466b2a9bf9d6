"""Each case in tests/cases/ holds, and each rule is held in place by one: without it a case fails."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from painrules.alternatives import CERTAIN_STATUS, POSSIBLE_STATUS, held_in
from painrules.answers import Answers
from painrules.cases import Case, failures, people, read_cases, seen_by, seen_on
from painrules.engines import consult
from painrules.evidence import statements, verdict
from painrules.expressions import variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.mutation.by_cases import CaseGuard
from painrules.mutation.operators import OPERATORS, depending, mutants, with_rule
from painrules.reading import ContentError
from painrules.sheet import explore
from tests.conftest import ROOT

CASES = read_cases(ROOT / "tests/cases")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_case(knowledge: KnowledgeBase, case: Case) -> None:
    assert failures(knowledge, case) == []


@pytest.fixture(scope="module")
def guard(knowledge: KnowledgeBase) -> CaseGuard:
    """The cases as `mutate` uses them: every person is concluded for once."""
    return CaseGuard(knowledge, CASES)


def guards_of(knowledge: KnowledgeBase, rule: Rule) -> set[str]:
    """The rule; a finding shows only through the rules that use it."""
    users = (r.id for r in knowledge.rules.values() if f"finding:{rule.finding}" in variables(r.when))
    return {rule.id, *users}


def is_seen(rule: Rule, milder: Rule) -> bool:
    """Whether a milder effect shows; of some medicines only, the others remain, and the status can be the same."""
    before, after = POSSIBLE_STATUS.get(rule.effect), POSSIBLE_STATUS.get(milder.effect)
    return rule.effect not in CERTAIN_STATUS or rule.modalities != set(rule.medicines) or before != after


@pytest.mark.parametrize("operator", ["drop", "weaken"])
def test_every_rule_is_held_in_place_by_a_case(knowledge: KnowledgeBase, guard: CaseGuard, operator: str) -> None:
    """Change each rule in turn: some case that names it must fail."""
    tried, unguarded = Counter[str](), []
    for mutant in mutants(knowledge, knowledge.rules, [operator]):
        rule = knowledge.rules[mutant.rule.id]
        noticing = guard.noticing(with_rule(knowledge, mutant.rule), depending(knowledge, rule))
        if operator == "drop" or is_seen(rule, mutant.rule):
            tried[rule.effect] += 1
            if not any(guards_of(knowledge, rule) & set(case.rules) for case in noticing):
                unguarded.append(rule.id)
    assert unguarded == []
    assert tried.keys() >= {"hold", "check", "caution", "urgent"}
    assert operator == "weaken" or tried.total() == len(knowledge.rules)


def test_a_case_sees_the_same_without_the_sheet(knowledge: KnowledgeBase) -> None:
    silent = [Answers((condition,)) for condition in list(knowledge.conditions)[::8]]
    for person in (*silent, *(person for case in CASES[::40] for person in people(knowledge, case))):
        said = statements(knowledge, person.conditions)
        guidelines = {modality: verdict(knowledge, entries) for modality, entries in said.items()}
        held = held_in(consult(knowledge, person, "reference"))
        assert seen_by(knowledge, held, guidelines) == seen_on(explore(knowledge, person)), person


def test_cases_notice_the_same_faults_without_making_sheets(knowledge: KnowledgeBase, guard: CaseGuard) -> None:
    for mutant in random.Random(4).sample(mutants(knowledge, knowledge.rules, OPERATORS), 40):
        mutated, changed = with_rule(knowledge, mutant.rule), depending(knowledge, mutant.rule)
        by_sheet = {case.id for case in CASES if mutant.rule.id in case.rules and failures(mutated, case)}
        noticing = {case.id for case in guard.noticing(mutated, changed) if mutant.rule.id in case.rules}
        assert noticing == by_sheet, mutant


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{}", "x.yaml:1:1: holds no 'cases:'."),
        ("cases: [a]", "x.yaml:1:9: cases[0]: is not a case with fields."),
        ("cases: [{id: a, expct: {}}]", "expct: is not a field here. Did you mean 'expect'?"),
        (
            "cases: [{id: a, expect: {tablets: held}}]",
            "cases[0].expect.tablets: 'held' is not a value of this field. Did you mean 'held_back'?",
        ),
        (
            "cases: [{id: a, expect: {strong_opioids: held}}]",
            "x.yaml:1:26: cases[0].expect.strong_opioids: 'held' is not",
        ),
        ("cases: [{id: a, file: b}]", "x.yaml:1:17: cases[0].file: is not a field here."),
        ("cases: [{id: a}, {id: a}]", "is the id of several cases."),
        ("cases: [", "is not YAML"),
    ],
)
def test_wrong_cases(tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ContentError) as error:
        read_cases(tmp_path)
    assert expected in str(error.value)


def test_no_cases_and_no_person(tmp_path: Path, knowledge: KnowledgeBase) -> None:
    with pytest.raises(ContentError, match="has no cases"):
        read_cases(tmp_path)

    def first(case: dict[str, Any]) -> Any:
        (tmp_path / "x.yaml").write_text(json.dumps({"cases": [{"id": "a", **case}]}))
        return next(people(knowledge, read_cases(tmp_path)[0]))

    assert first({"answers": {"age": 70}}).known["age"] == 70
    with pytest.raises(ContentError, match=r"x.yaml:a.*kidney_disease"):
        first({"answers": {"kidney_diseas": "severe"}})
    with pytest.raises(ContentError, match="no kind of pain has no_such as options"):
        first({"expect": {"no_such": "option"}})


FAILING = {"heart_disease": ["heart_failure"]}
BLIND = {"vision_loss": "yes", "age": 60}


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({"effects": {"no-such": "hold"}}, "no-such is no rule"),
        ({"without": {"oral_nsaids": ("gca-vision",)}}, "gca-vision never says anything of oral_nsaids"),
        ({"not_urgent": ("nsaid-heart-failure",)}, "nsaid-heart-failure is no urgent sign"),
        ({"answers": {"sex_at_birth": "male", "pregnancy": "pregnant_first_half"}}, "is about nobody: not-pregnant"),
        ({"answers": FAILING, "without": {"oral_nsaids": ("nsaid-heart-failure",)}}, "['nsaid-heart-failure'] shown"),
        ({"conditions": ("gout",), "without": {"triptans": ("triptan-serotonin",)}}, "triptans is no option"),
        ({"answers": BLIND, "not_urgent": ("gca-vision",)}, "urgent although they are not: ['gca-vision']"),
        ({"each": (FAILING, {"heart_disease": "none"}), "expect": {"oral_nsaids": "held_back"}}, "instead of expect"),
        ({"each": ({}, {"age": "x"})}, "ContentError"),
        ({"answers": {"liver_disease": "mild"}, "expect": {"snri": "check_first"},
          "medicines": {"duloxetine-liver": ("Venlafaxine",)}}, "duloxetine-liver: medicines ('Duloxetine',) instead"),
    ],
)  # fmt: skip
def test_what_a_case_finds_wrong(knowledge: KnowledgeBase, case: dict[str, Any], expected: str) -> None:
    healthy: dict[str, Any] = next(case for case in CASES if case.id == "nsaid-heart-failure").answers
    made = Case("c", **{**case, "answers": {**healthy, "heart_disease": ["none"], **case.get("answers", {})}})
    try:
        found = failures(knowledge, made)
    except ContentError:
        found = ["ContentError"]
    assert len(found) >= 1
    assert expected in found[0]
