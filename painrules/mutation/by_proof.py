"""Whose sheet a mutant changes, exactly, and which invariants it breaks; the reference engine confirms what is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Literal

from msgspec import Struct

from painrules.alternatives import STATUSES, Status
from painrules.answers import Answers, as_plain
from painrules.expressions import Expression
from painrules.knowledge import KnowledgeBase
from painrules.sheet import LEVELS
from painrules.symbolic.compiled import Compiled, Shown
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.judge import DisagreementError, Judge
from painrules.symbolic.proof import Proof
from painrules.symbolic.safety import WARNINGS, demands

Kind = Literal["milder", "stronger", "shown"]
"""What a difference comes to: a warning is lost; one is added; only reasons, notes or marks differ."""
KINDS: tuple[Kind, ...] = ("milder", "stronger", "shown")
"""Worst first."""


class Difference(Struct, frozen=True):
    """The worst that a mutant does to somebody."""

    kind: Kind
    weight: int
    """How many steps of status it is for this person; a certain emergency weighs more than any."""
    person: Answers
    """The smallest one."""
    changes: tuple[str, ...]


class ProofGuard:
    """A rule base with its invariants."""

    def __init__(self, knowledge: KnowledgeBase, also: Iterable[Expression]) -> None:
        """`also`: the conditions of the mutants, so that people are told apart by their limits too."""
        self.proof = Proof(knowledge, also=also)
        self._kept: dict[tuple[str, Status], list[tuple[str, Diagram]]] = defaultdict(list)
        self.broken: set[str] = set()
        """Invariants that the rules as they are do not keep. What they do not keep cannot be broken by a mutant."""
        exact = self.proof.exact
        for invariant in knowledge.invariants.values():
            rails = exact.rails(invariant.when)
            for modality in sorted(invariant.modalities & exact.options.keys()):
                for people, wanted in demands(invariant, modality, rails):
                    concerned = people & exact.options[modality] & self.proof.possible
                    if not (concerned & ~exact.at_least(modality, wanted)).satisfiable():
                        self._kept[modality, wanted].append((invariant.id, concerned))
                    else:
                        self.broken.add(invariant.id)

    def compare(self, mutated: KnowledgeBase, changed: Sequence[str]) -> Comparison:
        """The rules as they are beside others, of which only some differ."""
        return Comparison(self.proof, self.proof.exact.with_rules(mutated, changed), changed)

    def noticing(self, comparison: Comparison) -> Iterator[str]:
        """The invariants that are kept, and that the other rules break."""
        for modality, status, people in comparison.lost:
            for invariant, concerned in self._kept.get((modality, status), ()):
                if (people & concerned).satisfiable():
                    yield invariant


class Comparison:
    """The rules as they are beside others, as sets of people."""

    def __init__(self, proof: Proof, after: Compiled[Diagram], changed: Sequence[str]) -> None:
        self.proof, self.before, self.after, self.rules = proof, proof.exact, after, changed

    @cached_property
    def seen(self) -> Diagram:
        """All whose sheet differs: a sign, status, reason, mark or note of it. Texts are not compared."""
        changed = nobody = self.proof.diagrams.nobody
        for id in self.rules:
            was, now = (
                {(key, how): people for key, how, people in compiled.shown_by(compiled.knowledge.rules[id])}
                for compiled in (self.before, self.after)
            )
            for entry in was.keys() | now.keys():
                changed = changed | was.get(entry, nobody) ^ now.get(entry, nobody)
        return changed & self.proof.possible

    @cached_property
    def lost(self) -> list[tuple[str, Status, Diagram]]:
        """Options and statuses, strongest first, with those for whom it is not so strong any more."""
        return list(self._stronger(self.before, self.after))

    def worst(self, judge: Judge) -> Difference:
        """The worst that happens to somebody, and the smallest person to whom it does.

        `judge` judges by the rules as they are. Raises DisagreementError when it sees nothing of it.
        """
        sides: tuple[tuple[Kind, Compiled[Diagram], Compiled[Diagram]], ...]
        sides = (("milder", self.before, self.after), ("stronger", self.after, self.before))
        for kind, one, two in sides:
            signs = list(self._more_urgent(one, two))
            by_steps = self._by_steps(self._stronger(one, two))
            for people in (*(certain for certain, _ in signs), *by_steps, *(possible for _, possible in signs)):
                if self.proof.anybody(people):
                    return self._difference(kind, people, judge)
        return self._difference("shown", self.seen, judge)

    def _by_steps(self, stronger: Iterable[tuple[str, Status, Diagram]]) -> list[Diagram]:
        """Those for whom some option differs by three steps of status, by two, by one."""
        nobody = self.proof.diagrams.nobody
        by_option: dict[str, dict[Status, Diagram]] = defaultdict(dict)
        for option, status, people in stronger:
            by_option[option][status] = people
        three = two = one = nobody
        for differing in by_option.values():
            care, check, hold = (differing.get(status, nobody) for status in WARNINGS)
            three, two, one = three | care & check & hold, two | care & check | check & hold, one | care | check | hold
        return [three, two, one]

    def _stronger(self, one: Compiled[Diagram], two: Compiled[Diagram]) -> Iterator[tuple[str, Status, Diagram]]:
        """For whom an option has at least a status by one and not by the other."""
        options = {m for id in self.rules for base in (one, two) for m in base.knowledge.rules[id].modalities}
        for status in reversed(WARNINGS):
            for option in sorted(options & one.options.keys()):
                people = one.at_least(option, status) & ~two.at_least(option, status) & one.options[option]
                if people.satisfiable():
                    yield option, status, people

    def _more_urgent(self, one: Compiled[Diagram], two: Compiled[Diagram]) -> Iterator[tuple[Diagram, Diagram]]:
        """By urgency: for whom a sign is certain, and for whom it is told, so urgently by one and not by the other."""
        nobody = self.proof.diagrams.nobody
        for place in range(len(LEVELS)):
            certain = told = nobody
            for id in self.rules:
                was, now = (
                    compiled.told(id) if compiled.knowledge.rules[id].entry.level in LEVELS[: place + 1] else None
                    for compiled in (one, two)
                )
                if was is not None:
                    certain = certain | (was.certain & ~(now.certain if now else nobody))
                    told = told | (was.possible & ~(now.possible if now else nobody))
            yield certain, told

    def _difference(self, kind: Kind, people: Diagram, judge: Judge) -> Difference:
        person, other = self.proof.smallest(people), Judge(self.after.knowledge)
        was, now = judge.statuses(person), other.statuses(person)
        moved = [option for option in was if was[option] != now[option]]
        before, after = judge.shown(person), other.shown(person)
        differing = sorted({entry for entry, _ in before.items() ^ after.items()}, key=lambda e: (e[0][0] == "p", e))
        if not differing:
            raise DisagreementError(f"nothing on the sheet of {as_plain(person)} changes with {', '.join(self.rules)}")
        signs = [entry for entry in differing if entry[0].endswith("sign")]
        weights = [1 + len(LEVELS) - self._urgency(entry[1]) if entry[0] == "sign" else 1 for entry in signs]
        return Difference(
            kind,
            max((*(abs(STATUSES.index(was[m][0]) - STATUSES.index(now[m][0])) for m in moved), *weights), default=0),
            person,
            (
                *(f"{option}: {was[option][0]} -> {now[option][0]}" for option in moved),
                *(
                    f"{_name(entry)}: {before.get(entry, 'not shown')} -> {after.get(entry, 'not shown')}"
                    for entry in (signs if moved or signs else differing)
                ),
            ),
        )

    def _urgency(self, sign: str) -> int:
        """The place of the level of a sign, or of the more urgent of its two."""
        levels = (base.knowledge.rules[sign].entry.level for base in (self.before, self.after))
        return min(LEVELS.index(level) for level in levels if level is not None)


def _name(entry: Shown) -> str:
    kind, rule, option = entry
    return f"{kind} {rule}" + (f" on {option}" if option else "")
