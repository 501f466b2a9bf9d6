"""The interview without a screen: which questions come next and why, and what a reply means.

Everything is a function of the answers so far. A question is asked only while it can still change this person's sheet.
Signs that may be urgent come first; then what can change the status of options; then what can only add reasons or mark
what fits. Within each, the question comes next that can change most, and more so if its answers make others needless.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from painrules.alternatives import STATUSES, Status, alternatives, status_given, status_of, truth_of
from painrules.answers import Answer, Answers
from painrules.entries import Question, Screen
from painrules.evidence import statements, verdict
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Urgent, signs_so_far
from painrules.unanswered import WEIGHT, Unanswered, questions_in, unanswered

Command = Literal["back", "skip", "not_sure", "done", "quit"]
"""What a person can do instead of answering; `done`: see the page now."""
LOOKED_AHEAD = 6
"""Steps that promise most, of which the answers are tried out."""
MOST_EXAMPLES = 3


class Progress(Struct, frozen=True):
    """Where an interview stands: the answers, and the questions that the person chose to skip."""

    answers: Answers
    skipped: frozenset[str] = frozenset()
    before: Progress | None = None

    @property
    def steps(self) -> int:
        """How many steps were taken."""
        return 1 + self.before.steps if self.before else 0

    def with_answers(self, answers: Answers) -> Progress:
        """One step further."""
        return Progress(answers, self.skipped, self)

    def choose(self, conditions: Sequence[str]) -> Progress:
        """One step further, with the kinds of pain."""
        return self.with_answers(replace(self.answers, conditions=tuple(conditions)))

    def skip(self, questions: Sequence[Question]) -> Progress:
        """One step further, without an answer."""
        return Progress(self.answers, self.skipped | {question.id for question in questions}, self)

    def back(self) -> Progress:
        """One step back; from the first question to the kinds of pain."""
        return self.before or Progress(replace(self.answers, conditions=()))


WhyKind = Literal["urgent", "status", "reasons", "fits"]


class Why(Struct, frozen=True):
    """What a step can still change: signs that need care, statuses of options, reasons shown, or marks of what fits."""

    kind: WhyKind
    count: int
    """How many signs or options."""
    options: tuple[str, ...] = ()
    """Some of these options."""


class Step(Struct, frozen=True):
    """What to ask next: one question, or the yes-or-no lines of a screen to tick."""

    screen: Screen
    questions: tuple[Question, ...]
    left: int
    """Steps that may still follow, this one included."""
    why: Why

    @property
    def is_checklist(self) -> bool:
        """Whether these are lines to tick."""
        return self.questions[0].kind == "yes_no"


class Reply(Struct, frozen=True):
    """What a person answered: ids of the lines that are true, ids of those they are not sure of, or a number.

    Lines are the questions of a checklist, or the values of one question. A reply without any line says no to all.
    """

    chosen: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    number: str = ""
    """As it was written."""


class NotUnderstoodError(ValueError):
    """A reply that is no answer; `wording` names the text that says what would be, `values` fill it in."""

    def __init__(self, wording: str, **values: object):
        super().__init__(wording)
        self.wording = f"interview.{wording}"
        self.values = values


def next_step(knowledge: KnowledgeBase, progress: Progress) -> Step | None:
    """What to ask next, or None when nothing that is left can change the sheet."""
    open_ = unanswered(knowledge, progress.answers)
    steps = possible_steps(knowledge, progress, open_)
    if not steps:
        return None
    worth = _worth(knowledge, progress.answers, open_)
    signs = [step for step in steps if step[0].urgent == "yes"]
    urgent = [step for step in steps if any(worth.urgent[question.id] for question in step)]
    if signs:
        chosen = max(signs, key=lambda step: sum(worth.own_signs[question.id] for question in step))
    elif urgent:
        chosen = max(urgent, key=lambda step: sum(worth.urgent[question.id] for question in step))
    else:
        chosen = _most_telling(knowledge, progress.answers, open_, steps, worth)
    return Step(knowledge.screens[chosen[0].screen], chosen, len(steps), _why(knowledge, open_, chosen, worth))


def possible_steps(
    knowledge: KnowledgeBase, progress: Progress, open_: Unanswered | None = None
) -> list[tuple[Question, ...]]:
    """Everything that could be asked next, in the order of the files; yes-or-no lines of one screen stay together."""
    open_ = open_ or unanswered(knowledge, progress.answers)
    asked = progress.answers.unsure | progress.skipped
    waiting = frozenset[str]().union(*(rule.questions for rule in open_.rules.values())) - asked
    steps: dict[tuple[str, str], tuple[Question, ...]] = {}
    for question in knowledge.questions.values():
        if question.id in waiting:
            step = (question.screen, "lines" if question.kind == "yes_no" else question.id)
            steps[step] = (*steps.get(step, ()), question)
    screens = list(knowledge.screens)
    return sorted(steps.values(), key=lambda step: screens.index(step[0].screen))


def settled(knowledge: KnowledgeBase, answers: Answers) -> bool:
    """Whether no unanswered question can change a sign that needs care or a status any more."""
    worth = _worth(knowledge, answers, unanswered(knowledge, answers))
    return not worth.urgent and not worth.status


class _Worth(Struct, frozen=True):
    """How much each open question can still change, and which options."""

    urgent: Counter[str]
    own_signs: Counter[str]
    """Of urgent signs, those of this person's pain rather than of everyone."""
    status: Counter[str]
    rest: Counter[str]
    """By reasons and marks that change no status."""
    options: dict[str, dict[str, None]]
    """Options whose status a question can change, those with the strongest warnings first."""
    reasons: dict[str, set[str]]
    """Options to which a question can add a reason."""
    fits: dict[str, set[str]]


