"""Random rule bases and random people: the engines agree, and more answers never contradict earlier conclusions."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from painrules.alternatives import STATUSES
from painrules.answers import Answers, as_plain, facts_of, read_answers
from painrules.engines import consult
from painrules.expressions import matched, truth
from painrules.knowledge import KnowledgeBase
from painrules.rails import conjuncts
from painrules.sheet import explore
from painrules.unanswered import open_questions
from tests.generative.strategies import ITEMS, NUMBERS, WORDS, people, rule_bases
from tests.world import world


def read(knowledge: KnowledgeBase, data: dict[str, Any]) -> Answers:
    return read_answers(json.dumps(data).encode(), "person", knowledge)


@given(rule_bases(), st.lists(people(), min_size=1, max_size=4))
def test_engines_agree_on_conclusions_and_explanations(
    rules: list[dict[str, Any]], persons: list[dict[str, Any]]
) -> None:
    knowledge = world(rules)
    for data in persons:
        answers = read(knowledge, data)
        reference, durable = (consult(knowledge, answers, engine) for engine in ("reference", "durable"))
        assert durable.rules == reference.rules
        assert durable.facts == reference.facts


@given(rule_bases(), people())
def test_sheets_agree(rules: list[dict[str, Any]], data: dict[str, Any]) -> None:
    knowledge = world(rules)
    answers = read(knowledge, data)
    assert explore(knowledge, answers, "durable") == explore(knowledge, answers, "reference")


@given(rule_bases(), people())
def test_explanations_explain(rules: list[dict[str, Any]], data: dict[str, Any]) -> None:
    """With nothing but the facts that an explanation names, the rule still holds."""
    knowledge = world(rules)
    conclusions = consult(knowledge, read(knowledge, data), "reference")
    for id, conclusion in conclusions.rules.items():
        named = {v: value for v, value in conclusions.facts.items() if v in conclusion.matched}
        assert (
            truth(knowledge.rules[id].when, named) is (True if conclusion.certain else None) or not conclusion.certain
        )
        assert matched(knowledge.rules[id].when, conclusions.facts, certain=conclusion.certain) == conclusion.matched


def open_(answers: Answers) -> list[str]:
    return [q for q in (*WORDS, *NUMBERS, "takes") if q not in answers.known]


@given(rule_bases(), people(), st.data())
def test_an_answer_never_contradicts_a_certain_conclusion(
    rules: list[dict[str, Any]], data: dict[str, Any], draw: st.DataObject
) -> None:
    knowledge = world(rules)
    before = read(knowledge, data)
    assume(open_(before))
    question = draw.draw(st.sampled_from(open_(before)))
    value: Any = (
        draw.draw(st.sampled_from(WORDS[question])) if question in WORDS
        else float(draw.draw(st.sampled_from([10, *NUMBERS[question], 100]))) if question in NUMBERS
        else frozenset(draw.draw(st.lists(st.sampled_from(ITEMS), unique=True)))
    )  # fmt: skip
    old, new = (consult(knowledge, answers, "durable").rules for answers in (before, before.answer(question, value)))
    assert {id for id, c in old.items() if c.certain} <= {id for id, c in new.items() if c.certain}
    assert new.keys() <= old.keys()


@given(rule_bases(), people(), st.data())
def test_what_would_change_is_true(rules: list[dict[str, Any]], data: dict[str, Any], draw: st.DataObject) -> None:
    """Give the answer that `would_change` names: the option then has the status it tells."""
    knowledge = world(rules)
    answers = read(knowledge, data)
    for option in explore(knowledge, answers, "reference").options:
        for change in option.would_change:
            value: Any = change.to
            if change.question in ("takes", "preferences"):
                held = answers.known.get(change.question, frozenset())
                assert isinstance(held, frozenset)
                item = value.removeprefix("not ")
                value = held - {item} if value != item else held | {item} if item != "none" else frozenset()
            elif change.question in NUMBERS:
                value = float(value)
            then = explore(knowledge, answers.answer(change.question, value), "reference")
            assert next(o.status for o in then.options if o.id == option.id) == change.status


@given(rule_bases(), people())
def test_a_question_that_is_not_open_changes_nothing(rules: list[dict[str, Any]], data: dict[str, Any]) -> None:
    knowledge = world(rules)
    answers = read(knowledge, data)
    statuses = {o.id: o.status for o in explore(knowledge, answers, "reference").options}
    for question in set(open_(answers)) - set(open_questions(knowledge, answers)):
        for value in WORDS.get(question, []) or (
            [5.0, 200.0] if question in NUMBERS else [frozenset(), frozenset(ITEMS)]
        ):
            then = explore(knowledge, answers.answer(question, value), "reference")
            assert {o.id: o.status for o in then.options} == statuses


@given(rule_bases(), people())
def test_reasons_bear_out_the_status(rules: list[dict[str, Any]], data: dict[str, Any]) -> None:
    """No option is milder than its strongest reason, and none is stronger than its reasons and guidelines say."""
    knowledge = world(rules)
    for option in explore(knowledge, read(knowledge, data), "durable").options:
        given_ = ["option"]
        for reason in option.reasons:
            if reason.effect in ("hold", "check", "caution"):
                whole = reason.certain and not reason.medicines
                strongest = {
                    "hold": "held_back" if whole else "check_first",
                    "check": "check_first",
                    "caution": "with_care",
                }
                given_.append(strongest[reason.effect])
        assert option.status == max(given_, key=STATUSES.index)


@given(rule_bases(), people())
def test_answers_survive_a_round_trip(rules: list[dict[str, Any]], data: dict[str, Any]) -> None:
    knowledge = world(rules)
    answers = read(knowledge, data)
    again = read(knowledge, as_plain(answers))
    assert again == answers
    assert again.digest == answers.digest
    assert facts_of(knowledge, again) == facts_of(knowledge, answers)


@given(rule_bases())
def test_rails_name_each_variable_of_the_rule(rules: list[dict[str, Any]]) -> None:
    for rule in world(rules).rules.values():
        for certain in (True, False):
            assert all(conjunct for conjunct in conjuncts(rule.when, certain=certain))
