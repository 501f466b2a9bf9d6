"""Every question that the rules and guidelines can answer of a made-up person, each right by construction.

What is right follows from the engine, and so does that each other choice is wrong: `others` holds only choices that the
engine rules out for this person. The id of a question is what it was made from, the right answer included: a change of
the content that changes the answer makes another question of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from painrules.alternatives import (
    CERTAIN_STATUS,
    STATUSES,
    Change,
    Status,
    alternatives,
    held_in,
    reconsider,
    status_given,
    status_of,
    truth_of,
)
from painrules.answers import PREFERENCES, Answer, Answers, fact_of
from painrules.engines import Conclusions, consult
from painrules.evidence import Difference, Statement, difference, statements, verdict
from painrules.expressions import Fact, Truth, item_of, truth, variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.likeness import simple
from painrules.sheet import LEVELS, VERDICTS, Because, Option, Reason, Sheet, Urgent, sheet_of
from painrules.what_if import OptionChange, what_if

Kind = Literal["urgent", "how_soon", "check", "why", "change", "unknown", "guidelines"]
KINDS: tuple[Kind, ...] = ("urgent", "how_soon", "check", "why", "change", "unknown", "guidelines")
"""In the order in which they are asked of one person: a later one may give away an earlier one."""
Direction = Literal["stronger", "milder", "same"]
DIRECTIONS: tuple[Direction, ...] = ("stronger", "milder", "same")
CAN_WAIT = "can_wait"
"""The choice that a sign needs no care soon."""
SHOWN: tuple[Status, ...] = ("option", "with_care", "check_first", "held_back")
"""Statuses that answers can lead to; the last one rests on guidelines alone."""
FEWEST_OTHERS = 2


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A person of whom questions are asked."""

    id: str
    title: str
    story: str
    answers: Answers


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """One question with its right answer, other choices that are surely wrong, and what explains it."""

    id: str
    kind: Kind
    person: MadeUp
    right: str
    others: tuple[str, ...]
    """All choices that are surely wrong; the likeliest first, or all there are where `scale` is true."""
    condition: str = ""
    """What kind of pain it is about, where it is about what guidelines say."""
    option: str = ""
    """The treatment it is about."""
    said: Because | None = None
    """The answer it is about: one that the person gave, or would give."""
    status: Status = "option"
    """Of the treatment: as it is, or what the answer alone makes of it."""
    reasons: tuple[Reason, ...] = ()
    used: bool = True
    """Whether any rule for the treatment uses the answer."""
    signs: tuple[Urgent, ...] = ()
    changes: tuple[Change, ...] = ()
    """What would follow from an answer that is missing."""
    changed: OptionChange | None = None
    """What would become of the treatment; None: nothing."""
    statements: tuple[Statement, ...] = ()
    """What sources say of the treatment."""
    difference: Difference | None = None

    @property
    def forgotten(self) -> bool:
        """Whether it asks what would be if the person had not given an answer that they gave."""
        return self.kind == "unknown" and self.said is not None and self.said.question in self.person.answers.known

    @property
    def scale(self) -> bool:
        """Whether the choices have an order of their own."""
        return self.kind in ("how_soon", "change", "unknown", "guidelines")


@dataclass(frozen=True)
class _Found:
    """What the engine found for a person."""

    knowledge: KnowledgeBase
    person: MadeUp
    conclusions: Conclusions
    sheet: Sheet

    @property
    def open(self) -> tuple[Option, ...]:
        """Options that guidelines do not all advise against: what is said of them follows from the answers."""
        return tuple(option for option in self.sheet.options if option.status != "advised_against")

    def without(self, said: Because) -> Mapping[str, Truth]:
        """The rules that use an answer, as they would be without it; of a list, without that line of it."""
        knowledge = self.knowledge
        tested = knowledge.variables_of_question.get(said.question, ())
        lines: dict[str, Fact] = {variable: "no" for variable in tested if item_of(variable) == said.answer}
        facts = lines or dict.fromkeys(tested)
        rules = knowledge.rules_of_question.get(said.question, ())
        left, _ = reconsider(knowledge, self.conclusions.facts, facts, rules)
        return {rule: truth_of(what) for rule, what in left.items()}

    def id(self, kind: Kind, *parts: str) -> str:
        return "/".join((kind, self.person.id, *parts))


def questions_by_kind(
    knowledge: KnowledgeBase, person: MadeUp, kinds: tuple[Kind, ...] = KINDS
) -> dict[Kind, list[QuizQuestion]]:
    """Every question that can be asked of a person, by kind, in the order of the content."""
    conclusions = consult(knowledge, person.answers, "reference")
    found = _Found(knowledge, person, conclusions, sheet_of(knowledge, person.answers, conclusions))
    return {kind: list({q.id: q for make in _MAKERS[kind] for q in make(found)}.values()) for kind in kinds}


