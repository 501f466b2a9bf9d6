"""A person's answers: read from an answers file, written to one, and turned into the facts that rules test."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, cast

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.entries import Question
from painrules.expressions import Fact, item_of, question_of, truth, variables
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Place, Problem, did_you_mean, plain_value, read_bytes, shown

Answer: TypeAlias = "str | float | frozenset[str]"
"""One of the question's answers, a number, or the complete set of those that apply (empty: none of them)."""
Tried = Literal["helped", "did_not_help", "side_effects"]
TRIED: tuple[Tried, ...] = ("helped", "did_not_help", "side_effects")
PREFERENCES = "preferences"
"""The many-valued question that stands in a place of its own in answers files."""
SECTIONS = ("conditions", "answers", "tried", PREFERENCES, "talk_about")
MOST_PROBLEMS = 200
"""Told of one file: whoever has more gave the wrong file, and each takes time to find a hint for."""


class Answers(Struct, frozen=True):
    """What one person told: what is neither in `known` nor in `unsure` was not answered."""

    conditions: tuple[str, ...] = ()
    known: Mapping[str, Answer] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    tried: Mapping[str, Tried] = field(default_factory=dict)
    talk_about: tuple[str, ...] = ()
    """Treatments that the person marked to talk about."""

    def answer(self, question: str, value: Answer | None) -> Answers:
        """The same person with one answer more; None stands for 'not sure'."""
        known = {id: old for id, old in self.known.items() if id != question}
        if value is None:
            return replace(self, known=known, unsure=self.unsure | {question})
        return replace(self, known={**known, question: value}, unsure=self.unsure - {question})

    def forget(self, question: str) -> Answers:
        """The same person without this answer."""
        known = {id: old for id, old in self.known.items() if id != question}
        return replace(self, known=known, unsure=self.unsure - {question})

    @property
    def digest(self) -> str:
        """A short name of exactly these answers."""
        return hashlib.sha256(json.dumps(as_plain(self), sort_keys=True).encode()).hexdigest()[:16]


def facts_of(knowledge: KnowledgeBase, answers: Answers) -> dict[str, Fact]:
    """The value of every variable that rules test, findings left out. None: unknown."""
    return {v: fact_of(knowledge, answers, v) for v in knowledge.variables if question_of(v) != "finding"}


def fact_of(knowledge: KnowledgeBase, answers: Answers, variable: str) -> Fact:
    """The value of one variable that is no finding. None: unknown."""
    question, item = question_of(variable), item_of(variable)
    if question == "condition":
        return _condition_fact(knowledge, answers, item)
    value = answers.known.get(question)
    if isinstance(value, frozenset):
        return "yes" if item in value or (item == "none" and not value) else "no"
    return value


def constraints_broken(knowledge: KnowledgeBase, answers: Answers) -> list[str]:
    """The constraints of the content by which there can be no such person."""
    return [
        constraint.id
        for constraint in knowledge.constraints.values()
        if truth(constraint.never, {v: fact_of(knowledge, answers, v) for v in variables(constraint.never)}) is True
    ]


def _condition_fact(knowledge: KnowledgeBase, answers: Answers, condition: str) -> Fact:
    if any(condition in (own, *knowledge.ancestors(own)) for own in answers.conditions):
        return "yes"
    # Someone who only knows "back pain" may well have the kind of back pain that the rule speaks of.
    return None if set(knowledge.ancestors(condition)) & set(answers.conditions) else "no"


# --- files ---------------------------------------------------------------------------------------------------------


def read_answers(raw: bytes, name: str, knowledge: KnowledgeBase) -> Answers:
    """Read an answers file (YAML or JSON). Raises ContentError with every problem."""
    return answers_in(read_bytes(raw, name), knowledge)


def answers_in(document: Document, knowledge: KnowledgeBase) -> Answers:
    """The answers of a document in the shape of an answers file. Raises ContentError with every problem."""
    reader = _Reader(document, knowledge, [])
    answers = reader.read()
    if reader.problems:
        raise ContentError(reader.problems)
    return answers


