"""The interview as a FHIR R4 Questionnaire.

Screens are groups, and an item is named by the id of its question, so that a response can be read back. A question is
shown for the kinds of pain for which it can matter, and once a sign was named that makes it matter whatever the pain;
one that no rule rests on is hidden, and there only for answers that were given elsewhere. Nothing is required: what is
left out stays unknown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from painrules import __version__
from painrules.entries import Question
from painrules.fhir.asked import conditions_of_questions, questions_of_form, signs_of_questions
from painrules.fhir.codes import (
    CONDITIONS,
    CORE,
    NONE,
    QUESTIONNAIRE,
    UNSURE,
    Resource,
    answers_of,
    coding,
    control,
    stable_id,
    unsure_item,
)
from painrules.fhir.signs import questions_of_sign, sign_item
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import language_lines

MOST_BOXES = 15
"""Answers that are drawn as boxes to tick; of more, some are searched for."""


def questionnaire_of(knowledge: KnowledgeBase, conditions: Sequence[str] = ()) -> Resource:
    """The whole questionnaire, or what it asks of people with some of these kinds of pain."""
    words = knowledge.wording
    chosen = [id for id in knowledge.conditions if not conditions or id in conditions]
    url = ":".join((QUESTIONNAIRE, *(chosen if conditions else ())))
    checked = {"date": knowledge.review.checked} if knowledge.review else {}
    notes = [words["web.urgent_first"], *language_lines(knowledge), words["purpose"]]
    return {
        "resourceType": "Questionnaire",
        "id": stable_id(url, knowledge.language, knowledge.digest),
        "language": knowledge.language,
        "url": url,
        "version": f"{__version__}-{knowledge.digest[:12]}",
        "name": "Painrules",
        "title": words["title"],
        "status": "active",
        "subjectType": ["Patient"],
        **checked,
        "description": " ".join(notes),
        "item": [
            *({"linkId": f"note.{n}", "text": note, "type": "display"} for n, note in enumerate(notes, 1)),
            _conditions(knowledge, chosen, only=len(conditions) == 1),
            *_screens(knowledge, chosen),
        ],
    }


def _conditions(knowledge: KnowledgeBase, chosen: Iterable[str], *, only: bool) -> Resource:
    options = []
    for id in chosen:
        option: Resource = {"valueCoding": coding(CONDITIONS, id, knowledge.conditions[id].name)}
        options.append({**option, **({"initialSelected": True} if only else {})})
    return {
        "linkId": CONDITIONS,
        "text": knowledge.wording["interview.where"],
        "type": "choice",
        "repeats": True,
        "extension": [control("autocomplete")],
        "answerOption": options,
    }


def _screens(knowledge: KnowledgeBase, chosen: Sequence[str]) -> Iterator[Resource]:
    asked = questions_of_form(knowledge, chosen)
    seen = {CONDITIONS}
    signs = [
        item for rule in knowledge.rules.values() if rule.effect == "urgent" if (item := sign_item(knowledge, rule))
    ]
    for screen in knowledge.screens.values():
        questions = [question for question in knowledge.questions.values() if question.screen == screen.id]
        if len(chosen) < len(knowledge.conditions):
            questions = [question for question in questions if question.id in asked]
        if not questions:
            continue
        items = [item for question in questions for item in _question(knowledge, question, chosen, asked)]
        seen |= {question.id for question in questions}
        told = [sign for sign in signs if questions_of_sign(sign) <= seen]
        signs = [sign for sign in signs if sign not in told]
        intro = {"linkId": f"screen.{screen.id}.intro", "text": screen.intro, "type": "display"}
        yield {
            "linkId": f"screen.{screen.id}",
            "text": screen.title,
            "type": "group",
            "item": [*([intro] if screen.intro else []), *items, *told],
        }


def _question(
    knowledge: KnowledgeBase, question: Question, chosen: Sequence[str], in_form: Collection[str]
) -> Iterator[Resource]:
    """The item of a question; after a number another one, to say 'not sure' while it is empty."""
    asked = conditions_of_questions(knowledge).get(question.id, frozenset())
    named = sorted(signs_of_questions(knowledge).get(question.id, frozenset()) & {*in_form})
    hidden = [] if asked or named else [{"url": f"{CORE}questionnaire-hidden", "valueBoolean": True}]
    needed = [id for id in chosen if id in asked]
    tests = [*((CONDITIONS, condition) for condition in needed), *((sign, "yes") for sign in named)]
    when = [
        {"question": id, "operator": "=", "answerCoding": coding(id, answer)}
        for id, answer in (tests if len(needed) < len(chosen) else ())
    ]
    shown = {"enableWhen": when, **({"enableBehavior": "any"} if len(when) > 1 else {})} if when else {}
    item: Resource = {"linkId": question.id, "text": question.ask, **shown}
    if question.help:
        help_: Resource = {"linkId": f"{question.id}.help", "text": question.help, "type": "display"}
        item["item"] = [{**help_, "extension": [control("help")]}]
    said = answers_of(knowledge, question)
    if question.kind != "number":
        many = question.kind == "many_of"
        drawn = "autocomplete" if len(said) > MOST_BOXES else "check-box" if many else "radio-button"
        options = [_option(question, id, text, many=many) for id, text in said.items()]
        many_ = {"repeats": True} if many else {}
        yield {**item, "type": "choice", **many_, "extension": [*hidden, control(drawn)], "answerOption": options}
        return
    limits = [
        {"url": f"{CORE}{name}", "valueInteger": int(limit or 0)}
        for name, limit in (("minValue", question.minimum), ("maxValue", question.maximum))
    ]
    unit = [{"url": f"{CORE}questionnaire-unit", "valueCoding": {"display": question.unit}}] if question.unit else []
    yield {**item, "type": "integer", "extension": [*hidden, *limits, *unit]}
    empty = {"question": question.id, "operator": "exists", "answerBoolean": False}
    yield {
        "linkId": unsure_item(question.id),
        "text": f"{question.ask} {said[UNSURE]}",
        "type": "choice",
        "enableWhen": [empty],
        "extension": [*hidden, control("radio-button")],
        "answerOption": [_option(question, UNSURE, said[UNSURE], many=False)],
    }


def _option(question: Question, id: str, text: str, *, many: bool) -> Resource:
    alone = {"url": f"{CORE}questionnaire-optionExclusive", "valueBoolean": True}
    exclusive = {"extension": [alone]} if many and id in (NONE, UNSURE) else {}
    return {**exclusive, "valueCoding": coding(question.id, id, text)}
