"""What pages are made of: headings, paragraphs and entries in reading order, for any renderer to draw."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from msgspec import Struct, field
from msgspec.structs import replace

from painrules import __version__
from painrules.entries import Frequency, Source, Word
from painrules.evidence import Difference
from painrules.knowledge import KnowledgeBase

if TYPE_CHECKING:
    from painrules.sheet import Made

MOST_BODIES = 2
"""Named on each side of a disagreement; the rest is counted."""


class Heading(Struct, frozen=True):
    """A heading; level 1 is the page's title, level 3 a part of a section."""

    text: str
    level: int = 2
    tone: Literal["plain", "quiet", "new_page"] = "plain"
    """quiet: what follows is to look up, such as sources; drawn small. new_page: on paper it begins a page."""


class Paragraph(Struct, frozen=True):
    """Running text."""

    text: str
    tone: Literal["plain", "quiet", "strong"] = "plain"


class Alarm(Struct, frozen=True):
    """An urgent sign that the person has: drawn so that it cannot be missed."""

    action: str
    lines: tuple[str, ...]


class Entry(Struct, frozen=True):
    """One line of a list with a symbol, a tag (its status in words) and details below it."""

    text: str
    symbol: str = "-"
    tag: str = ""
    status: str = ""
    details: tuple[str, ...] = ()

    @property
    def lead(self) -> str:
        """The text as it stands before a tag: with a colon, unless it is a question."""
        return self.text if self.text.endswith("?") or not self.tag else f"{self.text}:"


class SideBySide(Struct, frozen=True):
    """The same thing told of two or more, with the same space for each."""

    heading: str
    names: tuple[str, ...]
    texts: tuple[tuple[str, ...], ...]
    """The lines of each, in the order of the names."""


class Lines(Struct, frozen=True):
    """Empty lines to write on, on paper."""

    count: int


class Bar(Struct, frozen=True):
    """One row of a chart: its name, a value as a bar and in words, and what else belongs to it."""

    name: str
    value: float | None
    """None: not known, so there is no bar."""
    shown: str
    more: tuple[str, ...] = ()


