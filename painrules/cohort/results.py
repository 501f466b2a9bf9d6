"""Statuses, reasons and urgent signs of many people: what a sheet says of each, as columns.

The status of an option is kept as four columns, "at least with_care" up to "at least advised_against": each is the
disjunction of the rules that give that much. `program` lowers a rule base to a `Program`, which is plain data that can
be sent to other machines; running it needs no knowledge base.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from painrules.alternatives import STATUSES, status_given
from painrules.cohort import bits
from painrules.cohort.lowering import Constant, Flag, Kind, Lowered, Plan, lower
from painrules.entries import Level
from painrules.evidence import GUIDELINE_KINDS, Statement, statements
from painrules.expressions import OneOf
from painrules.knowledge import KnowledgeBase, Rule
from painrules.sheet import LEVELS
from painrules.unanswered import asked_for, signs_in

if TYPE_CHECKING:
    import polars as pl

    from painrules.cohort.bits import Bits, Truth

URGENT = "urgent"


class OptionSteps(Struct, frozen=True):
    """Where the plan says whether people have an option, how strong its status is, and which rules hold."""

    offered: int
    at_least: tuple[int, ...]
    """One for each status but the mildest, milder first."""
    certain: tuple[tuple[str, int], ...]
    """Rules that can be reasons where they are certain, and their steps, in the order of the sheet."""
    possible: tuple[tuple[str, int], ...]


class Program(Struct, frozen=True, dict=True):
    """A rule base ready to be run on tables of facts."""

    plan: Plan
    options: Mapping[str, OptionSteps]
    options_of: Mapping[str, tuple[str, ...]]
    """The options of each condition."""
    signs: tuple[tuple[str, int, int], ...]
    """Urgent signs: where each holds, and to whom it is told when it is only possible."""
    levels: Mapping[Level, int]
    """Where people certainly have a sign of each level."""
    reasons: bool
    """Whether reasons are worked out as well."""

    @cached_property
    def steps(self) -> tuple[int, ...]:
        """The steps that results rest on."""
        return tuple(dict.fromkeys(self._steps()))

    def _steps(self) -> Iterator[int]:
        for option in self.options.values():
            yield from (option.offered, *option.at_least)
            if self.reasons:
                yield from (step for _, step in (*option.certain, *option.possible))
        yield from self.levels.values()
        if self.reasons:
            for _, step, told in self.signs:
                yield from (step, told)

    @cached_property
    def columns(self) -> Mapping[str, Kind]:
        """The columns of facts that it reads, and what they hold."""
        return {**self.plan.columns(self.steps), **{f"has:{condition}": "flag" for condition in self.options_of}}

    def run(self, facts: pl.DataFrame) -> Found:
        """Work out everything for the people of a table of facts."""
        return Found(self, facts.height, self.plan.run(facts, self.steps))


class Found(Struct, frozen=True):
    """What was worked out for some people."""

    program: Program
    height: int
    done: Mapping[int, Truth]

    def column(self, people: Bits) -> pl.Series:
        """A set of these people as a column."""
        return bits.column_of(people, self.height)

    def status(self, option: str) -> pl.Series:
        """The place of each person's status in STATUSES; null for whom it is no option."""
        import polars as pl

        steps = self.program.options[option]
        places = [pl.Series([place], dtype=pl.UInt8) for place in range(len(STATUSES))]
        offered = self.done[steps.offered].certain
        status = places[0].zip_with(self.column(offered), pl.Series([None], dtype=pl.UInt8))
        for place, step in zip(places[1:], steps.at_least, strict=True):
            status = place.zip_with(self.column(self.done[step].certain & offered), status)
        return status.alias(option)

    def urgent(self) -> pl.Series:
        """The place in LEVELS of the strongest sign that each person certainly has; null: none."""
        import polars as pl

        found = pl.Series([None], dtype=pl.UInt8).new_from_index(0, self.height)
        for place, level in reversed(list(enumerate(LEVELS))):
            having = self.column(self.done[self.program.levels[level]].certain)
            found = pl.Series([place], dtype=pl.UInt8).zip_with(having, found)
        return found.alias(URGENT)

    def columns(self) -> Iterator[pl.Series]:
        """The columns of the output, in words."""
        import polars as pl

        yield self.urgent().cat.to(pl.Enum(LEVELS))
        if self.program.reasons:
            yield from self._signs()
        for option in self.program.options:
            yield self.status(option).cat.to(pl.Enum(STATUSES))
            if self.program.reasons:
                yield from self._reasons(option)

    def _reasons(self, option: str) -> Iterator[pl.Series]:
        steps = self.program.options[option]
        offered = self.done[steps.offered].certain
        certain = {id: self.done[step].certain & offered for id, step in steps.certain}
        possible = {id: self._only_possible(step) & offered for id, step in steps.possible}
        yield self._ids(certain).alias(f"{option}.certain")
        yield self._ids(possible).alias(f"{option}.possible")

    def _signs(self) -> Iterator[pl.Series]:
        signs = self.program.signs
        certain = {id: self.done[step].certain for id, step, _ in signs}
        possible = {id: self._only_possible(step) & self.done[told].certain for id, step, told in signs}
        yield self._ids(certain).alias(f"{URGENT}.certain")
        yield self._ids(possible).alias(f"{URGENT}.possible")

    def _only_possible(self, step: int) -> Bits:
        return self.done[step].possible ^ self.done[step].certain

    def _ids(self, found: Mapping[str, Bits]) -> pl.Series:
        return ids_that_hold({id: self.column(people) for id, people in found.items() if people.any()}, self.height)


