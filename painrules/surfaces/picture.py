"""How a list that someone moves through looks on a screen of any size: lines of text, each with its style."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from painrules.reading import visible
from painrules.surfaces.choosing import Choosing, Row

Drawn = list[tuple[str, str]]
"""Styles and lines. No style has a colour, and none says anything that is not also said by a word or sign."""
WIDEST = 80
LOW = 16
"""Rows of a terminal so low that there is no room for blank lines."""
MANY = 8
"""Lines; in a longer list people are told that they can type to find one."""
FEW = 3
"""Rows of the list that are shown at least, if the terminal has them."""


class Picture:
    """How a list looks on a screen of any size; remembers how far it is scrolled."""

    def __init__(self, choosing: Choosing, *, introduce: bool):
        self.choosing, self.form, self.words = choosing, choosing.form, choosing.words
        self._intro = self.form.intro if introduce else ""
        self._first = self._first_below = self._read_from = 0

    def read_on(self, by: int) -> None:
        """Scroll the help."""
        self._read_from = max(self._read_from + by, 0)

    def draw(self, columns: int, rows: int) -> Drawn:
        """The lines to show on a screen of this size."""
        # Never all of the screen: some terminals keep what stood there when the whole of it is cleared.
        width, height = min(columns, WIDEST), max(rows - 1, 1)
        blank: Drawn = [] if height < LOW else [("", "")]
        head = [*self._head(width, height), *blank]
        foot = [*blank, *_wrapped("dim", self._foot(), width)[: 1 + len(blank)]]
        room = max(height - len(head) - len(foot), 1)
        body = self._help(width, room) if self.choosing.helping else self._body(width, room, blank)
        drawn = [*head, *body, *foot]
        return [*blank, *drawn] if len(drawn) < height else drawn[:height]

    def _head(self, width: int, height: int) -> Drawn:
        """The title and what is said of the question: of that as much as leaves most of the screen to the list."""
        form, choosing = self.form, self.choosing
        above = " - ".join(filter(None, (form.heading, form.progress)))
        title = _wrapped("bold", form.title, width)
        parts = {
            "above": _wrapped("", above, width),
            "title": title[: max(height // 3, 1)],
            "intro": _wrapped("dim", self._intro, width),
            "why": _wrapped("dim", form.why, width),
        }
        for name in ("intro", "why", "above"):
            if sum(map(len, parts.values())) > height // 3:
                parts[name] = []
        find: Drawn = []
        if form.kind != "number" and (choosing.typed or (len(form.lines) > MANY and form.kind != "each")):
            find = _wrapped("", self.words["picked.find"].format(typed=f"{choosing.typed}_"), width)
        problem = _wrapped("bold", choosing.problem and f"! {choosing.problem}", width)
        return [line for part in parts.values() for line in part] + find + problem

    def _foot(self) -> str:
        choosing = self.choosing
        if choosing.helping:
            return self.words["picked.foot.help"]
        if choosing.at >= choosing.count:
            return self.words["picked.foot.below"]
        return self.words[f"picked.foot.{'many' if self.form.kind == 'some' else self.form.kind}"]

    def _body(self, width: int, room: int, blank: Drawn) -> Drawn:
        """The list, and below it what else one can do: of that what the list leaves room for, until one goes there."""
        choosing = self.choosing
        blocks = [self._row(at, width) for at in range(len(choosing.rows))]
        listed, below = blocks[: choosing.count], blocks[choosing.count :]
        lines, under = sum(map(len, listed)), sum(map(len, below))
        below_it = choosing.at - choosing.count
        share = max(room - FEW, room // 2) if below_it >= 0 else max(room - lines - len(blank), min(room // FEW, 1))
        share = max(min(under, share), 0)
        if share + lines + len(blank) > room and share < FEW:
            blank = []
        self._first, above = self._scrolled(listed, choosing.at, room - share - len(blank), self._first, width)
        self._first_below, rest = self._scrolled(below, max(below_it, 0), share, self._first_below)
        return [*above, *blank, *rest]

    def _scrolled(self, blocks: Sequence[Drawn], at: int, room: int, first: int, width: int = 0) -> tuple[int, Drawn]:
        """As many lines as there is room for, with the cursor in sight; with a width, which ones they are is said."""
        lines = [line for block in blocks for line in block]
        if len(lines) <= room:
            return 0, lines
        told = bool(width) and room >= FEW
        room -= told
        if at < len(blocks):
            start, block = sum(map(len, blocks[:at])), blocks[at]
            if len(block) > room:  # then rather the line itself than the heading above it
                start += next((number for number, (_, text) in enumerate(block) if text.startswith(">")), 0)
            first = min(max(first, start + len(block) - room), start)
        first = max(min(first, len(lines) - room), 0)
        seen = lines[first : first + room]
        if told:
            owners = [number for number, block in enumerate(blocks, 1) for _ in block][first : first + room]
            place = self.words["picked.place"].format(first=owners[0], last=owners[-1], count=len(blocks))
            seen += _wrapped("dim", place, width)[:1]
        return first, seen

    def _row(self, at: int, width: int) -> Drawn:
        """One row, with the heading of its group where that begins."""
        rows = self.choosing.rows
        row, here = rows[at], at == self.choosing.at
        under = row.line.under if row.line else ""
        before = rows[at - 1].line if at else None
        heading = visible(under) if under and (before is None or before.under != under) else ""
        lead = f"{'>' if here else ' '} {self._state(row)}"
        lines = wrap(row.text, max(width - 1 - len(lead), 8)) or [""]
        style = "reverse" if here else "bold" if row.line and row.line.id in self.choosing.marks else ""
        texts = [lead + lines[0], *(" " * len(lead) + line for line in lines[1:])]
        return [*_wrapped("bold underline", heading, width), *((style, text) for text in texts)]

    def _state(self, row: Row) -> str:
        """What is said of a line, in words: yes, not sure, or nothing."""
        if row.kind != "line" or self.form.kind not in ("some", "each"):
            return ""
        words = {mark: self.words[f"picked.state.{mark}"] for mark in ("yes", "unsure")}
        mark = self.choosing.marks.get(row.line.id) if row.line else None
        shown = f"[{words[mark] if mark else ' ' * len(words['yes'])}]"
        longest = "unsure" if self.form.kind == "each" else "yes"
        return f"{shown:{len(words[longest]) + 3}}"

    def _help(self, width: int, room: int) -> Drawn:
        text = "\n".join(filter(None, (self.form.help or self.words["interview.no_help"], self.form.why)))
        lines = [line for paragraph in text.split("\n") for line in (*_wrapped("", paragraph, width), ("", ""))][:-1]
        self._read_from = max(min(self._read_from, len(lines) - room), 0)
        return lines[self._read_from : self._read_from + room]


def _wrapped(style: str, text: str, width: int) -> Drawn:
    return [(style, line) for line in wrap(visible(text), max(width - 1, 8))]
