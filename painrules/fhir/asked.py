"""For which kinds of pain, and after which signs, a question can matter at all, whatever else is answered.

The interview asks what can still change the sheet, given all answers so far; a form is made before there are any. So
this is the part of that logic which rests on the kinds of pain alone, or on one sign that was named. It holds for
several of them together, too: what was not looked at is left open, so that no question is missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache

from painrules.alternatives import reconsider
from painrules.evidence import statements
from painrules.expressions import Fact, question_of
from painrules.knowledge import KnowledgeBase, Rule
from painrules.unanswered import asked_for, questions_in, signs_in


@lru_cache(maxsize=4)
def conditions_of_questions(knowledge: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Each question that can matter, with the kinds of pain for which it can."""
    found: dict[str, set[str]] = {}
    for condition in knowledge.conditions:
        for question in _questions_of(knowledge, condition):
            found.setdefault(question, set()).add(condition)
    return {question: frozenset(found[question]) for question in knowledge.questions if question in found}


@lru_cache(maxsize=4)
def signs_of_questions(knowledge: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Each question that can matter because a sign was named, whatever the pain, with these signs."""
    urgent = [rule for rule in knowledge.rules.values() if rule.effect == "urgent"]
    having = {rule.id: signs_in(knowledge, rule) for rule in urgent}
    found: dict[str, set[str]] = {}
    for sign in dict.fromkeys(sign for signs in having.values() for sign in signs):
        bearing = [rule for rule in urgent if sign in having[rule.id]]
        for question in _open_questions(knowledge, {sign: "yes"}, bearing):
            found.setdefault(question, set()).add(sign)
    return {question: frozenset(found[question]) for question in knowledge.questions if question in found}


def questions_of_form(knowledge: KnowledgeBase, conditions: Collection[str]) -> frozenset[str]:
    """What can matter for people with some of these kinds of pain, signs that they may name on the way included."""
    asked = {id for id, pains in conditions_of_questions(knowledge).items() if not pains.isdisjoint(conditions)}
    signs = signs_of_questions(knowledge)
    while more := {id for id, named in signs.items() if id not in asked and not named.isdisjoint(asked)}:
        asked |= more
    return frozenset(asked)


def _questions_of(knowledge: KnowledgeBase, condition: str) -> Iterable[str]:
    options = statements(knowledge, [condition]).keys()
    bearing = [
        rule
        for rule in knowledge.rules.values()
        if rule.modalities & options or (rule.effect == "urgent" and asked_for(knowledge, rule, [condition]))
    ]
    return _open_questions(
        knowledge, {f"condition:{own}": "yes" for own in (condition, *knowledge.ancestors(condition))}, bearing
    )


def _open_questions(knowledge: KnowledgeBase, known: Mapping[str, Fact], bearing: Iterable[Rule]) -> frozenset[str]:
    """The questions that these rules still depend on when no more than this is known."""
    facts: dict[str, Fact] = {variable: None for variable in knowledge.variables if question_of(variable) != "finding"}
    wanted = {rule.id for rule in bearing}
    rules = [rule for rule in knowledge.rules.values() if rule.id in wanted or rule.finding is not None]
    left, _ = reconsider(knowledge, {**facts, **known}, {}, rules)
    of_rules = questions_in(knowledge, left, {})
    return frozenset[str]().union(*(of_rules[id] for id in wanted))
