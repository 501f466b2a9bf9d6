"""What unanswered questions can still change.

A question counts through what is left of a rule once the known answers are filled in, so one that can no longer change
anything is not in here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from msgspec import Struct

from painrules.alternatives import Left, reconsider
from painrules.answers import Answers, facts_of
from painrules.evidence import statements
from painrules.expressions import Facts, item_of, question_of, variables
from painrules.knowledge import KnowledgeBase, Rule

WEIGHT: Mapping[str, int] = {"emergency": 1000, "same_day": 500, "soon": 200, "hold": 9, "check": 4, "caution": 2}
"""How much an unanswered question matters: per urgent sign, and per option that a rule could still change."""


class OpenRule(Struct, frozen=True):
    """A rule that unanswered questions decide, and the person's options that it speaks of (none: an urgent sign)."""

    rule: Rule
    questions: frozenset[str]
    options: frozenset[str]

    @property
    def weight(self) -> int:
        """How much it matters."""
        if self.rule.effect == "urgent":
            return WEIGHT[self.rule.entry.level or "soon"]
        return WEIGHT.get(self.rule.effect, 1) * len(self.options)


class Unanswered(Struct, frozen=True):
    """What is open for one person."""

    facts: Facts
    """All facts, findings included."""
    left: Mapping[str, Left]
    """What is left of every rule that bears on this person's sheet, and of those that derive findings."""
    questions: Mapping[str, frozenset[str]]
    """The unanswered questions that each rule depends on."""
    rules: Mapping[str, OpenRule]
    """The open rules that bear on this person's sheet."""


def unanswered(knowledge: KnowledgeBase, answers: Answers) -> Unanswered:
    """Find what is open. Only signs that are told to this person and rules on their options count."""
    candidates = statements(knowledge, answers.conditions).keys()
    reached = {id: rule.modalities & candidates for id, rule in knowledge.rules.items()}
    bearing = [
        rule
        for rule in knowledge.rules.values()
        if reached[rule.id]
        or rule.finding is not None
        or (rule.effect == "urgent" and told_to(knowledge, rule, answers))
    ]
    left, facts = reconsider(knowledge, facts_of(knowledge, answers), {}, bearing)
    questions = questions_in(knowledge, left, {})
    rules = {
        id: OpenRule(knowledge.rules[id], own, reached[id])
        for id, own in questions.items()
        if own and knowledge.rules[id].finding is None
    }
    return Unanswered(facts, left, questions, rules)


def questions_in(
    knowledge: KnowledgeBase, left: Mapping[str, Left], others: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    """The questions that what is left of each rule depends on, through findings too (`others`: of all other rules)."""
    found: dict[str, frozenset[str]] = {}
    for id, what in left.items():
        questions: set[str] = set()
        for variable in () if isinstance(what, bool) else variables(what):
            question = question_of(variable)
            if question == "finding":
                for rule in knowledge.finding_rules[item_of(variable)]:
                    questions |= found[rule.id] if rule.id in found else others[rule.id]
            elif question != "condition":
                questions.add(question)
        found[id] = frozenset(questions)
    return found


def open_questions(knowledge: KnowledgeBase, answers: Answers) -> list[str]:
    """Unanswered questions that can still change this person's sheet, the most telling first."""
    weights: Counter[str] = Counter()
    for rule in unanswered(knowledge, answers).rules.values():
        weights.update(dict.fromkeys(rule.questions, rule.weight))
    order = list(knowledge.questions)
    return sorted(weights, key=lambda question: (-weights[question], order.index(question)))


def told_to(knowledge: KnowledgeBase, rule: Rule, answers: Answers) -> bool:
    """Whether an urgent sign that is only possible is told to a person.

    It is where it is asked of people with their pain, and where they said that a part of it is there.
    """
    named = any(answers.known.get(id) == "yes" for id in signs_in(knowledge, rule))
    return named or asked_for(knowledge, rule, answers.conditions)


def signs_in(knowledge: KnowledgeBase, rule: Rule) -> tuple[str, ...]:
    """The questions about signs, to be answered with yes or no, that a rule tests, through findings too."""
    questions = (knowledge.questions[id] for id in sorted(knowledge.questions_of_rule[rule.id]))
    return tuple(question.id for question in questions if question.urgent == "yes" and question.kind == "yes_no")


def asked_for(knowledge: KnowledgeBase, rule: Rule, conditions: Iterable[str]) -> bool:
    """Whether an urgent sign is to be asked of people with these conditions."""
    wanted = set(rule.entry.ask_if)
    if "any" in wanted:
        return True
    for condition in conditions:
        if wanted & {condition, *knowledge.ancestors(condition)}:
            return True
        if any(condition in knowledge.ancestors(kind) for kind in wanted):
            return True
    return False
