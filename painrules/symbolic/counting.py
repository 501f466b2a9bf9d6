"""How many people a set of them are: every combination of answers alike, or by how common answers are.

Weights need no cut with the people there can be, which would make diagrams big: codes without a value weigh nothing,
and no set that follows from rules asks for the items of a question left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from painrules.symbolic.diagrams import Diagram, Weights
from painrules.symbolic.population import Population
from painrules.symbolic.proof import Proof, not_ruled_out
from painrules.symbolic.space import NO, YES


class Counting:
    """Shares of some people, exactly. Who cannot be counts nowhere."""

    def __init__(self, proof: Proof, among: Diagram | None = None, population: Population | None = None) -> None:
        """`among`: whose shares; without a population every combination of codes counts alike."""
        self.proof = proof
        self.population = population
        self.among = proof.possible if population is None else not_ruled_out(proof.exact)
        if among is not None:
            self.among = self.among & among
        self._shares: dict[Diagram, Fraction] = {}

    def share(self, people: Diagram) -> Fraction:
        """How many of all these people are. 0 where there are none at all."""
        own = people & self.among
        if own not in self._shares:
            self._shares[own] = Fraction(self._weight(own), self._all or 1)
        return self._shares[own]

    @cached_property
    def _all(self) -> int:
        return self._weight(self.among)

    def _weight(self, people: Diagram) -> int:
        if self.population is None:
            return self.proof.diagrams.count(people)
        return sum(
            factor * self.proof.diagrams.weigh(people & having, weights) for factor, having, weights in self._parts
        )

    @cached_property
    def _parts(self) -> list[tuple[int, Diagram, Weights]]:
        """People with one kind of pain, and with two: a factor, who they are, and the weights of their codes."""
        assert self.population is not None
        exactly = with_kinds_of_pain(self.proof, 2)
        parts = [(1, exactly[1], self.population.alone)]
        if self.population.pair:
            parts.append((self.population.pair, exactly[2], self.population.conditions))
        return [(factor, having, self._weights(of)) for factor, having, of in parts]

    def _weights(self, conditions: Mapping[str, int]) -> Weights:
        assert self.population is not None
        of_pain = {f"condition:{id}": (1, weight) for id, weight in conditions.items()}
        whole = {**self.population.answers, **of_pain}
        return Weights({name: whole[name] for name in self.proof.space.fields})


def with_kinds_of_pain(proof: Proof, most: int) -> list[Diagram]:
    """Those with exactly no kind of pain, with one, and so on."""
    diagrams = proof.diagrams
    exactly = [diagrams.everyone, *[diagrams.nobody] * most]
    for id in reversed(proof.space.conditions):
        name = f"condition:{id}"
        without, having = diagrams.having(name, [NO]), diagrams.having(name, [YES])
        fewer = [diagrams.nobody, *exactly[:-1]]
        exactly = [(same & without) | (less & having) for same, less in zip(exactly, fewer, strict=True)]
    return exactly


def with_only(proof: Proof, condition: str) -> Diagram:
    """Those who have this kind of pain and no other."""
    return with_kinds_of_pain(proof, 1)[1] & proof.diagrams.having(f"condition:{condition}", [YES])