def explained(knowledge: KnowledgeBase, question: QuizQuestion) -> QuizQuestion:
    """The same question with what would change, which takes another look at the person."""
    answers, said = question.person.answers, question.said
    if said is None or question.kind not in ("change", "unknown"):
        return question
    if question.kind == "unknown":
        if not question.forgotten:
            return question
        without = answers.forget(said.question)
        sheet = sheet_of(knowledge, without, consult(knowledge, without, "reference"))
        (reason,) = (option.reasons[0] for option in sheet.options if option.id == question.option)
        return replace(question, reasons=(reason,))
    other = answers.answer(said.question, answer_meant(knowledge, answers, said.question, said.answer))
    found = what_if(knowledge, answers, other, "reference")
    return replace(question, changed=next((one for one in found.options if one.id == question.option), None))


def answer_meant(knowledge: KnowledgeBase, answers: Answers, question: str, word: str) -> Answer:
    """The answer that the word of an alternative stands for: of a list, one more or one less than now."""
    kind = knowledge.questions[question].kind
    if kind == "number":
        return float(word)
    if kind != "many_of":
        return word
    known = answers.known.get(question)
    held = known if isinstance(known, frozenset) else frozenset[str]()
    if word == "none":
        return frozenset()
    return held - {word.removeprefix("not ")} if word.startswith("not ") else held | {word}


# --- what answers the person gave, and what rests on them -------------------------------------------------------------


def _given(because: tuple[Because, ...]) -> list[Because]:
    """The answers among what a conclusion rests on; kinds of pain are none."""
    return [one for one in because if one.question != "condition" and one.answer != "unknown"]


def _only(because: tuple[Because, ...]) -> Because | None:
    """The answer that a conclusion rests on, if it is one alone; a line of a list that is missing is none."""
    given = _given(because)
    return given[0] if len(given) == 1 and not given[0].answer.startswith("not ") else None


def _is_sign(knowledge: KnowledgeBase, question: str) -> bool:
    """Whether a question asks for a sign that needs care: nothing to play with."""
    signs = (knowledge.questions_of_rule[rule.id] for rule in knowledge.rules.values() if rule.effect == "urgent")
    return knowledge.questions[question].urgent == "yes" or frozenset({question}) in signs


def _rests_on(knowledge: KnowledgeBase, modality: str, question: str) -> bool:
    """Whether any rule for a treatment, holding or not, uses a question."""
    rules = knowledge.rules_of_modality.get(modality, ())
    return any(question in knowledge.questions_of_rule[rule.id] for rule in rules)


def _warns(reason: Reason) -> bool:
    return reason.certain and reason.effect in CERTAIN_STATUS


def _certain(option: Option) -> list[Reason]:
    return [reason for reason in option.reasons if _warns(reason)]


# --- which treatment, and why -----------------------------------------------------------------------------------------


def _checks(found: _Found) -> Iterator[QuizQuestion]:
    """Which treatment has a warning because of one answer? No rule for the others uses that question at all."""
    knowledge = found.knowledge
    for option in found.open:
        for said in dict.fromkeys(filter(None, (_only(reason.because) for reason in _certain(option)))):
            reasons = tuple(reason for reason in _certain(option) if said in reason.because)
            others = [other for other in found.open if not _rests_on(knowledge, other.id, said.question)]
            # The strongest of them says what the answer does: it must need that answer, and no other one.
            alone = _only(reasons[0].because) == said and found.without(said).get(reasons[0].rule) is not True
            if alone and not _is_sign(knowledge, said.question) and len(others) >= FEWEST_OTHERS:
                status = status_given(knowledge.rules[reasons[0].rule], option.id, True)
                yield QuizQuestion(
                    id=found.id("check", option.id, _word(said), status),
                    kind="check",
                    person=found.person,
                    right=option.id,
                    others=tuple(other.id for other in _same_kind_first(option, others)),
                    option=option.id,
                    said=said,
                    status=status,
                    reasons=reasons,
                )


def _same_kind_first(option: Option, others: list[Option]) -> list[Option]:
    return sorted(others, key=lambda other: other.category != option.category)


