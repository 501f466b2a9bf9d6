"""The rules as DMN 1.3: one decision table for each rule and each finding, for other engines to run.

DMN has no "unknown": a test of a missing value fails, and so does its opposite. So `unknown` is an answer here, and a
table says "certain" by rows that need known answers, then "possible" by rows that also take unknown ones; else
"impossible". That is exactly the Kleene truth of the rule. A number has an input beside it that says if it is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from math import inf
from typing import TypeAlias
from xml.etree import ElementTree as Xml

from msgspec import Struct

from painrules import __version__
from painrules.expressions import (
    All,
    Any,
    Between,
    Expression,
    Facts,
    Not,
    OneOf,
    item_of,
    question_of,
    tests,
    variables,
)
from painrules.knowledge import KnowledgeBase

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
UNKNOWN = "unknown"
KNOWN = ("known", UNKNOWN)
OUTCOMES = {"rule": ("certain", "possible", "impossible"), "finding": ("yes", UNKNOWN, "no")}

Limits: TypeAlias = "tuple[float, float]"
"""From the first number on, and below the second."""


class _Row(Struct, frozen=True):
    """What must hold together: words that a variable may be, and limits of known numbers."""

    words: Mapping[str, frozenset[str]]
    limits: Mapping[str, Limits]

    def and_(self, other: _Row) -> _Row | None:
        """Both; None: never."""
        words = dict(self.words)
        for variable, allowed in other.words.items():
            words[variable] = words.get(variable, allowed) & allowed
        limits = dict(self.limits)
        for variable, (low, high) in other.limits.items():
            old = limits.get(variable, (-inf, inf))
            limits[variable] = (max(old[0], low), min(old[1], high))
        possible = all(words.values()) and all(low < high for low, high in limits.values())
        return _Row(words, limits) if possible else None


NOTHING_NEEDED = _Row({}, {})


def name_of(variable: str) -> str:
    """The name of a variable in DMN, which reads a colon as something else."""
    return variable.replace(":", "_is_")


def known_name_of(variable: str) -> str:
    """The input that says whether a number is known."""
    return f"{variable}_known"


def inputs_of(facts: Facts, numbers: Iterable[str]) -> dict[str, str | float]:
    """The facts of a person as inputs of the tables; findings are left out."""
    inputs: dict[str, str | float] = {}
    for variable, fact in facts.items():
        if question_of(variable) != "finding":
            inputs[name_of(variable)] = UNKNOWN if fact is None else fact
    for variable in numbers:
        fact = facts.get(variable)
        inputs[variable] = 0.0 if fact is None else fact
        inputs[known_name_of(variable)] = KNOWN[fact is None]
    return inputs


def numbers_in(knowledge: KnowledgeBase) -> frozenset[str]:
    """The variables that are numbers."""
    return frozenset(
        t.variable for rule in knowledge.rules.values() for t in tests(rule.when) if isinstance(t, Between)
    )


def model_of(knowledge: KnowledgeBase, rules: Iterable[str] = ()) -> bytes:
    """The DMN file of all rules, or of some and the findings they rest on."""
    wanted = [rule for rule in knowledge.rules.values() if rule.finding is None and (not rules or rule.id in {*rules})]
    whens = {rule.id: rule.when for rule in wanted}
    findings = _findings_of(knowledge, whens.values())
    numbers = numbers_in(knowledge)
    used = frozenset[str]().union(*map(variables, (*whens.values(), *findings.values())))
    Xml.register_namespace("", MODEL)
    name = {"id": "painrules", "name": "painrules", "namespace": "urn:painrules:dmn"}
    root = Xml.Element(f"{{{MODEL}}}definitions", {**name, "exporter": "painrules", "exporterVersion": __version__})
    for variable in sorted(used):
        if question_of(variable) != "finding":
            for input_, kind in _inputs(variable, numbers):
                data = _add(root, "inputData", id=f"input.{input_}", name=input_)
                _add(data, "variable", name=input_, typeRef=kind)
    for variable, when in findings.items():
        _decision(knowledge, root, name_of(variable), when, OUTCOMES["finding"], numbers)
    for id, when in whens.items():
        _decision(
            knowledge, root, id.replace("-", "_"), when, OUTCOMES["rule"], numbers, knowledge.rules[id].entry.because
        )
    Xml.indent(root)
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _findings_of(knowledge: KnowledgeBase, whens: Iterable[Expression]) -> dict[str, Expression]:
    """The findings that some expressions rest on, those that others rest on first."""
    found: dict[str, Expression] = {}
    for when in whens:
        for variable in sorted(variables(when)):
            if question_of(variable) == "finding" and variable not in found:
                derived = Any(tuple(rule.when for rule in knowledge.finding_rules[item_of(variable)]))
                found |= {**_findings_of(knowledge, [derived]), variable: derived}
    return found


def _inputs(variable: str, numbers: frozenset[str]) -> Iterator[tuple[str, str]]:
    if variable not in numbers:
        yield name_of(variable), "string"
    else:
        yield known_name_of(variable), "string"
        yield variable, "number"


def _decision(
    knowledge: KnowledgeBase,
    root: Xml.Element,
    name: str,
    when: Expression,
    outcomes: tuple[str, str, str],
    numbers: frozenset[str],
    text: str = "",
) -> None:
    decision = _add(root, "decision", id=f"decision.{name}", name=name)
    if text:
        decision.set("label", text)
    _add(decision, "variable", name=name, typeRef="string")
    needed = sorted(variables(when))
    columns = [(column, kind) for variable in needed for column, kind in _inputs(variable, numbers)]
    for variable in needed:
        tag, of = ("requiredDecision", "decision") if question_of(variable) == "finding" else ("requiredInput", "input")
        for column, _ in _inputs(variable, numbers):
            need = _add(decision, "informationRequirement", id=f"{name}.needs.{column}")
            _add(need, tag, href=f"#{of}.{column}")
    table = _add(decision, "decisionTable", id=f"table.{name}", hitPolicy="FIRST")
    for column, kind in columns:
        clause = _add(table, "input", id=f"{name}.{column}")
        _add(_add(clause, "inputExpression", typeRef=kind), "text").text = column
    _add(table, "output", id=f"{name}.outcome", typeRef="string")  # one output has no name in DMN
    certain, possible, impossible = outcomes
    rows = [(row, certain) for row in _rows(knowledge, when, wanted=True, certain=True)]
    rows += [(row, possible) for row in _rows(knowledge, when, wanted=True, certain=False)]
    for number, (row, outcome) in enumerate([*rows, (NOTHING_NEEDED, impossible)], 1):
        rule = _add(table, "rule", id=f"{name}.{number}")
        for column, _ in columns:
            _add(_add(rule, "inputEntry", id=f"{name}.{number}.{column}"), "text").text = _cell(row, column)
        _add(_add(rule, "outputEntry", id=f"{name}.{number}.outcome"), "text").text = f'"{outcome}"'


def _add(parent: Xml.Element, tag: str, **attributes: str) -> Xml.Element:
    return Xml.SubElement(parent, f"{{{MODEL}}}{tag}", attributes)


def _cell(row: _Row, column: str) -> str:
    if column in row.words:
        return ", ".join(f'"{word}"' for word in sorted(row.words[column]))
    low, high = row.limits.get(column, (-inf, inf))
    if low == -inf:
        return "-" if high == inf else f"< {high:g}"
    return f">= {low:g}" if high == inf else f"[{low:g}..{high:g})"


def _rows(knowledge: KnowledgeBase, when: Expression, *, wanted: bool, certain: bool) -> list[_Row]:
    """The rows of which one must hold for an expression to be so; without `certain`, what is unknown fits all."""
    if isinstance(when, Not):
        return _rows(knowledge, when.part, wanted=not wanted, certain=certain)
    if isinstance(when, OneOf):
        words = frozenset(word for word in _answers(knowledge, when.variable) if (word in when.values) is wanted)
        words |= frozenset() if certain else {UNKNOWN}
        return [_Row({name_of(when.variable): words}, {})] if words else []
    if isinstance(when, Between):
        known = {known_name_of(when.variable): frozenset({KNOWN[0]})}
        low, high = when.at_least if when.at_least is not None else -inf, when.below if when.below is not None else inf
        spans = [(low, high)] if wanted else [span for span in ((-inf, low), (high, inf)) if span[0] < span[1]]
        open_ = [] if certain else [_Row({known_name_of(when.variable): frozenset({UNKNOWN})}, {})]
        return [_Row(known, {when.variable: span}) for span in spans] + open_
    parts = [_rows(knowledge, part, wanted=wanted, certain=certain) for part in when.parts]
    if isinstance(when, All) is not wanted:
        return [row for part in parts for row in part]
    rows = [NOTHING_NEEDED]
    for part in parts:
        rows = [both for one in rows for other in part if (both := one.and_(other))]
    return rows


def _answers(knowledge: KnowledgeBase, variable: str) -> tuple[str, ...]:
    question = knowledge.questions.get(question_of(variable))
    return ("yes", "no") if question is None or item_of(variable) else question.answers
