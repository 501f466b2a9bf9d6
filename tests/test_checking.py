"""The gaps that `painrules check` finds: each kind once in the tiny world, and none where there is none."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from painrules.checking import gaps
from painrules.knowledge import KnowledgeBase
from tests.world import WORLD, finding, hold, world

TODAY = datetime.date(2026, 11, 30)


def found(knowledge: KnowledgeBase, kind: str, today: datetime.date = TODAY) -> dict[str, str]:
    return {gap.id: gap.message for gap in gaps(knowledge, today) if gap.kind == kind}


def test_content_that_is_to_be_checked_again() -> None:
    assert "nothing says" in found(world([]), "review")["content"]
    checked = world([], reviews=[{"checked": "2026-11-25", "again_by": "2027-11-25"}])
    assert found(checked, "review", datetime.date(2027, 11, 25)) == {}
    overdue = found(checked, "review", datetime.date(2027, 11, 26))
    assert overdue == {"content": "was to be checked again by 2027-11-25"}


def test_the_serious_harms_of_a_class_are_always_used() -> None:
    harms = [{"about": a, "aspect": "serious_harms", "text": f"It can harm ({a}).", "sources": ["s-for"]}
             for a in ("nsaid", "tablets", "gel")]  # fmt: skip
    knowledge = world([], explanations=harms)
    assert [text.about for text in knowledge.explained("tablets", "serious_harms")] == ["tablets", "nsaid"]
    assert "nsaid" not in found(knowledge, "explanation")


def test_what_comes_after_a_test_is_not_missed_where_there_is_none() -> None:
    assert not any("after_a_test" in gap.message for gap in gaps(world([]), TODAY))


def test_a_source_that_nobody_cites() -> None:
    uncited = {gap.id for gap in gaps(world([]), TODAY) if gap.message == "nobody cites it"}
    assert uncited == {"s-other", "s-old"}


def test_a_source_twice_under_one_doi() -> None:
    twice = [{**source, "doi": "10.1/x"} for source in WORLD["sources"]]
    assert "has the same DOI as s-for" in found(world([], sources=twice), "source")["s-other"]


def test_what_is_not_explained_and_what_its_class_explains() -> None:
    about_class = {"about": "nsaid", "aspect": "how_long", "text": "A week.", "sources": ["s-for"]}
    messages = [gap.message for gap in gaps(world([], explanations=[about_class]), TODAY) if gap.id == "tablets"]
    assert any("'what_it_is'" in message for message in messages)
    assert not any("'how_long'" in message for message in messages)


def test_a_class_text_that_no_treatment_needs() -> None:
    texts = [
        {"about": about, "aspect": "how_long", "text": f"A week ({about}).", "sources": ["s-for"]}
        for about in ("nsaid", "tablets", "gel")
    ]
    assert "nsaid" in found(world([], explanations=texts), "explanation")
    assert "nsaid" not in found(world([], explanations=texts[:2]), "explanation")


def test_guidelines_that_differ_without_a_reason() -> None:
    rows = [
        {"condition": "back_pain", "modality": "gel", "source": source, "direction": direction}
        for source, direction in (("s-for", "for"), ("s-other", "against"))
    ]
    knowledge = world([], recommendations=rows)
    assert found(knowledge, "disagreement") == {"back_pain/gel": "guidelines differ and no text says why"}
    why = {"condition": "back_pain", "modality": "gel", "why": "They differ.", "sources": ["s-for", "s-other"]}
    assert found(world([], recommendations=rows, disagreements=[why]), "disagreement") == {}
    agreeing = world([], recommendations=rows[:1], disagreements=[why])
    assert "back_pain/gel" in found(agreeing, "disagreement")


ILL, OLD = {"ill": "yes"}, {"age": {"at_least": 65}}


@pytest.mark.parametrize(
    "rules, masked",
    [
        ([hold("wide", ILL), hold("narrow", {"all": [ILL, OLD]})], {"narrow"}),
        ([hold("wide", {"age": {"at_least": 50}}), hold("narrow", OLD)], {"narrow"}),
        ([hold("wide", {"kidneys": ["weak", "failing"]}), hold("narrow", {"kidneys": "failing"})], {"narrow"}),
        ([hold("strong", ILL), hold("weak", ILL, then="check")], {"weak"}),
        ([hold("a", ILL), hold("b", ILL)], {"b"}),
        ([hold("weak", ILL, then="caution"), hold("strong", {"all": [ILL, OLD]})], set()),
        ([hold("a", ILL), hold("b", OLD)], set()),
        ([hold("a", ILL), hold("b", ILL, applies_to={"class": "nsaid"})], {"a"}),
        (
            [hold("some", ILL, applies_to={"medicine": "m2"}), hold("gel", ILL, applies_to={"modality": "gel"})],
            {"some"},
        ),
    ],
)
def test_a_rule_that_never_changes_a_status(rules: list[dict[str, Any]], masked: set[str]) -> None:
    reports = found(world(rules), "rule")
    assert {id for id, message in reports.items() if "never changes" in message} == masked


def test_a_rule_that_can_never_hold() -> None:
    never = {"all": [{"ill": "yes"}, {"not": {"ill": "yes"}}]}
    assert found(world([hold("never", never)]), "rule") == {"never": "can never hold"}


def test_a_finding_that_no_rule_tests() -> None:
    assert found(world([finding("find", "old", OLD)]), "finding") == {"old": "no rule tests it"}