def _whys(found: _Found) -> Iterator[QuizQuestion]:
    """Which reason is behind a warning? The others are rules for the same treatment that this person's answers do not
    fulfil, and none of them is about what the true ones are about."""
    knowledge = found.knowledge
    for option in found.open:
        reasons = _certain(option)
        about = {said.question for reason in reasons for said in _given(reason.because)}
        texts = [reason.text for reason in reasons]
        others: list[str] = []
        rules = knowledge.rules_of_modality.get(option.id, ())
        for rule in sorted(rules, key=lambda rule: rule.id in found.conclusions.rules):  # what may apply comes last
            free = rule.effect in CERTAIN_STATUS and not knowledge.questions_of_rule[rule.id] & about
            held = found.conclusions.rules.get(rule.id)
            if free and not (held and held.certain) and not _says_the_same(rule.entry.because, texts):
                others.append(rule.id)
                texts.append(rule.entry.because)
        if reasons and _given(reasons[0].because) and len(others) >= FEWEST_OTHERS:
            yield QuizQuestion(
                id=found.id("why", option.id, reasons[0].rule),
                kind="why",
                person=found.person,
                right=reasons[0].rule,
                others=tuple(others),
                option=option.id,
                status=option.status,
                reasons=tuple(reasons),
            )


def _says_the_same(text: str, texts: list[str]) -> bool:
    """Whether the words of a text are all in another, or hold all of it: nobody could tell the two reasons apart."""
    own = set(simple(text).split())
    return any(own <= words or words <= own for words in (set(simple(other).split()) for other in texts))


# --- other answers, and missing ones ----------------------------------------------------------------------------------


def _changes(found: _Found) -> Iterator[QuizQuestion]:
    """What would another answer do to a treatment? Answers that the person gave, if any of them can change."""
    knowledge, answers = found.knowledge, found.person.answers
    held = held_in(found.conclusions)
    asked = [id for id in knowledge.rules_of_question if id != PREFERENCES and not _is_sign(knowledge, id)]
    others = alternatives(knowledge, answers, found.conclusions.facts, held, asked)
    known = {question: found_ for question, found_ in others.items() if question in answers.known}
    for question, tried in (known or others).items():
        for other in tried:
            if not _can_be(knowledge, answers.answer(question, answer_meant(knowledge, answers, question, other.to))):
                continue
            then = {option.id: _status_then(knowledge, option, held, other.held) for option in found.open}
            touched = {option.category for option in found.open if then[option.id] != option.status}
            for option in found.open:
                # A treatment that stays as it is asks for thought only where one of its kind does not.
                if option.category in touched:
                    by = STATUSES.index(then[option.id]) - STATUSES.index(option.status)
                    right: Direction = "stronger" if by > 0 else "milder" if by < 0 else "same"
                    yield QuizQuestion(
                        id=found.id("change", option.id, f"{question}={other.to}", right),
                        kind="change",
                        person=found.person,
                        right=right,
                        others=tuple(way for way in DIRECTIONS if way != right),
                        option=option.id,
                        said=Because(question, other.to),
                        status=option.status,
                        reasons=option.reasons,
                        used=_rests_on(knowledge, option.id, question),
                    )


def _can_be(knowledge: KnowledgeBase, answers: Answers) -> bool:
    """Whether there can be such a person, by the constraints of the content."""
    for constraint in knowledge.constraints.values():
        facts = {variable: fact_of(knowledge, answers, variable) for variable in variables(constraint.never)}
        if truth(constraint.never, facts) is True:
            return False
    return True


def _status_then(
    knowledge: KnowledgeBase, option: Option, held: Mapping[str, Truth], differing: Mapping[str, Truth]
) -> Status:
    rules: tuple[Rule, ...] = knowledge.rules_of_modality.get(option.id, ())
    then = {rule.id: differing.get(rule.id, held.get(rule.id, False)) for rule in rules}
    return status_of(knowledge, option.id, then, option.guidelines)


def _unknowns(found: _Found) -> Iterator[QuizQuestion]:
    """What is shown while an answer is missing, where the warning rests on that alone?"""
    knowledge = found.knowledge
    for option in found.open:
        strongest = option.reasons[0] if option.reasons else None
        if strongest is None or strongest.certain or strongest.effect not in CERTAIN_STATUS:
            continue
        missing = {said.question for said in strongest.because if said.answer == "unknown"}
        surely = (status_given(knowledge.rules[reason.rule], option.id, True) for reason in _certain(option))
        without = max(surely, key=STATUSES.index, default="option")
        if len(missing) == 1 and missing <= set(knowledge.questions) and without != option.status:
            (question,) = missing
            if _is_sign(knowledge, question):
                continue
            yield QuizQuestion(
                id=found.id("unknown", option.id, question, option.status),
                kind="unknown",
                person=found.person,
                right=option.status,
                others=tuple(status for status in SHOWN if status != option.status),
                option=option.id,
                said=Because(question, "unknown"),
                status=option.status,
                reasons=(strongest,),
                changes=tuple(change for change in option.would_change if change.question == question),
            )