def read_changes(texts: Iterable[str], name: str, knowledge: KnowledgeBase) -> dict[str, Answer | None]:
    """Read changes such as `kidney_disease=severe` as an answers file would; None: not sure. Raises ContentError."""
    entries: list[tuple[Place, str, Any]] = []
    positions: dict[Place, tuple[int, int]] = {}
    reader = _Reader(Document(name, {}, positions), knowledge, [])
    for number, text in enumerate(texts, 1):
        key, equals, written = (part.strip() for part in text.partition("="))
        place: Place = (key,) if key == PREFERENCES else ("answers", key)
        again = place in positions
        positions.setdefault(place, (number, 1))
        words = [plain_value(word.strip()) for word in written.strip("[]").split(",")]
        if not equals or None in words:
            reader.problem(place, f"{shown(text)} is not a change.", "Write it as kidney_disease=severe.")
        elif again:
            reader.problem(place, "stands here twice.", "Keep one.")
        else:
            entries.append((place, key, words if len(words) > 1 else words[0]))
    known, unsure = reader.answered(entries)
    if reader.problems:
        raise ContentError(reader.problems)
    return {**known, **dict.fromkeys(unsure)}


def changes_in(document: Document, part: str, knowledge: KnowledgeBase) -> dict[str, Answer | None]:
    """The changes in a mapping of questions to answers, the part of a document; None: not sure. Raises ContentError."""
    reader = _Reader(Document(document.file, {part: document.data}), knowledge, [])
    entries: list[tuple[Place, str, Any]] = []
    for key, value in reader.mapping(part).items():
        place: Place = (key,) if key == PREFERENCES else (part, key)
        if value is None:
            reader.problem((part, key), "is no answer.", "Write unsure if it is not known.")
        entries.append((place, key, value))
    if not entries and not reader.problems:
        reader.problem((part,), "is missing: name at least one question and another answer.")
    known, unsure = reader.answered(entries)
    if reader.problems:
        raise ContentError(reader.problems)
    return {**known, **dict.fromkeys(unsure)}


def questions_in(document: Document, part: str, knowledge: KnowledgeBase) -> tuple[str, ...]:
    """The questions in a list, the part of a document. Raises ContentError."""
    reader = _Reader(Document(document.file, {part: document.data}), knowledge, [])
    found = tuple(reader.ids(part, knowledge.questions, "question"))
    if reader.problems:
        raise ContentError(reader.problems)
    return found


def as_plain(answers: Answers) -> dict[str, Any]:
    """The answers in the shape of an answers file; `read_answers` reads it back to the same answers."""
    values: dict[str, Any] = {id: _plain_answer(value) for id, value in answers.known.items()}
    values |= dict.fromkeys(answers.unsure, "unsure")
    preferences = values.pop(PREFERENCES, None)
    plain: dict[str, Any] = {"conditions": list(answers.conditions), "answers": dict(sorted(values.items()))}
    if answers.tried:
        plain["tried"] = dict(sorted(answers.tried.items()))
    if preferences is not None:
        plain[PREFERENCES] = preferences
    if answers.talk_about:
        plain["talk_about"] = list(answers.talk_about)
    return plain


def _plain_answer(value: Answer) -> Any:
    if isinstance(value, frozenset):
        return sorted(value) or ["none"]
    return int(value) if isinstance(value, float) and value.is_integer() else value


