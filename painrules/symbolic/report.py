"""Run checks: each with its question, what was found and confirmed, and what the content accepts as meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from painrules.knowledge import KnowledgeBase
from painrules.symbolic.checks import CHECKS
from painrules.symbolic.difference import differences
from painrules.symbolic.proof import Finding, Proof, confirmed

QUESTIONS: Mapping[str, str] = {
    "always-safe": "Is there a person for whom an option is milder than an invariant allows?",
    "never-empty": "Is there a person with one kind of pain who is left without any option?",
    "monotone": "Is there a person for whom more risk eases a warning?",
    "unreachable": "Is there a rule that no possible person ever sees?",
    "masked": "Is there a rule that changes nothing, as several others together always do as much?",
    "redundant": "Is there a rule that changes nothing, as one other rule always does as much?",
    "contradictory": "Is there a person who is told two things that do not go together?",
    "question-matters": "Is there a question that changes nobody's sheet?",
    "overlap": "Which rules of different strength can hold together for one option?",
}
INFORMS = frozenset({"overlap"})
"""Checks that only tell; what they find is no fault."""


class Report(Struct, frozen=True):
    """The answer to the question of one check."""

    check: str
    question: str
    findings: tuple[Finding, ...]
    accepted: tuple[Finding, ...] = ()

    @property
    def informs(self) -> bool:
        """Whether findings are no faults."""
        return self.check in INFORMS


def proofs(knowledge: KnowledgeBase, checks: Iterable[str]) -> list[Report]:
    """Run checks on a rule base. Raises DisagreementError when the reference engine does not confirm a finding."""
    proof = Proof(knowledge)
    return [_report(proof, check) for check in checks]


def _report(proof: Proof, check: str) -> Report:
    found = list(confirmed(CHECKS[check](proof)))
    meant = {entry.about: entry for entry in proof.knowledge.accepted if entry.check == check}
    needless = [
        Finding(about, "is listed as accepted, but nothing is found any more: take it off the list.")
        for about in meant
        if about not in {finding.about for finding in found}
    ]
    faults = [finding for finding in found if finding.about not in meant] + needless
    return Report(check, QUESTIONS[check], tuple(faults), tuple(f for f in found if f.about in meant))


def equivalence(old: KnowledgeBase, new: KnowledgeBase) -> Report:
    """Compare two rule bases. Raises DisagreementError."""
    question = "Is there a person whose sheet differs between the old one and the new one?"
    return Report("equivalent", question, tuple(confirmed(differences(old, new))))