def _worth(knowledge: KnowledgeBase, answers: Answers, open_: Unanswered) -> _Worth:
    least = _least_statuses(knowledge, answers, open_)
    worth = _Worth(Counter(), Counter(), Counter(), Counter(), {}, {}, {})
    by_strength = sorted(open_.rules.values(), key=lambda rule: -WEIGHT.get(rule.rule.effect, 0))
    for rule in by_strength:
        for question in rule.questions:
            if rule.rule.effect == "urgent":
                worth.urgent[question] += rule.weight
                worth.own_signs[question] += rule.weight if "any" not in rule.rule.entry.ask_if else 0
                continue
            shown = worth.fits if rule.rule.effect == "prefer" else worth.reasons
            shown.setdefault(question, set()).update(rule.options)
            for option in sorted(rule.options):
                given = status_given(rule.rule, option, certain=True)
                if STATUSES.index(given) > STATUSES.index(least[option]):
                    worth.status[question] += WEIGHT[rule.rule.effect]
                    worth.options.setdefault(question, {})[option] = None
                else:
                    worth.rest[question] += 1
    return worth


def _least_statuses(knowledge: KnowledgeBase, answers: Answers, open_: Unanswered) -> dict[str, Status]:
    """The status that each option has whatever the unanswered questions turn out to be."""
    certain = {id: True for id, left in open_.left.items() if left is True}
    return {
        modality: status_of(knowledge, modality, certain, verdict(knowledge, said))
        for modality, said in statements(knowledge, answers.conditions).items()
    }


def _most_telling(
    knowledge: KnowledgeBase,
    answers: Answers,
    open_: Unanswered,
    steps: list[tuple[Question, ...]],
    worth: _Worth,
) -> tuple[Question, ...]:
    """The step that can change most for each question it asks, the more so the more others it may make needless."""

    def promise(step: tuple[Question, ...]) -> tuple[float, float]:
        status, rest = (sum(by[question.id] for question in step) / len(step) for by in (worth.status, worth.rest))
        return status, rest

    first, *others = sorted(steps, key=promise, reverse=True)[:LOOKED_AHEAD]
    if not others:
        return first
    spared = _spared(knowledge, answers, open_, [question.id for step in (first, *others) for question in step])

    def value(step: tuple[Question, ...]) -> tuple[float, float]:
        more = 1 + sum(spared[question.id] for question in step) / len(step)
        status, rest = promise(step)
        return status * more, rest * more

    return max((first, *others), key=value)


def _spared(knowledge: KnowledgeBase, answers: Answers, open_: Unanswered, asked: list[str]) -> dict[str, float]:
    """How many other questions an answer to each of these makes needless, on average over its possible answers."""
    resting_on = Counter(question for rule in open_.rules.values() for question in rule.questions)
    held = {id: truth_of(left) for id, left in open_.left.items()}
    spared: dict[str, float] = dict.fromkeys(asked, 0)
    for id, others in alternatives(knowledge, answers, open_.facts, held, asked).items():
        needless = 0
        for other in others:
            lost: Counter[str] = Counter()
            for rule, questions in questions_in(knowledge, other.left, open_.questions).items():
                if rule in open_.rules:
                    lost.update(open_.rules[rule].questions - questions - {id})
            needless += sum(count == resting_on[question] for question, count in lost.items())
        spared[id] = needless / len(others)
    return spared


