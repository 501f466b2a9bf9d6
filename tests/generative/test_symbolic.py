"""Random rule bases: sets of people hold exactly those for whom the reference engine concludes the same."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from painrules.alternatives import STATUSES
from painrules.answers import Answers, as_plain, read_answers
from painrules.engines import consult
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet, sheet_of
from painrules.symbolic.checks import CHECKS
from painrules.symbolic.proof import Proof, confirmed
from painrules.symbolic.report import equivalence
from painrules.symbolic.space import ANSWERED, YES, Space
from tests.generative.strategies import CONDITIONS, people, rule_bases, whens
from tests.world import world


@st.composite
def whole_bases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rule bases with signs and marks too."""
    rules = draw(rule_bases())
    for number in range(draw(st.integers(0, 2))):
        rules.append({"id": f"u{number}", "when": draw(whens([])), "then": "urgent", "level": "soon", "because": "Bad.",
                      "action": "Call.", "ask_if": [draw(st.sampled_from([*CONDITIONS, "any"]))], "sources": ["s-for"]})  # fmt: skip
    for number in range(draw(st.integers(0, 2))):
        fit = draw(st.sampled_from(["fits", "does_not_fit"]))
        rules.append(
            {
                "id": f"p{number}",
                "applies_to": {"class": "nsaid"},
                "when": draw(whens([])),
                "then": "prefer",
                "fit": fit,
            }
        )
    return rules


def read(knowledge: KnowledgeBase, data: dict[str, Any]) -> Answers:
    return read_answers(json.dumps(data).encode(), "person", knowledge)


def codes_of(space: Space, person: Answers) -> dict[str, int]:
    """The codes of a person, found without the code under test: a number falls into the last stretch it has reached."""
    codes: dict[str, int] = {f"condition:{id}": YES for id in person.conditions}
    for question, value in person.known.items():
        if question not in space.fields:
            continue
        values = space.fields[question].values
        if isinstance(value, frozenset):
            codes[question] = ANSWERED
            codes |= {f"{question}:{item}": YES for item in value}
        elif isinstance(value, float):
            codes[question] = max([1, *(c for c, limit in enumerate(values) if c > 1 and value >= float(str(limit)))])
        else:
            codes[question] = values.index(value)
    return codes


def sheet(knowledge: KnowledgeBase, person: Answers) -> Sheet:
    return sheet_of(knowledge, person, consult(knowledge, person, "reference"))


@given(whole_bases(), st.lists(people(), min_size=1, max_size=4))
def test_diagrams_hold_exactly_the_people_of_the_reference_engine(
    rules: list[dict[str, Any]], persons: list[dict[str, Any]]
) -> None:
    knowledge = world(rules)
    proof = Proof(knowledge)
    for person in (read(knowledge, data) for data in persons):
        codes = codes_of(proof.space, person)
        assert proof.diagrams.contains(proof.possible, codes)
        concluded = consult(knowledge, person, "reference").rules
        for id, rails in proof.exact.rules.items():
            assert proof.diagrams.contains(rails.possible, codes) is (id in concluded)
            assert proof.diagrams.contains(rails.certain, codes) is (id in concluded and concluded[id].certain)
        page = sheet(knowledge, person)
        options = {option.id: option for option in page.options}
        for modality, offered in proof.exact.options.items():
            assert proof.diagrams.contains(offered, codes) is (modality in options)
            if modality in options:
                reached = [s for s in STATUSES[1:] if proof.diagrams.contains(proof.exact.at_least(modality, s), codes)]
                assert reached == list(STATUSES[1 : STATUSES.index(options[modality].status) + 1])
                sides = [proof.diagrams.contains(side, codes) for side in proof.exact.guidelines(modality)]
                verdicts = {
                    (True, True): "disagree",
                    (True, False): "agree",
                    (False, True): "against",
                    (False, False): "insufficient",
                }
                assert verdicts[sides[0], sides[1]] == options[modality].guidelines
        shown = {key for key, _, people_ in proof.exact.shown() if proof.diagrams.contains(people_, codes)}
        assert shown == proof.judge.shown(person).keys()
        assert {(sign.id, sign.certain) for sign in page.urgent} == {
            (r, k == "sign") for k, r, _ in shown if "sign" in k
        }


@given(whole_bases())
def test_all_that_checks_find_is_confirmed_and_can_be_read_back(rules: list[dict[str, Any]]) -> None:
    knowledge = world(rules)
    proof = Proof(knowledge)
    for check in CHECKS.values():
        for found in confirmed(check(proof)):
            assert found.person is None or read(knowledge, as_plain(found.person)) == found.person


@given(whole_bases(), whole_bases(), st.lists(people(), min_size=1, max_size=6))
def test_equivalent_rule_bases_give_every_person_the_same(
    one: list[dict[str, Any]], two: list[dict[str, Any]], persons: list[dict[str, Any]]
) -> None:
    """A random change of one rule: people whose sheets differ are found, and only when there are some."""
    before, after = ([rule for rule in rules if "finding" not in json.dumps(rule)] for rules in (one, two))
    assume(before and after)
    old, new = world(before), world([*before[:-1], {**after[-1], "id": before[-1]["id"]}])
    differ = equivalence(old, new).findings
    for found in differ:
        assert found.person is not None
        assert sheet(old, found.person) != sheet(new, found.person)
    if not differ:
        for person in (read(old, data) for data in persons):
            was, now = sheet(old, person), sheet(new, person)
            assert [(o.id, o.status, o.guidelines) for o in was.options] == [
                (o.id, o.status, o.guidelines) for o in now.options
            ]
            assert [(u.id, u.certain) for u in was.urgent] == [(u.id, u.certain) for u in now.urgent]
