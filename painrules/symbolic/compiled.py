"""A rule base as sets of people: for whom each rule holds, and for whom each option has at least some status.

The same code builds exact diagrams and samples. It follows the reference engine: Kleene logic on two rails (`certain`,
`possible`), findings in the order of the rule base, statuses by `status_given`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Generic, TypeAlias

from msgspec import Struct

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status, status_given
from painrules.evidence import GUIDELINE_KINDS, statements
from painrules.expressions import All, Any, Expression, Not, OneOf, Test, item_of, passes, question_of
from painrules.knowledge import KnowledgeBase, Rule
from painrules.symbolic.sets import S, Sets, union
from painrules.symbolic.space import ANSWERED, NO, UNKNOWN, YES, Space
from painrules.unanswered import asked_for, signs_in


class Rails(Struct, Generic[S], frozen=True):
    """The people for whom something holds whatever they did not answer, and those for whom it may hold."""

    certain: S
    possible: S


@dataclass
class Compiled(Generic[S]):
    """One rule base as sets of people."""

    knowledge: KnowledgeBase
    space: Space
    sets: Sets[S]
    rules: dict[str, Rails[S]] = field(init=False, default_factory=dict, repr=False)
    """For whom each rule holds."""
    _findings: dict[str, Rails[S]] = field(init=False, default_factory=dict, repr=False)
    _at_least: dict[tuple[str, Status], S] = field(init=False, default_factory=dict, repr=False)
    _told_if_possible: dict[str, S] = field(init=False, default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for rule in self.knowledge.rules.values():  # rules that derive findings come first
            self._add(rule)

    def _add(self, rule: Rule) -> None:
        self.rules[rule.id] = self.rails(rule.when)
        if rule.finding is not None:
            deriving = [
                self.rules[other.id] for other in self.knowledge.finding_rules[rule.finding] if other.id in self.rules
            ]
            ways = ([rails.certain for rails in deriving], [rails.possible for rails in deriving])
            self._findings[rule.finding] = Rails(*(union(self.sets, way) for way in ways))

    def with_rules(self, knowledge: KnowledgeBase, changed: Sequence[str]) -> Compiled[S]:
        """The same where only these rules differ; whatever depends on them is among them. In the order of the base."""
        other = copy(self)
        other.knowledge, other.rules, other._findings = knowledge, {**self.rules}, {**self._findings}
        for id in changed:
            other._add(knowledge.rules[id])
        touched = {m for id in changed for base in (self.knowledge, knowledge) for m in base.rules[id].modalities}
        other._at_least = {key: people for key, people in self._at_least.items() if key[0] not in touched}
        return other

    def rails(self, expression: Expression) -> Rails[S]:
        """For whom an expression holds."""
        if isinstance(expression, Not):
            inner = self.rails(expression.part)
            return Rails(self.sets.everyone & ~inner.possible, self.sets.everyone & ~inner.certain)
        if isinstance(expression, (All, Any)):
            parts = [self.rails(part) for part in expression.parts]
            if isinstance(expression, Any):
                ways = ([part.certain for part in parts], [part.possible for part in parts])
                return Rails(*(union(self.sets, way) for way in ways))
            certain = possible = self.sets.everyone
            for part in parts:
                certain, possible = certain & part.certain, possible & part.possible
            return Rails(certain, possible)
        return self._test(expression)

    def _test(self, test: Test) -> Rails[S]:
        question, item = question_of(test.variable), item_of(test.variable)
        if question == "finding":
            return self._words(test, self._findings.get(item, Rails(self.sets.nobody, self.sets.nobody)))
        if question == "condition":
            return self._words(test, self._condition(item))
        if question not in self.space.fields:
            return Rails(self.sets.nobody, self.sets.everyone)
        unknown = self.sets.having(question, [UNKNOWN])
        if item:
            answered = self.sets.having(question, [ANSWERED])
            yes = answered & self._ticked(question, item)
            return self._words(test, Rails(yes, yes | unknown))
        values = self.space.fields[question].values
        passing = [code for code, value in enumerate(values) if value is not None and passes(test, value)]
        certain = self.sets.having(question, passing)
        return Rails(certain, certain | unknown)

    def _words(self, test: Test, yes: Rails[S]) -> Rails[S]:
        """A test of something that is yes, no or unknown."""
        everyone = self.sets.everyone
        accepts_yes, accepts_no = passes(test, "yes"), passes(test, "no")
        if accepts_yes is accepts_no:
            unknown = yes.possible & ~yes.certain
            return Rails(everyone & ~unknown, everyone) if accepts_yes else Rails(self.sets.nobody, unknown)
        return yes if accepts_yes else Rails(everyone & ~yes.possible, everyone & ~yes.certain)

    def _ticked(self, question: str, item: str) -> S:
        if item != "none":
            return self.sets.having(f"{question}:{item}", [YES])
        found = self.sets.everyone
        for other in self.space.fields_of(question)[1:]:
            found = found & self.sets.having(other.name, [NO])
        return found

    def _condition(self, condition: str) -> Rails[S]:
        """A person has it who has it or a kind of it; someone with only a wider kind may have it."""
        ancestors = {id: set(self.knowledge.ancestors(id)) for id in self.knowledge.conditions}
        certain = self._with_pain(id for id, above in ancestors.items() if condition in {id, *above})
        return Rails(certain, certain | self._with_pain(ancestors[condition]))

    def _with_pain(self, conditions: Iterable[str]) -> S:
        return union(self.sets, (self.sets.having(f"condition:{id}", [YES]) for id in conditions))

    # --- options -----------------------------------------------------------------------------------------------------

    @cached_property
    def _said(self) -> Mapping[str, Mapping[str, set[tuple[bool, str]]]]:
        """By modality and kind of pain: what guidelines say, as (of some kinds only, direction)."""
        found: dict[str, dict[str, set[tuple[bool, str]]]] = {}
        for condition in self.knowledge.conditions:
            for modality, entries in statements(self.knowledge, [condition]).items():
                found.setdefault(modality, {})[condition] = {
                    (entry.scope == "some_kinds", entry.recommendation.direction)
                    for entry in entries
                    if self.knowledge.sources[entry.recommendation.source].kind in GUIDELINE_KINDS
                }
        return found

    @cached_property
    def options(self) -> Mapping[str, S]:
        """For whom each treatment is an option, in order of the files; those that are one for nobody are left out."""
        return {id: self._with_pain(self._said[id]) for id in self.knowledge.modalities if id in self._said}

    def guidelines(self, modality: str) -> tuple[S, S]:
        """For whom a guideline that counts is for an option, and for whom one is against it; see `evidence.verdict`."""
        said = self._said[modality]

        def saying(*wanted: tuple[bool, str]) -> S:
            return self._with_pain(id for id, all_ in said.items() if all_ & set(wanted))

        whole = self._with_pain(id for id, all_ in said.items() if any(not some for some, _ in all_))
        for_, against = (
            saying((False, direction)) | (saying((True, direction)) & ~whole) for direction in ("for", "against")
        )
        return for_, against

    @cached_property
    def advised_against(self) -> Mapping[str, S]:
        """For whom each option is advised against."""
        found = {}
        for modality in self.options:
            for_, against = self.guidelines(modality)
            found[modality] = against & ~for_
        return found

    def at_least(self, modality: str, status: Status) -> S:
        """For whom an option has this status or a stronger one (whether or not it is an option for them)."""
        key = (modality, status)
        if key not in self._at_least:
            found = self.advised_against[modality]
            self._at_least[key] = found | union(self.sets, self.giving(modality, status).values())
        return self._at_least[key]

    def giving(self, modality: str, status: Status) -> dict[str, S]:
        """For whom each single rule gives an option this status or a stronger one."""
        found = {}
        for rule in self.knowledge.rules_of_modality.get(modality, ()):
            if (people := self.given_by(rule, modality, status)) is not None:
                found[rule.id] = people
        return found

    def given_by(self, rule: Rule, modality: str, status: Status) -> S | None:
        """For whom one rule gives an option this status or a stronger one; None: for nobody at all."""
        if rule.effect not in CERTAIN_STATUS or status == "option":
            return None
        reached = STATUSES.index(status)
        if STATUSES.index(status_given(rule, modality, None)) >= reached:
            return self.rules[rule.id].possible
        if STATUSES.index(status_given(rule, modality, True)) >= reached:
            return self.rules[rule.id].certain
        return None

    # --- the rest of a sheet -----------------------------------------------------------------------------------------

    def told_if_possible(self, rule: Rule) -> S:
        """Those to whom an urgent sign is told that is only possible (`unanswered.told_to`)."""
        if rule.id not in self._told_if_possible:
            kinds = [id for id in self.knowledge.conditions if asked_for(self.knowledge, rule, [id])]
            named = [self.rails(OneOf(id, frozenset({"yes"}))).certain for id in signs_in(self.knowledge, rule)]
            self._told_if_possible[rule.id] = union(self.sets, [self._with_pain(kinds), *named])
        return self._told_if_possible[rule.id]

    def told(self, rule: str) -> Rails[S]:
        """For whom a rule holds and is told: a sign that is only possible is told to those of whom it is asked."""
        rails, sign = self.rules[rule], self.knowledge.rules[rule]
        if sign.effect != "urgent":
            return rails
        return Rails(rails.certain, rails.certain | (rails.possible & self.told_if_possible(sign)))

    def shown(self) -> Iterator[tuple[Shown, str, S]]:
        """All signs, reasons, marks and notes that can stand on a sheet: what it is, how it is shown, and for whom."""
        for rule in self.knowledge.rules.values():
            yield from self.shown_by(rule)

    def shown_by(self, rule: Rule) -> Iterator[tuple[Shown, str, S]]:
        """What one rule can put on a sheet."""
        rails = self.rules[rule.id]
        unsure = rails.possible & ~rails.certain
        if rule.effect == "urgent":
            yield ("sign", rule.id, ""), how_shown(rule, ""), rails.certain
            yield ("possible sign", rule.id, ""), how_shown(rule, ""), unsure & self.told_if_possible(rule)
        for modality in sorted(rule.modalities & self.options.keys()):
            how, offered = how_shown(rule, modality), self.options[modality]
            yield ("reason", rule.id, modality), how, rails.certain & offered
            if rule.effect in CERTAIN_STATUS:
                yield ("possible reason", rule.id, modality), how, unsure & offered


Shown: TypeAlias = "tuple[str, str, str]"
"""Something on a sheet: what it is, by which rule, and on which option."""


def how_shown(rule: Rule, modality: str) -> str:
    """What makes a rule look different on a sheet, its texts left out."""
    medicines = sorted(rule.medicines.get(modality, ()))
    return " ".join(filter(None, [rule.effect, rule.entry.level, rule.entry.fit, *medicines]))
