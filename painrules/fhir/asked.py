"""For which kinds of pain a question can matter at all, whatever else is answered.

The interview asks what can still change the sheet, given all answers so far; a form is made before there are any. So
this is the part of that logic which rests on the kinds of pain alone. It holds for several of them together, too: a
kind of pain that was not looked at is left open, so that no question is missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from painrules.alternatives import reconsider
from painrules.evidence import statements
from painrules.expressions import Fact, question_of
from painrules.knowledge import KnowledgeBase
from painrules.unanswered import asked_for, questions_in


@lru_cache(maxsize=4)
def conditions_of_questions(knowledge: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Each question that can matter, with the kinds of pain for which it can."""
    found: dict[str, set[str]] = {}
    for condition in knowledge.conditions:
        for question in _questions_of(knowledge, condition):
            found.setdefault(question, set()).add(condition)
    return {question: frozenset(found[question]) for question in knowledge.questions if question in found}


def _questions_of(knowledge: KnowledgeBase, condition: str) -> Iterable[str]:
    options = statements(knowledge, [condition]).keys()
    bearing = [
        rule
        for rule in knowledge.rules.values()
        if rule.modalities & options
        or rule.finding is not None
        or (rule.effect == "urgent" and asked_for(knowledge, rule, [condition]))
    ]
    facts: dict[str, Fact] = {variable: None for variable in knowledge.variables if question_of(variable) != "finding"}
    facts |= {f"condition:{own}": "yes" for own in (condition, *knowledge.ancestors(condition))}
    left, _ = reconsider(knowledge, facts, {}, bearing)
    of_rules = questions_in(knowledge, left, {})
    return frozenset[str]().union(*(of_rules[rule.id] for rule in bearing if rule.finding is None))
