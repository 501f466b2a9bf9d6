"""What all checks share: a rule base compiled once, people found in it, and findings that the judge has confirmed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from painrules.alternatives import CERTAIN_STATUS
from painrules.answers import Answers
from painrules.expressions import Expression
from painrules.knowledge import KnowledgeBase
from painrules.symbolic.compiled import Compiled
from painrules.symbolic.diagrams import Diagram, Diagrams
from painrules.symbolic.judge import DisagreementError, Judge
from painrules.symbolic.sample import Sample
from painrules.symbolic.sets import S, people_there_can_be
from painrules.symbolic.space import space_of

SOME = 50


@dataclass(frozen=True)
class Finding:
    """One answer to the question of a check."""

    about: str
    """The rule, question, kind of pain or treatment that it is about."""
    says: str
    rules: tuple[str, ...] = ()
    """The rules at work."""
    person: Answers | None = None
    """The smallest person for whom it is so; None where it is about everyone."""
    share: Fraction | None = None
    """How many of all possible people there are, where that was counted."""
    confirmed: Callable[[], bool] = field(default=lambda: True, repr=False, compare=False)
    """Whether the reference engine agrees."""


class Proof:
    """A rule base and every possible person."""

    def __init__(
        self,
        knowledge: KnowledgeBase,
        *others: KnowledgeBase,
        order: Sequence[str] = (),
        also: Iterable[Expression] = (),
    ) -> None:
        """The people are those that all these rule bases can tell apart (`also`: and these expressions) and that the
        first calls possible.
        """
        self.knowledge = knowledge
        self.space = space_of(*others, knowledge, also=also)
        if order:
            self.space = self.space.in_order(order)
        self.diagrams = Diagrams(self.space)
        self.exact = Compiled(knowledge, self.space, self.diagrams)
        self.possible = real_people(self.exact)
        self.judge = Judge(knowledge)

    @cached_property
    def sample(self) -> Sample:
        """Some random people."""
        return Sample(self.space)

    @cached_property
    def sampled(self) -> Compiled[int]:
        """The rule base for the sample."""
        return Compiled(self.knowledge, self.space, self.sample)

    @cached_property
    def possible_in_sample(self) -> int:
        """The people of the sample that there can be."""
        return real_people(self.sampled)

    def anybody(self, people: Diagram) -> bool:
        """Whether there can be a person among these."""
        return people.satisfiable() and (people & self.possible).satisfiable()

    def smallest(self, people: Diagram) -> Answers:
        """The smallest possible person among these; there must be one."""
        codes = self.diagrams.smallest(people & self.possible)
        assert codes is not None
        return self.space.person(codes)

    def share(self, people: Diagram) -> Fraction:
        """How many of all possible people these are."""
        return Fraction(self.diagrams.count(people & self.possible), self.diagrams.count(self.possible))

    def at_work(self, person: Answers, modality: str) -> tuple[str, ...]:
        """The rules that give an option a status for a person."""
        rules = self.knowledge.rules_of_modality.get(modality, ())
        warning = (rule.id for rule in rules if rule.effect in CERTAIN_STATUS)
        return tuple(id for id in warning if self.judge.truth(person, id) is not False)

    @cached_property
    def some_people(self) -> list[Answers]:
        """Some random people that there can be, to confirm what is said of everyone."""
        real = [number for number in range(200) if self.possible_in_sample >> number & 1]
        return [self.space.person(self.sample.codes(number)) for number in real[:SOME]]


def real_people(compiled: Compiled[S]) -> S:
    """Everyone that there can be: some kind of pain, and none of the constraints of the content certain."""
    return people_there_can_be(compiled.space, compiled.sets) & not_ruled_out(compiled)


def not_ruled_out(compiled: Compiled[S]) -> S:
    """Everyone for whom none of the constraints of the content is certain."""
    found = compiled.sets.everyone
    for constraint in compiled.knowledge.constraints.values():
        found = found & ~compiled.rails(constraint.never).certain
    return found


def confirmed(findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, each checked again with the reference engine. Raises DisagreementError."""
    for finding in findings:
        if not finding.confirmed():
            raise DisagreementError(f"the reference engine does not agree: {finding.about} {finding.says}")
        yield finding
