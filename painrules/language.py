"""The rule language as written in files: what a `when` may say, and the expression it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from painrules import expressions as ex
from painrules.reading import Place, did_you_mean, shown

RESERVED = frozenset({"all", "any", "not", "finding", "condition", "preference"})
"""Words of the rule language that are no questions."""


class Language(Struct, frozen=True):
    """What a `when` may say, given the questions, conditions and findings that exist."""

    questions: Mapping[str, tuple[str, frozenset[str]]]
    """Question id to its kind and possible answers."""
    conditions: frozenset[str]
    findings: frozenset[str]

    def findings_in(self, when: object) -> Iterator[str]:
        """The existing findings that a `when` mentions."""
        if isinstance(when, list):
            for part in when:
                yield from self.findings_in(part)
        elif isinstance(when, dict):
            for key, value in when.items():
                if key == "finding":
                    yield from (v for v in (value if isinstance(value, list) else [value]) if v in self.findings)
                elif key in ("all", "any", "not"):
                    yield from self.findings_in(value)

    def problems(self, when: object, place: Place) -> Iterator[tuple[Place, str, str]]:
        """Everything wrong with a `when` that stands at `place`: where, what, and what would be right."""
        if not isinstance(when, dict) or not when:
            yield place, "is not a test.", "Write 'question: answer', or all, any, not."
            return
        for key, value in when.items():
            here = (*place, key)
            if key in ("all", "any"):
                if not isinstance(value, list) or not value:
                    yield here, "needs a list of tests.", ""
                else:
                    for index, part in enumerate(value):
                        yield from self.problems(part, (*here, index))
            elif key == "not":
                yield from self.problems(value, here)
            elif key in ("finding", "condition", "preference"):
                yield from _word_problems(value, self._words(key), here)
            elif key in self.questions:
                yield from self._test_problems(value, *self.questions[key], here)
            else:
                yield here, "is not a question.", did_you_mean(key, [*self.questions, *RESERVED])

    def _words(self, key: str) -> frozenset[str]:
        if key == "preference":
            return self.questions.get("preferences", ("", frozenset[str]()))[1]
        return self.findings if key == "finding" else self.conditions

    def _test_problems(
        self, value: object, kind: str, answers: frozenset[str], here: Place
    ) -> Iterator[tuple[Place, str, str]]:
        if kind == "number":
            if not isinstance(value, dict) or not value:
                yield here, f"{shown(value)} is no test of a number.", "Write {at_least: 65} or {below: 18}."
                return
            for key, limit in value.items():
                if key not in ("at_least", "below"):
                    yield (*here, key), "is not a test of a number.", did_you_mean(key, ("at_least", "below"))
                elif not isinstance(limit, (int, float)):
                    yield (*here, key), f"{shown(limit)} is not a number.", ""
            if {"at_least", "below"} <= value.keys() and not _less(value["at_least"], value["below"]):
                yield here, "can never hold: 'at_least' is not less than 'below'.", ""
        elif kind == "many_of":
            if not isinstance(value, dict) or list(value) != ["includes"]:
                yield here, "several answers are possible here.", "Write {includes: answer}."
            else:
                yield from _word_problems(value["includes"], answers, (*here, "includes"))
        else:
            yield from _word_problems(value, answers, here)


def _less(low: object, high: object) -> bool:
    return not (isinstance(low, (int, float)) and isinstance(high, (int, float))) or low < high


def _word_problems(value: object, valid: frozenset[str], here: Place) -> Iterator[tuple[Place, str, str]]:
    if value == [] or value is None or isinstance(value, dict):
        yield here, f"{shown(value)} is not an answer.", did_you_mean("", valid)
        return
    for index, word in enumerate(value) if isinstance(value, list) else [(None, value)]:
        if not isinstance(word, str) or word not in valid:
            where = here if index is None else (*here, index)
            yield where, f"{shown(word)} does not exist.", did_you_mean(word, valid)


def parse_when(when: Mapping[str, Any], kinds: Mapping[str, str]) -> ex.Expression:
    """Build the expression that a validated `when` stands for. `kinds` maps question ids to their kind."""
    parts: list[ex.Expression] = []
    for key, value in when.items():
        if key in ("all", "any"):
            inner = tuple(parse_when(part, kinds) for part in value)
            parts.append(ex.All(inner) if key == "all" else ex.Any(inner))
        elif key == "not":
            parts.append(ex.Not(parse_when(value, kinds)))
        elif key in ("finding", "condition"):
            parts.append(_one_item(key, value))
        elif key == "preference":
            parts.append(_one_item("preferences", value))
        elif kinds[key] == "many_of":
            parts.append(_one_item(key, value["includes"]))
        elif kinds[key] == "number":
            parts.append(ex.Between(key, value.get("at_least"), value.get("below")))
        else:
            parts.append(ex.OneOf(key, frozenset(value if isinstance(value, list) else [value])))
    return parts[0] if len(parts) == 1 else ex.All(tuple(parts))


def folded(when: Mapping[str, Any], unless: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> ex.Expression:
    """The expression of a validated `when` and its exceptions: `when`, and none of them."""
    expression = parse_when(when, kinds)
    exceptions = tuple(ex.Not(parse_when(exception, kinds)) for exception in unless)
    return ex.All((expression, *exceptions)) if exceptions else expression


def as_when(expression: ex.Expression) -> dict[str, Any]:
    """An expression as a `when`; `parse_when` reads it back to the same expression."""
    if isinstance(expression, ex.Not):
        return {"not": as_when(expression.part)}
    if isinstance(expression, ex.Between):
        limits = {"at_least": expression.at_least, "below": expression.below}
        return {expression.variable: {name: limit for name, limit in limits.items() if limit is not None}}
    if isinstance(expression, ex.OneOf):
        return _written([expression])
    if isinstance(expression, ex.Any):
        items = [part for part in expression.parts if isinstance(part, ex.OneOf) and ex.item_of(part.variable)]
        same = {ex.question_of(part.variable) for part in items}
        if len(items) == len(expression.parts) > 1 and len(same) == 1:
            return _written(items)
        return {"any": [as_when(part) for part in expression.parts]}
    parts = [as_when(part) for part in expression.parts]
    keys = [key for part in parts for key in part]
    if len(parts) > 1 and len(set(keys)) == len(keys) == len(parts):
        return {key: value for part in parts for key, value in part.items()}
    return {"all": parts}


def _written(tests: list[ex.OneOf]) -> dict[str, Any]:
    """One test of an answer, or any of several items of one question."""
    question, items = ex.question_of(tests[0].variable), [ex.item_of(test.variable) for test in tests]
    if not items[0]:
        items = sorted(tests[0].values)
    value = items if len(items) > 1 else items[0]
    if question == "preferences":
        return {"preference": value}
    is_many = bool(ex.item_of(tests[0].variable)) and question not in ("finding", "condition")
    return {question: {"includes": value} if is_many else value}


def _one_item(question: str, value: str | list[str]) -> ex.Expression:
    items = value if isinstance(value, list) else [value]
    yes = [ex.OneOf(f"{question}:{item}", frozenset({"yes"})) for item in items]
    return yes[0] if len(yes) == 1 else ex.Any(tuple(yes))
