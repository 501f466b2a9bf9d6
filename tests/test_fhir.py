"""FHIR resources as data: they fit the models of R4, and nothing that was answered is lost or made up on the way."""

from __future__ import annotations

import datetime
import json
import random
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.questionnaire import Questionnaire
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from painrules.answers import Answers, read_answers
from painrules.fhir.asked import conditions_of_questions
from painrules.fhir.document import document_of
from painrules.fhir.questionnaire import questionnaire_of
from painrules.fhir.response import read_response, response_of
from painrules.interview import possible_steps, start
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import ContentError, Document
from painrules.sheet import explore, signs_so_far
from tests.conftest import ROOT
from tests.people import somebody
from tests.test_commands import SAMPLE, run

HIDDEN = "http://hl7.org/fhir/StructureDefinition/questionnaire-hidden"
MADE = datetime.datetime(2026, 11, 26, 9, tzinfo=datetime.timezone.utc)


def document(knowledge: KnowledgeBase, answers: Answers) -> dict[str, Any]:
    return document_of(knowledge, answers, explore(knowledge, answers, "reference"), MADE)


def response(knowledge: KnowledgeBase, answers: Answers) -> dict[str, Any]:
    return response_of(knowledge, answers)


def items(resource: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every item of a questionnaire by its linkId."""
    found: dict[str, dict[str, Any]] = {}
    for item in resource.get("item", ()):
        assert item["linkId"] not in found
        inner = items(item)
        assert not inner.keys() & found.keys()
        found |= {item["linkId"]: item, **inner}
    return found


def shown(questionnaire: dict[str, Any], told: dict[str, Any]) -> set[str]:
    """The items that a renderer shows for a response, read from the specification of enableWhen."""
    answers: dict[str, list[Any]] = {}

    def collect(resource: dict[str, Any]) -> None:
        for item in resource.get("item", ()):
            answers.setdefault(item["linkId"], []).extend(a for a in item.get("answer", ()))
            collect(item)

    def holds(test: dict[str, Any]) -> bool:
        given = answers.get(test["question"], [])
        if test["operator"] == "exists":
            return bool(given) is test["answerBoolean"]
        if "answerCoding" in test:
            code = test["answerCoding"]["code"]
            return any(answer["valueCoding"]["code"] == code for answer in given)
        numbers = [next(iter(answer.values())) for answer in given]
        limit = test["answerInteger"]
        return any(number >= limit if test["operator"] == ">=" else number < limit for number in numbers)

    found: set[str] = set()

    def walk(resource: dict[str, Any]) -> None:
        for item in resource.get("item", ()):
            tests = [holds(test) for test in item.get("enableWhen", ())]
            if {"url": HIDDEN, "valueBoolean": True} in item.get("extension", ()):
                continue
            if not tests or (all(tests) if item.get("enableBehavior") == "all" else any(tests)):
                found.add(item["linkId"])
                walk(item)

    collect(told)
    walk(questionnaire)
    return found


def test_they_fit_the_models_of_r4(knowledge: KnowledgeBase) -> None:
    for language in ("en", "es"):
        translated = load_knowledge(ROOT, language=language)
        Questionnaire.model_validate(questionnaire_of(translated))
        person = somebody(translated, random.Random(language), unsure=0.2).everything
        Bundle.model_validate(document(translated, person))
        QuestionnaireResponse.model_validate(response(translated, person))


@pytest.mark.parametrize("number", range(6))
def test_a_form_shows_all_that_the_interview_may_ask_and_every_sign_that_is_there(
    knowledge: KnowledgeBase, number: int
) -> None:
    generator = random.Random(f"form-{number}")
    person = somebody(knowledge, generator, unsure=0.2)
    exported = questionnaire_of(knowledge)
    conditions = Answers(conditions=person.conditions)
    asked = {question.id for step in possible_steps(knowledge, start(conditions)) for question in step}
    assert asked <= shown(exported, response(knowledge, conditions))
    assert asked <= items(questionnaire_of(knowledge, person.conditions)).keys()
    told = response(knowledge, person.everything)
    signs_ = signs_so_far(knowledge, person.everything, "reference")
    signs = {f"sign.{sign.id}" for sign in signs_ if sign.certain}
    seen = shown(exported, told)
    of_rules = {id for id in seen if id.removeprefix("sign.") in knowledge.rules}
    assert of_rules == signs


def test_a_sign_that_is_named_shows_what_it_makes_matter_whatever_the_pain(knowledge: KnowledgeBase) -> None:
    exported, of_gout = questionnaire_of(knowledge), questionnaire_of(knowledge, ["gout"])
    before = shown(of_gout, response(knowledge, Answers(conditions=("gout",))))
    more = set()
    for sign in (id for id in items(of_gout) if id in knowledge.questions and knowledge.questions[id].urgent == "yes"):
        if knowledge.questions[sign].kind == "yes_no":
            told = Answers(("gout",), {sign: "yes"})
            asked = {question.id for step in possible_steps(knowledge, start(told)) for question in step}
            for form in (exported, of_gout):
                assert asked <= shown(form, response(knowledge, told)), sign
            more |= shown(of_gout, response(knowledge, told)) & knowledge.questions.keys() - before
    assert "red_painful_eye" in more, "after a new rash with blisters"
    assert "migraine_aura" not in more


def test_a_question_that_cannot_matter_is_not_shown(knowledge: KnowledgeBase) -> None:
    exported = questionnaire_of(knowledge)
    gout = shown(exported, response(knowledge, Answers(conditions=("gout",))))
    assert "migraine_aura" in items(exported)
    assert "migraine_aura" not in gout
    every = shown(exported, response(knowledge, Answers(conditions=tuple(knowledge.conditions))))
    assert every & knowledge.questions.keys() == conditions_of_questions(knowledge).keys()
    assert items(exported).keys() >= knowledge.questions.keys(), "every answer has its item"
    assert len(items(questionnaire_of(knowledge, ["gout"]))) < len(items(exported)) * 0.9


def test_every_urgent_rule_has_its_item(knowledge: KnowledgeBase) -> None:
    urgent = {f"sign.{rule.id}" for rule in knowledge.rules.values() if rule.effect == "urgent"}
    assert urgent <= items(questionnaire_of(knowledge)).keys()


def test_answers_come_back_as_they_were(knowledge: KnowledgeBase) -> None:
    for number in range(20):
        answers = somebody(knowledge, random.Random(f"back-{number}"), unsure=0.3).everything
        again, left = read_response(Document("here", response(knowledge, answers)), knowledge)
        assert not left
        assert (again.conditions, again.known, again.unsure) == (answers.conditions, answers.known, answers.unsure)


def test_what_is_not_read_is_told_and_stays_unknown(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    def item(id: str, *answers: Any) -> dict[str, Any]:
        return {"linkId": id, "answer": list(answers)}

    def coded(question: str, code: str, **more: Any) -> dict[str, Any]:
        return {"valueCoding": {"system": f"urn:painrules:{question}", "code": code, **more}}

    told = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "urn:elsewhere:form",
        "status": "completed",
        "item": [
            item("conditions", coded("conditions", "gout"), coded("conditions", "gotu")),
            item("kidney_disease", coded("kidney_disease", "severe", system="urn:other")),
            item("liver_disease", {"valueString": "severe"}),
            item("blood_pressure", coded("blood_pressure", "low"), coded("blood_pressure", "normal")),
            item("heart_disease", coded("heart_disease", "none"), coded("heart_disease", "coronary")),
            item("age", {"valueInteger": 400}),
            item("pain_intensity", {"valueInteger": 5}),
            item("pain_intensity.unsure", coded("pain_intensity", "unsure")),
            item("saddle_numbness", coded("saddle_numbness", "yes")),
            item("saddle_numbness", coded("saddle_numbness", "no")),
            item("vision_loss", {}),
            item("smokes", coded("smokes", "yes")),
            {"linkId": "elsewhere", "item": [item("smoking", coded("smoking", "yes"))]},
        ],
    }
    (tmp_path / "response.json").write_text(json.dumps(told))
    done = run("fhir", "import", "response.json", "--output", "me.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert (tmp_path / "me.yaml").stat().st_mode & 0o777 == 0o600
    assert yaml.load((tmp_path / "me.yaml").read_text(), yaml.BaseLoader) == {
        "conditions": ["gout"], "answers": {"pain_intensity": "5", "saddle_numbness": "yes", "smoking": "yes"}
    }  # fmt: skip
    lines = done.stderr.splitlines()
    for expected in ("questionnaire", "gotu", "urn:other", "valueString", "low, normal", "none, coronary", "400",
                     "pain_intensity.unsure", "item[9]", "without a value", "Did you mean 'smoking'?"):  # fmt: skip
        assert any(expected in line for line in lines), (expected, lines)
    assert len(lines) == 12
    assert lines[-1] == "11 things not read; everything else was."


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"resourceType": "Questionnaire"}, "is not QuestionnaireResponse"),
        ([], "is not QuestionnaireResponse"),
        ({"resourceType": "QuestionnaireResponse", "status": "entered-in-error"}, "takes it back"),
        ({"resourceType": "QuestionnaireResponse"}, "names no kind of pain"),
        ({"resourceType": "QuestionnaireResponse", "item": {}}, "is not a list"),
        ({"resourceType": "QuestionnaireResponse", "item": [3]}, "is not an object"),
        ({"resourceType": "QuestionnaireResponse", "item": [{"linkId": [], "answer": [{"valueCoding": {"code": {}}}]}]}, "kind of pain"),
    ],
)  # fmt: skip
def test_what_is_no_response_is_refused(knowledge: KnowledgeBase, data: Any, expected: str) -> None:
    with pytest.raises(ContentError, match=expected):
        read_response(Document("here", data), knowledge)


def test_the_document_says_what_the_page_says_and_not_who_it_is(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    command = ("fhir", "sheet", "--answers", str(SAMPLE), "--made", MADE.isoformat())
    done, again = run(*command, cwd=tmp_path), run(*command, "--engine", "reference", cwd=tmp_path)
    assert done.stdout == again.stdout
    bundle = json.loads(done.stdout)
    answers = read_answers(SAMPLE.read_bytes(), "me", knowledge)
    kinds = [entry["resource"]["resourceType"] for entry in bundle["entry"]]
    assert kinds == ["Composition", "Patient", "Device", "QuestionnaireResponse"]
    by_kind = {entry["resource"]["resourceType"]: entry["resource"] for entry in bundle["entry"]}
    assert by_kind["Patient"].keys() == {"resourceType", "id", "active"}
    whole = [by_kind["Composition"], *by_kind["Composition"]["section"]]
    texts = "".join("".join(ElementTree.fromstring(part["text"]["div"]).itertext()) for part in whole)
    page = run("explore", "--answers", str(SAMPLE), "--all", "--plain").stdout
    titles = {section["title"] for section in whole[1:]}
    assert {category.name for category in knowledge.categories.values()} <= titles
    for option in explore(knowledge, answers, "reference").options:
        assert option.name in texts
        assert all(reason.text in texts for reason in option.reasons)
    assert "usually avoided" in texts
    assert "usually avoided" in page
    other = Answers(conditions=answers.conditions, known={**answers.known, "age": 68.0})
    assert document(knowledge, other)["id"] != bundle["id"]
    told, left = read_response(Document("here", by_kind["QuestionnaireResponse"]), knowledge)
    assert (told.known, left) == (answers.known, ())
