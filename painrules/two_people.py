"""Two people side by side: which options have another status for each, and which answers make the difference."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from msgspec import Struct
from msgspec.structs import replace

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status, reconsider, status_given, truth_of
from painrules.answers import Answers, facts_of
from painrules.engines import Conclusions, EngineName, consult
from painrules.entries import as_mapping
from painrules.expressions import Fact, Truth, question_of
from painrules.knowledge import KnowledgeBase, Rule
from painrules.sheet import CitedSource, Option, Reason, Sheet, Urgent, cited, sheet_of, signs_told
from painrules.what_if import AnswerChange, answer_changes, strongest_reasons

CONDITIONS = "conditions"
"""Stands for the kinds of pain among the answers that are swapped: they go over all together."""
Swap = tuple[str, ...]
"""Questions (and perhaps `conditions`) of which one person gets the other's answers."""


class Differing(Struct, frozen=True):
    """An option that both have, with another status for each."""

    id: str
    name: str
    category: str
    first: Status
    second: Status
    swaps: tuple[Swap, ...]
    """The smallest sets of answers with which the first person would have the status of the second.

    All sets of that size; each is needed as a whole.
    """
    reasons_first: tuple[Reason, ...]
    """The strongest reason for the status; empty where nothing is held against the option."""
    reasons_second: tuple[Reason, ...]


class OnlyOne(Struct, frozen=True):
    """An option that one of them has, as guidelines speak of it for their kinds of pain."""

    id: str
    name: str
    category: str
    status: Status


class Person(Struct, frozen=True):
    """What is said of each person first."""

    name: str
    conditions: tuple[str, ...]
    urgent: tuple[Urgent, ...]
    """Signs that they told of."""
    only: tuple[OnlyOne, ...]
    """Options that the other has not."""


class TwoPeople(Struct, frozen=True):
    """Two people side by side."""

    first: Person
    second: Person
    answers: tuple[AnswerChange, ...]
    """Answers that differ; `before` is the first person's."""
    differing: tuple[Differing, ...]
    same: int
    """Options with the same status for both."""
    sources: tuple[CitedSource, ...]

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data for JSON."""
        return as_mapping(self)


def two_people(
    knowledge: KnowledgeBase, first: tuple[str, Answers], second: tuple[str, Answers], engine: EngineName = "durable"
) -> TwoPeople:
    """Compare two people, each given by a name and answers."""
    concluded = consult(knowledge, first[1], engine)
    sheets = (
        sheet_of(knowledge, first[1], concluded, look_ahead=False),
        sheet_of(knowledge, second[1], consult(knowledge, second[1], engine), look_ahead=False),
    )
    of_second = {option.id: option for option in sheets[1].options}
    both = [(option, of_second[option.id]) for option in sheets[0].options if option.id in of_second]
    swapping = _Swapping(knowledge, concluded, first[1], second[1])
    differing = tuple(_differing(swapping, a, b) for a, b in both if a.status != b.status)
    people = (
        _person(knowledge, first[0], sheets[0], sheets[1]),
        _person(knowledge, second[0], sheets[1], sheets[0]),
    )
    ids = [id for person in people for sign in person.urgent for id in sign.sources]
    ids += [id for d in differing for reason in (*d.reasons_first, *d.reasons_second) for id in reason.sources]
    return TwoPeople(
        first=people[0],
        second=people[1],
        answers=answer_changes(first[1], second[1]),
        differing=differing,
        same=len(both) - len(differing),
        sources=cited(knowledge, ids),
    )


def swapped(answers: Answers, other: Answers, questions: Iterable[str]) -> Answers:
    """A person with the other's answers to these questions; `conditions`: with the other's kinds of pain."""
    for question in questions:
        if question == CONDITIONS:
            answers = replace(answers, conditions=other.conditions)
        elif question in other.known:
            answers = answers.answer(question, other.known[question])
        else:
            answers = answers.answer(question, None) if question in other.unsure else answers.forget(question)
    return answers


def _person(knowledge: KnowledgeBase, name: str, sheet: Sheet, other: Sheet) -> Person:
    others = {option.id for option in other.options}
    only = tuple(OnlyOne(o.id, o.name, o.category, o.status) for o in sheet.options if o.id not in others)
    return Person(name, sheet.conditions, signs_told(knowledge, sheet), only)


def _differing(swapping: _Swapping, first: Option, second: Option) -> Differing:
    return Differing(
        id=first.id,
        name=first.name,
        category=first.category,
        first=first.status,
        second=second.status,
        swaps=tuple(swapping.smallest(first, second)),
        reasons_first=strongest_reasons(swapping.knowledge, first),
        reasons_second=strongest_reasons(swapping.knowledge, second),
    )


class _Swapping:
    """Finds the smallest sets of answers to swap, by what each rule says once the answers it rests on are swapped."""

    def __init__(self, knowledge: KnowledgeBase, concluded: Conclusions, first: Answers, second: Answers):
        """`concluded` is what holds for the first person."""
        self.knowledge, self.facts = knowledge, concluded.facts
        self.of_findings = [rule for rule in knowledge.rules.values() if rule.finding is not None]
        self.others: dict[str, dict[str, Fact]] = {}
        """The questions whose answers differ, with the facts of the second person."""
        for variable, fact in facts_of(knowledge, second).items():
            if fact != self.facts[variable]:
                question = question_of(variable)
                self.others.setdefault(CONDITIONS if question == "condition" else question, {})[variable] = fact
        if first.conditions != second.conditions:
            self.others.setdefault(CONDITIONS, {})
        self.known: dict[tuple[str, frozenset[str]], Truth] = {}

    def smallest(self, first: Option, second: Option) -> list[Swap]:
        """All sets of the smallest size with which the option has the second person's status.

        Sets grow by one question at a time, and only by those that could help: where a voice is too strong, by what
        it rests on, as it must change; where all are too mild, by what those rest on that could give the status.
        """
        target = STATUSES.index(second.status)
        voices: list[_Voice] = [_Verdict(first, second, frozenset({CONDITIONS} & self.others.keys()))]
        voices += [_RuleVoice(self, rule, first.id) for rule in self.knowledge.rules_of_modality.get(first.id, ())
                   if rule.effect in CERTAIN_STATUS]  # fmt: skip
        sets = {frozenset[str]()}
        while sets:
            solved = [tried for tried in sets if max(voice.says(tried) for voice in voices) == target]
            if solved:
                return sorted(tuple(sorted(swap)) for swap in solved)
            sets = {tried | {one} for tried in sets for one in _could_help(voices, tried, target)}
        return []

    def truth(self, rule: Rule, tried: frozenset[str]) -> Truth:
        """Of a rule, with the second person's answers to the questions of this set."""
        if (rule.id, tried) not in self.known:
            changed = {variable: fact for question in tried for variable, fact in self.others[question].items()}
            left, _ = reconsider(self.knowledge, self.facts, changed, [*self.of_findings, rule])
            self.known[rule.id, tried] = truth_of(left[rule.id])
        return self.known[rule.id, tried]


