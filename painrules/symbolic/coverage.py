"""How many possible people each rule, option, status and urgent sign reaches."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from painrules.alternatives import STATUSES, Status
from painrules.entries import Level
from painrules.symbolic.counting import Counting
from painrules.symbolic.proof import Proof
from painrules.symbolic.sets import union


class Reached(Struct, frozen=True):
    """A rule or sign: whom it reaches for sure, and whom only perhaps, as an answer is not known."""

    id: str
    certain: Fraction
    possible: Fraction
    seen: bool
    """Whether any possible person at all sees it for sure, however rare."""
    effect: str
    level: Level | None = None


class Offered(Struct, frozen=True):
    """An option: to how many it is offered, and how many of all people see it with each status."""

    id: str
    offered: Fraction
    statuses: Mapping[Status, Fraction]


class Coverage(Struct, frozen=True):
    """All shares, of the same people."""

    rules: tuple[Reached, ...]
    """All but urgent signs: on the sheet of someone with an option that the rule speaks of."""
    signs: tuple[Reached, ...]
    """Possible: the sign is asked of the person, and not denied."""
    options: tuple[Offered, ...]


def coverage(proof: Proof, counting: Counting, category: str | None = None) -> Coverage:
    """The shares of all rules and signs; of one category: those of its options and of the rules that speak of them."""
    knowledge = proof.knowledge
    own = {id for id in knowledge.modalities if category in (None, knowledge.category_of(id))}
    reached = [
        _reached(proof, counting, id) for id, r in knowledge.rules.items() if category is None or r.modalities & own
    ]
    return Coverage(
        rules=tuple(entry for entry in reached if entry.effect != "urgent"),
        signs=tuple(entry for entry in reached if entry.effect == "urgent"),
        options=tuple(_offered(proof, counting, id) for id in proof.exact.options if id in own),
    )


def _reached(proof: Proof, counting: Counting, id: str) -> Reached:
    exact, rule = proof.exact, proof.knowledge.rules[id]
    certain, unsure = exact.rules[id].certain, exact.rules[id].possible & ~exact.rules[id].certain
    if rule.effect == "urgent":
        unsure = unsure & exact.told_if_possible(rule)
    elif rule.effect != "finding":
        concerned = union(proof.diagrams, (exact.options[m] for m in sorted(rule.modalities & exact.options.keys())))
        certain, unsure = certain & concerned, unsure & concerned
    seen, level = counting.anybody(certain), rule.entry.level
    return Reached(id, counting.share(certain), counting.share(unsure), seen, rule.effect, level)


def _offered(proof: Proof, counting: Counting, id: str) -> Offered:
    offered = proof.exact.options[id]
    reaching = [counting.share(offered)]
    reaching += [counting.share(offered & proof.exact.at_least(id, status)) for status in STATUSES[1:]]
    exactly = [share - stronger for share, stronger in zip(reaching, [*reaching[1:], Fraction(0)], strict=True)]
    return Offered(id, reaching[0], dict(zip(STATUSES, exactly, strict=True)))
