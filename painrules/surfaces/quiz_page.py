"""A quiz on paper: the questions as blocks of a page, and a key to the answers that begins on a page of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import to_builtins
from msgspec.structs import replace

from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import Block, Entry, Heading, Paragraph, about_the_content
from painrules.surfaces.quiz_words import Written, told


def quiz_page(knowledge: KnowledgeBase, quiz: Sequence[Written], *, answers: bool) -> Iterator[Block]:
    """The blocks of the page."""
    words = knowledge.wording
    yield Heading(words["quiz.title"], 1)
    yield Paragraph(words["quiz.purpose"], "strong")
    shown: str | None = None
    for number, one in enumerate(quiz, 1):
        if one.person is not None and one.person.id != shown:
            shown = one.person.id
            yield from person_blocks(knowledge, one)
        elif one.person is None and shown != "":
            shown = ""
            yield Heading(words["quiz.about_guidelines"])
        yield Heading(words["quiz.number"].format(number=number), 3)
        yield from (Paragraph(line) for line in one.ask)
        yield from (Entry(choice, f"{place}.") for place, choice in enumerate(one.choices, 1))
    if answers:
        yield Heading(words["quiz.key"], tone="new_page")
        for number, one in enumerate(quiz, 1):
            yield from _key(knowledge, number, one)
    yield Paragraph(about_the_content(knowledge), "quiet")


def person_blocks(knowledge: KnowledgeBase, one: Written) -> Iterator[Block]:
    """What is known of the person that a question is about."""
    words = knowledge.wording
    if one.person is None:
        return
    known = told(knowledge, one.person)
    title = words["quiz.person" if known.story or known.answers else "quiz.anybody"]
    yield Heading(title.format(title=known.title))
    yield from (Paragraph(line) for line in (known.story, known.pain) if line)
    yield Paragraph(words["quiz.told"] if known.answers else words["quiz.told_nothing"])
    yield from (Entry(answer) for answer in known.answers)


def _key(knowledge: KnowledgeBase, number: int, one: Written) -> Iterator[Block]:
    yield Heading(knowledge.wording["quiz.number"].format(number=number), 3)
    yield Paragraph(f"{one.right + 1}. {one.choices[one.right]}", "strong")
    yield from (Paragraph(line) for line in one.why)
    yield from (Paragraph(f"[{place}] {source}", "quiet") for place, source in enumerate(one.sources, 1))


def as_plain_data(knowledge: KnowledgeBase, quiz: Sequence[Written], seed: int) -> dict[str, Any]:
    """A quiz for programs, with its answers."""
    people = {one.person.id: one.person for one in quiz if one.person}
    return {
        "seed": seed,
        "knowledge_digest": knowledge.digest,
        "people": {id: to_builtins(told(knowledge, person)) for id, person in people.items()},
        "questions": [_plain(one) for one in quiz],
    }


def _plain(one: Written) -> dict[str, Any]:
    return {**to_builtins(replace(one, person=None)), "person": one.person.id if one.person else None}