def _forgotten(found: _Found) -> Iterator[QuizQuestion]:
    """What would be shown without an answer that the person gave, where that makes the treatment stronger?"""
    knowledge, answers = found.knowledge, found.person.answers
    held = held_in(found.conclusions)
    for question in answers.known:
        if question == PREFERENCES or _is_sign(knowledge, question):
            continue
        differing = found.without(Because(question, "unknown"))
        for option in found.open:
            then = _status_then(knowledge, option, held, differing)
            if STATUSES.index(then) > STATUSES.index(option.status):
                yield QuizQuestion(
                    id=found.id("unknown", option.id, question, then),
                    kind="unknown",
                    person=found.person,
                    right=then,
                    others=tuple(status for status in SHOWN if status != then),
                    option=option.id,
                    said=Because(question, "unknown"),
                    status=option.status,
                )


# --- signs that need care ---------------------------------------------------------------------------------------------


def _urgents(found: _Found) -> Iterator[QuizQuestion]:
    """Which answer needs care first? No urgent sign, not even a possible one, rests on the others."""
    knowledge = found.knowledge
    certain = [sign for sign in found.sheet.urgent if sign.certain]
    in_signs = {said for sign in found.sheet.urgent for said in sign.because}
    others = [said for said in _told(knowledge, found.person.answers) if said not in in_signs]
    others = [said for said in others if not _is_sign(knowledge, said.question)]
    matter = {said for option in found.sheet.options for reason in option.reasons for said in reason.because}
    others.sort(key=lambda said: (said not in matter, said.question not in knowledge.rules_of_question))
    for sign in certain:
        said = _only(sign.because)
        first = sign.level == certain[0].level
        if said and first and found.without(said).get(sign.id) is not True and len(others) >= FEWEST_OTHERS:
            yield QuizQuestion(
                id=found.id("urgent", _word(said), sign.level),
                kind="urgent",
                person=found.person,
                right=_word(said),
                others=tuple(map(_word, others)),
                said=said,
                signs=tuple(s for s in certain if said in s.because and s.level == sign.level),
            )


def _how_soons(found: _Found) -> Iterator[QuizQuestion]:
    """How soon does an answer need care? Not asked where a missing answer could make it more urgent."""
    certain = [sign for sign in found.sheet.urgent if sign.certain]
    for said in dict.fromkeys(filter(None, (_only(sign.because) for sign in certain))):
        then = found.without(said)
        lost = [sign for sign in certain if then.get(sign.id, True) is not True]
        level = min((sign.level for sign in lost), key=LEVELS.index, default=None)
        every = [LEVELS.index(sign.level) for sign in found.sheet.urgent if said in sign.because]
        if level and LEVELS.index(level) == min(every):
            yield QuizQuestion(
                id=found.id("how_soon", _word(said), level),
                kind="how_soon",
                person=found.person,
                right=level,
                others=tuple(other for other in (*LEVELS, CAN_WAIT) if other != level),
                said=said,
                signs=tuple(sign for sign in lost if sign.level == level),
            )


def _told(knowledge: KnowledgeBase, answers: Answers) -> Iterator[Because]:
    """What a person told that is more than a no."""
    for question in knowledge.questions.values():
        value = answers.known.get(question.id)
        if question.id == PREFERENCES or value in (None, "no", "none"):
            continue
        if isinstance(value, frozenset):
            yield from (Because(question.id, item) for item in sorted(value))
        elif isinstance(value, float):
            yield Because(question.id, f"{value:g}")
        elif question.kind == "yes_no" or value != question.answers[0]:  # the mildest comes first
            yield Because(question.id, str(value))


def _word(said: Because) -> str:
    return f"{said.question}={said.answer}"


# --- guidelines -------------------------------------------------------------------------------------------------------


def _guidelines(found: _Found) -> Iterator[QuizQuestion]:
    """What do current guidelines say of a treatment for one kind of pain? The person's answers play no part."""
    knowledge = found.knowledge
    for condition in found.person.answers.conditions:
        for option, said in statements(knowledge, (condition,)).items():
            itself = tuple(statement for statement in said if statement.scope != "some_kinds")
            right = verdict(knowledge, said)
            if itself:
                yield QuizQuestion(
                    id=f"guidelines/{condition}/{option}/{right}",
                    kind="guidelines",
                    person=found.person,
                    right=right,
                    others=tuple(other for other in VERDICTS if other != right),
                    condition=condition,
                    option=option,
                    statements=itself,
                    difference=difference(knowledge, option, said),
                )


_MAKERS: Mapping[Kind, tuple[Callable[[_Found], Iterator[QuizQuestion]], ...]] = {
    "urgent": (_urgents,),
    "how_soon": (_how_soons,),
    "check": (_checks,),
    "why": (_whys,),
    "change": (_changes,),
    "unknown": (_unknowns, _forgotten),
    "guidelines": (_guidelines,),
}
