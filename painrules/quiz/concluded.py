"""What the engine concludes for a made-up person, and what would become of it without an answer or with another one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from painrules.alternatives import CERTAIN_STATUS, Status, held_in, reconsider, status_of, truth_of
from painrules.engines import Conclusions, consult
from painrules.expressions import Fact, Truth, item_of
from painrules.knowledge import KnowledgeBase
from painrules.quiz.questions import Kind, MadeUp
from painrules.sheet import Because, Option, Reason, Sheet, sheet_of


class Concluded(Struct, frozen=True, dict=True):
    """A person with everything that follows from their answers."""

    knowledge: KnowledgeBase
    person: MadeUp
    conclusions: Conclusions
    sheet: Sheet

    @cached_property
    def open(self) -> tuple[Option, ...]:
        """Options that guidelines do not all advise against: what is said of them follows from the answers."""
        return tuple(option for option in self.sheet.options if option.status != "advised_against")

    @cached_property
    def held(self) -> Mapping[str, Truth]:
        """The truth of every rule that may hold."""
        return held_in(self.conclusions)

    @cached_property
    def signs(self) -> frozenset[str]:
        """Questions that ask for a sign that needs care: nothing to play with."""
        knowledge = self.knowledge
        alone = [knowledge.questions_of_rule[rule.id] for rule in knowledge.rules.values() if rule.effect == "urgent"]
        marked = {question.id for question in knowledge.questions.values() if question.urgent == "yes"}
        return frozenset(marked).union(*(questions for questions in alone if len(questions) == 1))

    def id(self, kind: Kind, *parts: str) -> str:
        """The id of a question about this person."""
        return "/".join((kind, self.person.id, *parts))

    def rests_on(self, modality: str, question: str) -> bool:
        """Whether any rule for a treatment, holding or not, uses a question."""
        rules = self.knowledge.rules_of_modality.get(modality, ())
        return any(question in self.knowledge.questions_of_rule[rule.id] for rule in rules)

    def without(self, said: Because) -> Mapping[str, Truth]:
        """The rules that use an answer, as they would be without it; of a list, without that line of it."""
        knowledge = self.knowledge
        tested = knowledge.variables_of_question.get(said.question, ())
        lines: dict[str, Fact] = {variable: "no" for variable in tested if item_of(variable) == said.answer}
        facts = lines or dict.fromkeys(tested)
        rules = knowledge.rules_of_question.get(said.question, ())
        left, _ = reconsider(knowledge, self.conclusions.facts, facts, rules)
        return {rule: truth_of(what) for rule, what in left.items()}

    def status_then(self, option: Option, differing: Mapping[str, Truth]) -> Status:
        """The status of a treatment if some rules were otherwise."""
        rules = self.knowledge.rules_of_modality.get(option.id, ())
        then = {rule.id: differing.get(rule.id, self.held.get(rule.id, False)) for rule in rules}
        return status_of(self.knowledge, option.id, then, option.guidelines)


def concluded(knowledge: KnowledgeBase, person: MadeUp) -> Concluded:
    """Conclude for one person."""
    conclusions = consult(knowledge, person.answers, "reference")
    return Concluded(knowledge, person, conclusions, sheet_of(knowledge, person.answers, conclusions))


def warnings(option: Option) -> list[Reason]:
    """The reasons that surely hold and give a treatment a warning."""
    return [reason for reason in option.reasons if reason.certain and reason.effect in CERTAIN_STATUS]


def given(because: tuple[Because, ...]) -> list[Because]:
    """The answers among what a conclusion rests on; kinds of pain are none."""
    return [one for one in because if one.question != "condition" and one.answer != "unknown"]


def only(because: tuple[Because, ...]) -> Because | None:
    """The answer that a conclusion rests on, if it is one alone; a line of a list that is missing is none."""
    found = given(because)
    return found[0] if len(found) == 1 and not found[0].answer.startswith("not ") else None
