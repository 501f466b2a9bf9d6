"""How many people a set of them are: every combination of answers alike, or by how common answers are.

Weights need no cut with the people there can be, which would make diagrams big: codes without a value weigh nothing,
and no set that follows from rules asks for the items of a question left open.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cached_property

from painrules.population import Population
from painrules.symbolic.diagrams import Diagram, Weights
from painrules.symbolic.proof import Proof, not_ruled_out
from painrules.symbolic.space import NO, YES
from painrules.symbolic.weighing import Weighing, weighing


class Counting:
    """Shares of people, exactly: of all there can be, or of those with one kind of pain and no other."""

    def __init__(
        self,
        proof: Proof,
        population: Population | None = None,
        condition: str | None = None,
        left_out: Diagram | None = None,
    ) -> None:
        """Without a population every combination of codes counts alike. `left_out`: people who do not count at all."""
        self.proof = proof
        self.population = population
        self._left_out = proof.diagrams.nobody if left_out is None else left_out
        self._pain = {f"condition:{id}": YES if id == condition else NO for id in proof.space.conditions}
        self._pain = self._pain if condition else {}
        counted = proof.possible if population is None else not_ruled_out(proof.exact)
        self._counted = self._of_these(counted & ~self._left_out)
        self._shares: dict[tuple[Diagram, Diagram], Fraction] = {}

    def only(self, condition: str) -> Counting:
        """The same for people with only this kind of pain; what was counted for another one is not counted anew."""
        found = Counting(self.proof, self.population, condition, self._left_out)
        found._shares = self._shares
        return found

    def anybody(self, people: Diagram) -> bool:
        """Whether any of these people is among them."""
        return (self._of_these(people) & self._of_these(self.proof.possible)).satisfiable()

    def share(self, people: Diagram) -> Fraction:
        """How many of all these people are. 0 where there are none at all."""
        own = self._of_these(people) & self._counted
        key = (own, self._counted)
        if key not in self._shares:
            self._shares[key] = Fraction(self._weight(own), self._all or 1)
        return self._shares[key]

    def _of_these(self, people: Diagram) -> Diagram:
        return self.proof.diagrams.given(people, self._pain) if self._pain else people

    @cached_property
    def _all(self) -> int:
        return self._weight(self._counted)

    def _weight(self, people: Diagram) -> int:
        if self.population is None:
            return self.proof.diagrams.count(people)
        parts = self._parts
        return sum(factor * self.proof.diagrams.weigh(people & having, of) for factor, having, of in parts)

    @cached_property
    def _weighing(self) -> Weighing:
        assert self.population is not None
        return weighing(self.population, self.proof.space)

    @cached_property
    def _parts(self) -> list[tuple[int, Diagram, Weights]]:
        """People with one kind of pain, and with two: a factor, who they are, and the weights of their codes."""
        if self._pain:  # settled, so its fields tell nothing any more
            return [(1, self.proof.diagrams.everyone, self._weights(self._weighing.conditions))]
        one, two = with_kinds_of_pain(self.proof, 2)[1:]
        return [
            (1, one, self._weights(self._weighing.alone)),
            (self._weighing.pair, two, self._weights(self._weighing.conditions)),
        ]

    def _weights(self, conditions: Mapping[str, int]) -> Weights:
        of_pain = {f"condition:{id}": (1, weight) for id, weight in conditions.items()}
        whole = {**self._weighing.answers, **of_pain}
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
