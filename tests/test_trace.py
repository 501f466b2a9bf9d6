"""How the engine got there: a trace tells what the sheet tells, and shows all that it rests on."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from painrules.alternatives import STATUSES
from painrules.answers import Answers, read_answers
from painrules.engines import consult
from painrules.expressions import item_of
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Because, explore, signs_told
from painrules.surfaces.blocks import Alarm, Branch, Derivation, Paragraph
from painrules.surfaces.derivation_picture import draw
from painrules.surfaces.rule_sentence import rule_sentence
from painrules.surfaces.trace_page import trace_page, trace_picture
from painrules.surfaces.trace_steps import steps
from painrules.trace import Trace, trace
from tests.conftest import ROOT
from tests.generative.strategies import people, rule_bases
from tests.people import answered, somebody
from tests.screens import Screen
from tests.test_commands import data, run
from tests.world import finding, hold, person, world

PUBLISHED = Draft202012Validator(json.loads((ROOT / "docs/trace.schema.json").read_text()))
CASE = "back_pain_and_kidneys"
GIVEN = b"""conditions: [low_back_pain_chronic]
answers: {age: 67, kidney_disease: severe, medicines_taken: [anticoagulant], sleep_apnoea: unsure, saddle_numbness: yes}
"""
CHAIN = [finding("f-old", "old", {"age": {"at_least": 65}}), finding("f-frail", "frail", {"finding": "old", "ill": "yes"}),
         hold("h", {"any": [{"finding": "frail"}, {"kidneys": "weak"}]})]  # fmt: skip


def leaves(told: Trace, rule: str) -> set[Because]:
    """The answers at the ends of everything that a rule rests on."""
    rules = {rule.id: rule for rule in told.rules}
    findings = {finding.id: finding for finding in told.findings}
    found: set[Because] = set()
    for fact in rules[rule].facts:
        if fact.question == "finding":
            found |= set().union(*(leaves(told, id) for id in findings[item_of(fact.variable)].rules))
        else:
            assert fact in told.answers
            found.add(Because(fact.question, fact.answer))
    return found


def check_against_the_sheet(knowledge: KnowledgeBase, answers: Answers) -> None:
    told, sheet = trace(knowledge, answers, possible_signs=True), explore(knowledge, answers)
    PUBLISHED.validate(json.loads(json.dumps(told.as_plain())))
    rules = {rule.id: rule for rule in told.rules}
    assert [option.id for option in told.options] == [option.id for option in sheet.options]
    for option, shown in zip(told.options, sheet.options, strict=True):
        given_ = [effected.status for effected in option.rules] + (["advised_against"] if option.against else [])
        assert max(given_, key=STATUSES.index, default="option") == option.status == shown.status
        assert option.against or shown.status == "option" or any(effected.decides for effected in option.rules)
        assert {reason.rule for reason in shown.reasons} <= {effected.rule for effected in option.rules}
        for reason in shown.reasons:
            assert (rules[reason.rule].holds == "certain") is reason.certain
            assert leaves(told, reason.rule) == set(reason.because)
    assert [(sign.rule, sign.certain) for sign in told.urgent] == [(sign.id, sign.certain) for sign in sheet.urgent]
    for sign in sheet.urgent:
        assert leaves(told, sign.id) == set(sign.because)
    for id in [option.id for option in told.options][:2]:
        part = told.only([id])
        assert {effected.rule for effected in part.options[0].rules} <= {rule.id for rule in part.rules}
        assert all(leaves(part, rule.id) == leaves(told, rule.id) for rule in part.rules)


@settings(max_examples=max(1, settings.default.max_examples // 3))
@given(rule_bases(), people())
def test_a_trace_never_contradicts_the_sheet(rules: list[dict[str, Any]], data_: dict[str, Any]) -> None:
    knowledge = world(rules)
    answers = read_answers(json.dumps(data_).encode(), "person", knowledge)
    check_against_the_sheet(knowledge, answers)
    one, two = (trace(knowledge, answers, engine) for engine in ("durable", "reference"))
    assert (one.options, one.findings, one.answers) == (two.options, two.findings, two.answers)
    assert sorted(one.rules, key=repr) == sorted(two.rules, key=repr)
    for engine in ("durable", "reference"):
        conclusions = consult(knowledge, answers, engine)
        fired = conclusions.fired
        assert (set(fired), len(fired)) == (set(conclusions.rules), len(conclusions.rules)), "each once"


def test_nor_for_anyone_with_the_real_content(knowledge: KnowledgeBase) -> None:
    dice = random.Random(6)
    for unsure in (0.0, 0.3, 0.3):
        somebody_ = somebody(knowledge, dice, unsure)
        asked = dice.sample(list(somebody_.knows), len(somebody_.knows) // 2)
        for answers in (somebody_.everything, answered(Answers(somebody_.conditions), somebody_.knows, asked)):
            check_against_the_sheet(knowledge, answers)


def test_rules_are_told_in_the_order_in_which_durable_rules_fired_them() -> None:
    knowledge = world([*CHAIN[::-1], hold("late", {"kidneys": "weak"}), hold("early", {"age": {"at_least": 1}})])
    told = trace(knowledge, person(knowledge, answers={"age": 80, "ill": "yes", "kidneys": "weak"}))
    order = [rule.id for rule in told.rules]
    assert order.index("early") < order.index("late"), "facts come in by name: age, then kidneys"
    assert order.index("f-old") < order.index("f-frail"), "a rule waits for the finding it needs"
    assert [finding.id for finding in told.findings] == ["old", "frail"]


# --- pictures --------------------------------------------------------------------------------------------------------


def boxes_and_words(picture: str) -> Iterator[tuple[tuple[float, float, float, float], list[tuple[float, float]]]]:
    """Each box with the places where its lines of text begin."""
    for group in ElementTree.fromstring(picture).iter("g"):
        for box in group.findall("rect"):
            x, y, width, height = (float(box.attrib[name]) for name in ("x", "y", "width", "height"))
            yield (
                (x, y, x + width, y + height),
                [(float(t.attrib["x"]), float(t.attrib["y"])) for t in group.findall("text")],
            )


def segments(picture: str) -> Iterator[tuple[float, float, float, float]]:
    for path in ElementTree.fromstring(picture).iter("path"):
        if path.attrib["class"] == "join":
            x, y = map(float, re.findall(r"M([\d.]+) ([\d.]+)", path.attrib["d"])[0])
            for way, value in re.findall(r"([HV])([\d.]+)", path.attrib["d"]):
                to = (float(value), y) if way == "H" else (x, float(value))
                yield min(x, to[0]), min(y, to[1]), max(x, to[0]), max(y, to[1])
                x, y = to


def derivations(knowledge: KnowledgeBase) -> Iterator[Derivation]:
    wording = [{"id": id, "text": text} for id, text in knowledge.wording.items()]
    small = world(CHAIN, wording=wording)
    for answers in ({"age": 80, "ill": "yes"}, {"age": 80}, {"kidneys": "weak", "age": 3, "ill": "no"}, {}):
        yield from trees(small, person(small, answers=answers))
    yield from trees(knowledge, somebody(knowledge, random.Random(1), 0.4).everything)


def trees(knowledge: KnowledgeBase, answers: Answers) -> list[Derivation]:
    told = trace(knowledge, answers, possible_signs=True)
    return [block for block in trace_page(knowledge, "N", told, all_rules=True) if isinstance(block, Derivation)]


def test_nothing_in_a_picture_lies_over_anything_else(knowledge: KnowledgeBase) -> None:
    drawn = 0
    for derivation in derivations(knowledge):
        picture = draw(derivation)
        whole = f"<svg>{''.join(picture.elements)}</svg>"
        boxes = list(boxes_and_words(whole))
        drawn += len(boxes)
        for place, ((left, top, right, bottom), words) in enumerate(boxes):
            assert 0 <= left < right <= picture.width
            assert 0 <= top < bottom <= picture.height
            assert all(left < x < right and top + 8 < y < bottom for x, y in words), "words stand in their box"
            for (left_, top_, right_, bottom_), _ in boxes[place + 1 :]:
                assert right < left_ or right_ < left or bottom < top_ or bottom_ < top, "boxes stand apart"
            for x1, y1, x2, y2 in segments(whole):
                assert x2 <= left or right <= x1 or y2 < top or bottom < y1, "no line crosses a box"
    assert drawn > 500


def test_a_tree_ends_in_answers(knowledge: KnowledgeBase) -> None:
    def ends(branch: Branch) -> Iterator[Branch]:
        yield from [branch] if not branch.children else (end for child in branch.children for end in ends(child))

    for derivation in derivations(knowledge):
        if derivation.root.children:
            assert {end.kind for end in ends(derivation.root)} == {"answer"}, derivation.root.text


def test_what_is_unknown_is_why_a_rule_only_may_hold(knowledge: KnowledgeBase) -> None:
    small = world(CHAIN, wording=[{"id": id, "text": text} for id, text in knowledge.wording.items()])
    sure = {}
    for ill in ("yes", "unsure"):
        tablets = next(
            t for t in trees(small, person(small, answers={"age": 80, "ill": ill})) if t.root.text == "Tablets"
        )
        (rule,) = tablets.root.children
        frail = next(child for child in rule.children if child.kind == "finding")
        sure[ill] = (rule.sure, frail.sure, {end.text: end.sure for end in frail.children if end.kind == "answer"})
    assert sure == {"yes": (True, True, {"ill: yes": True}), "unsure": (False, False, {"ill: not sure": False})}


# --- the commands ----------------------------------------------------------------------------------------------------


def test_as_a_tree_plain_and_as_data() -> None:
    done = run("trace", "-", "--option", "oral_nsaids", given=GIVEN)
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    lines = [line.strip("│├└─ ") for line in done.stdout.splitlines()]
    at = lines.index("x nsaid-blood-thinner: holds; usually avoided; decides")
    assert lines[at + 2 : at + 5] == [
        "* Takes a medicine that stops blood from clotting: yes", "by find-blood-thinner", "= medicines you take: anticoagulant",
    ]  # fmt: skip
    assert "? alcohol: not answered" in lines
    plain = run("trace", "-", "--option", "oral_nsaids", "--option", "pregabalin", "--plain", given=GIVEN).stdout
    assert not any("\u2500" <= character <= "\u257f" for character in plain)
    assert "\n  Rule: nsaid-kidney-severe (holds; usually avoided; decides)\n" in plain
    assert "\n    Answer: kidney disease: severe\n" in plain
    assert plain.index("Get help now") < plain.index("Status: Anti-inflammatory"), "a sign that is there is always told"
    assert "(this sign is there)" in plain
    assert "not known whether the sign is there" not in plain
    assert "\n      Answer: sleep apnoea: not sure\n" in plain
    one, two = (
        data("trace", CASE, "--option", "pregabalin", "--engine", engine) for engine in ("durable", "reference")
    )
    assert one["options"] == two["options"]
    assert {"variable": "kidney_disease", "question": "kidney_disease", "answer": "severe"} in one["answers"]
    assert one["unsure"] == ["sleep_apnoea"]
    few = run("trace", str(ROOT / "samples/back_pain_and_kidneys.yaml"), "--language", "es").stdout
    assert "reglas más (--option" in few, "without a name only the strongest rules of each"
    more = run("trace", "-", "--option", "tens", "--urgent", "--plain", given=GIVEN).stdout
    assert "(not known whether the sign is there)" in more


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("nobody",), "neither a case"), ((CASE, "--option", "tesn"), "Did you mean 'tens'"),
     ((CASE, "--option", "triptans"), "not among the options"), ((CASE, "--step", "--format", "svg"), "--step goes with text"),
     ((CASE, "--output", "x"), "--format json, svg or html")],
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], says: str) -> None:
    done = run("trace", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr


def test_step_by_step_without_and_at_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "me.yaml").write_bytes(GIVEN)
    command = ("trace", str(tmp_path / "me.yaml"), "--option", "pregabalin", "--step")
    out = run(*command).stdout
    numbers = re.findall(r"Step (\d+) of (\d+): (\w+)", out)
    assert [int(number) for number, _, _ in numbers] == list(range(1, int(numbers[0][1]) + 1))
    assert list(dict.fromkeys(what for _, _, what in numbers)) == ["Signs", "Answers", "Findings", "Rules", "Options"]
    assert "find-older-adult holds: age: 67 years" in out
    assert "\x1b" not in out
    screen = Screen(*command, cwd=tmp_path, HOME=str(tmp_path))
    assert "Step 2" not in screen.wait("Step 1 of", "q: stop.")
    screen.press("enter")
    screen.wait("Step 2 of", "q: stop.")
    screen.press("q")
    assert screen.end() == 0
    assert "Step 3" not in screen.history()


def test_signs_that_were_told_come_before_every_other_word(knowledge: KnowledgeBase) -> None:
    feverish = Answers(("gout",), {"fever_with_pain": "yes"})
    told = trace(knowledge, feverish)
    assert [(sign.rule, sign.certain) for sign in told.urgent] == [
        (sign.id, sign.certain) for sign in signs_told(knowledge, explore(knowledge, feverish))
    ]
    asked = trace(knowledge, feverish, possible_signs=True).urgent
    assert [sign for sign in asked if sign.told] == list(told.urgent) != list(asked)
    page = list(trace_page(knowledge, "N", told, all_rules=False))
    first = next(place for place, block in enumerate(page) if isinstance(block, Paragraph) and block.tone != "strong")
    alarms = [block for block in page[:first] if isinstance(block, Alarm)]
    assert len(alarms) == len(told.urgent) > 2
    assert all(alarm.lines[0].startswith(knowledge.wording["possible"]) for alarm in alarms)
    assert steps(knowledge, told, all_rules=False)[0].what == knowledge.wording["trace.urgent"]
    drawn = trace_picture(knowledge, "N", told, all_rules=False).split("</desc>")[1]
    assert drawn.index(told.urgent[0].rule) < drawn.index("For each option")


# --- rules as sentences ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ({"ill": "yes"}, '"You are ill" is true'),
        ({"ill": "no"}, '"You are ill" is not true'),
        ({"not": {"ill": "yes"}}, '"You are ill" is not true'),
        ({"kidneys": ["failing", "weak"]}, '"kidneys" is "weak" or "failing"'),
        ({"not": {"kidneys": "weak"}}, '"kidneys" is not "weak"'),
        ({"age": {"at_least": 18, "below": 65}}, '"age" is at least 18 and below 65'),
        ({"takes": {"includes": ["lithium", "aspirin"]}}, '"takes" includes "lithium" or "aspirin"'),
        ({"condition": "sciatica"}, 'the pain is "Sciatica"'),
        ({"not": {"condition": "sciatica"}}, 'the pain is not "Sciatica"'),
        ({"preference": "prefer_home"}, '"preferences" includes "prefer home"'),
        ({"finding": "old", "ill": "yes"}, '"old" is true, and "You are ill" is true'),
        ({"not": {"finding": "old"}}, '"old" is not true'),
        ({"any": [{"ill": "yes"}, {"age": {"below": 5}, "colour": "red"}]},
         '"You are ill" is true, or ("age" is below 5, and "colour" is "red")'),
        ({"all": [{"ill": "yes"}, {"any": [{"takes": {"includes": "lithium"}}, {"takes": {"includes": "aspirin"}}]}]},
         '"You are ill" is true, and "takes" includes "lithium" or "aspirin"'),
        ({"not": {"all": [{"ill": "yes"}, {"colour": "red"}]}},
         'it is not so that ("You are ill" is true, and "colour" is "red")'),
        ({"not": {"age": {"below": 5}}}, 'it is not so that "age" is below 5'),
    ],
)  # fmt: skip
def test_a_rule_in_a_sentence(knowledge: KnowledgeBase, when: dict[str, Any], says: str) -> None:
    wording = [{"id": id, "text": text} for id, text in knowledge.wording.items()]
    rules = [CHAIN[0], hold("r", when), hold("but", when, unless=[{"id": "young", "when": {"age": {"below": 9}}}])]
    small = world(rules, wording=wording)
    assert rule_sentence(small, small.rules["r"]) == f"Tablets: usually avoided if {says}."
    assert (
        rule_sentence(small, small.rules["but"]) == f'Tablets: usually avoided if {says}, but not if "age" is below 9.'
    )


def test_every_rule_can_be_said(knowledge: KnowledgeBase) -> None:
    for rule in knowledge.rules.values():
        said = rule_sentence(knowledge, rule)
        assert said.count("(") == said.count(")"), said
        assert said.endswith("."), said
        assert "{" not in said
        assert "_" not in said, said


def test_explain() -> None:
    done = run("explain", "nsaid-blood-thinner", "--plain")
    assert (done.returncode, done.stderr) == (0, "")
    for part in ('usually avoided if "Takes a medicine that stops blood from clotting" is true.', "rules/nsaids.yaml:",
                 "(find-blood-thinner)", "Sources\n1. "):  # fmt: skip
        assert part in done.stdout, part
    found = data("explain", "tramadol-tapentadol-serotonin")
    assert found["as_written"]["then"] == found["effect"] == "check"
    assert found["sentence"].startswith("Tramadol, Tapentadol: something to ask or test first if ")
    wrong = run("explain", "nsaid-kidny-severe")
    assert (wrong.returncode, "Did you mean 'nsaid-kidney-severe'?" in wrong.stderr) == (2, True)
