"""Sets of people as formulas of z3, so that the same checks can be measured with a solver in place of diagrams."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

import z3

from painrules.knowledge import KnowledgeBase
from painrules.symbolic.compiled import Compiled
from painrules.symbolic.judge import Judge
from painrules.symbolic.proof import Proof, real_people
from painrules.symbolic.space import Space, space_of


class Formula:
    """A set of people: those for whom a formula is true."""

    def __init__(self, sets: Z3Sets, term: Any) -> None:
        self.sets, self.term = sets, term

    def __and__(self, other: Formula) -> Formula:
        return Formula(self.sets, z3.And(self.term, other.term))

    def __or__(self, other: Formula) -> Formula:
        return Formula(self.sets, z3.Or(self.term, other.term))

    def __xor__(self, other: Formula) -> Formula:
        return Formula(self.sets, z3.Xor(self.term, other.term))

    def __invert__(self) -> Formula:
        return Formula(self.sets, z3.Not(self.term))

    def satisfiable(self) -> bool:
        if time.process_time() > self.sets.until:
            raise TimeoutError
        return bool(self.sets.solver.check(self.term) == z3.sat)


class Z3Sets:
    """One bit vector for each field."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.solver = z3.SimpleSolver()
        self.until = float("inf")
        self._width = {n: max(1, (len(f.values) - 1).bit_length()) for n, f in space.fields.items()}
        self._term = {name: z3.BitVec(name, width) for name, width in self._width.items()}
        self.everyone, self.nobody = Formula(self, z3.BoolVal(True)), Formula(self, z3.BoolVal(False))

    def having(self, field: str, codes: Iterable[int]) -> Formula:
        return Formula(self, z3.Or([self._term[field] == code for code in codes]))

    def given(self, people: Formula, codes: Mapping[str, int]) -> Formula:
        pairs = [(self._term[name], z3.BitVecVal(code, self._width[name])) for name, code in codes.items()]
        return Formula(self, z3.substitute(people.term, *pairs))

    def whatever(self, people: Formula, fields: Iterable[str]) -> Formula:
        """An item of a question without answer is always 0, which is all that the checks ask of this."""
        return self.given(people, dict.fromkeys(fields, 0))

    def smallest(self, people: Formula) -> dict[str, int] | None:
        """Some person among them: a solver has no quick way to the smallest."""
        if not people.satisfiable():
            return None
        model = self.solver.model()
        found = {name: model.eval(term, model_completion=True).as_long() for name, term in self._term.items()}
        return {name: code for name, code in found.items() if code}

    def count(self, people: Formula) -> int:
        return 1  # a solver does not count


class Z3Proof(Proof):
    """A proof that asks z3."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.space = space_of(knowledge)
        self.diagrams: Any = Z3Sets(self.space)
        self.exact: Any = Compiled(knowledge, self.space, self.diagrams)
        self.possible: Any = real_people(self.exact)
        self.judge = Judge(knowledge)
        self.diagrams.solver.add(self.possible.term)
