"""The sheet: statuses, reasons, what would change, and its published schema."""

from __future__ import annotations

import io
import json
import random
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from painrules.alternatives import CERTAIN_STATUS, STATUSES
from painrules.answers import Answers, as_plain
from painrules.engines import consult
from painrules.entries import Question
from painrules.evidence import statements
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.sheet import Option, Sheet, explore
from painrules.surfaces.blocks import Alarm, Entry
from painrules.surfaces.sheet_page import page
from painrules.surfaces.terminal import Rich
from tests.conftest import ROOT
from tests.world import WORLD, finding, hold, person, world

URGENT = {"id": "u", "when": {"sign": "yes"}, "then": "urgent", "level": "emergency", "because": "It may be bad.",
          "action": "Call for help.", "ask_if": ["back_pain"], "sources": ["s-for"]}  # fmt: skip


def option(sheet: Sheet, id: str = "tablets") -> Option:
    return next(option for option in sheet.options if option.id == id)


def sheet_of(rules: list[dict[str, Any]], answers: dict[str, Any], **more: Any) -> Sheet:
    sections = more.pop("sections", {})
    knowledge = world(rules, **sections)
    return explore(knowledge, person(knowledge, answers=answers, **more), "reference")


@pytest.mark.parametrize(
    ("effect", "answer", "status"),
    [
        ("hold", "yes", "held_back"), ("hold", "unsure", "check_first"), ("hold", "no", "option"),
        ("check", "yes", "check_first"), ("check", "unsure", "check_first"), ("check", "no", "option"),
        ("caution", "yes", "with_care"), ("caution", "unsure", "with_care"), ("caution", "no", "option"),
        ("note", "yes", "option"), ("note", "unsure", "option"), ("note", "no", "option"),
    ],
)  # fmt: skip
def test_status_by_effect(effect: str, answer: str, status: str) -> None:
    assert option(sheet_of([hold("r", {"ill": "yes"}, then=effect)], {"ill": answer})).status == status


def test_the_strongest_reason_wins_and_stands_first() -> None:
    rules = [hold("a-caution", {"ill": "yes"}, then="caution"), hold("z-hold", {"ill": "yes"})]
    found = option(sheet_of(rules, {"ill": "yes"}))
    assert found.status == "held_back"
    assert [reason.rule for reason in found.reasons] == ["z-hold", "a-caution"]


def test_a_hazard_of_one_medicine_leaves_the_others() -> None:
    found = option(
        sheet_of([hold("r", {"ill": "yes"}, applies_to={"medicine": "m2"})], {"ill": "yes"}, conditions=["sciatica"]),
        "gel",
    )
    assert found.status == "check_first"
    assert found.reasons[0].medicines == ("medicine two",)


def test_reasons_follow_findings_down_to_answers() -> None:
    rules = [finding("f", "older", {"age": {"at_least": 65}}), hold("r", {"finding": "older", "ill": "yes"})]
    reason = option(sheet_of(rules, {"age": 70})).reasons[0]
    assert not reason.certain
    assert [(b.question, b.answer) for b in reason.because] == [("age", "70"), ("ill", "unknown")]


def test_would_change_names_answers_that_life_can_change() -> None:
    rules = [hold("r", {"kidneys": "failing"}), hold("s", {"age": {"at_least": 65}}, then="caution")]
    found = option(sheet_of(rules, {"kidneys": "weak", "age": 70}))
    assert found.status == "with_care"
    assert [(c.question, c.to, c.status) for c in found.would_change] == [("kidneys", "failing", "held_back")], (
        "kidneys can change, nobody gets younger"
    )


def test_urgent_signs() -> None:
    assert [(u.id, u.certain) for u in sheet_of([URGENT], {"sign": "yes"}).urgent] == [("u", True)]
    assert [(u.id, u.certain) for u in sheet_of([URGENT], {}).urgent] == [("u", False)]
    assert sheet_of([URGENT], {"sign": "no"}).urgent == ()
    other = {"conditions": ["headache"]}
    assert sheet_of([URGENT], {}, **other).urgent == (), "nobody asks people with headache"
    assert sheet_of([URGENT], {"sign": "yes"}, **other).urgent, "but a sign that is there counts for everyone"


