"""Questions of a quiz in words: the made-up person, what is asked, the choices, and what explains the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from painrules.answers import PREFERENCES, Answer
from painrules.entries import Question
from painrules.evidence import GUIDELINE_KINDS
from painrules.knowledge import KnowledgeBase
from painrules.quiz.picking import Posed
from painrules.quiz.questions import CAN_WAIT, Kind, MadeUp, QuizQuestion
from painrules.sheet import Because, Reason
from painrules.surfaces.blocks import Entry, Notes
from painrules.surfaces.sheet_page import answer_words, reason_text, with_medicines

MOST_SCREENS = 6
"""Named of what a person said no to; those who were asked everything said no to much."""
MOST_REASONS = 3
"""Told of a treatment that has many; the one that was asked for comes first."""


class Written(Struct, frozen=True):
    """A question as learners read it."""

    id: str
    kind: Kind
    person: MadeUp | None
    """None: it is about no person."""
    ask: tuple[str, ...]
    """What is asked, line by line."""
    choices: tuple[str, ...]
    right: int
    """Where the right choice stands, from 0."""
    scale: bool
    """Whether the choices have an order of their own."""
    why: tuple[str, ...]
    """What explains the answer, with the numbers of sources."""
    sources: tuple[str, ...]
    """The sources in full, in the order of their numbers."""


class Told(Struct, frozen=True):
    """What is known of a made-up person."""

    title: str
    story: str
    pain: str
    answers: tuple[str, ...]


def written(knowledge: KnowledgeBase, posed: Posed) -> Written:
    """One question in words."""
    question, notes = posed.question, Notes(knowledge)
    why = tuple(_EXPLAINED[question.kind](knowledge, question, notes))
    return Written(
        id=question.id,
        kind=question.kind,
        person=None if question.kind == "guidelines" else question.person,
        ask=tuple(_asked(knowledge, question)),
        choices=tuple(_choice(knowledge, question, choice) for choice in posed.choices),
        right=posed.right,
        scale=question.scale,
        why=why,
        sources=tuple(block.text for block in notes.blocks() if isinstance(block, Entry)),
    )


def told(knowledge: KnowledgeBase, person: MadeUp) -> Told:
    """The story of a person and their answers: what is more than a no in full, and the rest by what it was about."""
    words, answers = knowledge.wording, person.answers
    lines: list[str] = []
    said_no: list[Question] = []
    for question in knowledge.questions.values():
        answer = answers.known.get(question.id)
        if answer is None or question.id == PREFERENCES:
            continue
        mildest = question.answers[0] if question.graded == "yes" else "no"
        if answer in (frozenset(), "no", "none", mildest):
            said_no.append(question)
        else:
            lines.append(_joined(question.ask, _in_full(knowledge, question, answer)))
    lines += [_joined(knowledge.modalities[id].name, words[f"quiz.tried.{how}"]) for id, how in answers.tried.items()]
    if said_no:
        screens = dict.fromkeys(knowledge.screens[question.screen].title for question in said_no)
        said = "quiz.said_no" if len(screens) <= MOST_SCREENS else "quiz.said_no_more"
        lines.append(words[said].format(count=len(said_no), screens="; ".join(screens)))
    if unsure := [question.ask for question in knowledge.questions.values() if question.id in answers.unsure]:
        lines.append(words["quiz.unsure"].format(questions="; ".join(unsure).replace("?; ", "? ")))
    pain = ", ".join(knowledge.conditions[condition].name for condition in answers.conditions)
    return Told(person.title, person.story, words["quiz.pain"].format(names=pain), tuple(lines))


def _in_full(knowledge: KnowledgeBase, question: Question, answer: Answer) -> str:
    """What a person answered, in the words of the interview."""
    if isinstance(answer, frozenset):
        return "; ".join(_answer(knowledge, question, value) for value in question.answers if value in answer)
    return _answer(knowledge, question, f"{answer:g}" if isinstance(answer, float) else answer)


def _answer(knowledge: KnowledgeBase, question: Question, word: str) -> str:
    """One answer in the words of the interview; `not x` for an answer that is taken back."""
    says = {value.id: value.say for value in question.values}
    if word.startswith("not ") and word not in says:
        return knowledge.wording["quiz.no_longer"].format(said=says.get(word.removeprefix("not "), word))
    return says.get(word) or answer_words(knowledge, question.id, word)


# --- what is asked ----------------------------------------------------------------------------------------------------


def _asked(knowledge: KnowledgeBase, question: QuizQuestion) -> Iterator[str]:
    words = knowledge.wording
    name = knowledge.modalities[question.option].name if question.option else ""
    status = words[f"status.{question.status}"]
    said = _said(knowledge, question.said) if question.said else ""
    if question.kind in ("check", "how_soon"):
        yield words["quiz.said"].format(said=said)
    elif question.kind == "change":
        more = question.said and knowledge.questions[question.said.question].kind == "many_of"
        more = more and question.said and not question.said.answer.startswith(("not ", "none"))
        yield words["quiz.suppose.more" if more else "quiz.suppose"].format(said=said)
    elif question.kind == "unknown" and question.said:
        missing = "quiz.forgotten" if question.forgotten else "quiz.missing"
        yield words[missing].format(ask=knowledge.questions[question.said.question].ask)
    ask = f"quiz.check.{question.status}" if question.kind == "check" else f"quiz.{question.kind}"
    condition = knowledge.conditions[question.condition].name if question.condition else ""
    yield words[ask].format(name=name, status=status, condition=condition)


def _choice(knowledge: KnowledgeBase, question: QuizQuestion, choice: str) -> str:
    words = knowledge.wording
    if question.kind == "check":
        return knowledge.modalities[choice].name
    if question.kind == "why":
        return _rule_text(knowledge, question.option, choice)
    if question.kind == "urgent":
        asked, _, answer = choice.partition("=")
        return _said(knowledge, Because(asked, answer))
    if question.kind == "how_soon":
        return words["quiz.can_wait" if choice == CAN_WAIT else f"level.{choice}"]
    return words[f"quiz.{question.kind}.{choice}"]


def _rule_text(knowledge: KnowledgeBase, option: str, rule: str) -> str:
    """The reason that a rule gives for a treatment, whether it holds or not."""
    found = knowledge.rules[rule]
    names = {medicine.id: medicine.name for medicine in knowledge.modalities[option].medicines}
    medicines = tuple(names[id] for id in sorted(found.medicines.get(option, ())))
    return with_medicines(knowledge, found.entry.because, medicines)


def _said(knowledge: KnowledgeBase, said: Because) -> str:
    """An answer with what was asked."""
    question = knowledge.questions[said.question]
    return _joined(question.ask, _answer(knowledge, question, said.answer))


def _joined(ask: str, said: str) -> str:
    return f"{Entry(ask, tag=said).lead} {said}"


# --- what explains the answer -----------------------------------------------------------------------------------------


def _check(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    yield _status_line(knowledge, question.option, question.status)
    yield from (_reason(knowledge, reason, notes) for reason in question.reasons)
    yield knowledge.wording["quiz.why.check"]


def _why(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    for reason in question.reasons[:MOST_REASONS]:
        said = "; ".join(_said(knowledge, one) for one in reason.because if one.question in knowledge.questions)
        yield f"{_reason(knowledge, reason, notes)} {knowledge.wording['quiz.rests_on'].format(said=said)}".rstrip()
    if rest := len(question.reasons[MOST_REASONS:]):
        yield knowledge.wording["quiz.more_reasons"].format(count=rest)
    yield knowledge.wording["quiz.why.why"]


def _change(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    words, changed = knowledge.wording, question.changed
    name = knowledge.modalities[question.option].name
    if changed is None:
        yield words["quiz.why.same"].format(name=name, status=words[f"status.{question.status}"])
        if not question.used:
            yield words["quiz.why.unused"]
        yield from (_reason(knowledge, reason, notes, "quiz.still") for reason in question.reasons[:1])
        return
    before, after = (words[f"status.{status}"] for status in (changed.before, changed.after))
    yield words["quiz.why.change"].format(name=name, before=before, after=after)
    told = {"quiz.no_more": changed.no_longer, "quiz.new": changed.now, "quiz.still": changed.rests_on}
    for lead, reasons in told.items():
        yield from (_reason(knowledge, reason, notes, lead) for reason in reasons)


def _unknown(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    words = knowledge.wording
    yield words["quiz.why.unknown"]
    yield _status_line(knowledge, question.option, question.right)
    yield from (_reason(knowledge, reason, notes) for reason in question.reasons)
    if question.forgotten:
        yield words["quiz.as_answered"].format(status=words[f"status.{question.status}"])
    for change in question.changes:
        said = _said(knowledge, Because(change.question, change.to))
        yield words["quiz.if_answered"].format(said=said, status=words[f"status.{change.status}"])


def _signs(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    yield f"{knowledge.wording[f'level.{question.signs[0].level}']}."
    for text, action, sources in dict.fromkeys((sign.text, sign.action, sign.sources) for sign in question.signs):
        yield f"{text}{notes.mark(sources)} {action}"
    if question.kind == "urgent":
        yield knowledge.wording["quiz.why.urgent"]


def _guidelines(knowledge: KnowledgeBase, question: QuizQuestion, notes: Notes) -> Iterator[str]:
    words = knowledge.wording
    sides: dict[str, dict[str, str | None]] = {"for": {}, "against": {}, "other": {}}
    for said in (statement.recommendation for statement in question.statements):
        counts = knowledge.sources[said.source].kind in GUIDELINE_KINDS and said.direction in sides
        sides[said.direction if counts else "other"].setdefault(said.source, said.reported_by)
    for side, found in sides.items():
        names = []
        for id, reported_by in found.items():
            source = knowledge.sources[id]
            year = f" {source.year}" if source.year else ""
            names.append(f"{source.body}{year}{notes.mark([id], reported_by)}")
        if names:
            yield words[f"quiz.side.{side}"].format(names="; ".join(names))
    if question.difference and question.difference.why:
        yield f"{words['quiz.why.differ']} {question.difference.why}{notes.mark(question.difference.sources)}"


def _status_line(knowledge: KnowledgeBase, option: str, status: str) -> str:
    return f"{knowledge.modalities[option].name}: {knowledge.wording[f'status.{status}']}."


def _reason(knowledge: KnowledgeBase, reason: Reason, notes: Notes, lead: str = "quiz.holds") -> str:
    """A reason with its sources; `lead`: what stands before it, in other words where it only may apply."""
    before = knowledge.wording.get(lead if reason.certain else f"{lead}.possible", "")
    return f"{before} {reason_text(knowledge, reason)}{notes.mark(reason.sources)}".lstrip()


_EXPLAINED: Mapping[Kind, Callable[[KnowledgeBase, QuizQuestion, Notes], Iterator[str]]] = {
    "urgent": _signs,
    "how_soon": _signs,
    "check": _check,
    "why": _why,
    "change": _change,
    "unknown": _unknown,
    "guidelines": _guidelines,
}
