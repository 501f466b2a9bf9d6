"""The checks, named after the questions people ask. Each is a function from a proof to findings.

What each means stands, in one sentence, in docs/proofs.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from painrules.symbolic.needed import contradictory, masked, overlap, question_matters, redundant, unreachable
from painrules.symbolic.proof import Finding, Proof
from painrules.symbolic.safety import always_safe, monotone, never_empty

Check = Callable[[Proof], Iterator[Finding]]

CHECKS: Mapping[str, Check] = {
    "always-safe": always_safe,
    "never-empty": never_empty,
    "monotone": monotone,
    "unreachable": unreachable,
    "masked": masked,
    "redundant": redundant,
    "contradictory": contradictory,
    "question-matters": question_matters,
    "overlap": overlap,
}
