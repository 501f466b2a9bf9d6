"""What other programs make of our FHIR resources: a validator with the profiles of R4, and LHC-Forms in a real browser."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect

from painrules.fhir.codes import answers_of
from painrules.fhir.questionnaire import questionnaire_of
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from tests.conftest import ROOT
from tests.people import somebody
from tests.test_commands import SAMPLE, run
from tests.test_fhir import MADE, document, response

HERE = ROOT / "tests/fhir"
LFORMS = HERE / "node_modules/lforms/dist/lforms"
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>form</title>
<link rel="stylesheet" href="/webcomponent/styles.css"></head><body><div id="form"></div>
<script src="/webcomponent/assets/lib/zone.min.js"></script><script src="/webcomponent/lhc-forms.js"></script>
<script src="/fhir/R4/lformsFHIR.min.js"></script></body></html>"""
KINDS = {".js": "text/javascript", ".css": "text/css"}


def judged(*resources: Any) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", "validate.js"], cwd=HERE, input=json.dumps(resources), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_a_validator_finds_no_error(knowledge: KnowledgeBase) -> None:
    spanish = load_knowledge(ROOT, language="es")
    resources = [
        questionnaire_of(knowledge),
        questionnaire_of(spanish),
        questionnaire_of(knowledge, ["gout", "sciatica"]),
    ]
    for number in range(5):
        person = somebody(knowledge, random.Random(f"fhir-{number}"), unsure=0.2)
        resources += [document(knowledge, person.everything), response(knowledge, person.everything)]
    resources.append(document(spanish, person.everything))
    for verdict in judged(*resources):
        told = [message for message in verdict["messages"] if message["severity"] in ("error", "fatal")]
        assert verdict["valid"], told[:5]


def test_the_validator_can_find_errors(knowledge: KnowledgeBase) -> None:
    good = response(knowledge, somebody(knowledge, random.Random(1)).everything)
    bad = [{**good, "status": "done"}, {**good, "item": [{"text": "no linkId"}]}, {**good, "surprise": 1}]
    assert [verdict["valid"] for verdict in judged(good, *bad)] == [True, False, False, False]


@pytest.fixture
def form(browser: Browser) -> Any:
    page = browser.new_page(viewport={"width": 1000, "height": 1400})
    asked: list[str] = []

    def give(route: Route) -> None:
        path = route.request.url.removeprefix("http://localhost/").partition("?")[0]
        file = LFORMS / path
        if not path:
            route.fulfill(body=PAGE, content_type="text/html")
        elif route.request.url.startswith("http://localhost/") and file.is_file():
            route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "application/octet-stream"))
        else:
            asked.append(route.request.url)
            route.fulfill(status=404)

    page.set_default_timeout(20_000)
    page.route("**/*", give)
    page.goto("http://localhost/")
    page.wait_for_function("window.LForms && LForms.Util && LForms.FHIR")
    yield page
    assert [url for url in asked if not url.startswith("http://localhost/")] == []
    page.close()


def show(page: Page, questionnaire: dict[str, Any]) -> None:
    page.evaluate("async q => await LForms.Util.addFormToPage(q, 'form', {fhirVersion: 'R4'})", questionnaire)
    page.locator("[id='item-age/1/1']").wait_for()


def choose(page: Page, question: str, answer: str) -> None:
    field = page.locator(f"[id='{question}']")
    field.click()
    field.press_sequentially(answer)
    page.get_by_role("option", name=answer).or_(
        page.locator("#lhc-tools-searchResults li", has_text=answer)
    ).first.click()


def tick(page: Page, question: str, answer: str) -> None:
    page.locator(f"[id^='item-{question}/']").get_by_text(answer, exact=True).click()


