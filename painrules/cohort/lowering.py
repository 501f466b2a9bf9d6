"""The rules lowered to operations on columns, once, and run on any number of people.

A fact is a column: true, false, or null when it is unknown. What rests on facts, up to the rules, is two bits for each
person: whether it is certain, and whether it is possible (`painrules.cohort.bits`).

A `Plan` is a list of steps, each on the results of earlier ones. Equal expressions become one step, whichever rules
they stand in, findings included.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce as fold
from operator import and_, or_
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct, field

from painrules.cohort import bits
from painrules.expressions import All, Between, Expression, Not, OneOf, item_of, question_of
from painrules.knowledge import KnowledgeBase

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["flag", "code", "number"]
Name: TypeAlias = str
"""Of a column of facts: a question, `question:item`, or `has:condition`."""


class Is(Struct, frozen=True):
    """The answer to a question has this code: the place of the answer among the answers of the question."""

    column: Name
    code: int


class Within(Struct, frozen=True):
    """A number is at least one limit and below the other."""

    column: Name
    at_least: float | None
    below: float | None


class Flag(Struct, frozen=True):
    """A column that is true, false or null by itself."""

    column: Name


class Constant(Struct, frozen=True):
    """The same for everyone."""

    value: bool | None


class Join(Struct, frozen=True):
    """All of these steps, or any of them."""

    how: Literal["all", "any"]
    parts: tuple[int, ...]


class Opposite(Struct, frozen=True):
    """Not this step."""

    part: int


class Known(Struct, frozen=True):
    """This step, with null counted as true or as false: the possible or the certain rail."""

    part: int
    null_as: bool


Step: TypeAlias = "Is | Within | Flag | Constant | Join | Opposite | Known"


class Plan(Struct):
    """Steps in an order in which they can be run; no step stands here twice."""

    steps: list[Step] = field(default_factory=list)
    places: dict[Step, int] = field(default_factory=dict)

    def add(self, step: Step) -> int:
        """The place of a step."""
        if step not in self.places:
            self.places[step] = len(self.steps)
            self.steps.append(step)
        return self.places[step]

    def join(self, how: Literal["all", "any"], parts: Iterable[int]) -> int:
        """The place of a conjunction or disjunction. Of no parts: true or false."""
        decides, neutral = Constant(how == "any"), Constant(how == "all")
        different = {part for part in parts if self.steps[part] != neutral}
        if any(self.steps[part] == decides for part in different):
            return self.add(decides)
        if not different:
            return self.add(neutral)
        return different.pop() if len(different) == 1 else self.add(Join(how, tuple(sorted(different))))

    def opposite(self, part: int) -> int:
        """The place of a negation."""
        step = self.steps[part]
        if isinstance(step, Constant):
            return self.add(Constant(None if step.value is None else not step.value))
        return step.part if isinstance(step, Opposite) else self.add(Opposite(part))

    def known(self, part: int, null_as: bool) -> int:
        """The place of a step with null counted as true or as false."""
        step = self.steps[part]
        if isinstance(step, Constant):
            return self.add(Constant(null_as if step.value is None else step.value))
        return self.add(Known(part, null_as))

    def run(self, facts: pl.DataFrame, wanted: Iterable[int]) -> dict[int, bits.Truth]:
        """What is true of whom, for the wanted steps. What no later step needs is let go."""
        needed = self._needed(wanted)
        last_use = {part: place for place in needed for part in parts_of(self.steps[place])}
        keep = set(wanted)
        done: dict[int, bits.Truth] = {}
        for place in needed:
            step = self.steps[place]
            done[place] = _truth(step, facts, done)
            for part in parts_of(step):
                if last_use[part] == place and part not in keep:
                    done.pop(part, None)
        return done

    def _needed(self, wanted: Iterable[int]) -> list[int]:
        found: set[int] = set()
        todo = list(wanted)
        while todo:
            place = todo.pop()
            if place not in found:
                found.add(place)
                todo += parts_of(self.steps[place])
        return sorted(found)

    def columns(self, wanted: Iterable[int]) -> dict[Name, Kind]:
        """The columns of facts that the wanted steps read, and what they hold."""
        kinds: dict[type, Kind] = {Flag: "flag", Is: "code", Within: "number"}
        steps = (self.steps[place] for place in self._needed(wanted))
        return {step.column: kinds[type(step)] for step in steps if isinstance(step, (Is, Within, Flag))}


def parts_of(step: Step) -> tuple[int, ...]:
    """The earlier steps that a step rests on."""
    if isinstance(step, Join):
        return step.parts
    return (step.part,) if isinstance(step, (Opposite, Known)) else ()


def _truth(step: Step, facts: pl.DataFrame, done: Mapping[int, bits.Truth]) -> bits.Truth:
    if isinstance(step, Flag):
        return bits.truth_of(facts.get_column(step.column))
    if isinstance(step, Is):
        return bits.truth_of(facts.get_column(step.column) == step.code)
    if isinstance(step, Within):
        number = facts.get_column(step.column)
        limits = [number >= step.at_least] if step.at_least is not None else []
        limits += [number < step.below] if step.below is not None else []
        return fold(and_, map(bits.truth_of, limits))
    if isinstance(step, Opposite):
        return done[step.part].opposite(bits.everyone(facts.height))
    if isinstance(step, Known):
        rail = done[step.part].possible if step.null_as else done[step.part].certain
        return bits.Truth(rail, rail)
    if isinstance(step, Join):
        return fold(and_ if step.how == "all" else or_, (done[part] for part in step.parts))
    nobody, everyone = bits.nobody(facts.height), bits.everyone(facts.height)
    if step.value is None:
        return bits.Truth(nobody, everyone)
    return bits.Truth(everyone, everyone) if step.value else bits.Truth(nobody, nobody)


class Lowered(Struct, frozen=True):
    """A rule base as a plan; `rules` is the place of each rule."""

    lowering: Lowering
    rules: Mapping[str, int]

    @property
    def plan(self) -> Plan:
        """The steps."""
        return self.lowering.plan

    def place(self, expression: Expression) -> int:
        """The place of any other expression, which may test what the rules find."""
        return self.lowering.place(expression)


def lower(knowledge: KnowledgeBase) -> Lowered:
    """Lower every rule."""
    lowering = Lowering(knowledge, Plan(), {})
    rules: dict[str, int] = {}
    for rule in knowledge.rules.values():  # rules that derive findings come first
        rules[rule.id] = lowering.place(rule.when)
        if rule.finding is not None:
            of_finding = (rules[other.id] for other in knowledge.finding_rules[rule.finding] if other.id in rules)
            lowering.findings[rule.finding] = lowering.plan.join("any", of_finding)
    return Lowered(lowering, rules)


class Lowering(Struct):
    """Puts expressions into a plan; `findings` are the places of those that are known by now."""

    knowledge: KnowledgeBase
    plan: Plan
    findings: dict[str, int]

    def place(self, expression: Expression) -> int:
        """The place of an expression."""
        if isinstance(expression, Between):
            return self.plan.add(Within(expression.variable, expression.at_least, expression.below))
        if isinstance(expression, OneOf):
            return self.plan.join("any", self._answers(expression.variable, sorted(expression.values)))
        if isinstance(expression, Not):
            return self.plan.opposite(self.place(expression.part))
        parts = [self.place(part) for part in expression.parts]
        return self.plan.join("all" if isinstance(expression, All) else "any", parts)

    def _answers(self, variable: str, words: Sequence[str]) -> Iterator[int]:
        question = self.knowledge.questions.get(question_of(variable))
        if question is not None and question.kind == "one_of":
            for word in words:
                yield self.plan.add(Is(variable, question.answers.index(word)))
            return
        flag = self._flag(variable)
        for word in words:
            yield flag if word == "yes" else self.plan.opposite(flag)

    def _flag(self, variable: str) -> int:
        question, item = question_of(variable), item_of(variable)
        if question == "finding":
            return self.findings[item]
        if question == "condition":
            return self._condition(item)
        if item == "none":
            items = (word for word in self.knowledge.questions[question].answers if word != "none")
            return self.plan.opposite(self.plan.join("any", [self._flag(f"{question}:{word}") for word in items]))
        return self.plan.add(Flag(variable))

    def _condition(self, condition: str) -> int:
        """Someone with a kind of it has it; someone who only knows a wider kind may have it."""
        knowledge, plan = self.knowledge, self.plan
        kinds = [id for id in knowledge.conditions if condition in (id, *knowledge.ancestors(id))]
        surely = plan.join("any", [plan.add(Flag(f"has:{id}")) for id in kinds])
        wider = plan.join("any", [plan.add(Flag(f"has:{id}")) for id in knowledge.ancestors(condition)])
        return plan.join("any", [surely, plan.join("all", [wider, plan.add(Constant(None))])])
