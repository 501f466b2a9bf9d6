"""Every question that the rules and guidelines can answer of a made-up person, each right by construction.

What is right follows from the engine, and so does that each other choice is wrong: `others` holds only choices that the
engine rules out for this person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from painrules.alternatives import CERTAIN_STATUS, STATUSES, alternatives, status_given
from painrules.answers import PREFERENCES, Answer, Answers, constraints_broken
from painrules.evidence import difference, statements, verdict
from painrules.knowledge import KnowledgeBase
from painrules.likeness import simple
from painrules.quiz.concluded import Concluded, concluded, given, only, warnings
from painrules.quiz.questions import CAN_WAIT, DIRECTIONS, KINDS, SHOWN, Direction, Kind, MadeUp, QuizQuestion
from painrules.sheet import LEVELS, VERDICTS, Because, Option, explore
from painrules.what_if import what_if

FEWEST_OTHERS = 2
"""Wrong choices that a question has at least."""


def questions_by_kind(
    knowledge: KnowledgeBase, person: MadeUp, kinds: tuple[Kind, ...] = KINDS
) -> dict[Kind, list[QuizQuestion]]:
    """Every question that can be asked of a person, by kind, in the order of the content."""
    found = concluded(knowledge, person)
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
        sheet = explore(knowledge, without, "reference", look_ahead=False)
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


# --- which treatment, and why -----------------------------------------------------------------------------------------


def _checks(found: Concluded) -> Iterator[QuizQuestion]:
    """Which treatment has a warning because of one answer? No rule for the others uses that question at all."""
    knowledge = found.knowledge
    for option in found.open:
        for said in dict.fromkeys(filter(None, (only(reason.because) for reason in warnings(option)))):
            reasons = tuple(reason for reason in warnings(option) if said in reason.because)
            others = [other for other in found.open if not found.rests_on(other.id, said.question)]
            # The strongest of them says what the answer does: it must need that answer, and no other one.
            alone = only(reasons[0].because) == said and found.without(said).get(reasons[0].rule) is not True
            if alone and said.question not in found.signs and len(others) >= FEWEST_OTHERS:
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


def _whys(found: Concluded) -> Iterator[QuizQuestion]:
    """Which reason is behind a warning? The others are rules for the same treatment that this person's answers do not
    fulfil, and none of them is about what the true ones are about."""
    knowledge = found.knowledge
    for option in found.open:
        reasons = warnings(option)
        about = {said.question for reason in reasons for said in given(reason.because)}
        texts = [reason.text for reason in reasons]
        others: list[str] = []
        rules = knowledge.rules_of_modality.get(option.id, ())
        for rule in sorted(rules, key=lambda rule: rule.id in found.conclusions.rules):  # what may apply comes last
            free = rule.effect in CERTAIN_STATUS and not knowledge.questions_of_rule[rule.id] & about
            held = found.conclusions.rules.get(rule.id)
            if free and not (held and held.certain) and not _says_the_same(rule.entry.because, texts):
                others.append(rule.id)
                texts.append(rule.entry.because)
        if reasons and given(reasons[0].because) and len(others) >= FEWEST_OTHERS:
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


def _changes(found: Concluded) -> Iterator[QuizQuestion]:
    """What would another answer do to a treatment? Answers that the person gave, if any of them can change."""
    knowledge, answers = found.knowledge, found.person.answers
    asked = [id for id in _questions(found) if id in knowledge.rules_of_question]
    others = alternatives(knowledge, answers, found.conclusions.facts, found.held, asked)
    known = {question: found_ for question, found_ in others.items() if question in answers.known}
    for question, tried in (known or others).items():
        for other in tried:
            then_answers = answers.answer(question, answer_meant(knowledge, answers, question, other.to))
            if constraints_broken(knowledge, then_answers):
                continue
            then = {option.id: found.status_then(option, other.held) for option in found.open}
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
                        used=found.rests_on(option.id, question),
                    )


def _questions(found: Concluded) -> list[str]:
    """Questions whose answer may be another one in thought, in the order of the content."""
    return [id for id in found.knowledge.questions if id != PREFERENCES and id not in found.signs]


def _unknowns(found: Concluded) -> Iterator[QuizQuestion]:
    """What is shown while an answer is missing, where the warning rests on that alone?"""
    knowledge = found.knowledge
    for option in found.open:
        strongest = option.reasons[0] if option.reasons else None
        if strongest is None or strongest.certain or strongest.effect not in CERTAIN_STATUS:
            continue
        missing = {said.question for said in strongest.because if said.answer == "unknown"}
        surely = (status_given(knowledge.rules[reason.rule], option.id, True) for reason in warnings(option))
        without = max(surely, key=STATUSES.index, default="option")
        if len(missing) == 1 and missing <= set(knowledge.questions) and without != option.status:
            (question,) = missing
            if question in found.signs:
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


def _forgotten(found: Concluded) -> Iterator[QuizQuestion]:
    """What would be shown without an answer that the person gave, where that makes the treatment stronger?"""
    for question in _questions(found):
        if question not in found.person.answers.known:
            continue
        differing = found.without(Because(question, "unknown"))
        for option in found.open:
            then = found.status_then(option, differing)
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


def _urgents(found: Concluded) -> Iterator[QuizQuestion]:
    """Which answer needs care first? No urgent sign, not even a possible one, rests on the others."""
    knowledge = found.knowledge
    certain = [sign for sign in found.sheet.urgent if sign.certain]
    in_signs = {said for sign in found.sheet.urgent for said in sign.because}
    others = [said for said in _told(knowledge, found.person.answers) if said not in in_signs]
    others = [said for said in others if said.question not in found.signs]
    matter = {said for option in found.sheet.options for reason in option.reasons for said in reason.because}
    others.sort(key=lambda said: (said not in matter, said.question not in knowledge.rules_of_question))
    for sign in certain:
        said = only(sign.because)
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


def _how_soons(found: Concluded) -> Iterator[QuizQuestion]:
    """How soon does an answer need care? Not asked where a missing answer could make it more urgent."""
    certain = [sign for sign in found.sheet.urgent if sign.certain]
    for said in dict.fromkeys(filter(None, (only(sign.because) for sign in certain))):
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


def _guidelines(found: Concluded) -> Iterator[QuizQuestion]:
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


_MAKERS: Mapping[Kind, tuple[Callable[[Concluded], Iterator[QuizQuestion]], ...]] = {
    "urgent": (_urgents,),
    "how_soon": (_how_soons,),
    "check": (_checks,),
    "why": (_whys,),
    "change": (_changes,),
    "unknown": (_unknowns, _forgotten),
    "guidelines": (_guidelines,),
}
