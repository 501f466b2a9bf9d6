"""The interview without a screen: which questions come next, and what a reply means.

Everything is a function of the answers so far. A question is asked only while it can still change this person's
sheet; signs that may be urgent come first, as their screens stand first in `knowledge/questions.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from painrules.answers import Answer, Answers
from painrules.entries import Question, Screen
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Urgent, explore, open_questions

Command = Literal["back", "skip", "quit", "help"]
COMMANDS: dict[str, Command] = {
    "b": "back",
    "back": "back",
    "s": "skip",
    "skip": "skip",
    "": "skip",
    "q": "quit",
    "quit": "quit",
    "h": "help",
    "help": "help",
}
NOT_SURE = frozenset({"u", "?", "unsure", "not sure"})
NONE = frozenset({"0", "n", "no", "none"})


@dataclass(frozen=True)
class Progress:
    """Where an interview stands: the answers, and the questions that the person chose to skip."""

    answers: Answers
    skipped: frozenset[str] = frozenset()
    before: Progress | None = field(default=None, repr=False)

    def with_answers(self, answers: Answers) -> Progress:
        """One step further."""
        return Progress(answers, self.skipped, self)

    def skip(self, questions: Sequence[Question]) -> Progress:
        """One step further, without an answer."""
        return Progress(self.answers, self.skipped | {question.id for question in questions}, self)

    def back(self) -> Progress:
        """One step back, or here when this is the start."""
        return self.before or self


@dataclass(frozen=True)
class Step:
    """What to ask next: one question, or the yes-or-no lines of a screen to tick."""

    screen: Screen
    questions: tuple[Question, ...]
    left: int
    """Questions that may still follow, these included."""

    @property
    def is_checklist(self) -> bool:
        """Whether these are lines to tick."""
        return self.questions[0].kind == "yes_no"


class NotUnderstoodError(ValueError):
    """A reply that is no answer; `wording` names the text that says what would be, `values` fill it in."""

    def __init__(self, wording: str, **values: object):
        super().__init__(wording)
        self.wording = f"interview.{wording}"
        self.values = values


def next_step(knowledge: KnowledgeBase, progress: Progress) -> Step | None:
    """What to ask next, or None when nothing that is left can change the sheet."""
    asked = progress.answers.unsure | progress.skipped
    waiting = {id for id in open_questions(knowledge, progress.answers) if id not in asked}
    for screen in knowledge.screens.values():
        here = [
            question
            for question in knowledge.questions.values()
            if question.screen == screen.id and question.id in waiting
        ]
        if here:
            lines = [question for question in here if question.kind == "yes_no"]
            return Step(screen, tuple(lines if here[0].kind == "yes_no" else here[:1]), len(waiting))
    return None


def new_urgent_signs(knowledge: KnowledgeBase, before: Answers, after: Answers) -> tuple[Urgent, ...]:
    """Urgent signs that the latest answers made certain: they are told at once, not at the end."""
    known = {sign.id for sign in explore(knowledge, before, "reference").urgent if sign.certain}
    found = explore(knowledge, after, "reference").urgent
    return tuple(sign for sign in found if sign.certain and sign.id not in known)


def command(reply: str) -> Command | None:
    """The command that a reply is, if it is one."""
    return COMMANDS.get(reply.strip().lower())


def answer(step: Step, reply: str, answers: Answers) -> Answers:
    """The answers with what a reply says. Raises NotUnderstoodError."""
    text = reply.strip().lower()
    question = step.questions[0]
    if text in NOT_SURE:
        for each in step.questions:
            answers = answers.answer(each.id, None)
        return answers
    if step.is_checklist:
        nothing: tuple[list[int], list[int]] = ([], [])
        ticked, unsure = nothing if text in NONE else _numbers(text, len(step.questions))
        for number, each in enumerate(step.questions, 1):
            answers = answers.answer(each.id, None if number in unsure else "yes" if number in ticked else "no")
        return answers
    return answers.answer(question.id, _value(question, text))


def _value(question: Question, text: str) -> Answer:
    if question.kind == "number":
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            raise NotUnderstoodError("number_needed", unit=question.unit or "5") from None
        low, high = question.minimum or 0, question.maximum or 0
        if not low <= number <= high:
            raise NotUnderstoodError("number_between", low=f"{low:g}", high=f"{high:g}")
        return number
    choices = [value for value in question.values if value.id != "none" or question.kind == "one_of"]
    if question.kind == "many_of":
        if text in NONE:
            return frozenset()
        ticked, unsure = _numbers(text, len(choices))
        if unsure:
            raise NotUnderstoodError("not_sure_which")
        return frozenset(choices[number - 1].id for number in ticked)
    ticked, unsure = _numbers(text, len(choices))
    if len(ticked) != 1 or unsure:
        raise NotUnderstoodError("one_number", high=len(choices))
    return choices[ticked[0] - 1].id


def choices(question: Question) -> tuple[str, ...]:
    """The wording of the answers to choose from, in the order of their numbers."""
    return tuple(value.say for value in question.values if value.id != "none" or question.kind == "one_of")


def _numbers(text: str, most: int) -> tuple[list[int], list[int]]:
    """The numbers of a reply such as '1, 3 ?4': ticked, and not sure."""
    ticked: list[int] = []
    unsure: list[int] = []
    for word in text.replace(",", " ").split():
        digits = word.strip("?")
        if not digits.isascii() or not digits.isdigit() or not 1 <= int(digits[:4]) <= most:
            raise NotUnderstoodError("some_numbers", high=most)
        (unsure if "?" in word else ticked).append(int(digits))
    if not ticked and not unsure:
        raise NotUnderstoodError("some_numbers", high=most)
    return ticked, unsure


def start(answers: Answers) -> Progress:
    """The beginning of an interview, or of the rest of one."""
    return Progress(replace(answers))
