"""What if: what other answers would change, and why; the same as a sheet made with them."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given

from painrules.alternatives import STATUSES
from painrules.answers import Answers, read_changes
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError
from painrules.sheet import explore
from painrules.what_if import what_if, with_changes
from tests.generative.strategies import people, rule_bases
from tests.people import answered, somebody
from tests.test_commands import SAMPLE, data, run
from tests.test_sheet import URGENT
from tests.world import finding, hold, person, world


def changed(knowledge: KnowledgeBase, answers: Answers, *changes: str) -> Answers:
    return with_changes(answers, read_changes(changes, "--what-if", knowledge))


def check_against_the_whole_sheet(knowledge: KnowledgeBase, before: Answers, after: Answers) -> None:
    found = what_if(knowledge, before, after, "reference")
    old, new = (explore(knowledge, answers, "reference") for answers in (before, after))
    statuses = {o.id: (o.status, n.status) for o in old.options for n in new.options if o.id == n.id}
    assert {c.id: (c.before, c.after) for c in found.options} == {
        id: pair for id, pair in statuses.items() if pair[0] != pair[1]
    }
    assert len(found.options) + len(found.other_reasons) + found.unchanged == len(new.options)
    for change in found.options:
        stronger = STATUSES.index(change.after) > STATUSES.index(change.before)
        assert bool(change.now) is stronger
        assert bool(change.no_longer) is not stronger
    certain = [{sign.id for sign in sheet.urgent if sign.certain} for sheet in (old, new)]
    assert {sign.id for sign in found.signs_appear if sign.certain} == certain[1] - certain[0]


@given(rule_bases(), people(), people())
def test_it_is_what_the_whole_sheet_would_be(rules: list, one: dict[str, Any], two: dict[str, Any]) -> None:
    knowledge = world(rules)
    before = person(knowledge, **one)
    after = person(knowledge, **{**two, "conditions": one["conditions"]})
    check_against_the_whole_sheet(knowledge, before, after)


@pytest.mark.parametrize("number", range(8))
def test_it_is_on_the_real_content(knowledge: KnowledgeBase, number: int) -> None:
    dice = random.Random(f"what if {number}")
    before, other = somebody(knowledge, dice).everything, somebody(knowledge, dice, unsure=0.2)
    check_against_the_whole_sheet(knowledge, before, answered(before, other.knows, dice.sample(list(other.knows), 4)))


def test_would_change_and_what_if_say_the_same(knowledge: KnowledgeBase) -> None:
    before = somebody(knowledge, random.Random(3)).everything
    told = {o.id: o.would_change for o in explore(knowledge, before, "reference").options if o.would_change}
    assert told
    for id, changes in list(told.items())[:12]:
        for change in changes:
            question = knowledge.questions[change.question]
            if question.kind != "many_of":
                after = changed(knowledge, before, f"{change.question}={change.to}")
                found = {c.id: c.after for c in what_if(knowledge, before, after, "reference").options}
                assert found[id] == change.status


def test_the_rule_that_makes_the_difference_is_named() -> None:
    rules = [finding("f", "older", {"age": {"at_least": 65}}), hold("r", {"finding": "older"}),
             hold("s", {"ill": "yes"}, then="caution"), URGENT]  # fmt: skip
    knowledge = world(rules)
    before = person(knowledge, answers={"age": 40, "ill": "yes", "sign": "no"})
    found = what_if(knowledge, before, changed(knowledge, before, "age=70", "sign=yes"), "reference")
    (change,) = found.options
    assert (change.id, change.before, change.after) == ("tablets", "with_care", "held_back")
    assert [(reason.rule, reason.text, reason.sources) for reason in change.now] == [("r", "It may harm.", ("s-for",))]
    assert [reason.rule for reason in change.rests_on] == ["s"], "which held before and still does"
    assert [sign.id for sign in found.signs_appear] == ["u"]
    assert [(a.question, a.before, a.after) for a in found.answers] == [
        ("age", ("40",), ("70",)), ("sign", ("no",), ("yes",))
    ]  # fmt: skip
    back = what_if(knowledge, changed(knowledge, before, "age=70", "sign=yes"), before, "reference")
    assert [reason.rule for reason in back.options[0].no_longer] == ["r"]
    assert [sign.id for sign in back.signs_go] == ["u"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("kidney_disease=sever", "Did you mean 'severe'?"), ("kidney_diseas=severe", "Did you mean 'kidney_disease'?"),
        ("kidney_disease", "Write it as"), ("kidney_disease=", "Write it as"), ("age=old", "is not a number"),
        ("age=200", "is outside 0 to 120"), ("medicines_taken=lithium,none", "cannot stand beside"),
        ("medicines_taken=lithum", "Did you mean 'lithium'?"), ("=", "Write it as"), ("\x1b[31m=1", "is not a question"),
    ],
)  # fmt: skip
def test_changes_that_are_none_are_explained(knowledge: KnowledgeBase, change: str, expected: str) -> None:
    with pytest.raises(ContentError) as raised:
        read_changes([change], "--what-if", knowledge)
    assert expected in str(raised.value)
    assert "\x1b" not in str(raised.value)


def test_changes_are_read_like_an_answers_file(knowledge: KnowledgeBase) -> None:
    texts = ["age=67", "pregnancy=unsure", "medicines_taken=lithium, opioid", "preferences=avoid_needles", "smoking=no"]
    wanted: dict[str, Any] = {"age": 67.0, "pregnancy": None, "preferences": frozenset({"avoid_needles"})}
    found = read_changes(texts[:2] + texts[3:4], "--what-if", knowledge)
    assert found == wanted
    assert read_changes(["medicines_taken=none"], "--what-if", knowledge) == {"medicines_taken": frozenset()}
    both = read_changes(["medicines_taken=lithium,anticoagulant"], "--what-if", knowledge)
    assert both == {"medicines_taken": frozenset({"lithium", "anticoagulant"})}


def test_the_command_shows_both_sides_and_why() -> None:
    arguments = (
        "explore",
        "--answers",
        str(SAMPLE),
        "--what-if",
        "medicines_taken=none",
        "--what-if",
        "saddle_numbness=yes",
    )
    shown = run(*arguments)
    assert shown.returncode == 0, shown.stderr
    assert max(map(len, shown.stdout.splitlines())) <= 80
    for expected in (
        "Now: check first",
        "Then: usually avoided",
        "emergency department now",
        "would stay as they are",
        "SOURCES",
    ):
        assert expected in shown.stdout
    assert shown.stdout.index("emergency department") < shown.stdout.index("OPTIONS THAT WOULD CHANGE"), "signs first"
    plain = run(*arguments, "--plain").stdout
    assert "Now: check first: " in plain
    found = data(*arguments)
    assert {answer["question"] for answer in found["answers"]} == {"medicines_taken", "saddle_numbness"}
    assert json.dumps(found) == json.dumps(data(*arguments, "--engine", "reference"))


def test_wrong_changes_do_nothing() -> None:
    done = run("explore", "--answers", str(SAMPLE), "--what-if", "kidney_disease=sever")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'severe'?" in done.stderr
    assert "--answers" in run("explore", "--what-if", "age=3").stderr
