"""Put faults into rules, one at a time, and tell for each who notices it and whom it would reach."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal

from msgspec import Struct

from painrules.cases import Case
from painrules.entries import as_mapping
from painrules.knowledge import KnowledgeBase, Rule
from painrules.language import as_when
from painrules.mutation.by_cases import CaseGuard
from painrules.mutation.by_proof import KINDS, Difference, ProofGuard
from painrules.mutation.operators import NEVER, Mutant, depending, with_rule
from painrules.symbolic.judge import Judge

Verdict = Literal["case", "invariant", "equivalent", "undetected"]
"""A case notices it; only an invariant does; it changes nobody's sheet; nothing notices that it does."""


class Outcome(Struct, frozen=True):
    """What became of one mutant."""

    mutant: Mutant
    verdict: Verdict
    case: str = ""
    """The first case that notices it."""
    invariant: str = ""
    """The first invariant that does."""
    difference: Difference | None = None
    """Of one that nothing notices: the worst that it does."""

    @property
    def place(self) -> tuple[int, int, str]:
        """Where it comes in a list, the worst first."""
        if self.difference is None:
            return len(KINDS), 0, self.mutant.rule.id
        return KINDS.index(self.difference.kind), -self.difference.weight, self.mutant.rule.id


class Trial:
    """A rule base whose cases and invariants are put to the test."""

    def __init__(self, knowledge: KnowledgeBase, cases: Iterable[Case], mutants: Sequence[Mutant]) -> None:
        self.knowledge = knowledge
        self.mutants = mutants
        self.cases = CaseGuard(knowledge, tuple(cases))
        self.proof = ProofGuard(knowledge, (mutant.rule.when for mutant in mutants))
        self._judge = Judge(knowledge)
        self._depending: dict[str, list[str]] = {}

    def outcomes(self) -> Iterator[Outcome]:
        """What becomes of each mutant, one by one. Raises DisagreementError; ContentError for a case without sense."""
        return map(self.outcome, self.mutants)

    def outcome(self, mutant: Mutant) -> Outcome:
        """What becomes of one of the mutants."""
        id = mutant.rule.id
        if id not in self._depending:
            self._depending[id] = depending(self.knowledge, self.knowledge.rules[id])
        mutated, changed = with_rule(self.knowledge, mutant.rule), self._depending[id]
        comparison = self.proof.compare(mutated, changed)
        if not comparison.seen.satisfiable():
            return Outcome(mutant, "equivalent")
        case = next(self.cases.noticing(mutated, changed), None)
        invariant = next(self.proof.noticing(comparison), "")
        if case or invariant:
            return Outcome(mutant, "case" if case else "invariant", case.id if case else "", invariant)
        return Outcome(mutant, "undetected", difference=comparison.worst(self._judge))


def plain_rule(rule: Rule) -> dict[str, Any]:
    """What a rule does and when, as its file would say it; its texts are left out."""
    target = rule.entry.applies_to
    named = as_mapping(target) if target else {}
    whole: dict[str, Any] = {
        "applies_to": {
            kind: names if isinstance(names, str) else list(names) for kind, names in named.items() if names
        },
        "when": "never" if rule.when == NEVER else as_when(rule.when),
        "then": rule.effect,
        "finding": rule.finding,
        "fit": rule.entry.fit,
        "level": rule.entry.level,
    }
    return {name: value for name, value in whole.items() if value}