def row(condition: str, modality: str, source: str, direction: str) -> dict[str, str]:
    return {"condition": condition, "modality": modality, "source": source, "direction": direction}


def test_a_superseded_guideline_replaces_nothing_that_its_body_says_today() -> None:
    new = {"id": "s-new", "title": "New", "body": "Body C", "kind": "guideline", "year": 2025, "status": "current"}
    sections = {
        "sources": [*WORLD["sources"], new],
        "recommendations": [
            row("back_pain", "tablets", "s-new", "against"), row("sciatica", "tablets", "s-old", "for"),
            row("back_pain", "walking", "s-for", "for"), row("sciatica", "gel", "s-old", "for"),
            row("sciatica", "gel", "s-new", "against"),
        ],
    }  # fmt: skip
    narrow = sheet_of([], {}, conditions=["sciatica"], sections=sections)
    assert option(narrow).guidelines == "against", "what the body says today of the wider kind"
    assert [said.source for said in option(narrow).evidence] == ["s-new"]
    wide = sheet_of([], {}, sections=sections)
    assert {"tablets", "walking"} == {found.id for found in wide.options}, (
        "no guideline of today is for gel in any kind"
    )


def test_guidelines_and_the_tree_of_conditions() -> None:
    rows = [
        row("back_pain", "tablets", "s-for", "for"), row("back_pain", "tablets", "s-other", "against"),
        row("back_pain", "walking", "s-for", "for"), row("back_pain", "walking", "s-old", "against"),
        row("sciatica", "walking", "s-for", "against"), row("sciatica", "gel", "s-other", "for"),
    ]  # fmt: skip
    sections = {"recommendations": rows}
    wide = sheet_of([], {}, sections=sections)
    assert option(wide).guidelines == "disagree"
    assert option(wide, "walking").guidelines == "agree", "a superseded guideline does not count"
    assert {e.scope for e in option(wide, "gel").evidence} == {"some_kinds"}
    narrow = sheet_of([], {}, conditions=["sciatica"], sections=sections)
    assert option(narrow).guidelines == "disagree", "a kind has what is said of the wider condition"
    walking = option(narrow, "walking")
    assert (walking.guidelines, walking.status) == ("against", "advised_against"), "unless the same body says otherwise"
    both = sheet_of([], {}, conditions=["sciatica", "back_pain"], sections=sections)
    assert option(both, "walking").guidelines == "disagree"


def test_tried_and_preferences_mark_but_never_change_a_status() -> None:
    rules = [
        hold("r", {"ill": "yes"}),
        {
            "id": "p",
            "applies_to": {"category": "medication"},
            "when": {"preference": "prefer_home"},
            "then": "prefer",
            "fit": "fits",
        },
    ]
    found = option(sheet_of(rules, {"ill": "yes"}, preferences=["prefer_home"], tried={"tablets": "helped"}))
    assert (found.status, found.tried, found.fits) == ("held_back", "helped", ("prefer_home",))


def test_questions_to_ask_are_at_most_ten_and_the_strongest_first() -> None:
    rules = [hold(f"r{n}", {"ill": "yes"}, then="caution", ask=f"Question {n:02}?") for n in range(12)]
    asks = sheet_of([*rules, hold("h", {"ill": "yes"}, ask="The one that matters?")], {"ill": "yes"}).questions_to_ask
    assert len(asks) == 10
    assert asks[0] == "The one that matters?"


def test_open_questions_drop_what_can_no_longer_matter() -> None:
    rules = [hold("r", {"ill": "yes", "kidneys": "failing"})]
    assert set(sheet_of(rules, {}).unknown) == {"ill", "kidneys"}
    assert sheet_of(rules, {"ill": "no"}).unknown == ()
    sheet = sheet_of(rules, {"ill": "unsure"})
    assert sheet.unknown == ("ill", "kidneys")
    assert sheet.next_questions == ("kidneys",)


