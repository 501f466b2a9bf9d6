"""What if some answers were others: what would change on the sheet, and which rules make the difference."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from painrules.alternatives import STATUSES, Status, conclusions_from, reconsider, status_given
from painrules.answers import Answer, Answers, as_plain, facts_of
from painrules.engines import EngineName, consult
from painrules.entries import as_mapping
from painrules.knowledge import KnowledgeBase
from painrules.sheet import CitedSource, MadeWith, Option, Reason, Sheet, Urgent, cited, made_with, sheet_of, signs_told

Fit = Literal["fits", "does_not_fit", "unmarked"]


class AnswerChange(Struct, frozen=True):
    """One answer as it is and as it would be; `unknown` when it was not given."""

    question: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class OptionChange(Struct, frozen=True):
    """An option whose status would be another."""

    id: str
    name: str
    category: str
    before: Status
    after: Status
    no_longer: tuple[Reason, ...]
    """Reasons that gave it the stronger status until now."""
    now: tuple[Reason, ...]
    """Reasons that would give it the stronger status."""
    rests_on: tuple[Reason, ...]
    """The strongest reason for the milder of the two; empty where nothing is held against the option."""


class FitChange(Struct, frozen=True):
    """An option that would fit what matters to the person, or no longer."""

    id: str
    name: str
    before: Fit
    after: Fit


class WhatIf(Struct, frozen=True):
    """Everything that other answers would change."""

    painrules: MadeWith
    urgent: tuple[Urgent, ...]
    """Signs that the person told of, before anything is changed."""
    answers: tuple[AnswerChange, ...]
    options: tuple[OptionChange, ...]
    signs_appear: tuple[Urgent, ...]
    signs_go: tuple[Urgent, ...]
    fits: tuple[FitChange, ...]
    other_reasons: tuple[str, ...]
    """Options that keep their status, for other reasons."""
    unchanged: int
    """Options that stay as they are."""
    sources: tuple[CitedSource, ...]

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data for JSON."""
        return as_mapping(self)


def what_if(knowledge: KnowledgeBase, answers: Answers, changed: Answers, engine: EngineName = "durable") -> WhatIf:
    """Compare the sheet of a person with that for other answers, which are concluded as `would_change` is."""
    before = sheet_of(knowledge, answers, consult(knowledge, answers, engine), look_ahead=False)
    left, facts = reconsider(knowledge, facts_of(knowledge, changed), {}, knowledge.rules.values())
    after = sheet_of(knowledge, changed, conclusions_from(knowledge, left, facts), look_ahead=False)
    olds = {option.id: option for option in before.options}
    pairs = [(olds[new.id], new) for new in after.options if new.id in olds]
    options = tuple(_option_change(knowledge, old, new) for old, new in pairs if old.status != new.status)
    fits = tuple(FitChange(o.id, o.name, _fit(o), _fit(n)) for o, n in pairs if _fit(o) != _fit(n))
    same = [(old, new) for old, new in pairs if old.status == new.status]
    other_reasons = tuple(old.id for old, new in same if _concluded(old) != _concluded(new))
    appear, go = _signs_more(before, after), _signs_more(after, before)
    signs = signs_told(knowledge, before)
    ids = [id for o in options for reason in (*o.no_longer, *o.now, *o.rests_on) for id in reason.sources]
    return WhatIf(
        painrules=made_with(knowledge),
        urgent=signs,
        answers=answer_changes(answers, changed),
        options=options,
        signs_appear=appear,
        signs_go=go,
        fits=fits,
        other_reasons=other_reasons,
        unchanged=len(same) - len(other_reasons),
        sources=cited(knowledge, ids + [id for sign in (*signs, *appear, *go) for id in sign.sources]),
    )


def with_changes(answers: Answers, changes: Mapping[str, Answer | None]) -> Answers:
    """The same person with these answers instead; None: not sure."""
    for question, value in changes.items():
        answers = answers.answer(question, value)
    return answers


def _option_change(knowledge: KnowledgeBase, old: Option, new: Option) -> OptionChange:
    return OptionChange(
        id=new.id,
        name=new.name,
        category=new.category,
        before=old.status,
        after=new.status,
        no_longer=_that_made(knowledge, old, new),
        now=_that_made(knowledge, new, old),
        rests_on=strongest_reasons(knowledge, min(old, new, key=lambda option: STATUSES.index(option.status))),
    )


def strongest_reasons(knowledge: KnowledgeBase, option: Option) -> tuple[Reason, ...]:
    """The first reason that gives an option its status; empty where no rule does."""
    giving = [reason for reason in option.reasons if _given(knowledge, option, reason) == option.status != "option"]
    return tuple(giving[:1])


def _that_made(knowledge: KnowledgeBase, stronger: Option, milder: Option) -> tuple[Reason, ...]:
    """Reasons of one option that the other has not, and that give more than the status of the other."""
    known = _concluded(milder)
    limit = STATUSES.index(milder.status)
    return tuple(
        reason
        for reason in stronger.reasons
        if (reason.rule, reason.certain) not in known and STATUSES.index(_given(knowledge, stronger, reason)) > limit
    )


def _given(knowledge: KnowledgeBase, option: Option, reason: Reason) -> Status:
    return status_given(knowledge.rules[reason.rule], option.id, reason.certain or None)


def _concluded(option: Option) -> set[tuple[str, bool]]:
    return {(reason.rule, reason.certain) for reason in option.reasons}


def _fit(option: Option) -> Fit:
    return "does_not_fit" if option.does_not_fit else "fits" if option.fits else "unmarked"


def _signs_more(before: Sheet, after: Sheet) -> tuple[Urgent, ...]:
    """Signs of the second sheet that the first has not, or has only as possible."""
    known = {sign.id: sign.certain for sign in before.urgent}
    return tuple(sign for sign in after.urgent if sign.id not in known or (sign.certain and not known[sign.id]))


def answer_changes(answers: Answers, changed: Answers) -> tuple[AnswerChange, ...]:
    """The questions to which the answers differ."""
    old, new = _words(answers), _words(changed)
    unknown = ("unknown",)
    return tuple(
        AnswerChange(question, old.get(question, unknown), new.get(question, unknown))
        for question in sorted({*old, *new})
        if old.get(question) != new.get(question)
    )


def _words(answers: Answers) -> dict[str, tuple[str, ...]]:
    plain = as_plain(answers)
    given = {**plain["answers"], **({"preferences": plain["preferences"]} if "preferences" in plain else {})}
    return {
        question: tuple(map(str, value)) if isinstance(value, list) else (str(value),)
        for question, value in given.items()
    }
