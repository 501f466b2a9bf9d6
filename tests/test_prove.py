"""Proofs about every possible person: each check finds the one fault of a tiny world, with the smallest person for it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from painrules.answers import Answers, as_plain, read_answers
from painrules.engines import consult
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError
from painrules.sheet import explore, sheet_of
from painrules.symbolic.checks import CHECKS
from painrules.symbolic.judge import DisagreementError
from painrules.symbolic.proof import Finding, Proof, confirmed
from painrules.symbolic.report import QUESTIONS, equivalence, proofs
from tests.conftest import ROOT
from tests.faults import planted
from tests.test_commands import SAMPLE, data, run
from tests.world import WORLD, finding, hold, world

SICK = {"kidneys": "failing"}
TABLETS = {"modality": "tablets"}
INVARIANT = {
    "id": "i",
    "when": SICK,
    "treatments": TABLETS,
    "at_least": "held_back",
    "because": "So.",
    "sources": ["s-for"],
}


def found(check: str, rules: list[dict[str, Any]], **sections: Any) -> list[tuple[str, Any]]:
    """What a check finds in a tiny world: what it is about, and the person."""
    knowledge = world(rules, **sections)
    return [(f.about, f.person and short(f)) for f in confirmed(CHECKS[check](Proof(knowledge)))]


def short(finding: Finding) -> Any:
    assert finding.person is not None
    plain = as_plain(finding.person)
    return [*plain["conditions"], plain["answers"] | ({"preferences": p} if (p := plain.get("preferences")) else {})]


def sign(id: str, when: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"id": id, "when": when, "then": "urgent", "level": "emergency", "because": "Bad.", "action": "Call.",
            "ask_if": ["any"], "sources": ["s-for"], **fields}  # fmt: skip


def prefer(id: str, wish: str, fit: str) -> dict[str, Any]:
    return {"id": id, "applies_to": TABLETS, "when": {"preference": wish}, "then": "prefer", "fit": fit}


# --- always-safe -------------------------------------------------------------------------------------------------------


def test_an_invariant_that_the_rules_keep() -> None:
    assert found("always-safe", [hold("r", {"kidneys": ["weak", "failing"]})], invariants=[INVARIANT]) == []


def test_a_milder_rule_breaks_it() -> None:
    milder = hold("r", SICK, then="check")
    assert found("always-safe", [milder], invariants=[INVARIANT]) == [("i", ["back_pain", SICK])]


def test_a_rule_with_an_exception_breaks_it_for_those_who_may_be_excepted() -> None:
    rule = hold("r", SICK, unless=[{"id": "but", "when": {"age": {"below": 40}}}])
    assert found("always-safe", [rule], invariants=[INVARIANT]) == [("i", ["back_pain", SICK])]
    milder = {**INVARIANT, "at_least": "check_first"}
    assert found("always-safe", [rule], invariants=[milder]) == [("i", ["back_pain", {**SICK, "age": 39}])]


def test_unknown_asks_to_check_first() -> None:
    careful = {**INVARIANT, "at_least": "with_care"}
    assert found("always-safe", [hold("r", SICK, then="caution")], invariants=[careful]) == []
    ill, wrong = {**INVARIANT, "when": {"ill": "yes"}}, {"all": [{"ill": "yes"}, {"ill": ["yes", "no"]}]}
    assert found("always-safe", [hold("r", wrong)], invariants=[ill]) == []
    assert found("always-safe", [hold("r", {"ill": "yes", "colour": "green"})], invariants=[ill]) == [
        ("i", ["back_pain", {"ill": "yes"}])
    ]
    unsure = {**INVARIANT, "when": {"any": [SICK, {"ill": "yes"}]}}
    assert found("always-safe", [hold("r", SICK), hold("s", {"ill": "yes"}, then="check")], invariants=[unsure]) == [
        ("i", ["back_pain", {"ill": "yes"}])
    ]


def test_an_invariant_that_is_only_possible_asks_to_check_first() -> None:
    may_be = {**INVARIANT, "when": {"any": [SICK, {"all": [{"ill": "yes"}, {"ill": "no"}]}]}}
    assert found("always-safe", [hold("r", SICK)], invariants=[may_be]) == [("i", ["back_pain", {"kidneys": "good"}])]


def test_any_rule_may_derive_a_finding() -> None:
    rules = [finding("f", "bad", SICK), finding("g", "bad", {"ill": "yes"}), hold("r", {"finding": "bad"})]
    assert found("always-safe", rules, invariants=[INVARIANT]) == []
    assert found("always-safe", [*rules[1:]], invariants=[INVARIANT]) == [("i", ["back_pain", SICK])]


def test_one_medicine_of_several_asks_to_check_first() -> None:
    of_medicine = {**INVARIANT, "treatments": {"medicine": "m2"}}
    assert found("always-safe", [hold("r", SICK, applies_to={"medicine": "m2"})], invariants=[of_medicine]) == []
    whole = {**INVARIANT, "treatments": {"modality": "gel"}}
    assert found("always-safe", [hold("r", SICK, applies_to={"medicine": "m2"})], invariants=[whole]) == [
        ("i", ["back_pain", SICK])
    ]


def test_nobody_who_cannot_be_is_a_counterexample() -> None:
    rule = hold("r", SICK, unless=[{"id": "but", "when": {"age": {"below": 40}}}])
    never = {"id": "c", "never": {"age": {"below": 40}}, "because": "So it is."}
    milder = {**INVARIANT, "at_least": "check_first"}
    assert found("always-safe", [rule], invariants=[milder]) != []
    assert found("always-safe", [rule], invariants=[milder], constraints=[never]) == []
    everyone = {"id": "c", "never": SICK, "because": "So it is."}
    assert found("always-safe", [rule], invariants=[INVARIANT], constraints=[everyone]) == [("i", None)], "vacuous"


# --- the other checks --------------------------------------------------------------------------------------------------


def test_nothing_is_left_for_somebody() -> None:
    everything = {"applies_to": {"category": ["medication", "physical"]}}
    rules = [hold("r", {**SICK, "takes": {"includes": "lithium"}}, **everything)]
    # headache has no option at all, and so has nobody an option for it
    assert found("never-empty", rules)[:2] == [
        ("back_pain", ["back_pain", {**SICK, "takes": ["lithium"]}]),
        ("sciatica", ["sciatica", {**SICK, "takes": ["lithium"]}]),
    ]
    assert [about for about, _ in found("never-empty", [hold("r", SICK)])] == ["headache"]


def test_the_share_of_people_with_nothing_left_is_exact() -> None:
    knowledge = world([hold("r", {**SICK, "ill": "yes"}, applies_to={"category": ["medication", "physical"]})])
    first = next(confirmed(CHECKS["never-empty"](Proof(knowledge))))
    assert str(first.share) == "1/12"  # four answers with unknown, times three


def test_possible_people_are_counted_exactly() -> None:
    never = {"id": "c", "never": {"condition": "headache"}, "because": "So it is."}
    proof = Proof(world([hold("r", {"takes": {"includes": "lithium"}})]))
    assert proof.diagrams.count(proof.possible) == 7 * 9, "some of three pains; no answer, or some of three medicines"
    proof = Proof(world([hold("r", {"takes": {"includes": "lithium"}})], constraints=[never]))
    assert proof.diagrams.count(proof.possible) == 3 * 9


def test_what_guidelines_say_of_single_kinds_counts_only_alone() -> None:
    said = [("back_pain", "s-for", "against"), ("sciatica", "s-for", "for"), ("sciatica", "s-other", "against")]
    entries = [{"condition": c, "modality": "tablets", "source": s, "direction": d} for c, s, d in said]
    proof = Proof(world([], recommendations=entries))
    for conditions, status in ((["back_pain"], "advised_against"), (["sciatica"], "option")):
        codes = {f"condition:{id}": 1 for id in conditions}
        assert proof.judge.status(proof.space.person(codes), "tablets") == status
        assert proof.diagrams.contains(proof.exact.advised_against["tablets"], codes) is (status == "advised_against")


def test_a_worse_answer_that_eases() -> None:
    assert found("monotone", [hold("r", {"kidneys": "weak"})]) == [("r", ["back_pain", {"kidneys": "weak"}])]
    assert found("monotone", [hold("r", {"kidneys": "weak"}), hold("s", SICK)]) == [], "another rule makes up for it"
    assert found("monotone", [hold("r", {"ill": "no"})]) == [("r", ["back_pain", {"ill": "no"}])]
    assert found("monotone", [hold("r", {"not": {"takes": {"includes": "aspirin"}}})]) == [
        ("r", ["back_pain", {"takes": ["none"]}])
    ]
    assert found("monotone", [hold("r", {"colour": "red"}), hold("a", {"age": {"below": 18}})]) == [], "no order"
    assert found("monotone", [finding("f", "well", {"ill": "no"}), hold("r", {"finding": "well"})]) == [
        ("r", ["back_pain", {"ill": "no"}])
    ]


def test_a_sign_that_more_risk_takes_away() -> None:
    absent = {"all": [{"sign": "yes"}, {"not": {"ill": "yes"}}]}
    person = ["back_pain", {"sign": "yes", "ill": "no"}]
    assert found("monotone", [sign("r", absent)]) == [("r", person)]
    assert found("monotone", [sign("r", absent), sign("s", {"sign": "yes", "ill": "yes"}, level="soon")]) == [
        ("r", person)
    ]
    assert found("monotone", [sign("r", absent, level="soon"), sign("s", {"sign": "yes"})]) == []


def test_a_rule_that_nobody_sees() -> None:
    both = {"all": [{"age": {"at_least": 65}}, {"age": {"below": 18}}]}
    assert found("unreachable", [hold("r", both), hold("s", SICK)]) == [("r", None)]
    assert found("unreachable", [hold("r", {"all": [SICK, {"condition": "headache"}]})]) == [], "someone has both pains"
    unoffered = [e for e in WORLD["recommendations"] if e["modality"] != "tablets"]
    assert found("unreachable", [hold("r", SICK)], recommendations=unoffered) == [("r", None)]


def test_an_exception_that_never_takes_anything_back() -> None:
    idle = hold("r", SICK, unless=[{"id": "but", "when": {"kidneys": "good"}}])
    assert found("unreachable", [idle]) == [("r", None)]
    assert found("unreachable", [hold("r", SICK, unless=[{"id": "but", "when": {"ill": "no"}}])]) == []


def test_one_rule_makes_another_needless() -> None:
    wide, narrow = hold("wide", {"kidneys": ["weak", "failing"]}), hold("narrow", SICK, then="check")
    assert found("redundant", [wide, narrow]) == [("narrow", ["back_pain", SICK])]
    assert found("masked", [wide, narrow]) == [], "told once"
    assert found("redundant", [hold("one", SICK), hold("two", SICK)]) == [("two", ["back_pain", SICK])]
    assert found("redundant", [wide, hold("narrow", SICK, applies_to={"class": "nsaid"})]) == []
    of_one = hold("wide", SICK, applies_to={"medicine": "m2"})
    of_all = hold("narrow", SICK, applies_to={"modality": "gel"})
    assert found("redundant", [of_one, of_all]) == [("wide", ["back_pain", SICK])], "of one medicine, or of all"
    assert found("redundant", [of_one, hold("other", SICK, applies_to={"medicine": "m1b"})]) == []


def test_a_sign_that_is_asked_of_more_people_is_not_needless() -> None:
    few = sign("wide", {"sign": "yes"}, ask_if=["headache"])
    assert found("redundant", [few, sign("narrow", {"sign": "yes", "ill": "yes"})]) == []
    assert found("redundant", [sign("wide", {"sign": "yes"}), sign("narrow", {"sign": "yes", "ill": "yes"})]) != []


def test_several_rules_mask_another() -> None:
    pairs = {"a": ["red", "green"], "b": ["green", "blue"], "c": ["red", "blue"]}
    rules = [hold(id, {"colour": colours}) for id, colours in pairs.items()]
    assert found("masked", rules) == [("a", ["back_pain", {"colour": "red"}])], "told once: the others are needed then"
    assert found("masked", rules[:2]) == []


def test_marked_both_ways() -> None:
    rules = [prefer("good", "prefer_home", "fits"), prefer("bad", "avoid_needles", "does_not_fit")]
    person = ["back_pain", {"preferences": ["avoid_needles", "prefer_home"]}]
    assert found("contradictory", rules) == [("bad", person)]


def test_one_sign_with_different_advice() -> None:
    rules = [sign("a", {"sign": "yes"}), sign("b", {"sign": "yes"}, level="soon")]
    assert found("contradictory", rules) == [("a", ["back_pain", {"sign": "yes"}])]
    assert found("contradictory", [rules[0], sign("b", {"sign": "yes", "ill": "yes"}, level="soon")]) == []


def test_questions_that_change_nothing() -> None:
    rules = [hold("r", SICK), finding("f", "unused", {"ill": "yes"}), prefer("p", "prefer_home", "fits")]
    idle = [about for about, _ in found("question-matters", rules)]
    assert idle == ["sign", "ill", "colour", "age", "weight", "takes"]


def test_overlap_only_informs() -> None:
    rules = [hold("r", SICK), hold("s", {"ill": "yes"}, then="caution")]
    assert found("overlap", rules) == [("r", None)]
    assert [r.informs for r in proofs(world(rules), ["overlap", "masked"])] == [True, False]


def test_what_is_accepted_is_told_apart_and_must_still_be_found() -> None:
    meant = [{"check": "monotone", "about": id, "because": "Meant."} for id in ("r", "s")]
    (report,) = proofs(
        world([hold("r", {"kidneys": "weak"}), hold("s", SICK, then="check")], accepted=meant), ["monotone"]
    )
    assert [f.about for f in report.accepted] == ["r"]
    assert [f.about for f in report.findings] == ["s"]
    assert "take it off" in report.findings[0].says


# --- two versions ------------------------------------------------------------------------------------------------------


def differing(old: KnowledgeBase, new: KnowledgeBase) -> list[tuple[str, Any]]:
    return [(f.about, f.person and short(f)) for f in equivalence(old, new).findings]


def test_other_words_for_the_same_are_equivalent() -> None:
    old = world([hold("r", {"any": [{"kidneys": "weak"}, SICK]}), finding("f", "x", {"ill": "yes"})])
    new = world([hold("r", {"not": {"not": {"kidneys": ["failing", "weak"]}}})])
    assert differing(old, new) == []


def test_a_limit_that_moves() -> None:
    old, new = (world([hold("r", {"age": {"at_least": limit}})]) for limit in (65, 70))
    person = ["back_pain", {"age": 65}]
    assert differing(old, new) == [("tablets", person), ("r", person)]


def test_what_else_can_differ() -> None:
    plain = world([hold("r", SICK)])
    other = [{**WORLD["recommendations"][0], "direction": "against"}, *WORLD["recommendations"][1:]]
    assert [a for a, _ in differing(plain, world([hold("r", SICK)], recommendations=other))] == ["tablets"]
    assert [
        a for a, _ in differing(world([sign("r", {"sign": "yes"})]), world([sign("r", {"sign": "yes"}, level="soon")]))
    ] == ["r"]
    differ = [{**WORLD["recommendations"][0], "source": "s-other", "direction": "against"}, *WORLD["recommendations"]]
    assert differing(plain, world([hold("r", SICK)], recommendations=differ)) == [("tablets", ["back_pain", {}])]
    fewer = world([], recommendations=WORLD["recommendations"][1:])
    assert differing(world([]), fewer) == [("tablets", ["back_pain", {}])]
    more = [*WORLD["conditions"], {"id": "gout", "name": "Gout"}]
    assert differing(plain, world([hold("r", SICK)], conditions=more)) == [("gout", None)]
    values = [{"id": id, "say": id} for id in ("good", "weak", "failing", "dialysis")]
    asked = [{**q, "values": values} if q["id"] == "kidneys" else q for q in WORLD["questions"]]
    wider = world([hold("r", {"kidneys": ["failing", "dialysis"]})], questions=asked)
    assert differing(plain, wider)[0] == ("tablets", ["back_pain", {"kidneys": "dialysis"}])


# --- the judge, the real content, the command ----------------------------------------------------------------------------


def test_the_judge_can_leave_rules_out() -> None:
    judge = Proof(world([hold("r", SICK)])).judge
    sick = Answers(("back_pain",), SICK)
    assert (judge.status(sick, "tablets"), judge.status(sick, "tablets", ["r"])) == ("held_back", "option")


def test_a_finding_that_the_reference_engine_does_not_confirm_is_an_error() -> None:
    with pytest.raises(DisagreementError):
        list(confirmed([Finding("r", "is wrong.", confirmed=lambda: False)]))


def test_real_content_is_proved(knowledge: KnowledgeBase) -> None:
    for report in proofs(knowledge, QUESTIONS):
        assert report.informs or [(f.about, f.says) for f in report.findings] == []


def test_real_people_have_the_statuses_that_diagrams_say(knowledge: KnowledgeBase) -> None:
    """Every rule and every option of random people: diagrams and sample against the reference engine."""
    proof = Proof(knowledge)
    for number in range(60):
        codes = proof.sample.codes(number)
        person = proof.space.person(codes)
        concluded = consult(knowledge, person, "reference")
        for id, rails in proof.exact.rules.items():
            conclusion = concluded.rules.get(id)
            says = (proof.diagrams.contains(rails.possible, codes), proof.diagrams.contains(rails.certain, codes))
            bits = [
                people >> number & 1 for people in (proof.sampled.rules[id].possible, proof.sampled.rules[id].certain)
            ]
            assert (
                says
                == (conclusion is not None, conclusion is not None and conclusion.certain)
                == tuple(map(bool, bits))
            )
        for modality in proof.exact.options:
            status = proof.judge.status(person, modality)
            assert proof.diagrams.contains(proof.exact.options[modality], codes) is (status is not None)
            for wanted in ("with_care", "check_first", "held_back", "advised_against"):
                if status is not None:
                    milder = proof.judge.is_milder(person, modality, wanted)
                    assert proof.diagrams.contains(proof.exact.at_least(modality, wanted), codes) is not milder


def test_the_judge_sees_what_is_on_the_sheet(knowledge: KnowledgeBase) -> None:
    proof = Proof(knowledge)
    for number in range(10):
        person = proof.space.person(proof.sample.codes(number))
        sheet = sheet_of(knowledge, person, consult(knowledge, person, "reference"))
        shown = proof.judge.shown(person)
        assert {o.id: (o.status, o.guidelines) for o in sheet.options} == proof.judge.statuses(person)
        assert {(u.id, u.certain) for u in sheet.urgent} == {
            (r, kind == "sign") for kind, r, _ in shown if "sign" in kind
        }
        marks = {id for id, rule in knowledge.rules.items() if rule.effect == "prefer"}
        assert {(reason.rule, option.id, reason.certain) for option in sheet.options for reason in option.reasons} == {
            (rule, modality, kind == "reason") for kind, rule, modality in shown if modality and rule not in marks
        }


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ("invariants: [{id: i, when: {kidneys: bad}, treatments: {class: nsaid}, at_least: held_back, because: So., sources: [s-for]}]",
         "invariants[0].when.kidneys: 'bad' does not exist."),
        ("invariants: [{id: i, when: {ill: yes}, treatments: {class: nsiad}, at_least: held_back, because: So., sources: [s-for]}]",
         "invariants[0].treatments.class: 'nsiad' does not exist. Did you mean 'nsaid'?"),
        ("invariants: [{id: i, when: {ill: yes}, treatments: {clas: nsaid}, at_least: held_back, because: So., sources: [s-for]}]",
         "invariants[0].treatments.clas: is not a field here. Did you mean 'class'?"),
        ("invariants: [{id: i, when: {ill: yes}, treatments: {}, at_least: held_back, because: So., sources: [s-for]}]",
         "invariants[0].treatments: names no treatment."),
        ("invariants: [{id: i, when: {ill: yes}, treatments: {class: nsaid}, at_least: held_bck, because: So., sources: []}]",
         "invariants[0].at_least: 'held_bck' is not a value of this field. Did you mean 'held_back'?"),
        ("invariants: [{id: i, when: {ill: yes}, treatments: {class: nsaid}, at_least: held_back, because: So., sources: []}]",
         "invariants[0].sources: a text needs at least one source."),
        ("constraints: [{id: c, never: {age: {above: 3}}, because: So.}]", "never.age.above: is not a test of a number."),
        ("accepted: [{check: monotone, about: r9, because: So.}]", "accepted[0].about: 'r9' does not exist."),
        ("accepted: [{check: always-safe, about: i, because: So.}]", "accepted[0].check: 'always-safe' is not a value"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_the_content_of_proofs_is_told(rules: str, expected: str) -> None:
    from painrules.loading import knowledge_from

    files = {"knowledge/world.yaml": json.dumps(WORLD).encode(), "rules/r.yaml": rules.encode()}
    with pytest.raises(ContentError) as caught:
        knowledge_from(files)
    assert any(expected in str(problem) for problem in caught.value.problems), [str(p) for p in caught.value.problems]


def test_the_command_proves_the_real_content() -> None:
    done = run("prove")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert done.stdout.count("?\n") == len(QUESTIONS)


def test_the_smallest_person_can_be_explored(tmp_path: Any) -> None:
    for name, rules in (("old", [hold("r", SICK)]), ("new", [hold("r", SICK, then="check")])):
        folder = tmp_path / name
        (folder / "knowledge").mkdir(parents=True)
        (folder / "rules").mkdir()
        (folder / "knowledge/world.yaml").write_text(json.dumps(WORLD))
        (folder / "rules/r.yaml").write_text(json.dumps({"rules": rules, "invariants": [INVARIANT]}))
    done = run("prove", "always-safe", "--content", str(tmp_path / "new"))
    assert done.returncode == 1
    printed = done.stdout.split("--answers -':\n")[1]
    old = world([hold("r", SICK)])
    person = read_answers(printed.encode(), "printed", old)
    assert [o.status for o in explore(old, person, "reference").options if o.id == "tablets"] == ["held_back"]
    (report,) = data("prove", "equivalent", str(tmp_path / "old"), str(tmp_path / "new"))
    person = read_answers(json.dumps(report["findings"][0]["person"]).encode(), "json", old)
    assert explore(world([hold("r", SICK, then="check")]), person, "reference") != explore(old, person, "reference")
    assert report["proved"] is False


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["always-save"], "Did you mean 'always-safe'?"),
        (["equivalent", "."], "with two folders"),
        (["equivalent", ".", str(SAMPLE)], "is not a folder"),
        (["--content", "nowhere"], "has no knowledge/*.yaml"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], expected: str) -> None:
    done = run("prove", *arguments)
    assert done.returncode == 2
    assert expected in done.stderr


@pytest.mark.slow
def test_planted_faults_that_change_a_sheet_are_found(knowledge: KnowledgeBase) -> None:
    """Ten kinds of faults in the real rule base: each differs from the version before, for a person who is shown."""
    for fault in planted(knowledge, of_each=1):
        differ = equivalence(knowledge, fault.knowledge).findings
        assert differ, (fault.kind, fault.rule)
        person = differ[0].person
        assert person is not None
        before, after = (sheet_of(k, person, consult(k, person, "reference")) for k in (knowledge, fault.knowledge))
        assert before != after


def test_without_the_library_one_line_says_how_to_get_it() -> None:
    code = "import sys; sys.modules['oxidd'] = None; from painrules.commands import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "prove"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stderr == "Proofs need OxiDD: python -m pip install 'painrules[prove]'.\n"


def test_too_large_a_rule_base_is_told() -> None:
    code = "from painrules.symbolic import diagrams; diagrams.MOST_NODES = 2_000; from painrules.commands import main; main()"
    done = subprocess.run([sys.executable, "-c", code, "prove"], capture_output=True, text=True, cwd=ROOT, check=False)
    assert done.returncode == 2
    assert done.stderr == "This rule base needs more diagrams than fit: prove fewer checks at a time.\n"
