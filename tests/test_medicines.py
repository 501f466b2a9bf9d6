"""Names on boxes of medicines: each answers the right lines of the question, and finds its treatments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from painrules.entries import MedicineName
from painrules.knowledge import KnowledgeBase
from painrules.likeness import simple
from painrules.loading import knowledge_from
from painrules.medicines import find_medicines, find_treatments
from painrules.reading import ContentError
from tests.test_commands import data, run
from tests.world import WORLD

NO_MEDICINE = {
    "low-dose too", "also in cough syrup", "the combined pill", "patch", "vaginal ring", "also inside cold", "flu",
    "sleep", "other painkiller products", "also in cold remedies", "choose the blood thinner line too", "as eye drops",
    "Some mixed blood pressure tablets hold one too", "It counts too when you use it to lose weight",
    "Or one of these", "one that works the same way",
}  # fmt: skip
"""What the answers of the question say between the medicines that they name."""


def named(say: str) -> Iterator[str]:
    """The medicines that an answer names: all of it, or what stands after a colon."""
    head, _, tail = say.partition(": ")
    first = [head] if head.startswith("Warfarin") or not tail else []
    for part in re.split(r"[,.;:()]| or | and ", ". ".join([*first, tail])):
        if part.strip() and part.strip() not in NO_MEDICINE:
            yield re.sub(
                r"^(A medicine called|one called|also|Also|The antibiotic|Much) | (by mouth|for pain|counts too|does so too)$",
                "",
                part.strip(),
            )


def by_name(knowledge: KnowledgeBase) -> dict[str, MedicineName]:
    return {simple(name): one for one in knowledge.medicine_names.values() for name in one.names}


def test_what_the_question_names_is_found_under_that_answer(knowledge: KnowledgeBase) -> None:
    checked = 0
    for value in knowledge.questions["medicines_taken"].values:
        for name in named(value.say) if value.id not in ("none", "other") else ():
            found = find_medicines(knowledge, name)
            assert found, (value.id, name)
            assert value.id in found[0].medicine.takes, (value.id, name, found[0].shown)
            checked += 1
    assert checked > 130


def test_a_combination_takes_all_that_its_parts_take(knowledge: KnowledgeBase) -> None:
    known, checked = by_name(knowledge), 0
    for one in knowledge.medicine_names.values():
        for name in (one.name, *one.also):
            parts = re.split(r" with | and |, ", name)
            for part in (known.get(simple(part)) for part in parts if len(parts) > 1):
                if part is not None:
                    assert set(part.takes) - {"other"} <= set(one.takes), (name, part.name)
                    checked += 1
    assert checked > 200


@pytest.mark.parametrize(
    "name, takes",
    [
        ("Tylenol", {"paracetamol_products"}),
        ("Solpadol", {"opioid", "paracetamol_products"}),
        ("Nurofen Plus", {"opioid", "other_nsaid"}),
        ("Excedrin Migraine", {"paracetamol_products", "other_nsaid", "antiplatelet"}),
        ("Sintrom", {"anticoagulant", "warfarin"}),
        ("Eliquis", {"anticoagulant"}),
        ("Prozac", {"ssri_or_snri", "cyp2d6_inhibitor"}),
        ("Tegretol", {"antiepileptic", "strong_cyp3a4_inducer"}),
        ("Lyrica", {"gabapentinoid", "antiepileptic"}),
        ("Symtuza", {"strong_cyp3a4_inhibitor"}),
        ("Hyzaar", {"ace_inhibitor_or_arb", "diuretic"}),
        ("meperidine", {"opioid"}),
        ("albuterol", {"other"}),
    ],
)
def test_well_known_names(knowledge: KnowledgeBase, name: str, takes: set[str]) -> None:
    match = find_medicines(knowledge, name)[0]
    assert match.exact
    assert set(match.medicine.takes) == takes


def test_a_name_finds_its_own_medicine_exactly(knowledge: KnowledgeBase) -> None:
    for one in list(knowledge.medicine_names.values())[::5]:
        for name in one.names:
            first = find_medicines(knowledge, name.upper())[0]
            assert (first.medicine.id, first.name, first.exact) == (one.id, name, True)


def test_accents_and_marks_do_not_matter(knowledge: KnowledgeBase) -> None:
    for given, shown in (("acetaminofen", "acetaminofén (paracetamol)"), ("CO CODAMOL", "co-codamol")):
        match = find_medicines(knowledge, given)[0]
        assert (match.shown, match.exact) == (shown, True)


def test_a_name_is_found_while_it_is_typed(knowledge: KnowledgeBase) -> None:
    shown = [match.shown for match in find_medicines(knowledge, "advil")]
    assert shown[0] == "Advil (ibuprofen)"
    assert "Advil PM (ibuprofen with diphenhydramine)" in shown
    assert not any(match.exact for match in find_medicines(knowledge, "advi"))


@pytest.mark.parametrize("given, meant", [("ibuprofin", "ibuprofen"), ("Coumadine", "warfarin"), ("advl", "ibuprofen")])
def test_a_misspelling_is_never_exact(knowledge: KnowledgeBase, given: str, meant: str) -> None:
    matches = find_medicines(knowledge, given)
    assert matches[0].medicine.name == meant
    assert not any(match.exact for match in matches)


@pytest.mark.parametrize("given", ["", "  ", "\x1b[31m", "xyzzy qwrt"])
def test_nonsense_finds_no_medicine(knowledge: KnowledgeBase, given: str) -> None:
    assert find_medicines(knowledge, given) == ()


def test_treatments_by_the_names_of_their_medicines(knowledge: KnowledgeBase) -> None:
    first = find_treatments(knowledge, "Advil")[0]
    assert (first.id, first.name) == ("oral_nsaids", "Advil (ibuprofen)")
    assert find_treatments(knowledge, "acupuncture")[0].id == "acupuncture"
    assert find_treatments(knowledge, "Coumadin") == []


# --- content that is wrong -------------------------------------------------------------------------------------------

ASKED = {
    "id": "medicines_taken", "screen": WORLD["screens"][0]["id"], "kind": "many_of", "ask": "What?",
    "values": [{"id": id, "say": id} for id in ("none", "opioid", "other")],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"takes": ["opiod"]}, "medicine_names[1].takes[0]: 'opiod' does not exist. Did you mean 'opioid'?"),
        ({"takes": ["none"]}, "medicine_names[1].takes[0]: 'none' does not exist."),
        ({"takes": []}, "medicine_names[1].takes: needs at least one answer."),
        ({"takes": ["opioid", "other"]}, "'other' means that no answer fits, so it stands alone."),
        ({"modalities": ["pils"]}, "medicine_names[1].modalities[0]: 'pils' does not exist."),
        ({"sources": []}, "medicine_names[1].sources: a text needs at least one source."),
        ({"sources": ["nobody"]}, "medicine_names[1].sources[0]: 'nobody' does not exist."),
        ({"brands": ["Solpadól"]}, "medicine_names[1].brands[0]: 'Solpadól' is already a name of 'codeine'."),
        ({"name": "CODEINE"}, "medicine_names[1].name: 'CODEINE' is already a name of 'codeine'."),
    ],
)
def test_wrong_content(change: dict[str, object], expected: str) -> None:
    source = WORLD["sources"][0]["id"]
    right = {"id": "codeine", "name": "codeine", "brands": ["Solpadol"], "takes": ["opioid"], "sources": [source]}
    wrong = {"id": "other", "name": "other", "takes": ["other"], "sources": [source], **change}
    world = {**WORLD, "questions": [*WORLD["questions"], ASKED], "medicine_names": [right, wrong]}
    with pytest.raises(ContentError) as caught:
        knowledge_from({"knowledge/world.yaml": json.dumps(world).encode()})
    assert any(expected in str(problem) for problem in caught.value.problems), caught.value.problems


# --- commands --------------------------------------------------------------------------------------------------------


def test_a_brand_finds_its_treatment() -> None:
    assert "Advil (ibuprofen)" in run("modalities", "Advil").stdout
    assert data("modalities", "Advil")[0]["found_as"] == "Advil (ibuprofen)"
    page = run("about", "Advil", "--plain").stdout
    assert page.index("You looked for: Advil (ibuprofen).") < page.index("What it is")
    assert "Anti-inflammatory tablets (NSAIDs)" in run("compare", "Advil", "Tylenol", "--plain").stdout


def test_about_a_treatment_lists_the_names_on_boxes() -> None:
    page = run("about", "tramadol", "--plain").stdout
    assert "- tramadol (tramadol hydrochloride): Ultram, " in page
    assert "Brands differ by country" in page
    names = data("about", "tramadol")["medicine_names"]
    assert "Ultracet" in {brand for one in names for brand in one["brands"]}


@pytest.mark.parametrize("command, code", [("about", 2), ("modalities", 0)])
def test_a_medicine_of_no_treatment_is_not_taken_for_nonsense(command: str, code: int) -> None:
    done = run(command, "Coumadin")
    assert done.returncode == code
    assert "Coumadin (warfarin) belongs to none of the treatments" in done.stdout + done.stderr
