"""painrules as a library: the names that are kept, and what they show in a notebook."""

from __future__ import annotations

import json
import pydoc
from pathlib import Path

import nbclient
import nbformat
import pytest

import painrules
import painrules.library
from painrules.loading import load_knowledge
from painrules.reading import ContentError
from tests.conftest import ROOT
from tests.test_commands import SAMPLE, data

PERSON = {"conditions": ["gout"], "answers": {"age": 71, "kidney_disease": "severe", "depression": "unsure"}}


def test_a_sheet_is_that_of_the_command_line() -> None:
    for person in (SAMPLE, str(SAMPLE), painrules.read_answers(SAMPLE)):
        shown = json.loads(json.dumps(painrules.explore(person, engine="reference").as_plain(), default=list))
        assert shown == data("explore", "--answers", str(SAMPLE))


def test_a_teaching_case_is_a_person_too() -> None:
    case = ROOT / "cases/back_pain_and_kidneys.yaml"
    shown = json.loads(json.dumps(painrules.explore(case, engine="reference").as_plain(), default=list))
    assert shown == data("explore", "--answers", "back_pain_and_kidneys")


def test_help_tells_what_the_functions_give() -> None:
    told = pydoc.render_doc(painrules.library, renderer=pydoc.plaintext)
    assert all(f"class {name}(" in told for name in ("Explored", "Proved", "Summarised"))
    for class_ in (painrules.library.KnowledgeBase, painrules.library.Answers, painrules.library.Conclusions):
        assert class_.__name__ in pydoc.render_doc(class_)


def test_plain_data_and_what_is_wrong_with_it() -> None:
    explored = painrules.explore({**PERSON, "answers": {**PERSON["answers"], "osteoporosis": True}}, engine="reference")
    assert explored.answers.known["osteoporosis"] == "yes"
    assert explored.answers.unsure == {"depression"}
    assert painrules.consult(explored.answers).rules == painrules.consult(explored.answers, engine="reference").rules
    with pytest.raises(ContentError, match=r"answers\.kidney_disease: 'bad' is not an answer"):
        painrules.explore({"conditions": ["gout"], "answers": {"kidney_disease": "bad"}})


def test_pages_in_a_notebook() -> None:
    explored = painrules.explore(PERSON, engine="reference")
    assert explored.html().startswith("<!DOCTYPE html>")
    assert explored.markdown().startswith("# ")
    shown = explored._repr_html_()
    assert shown.startswith("<iframe")
    assert 'sandbox=""' in shown
    assert "<script" not in shown
    assert "&lt;main" in shown, "the page is inside the frame, as text until the browser reads it"


def test_proofs_and_cohorts(tmp_path: Path) -> None:
    proved = painrules.prove(["never-empty"])
    assert proved.holds
    assert "left without any option" in proved._repr_html_()
    people = painrules.made_up_people(500, seed=3)
    summarised = painrules.summarise_cohort(people)
    people.write_parquet(tmp_path / "people.parquet")
    assert summarised.as_plain() == painrules.summarise_cohort(tmp_path / "people.parquet").as_plain()
    assert summarised.as_plain()["people"] == 500
    assert summarised._repr_svg_().startswith("<svg")


def test_names_are_imported_when_asked_for() -> None:
    assert all(callable(getattr(painrules, name)) for name in painrules.__all__)
    with pytest.raises(AttributeError, match="no attribute 'wrong'"):
        _ = painrules.wrong
    assert painrules.load_knowledge() is painrules.load_knowledge()
    assert painrules.load_knowledge(ROOT).digest == load_knowledge().digest


def test_the_tutorial_runs() -> None:
    notebook = nbformat.read(ROOT / "docs/tutorial.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    assert any("text/html" in output.get("data", {}) for output in outputs)
    assert any("image/svg+xml" in output.get("data", {}) for output in outputs)