def test_no_rule_no_warning() -> None:
    assert option(sheet_of([], {})).status == "option"
    assert WORLD["recommendations"]


# --- the real knowledge base ---------------------------------------------------------------------------------------


def random_answer(question: Question, dice: random.Random) -> Any:
    if question.kind == "number":
        return dice.randint(int(question.minimum or 0), int(question.maximum or 0))
    if question.kind == "many_of":
        words = [word for word in question.answers if word != "none"]
        return dice.sample(words, dice.randint(0, min(3, len(words)))) or ["none"]
    return dice.choice(question.answers)


def random_person(knowledge: KnowledgeBase, dice: random.Random, answered: float) -> Answers:
    conditions = dice.sample(list(knowledge.conditions), dice.choice([1, 1, 2]))
    asked = [q for q in knowledge.questions.values() if q.id != "preferences" and dice.random() < answered]
    answers = {q.id: "unsure" if dice.random() < 0.1 else random_answer(q, dice) for q in asked}
    return person(knowledge, conditions, answers=answers)


@pytest.fixture(scope="module")
def people(knowledge: KnowledgeBase) -> list[Answers]:
    dice = random.Random(20)
    everyone = [Answers((condition,)) for condition in knowledge.conditions]
    return everyone + [random_person(knowledge, dice, dice.choice([0.1, 0.5, 0.9])) for _ in range(60)]


def test_engines_agree_on_the_real_knowledge_base(knowledge: KnowledgeBase, people: list[Answers]) -> None:
    for answers in people:
        assert consult(knowledge, answers, "durable") == consult(knowledge, answers, "reference")
    for answers in people[::10]:
        assert explore(knowledge, answers, "durable") == explore(knowledge, answers, "reference")


def test_every_sheet_keeps_the_published_schema(knowledge: KnowledgeBase, people: list[Answers]) -> None:
    schema = json.loads((ROOT / "docs/sheet.schema.json").read_text())
    validator = jsonschema.Draft202012Validator(schema)
    validator.check_schema(schema)
    answers_schema = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/answers.schema.json").read_text()))
    for answers in people[::3]:
        validator.validate(json.loads(json.dumps(explore(knowledge, answers, "reference").as_plain())))
        answers_schema.validate(json.loads(json.dumps(as_plain(answers))))


def test_a_worse_grade_never_makes_a_status_milder(knowledge: KnowledgeBase) -> None:
    """none < mild < severe: one step up on any graded question leaves every status at least as strong."""
    dice = random.Random(7)
    graded = [q for q in knowledge.questions.values() if q.graded == "yes"]
    assert graded
    for question in graded:
        for _ in range(4):
            someone = random_person(knowledge, dice, 0.7)
            before: dict[str, str] = {}
            for value in question.answers:
                sheet = explore(knowledge, someone.answer(question.id, value), "reference")
                now = {option.id: option.status for option in sheet.options}
                milder = [id for id in now if id in before and STATUSES.index(now[id]) < STATUSES.index(before[id])]
                assert milder == [], f"{question.id}: {value} eases {milder}"
                before = now


def test_an_unknown_answer_is_between_no_and_yes(knowledge: KnowledgeBase) -> None:
    dice = random.Random(8)
    for question in knowledge.questions.values():
        if question.kind != "yes_no" or question.id in ("can_exercise", "internet_access"):
            continue
        someone = random_person(knowledge, dice, 0.8)
        rank = {}
        for value in ("no", None, "yes"):
            sheet = explore(knowledge, someone.answer(question.id, value), "reference")
            rank[value] = {option.id: STATUSES.index(option.status) for option in sheet.options}
        for id in rank["no"]:
            assert rank["no"][id] <= rank[None][id], (question.id, id)
            assert rank["yes"][id] >= rank["no"][id], (question.id, id)


