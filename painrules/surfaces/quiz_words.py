"""Questions of a quiz in words: the made-up person, what is asked, the choices, and what explains the answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from painrules.answers import PREFERENCES
from painrules.evidence import GUIDELINE_KINDS
from painrules.knowledge import KnowledgeBase
from painrules.quiz.picking import Posed
from painrules.quiz.questions import CAN_WAIT, Kind, MadeUp, QuizQuestion
from painrules.sheet import Because, Reason
from painrules.surfaces.blocks import Entry, Notes
from painrules.surfaces.sheet_page import answer_words, reason_text
from painrules.surfaces.take_along import said_of

MOST_REASONS = 3
"""Told of a treatment that has many; the one that was asked for comes first."""


@dataclass(frozen=True, slots=True)
class Written:
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


@dataclass(frozen=True, slots=True)
class Told:
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
    """The story of a person and every answer that they gave."""
    words, answers = knowledge.wording, person.answers
    lines, said_no = [], []
    for question in knowledge.questions.values():
        answer = answers.known.get(question.id)
        if answer is None or question.id == PREFERENCES:
            continue
        said = said_of(question, answer, words["yes"])
        if answer == frozenset() or (question.kind == "yes_no" and answer == "no"):
            said_no.append(question.ask)
        else:
            lines.append(_joined(question.ask, said))
    lines += [_joined(knowledge.modalities[id].name, words[f"quiz.tried.{how}"]) for id, how in answers.tried.items()]
    if said_no:
        lines.append(words["said_no"].format(questions=_listed(said_no)))
    if unsure := [question.ask for question in knowledge.questions.values() if question.id in answers.unsure]:
        lines.append(words["quiz.unsure"].format(questions=_listed(unsure)))
    pain = ", ".join(knowledge.conditions[condition].name for condition in answers.conditions)
    return Told(person.title, person.story, words["quiz.pain"].format(names=pain), tuple(lines))


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
        yield words["quiz.missing"].format(ask=knowledge.questions[question.said.question].ask)
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
    return reason_text(knowledge, Reason(rule, found.effect, True, found.entry.because, (), "", (), medicines))


def _said(knowledge: KnowledgeBase, said: Because) -> str:
    """An answer in the words of the interview."""
    question = knowledge.questions[said.question]
    says = {value.id: value.say for value in question.values}
    if said.answer.startswith("not ") and said.answer not in says:
        gone = says.get(said.answer.removeprefix("not "), said.answer)
        return _joined(question.ask, knowledge.wording["quiz.no_longer"].format(said=gone))
    return _joined(question.ask, says.get(said.answer) or answer_words(knowledge, said.question, said.answer))


def _joined(ask: str, said: str) -> str:
    return f"{Entry(ask, tag=said).lead} {said}"


def _listed(asks: Sequence[str]) -> str:
    return "; ".join(asks).replace("?; ", "? ")


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
    yield _status_line(knowledge, question.option, question.status)
    yield from (_reason(knowledge, reason, notes) for reason in question.reasons)
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
