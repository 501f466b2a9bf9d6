"""The names by which FHIR resources of ours call things: codes, systems and items. They are the ids of our files.

No code of another system is used: none means just what our questions ask, and a code that is nearly right is wrong.
A system is named `urn:painrules:` and the question whose answers it holds, as no domain on the web is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias
from uuid import NAMESPACE_URL, uuid5

from painrules.entries import Question
from painrules.knowledge import KnowledgeBase

Resource: TypeAlias = dict[str, Any]
"""A resource or a part of one, as the plain data of its JSON."""

URN = "urn:painrules:"
QUESTIONNAIRE = f"{URN}questionnaire"
CONDITIONS = "conditions"
"""The item that asks for the kinds of pain; all other items with answers are named after their question."""
UNSURE = "unsure"
NONE = "none"
CORE = "http://hl7.org/fhir/StructureDefinition/"
"""Where FHIR defines its own extensions."""


def system(question: str) -> str:
    """The code system of the answers to a question."""
    return URN + question


def coding(question: str, code: str, display: str = "") -> Resource:
    """An answer, or a kind of pain, as a coding."""
    return {"system": system(question), "code": code, **({"display": display} if display else {})}


def concept(of: str, code: str, text: str) -> Resource:
    """Something that has one code of ours."""
    return {"coding": [coding(of, code, text)], "text": text}


def control(name: str) -> Resource:
    """How an item is to be drawn."""
    coded = {"system": "http://hl7.org/fhir/questionnaire-item-control", "code": name}
    return {"url": f"{CORE}questionnaire-itemControl", "valueCodeableConcept": {"coding": [coded]}}


def unsure_item(question: str) -> str:
    """The item that takes 'not sure' instead of a number."""
    return f"{question}.{UNSURE}"


def answers_of(knowledge: KnowledgeBase, question: Question) -> Mapping[str, str]:
    """Every answer that can be coded, with the words for it; of many, 'none of these' is one by itself."""
    words = knowledge.wording
    said = {value.id: value.say for value in question.values}
    if question.kind == "yes_no":
        said = {"yes": words["yes"], "no": words["no"]}
    if question.kind == "many_of":
        none = said.pop(NONE, words["web.none"])
        said[NONE] = none
    return {**said, UNSURE: words["web.not_sure"]}


def stable_id(*parts: str) -> str:
    """The same id for the same parts, whenever it is made."""
    return str(uuid5(NAMESPACE_URL, URN + ":".join(parts)))
