"""The default engine: durable-rules, one fact per variable, one production for each way in which a rule may hold.

The encoding and its traps are explained in docs/decisions/durable-rules.md. In short: a fact is
`{"sid": person, "id": unique, "q": variable, "v": word}`, an unknown answer is the word "unknown", a number is given by
its bounds, and each conjunct of the possible rail is a production. The facts that matched are the explanation: where
none of them is unknown, the rule is certain. Findings are asserted in their order of derivation, each with an explicit
value, so that "not" works on them as well.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

from durable import engine as durable_engine

from painrules.engines import Conclusion, Conclusions
from painrules.expressions import Fact, Facts
from painrules.knowledge import KnowledgeBase, Rule
from painrules.rails import Conjunct, Numbers, Passing, conjuncts

RULESET = "painrules"
UNKNOWN = "unknown"
PERSON = "person"
BOUNDLESS = 1e12
"""More than any number that a question asks for, and written without an exponent, which durable-rules cannot read."""


def conclude(knowledge: KnowledgeBase, facts: Facts) -> Conclusions:
    """Apply every rule to the facts of one person; see `painrules.engines.consult`."""
    return _compiled(knowledge).conclude(facts)


@lru_cache(maxsize=4)
def _compiled(knowledge: KnowledgeBase) -> _RuleSet:
    return _RuleSet(knowledge)


class _Host(durable_engine.Host):  # type: ignore[misc]
    """A host without the two threads that serve timers and queues: we use neither, and they would never end."""

    def _run(self) -> None:
        pass


class _RuleSet:
    """A rule base registered with a durable-rules host. Not for sharing between threads."""

    def __init__(self, knowledge: KnowledgeBase):
        self.knowledge = knowledge
        self.mentioned = frozenset(knowledge.variables)
        self.numbers = frozenset(id for id, question in knowledge.questions.items() if question.kind == "number")
        self.words = {id: question.answers for id, question in knowledge.questions.items()}
        self.people = itertools.count(1)
        self.fired: dict[str, list[frozenset[str]]] = defaultdict(list)
        """By rule: the variables of each match."""
        self.patterns: dict[tuple[str, Passing], list[dict[str, Any]]] = {}
        # Every person has this fact, see _welcome.
        productions: dict[str, Any] = {"person": {"all": [{"m0": {"q": PERSON}}], "run": lambda closure: None}}
        for rule in knowledge.rules.values():
            run = self._action(rule.id)
            patterns = (p for c in conjuncts(rule.when, certain=False) for p in self._productions(c))
            for number, pattern in enumerate(patterns):
                productions[f"{rule.id}/{number}"] = {"all": pattern, "run": run}
        self.host = _Host()
        self.host.register_rulesets({RULESET: productions})

    def _action(self, rule: str) -> Callable[[Any], None]:
        # durable-rules takes an action with a second parameter, even a default, for an asynchronous one.
        def run(closure: Any) -> None:
            self.fired[rule].append(frozenset(message["q"] for message in _messages(closure)))

        return run

    def _productions(self, conjunct: Conjunct) -> Iterator[list[dict[str, Any]]]:
        """The patterns of a conjunct; several lists where a number may lie in one of several stretches."""
        named = sorted(conjunct.items())
        for patterns in itertools.product(*(self._patterns(variable, passing) for variable, passing in named)):
            yield [{f"m{index}": pattern} for index, pattern in enumerate(patterns)]

    def _patterns(self, variable: str, passing: Passing) -> list[dict[str, Any]]:
        """The pattern of one variable, or several alternatives; most rules test what others test too."""
        if (variable, passing) not in self.patterns:
            self.patterns[variable, passing] = [
                {"$and": [{"q": variable}, *test]} if test else {"q": variable}
                for test in self._tests(variable, passing)
            ]
        return self.patterns[variable, passing]

    def _tests(self, variable: str, passing: Passing) -> list[list[dict[str, Any]]]:
        """Alternative lists of tests that a fact must pass.

        No "$or": its branches are not shared between rules, and a fact that passes more than 64 of them at once fails
        with error 303. A set of words is the exclusion of all others, so that rules share the tests.
        """
        if isinstance(passing, Numbers):
            nothing_known_passes = [[{"$lt": {"low": -BOUNDLESS / 2}}]] if passing.unknown else []
            stretches = [_stretch(low, high, passing.unknown) for low, high in passing.intervals]
            return stretches or nothing_known_passes
        domain = {*self.words.get(variable, ("yes", "no")), UNKNOWN}
        inside = {word for word in domain if word != UNKNOWN and (word in passing.words) is not passing.others}
        inside |= {UNKNOWN} if passing.unknown else set()
        if len(inside) == 1:
            return [[{"v": inside.pop()}]]
        return [[{"$neq": {"v": word}} for word in sorted(domain - inside)]]

    def conclude(self, facts: Facts) -> Conclusions:
        self.fired.clear()
        person = str(next(self.people))
        known = dict(facts)
        serial = itertools.count(1)
        self._welcome(person)
        try:
            for variable, value in facts.items():
                self._assert(person, next(serial), variable, value)
            for finding, rules in self.knowledge.finding_rules.items():
                value = self._finding(rules, known)
                known[f"finding:{finding}"] = value
                self._assert(person, next(serial), f"finding:{finding}", value)
            # An exception in an action does not reach the caller; durable-rules leaves it in the state.
            if failure := self.host.get_state(RULESET, person).get("exception"):
                raise RuntimeError(f"durable-rules failed: {failure}")
        finally:
            self._forget(person)
        concluded = {id: self._conclusion(id, known) for id in self.knowledge.rules if id in self.fired}
        return Conclusions(concluded, known, tuple(self.fired))

    def _welcome(self, person: str) -> None:
        """Make the person's state, and run one action in it.

        The C code frees fields of a state that only a first action sets: deleting a state in which nothing ever fired
        crashes the process.
        """
        self.host.assert_fact(RULESET, {"sid": person, "id": 0, "q": PERSON})

    def _assert(self, person: str, serial: int, variable: str, value: Fact) -> None:
        if variable not in self.mentioned:
            return
        message: dict[str, Any] = {"sid": person, "id": serial, "q": variable}
        if variable in self.numbers:
            low, high = (-BOUNDLESS, BOUNDLESS) if value is None else (float(value), float(value))
            message |= {"low": low, "high": high}
        else:
            message["v"] = UNKNOWN if value is None else value
        with suppress(durable_engine.MessageNotHandledException):  # no rule can match this value
            self.host.assert_fact(RULESET, message)

    def _finding(self, rules: Iterable[Rule], facts: Facts) -> str | None:
        found = [self._conclusion(rule.id, facts) for rule in rules if rule.id in self.fired]
        return "no" if not found else "yes" if any(conclusion.certain for conclusion in found) else None

    def _conclusion(self, rule: str, facts: Facts) -> Conclusion:
        """What the matches of a rule come to: it is certain where one of them rests on known facts alone."""
        matches = self.fired[rule]
        certain = [match for match in matches if all(facts[variable] is not None for variable in match)]
        return Conclusion(bool(certain), frozenset().union(*(certain or matches)))

    def _forget(self, person: str) -> None:
        # Memory stays flat only if the state goes.
        self.host.delete_state(RULESET, person)


def _messages(closure: Any) -> Iterable[Any]:
    for index in itertools.count():
        message = getattr(closure, f"m{index}", None)
        if message is None:
            return
        yield message


def _stretch(low: float, high: float, unknown: bool) -> list[dict[str, Any]]:
    """A number from `low` to below `high`. An unknown number lies anywhere: it may pass, but never surely does."""
    at_least, below = ("high", "low") if unknown else ("low", "high")
    tests: list[dict[str, Any]] = []
    if low > -math.inf:
        tests.append({"$gte": {at_least: low}})
    if high < math.inf:
        tests.append({"$lt": {below: high}})
    return tests