def test_a_form_filled_in_elsewhere_comes_back_as_answers(form: Page, tmp_path: Path, knowledge: KnowledgeBase) -> None:
    def words(question: str, answer: str) -> str:
        return answers_of(knowledge, knowledge.questions[question])[answer]

    exported = run("fhir", "questionnaire", "--output", "q.json", cwd=tmp_path)
    assert exported.returncode == 0, exported.stderr
    show(form, json.loads((tmp_path / "q.json").read_text()))

    both_legs = form.locator("[id^='item-both_legs_symptoms/']")
    expect(both_legs).to_have_count(0)
    choose(form, "conditions/1", "Long-lasting low back pain")
    expect(both_legs).to_be_visible()
    sign = form.locator("[id^='item-sign.both-legs/']")
    expect(sign).to_have_count(0)
    tick(form, "both_legs_symptoms", "yes")
    expect(sign).to_contain_text("Go to an emergency department now.")
    tick(form, "saddle_numbness", "no")
    tick(form, "new_confusion", "I am not sure")
    inside_a_group = form.locator("[id^='item-sign.spine-fever/']")
    expect(inside_a_group).to_have_count(0)
    tick(form, "fever_with_pain", "yes")
    expect(inside_a_group).to_be_visible()

    unsure_of_age = form.locator("[id^='item-age.unsure/']")
    expect(unsure_of_age).to_be_visible()
    form.locator("[id='age/1/1']").fill("67")
    form.locator("[id='age/1/1']").blur()
    expect(unsure_of_age).to_have_count(0)
    form.locator("[id^='item-acute_medicine_days_per_month.unsure/']").get_by_text("I am not sure", exact=True).click()
    tick(form, "kidney_disease", words("kidney_disease", "severe"))
    tick(form, "heart_disease", words("heart_disease", "none"))
    tick(form, "asthma_or_lung_disease", words("asthma_or_lung_disease", "asthma"))
    choose(form, "medicines_taken/1/1", words("medicines_taken", "warfarin"))

    said = form.evaluate("LForms.Util.getFormFHIRData('QuestionnaireResponse', 'R4')")
    (tmp_path / "response.json").write_text(json.dumps(said))
    assert judged(said)[0]["valid"]
    done = run("fhir", "import", "response.json", "--output", "answers.yaml", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert yaml.load((tmp_path / "answers.yaml").read_text(), yaml.BaseLoader) == {
        "conditions": ["low_back_pain_chronic"],
        "answers": {
            "acute_medicine_days_per_month": "unsure",
            "age": "67",
            "asthma_or_lung_disease": ["asthma"],
            "both_legs_symptoms": "yes",
            "fever_with_pain": "yes",
            "heart_disease": ["none"],
            "kidney_disease": "severe",
            "medicines_taken": ["warfarin"],
            "new_confusion": "unsure",
            "saddle_numbness": "no",
        },
    }
    sheet = run("fhir", "sheet", "--answers", "answers.yaml", "--made", MADE.isoformat(), cwd=tmp_path)
    assert judged(json.loads(sheet.stdout))[0]["valid"]


def test_a_response_of_ours_is_shown_in_the_form(form: Page, tmp_path: Path) -> None:
    done = run("fhir", "sheet", "--answers", str(SAMPLE), cwd=tmp_path)
    entries = [entry["resource"] for entry in json.loads(done.stdout)["entry"]]
    told = next(one for one in entries if one["resourceType"] == "QuestionnaireResponse")
    exported = json.loads(run("fhir", "questionnaire", "--language", "es", cwd=tmp_path).stdout)
    shown = form.evaluate(
        """([q, told]) => {
            const form = LForms.Util.convertFHIRQuestionnaireToLForms(q, 'R4');
            const filled = LForms.Util.mergeFHIRDataIntoLForms('QuestionnaireResponse', told, form, 'R4');
            return LForms.Util.addFormToPage(filled, 'form', {fhirVersion: 'R4'}).then(() => 'shown');
        }""",
        [exported, told],
    )
    assert shown == "shown"
    expect(form.locator("[id='age/1/1']")).to_have_value("67")
    expect(form.get_by_text("Opciones para")).not_to_have_count(0)
