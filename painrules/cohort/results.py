"""Statuses, reasons and urgent signs of many people: what a sheet says of each, as columns.

The status of an option is kept as four columns, "at least with_care" up to "at least advised_against": each is the
disjunction of the rules that give that much, and the number of them that hold is the status.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from painrules.alternatives import CERTAIN_STATUS, POSSIBLE_STATUS, STATUSES, Status, status_given
from painrules.cohort.lowering import Constant, Flag, Lowered
from painrules.entries import Level
from painrules.evidence import GUIDELINE_KINDS, Statement, statements
from painrules.knowledge import Rule
from painrules.sheet import LEVELS, asked_for

if TYPE_CHECKING:
    import polars as pl

PERSON = "person"
URGENT = "urgent"


@dataclass(frozen=True)
class OptionSteps:
    """Where the plan says whether people have an option, and how strong its status is."""

    offered: int
    at_least: tuple[int, ...]
    """One for each status but the mildest, milder first."""
    rules: tuple[Rule, ...]
    """The rules that can be reasons."""


@dataclass(frozen=True)
class Wanted:
    """What to work out. No options: all of them."""

    options: tuple[str, ...] = ()
    reasons: bool = False


class Results:
    """A rule base ready to be run on tables of facts."""

    def __init__(self, lowered: Lowered, wanted: Wanted):
        self.lowered, self.wanted = lowered, wanted
        self.knowledge, self.plan = lowered.knowledge, lowered.plan
        self.said = {condition: statements(self.knowledge, [condition]) for condition in self.knowledge.conditions}
        ids = wanted.options or tuple(id for id in self.knowledge.modalities if any(id in s for s in self.said.values()))
        self.options: Mapping[str, OptionSteps] = {id: self._option(id) for id in ids}
        self.signs: Mapping[str, tuple[int, int]] = {
            rule.id: (lowered.rules[rule.id], self._asked(rule))
            for rule in self.knowledge.rules.values()
            if rule.effect == "urgent"
        }
        self.levels: Mapping[Level, int] = {level: self._level(level) for level in LEVELS}
        self.steps = tuple(self._steps())
        self.columns = self.plan.columns(self.steps) | {f"has:{id}" for id in self.knowledge.conditions}

    # --- the plan ----------------------------------------------------------------------------------------------------

    def _has(self, conditions: Iterable[str]) -> int:
        return self.plan.join("any", [self.plan.add(Flag(f"has:{id}")) for id in conditions])

    def _option(self, modality: str) -> OptionSteps:
        plan = self.plan
        speaking = self.knowledge.rules_of_modality.get(modality, ())
        against = self._against(modality)
        at_least = []
        for level in range(1, len(STATUSES)):
            even_possible = [rule for rule in speaking if _strength(rule, modality, certain=False) >= level]
            only_certain = [rule for rule in speaking if _strength(rule, modality, certain=True) >= level]
            only_certain = [rule for rule in only_certain if rule not in even_possible]
            parts = [
                plan.known(self._any_rule(rules), null_as)
                for rules, null_as in ((even_possible, True), (only_certain, False))
                if rules
            ]
            at_least.append(plan.join("any", [*parts, against]))
        return OptionSteps(
            offered=self._has(condition for condition, said in self.said.items() if modality in said),
            at_least=tuple(at_least),
            rules=tuple(rule for rule in speaking if rule.effect != "prefer"),
        )

    def _any_rule(self, rules: Iterable[Rule]) -> int:
        """Where any of these rules holds; those that speak of the same treatments are joined first, once for all of them."""
        together: dict[frozenset[str], list[int]] = {}
        for rule in rules:
            together.setdefault(frozenset(rule.modalities), []).append(self.lowered.rules[rule.id])
        return self.plan.join("any", [self.plan.join("any", steps) for steps in together.values()])

    def _against(self, modality: str) -> int:
        """Where every guideline that counts advises against it; those on single kinds count when there are no others."""
        plan = self.plan
        counted = {condition: self._guidelines(said.get(modality, ())) for condition, said in self.said.items()}

        def having(narrow: bool, direction: str | None = None) -> int:
            return self._has(
                condition
                for condition, found in counted.items()
                if any(
                    (s.scope == "some_kinds") is narrow and direction in (None, s.recommendation.direction)
                    for s in found
                )
            )

        def only_against(narrow: bool) -> int:
            recommended = plan.opposite(having(narrow, "for"))
            return plan.join("all", [having(narrow, "against"), recommended])

        wide = having(narrow=False)
        on_kinds = plan.join("all", [plan.opposite(wide), only_against(narrow=True)])
        return plan.join("any", [only_against(narrow=False), on_kinds])

    def _guidelines(self, said: Iterable[Statement]) -> list[Statement]:
        return [s for s in said if self.knowledge.sources[s.recommendation.source].kind in GUIDELINE_KINDS]

    def _asked(self, rule: Rule) -> int:
        if "any" in rule.entry.ask_if:
            return self.plan.add(Constant(True))
        return self._has(id for id in self.knowledge.conditions if asked_for(self.knowledge, rule, [id]))

    def _level(self, level: Level) -> int:
        of_level = [step for id, (step, _) in self.signs.items() if self.knowledge.rules[id].entry.level == level]
        return self.plan.known(self.plan.join("any", of_level), null_as=False)

    def _steps(self) -> Iterator[int]:
        for option in self.options.values():
            yield from (option.offered, *option.at_least)
            if self.wanted.reasons:
                yield from (self.lowered.rules[rule.id] for rule in option.rules)
        yield from self.levels.values()
        if self.wanted.reasons:
            for steps in self.signs.values():
                yield from steps

    # --- running it --------------------------------------------------------------------------------------------------

    def of(self, facts: pl.DataFrame) -> Found:
        """Work out everything for the people of a table of facts."""
        return Found(self, self.plan.run(facts, self.steps))


@dataclass(frozen=True)
class Found:
    """What was worked out for some people."""

    results: Results
    done: Mapping[int, pl.Series]

    def status(self, modality: str) -> pl.Series:
        """The place of each person's status in STATUSES; null for whom it is no option."""
        import polars as pl

        option = self.results.options[modality]
        places = [pl.Series([place], dtype=pl.UInt8) for place in range(len(STATUSES))]
        status = places[0].zip_with(self.done[option.offered], pl.Series([None], dtype=pl.UInt8))
        for place, step in zip(places[1:], option.at_least, strict=True):
            status = place.zip_with(self.done[step] & self.done[option.offered], status)
        return status.alias(modality)

    def urgent(self) -> pl.Series:
        """The place in LEVELS of the strongest sign that each person certainly has; null: none."""
        import polars as pl

        found = pl.Series([None], dtype=pl.UInt8).new_from_index(0, self._height)
        for place, level in reversed(list(enumerate(LEVELS))):
            found = found.set(self.done[self.results.levels[level]], place)
        return found.alias(URGENT)

    @property
    def _height(self) -> int:
        return len(next(iter(self.done.values())))

    def columns(self) -> Iterator[pl.Series]:
        """The columns of the output, in words."""
        import polars as pl

        yield self.urgent().cat.to(pl.Enum(LEVELS))
        if self.results.wanted.reasons:
            yield from self._signs()
        for id in self.results.options:
            yield self.status(id).cat.to(pl.Enum(STATUSES))
            if self.results.wanted.reasons:
                yield from self._reasons(id)

    def _reasons(self, modality: str) -> Iterator[pl.Series]:
        option = self.results.options[modality]
        offered = self.done[option.offered]
        held = {rule.id: self.done[self.results.lowered.rules[rule.id]] for rule in option.rules}
        surely = sorted(option.rules, key=_place(CERTAIN_STATUS))
        perhaps = sorted((rule for rule in option.rules if rule.effect != "note"), key=_place(POSSIBLE_STATUS))
        certain = {rule.id: held[rule.id].fill_null(False) & offered for rule in surely}
        possible = {rule.id: held[rule.id].is_null() & offered for rule in perhaps}
        yield ids_that_hold(certain, len(offered)).alias(f"{modality}.certain")
        yield ids_that_hold(possible, len(offered)).alias(f"{modality}.possible")

    def _signs(self) -> Iterator[pl.Series]:
        signs = self.results.signs
        certain = {id: self.done[step].fill_null(False) for id, (step, _) in signs.items()}
        possible = {id: self.done[step].is_null() & self.done[asked] for id, (step, asked) in signs.items()}
        yield ids_that_hold(certain, self._height).alias(f"{URGENT}.certain")
        yield ids_that_hold(possible, self._height).alias(f"{URGENT}.possible")


def ids_that_hold(columns: Mapping[str, pl.Series], height: int) -> pl.Series:
    """For each person the names of the columns that are true, separated by spaces."""
    import polars as pl

    some = {id: column for id, column in columns.items() if column.any()}
    if not some:
        return pl.repeat("", height, dtype=pl.String, eager=True)
    frame = pl.DataFrame(list(some.values()), schema=list(some))
    words = [pl.when(pl.col(id)).then(pl.lit(id)) for id in some]
    return frame.select(pl.concat_str(words, separator=" ", ignore_nulls=True).fill_null("").alias("ids"))["ids"]


def _strength(rule: Rule, modality: str, certain: bool) -> int:
    return STATUSES.index(status_given(rule, modality, True if certain else None))


def _place(status: Mapping[str, Status]) -> Callable[[Rule], tuple[int, str]]:
    """The order of reasons on the sheet: the strongest first, then by id."""
    return lambda rule: (-STATUSES.index(status.get(rule.effect, "option")), rule.id)
