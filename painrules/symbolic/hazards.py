"""The map of hazards: for a kind of pain and an option, how many people each hazard warns, and how strongly.

A hazard is a screen of questions, such as those about the heart: it warns someone through the rules that depend on
one of its questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property

from msgspec import Struct

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status, status_given
from painrules.knowledge import Rule
from painrules.symbolic.counting import Counting
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.proof import Proof
from painrules.symbolic.sets import union

NO_QUESTION = "no_question"
"""The hazard of rules that ask nothing: they hold for a kind of pain, or for everyone."""


class Warned(Struct, frozen=True):
    """How one hazard warns of an option."""

    strongest: Status
    """That some person sees through a rule of this hazard."""
    share: Fraction
    """Of the people with this kind of pain only, those whom the hazard warns for sure or perhaps."""


class OptionAtRisk(Struct, frozen=True):
    """One option for one kind of pain."""

    id: str
    warned: Fraction
    """All who see any other status than the mildest, for whatever reason."""
    strongest: Status
    hazards: Mapping[str, Warned]
    """Those that warn anybody, in the order of the screens."""


class MapOfHazards:
    """The options of people with one kind of pain and no other, each with what warns of it."""

    def __init__(self, proof: Proof, counting: Counting, category: str | None = None) -> None:
        self.proof = proof
        self.counting = counting
        self.category = category

    def options(self, condition: str) -> list[OptionAtRisk]:
        """Those for one kind of pain, in the order of the files."""
        counting, of = self.counting.only(condition), self.proof.knowledge.category_of
        offered = {id: people for id, people in self._offered.items() if self.category in (None, of(id))}
        return [self._at_risk(counting, id) for id, people in offered.items() if counting.anybody(people)]

    @property
    def _offered(self) -> Mapping[str, Diagram]:
        return self.proof.exact.options

    def _at_risk(self, counting: Counting, modality: str) -> OptionAtRisk:
        exact = self.proof.exact
        reached = [s for s in STATUSES[1:] if counting.anybody(exact.at_least(modality, s))]
        found = {}
        for hazard, rules, warned in self._hazards[modality]:
            if share := counting.share(warned):
                strongest = (s for s in reversed(STATUSES) if any(counting.anybody(p) for p in rules.get(s, ())))
                found[hazard] = Warned(next(strongest), share)
        everyone = counting.share(exact.at_least(modality, "with_care"))
        return OptionAtRisk(modality, everyone, ("option", *reached)[-1], found)

    @cached_property
    def _hazards(self) -> Mapping[str, list[tuple[str, Mapping[Status, Sequence[Diagram]], Diagram]]]:
        """By option: each hazard with the people to whom its single rules give each status, and with all it warns."""
        return {modality: list(self._hazards_of(modality)) for modality in self._offered}

    def _hazards_of(self, modality: str) -> Iterator[tuple[str, Mapping[Status, Sequence[Diagram]], Diagram]]:
        knowledge = self.proof.knowledge
        rules = [rule for rule in knowledge.rules_of_modality.get(modality, ()) if rule.effect in CERTAIN_STATUS]
        screens = {
            rule.id: {knowledge.questions[id].screen for id in knowledge.questions_of_rule[rule.id]} or {NO_QUESTION}
            for rule in rules
        }
        for hazard in (*knowledge.screens, NO_QUESTION):
            if own := [rule for rule in rules if hazard in screens[rule.id]]:
                giving = self._giving(own, modality)
                yield hazard, giving, union(self.proof.diagrams, (p for people in giving.values() for p in people))

    def _giving(self, rules: Sequence[Rule], modality: str) -> Mapping[Status, Sequence[Diagram]]:
        found: dict[Status, list[Diagram]] = {}
        for rule in rules:
            rails = self.proof.exact.rules[rule.id]
            found.setdefault(status_given(rule, modality, True), []).append(rails.certain)
            found.setdefault(status_given(rule, modality, None), []).append(rails.possible)
        return found
