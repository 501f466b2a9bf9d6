"""People find their pain and treatments by their own words, misspelt too."""

from __future__ import annotations

import pytest

from painrules.knowledge import KnowledgeBase
from painrules.search import clear_winner, search_conditions, search_modalities


@pytest.mark.parametrize(
    "words, id",
    [
        ("sciatca", "sciatica"),
        ("Slipped Disk", "sciatica"),
        ("frozen sholder", "frozen_shoulder"),
        ("carpel tunel", "carpal_tunnel_syndrome"),
        ("migrane", "migraine"),
        ("TN", "trigeminal_neuralgia"),
        ("IBS", "irritable_bowel_pain"),
        ("shingles", "postherpetic_neuralgia"),
        ("bad back", "low_back_pain_chronic"),
        ("fibro", "fibromyalgia"),
    ],
)
def test_a_condition_is_found_first(knowledge: KnowledgeBase, words: str, id: str) -> None:
    assert search_conditions(knowledge, words)[0].id == id


@pytest.mark.parametrize(
    "words, id",
    [("ibuprofin", "oral_nsaids"), ("accupuncture", "acupuncture"), ("tens", "tens"), ("tumeric", "turmeric"),
     ("duloxetine", "snri"), ("amitriptilin", "tricyclics")],
)  # fmt: skip
def test_a_treatment_is_found_first(knowledge: KnowledgeBase, words: str, id: str) -> None:
    assert search_modalities(knowledge, words)[0].id == id


def test_every_name_of_a_condition_finds_it(knowledge: KnowledgeBase) -> None:
    for condition in knowledge.conditions.values():
        for name in (condition.id, condition.name, *condition.also_called):
            assert condition.id in {match.id for match in search_conditions(knowledge, name)[:12]}, name


def test_nonsense_finds_nothing(knowledge: KnowledgeBase) -> None:
    assert search_conditions(knowledge, "xyzzy qwrt") == []
    assert search_conditions(knowledge, "\x1b[31m") == []
    assert search_conditions(knowledge, "") == []


def test_several_that_fit_as_well_have_no_winner(knowledge: KnowledgeBase) -> None:
    assert clear_winner(search_modalities(knowledge, "steroid injection")) is None
    assert clear_winner([]) is None