def _why(knowledge: KnowledgeBase, open_: Unanswered, step: tuple[Question, ...], worth: _Worth) -> Why:
    asked = {question.id for question in step}
    if any(worth.urgent[id] for id in asked):
        signs = [rule for rule in open_.rules.values() if rule.rule.effect == "urgent" and rule.questions & asked]
        return Why("urgent", len(signs))
    options = list(dict.fromkeys(option for id in asked for option in worth.options.get(id, ())))
    if options:
        strongest = sorted(options, key=lambda option: (-_warnings(open_, asked, option), option))
        return Why("status", len(options), tuple(strongest[:MOST_EXAMPLES]))
    others: tuple[tuple[WhyKind, dict[str, set[str]]], ...] = (("reasons", worth.reasons), ("fits", worth.fits))
    for kind, found in others:
        reached = sorted(set[str]().union(*(found.get(id, ()) for id in asked)))
        if reached:
            return Why(kind, len(reached), tuple(reached[:MOST_EXAMPLES]))
    raise AssertionError("a step that can change nothing is never asked")


def _warnings(open_: Unanswered, asked: set[str], option: str) -> int:
    return max(
        WEIGHT.get(rule.rule.effect, 0)
        for rule in open_.rules.values()
        if option in rule.options and rule.questions & asked
    )


def urgent_signs(knowledge: KnowledgeBase, answers: Answers) -> tuple[Urgent, ...]:
    """The signs that the person told of so far, the most urgent first; as possible where something else is open."""
    return signs_so_far(knowledge, answers, "reference")


def new_urgent_signs(knowledge: KnowledgeBase, before: Answers, after: Answers) -> tuple[Urgent, ...]:
    """Urgent signs that the latest answers brought up or made certain: told at once, not at the end, and only once."""
    told = {(sign.id, certain) for sign in signs_to_tell(knowledge, before) for certain in {False, sign.certain}}
    return tuple(sign for sign in signs_to_tell(knowledge, after) if (sign.id, sign.certain) not in told)


def signs_to_tell(knowledge: KnowledgeBase, answers: Answers) -> tuple[Urgent, ...]:
    """Of the urgent signs so far, those to tell while questions are still asked.

    What an age or a medicine makes possible waits until what else it takes was asked, and the person is not sure of it.
    """
    signs = {question.id for question in knowledge.questions.values() if question.urgent == "yes"}

    def waits(sign: Urgent) -> bool:
        open_ = {because.question for because in sign.because if because.answer == "unknown"}
        pointed_to = any(because.question in signs and because.answer != "unknown" for because in sign.because)
        return not (sign.certain or pointed_to or open_ <= answers.unsure)

    return tuple(sign for sign in urgent_signs(knowledge, answers) if not waits(sign))


def take(step: Step, said: Reply | Command, progress: Progress) -> Progress:
    """The progress after a reply or a command to a step. Raises NotUnderstoodError."""
    if said == "back":
        return progress.back()
    if said == "skip":
        return progress.skip(step.questions)
    if isinstance(said, Reply):
        return progress.with_answers(answer(step, said, progress.answers))
    if said == "not_sure":
        return progress.with_answers(not_sure(step, progress.answers))
    return progress


def not_sure(step: Step, answers: Answers) -> Answers:
    """The answers with 'not sure' to all that a step asks."""
    for question in step.questions:
        answers = answers.answer(question.id, None)
    return answers


def answer(step: Step, reply: Reply, answers: Answers) -> Answers:
    """The answers with what a reply says. Raises NotUnderstoodError."""
    if step.is_checklist:
        for question in step.questions:
            unsure = question.id in reply.unsure
            answers = answers.answer(question.id, None if unsure else "yes" if question.id in reply.chosen else "no")
        return answers
    (question,) = step.questions
    return answers.answer(question.id, _value(question, reply))


def reply_in(step: Step, answers: Answers) -> Reply:
    """What was answered to a step before, as the reply that says it; a line that was denied is not in it."""
    unsure = tuple(question.id for question in step.questions if question.id in answers.unsure)
    if step.is_checklist:
        return Reply(tuple(q.id for q in step.questions if answers.known.get(q.id) == "yes"), unsure)
    value = answers.known.get(step.questions[0].id)
    if isinstance(value, float):
        return Reply(number=f"{value:g}")
    return Reply((value,) if isinstance(value, str) else tuple(sorted(value or ())))


def _value(question: Question, reply: Reply) -> Answer:
    if question.kind == "number":
        return number_within(reply.number, question.minimum or 0, question.maximum or 0)
    chosen = [id for id in reply.chosen if id in question.answers]
    if reply.unsure:
        raise NotUnderstoodError("not_sure_which")
    if question.kind == "many_of":
        return frozenset(chosen) - {"none"}
    if len(chosen) != 1:
        raise NotUnderstoodError("one_only")
    return chosen[0]


def number_within(text: str, low: float, high: float) -> float:
    """The number that a text is, if it lies within these limits. Raises NotUnderstoodError."""
    try:
        number = float(text.strip()[:20].replace(",", "."))
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        raise NotUnderstoodError("number_between", low=f"{low:g}", high=f"{high:g}")
    return number


def start(answers: Answers) -> Progress:
    """The beginning of an interview, or of the rest of one."""
    return Progress(answers)
