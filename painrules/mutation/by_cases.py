"""Which cases notice a mutant: only the rules that differ are evaluated again, for the people whom they may concern."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from painrules.alternatives import held_in, reconsider, truth_of
from painrules.answers import Answers
from painrules.cases import Case, people, seen_by, unmet
from painrules.engines import consult
from painrules.evidence import Verdict, statements, verdict
from painrules.expressions import Facts, Truth
from painrules.knowledge import KnowledgeBase


class _Person(Struct, frozen=True):
    """One person of a case, and what the rules as they are come to."""

    facts: Facts
    held: Mapping[str, Truth]
    guidelines: Mapping[str, Verdict]


class CaseGuard:
    """The cases of a knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, cases: Sequence[Case]) -> None:
        self.knowledge = knowledge
        self.failing: set[str] = set()
        """Those met so far that fail with the rules as they are. They notice nothing."""
        self._people: dict[str, tuple[_Person, ...]] = {}
        self._about: dict[str, list[Case]] = defaultdict(list)
        for case in cases:
            signs = (*case.urgent, *case.not_urgent, *case.levels)
            for about in {*case.rules, *case.options, *case.effects, *case.medicines, *signs}:
                self._about[about].append(case)
        self._about_any_sign = [case for case in cases if case.urgent_level]

    def noticing(self, mutated: KnowledgeBase, changed: Sequence[str]) -> Iterator[Case]:
        """The cases that pass, and fail where these rules are others; first those that name one of them."""
        altered = any(not _says_the_same(self.knowledge, mutated, id) for id in changed)
        for case in self._concerned(mutated, changed):
            if any(self._fails(case, person, mutated, changed, altered) for person in self._of(case)):
                yield case

    def _concerned(self, mutated: KnowledgeBase, changed: Sequence[str]) -> list[Case]:
        bases = (self.knowledge, mutated)
        options = sorted({option for id in changed for base in bases for option in base.rules[id].modalities})
        found = {case.id: case for about in (*changed, *options) for case in self._about.get(about, ())}
        if any(mutated.rules[id].effect == "urgent" for id in changed):
            found |= {case.id: case for case in self._about_any_sign}
        return list(found.values())

    def _fails(
        self, case: Case, person: _Person, mutated: KnowledgeBase, changed: Sequence[str], altered: bool
    ) -> bool:
        left, _ = reconsider(mutated, person.facts, {}, [mutated.rules[id] for id in changed])
        now = {id: truth_of(what) for id, what in left.items()}
        if not altered and all(value is person.held.get(id, False) for id, value in now.items()):
            return False
        held = {id: value for id, value in {**person.held, **now}.items() if value is not False}
        return any(unmet(case, seen_by(mutated, held, person.guidelines)))

    def _of(self, case: Case) -> tuple[_Person, ...]:
        """The people of a case; nobody where it fails with the rules as they are."""
        if case.id not in self._people:
            found = tuple(self._person(answers) for answers in people(self.knowledge, case))
            if any(any(unmet(case, seen_by(self.knowledge, one.held, one.guidelines))) for one in found):
                self.failing.add(case.id)
                found = ()
            self._people[case.id] = found
        return self._people[case.id]

    def _person(self, answers: Answers) -> _Person:
        conclusions = consult(self.knowledge, answers, "reference")
        said = statements(self.knowledge, answers.conditions)
        agreed = {modality: verdict(self.knowledge, entries) for modality, entries in said.items()}
        return _Person(conclusions.facts, held_in(conclusions), agreed)


def _says_the_same(one: KnowledgeBase, other: KnowledgeBase, id: str) -> bool:
    """Whether a rule differs only in when it holds."""
    return one.rules[id] == replace(other.rules[id], when=one.rules[id].when)
