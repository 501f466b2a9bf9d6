"""What becomes of people between two versions of a rule base: whose options get milder or stronger, whose signs go.

Whoever cannot be in both versions is left out; `not_compared` says who that is. A question, or an item of a list, that
only one version has is no rule's concern in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Literal

from msgspec import Struct

from painrules.alternatives import STATUSES
from painrules.answers import Answers
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase
from painrules.population import Population
from painrules.sheet import LEVELS
from painrules.symbolic.compiled import Compiled
from painrules.symbolic.counting import Counting
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.difference import differences, differing_rules
from painrules.symbolic.judge import DisagreementError, Judge
from painrules.symbolic.proof import Proof, confirmed
from painrules.symbolic.sets import union
from painrules.symbolic.space import YES

Kind = Literal["option", "sign", "rule"]
Direction = Literal["milder", "vanishes", "stronger", "appears", "other"]
DIRECTIONS: tuple[Direction, ...] = ("milder", "vanishes", "stronger", "appears", "other")
"""In the order of a report. A sign that goes, or is less urgent, is milder."""
NOT_TOLD = "not_told"
TELLINGS = (NOT_TOLD, *(f"possible_{level}" for level in reversed(LEVELS)), *reversed(LEVELS))
"""How a sign can stand on a sheet, mildest first; a possible one is asked."""
States = Mapping[str, Diagram]
"""For whom an option or sign has each of its statuses."""


class Step(Struct, frozen=True):
    """From one status to another, for so many people."""

    was: str
    now: str
    share: Fraction


class Change(Struct, frozen=True):
    """What becomes of one option, sign or rule, for some people."""

    kind: Kind
    id: str
    direction: Direction
    share: Fraction
    person: Answers
    """The smallest of them."""
    rules: tuple[str, ...]
    """The rules that do it for this person."""
    steps: tuple[Step, ...] = ()
    conditions: tuple[str, ...] = ()
    """Of an option that appears or vanishes: the kinds of pain for which it does."""
    says: str = ""
    """Of another change: what it is for this person."""


class NotCompared(Struct, frozen=True):
    """Something that only one version has, or that both have differently, and what that means for the comparison."""

    id: str
    says: str


class Versions(Struct, frozen=True):
    """Two versions of a rule base, compared in people."""

    changes: tuple[Change, ...]
    not_compared: tuple[NotCompared, ...]

    def has(self, directions: Sequence[Direction]) -> bool:
        """Whether anything changes in one of these directions."""
        return any(change.direction in directions for change in self.changes)


def compare_versions(old: KnowledgeBase, new: KnowledgeBase, population: Population | None = None) -> Versions:
    """Compare two versions. Raises DisagreementError when the reference engine does not agree on a person.

    Shares are of every combination of answers alike, or weighed by how common answers are.
    """
    both = _Both(old, new, population)
    told = [*both.signs(), *both.options()]
    found = [*told, *both.others({change.id for change in told})]
    ordered = sorted(found, key=lambda change: DIRECTIONS.index(change.direction))
    return Versions(tuple(ordered), tuple(not_compared(old, new)))


class _Both:
    """Both versions, compiled for the same people."""

    def __init__(self, old: KnowledgeBase, new: KnowledgeBase, population: Population | None) -> None:
        self.old, self.new = old, new
        self.proof = Proof(new, old)
        diagrams, space = self.proof.diagrams, self.proof.space
        in_one = [diagrams.having(f"condition:{id}", [YES]) for id in sorted(space.impossible_conditions)]
        for id, answers in _answers_of_one(old, new).items():
            field = space.fields.get(id)
            codes = [code for code, value in enumerate(field.values if field else ()) if value in answers]
            in_one += [diagrams.having(id, codes)] if codes else []
        left_out = union(diagrams, in_one)
        self.proof.possible = self.proof.possible & ~left_out
        self.share = Counting(self.proof, population, left_out=left_out).share
        self.compiled = (Compiled(old, self.proof.space, self.proof.diagrams), self.proof.exact)
        self.judges = (Judge(old), self.proof.judge)

    def signs(self) -> Iterator[Change]:
        """Urgent signs that are told to others, or are more or less urgent."""
        for id in dict.fromkeys(id for one in self.compiled for id, r in one.knowledge.rules.items() if r.entry.level):
            was, now = (_tellings(compiled, id) for compiled in self.compiled)
            told = [lambda person, judge=judge, id=id: _telling(judge, person, id) for judge in self.judges]
            yield from self._moved("sign", id, (was, now), TELLINGS, told)

    def options(self) -> Iterator[Change]:
        """Options with another status for people to whom both versions offer them, and options that only one offers."""
        for id in dict.fromkeys(id for one in self.compiled for id in one.options):
            was, now = (compiled.options.get(id, self.proof.diagrams.nobody) for compiled in self.compiled)
            states = [_statuses(compiled, id, was & now) for compiled in self.compiled]
            told = [lambda person, judge=judge, id=id: judge.statuses(person)[id][0] for judge in self.judges]
            yield from self._moved("option", id, (states[0], states[1]), STATUSES, told)
            yield from self._offered(id, "vanishes", was & ~now)
            yield from self._offered(id, "appears", now & ~was)

    def others(self, told: set[str]) -> Iterator[Change]:
        """What guidelines come to, and reasons, marks and notes: differences of what has not been told of yet."""
        for found in confirmed(differences(self.old, self.new, self.proof, self.share)):
            if found.person is not None and found.share is not None and found.about not in told:
                kind: Kind = "option" if found.about in {*self.old.modalities, *self.new.modalities} else "rule"
                yield Change(kind, found.about, "other", found.share, found.person, found.rules, says=found.says)

    def _moved(
        self,
        kind: Kind,
        id: str,
        states: tuple[States, States],
        mildest_first: Sequence[str],
        told: Sequence[Callable[[Answers], str]],
    ) -> Iterator[Change]:
        """Those for whom a status gets milder, and those for whom it gets stronger."""
        moves: dict[Direction, dict[tuple[str, str], Diagram]] = {"milder": {}, "stronger": {}}
        for was, before in states[0].items():
            for now, after in states[1].items():
                if was != now and self.proof.anybody(before & after):
                    milder = mildest_first.index(now) < mildest_first.index(was)
                    moves["milder" if milder else "stronger"][was, now] = before & after
        for direction, of in moves.items():
            if of:
                people = union(self.proof.diagrams, of.values())
                person = self.proof.smallest(people)
                _confirm((told[0](person), told[1](person)) in of, id, person)
                steps = tuple(Step(*names, self.share(some)) for names, some in of.items())
                rules = (id,) if kind == "sign" else differing_rules(self.judges, person, id)
                yield Change(kind, id, direction, self.share(people), person, rules, steps)

    def _offered(self, id: str, direction: Direction, people: Diagram) -> Iterator[Change]:
        if self.proof.anybody(people):
            person, appears = self.proof.smallest(people), direction == "appears"
            _confirm([id in judge.statuses(person) for judge in self.judges] == [not appears, appears], id, person)
            kinds = tuple(
                condition for condition in self._shared if self._is_offered(id, condition) == (not appears, appears)
            )
            rules = differing_rules(self.judges, person, id)
            yield Change("option", id, direction, self.share(people), person, rules, conditions=kinds)

    def _is_offered(self, id: str, condition: str) -> tuple[bool, ...]:
        return tuple(id in judge.statuses(Answers((condition,))) for judge in self.judges)

    @property
    def _shared(self) -> list[str]:
        space = self.proof.space
        return [condition for condition in space.conditions if condition not in space.impossible_conditions]


def _statuses(compiled: Compiled[Diagram], id: str, offered: Diagram) -> States:
    """For whom an option has exactly each status, among those to whom it is offered."""
    if id not in compiled.options:
        return {}
    reaching = [offered, *(offered & compiled.at_least(id, status) for status in STATUSES[1:])]
    beyond = [*reaching[1:], compiled.sets.nobody]
    return {s: one & ~more for s, one, more in zip(STATUSES, reaching, beyond, strict=True)}


def _tellings(compiled: Compiled[Diagram], id: str) -> States:
    """To whom a sign is told, and how."""
    rule = compiled.knowledge.rules.get(id)
    if rule is None or rule.entry.level is None:
        return {NOT_TOLD: compiled.sets.everyone}
    rails = compiled.rules[id]
    asked = rails.possible & ~rails.certain & compiled.told_if_possible(rule)
    level = rule.entry.level
    return {NOT_TOLD: ~(rails.certain | asked), f"possible_{level}": asked, level: rails.certain}


def _telling(judge: Judge, person: Answers, id: str) -> str:
    shown = judge.shown(person)
    level = judge.knowledge.rules[id].entry.level if id in judge.knowledge.rules else None
    if level is None or not {("sign", id, ""), ("possible sign", id, "")} & shown.keys():
        return NOT_TOLD
    return level if ("sign", id, "") in shown else f"possible_{level}"


def _confirm(agreed: bool, id: str, person: Answers) -> None:
    if not agreed:
        raise DisagreementError(f"the reference engine does not agree on {id} for {person.conditions}, {person.known}.")


# --- what cannot be compared -----------------------------------------------------------------------------------------


def not_compared(old: KnowledgeBase, new: KnowledgeBase) -> Iterator[NotCompared]:
    """What only one version has, of kinds of pain, questions and answers; and questions that both ask differently."""
    for id in _only_in_one(old.conditions, new.conditions):
        where = "new" if id in new.conditions else "old"
        yield NotCompared(id, f"is a kind of pain only in the {where} one: people who have it are left out.")
    for id in _only_in_one(old.questions, new.questions):
        where, other = ("new", "old") if id in new.questions else ("old", "new")
        yield NotCompared(id, f"is a question only in the {where} one: the {other} one takes no notice of its answer.")
    for id in old.questions:
        if id in new.questions:
            yield from _differently_asked(old.questions[id], new.questions[id])


def _only_in_one(one: Mapping[str, object], two: Mapping[str, object]) -> list[str]:
    return [id for id in dict.fromkeys((*one, *two)) if (id in one) is not (id in two)]


def _differently_asked(old: Question, new: Question) -> Iterator[NotCompared]:
    if old.kind != new.kind:
        says = f"is {old.kind} in the old one and {new.kind} in the new one: people are compared with it left open."
        yield NotCompared(old.id, says)
    elif values := sorted(_answers_of(old) ^ _answers_of(new)):
        says = f"has answers that only one of both has: {', '.join(values)}. People who gave them are left out."
        yield NotCompared(old.id, says)
    elif items := sorted(set(old.answers) ^ set(new.answers)):
        says = f"has items that only one of both has: {', '.join(items)}. The other one takes no notice of them."
        yield NotCompared(old.id, says)


def _answers_of_one(old: KnowledgeBase, new: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Answers that only one version has, by question. An item of a list is like a question of its own."""
    both = [id for id in old.questions if id in new.questions and old.questions[id].kind == new.questions[id].kind]
    found = {id: _answers_of(old.questions[id]) ^ _answers_of(new.questions[id]) for id in both}
    return {id: answers for id, answers in found.items() if answers}


def _answers_of(question: Question) -> frozenset[str]:
    return frozenset(question.answers) if question.kind == "one_of" else frozenset()
