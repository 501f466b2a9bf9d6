"""The reference engine as judge: what diagrams find is told only when it agrees."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status, held_in, status_of
from painrules.answers import Answers, fact_of, facts_of
from painrules.engines import Conclusions
from painrules.engines.reference import conclude
from painrules.evidence import Verdict, statements, verdict
from painrules.expressions import Expression, Fact, Truth, question_of, truth, variables
from painrules.knowledge import KnowledgeBase
from painrules.symbolic.compiled import Shown, how_shown
from painrules.unanswered import told_to


class DisagreementError(Exception):
    """Diagrams and the reference engine differ: a fault in painrules, not in the content."""


class Judge:
    """What the reference engine says of a person."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self._concluded = lru_cache(maxsize=1_000)(self._conclude)
        self._verdicts = lru_cache(maxsize=1_000)(self._all_verdicts)

    def truth(self, person: Answers, rule: str) -> Truth:
        """Whether a rule holds for a person."""
        return self._held(person).get(rule, False)

    def holds(self, person: Answers, expression: Expression) -> Truth:
        """Whether any expression holds for a person."""
        facts: dict[str, Fact] = dict(self._conclusions(person).facts)
        for variable in variables(expression):
            if question_of(variable) != "finding":
                facts[variable] = fact_of(self.knowledge, person, variable)
        return truth(expression, facts)

    def status(self, person: Answers, modality: str, without: Iterable[str] = ()) -> Status | None:
        """The status of an option, as if some rules were not there; None: it is no option for the person."""
        agreed = self._verdicts(person.conditions).get(modality)
        if agreed is None:
            return None
        left_out = set(without)
        held = {id: value for id, value in self._held(person).items() if id not in left_out}
        return status_of(self.knowledge, modality, held, agreed)

    def is_milder(self, person: Answers, modality: str, status: Status, without: Iterable[str] = ()) -> bool:
        """Whether it is an option for the person and has a milder status than this one."""
        own = self.status(person, modality, without)
        return own is not None and STATUSES.index(own) < STATUSES.index(status)

    def statuses(self, person: Answers) -> dict[str, tuple[Status, Verdict]]:
        """The status of each of a person's options, and what guidelines come to."""
        verdicts, held = self._verdicts(person.conditions), self._held(person)
        return {m: (status_of(self.knowledge, m, held, agreed), agreed) for m, agreed in verdicts.items()}

    def shown(self, person: Answers) -> dict[Shown, str]:
        """All signs, reasons, marks and notes on a person's sheet, as `Compiled.shown` has them."""
        knowledge, held, options = self.knowledge, self._held(person), self._verdicts(person.conditions)
        found: dict[Shown, str] = {}
        for rule in knowledge.rules.values():
            certain = held.get(rule.id, False)
            kind = "" if certain else "possible "
            if rule.effect == "urgent" and (certain or (certain is None and told_to(knowledge, rule, person))):
                found[f"{kind}sign", rule.id, ""] = how_shown(rule, "")
            if certain or (certain is None and rule.effect in CERTAIN_STATUS):
                for modality in rule.modalities & options.keys():
                    found[f"{kind}reason", rule.id, modality] = how_shown(rule, modality)
        return found

    def _all_verdicts(self, conditions: tuple[str, ...]) -> Mapping[str, Verdict]:
        said = statements(self.knowledge, conditions)
        return {modality: verdict(self.knowledge, entries) for modality, entries in said.items()}

    def _held(self, person: Answers) -> Mapping[str, Truth]:
        return self._concluded(_Key(person))[1]

    def _conclusions(self, person: Answers) -> Conclusions:
        return self._concluded(_Key(person))[0]

    def _conclude(self, key: _Key) -> tuple[Conclusions, Mapping[str, Truth]]:
        conclusions = conclude(self.knowledge, facts_of(self.knowledge, key.person))
        return conclusions, held_in(conclusions)


class _Key:
    """Answers as a key of a cache."""

    def __init__(self, person: Answers) -> None:
        self.person = person
        self._digest = person.digest

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self._digest == other._digest