def test_every_reason_has_a_text_and_a_source(knowledge: KnowledgeBase, people: list[Answers]) -> None:
    for answers in people:
        sheet = explore(knowledge, answers, "reference")
        cited = {source.id for source in sheet.sources}
        for found in sheet.options:
            for reason in found.reasons:
                assert reason.text
                assert reason.sources
                assert set(reason.sources) <= cited
        for sign in sheet.urgent:
            assert sign.text
            assert sign.action
            assert set(sign.sources) <= cited


def test_the_same_answers_and_knowledge_give_the_same_sheet(knowledge: KnowledgeBase, people: list[Answers]) -> None:
    for answers in people[:10]:
        one, two = (json.dumps(explore(knowledge, answers, "durable").as_plain()) for _ in range(2))
        assert one == two


@pytest.mark.parametrize("condition", ["back_pain", "migraine", "cancer_pain", "fibromyalgia"])
def test_rules_about_other_options_change_nothing(condition: str) -> None:
    knowledge = load_knowledge()
    for known in ({}, {"age": 71.0, "kidney_disease": "severe", "saddle_numbness": "yes"}, {"pregnancy": "could_be"}):
        person = Answers(conditions=(condition,), known=known)
        few = knowledge.about(statements(knowledge, person.conditions))
        assert len(few.rules) < len(knowledge.rules)
        assert explore(few, person, "reference") == explore(knowledge, person, "reference")


def test_every_question_has_a_name_for_sentences(knowledge: KnowledgeBase) -> None:
    names = [question.name for question in knowledge.questions.values()]
    assert all(names)
    assert len(set(names)) == len(names)
    assert not [name for name in names if "," in name or "_" in name], "names stand in lists with commas"


def test_the_page_tells_the_warning_that_gives_the_status(knowledge: KnowledgeBase) -> None:
    told_though_milder_ones_are_sure = 0
    for known in ({"age": 70.0}, {"depression": "severe", "alcohol": "heavy"}, {}):
        shown = explore(knowledge, Answers(("low_back_pain_chronic",), known), "reference")
        blocks = page(knowledge, shown, everything=False, diary=None)
        entries = {block.text: " ".join(block.details) for block in blocks if isinstance(block, Entry) and block.status}
        for one in shown.options:
            warnings = [reason for reason in one.reasons if reason.effect in CERTAIN_STATUS]
            if warnings and entries.get(one.name):
                assert warnings[0].text in entries[one.name], one.id
                told_though_milder_ones_are_sure += not warnings[0].certain and any(w.certain for w in warnings)
    assert told_though_milder_ones_are_sure


def test_a_sign_that_was_named_in_part_may_be_there_whatever_the_pain(knowledge: KnowledgeBase) -> None:
    for fever, certain in ((None, False), ("yes", True)):
        known = {"foot_wound_or_ulcer": "yes"} | ({"fever_with_pain": fever} if fever else {})
        signs = {
            sign.id: sign.certain for sign in explore(knowledge, Answers(("neck_pain",), known), "reference").urgent
        }
        assert signs["foot-ulcer-fever"] is certain


def test_what_a_possible_sign_rests_on_is_told_apart_from_what_is_not_known(knowledge: KnowledgeBase) -> None:
    answers = Answers(("neuropathic_pain",)).answer("age", 30)
    blocks = list(page(knowledge, explore(knowledge, answers, "reference"), everything=True))
    (alarm,) = (block for block in blocks if isinstance(block, Alarm))
    assert alarm.lines[-1] == "You said: age: 30 years. Not known yet - it may matter: kind of pain."
    lines = [line for block in blocks if isinstance(block, Entry) for line in block.details]
    assert any("kind of pain: not answered" in line for line in lines)
    assert not any("; unknown" in line or "condition:" in line for line in lines)


def test_what_to_do_first_is_never_cut_off_at_the_terminal() -> None:
    action = "Get help now: call an ambulance or go to an emergency department"
    for width in range(40, 90):
        printed = io.StringIO()
        Rich(Console(file=printed, width=width)).page([Alarm(action, ("Something cannot wait.",))])
        assert "department" in printed.getvalue()
        assert "Something" in printed.getvalue()