class Chart(Struct, frozen=True):
    """Values on a scale that starts at 0, one below the other; never by a picture alone."""

    caption: str
    columns: tuple[str, ...]
    """Headings: of the names, of the values, and of what else belongs to a row."""
    bars: tuple[Bar, ...]
    highest: float

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The same in words, cell by cell."""
        return tuple((bar.name, bar.shown, *bar.more) for bar in self.bars)


class Column(Struct, frozen=True):
    """A named list."""

    name: str
    entries: tuple[Entry, ...]
    more: str = ""
    """What is said of entries that are not shown."""


class Board(Struct, frozen=True):
    """Lists beside each other, as many as there is room for."""

    columns: tuple[Column, ...]


class Branch(Struct, frozen=True):
    """One thing, and what it follows from: a status from rules, a rule from findings, a finding from answers."""

    kind: Literal["status", "rule", "finding", "answer", "more"]
    """more: what is left out here, in words."""
    label: str
    """What it is, for those who hear it: 'Rule'."""
    text: str
    tag: str = ""
    symbol: str = ""
    details: tuple[str, ...] = ()
    status: str = ""
    sure: bool = True
    """False: it rests on something that is not known."""
    decides: bool = False
    children: tuple[Branch, ...] = ()


class Derivation(Struct, frozen=True):
    """How one thing followed from others, as a tree: never by a picture alone."""

    columns: tuple[str, str, str, str]
    """Headings of a picture: answers, findings, rules, status."""
    root: Branch
    says: str
    """What the picture is, for those who do not see it."""


Block: TypeAlias = "Heading | Paragraph | Alarm | Entry | SideBySide | Lines | Chart | Derivation | Board"


class Notes(Struct):
    """The sources that a page cites, numbered in the order in which they come up."""

    knowledge: KnowledgeBase
    reported: dict[str, bool] = field(default_factory=dict)
    """Source id to whether every text that cites it rests on a report of it."""

    def mark(self, sources: Sequence[str], reported_by: str | None = None) -> str:
        """The numbers of some sources, as they stand after a sentence: ` [1, 4]`."""
        for source in sources:
            self.reported[source] = self.reported.get(source, True) and reported_by is not None
        numbers = sorted(list(self.reported).index(source) + 1 for source in sources)
        return f" [{', '.join(map(str, numbers))}]" if numbers else ""

    def blocks(self) -> Iterator[Block]:
        """The list of sources."""
        return self._list(_in_full)

    def short_blocks(self) -> Iterator[Block]:
        """The list of sources for paper: who, when, and what to look for."""
        return self._list(_in_short)

    def _list(self, line: Callable[[Source, str, str], str]) -> Iterator[Block]:
        words = self.knowledge.wording
        if self.reported:
            yield Heading(words["sources_heading"], tone="quiet")
        for number, (id, reported) in enumerate(self.reported.items(), 1):
            source = self.knowledge.sources[id]
            year = f", {source.year}" if source.year else ""
            told = f" ({words['reported_by']})" if reported else ""
            yield Entry(line(source, year, told), f"{number}.")


def _in_full(source: Source, year: str, told: str) -> str:
    address = f"doi.org/{source.doi}" if source.doi else source.url or source.seen_at or ""
    title = f"{source.title}{year}".rstrip(".")
    stop = "" if title.endswith(("?", "!")) else "."
    return f"{source.body}. {title}{stop}{told} {address}".rstrip()


def _in_short(source: Source, year: str, told: str) -> str:
    what = f"{source.body}{year}. doi.org/{source.doi}" if source.doi else f"{source.body}: {source.title}{year}"
    return f"{what}{told}"


def about_the_content(knowledge: KnowledgeBase) -> str:
    """What stands at the foot of a page: who made the content, and when it was checked."""
    return f"{knowledge.wording['made_by']} {checked_sentence(knowledge)}"


def made_with(knowledge: KnowledgeBase) -> Paragraph:
    """The last line of a page: which program and which content it came from."""
    says = knowledge.wording["made_with"].format(version=__version__, digest=knowledge.digest[:12])
    return Paragraph(says, "quiet")


def made_from(knowledge: KnowledgeBase, made: Made) -> Paragraph:
    """The same of a page that also rests on answers: the three give it again."""
    digests = {"digest": made.knowledge_digest[:12], "answers": made.answers_digest}
    return Paragraph(knowledge.wording["made_from"].format(version=made.version, **digests), "quiet")


def checked_sentence(knowledge: KnowledgeBase) -> str:
    """Say when the content was last checked and will be again, or that it is not known."""
    review = knowledge.review
    if review is None:
        return knowledge.wording["checked_unknown"]
    days = {"checked": _month(knowledge, review.checked), "again_by": _month(knowledge, review.again_by)}
    return knowledge.wording["checked"].format(**days)


def _month(knowledge: KnowledgeBase, day: str) -> str:
    date = datetime.date.fromisoformat(day)
    return f"{knowledge.wording[f'month.{date.month}']} {date.year}"


def difference_sentence(knowledge: KnowledgeBase, differ: Difference) -> str:
    """Say in one sentence who recommends an option and who advises against it; then why, if we know."""
    sides = {"recommend": _named(knowledge, differ.recommend), "against": _named(knowledge, differ.advise_against)}
    return f"{knowledge.wording['differ'].format(**sides)} {differ.why}".rstrip()


def _named(knowledge: KnowledgeBase, bodies: Sequence[str]) -> str:
    shown = ", ".join(bodies[:MOST_BODIES])
    rest = len(bodies) - MOST_BODIES
    return shown + (f" {knowledge.wording['and_more'].format(count=rest)}" if rest > 0 else "")


def frequency_lines(knowledge: KnowledgeBase, frequency: Frequency) -> tuple[str, ...]:
    """Both numbers in one sentence, then whom they are about and how sure they are."""
    words = knowledge.wording
    numbers = words["numbers"].format(
        with_treatment=f"{frequency.with_treatment:g}",
        without=f"{frequency.without:g}",
        outcome=frequency.outcome.rstrip("."),
        compared_with=frequency.compared_with.rstrip("."),
        period=frequency.period,
    )
    about = words["numbers_about"].format(who=frequency.who.rstrip("."))
    sure = words[f"certainty.{frequency.certainty}"]
    return numbers, f"{about} {sure} {frequency.caution}".rstrip()


def with_language_told(knowledge: KnowledgeBase, blocks: Iterable[Block]) -> list[Block]:
    """The same blocks; where a machine made the language, that is told below the title and the signs that are there.

    Every renderer of pages asks for it, so that a page need not. One that has a better place for it keeps that.
    """
    page, lines = list(blocks), language_lines(knowledge)
    if any(isinstance(block, Paragraph) and block.text in lines for block in page):
        return page
    place = next((n for n, block in enumerate(page) if not _at_the_head(block)), len(page))
    return [*page[:place], *(Paragraph(line, "strong") for line in lines), *page[place:]]


def language_lines(knowledge: KnowledgeBase) -> list[str]:
    """That a machine made the language, where one did."""
    return [knowledge.wording["machine_made"]] if knowledge.machine_made else []


def _at_the_head(block: Block) -> bool:
    if isinstance(block, Heading):
        return block.level == 1
    return isinstance(block, Alarm) or (isinstance(block, Paragraph) and block.tone == "strong")


def with_words_explained(knowledge: KnowledgeBase, blocks: Iterable[Block]) -> Iterator[Block]:
    """The same blocks, with each medical word explained below the block that uses it first."""
    explained: set[str] = set()
    to_look_up = False
    for block in blocks:
        if isinstance(block, Heading):
            to_look_up = block.tone == "quiet"
        if to_look_up:
            yield block
            continue
        new = [word for word in words_in(knowledge, [block]) if word.id not in explained]
        explained.update(word.id for word in new)
        meanings = [f"({word.word}: {word.means.rstrip('.')})" for word in new]
        if isinstance(block, Entry):
            yield replace(block, details=(*block.details, *meanings))
        else:
            yield block
            yield from (Paragraph(meaning, "quiet") for meaning in meanings)


def _text_of(block: Block) -> str:
    if isinstance(block, Entry):
        return " ".join((block.text, *block.details))
    if isinstance(block, SideBySide):
        return " ".join(line for lines in block.texts for line in lines)
    if isinstance(block, Board):
        return " ".join(_text_of(entry) for column in block.columns for entry in column.entries)
    return block.text if isinstance(block, (Heading, Paragraph)) else ""


def words_in(knowledge: KnowledgeBase, blocks: Iterable[Block]) -> tuple[Word, ...]:
    """The medical words that blocks use, in reading order; of words that overlap, the first and longest."""
    forms = _forms_of_words(knowledge)
    found: dict[str, Word] = {}
    for block in blocks if forms else ():
        text, done = _text_of(block).lower(), 0
        for match in _WORD.finditer(text):
            own, start = forms.get(match[0], {}), match.start()
            if start >= done and (form := next((form for form in own if _stands_at(form, text, start)), None)):
                found[own[form].id] = own[form]
                done = start + len(form)
    return tuple(found.values())


def _stands_at(form: str, text: str, start: int) -> bool:
    return text.startswith(form, start) and not _WORD.match(text, start + len(form))


_WORD = re.compile(r"[\w-]+")


@lru_cache(maxsize=4)
def _forms_of_words(knowledge: KnowledgeBase) -> Mapping[str, Mapping[str, Word]]:
    """Every form of every word, the longest first, under the word that it begins with."""
    forms = {form.lower(): word for word in knowledge.words.values() for form in (word.word, *word.also)}
    found: dict[str, dict[str, Word]] = {}
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        if begins := _WORD.match(form):
            found.setdefault(begins[0], {})[form] = forms[form]
    return found
