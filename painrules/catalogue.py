"""What there is, as plain rows for programs: kinds of pain, treatments and questions, each with its id."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from painrules.entries import Question, Value, written_name
from painrules.evidence import statements
from painrules.knowledge import KnowledgeBase


class ConditionRow(Struct, frozen=True):
    """A kind of pain."""

    id: str
    parent: str | None
    name: str
    also_called: tuple[str, ...]
    icd11: str | None
    options: int
    """How many treatments are options for it."""


class ModalityRow(Struct, frozen=True, rename=written_name):
    """A treatment."""

    id: str
    name: str
    found_as: str | None
    """The name by which it was searched and found."""
    class_: str
    category: str
    also_called: tuple[str, ...]
    medicines: tuple[str, ...]
    rules: int
    """How many rules speak of it."""


class QuestionRow(Struct, frozen=True):
    """A question, with the answers that it takes; every question takes `unsure` too."""

    id: str
    screen: str
    kind: Literal["yes_no", "one_of", "many_of", "number"]
    ask: str
    help: str
    answers: tuple[Value, ...]
    """Empty for a number."""
    unit: str
    minimum: float | None
    maximum: float | None
    urgent: bool
    """Whether it is a sign that may need care soon."""


def condition_row(knowledge: KnowledgeBase, id: str) -> ConditionRow:
    """One kind of pain."""
    entry = knowledge.conditions[id]
    options = len(statements(knowledge, [id]))
    return ConditionRow(id, entry.parent, entry.name, entry.also_called, entry.icd11, options)


def modality_row(knowledge: KnowledgeBase, id: str, found_as: str | None = None) -> ModalityRow:
    """One treatment."""
    entry = knowledge.modalities[id]
    return ModalityRow(
        id=id,
        name=entry.name,
        found_as=found_as,
        class_=entry.class_,
        category=knowledge.category_of(id),
        also_called=entry.also_called,
        medicines=tuple(medicine.id for medicine in entry.medicines),
        rules=len(knowledge.rules_of_modality.get(id, ())),
    )


def question_row(knowledge: KnowledgeBase, question: Question) -> QuestionRow:
    """One question."""
    yes_no = tuple(Value(word, knowledge.wording[word]) for word in ("yes", "no"))
    return QuestionRow(
        id=question.id,
        screen=question.screen,
        kind=question.kind,
        ask=question.ask,
        help=question.help,
        answers=yes_no if question.kind == "yes_no" else question.values,
        unit=question.unit,
        minimum=question.minimum,
        maximum=question.maximum,
        urgent=question.urgent == "yes",
    )
