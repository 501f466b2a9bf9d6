"""Sets of people as decision diagrams: exact, however many people there are. A thin layer over OxiDD.

Each field is a logarithmic code: the bits of its code number, highest first, next to each other. Codes that stand for
no value are kept out once, by `people_there_can_be`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import prod

from oxidd.bcdd import BCDDFunction, BCDDManager
from oxidd.util import BooleanOperator

from painrules.symbolic.sets import union
from painrules.symbolic.space import Space

Diagram = BCDDFunction
MOST_NODES, CACHE = 20_000_000, 1_000_000
"""Memory is used as it is needed; the first is a limit."""


class Weights:
    """How much each code of each field weighs, and what was weighed before."""

    def __init__(self, of: Mapping[str, Sequence[int]]) -> None:
        """Every field, in the order of the space, with a weight for each of its codes."""
        self.of = of
        self.place = {name: place for place, name in enumerate(of)}
        self.known: dict[Diagram, int] = {}
        self._totals = [sum(weights) for weights in of.values()]
        self.between = lru_cache(maxsize=None)(self._between)

    def _between(self, first: int, after: int) -> int:
        """What all codes together of the fields from one place to before another weigh."""
        return prod(self._totals[first:after])


class Diagrams:
    """The diagrams of one space."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self._manager = BCDDManager(MOST_NODES, CACHE, 1)
        self._bits: dict[str, range] = {}
        self._field_at: list[str] = []
        for name, field in space.fields.items():
            bits = self._manager.add_vars(max(1, (len(field.values) - 1).bit_length()))
            self._bits[name] = bits
            self._field_at += [name] * len(bits)
        self.everyone = self._manager.true()
        self.nobody = self._manager.false()
        self._codes = lru_cache(maxsize=None)(self._cube)
        self._cubes = lru_cache(maxsize=1_000)(self._cube_and_variables)

    def having(self, field: str, codes: Iterable[int]) -> Diagram:
        """Those who have one of these codes in a field."""
        return union(self, (self._codes(field, code) for code in codes))

    def given(self, people: Diagram, codes: Mapping[str, int]) -> Diagram:
        """Those who would be among these people if they had these codes."""
        return people.apply_exists(BooleanOperator.AND, *self._cubes(tuple(codes.items())))

    def whatever(self, people: Diagram, fields: Iterable[str]) -> Diagram:
        """Those who would be among these people with some codes in these fields."""
        variables = self.everyone
        for field in fields:
            for bit in self._bits[field]:
                variables = variables & self._manager.var(bit)
        return people.exists(variables)

    @property
    def size(self) -> int:
        """How many nodes there are now."""
        return self._manager.num_inner_nodes()

    def count(self, people: Diagram) -> int:
        """How many there are, exactly."""
        return people.sat_count(len(self._field_at))

    def weigh(self, people: Diagram, weights: Weights) -> int:
        """How much these people weigh together; a person weighs the product of the weights of all their codes."""
        if not people.satisfiable():
            return 0
        return weights.between(0, self._place(people, weights)) * self._weight(people, weights)

    def _weight(self, node: Diagram, weights: Weights) -> int:
        """How much the people of a diagram weigh, by its first field and all after it."""
        if node.valid():
            return 1
        if (weight := weights.known.get(node)) is None:
            name, weight = self._field(node), 0
            after = weights.place[name] + 1
            for code, own in enumerate(weights.of[name]):
                child = self._after(node, name, code)
                if own and child.satisfiable():
                    weight += own * weights.between(after, self._place(child, weights)) * self._weight(child, weights)
            weights.known[node] = weight
        return weight

    def _place(self, node: Diagram, weights: Weights) -> int:
        return len(weights.place) if node.valid() else weights.place[self._field(node)]

    def contains(self, people: Diagram, codes: Mapping[str, int]) -> bool:
        """Whether a person is among them. Fields that are missing are 0."""
        node = people
        while (level := node.node_level()) is not None:
            field = self._field_at[level]
            node = self._after(node, field, codes.get(field, 0))
        return node.valid()

    def smallest(self, people: Diagram) -> dict[str, int] | None:
        """The codes of the smallest person among them (see `Field.costs`), those that are 0 left out."""
        if not people.satisfiable():
            return None
        below = self._decisions(people)
        best: dict[Diagram, tuple[int, int]] = {}
        for node in sorted(below, key=lambda node: -(node.node_level() or 0)):
            costs = self.space.fields[self._field(node)].costs
            reached = [
                (costs[code] + (0 if child.valid() else best[child][0]), code)
                for code, child in enumerate(below[node])
                if child.satisfiable()
            ]
            best[node] = min(reached)
        codes: dict[str, int] = {}
        node = people
        while not node.valid():
            _, code = best[node]
            codes[self._field(node)] = code
            node = below[node][code]
        return {name: code for name, code in codes.items() if code}

    def _decisions(self, people: Diagram) -> dict[Diagram, list[Diagram]]:
        """The diagram with whole fields as steps: what follows from each code, at every node where a field begins."""
        found: dict[Diagram, list[Diagram]] = {}
        waiting = [people]
        while waiting:
            node = waiting.pop()
            if node in found or node.cofactors() is None:
                continue
            name = self._field(node)
            found[node] = [self._after(node, name, code) for code in range(len(self.space.fields[name].values))]
            waiting += found[node]
        return found

    def _after(self, node: Diagram, field: str, code: int) -> Diagram:
        bits = self._bits[field]
        for place, bit in enumerate(bits):
            if node.node_level() == bit and (children := node.cofactors()):
                node = children[0] if code >> (len(bits) - 1 - place) & 1 else children[1]
        return node

    def _field(self, node: Diagram) -> str:
        level = node.node_level()
        assert level is not None
        return self._field_at[level]

    def _cube(self, field: str, code: int) -> Diagram:
        bits = self._bits[field]
        found = self.everyone
        for place, bit in reversed(list(enumerate(bits))):
            wanted = code >> (len(bits) - 1 - place) & 1
            found = found & (self._manager.var(bit) if wanted else self._manager.not_var(bit))
        return found

    def _cube_and_variables(self, codes: tuple[tuple[str, int], ...]) -> tuple[Diagram, Diagram]:
        """Those who have all these codes, and the variables of their fields."""
        cube, variables = self.everyone, self.everyone
        for field, code in codes:
            cube = cube & self._codes(field, code)
            for bit in self._bits[field]:
                variables = variables & self._manager.var(bit)
        return cube, variables
