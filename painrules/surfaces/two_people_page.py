"""Two people side by side as a page: signs of each, then the options that differ by the answers that make it so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from painrules.alternatives import Status
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Reason
from painrules.surfaces.blocks import (
    Block,
    Entry,
    Heading,
    Notes,
    Paragraph,
    SideBySide,
    about_the_content,
    made_with,
)
from painrules.surfaces.sheet_page import alarm, reason_line, short_name
from painrules.surfaces.what_if_page import given_words
from painrules.two_people import CONDITIONS, Differing, Person, Swap, TwoPeople

MOST_SWAPS = 4
"""Ways to the same status that are told in full."""


def two_people_page(knowledge: KnowledgeBase, found: TwoPeople) -> Iterator[Block]:
    """The blocks of the page."""
    words, notes = knowledge.wording, Notes(knowledge)
    people = {words["two.a"]: found.first, words["two.b"]: found.second}
    yield Heading(words["two.title"], 1)
    for letter, person in people.items():
        for sign in person.urgent:
            yield alarm(knowledge, sign, notes, f"{letter}: ")
    yield Paragraph(words["two.purpose"])
    texts = tuple(_who(knowledge, person) for person in people.values())
    yield SideBySide(words["two.who"], tuple(people), texts)
    page = _Page(knowledge, found, notes)
    yield from page.differences()
    for letter, person in people.items():
        yield from _only(knowledge, letter, person)
    yield Paragraph(words["two.same"].format(count=found.same), "quiet")
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


def _who(knowledge: KnowledgeBase, person: Person) -> tuple[str, ...]:
    names = ", ".join(knowledge.conditions[condition].name for condition in person.conditions)
    signs = () if person.urgent else (knowledge.wording["no_sign_named"],)
    return (f"{person.name}.", f"{names}.", *signs)


def _only(knowledge: KnowledgeBase, letter: str, person: Person) -> Iterator[Block]:
    words = knowledge.wording
    if person.only:
        yield Heading(words["two.only"].format(who=letter))
        yield Paragraph(words["two.only_means"], "quiet")
    for category in knowledge.categories.values():
        names = [f"{o.name} ({words[f'status.{o.status}']})" for o in person.only if o.category == category.id]
        if names:
            yield Entry(f"{category.name}: {'; '.join(names)}")


class _Page:
    """The options that differ, put together by what makes the difference."""

    def __init__(self, knowledge: KnowledgeBase, found: TwoPeople, notes: Notes):
        self.knowledge, self.words, self.notes, self.found = knowledge, knowledge.wording, notes, found
        self.letters = (self.words["two.a"], self.words["two.b"])
        self.answers = {change.question: change for change in found.answers}

    def differences(self) -> Iterator[Block]:
        """One part for each set of answers, that of most options first."""
        parts: dict[tuple[Swap, ...], list[Differing]] = {}
        for option in self.found.differing:
            parts.setdefault(option.swaps, []).append(option)
        yield Heading(self.words["two.differences"])
        if not parts:
            yield Paragraph(self.words["two.no_difference"])
            return
        yield Paragraph(self.words["two.how_to_read"], "quiet")
        for swaps, options in sorted(parts.items(), key=lambda part: -len(part[1])):
            yield SideBySide(self.heading(swaps), self.letters, (self.given(swaps, 0), self.given(swaps, 1)))
            told: set[str] = set()
            for option in options:
                yield self.option(option, told)

    def heading(self, swaps: Sequence[Swap]) -> str:
        """What makes the difference: one answer, any one of some, or some together."""
        shown = swaps[:MOST_SWAPS]
        rest = f" {self.words['and_more'].format(count=len(swaps) - len(shown))}" if len(swaps) > len(shown) else ""
        if len(swaps[0]) == 1:
            names = ", ".join(self.name(one) for (one,) in shown)
            return _first_upper(names) if len(swaps) == 1 else self.words["two.any_of"].format(names=f"{names}{rest}")
        sets = "; ".join(", ".join(map(self.name, swap)) for swap in shown)
        return self.words["two.together" if len(swaps) == 1 else "two.together_any"].format(names=f"{sets}{rest}")

    def name(self, question: str) -> str:
        """A question, short."""
        return self.words["two.conditions"] if question == CONDITIONS else short_name(self.knowledge, question)

    def given(self, swaps: Sequence[Swap], side: int) -> tuple[str, ...]:
        """What one of them answered to the questions of these sets."""
        person = (self.found.first, self.found.second)[side]
        lines = []
        for question in dict.fromkeys(question for swap in swaps[:MOST_SWAPS] for question in swap):
            if question == CONDITIONS:
                said = [self.knowledge.conditions[id].name for id in person.conditions]
            else:
                said = list(given_words(self.knowledge, self.answers[question], side))
            lines.append(f"{_first_upper(self.name(question))}: {'; '.join(said)}.")
        return tuple(lines)

    def option(self, option: Differing, told: set[str]) -> Entry:
        """An option with both statuses, and the reason for the stronger one unless it was just told."""
        statuses = (option.first, option.second)
        words = [f"{letter} {self.words[f'status.{status}']}" for letter, status in self.by_letter(statuses)]
        lines = [
            f"{letter}: {self.reason(status, reasons)}"
            for (letter, status), reasons in zip(
                self.by_letter(statuses), (option.reasons_first, option.reasons_second), strict=True
            )
            if status == "advised_against" or reasons
        ]
        new = tuple(line for line in lines if line not in told)
        told.update(new)
        return Entry(option.name, tag="; ".join(words), details=new)

    def by_letter(self, statuses: Sequence[Status]) -> Iterator[tuple[str, Status]]:
        """The status of each."""
        return zip(self.letters, statuses, strict=True)

    def reason(self, status: Status, reasons: Sequence[Reason]) -> str:
        """Why an option has a status: a rule, or that guidelines advise against it."""
        if reasons:
            return reason_line(self.knowledge, reasons[0], self.notes)
        return self.words[f"status_means.{status}"]


def _first_upper(words: str) -> str:
    return words[:1].upper() + words[1:]
