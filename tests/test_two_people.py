"""Two people side by side: what is said to make the difference does, and nothing less."""

from __future__ import annotations

import random
from itertools import combinations
from pathlib import Path

import pytest
from msgspec.structs import replace

from painrules.alternatives import Status
from painrules.answers import Answers
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from painrules.two_people import CONDITIONS, swapped, two_people
from tests.people import somebody
from tests.test_commands import SAMPLE, data, run
from tests.world import hold, person, world

CASE = "back_pain_and_kidneys"
URGENT = "conditions: [low_back_pain_chronic]\nanswers: {saddle_numbness: yes, kidney_disease: none}\n"


def status(knowledge: KnowledgeBase, answers: Answers, id: str) -> Status:
    return next(o.status for o in explore(knowledge, answers, "reference").options if o.id == id)


@pytest.mark.parametrize("seed", range(6))
def test_the_swapped_answers_make_the_difference_and_fewer_do_not(knowledge: KnowledgeBase, seed: int) -> None:
    dice = random.Random(seed)
    first, second = (somebody(knowledge, dice, unsure).everything for unsure in (0.1, 0.0))
    if seed % 2:
        second = replace(second, conditions=first.conditions)
    found = two_people(knowledge, ("a", first), ("b", second), "reference")
    for option in dice.sample(found.differing, min(4, len(found.differing))):
        assert option.swaps
        assert status(knowledge, first, option.id) == option.first != option.second
        for swap in option.swaps[:2]:
            assert status(knowledge, swapped(first, second, swap), option.id) == option.second, (option.id, swap)
            for fewer in combinations(swap, len(swap) - 1):
                assert status(knowledge, swapped(first, second, fewer), option.id) != option.second, (option.id, swap)


OLD, WEAK = {"age": {"at_least": 65}}, {"kidneys": "failing"}


def swaps(knowledge: KnowledgeBase, first: Answers, second: Answers) -> list[tuple[str, ...]]:
    found = two_people(knowledge, ("a", first), ("b", second), "reference")
    return [swap for option in found.differing if option.id == "tablets" for swap in option.swaps]


def test_all_of_several_any_of_several_and_through_a_finding() -> None:
    small = world([hold("old", OLD), hold("weak", WEAK), hold("red", {"all": [{"colour": "red"}, {"ill": "yes"}]})])
    risky = person(small, answers={"age": 70, "kidneys": "failing", "colour": "red", "ill": "no"})
    free = person(small, answers={"age": 30, "kidneys": "good", "colour": "blue", "ill": "no"})
    assert swaps(small, risky, free) == [("age", "kidneys")], "both must go"
    assert swaps(small, free, risky) == [("age",), ("kidneys",)], "either is enough"
    red = person(small, answers={"age": 30, "kidneys": "good", "colour": "red", "ill": "yes"})
    blue = person(small, answers={"age": 30, "kidneys": "good", "colour": "blue", "ill": "yes"})
    assert swaps(small, red, blue) == [("colour",)]
    frail = {"id": "frail", "when": OLD, "then": "finding", "finding": "frail"}
    through = world([frail, hold("r", {"finding": "frail"})])
    assert swaps(through, person(through, answers={"age": 70}), person(through, answers={"age": 30})) == [("age",)]


def test_kinds_of_pain_are_swapped_together() -> None:
    said = [{"condition": c, "modality": "tablets", "source": "s-for", "direction": d}
            for c, d in (("back_pain", "for"), ("headache", "against"))]  # fmt: skip
    said.append({"condition": "headache", "modality": "walking", "source": "s-for", "direction": "for"})
    small = world([], recommendations=said)
    found = two_people(small, ("a", person(small, ["back_pain"])), ("b", person(small, ["headache"])), "reference")
    assert [(o.id, o.first, o.second, o.swaps) for o in found.differing] == [
        ("tablets", "option", "advised_against", ((CONDITIONS,),))
    ]
    assert [o.id for o in found.second.only] == ["walking"]


def test_a_sign_comes_first_and_names_whose_it_is(tmp_path: Path) -> None:
    (tmp_path / "karl.yaml").write_text(URGENT)
    for arguments in ((), ("--plain",)):
        done = run("compare", CASE, str(tmp_path / "karl.yaml"), *arguments)
        assert done.returncode == 0, done.stderr
        lines = done.stdout.strip().splitlines()
        assert next(n for n, line in enumerate(lines) if "B: Get help now" in line) <= 3
        if not arguments:
            assert max(map(len, lines)) <= 80
    for expected in (
        "All of these together: kidney disease, medicines",
        "A usually avoided; B",
        "options look the same for both",
    ):
        assert expected in run("compare", CASE, str(tmp_path / "karl.yaml"), "--format", "markdown").stdout, expected
    found = data("compare", CASE, str(tmp_path / "karl.yaml"))
    of_tablets = next(option for option in found["differing"] if option["id"] == "oral_nsaids")
    assert of_tablets["first"] == "held_back"
    assert all(len(swap) > 1 for swap in of_tablets["swaps"]), "kidneys and the blood thinner each hold it back"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((CASE, "acupuncture"), "is a person and 'acupuncture' is not"), ((CASE, CASE), "not the same twice"),
        ((CASE, "back_pain_and_kidny"), f"Did you mean '{CASE}'?"), ((CASE, "x.yaml"), "x.yaml"),
        ((CASE, str(SAMPLE), "--answers", str(SAMPLE)), "leave out --answers"), ((CASE,), "Name two people"),
    ],
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], expected: str) -> None:
    done = run("compare", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr


def test_a_case_with_the_name_of_a_treatment_is_named(tmp_path: Path) -> None:
    own = tmp_path / "painrules/cases"
    own.mkdir(parents=True)
    (own / "tens.yaml").write_text("title: x\n")
    done = run("compare", "tens", "acupuncture", XDG_DATA_HOME=str(tmp_path))
    assert done.returncode == 2
    assert "is a case and a treatment" in done.stderr