class _Voice(Protocol):
    """Something that gives an option a status; the strongest counts."""

    @property
    def rests_on(self) -> frozenset[str]:
        """Of what differs between the two people."""

    def says(self, tried: frozenset[str]) -> int:
        """Its status, as a place in STATUSES, once these answers are swapped."""

    def can_say(self, status: int) -> bool:
        """Whether it ever gives this status."""


class _Verdict(Struct, frozen=True):
    """That guidelines advise against an option, for the kinds of pain of one person or of the other."""

    first: Option
    second: Option
    rests_on: frozenset[str]

    def says(self, tried: frozenset[str]) -> int:
        option = self.second if tried & self.rests_on else self.first
        return STATUSES.index("advised_against") if option.guidelines == "against" else 0

    def can_say(self, status: int) -> bool:
        return STATUSES[status] == "advised_against"


class _RuleVoice:
    """A rule about an option."""

    def __init__(self, swapping: _Swapping, rule: Rule, modality: str):
        self.swapping, self.rule, self.modality = swapping, rule, modality
        questions = swapping.knowledge.questions_of_rule[rule.id] | {CONDITIONS}
        self.rests_on = frozenset(questions & swapping.others.keys())

    def says(self, tried: frozenset[str]) -> int:
        truth = self.swapping.truth(self.rule, tried & self.rests_on)
        return 0 if truth is False else STATUSES.index(status_given(self.rule, self.modality, truth))

    def can_say(self, status: int) -> bool:
        return STATUSES[status] in [status_given(self.rule, self.modality, truth) for truth in (True, None)]


def _could_help(voices: Sequence[_Voice], tried: frozenset[str], target: int) -> frozenset[str]:
    """Questions of which every set with this status that holds the tried ones has at least one more."""
    too_strong = [voice.rests_on - tried for voice in voices if voice.says(tried) > target]
    if too_strong:
        return min(too_strong, key=len)
    return frozenset[str]().union(*(voice.rests_on for voice in voices if voice.can_say(target))) - tried
