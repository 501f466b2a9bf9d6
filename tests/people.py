"""Made-up people who know every answer, and interviews with them: for tests and for bench/interview.py."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from painrules.answers import Answer, Answers
from painrules.entries import Question
from painrules.interview import Progress, next_step, possible_steps, start
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet
from painrules.unanswered import asked_for

Choose = Callable[[KnowledgeBase, Progress], "tuple[Question, ...] | None"]


@dataclass(frozen=True)
class Somebody:
    conditions: tuple[str, ...]
    knows: dict[str, Answer | None]
    """An answer to every question; None: not sure."""

    @property
    def everything(self) -> Answers:
        return answered(Answers(self.conditions), self.knows, list(self.knows))


def somebody(knowledge: KnowledgeBase, dice: random.Random, unsure: float = 0.0) -> Somebody:
    """Anyone: one or two kinds of pain, few illnesses or many, any age, any medicines."""
    conditions = dice.sample(list(knowledge.conditions), dice.choice([1, 1, 1, 2]))
    yes = dice.uniform(0.02, 0.6)
    questions = knowledge.questions.values()
    return Somebody(
        tuple(conditions), {q.id: None if dice.random() < unsure else _any_answer(q, dice, yes) for q in questions}
    )


def _any_answer(question: Question, dice: random.Random, yes: float) -> Answer:
    if question.kind == "yes_no":
        return "yes" if dice.random() < yes else "no"
    if question.kind == "number":
        return float(dice.randint(int(question.minimum or 0), int(question.maximum or 0)))
    if question.kind == "many_of":
        return frozenset(item for item in question.answers if item != "none" and dice.random() < yes / 2)
    return dice.choice(question.answers)


def answered(answers: Answers, knows: dict[str, Answer | None], questions: list[str]) -> Answers:
    for id in questions:
        answers = answers.answer(id, knows[id])
    return answers


def adaptive(knowledge: KnowledgeBase, progress: Progress) -> tuple[Question, ...] | None:
    step = next_step(knowledge, progress)
    return step.questions if step else None


def in_file_order(knowledge: KnowledgeBase, progress: Progress) -> tuple[Question, ...] | None:
    steps = possible_steps(knowledge, progress)
    return steps[0] if steps else None


def interviews(
    knowledge: KnowledgeBase, person: Somebody, choose: Choose = adaptive
) -> Iterator[tuple[tuple[Question, ...], Answers]]:
    """Each step of an interview with the person, and the answers after it."""
    progress = start(Answers(person.conditions))
    while (step := choose(knowledge, progress)) is not None:
        progress = progress.with_answers(answered(progress.answers, person.knows, [question.id for question in step]))
        yield step, progress.answers


def essence(knowledge: KnowledgeBase, sheet: Sheet) -> Any:
    """What an interview must find out: statuses, certain reasons, what fits, guidelines, and urgent signs.

    Signs count that the interview is to ask of people with these kinds of pain (`ask_if`).
    """
    options = {
        option.id: (
            option.status,
            option.guidelines,
            tuple(reason.rule for reason in option.reasons if reason.certain),
            bool(option.fits),
            bool(option.does_not_fit),
        )
        for option in sheet.options
    }
    signs = {
        (sign.id, sign.certain)
        for sign in sheet.urgent
        if asked_for(knowledge, knowledge.rules[sign.id], sheet.conditions)
    }
    return options, signs