class _Reader(Struct, frozen=True):
    document: Document
    knowledge: KnowledgeBase
    problems: list[Problem]

    def problem(self, place: Place, message: str, hint: str = "") -> None:
        self.problems.append(self.document.problem(place, message, hint))
        if len(self.problems) >= MOST_PROBLEMS:
            raise ContentError(self.problems)

    def read(self) -> Answers:
        data = self.document.data
        if not isinstance(data, dict):
            self.problem((), "holds no answers.", f"Write {', '.join(SECTIONS)}.")
            return Answers()
        for key in data:
            if key not in SECTIONS:
                hint = did_you_mean(key, SECTIONS)
                if key in self.knowledge.questions:
                    hint = "It is a question: put it under 'answers:'."
                self.problem((key,), "is not a part of an answers file.", hint)
        entries: list[tuple[Place, str, Any]] = [
            (("answers", key), key, value) for key, value in self.mapping("answers").items()
        ]
        if PREFERENCES in data:
            entries.append(((PREFERENCES,), PREFERENCES, data[PREFERENCES]))
        known, unsure = self.answered(entries)
        tried = {}
        for key, value in self.mapping("tried").items():
            if key not in self.knowledge.modalities:
                self.problem(("tried", key), "is not a treatment.", did_you_mean(key, self.knowledge.modalities))
            elif value not in TRIED:
                self.problem(("tried", key), f"{shown(value)} is not a result.", did_you_mean(value, TRIED))
            else:
                tried[key] = cast(Tried, value)
        return Answers(
            tuple(self.conditions()),
            MappingProxyType(known),
            frozenset(unsure),
            MappingProxyType(tried),
            tuple(self.ids("talk_about", self.knowledge.modalities, "treatment")),
        )

    def answered(self, entries: Iterable[tuple[Place, str, Any]]) -> tuple[dict[str, Answer], set[str]]:
        """The known answers among entries (place, question, value), and the questions answered with 'unsure'."""
        known: dict[str, Answer] = {}
        unsure: set[str] = set()
        for place, key, value in entries:
            question = self.knowledge.questions.get(key)
            if question is None or (key == PREFERENCES) is (len(place) > 1):
                self.problem(place, "is not a question.", did_you_mean(key, self.knowledge.questions))
            elif value == "unsure":
                unsure.add(key)
            elif value is not None and (answer := self.answer(place, question, value)) is not None:
                known[key] = answer
        return known, unsure

    def mapping(self, section: str) -> Mapping[str, Any]:
        data = self.document.data.get(section)
        if data is not None and not isinstance(data, dict):
            self.problem((section,), "is not a list of 'name: value' lines.")
        return data if isinstance(data, dict) else {}

    def conditions(self) -> Iterator[str]:
        if self.document.data.get("conditions") in (None, []):
            self.problem(("conditions",), "is missing: name at least one.", "'painrules conditions' lists them.")
        else:
            yield from self.ids("conditions", self.knowledge.conditions, "condition")

    def ids(self, section: str, valid: Mapping[str, object], what: str) -> Iterator[str]:
        data = self.document.data.get(section)
        if data is None:
            return
        if not isinstance(data, list):
            self.problem((section,), "is not a list.", "Write it in square brackets.")
            return
        for index, word in enumerate(data):
            if not isinstance(word, str) or word not in valid:
                self.problem((section, index), f"{shown(word)} is not a {what}.", did_you_mean(word, valid))
            elif word in data[:index]:
                self.problem((section, index), f"{shown(word)} stands here twice.")
            else:
                yield word

    def answer(self, place: Place, question: Question, value: object) -> Answer | None:
        if question.kind == "number":
            return self.number(place, question, value)
        if question.kind == "many_of":
            return self.many(place, question, value)
        word = {"true": "yes", "false": "no"}.get(value, value) if isinstance(value, str) else value
        if question.kind == "yes_no" and word in ("yes", "no"):
            return word
        if isinstance(word, str) and word in question.answers:
            return word
        self.problem(place, f"{shown(value)} is not an answer.", did_you_mean(value, (*question.answers, "unsure")))
        return None

    def number(self, place: Place, question: Question, value: object) -> Answer | None:
        low, high = question.minimum or 0, question.maximum or 0
        if not isinstance(value, (int, float)):
            self.problem(place, f"{shown(value)} is not a number.", f"Write {low:g} to {high:g}, or unsure.")
        elif not low <= value <= high:
            self.problem(place, f"{shown(value)} is outside {low:g} to {high:g}.")
        else:
            return float(value)
        return None

    def many(self, place: Place, question: Question, value: object) -> Answer | None:
        words = value if isinstance(value, list) else [value]
        if not words:
            self.problem(place, "is an empty list.", "Write [none], or unsure.")
        found = []
        for index, word in enumerate(words):
            where = (*place, index) if isinstance(value, list) else place
            if isinstance(word, str) and word in (*question.answers, "none"):
                found.append(word)
            else:
                self.problem(where, f"{shown(word)} is not an answer.", did_you_mean(word, question.answers))
        if "none" in found and len(found) > 1:
            self.problem(place, "'none' cannot stand beside other answers.")
        return frozenset(found) - {"none"} if words and len(found) == len(words) else None
