"""A quiz at a terminal: one question at a time by plain lines and typed numbers, explained after each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from painrules.interview import Reply
from painrules.knowledge import KnowledgeBase
from painrules.reading import visible
from painrules.surfaces.blocks import language_lines
from painrules.surfaces.forms import Form, Line
from painrules.surfaces.quiz_words import Written, told
from painrules.surfaces.typed import Typed

Answered = Callable[[Written, bool], None]


def ask_quiz(knowledge: KnowledgeBase, quiz: Sequence[Written], asker: Typed, answered: Answered) -> tuple[int, int]:
    """Ask each question, until the learner stops: how many were right, of how many. `answered` is told of each."""
    words = knowledge.wording
    asker.say(words["quiz.purpose"])
    for line in language_lines(knowledge):
        asker.say(line)
    asker.say(words["quiz.keys"])
    right = count = 0
    shown: str | None = None
    for number, one in enumerate(quiz, 1):
        person = "\n".join(person_lines(knowledge, one))
        if one.person is not None and one.person.id != shown:
            shown = one.person.id
            asker.say(f"\n{person}")
        lines = tuple(Line(str(place), choice) for place, choice in enumerate(one.choices))
        heading = words["quiz.of"].format(number=number, count=len(quiz))
        ask = "\n".join(map(visible, one.ask))
        form = Form(ask, "one", lines, help=person, may=frozenset({"not_sure", "quit"}), heading=heading)
        said = asker.ask(form)
        if said == "quit":
            break
        known = isinstance(said, Reply) and said.chosen == (str(one.right),)
        count, right = count + 1, right + known
        for line in feedback(knowledge, one, None if said == "not_sure" else known):
            asker.say(line)
        answered(one, known)
    return right, count


def person_lines(knowledge: KnowledgeBase, one: Written) -> Iterator[str]:
    """What is known of the person, to read before the first question about them."""
    words = knowledge.wording
    if one.person is None:
        return
    known = told(knowledge, one.person)
    title = words["quiz.person" if known.story or known.answers else "quiz.anybody"]
    yield visible(title.format(title=known.title))
    yield from (visible(line) for line in (known.story, known.pain) if line)
    yield words["quiz.told"] if known.answers else words["quiz.told_nothing"]
    yield from (f"  - {visible(answer)}" for answer in known.answers)


def feedback(knowledge: KnowledgeBase, one: Written, right: bool | None) -> Iterator[str]:
    """Whether it was right, and why; None: the learner did not know."""
    words = knowledge.wording
    number, answer = one.right + 1, one.choices[one.right]
    told = {True: "quiz.right", False: "quiz.wrong", None: "quiz.not_known"}[right]
    yield f"\n{words[told].format(number=number, answer=visible(answer))}"
    yield from map(visible, one.why)
    yield from (f"  [{place}] {visible(source)}" for place, source in enumerate(one.sources, 1))
