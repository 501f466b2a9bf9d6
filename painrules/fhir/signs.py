"""Urgent signs in a form: what to do now is shown as soon as the answers make a sign certain.

A form can only say "all of these" or "any of these" of answers that were given. A rule is written as alternatives that
all must hold; each becomes a group inside the one before, shown while any of its answers is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from painrules.expressions import All, Between, Expression, Not, OneOf, item_of, question_of
from painrules.expressions import Any as AnyOf
from painrules.fhir.codes import CONDITIONS, Resource, coding
from painrules.knowledge import KnowledgeBase, Rule

Clause = tuple[Resource, ...]
"""Tests of answers, of which one must pass."""


class NotSayableError(ValueError):
    """A rule that a form cannot say, as it rests on the absence of something."""


def sign_item(knowledge: KnowledgeBase, rule: Rule) -> Resource | None:
    """The item that tells an urgent sign; None where a form cannot say when."""
    try:
        clauses = sorted(clauses_of(knowledge, rule.when), key=len)
    except NotSayableError:
        return None
    single = [clause[0] for clause in clauses if len(clause) == 1]
    others = [clause for clause in clauses if len(clause) > 1]
    level = knowledge.wording[f"level.{rule.entry.level}"]
    item: Resource = {
        "linkId": f"sign.{rule.id}",
        "text": f"\N{WARNING SIGN} {level}. {rule.entry.action} {rule.entry.because}",
        "type": "display",
    }
    if single and not others:
        return {**item, **_enabled("all", single)}
    item |= _enabled("any", others.pop())
    for number, clause in enumerate(others, 1):
        item = _group(f"sign.{rule.id}.{number}", "any", clause, item)
    return _group(f"sign.{rule.id}.all", "all", single, item) if single else item


def _group(id: str, behavior: str, tests: list[Resource] | Clause, inner: Resource) -> Resource:
    return {"linkId": id, "type": "group", **_enabled(behavior, tests), "item": [inner]}


def _enabled(behavior: str, tests: list[Resource] | Clause) -> Resource:
    return {"enableWhen": list(tests), **({"enableBehavior": behavior} if len(tests) > 1 else {})}


def questions_of_sign(item: Resource) -> set[str]:
    """The items whose answers an item waits for."""
    own = {test["question"] for test in item.get("enableWhen", ())}
    return own.union(*(questions_of_sign(inner) for inner in item.get("item", ())))


def clauses_of(knowledge: KnowledgeBase, when: Expression) -> list[Clause]:
    """What must hold, as clauses that must all hold. Raises NotSayableError."""
    if isinstance(when, Not):
        raise NotSayableError
    if isinstance(when, OneOf) and question_of(when.variable) == "finding":
        rules = knowledge.finding_rules[item_of(when.variable)]
        return clauses_of(knowledge, AnyOf(tuple(rule.when for rule in rules)))
    if isinstance(when, Between):
        return [(test,) for test in _limits(when)]
    if isinstance(when, OneOf):
        return [tuple(_equal(knowledge, when))]
    parts = [clauses_of(knowledge, part) for part in when.parts]
    if isinstance(when, All):
        return [clause for part in parts for clause in part]
    clauses: list[Clause] = [()]
    for part in parts:
        clauses = [(*one, *(test for test in other if test not in one)) for one in clauses for other in part]
    return clauses


def _limits(test: Between) -> Iterator[Resource]:
    for operator, limit in ((">=", test.at_least), ("<", test.below)):
        if limit is not None:
            yield {"question": test.variable, "operator": operator, "answerInteger": ceil(limit)}


def _equal(knowledge: KnowledgeBase, test: OneOf) -> Iterator[Resource]:
    question, item = question_of(test.variable), item_of(test.variable)
    if item and test.values != {"yes"}:
        raise NotSayableError
    values = [item] if item else sorted(test.values)
    if question == "condition":
        question = CONDITIONS
        values = [id for id in knowledge.conditions if item in (id, *knowledge.ancestors(id))]
    for value in values:
        yield {"question": question, "operator": "=", "answerCoding": coding(question, value)}
