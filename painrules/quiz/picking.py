"""Which questions make a quiz, and in which order their choices stand: the same seed and content give the same."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from msgspec import Struct, field

from painrules.knowledge import KnowledgeBase
from painrules.quiz.making import explained, questions_by_kind
from painrules.quiz.questions import KINDS, SCALES, Kind, MadeUp, QuizQuestion

MOST_CHOICES = 4
LIKELIEST = 8
"""Wrong choices to draw from: the likeliest ones."""


class Posed(Struct, frozen=True):
    """A question as it is asked."""

    question: QuizQuestion
    choices: tuple[str, ...]

    @property
    def right(self) -> int:
        """Where the right choice stands, from 0."""
        return self.choices.index(self.question.right)


class Pool(Struct):
    """The questions that can be asked of some people, made when they are first needed."""

    knowledge: KnowledgeBase
    people: Sequence[MadeUp]
    kinds: tuple[Kind, ...] = KINDS
    _made: dict[str, dict[Kind, list[QuizQuestion]]] = field(default_factory=dict)

    def of(self, person: MadeUp) -> dict[Kind, list[QuizQuestion]]:
        """The questions of one person, by kind."""
        if person.id not in self._made:
            self._made[person.id] = questions_by_kind(self.knowledge, person, self.kinds)
        return self._made[person.id]

    def named(self, ids: Sequence[str]) -> list[QuizQuestion]:
        """The questions with these ids that can still be asked, in this order."""
        about = {id.split("/")[1] for id in ids if id.count("/")}
        found = {
            question.id: question
            for person in self.people
            if about.intersection((person.id, *person.answers.conditions))
            for questions in self.of(person).values()
            for question in questions
        }
        return [found[id] for id in ids if id in found]

    def gone(self, ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids that were questions of people looked at, and no longer are: the content has changed."""
        looked_at = {person.id: person for person in self.people if person.id in self._made}
        about = set(looked_at).union(*(person.answers.conditions for person in looked_at.values()))
        now = {q.id for made in self._made.values() for questions in made.values() for q in questions}
        parts = {id: id.split("/") for id in ids}
        return (
            frozenset(id for id, (kind, *rest) in parts.items() if kind in self.kinds and rest[:1] and rest[0] in about)
            - now
        )


def pick(
    pool: Pool, count: int, seed: int, first: Sequence[str] = (), leave: Callable[[str], bool] = lambda _: False
) -> list[Posed]:
    """A quiz: what is to come `first`, by id, then others, except those to `leave` out."""
    dice = random.Random(seed)
    due = pool.named(first)[:count]
    chosen = {question.id for question in due}
    new = (q for q in _in_turn(pool, dice) if q.id not in chosen and not leave(q.id))
    others = list(islice(_unique(new), count - len(due)))
    return [posed(pool.knowledge, question, dice) for question in (*_by_person(due), *_by_person(others))]


def posed(knowledge: KnowledgeBase, question: QuizQuestion, dice: random.Random) -> Posed:
    """A question with its choices in order."""
    if question.scale:
        return Posed(explained(knowledge, question), SCALES[question.kind])
    likeliest = question.others[:LIKELIEST]
    choices = [question.right, *dice.sample(likeliest, min(MOST_CHOICES - 1, len(likeliest)))]
    dice.shuffle(choices)
    return Posed(question, tuple(choices))


def _in_turn(pool: Pool, dice: random.Random) -> Iterator[QuizQuestion]:
    """One question of each kind from a person, then the next person; and again from the first."""
    people = dice.sample(list(pool.people), len(pool.people))
    queues: dict[str, list[Iterator[QuizQuestion]]] = {}
    while True:
        asked = False
        for person in people:
            if person.id not in queues:
                queues[person.id] = [_mixed(questions, dice) for questions in pool.of(person).values()]
            for queue in queues[person.id]:
                if question := next(queue, None):
                    asked = True
                    yield question
        if not asked:
            return


def _mixed(questions: Sequence[QuizQuestion], dice: random.Random) -> Iterator[QuizQuestion]:
    """Questions by chance; each right answer of a scale, and else each answer of the person, before one comes again."""
    about: dict[object, list[QuizQuestion]] = {}
    for question in dice.sample(list(questions), len(questions)):
        turn = question.right if question.scale else question.said or question.reasons[0].because
        about.setdefault(turn, []).append(question)
    turns = dice.sample(list(about.values()), len(about))
    return (question for question in chain.from_iterable(zip_longest(*turns)) if question)


def _unique(questions: Iterator[QuizQuestion]) -> Iterator[QuizQuestion]:
    """Each question once: two people can have the same kind of pain."""
    seen: set[str] = set()
    for question in questions:
        if question.id not in seen:
            seen.add(question.id)
            yield question


def _by_person(questions: Sequence[QuizQuestion]) -> list[QuizQuestion]:
    """Those of one person together, as the story is told once, and in the order of kinds."""
    people = list(dict.fromkeys(question.person.id for question in questions))
    return sorted(questions, key=lambda q: (people.index(q.person.id), KINDS.index(q.kind)))
