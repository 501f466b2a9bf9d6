"""A QuestionnaireResponse as answers, and answers as one. What cannot be read is told, never dropped in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from painrules.answers import Answer, Answers
from painrules.entries import Question
from painrules.fhir.codes import (
    CONDITIONS,
    NONE,
    QUESTIONNAIRE,
    UNSURE,
    Resource,
    answers_of,
    coding,
    system,
    unsure_item,
)
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Place, did_you_mean, field_name, one_line, shown

NOT_MEANT = "entered-in-error"


class LeftOut(Struct, frozen=True):
    """An answer that was not read, and why."""

    place: str
    item: str
    why: str

    def __str__(self) -> str:
        """Give it on one line."""
        return one_line(f"{self.place}: {self.item}: {self.why}")


def read_response(document: Document, knowledge: KnowledgeBase) -> tuple[Answers, tuple[LeftOut, ...]]:
    """The answers in a response, and all that was left out. Raises ContentError for what is no response of ours."""
    data = document.data
    if not isinstance(data, dict) or data.get("resourceType") != "QuestionnaireResponse":
        raise ContentError([document.problem(("resourceType",), "is not QuestionnaireResponse.")])
    if data.get("status") == NOT_MEANT:
        raise ContentError([document.problem(("status",), f"is {NOT_MEANT}: whoever sent it takes it back.")])
    reader = _Reader(document, knowledge)
    whose = str(data.get("questionnaire") or "")
    if whose and not whose.startswith(QUESTIONNAIRE):
        reader.leave(("questionnaire",), whose, "is another questionnaire; items of the same name were read.")
    reader.items((), data)
    if not reader.conditions:
        raise ContentError(
            [document.problem(("item",), f"names no kind of pain (item {CONDITIONS!r}).", "Choose at least one."),
             *(document.problem((), str(left)) for left in reader.left)]
        )  # fmt: skip
    answers = Answers(tuple(reader.conditions), MappingProxyType(reader.known), frozenset(reader.unsure))
    return answers, tuple(reader.left)


class _Reader(Struct):
    document: Document
    knowledge: KnowledgeBase
    conditions: list[str] = field(default_factory=list)
    known: dict[str, Answer] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    left: list[LeftOut] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    def leave(self, place: Place, item: object, why: str) -> None:
        self.left.append(LeftOut(field_name(place), shown(item), why))

    def listed(self, place: Place, data: Mapping[str, Any], name: str) -> Iterator[tuple[Place, dict[str, Any]]]:
        found = data.get(name, [])
        if not isinstance(found, list):
            raise ContentError([self.document.problem((*place, name), "is not a list.")])
        for number, entry in enumerate(found):
            if not isinstance(entry, dict):
                raise ContentError([self.document.problem((*place, name, number), "is not an object.")])
            yield (*place, name, number), entry

    def items(self, place: Place, data: Mapping[str, Any]) -> None:
        """Read the items inside a response, an item or an answer."""
        for where, item in self.listed(place, data, "item"):
            answers = list(self.listed(where, item, "answer"))
            values = [(at, name, value) for at, answer in answers for name, value in _values(answer)]
            for at, answer in answers:
                if not any(True for _ in _values(answer)):
                    self.leave(at, item.get("linkId"), "is an answer without a value.")
                self.items(at, answer)
            if values:
                self.item(where, str(item.get("linkId")), values)
            self.items(where, item)

    def item(self, place: Place, id: str, values: list[tuple[Place, str, Any]]) -> None:
        question = self.knowledge.questions.get(id.removesuffix(f".{UNSURE}"))
        if id in self.seen:
            self.leave(place, id, "was answered before; the first answer counts.")
            return
        self.seen.add(id)
        if id == CONDITIONS:
            self.conditions = self.codes(id, self.knowledge.conditions, values)
        elif question is not None and id == unsure_item(question.id):
            self.not_sure(place, question, self.codes(question.id, {UNSURE: ""}, values))
        elif question is None or question.id != id:
            hint = did_you_mean(id, (CONDITIONS, *self.knowledge.questions))
            self.leave(place, id, f"is not an item that we know. {hint}".strip())
        elif question.kind == "number":
            self.number(question, values)
        else:
            self.choice(place, question, self.codes(id, answers_of(self.knowledge, question), values))

    def codes(self, question: str, valid: Mapping[str, object], values: list[tuple[Place, str, Any]]) -> list[str]:
        """The codes of an item that are ours."""
        found: list[str] = []
        for place, name, value in values:
            code = value.get("code") if name == "valueCoding" and isinstance(value, dict) else None
            if not isinstance(code, str):
                self.leave(place, question, f"{name} is not a coded answer.")
            elif value.get("system", system(question)) != system(question):
                self.leave(
                    place, question, f"{shown(code)} is a code of {shown(value['system'])}, not of {system(question)}."
                )
            elif code not in valid:
                self.leave(place, question, f"{shown(code)} is not an answer. {did_you_mean(code, valid)}".strip())
            elif code in found:
                self.leave(place, question, f"{shown(code)} stands twice; it counts once.")
            else:
                found.append(code)
        return found

    def not_sure(self, place: Place, question: Question, codes: list[str]) -> None:
        if codes and question.id in self.known:
            self.leave(place, unsure_item(question.id), "says not sure of a number that was given; the number counts.")
        elif codes:
            self.unsure.add(question.id)

    def number(self, question: Question, values: list[tuple[Place, str, Any]]) -> None:
        low, high = question.minimum or 0, question.maximum or 0
        for place, name, value in values:
            if name not in ("valueInteger", "valueDecimal") or not isinstance(value, (int, float)):
                self.leave(place, question.id, f"{name} is not a number.")
            elif not low <= value <= high:
                self.leave(place, question.id, f"{shown(value)} is outside {low:g} to {high:g}.")
            elif question.id in self.known:
                self.leave(place, question.id, "is a second number; the first counts.")
            else:
                self.known[question.id] = float(value)
                if question.id in self.unsure:
                    self.unsure.remove(question.id)
                    self.leave(place, question.id, "was also said to be unsure; the number counts.")

    def choice(self, place: Place, question: Question, codes: list[str]) -> None:
        alone = {UNSURE, NONE} if question.kind == "many_of" else {UNSURE}
        if len(codes) > 1 and (question.kind != "many_of" or alone & {*codes}):
            self.leave(place, question.id, f"{', '.join(codes)} cannot hold together, so it stays unknown.")
        elif codes == [UNSURE]:
            self.unsure.add(question.id)
        elif codes:
            self.known[question.id] = frozenset(codes) - {NONE} if question.kind == "many_of" else codes[0]


def _values(answer: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, value in answer.items() if name.startswith("value"))


# --- answers as a response -----------------------------------------------------------------------------------------


def response_of(knowledge: KnowledgeBase, answers: Answers) -> Resource:
    """The answers of a person as a response; what they tried and marked has no place in it."""
    items = [_item(CONDITIONS, [coding(CONDITIONS, id, knowledge.conditions[id].name) for id in answers.conditions])]
    for screen in knowledge.screens.values():
        inner = [
            item
            for question in knowledge.questions.values()
            if question.screen == screen.id and (item := _answered(knowledge, question, answers))
        ]
        if inner:
            items.append({"linkId": f"screen.{screen.id}", "text": screen.title, "item": inner})
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": QUESTIONNAIRE,
        "status": "completed",
        "item": items,
    }


def _answered(knowledge: KnowledgeBase, question: Question, answers: Answers) -> Resource | None:
    said = answers_of(knowledge, question)
    value = answers.known.get(question.id)
    number = question.kind == "number"
    if question.id in answers.unsure:
        id = unsure_item(question.id) if number else question.id
        return _item(id, [coding(question.id, UNSURE, said[UNSURE])], question.ask)
    if value is None:
        return None
    if isinstance(value, float):
        exact = {"valueInteger": int(value)} if value.is_integer() else {"valueDecimal": value}
        return {"linkId": question.id, "text": question.ask, "answer": [exact]}
    codes = [value] if isinstance(value, str) else sorted(value) or [NONE]
    return _item(question.id, [coding(question.id, code, said[code]) for code in codes], question.ask)


def _item(id: str, codings: list[Resource], text: str = "") -> Resource:
    return {"linkId": id, **({"text": text} if text else {}), "answer": [{"valueCoding": one} for one in codings]}
