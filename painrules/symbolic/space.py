"""Which answers a person can have: every question with its values and 'unknown', and any choice of kinds of pain.

A person is one code for each field: a question (0: unknown, then its values, mildest first), an item of a many-valued
question (0: no, 1: yes; it counts only while the question is answered), or a kind of pain (0: no, 1: yes). A number has
one value for each stretch between the thresholds that expressions use. So the space is finite and loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from painrules.answers import Answer, Answers
from painrules.entries import Question
from painrules.expressions import Between, Expression, item_of, question_of, tests
from painrules.knowledge import KnowledgeBase

UNKNOWN, NO, ANSWERED, YES = 0, 0, 1, 1


class Field(Struct, frozen=True):
    """One thing that can differ between people. The code of a value is its place in `values`."""

    name: str
    kind: str
    """The kind of a question, or `item` or `condition`."""
    values: tuple[str | float | None, ...]
    place: int = 0
    """Of a kind of pain: its place in the files; of two that do equally, the first makes the smaller person."""

    @property
    def costs(self) -> tuple[int, ...]:
        """How much each code adds to the size of a person: unknown nothing, the mildest answer little."""
        if self.kind in ("item", "condition"):
            return (0, RISK + self.place)
        if self.kind == "number":
            return (0, *[MILD + 1] * (len(self.values) - 1))
        mildest = "no" if "no" in self.values else self.values[1]
        return (0, *[MILD if value == mildest else RISK for value in self.values[1:]])


MILD, RISK = 10_000, 1_000_000_000
"""The smallest person has the fewest answers that are a risk, then the fewest answers."""


class Space(Struct, frozen=True, dict=True):
    """All fields, in the order that diagrams use."""

    fields: Mapping[str, Field]
    impossible_conditions: frozenset[str] = frozenset()
    """Kinds of pain that are left out, as only one of two knowledge bases knows them."""

    def in_order(self, names: Sequence[str]) -> Space:
        """The same space with its fields in another order."""
        return replace(self, fields={name: self.fields[name] for name in names})

    def fields_of(self, question: str) -> tuple[Field, ...]:
        """The field of a question, and those of its items."""
        return self._by_question.get(question, ())

    @cached_property
    def _by_question(self) -> Mapping[str, tuple[Field, ...]]:
        found: dict[str, tuple[Field, ...]] = {}
        for name, field in sorted(self.fields.items(), key=lambda entry: entry[1].kind == "item"):
            found[question_of(name)] = (*found.get(question_of(name), ()), field)
        return found

    @property
    def conditions(self) -> tuple[str, ...]:
        """The kinds of pain."""
        return tuple(item_of(name) for name, field in self.fields.items() if field.kind == "condition")

    @property
    def size(self) -> int:
        """How many combinations of codes there are, possible or not."""
        product = 1
        for field in self.fields.values():
            product *= len(field.values)
        return product

    def person(self, codes: Mapping[str, int]) -> Answers:
        """The answers that codes stand for. Fields that are missing are unknown, or no."""
        known: dict[str, Answer] = {}
        conditions = []
        for name, field in sorted(self.fields.items()):
            code = codes.get(name, 0)
            if field.kind == "condition" and code == YES:
                conditions.append(item_of(name))
            elif field.kind == "many_of" and code == ANSWERED:
                items = (item for item in self.fields_of(name) if item.kind == "item")
                known[name] = frozenset(item_of(item.name) for item in items if codes.get(item.name, NO) == YES)
            elif field.kind not in ("condition", "item", "many_of") and code != UNKNOWN:
                value = field.values[code]
                assert value is not None
                known[name] = value
        return Answers(tuple(conditions), known)


def expressions_of(knowledge: KnowledgeBase) -> Iterator[Expression]:
    """Every expression that a proof evaluates."""
    yield from (rule.when for rule in knowledge.rules.values())
    yield from (constraint.never for constraint in knowledge.constraints.values())
    yield from (invariant.when for invariant in knowledge.invariants.values())


def space_of(*bases: KnowledgeBase, also: Iterable[Expression] = ()) -> Space:
    """The people that these knowledge bases (and these expressions) can tell apart, all their questions together.

    A question that the bases ask in different ways (`Question.kind`) is left out, so nobody has an answer to it.
    """
    tested: set[str] = set()
    thresholds: dict[str, set[float]] = {}
    for expression in chain(also, *(expressions_of(knowledge) for knowledge in bases)):
        for test in tests(expression):
            tested.add(question_of(test.variable))
            if isinstance(test, Between):
                limits = (test.at_least, test.below)
                thresholds.setdefault(test.variable, set()).update(x for x in limits if x is not None)
    fields: list[Field] = []
    for id in dict.fromkeys(id for knowledge in bases for id in knowledge.questions):
        if id in tested:
            questions = [knowledge.questions[id] for knowledge in bases if id in knowledge.questions]
            if len({question.kind for question in questions}) == 1:
                fields += _fields_of(questions, thresholds.get(id, ()))
    conditions = dict.fromkeys(id for knowledge in bases for id in knowledge.conditions)
    fields += [Field(f"condition:{id}", "condition", ("no", "yes"), place) for place, id in enumerate(conditions)]
    shared = set(conditions).intersection(*(knowledge.conditions for knowledge in bases))
    return Space({field.name: field for field in fields}, frozenset(conditions) - shared)


def _fields_of(questions: Sequence[Question], thresholds: Iterable[float]) -> Iterator[Field]:
    """The fields of one question, as several knowledge bases have it."""
    question = questions[-1]
    answers = tuple(dict.fromkeys(answer for one in questions for answer in one.answers))
    if question.kind == "many_of":
        yield Field(question.id, "many_of", (None, "answered"))
        yield from (Field(f"{question.id}:{item}", "item", ("no", "yes")) for item in answers if item != "none")
    elif question.kind == "number":
        low = min(one.minimum or 0 for one in questions)
        high = max(one.maximum or 0 for one in questions)
        yield Field(question.id, "number", (None, *_stretches(low, high, thresholds)))
    else:
        mildest_first = ("no", "yes") if question.kind == "yes_no" else answers
        yield Field(question.id, question.kind, (None, *mildest_first))


def _stretches(low: float, high: float, thresholds: Iterable[float]) -> tuple[float, ...]:
    """One number for each stretch between thresholds; in the first, one close to the threshold."""
    inside = sorted(float(limit) for limit in thresholds if low < limit <= high)
    return (max(low, inside[0] - 1), *inside) if inside else (float(low),)
