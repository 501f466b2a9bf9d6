"""Treatments side by side: the same for each, nothing left out in silence, and first what is urgent."""

from __future__ import annotations

import re

import pytest

from painrules.comparing import compare_treatments
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import SideBySide
from painrules.surfaces.comparison import comparison_page
from tests.test_commands import SAMPLE, data, run
from tests.world import person, world

FREQUENCY = {"condition": "back_pain", "modality": "tablets", "outcome": "had less pain", "kind": "benefit",
             "with_treatment": 30, "without": 15, "compared_with": "a dummy tablet", "period": "after a month",
             "who": "adults with back pain", "source": "s-for", "certainty": "low"}  # fmt: skip


def rows(knowledge: KnowledgeBase, *ids: str, **more: object) -> dict[str, tuple[tuple[str, ...], ...]]:
    page = comparison_page(knowledge, compare_treatments(knowledge, ids, *more.values(), engine="reference"))
    return {block.heading: block.texts for block in page if isinstance(block, SideBySide)}


def test_both_numbers_or_not_known_for_each(knowledge: KnowledgeBase) -> None:
    small = world([], frequencies=[FREQUENCY], wording=[{"id": i, "text": t} for i, t in knowledge.wording.items()])
    told = rows(small, "tablets", "walking")["How it may help"]
    assert "Of 100 people, 30 had less pain. Of 100 who had a dummy tablet, 15 did" in told[0][0]
    assert "Counted in: adults with back pain." in told[0][0]
    assert "not very sure" in told[0][0]
    assert "not known" in told[1][0]


def test_numbers_of_another_pain_are_not_shown(knowledge: KnowledgeBase) -> None:
    small = world([], frequencies=[FREQUENCY], wording=[{"id": i, "text": t} for i, t in knowledge.wording.items()])
    for conditions, shown in ((["sciatica"], True), (["back_pain"], True), (["headache"], False)):
        found = compare_treatments(small, ["tablets", "walking"], person(small, conditions), "reference")
        assert bool(found.treatments[0].frequencies) is shown, conditions


def test_each_treatment_has_the_same_rows_and_none_is_empty(knowledge: KnowledgeBase) -> None:
    for ids in (["oral_nsaids", "acupuncture"], ["tens", "snri", "aerobic_exercise", "spinal_surgery_referral"]):
        for heading, texts in rows(knowledge, *ids).items():
            assert len(texts) == len(ids)
            assert all(lines and all(lines) for lines in texts), heading


def test_two_stand_in_columns() -> None:
    shown = run("compare", "acupuncture", "tens", "--answers", str(SAMPLE))
    assert shown.returncode == 0, shown.stderr
    assert max(map(len, shown.stdout.splitlines())) <= 80
    heads = [line for line in shown.stdout.splitlines() if re.match(r"Acupuncture {20,}Mild electric pulses", line)]
    assert len(heads) == shown.stdout.count("\nAcupuncture  "), "each row has both names side by side"
    assert len(heads) >= 13


@pytest.mark.parametrize("arguments", [("acupuncture", "tens", "ibuprofen"), ("acupuncture", "tens", "--plain")])
def test_more_than_two_and_plain_stand_one_below_the_other(arguments: tuple[str, ...]) -> None:
    lines = run("compare", *arguments).stdout.splitlines()
    named = [
        line.split(":")[0].strip()
        for line in lines
        if line.startswith(("Acupuncture", "Mild electric", "Anti-inflammatory tablets"))
    ]
    assert len(named) >= 20
    one = named[: len(set(named))]
    assert named == one * (len(named) // len(one)), "the same order in every row"


def test_words_find_treatments() -> None:
    found = data("compare", "accupuncture", "tens machine")
    assert [treatment["id"] for treatment in found["treatments"]] == ["acupuncture", "tens"]
    assert found["conditions"] == []
    assert found["sources"]


def test_a_sign_that_is_there_comes_first() -> None:
    answers = b"conditions: [low_back_pain_chronic]\nanswers: {saddle_numbness: yes}"
    lines = run("compare", "tens", "acupuncture", "--answers", "-", given=answers).stdout.strip().splitlines()
    assert next(n for n, line in enumerate(lines) if "emergency department" in line) <= 4


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("tens",), "Name 2 to 4 treatments"), (("tens",) * 5, "Name 2 to 4 treatments"),
        (("tens", "tens machine"), "named twice"), (("tens", "xyzzy"), "Nothing has a name like"),
        (("tens", "steroid injection"), "painrules compare joint_corticosteroid_injection"),
    ],
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], expected: str) -> None:
    done = run("compare", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