def ids_that_hold(columns: Mapping[str, pl.Series], height: int) -> pl.Series:
    """For each person the names of the columns that are true, separated by spaces."""
    import polars as pl

    if not columns:
        return pl.Series([""], dtype=pl.String).new_from_index(0, height)
    frame = pl.DataFrame(list(columns.values()), schema=list(columns))
    words = [pl.when(pl.col(id)).then(pl.lit(id)) for id in columns]
    return frame.select(pl.concat_str(words, separator=" ", ignore_nulls=True).fill_null("").alias("ids"))["ids"]


# --- lowering what a sheet says --------------------------------------------------------------------------------------


def program(knowledge: KnowledgeBase, options: Iterable[str] = (), *, reasons: bool = False) -> Program:
    """Lower a rule base for these options (none named: all)."""
    said = {condition: statements(knowledge, [condition]) for condition in knowledge.conditions}
    offered = [id for id in knowledge.modalities if any(id in of_condition for of_condition in said.values())]
    making = _Making(knowledge, lower(knowledge), said)
    wanted = tuple(options) or tuple(offered)
    signs = [rule for rule in knowledge.rules.values() if rule.effect == URGENT]
    return Program(
        plan=making.plan,
        options={id: making.option(id) for id in wanted},
        options_of={condition: tuple(id for id in of if id in wanted) for condition, of in said.items()},
        signs=tuple((rule.id, making.lowered.rules[rule.id], making.told_if_possible(rule)) for rule in signs),
        levels={level: making.level(level, signs) for level in LEVELS},
        reasons=reasons,
    )


class _Making(Struct, frozen=True):
    knowledge: KnowledgeBase
    lowered: Lowered
    said: Mapping[str, Mapping[str, tuple[Statement, ...]]]
    """What sources say of each modality, by condition."""

    @property
    def plan(self) -> Plan:
        return self.lowered.plan

    def has(self, conditions: Iterable[str]) -> int:
        return self.plan.join("any", [self.plan.add(Flag(f"has:{id}")) for id in conditions])

    def option(self, modality: str) -> OptionSteps:
        speaking = self.knowledge.rules_of_modality.get(modality, ())
        against = self.against(modality)
        reasons = [rule for rule in speaking if rule.effect != "prefer"]
        # As on the sheet: the strongest first, then by id.
        certain = sorted(reasons, key=lambda rule: (-_strength(rule, modality, True), rule.id))
        possible = sorted(
            (rule for rule in reasons if rule.effect != "note"),
            key=lambda rule: (-_strength(rule, modality, False), rule.id),
        )
        return OptionSteps(
            offered=self.has(condition for condition, said in self.said.items() if modality in said),
            at_least=tuple(self.at_least(n, modality, speaking, against) for n in range(1, len(STATUSES))),
            certain=tuple((rule.id, self.lowered.rules[rule.id]) for rule in certain),
            possible=tuple((rule.id, self.lowered.rules[rule.id]) for rule in possible),
        )

    def at_least(self, level: int, modality: str, speaking: Iterable[Rule], against: int) -> int:
        """Where a status is as strong as this, or stronger."""
        even_possible = [rule for rule in speaking if _strength(rule, modality, certain=False) >= level]
        only_certain = [
            rule for rule in speaking if rule not in even_possible and _strength(rule, modality, certain=True) >= level
        ]
        parts = [
            self.plan.known(self.any_rule(rules), null_as)
            for rules, null_as in ((even_possible, True), (only_certain, False))
        ]
        return self.plan.join("any", [*parts, against])

    def any_rule(self, rules: Iterable[Rule]) -> int:
        """Where any of these rules holds; those that speak of the same treatments are joined first, once for all."""
        together: dict[frozenset[str], list[int]] = {}
        for rule in rules:
            together.setdefault(frozenset(rule.modalities), []).append(self.lowered.rules[rule.id])
        return self.plan.join("any", [self.plan.join("any", steps) for steps in together.values()])

    def against(self, modality: str) -> int:
        """Where every guideline that counts advises against it; those on single kinds count if there are no others.

        This is `evidence.verdict` for any set of conditions.
        """
        plan = self.plan
        sources = self.knowledge.sources
        counted = {
            condition: [s for s in said.get(modality, ()) if sources[s.recommendation.source].kind in GUIDELINE_KINDS]
            for condition, said in self.said.items()
        }

        def having(kinds: bool, direction: Literal["for", "against"] | None = None) -> int:
            return self.has(
                condition
                for condition, found in counted.items()
                if any(
                    (s.scope == "some_kinds") is kinds and direction in (None, s.recommendation.direction)
                    for s in found
                )
            )

        def only_against(kinds: bool) -> int:
            return plan.join("all", [having(kinds, "against"), plan.opposite(having(kinds, "for"))])

        on_kinds = plan.join("all", [plan.opposite(having(kinds=False)), only_against(kinds=True)])
        return plan.join("any", [only_against(kinds=False), on_kinds])

    def told_if_possible(self, rule: Rule) -> int:
        """To whom an urgent sign is told that is only possible (`unanswered.told_to`)."""
        if "any" in rule.entry.ask_if:
            return self.plan.add(Constant(True))
        own = self.has(id for id in self.knowledge.conditions if asked_for(self.knowledge, rule, [id]))
        named = (OneOf(id, frozenset({"yes"})) for id in signs_in(self.knowledge, rule))
        said = [self.plan.known(self.lowered.place(test), null_as=False) for test in named]
        return self.plan.join("any", [own, *said])

    def level(self, level: Level, signs: Iterable[Rule]) -> int:
        steps = [self.lowered.rules[rule.id] for rule in signs if rule.entry.level == level]
        return self.plan.known(self.plan.join("any", steps), null_as=False)


def _strength(rule: Rule, modality: str, certain: bool) -> int:
    return STATUSES.index(status_given(rule, modality, True if certain else None))
