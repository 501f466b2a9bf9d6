"""How a status came about as a picture (SVG): answers, findings, rules and the status in columns, joined by lines.

Every line of text has a place of its own: what a thing follows from stands to its left, in rows that nothing else uses,
so that no box and no line of one rule lies over those of another. What is unknown is dashed, what decides is thick;
both are also said in words. Colours stand in attributes; a page sets its own by class.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from msgspec import Struct

from painrules.surfaces.blocks import Branch, Derivation
from painrules.surfaces.html import text

INK, QUIET, LINE, GROUND = "#1b1b1b", "#4a4a4a", "#767676", "#ffffff"
STATUS_COLOURS = {
    "option": "#1b6b34",
    "with_care": "#7a4b00",
    "check_first": "#7a4b00",
    "held_back": "#a61b1b",
    "advised_against": "#7a2a86",
}
ANSWERS, FINDINGS, RULES, STATUS = "answers", "findings", "rules", "status"
WIDTHS = {ANSWERS: 160, FINDINGS: 140, RULES: 266, STATUS: 160}
GAP, EDGE, PAD, LINE_HEIGHT, APART = 32, 4, 8, 17, 10
"""Sizes: between columns, around the picture, inside a box, of a line, between rows."""
BOLD, LETTER, BOLD_LETTER = ("lead", "tag"), 6.9, 7.4
"""The width of a letter, rather too large than too small: fonts differ, and no text may leave its box."""
IDS = (("rule", "lead"), ("finding", "quiet"))
"""Where ids stand, which are long and may be broken at any hyphen."""


class Picture(Struct, frozen=True):
    """A drawn picture, to be put inside an `<svg>` of this size."""

    width: int
    height: int
    elements: tuple[str, ...]


class _Columns(Struct, frozen=True):
    """Where the columns are: findings that rest on other findings need more than one."""

    levels: int

    def left(self, place: int) -> int:
        """Where the column of this number begins: 0 answers, then findings, then rules, then the status."""
        widths = [WIDTHS[ANSWERS], *[WIDTHS[FINDINGS]] * self.levels, WIDTHS[RULES], WIDTHS[STATUS]]
        return EDGE + sum(width + GAP for width in widths[:place])

    def place(self, branch: Branch) -> int:
        """The number of the column in which something stands."""
        if branch.kind == "answer":
            return 0
        if branch.kind == "finding":
            return _depth(branch)
        return self.levels + (2 if branch.kind == "status" else 1)

    def width(self, place: int) -> int:
        """How wide this column is."""
        if 0 < place <= self.levels:
            return WIDTHS[FINDINGS]
        return WIDTHS[{0: ANSWERS, self.levels + 1: RULES}.get(place, STATUS)]

    @property
    def whole(self) -> int:
        """How wide all of it is."""
        return self.left(self.levels + 2) + WIDTHS[STATUS] + EDGE


def draw(derivation: Derivation) -> Picture:
    """Draw one tree, with headings over its columns."""
    columns = _Columns(max(1, _depth(derivation.root)))
    heads = []
    for place in (0, 1, columns.levels + 1, columns.levels + 2):
        name = derivation.columns[{0: 0, 1: 1, columns.levels + 1: 2}.get(place, 3)]
        heads.append(_text(columns.left(place), 16, name, "quiet"))
    height, elements = _drawn(columns, derivation.root, 26)
    return Picture(columns.whole, height + EDGE, (*heads, *elements))


def _depth(branch: Branch) -> int:
    """How many findings follow from each other at most, from here on."""
    below = max(map(_depth, branch.children), default=0)
    return below + (branch.kind == "finding")


def _drawn(columns: _Columns, branch: Branch, top: int) -> tuple[int, list[str]]:
    """A thing and all it follows from: where it ends, and how it looks. Lines come first, boxes lie over them."""
    place = columns.place(branch)
    x, width = columns.left(place), columns.width(place)
    lines = _lines(branch, width)
    box_height = len(lines) * LINE_HEIGHT + 2 * PAD - 4
    below, parts, ends = top, list[str](), list[tuple[Branch, int, int]]()
    for child in branch.children:
        if below > top:
            below += APART
        child_place = columns.place(child)
        if child.kind != "more":
            ends.append((child, columns.left(child_place) + columns.width(child_place), below + _MIDDLE))
        below, elements = _drawn(columns, child, below)
        parts += elements
    joins = _joins(ends, x, top + _MIDDLE)
    return max(top + box_height, below), [*joins, *parts, *_box(branch, x, top, width, box_height, lines)]


_MIDDLE = PAD + LINE_HEIGHT // 2 - 2
"""From the top of a box to where lines reach it: the middle of its first line of text."""


def _joins(ends: Sequence[tuple[Branch, int, int]], left: int, to: int) -> Iterator[str]:
    """Lines from things to what follows from them: level as far as the gap before it, then up, then to it.

    What goes up is drawn once for all that use it: thick where one of them decides, dashed where all are unsure.
    """
    turn, above = left - GAP // 2, to
    for number, (child, right, y) in enumerate(ends):
        yield f'<path class="join" d="M{right} {y}H{turn}" {_stroke([child])}/>'
        if y > above:
            yield f'<path class="join" d="M{turn} {y}V{above}" {_stroke([end[0] for end in ends[number:]])}/>'
        above = y
    if ends:
        yield f'<path class="join" d="M{turn} {to}H{left - 6}" {_stroke([end[0] for end in ends])}/>'
        yield f'<path class="tip" d="M{left - 9} {to - 5}L{left - 1} {to}L{left - 9} {to + 5}Z" fill="{LINE}"/>'


def _stroke(carried: Sequence[Branch]) -> str:
    dashes = "" if any(child.sure for child in carried) else ' stroke-dasharray="5 4"'
    width = "3" if any(child.decides for child in carried) else "1.5"
    return f'fill="none" stroke="{LINE}" stroke-width="{width}"{dashes}'


def _lines(branch: Branch, width: int) -> list[tuple[str, str]]:
    """The lines of a box, each with its class."""
    main = "lead" if branch.kind in ("rule", "status") else "plain"
    texts = [(branch.text, main), (branch.tag, "tag"), *((detail, "quiet") for detail in branch.details)]
    lines = []
    for number, (words, class_) in enumerate(texts):
        symbol = f"{branch.symbol}\N{NO-BREAK SPACE}" if branch.symbol and number == 0 else ""
        lines += [(line, class_) for line in _wrapped(words, width, class_, symbol, (branch.kind, class_) in IDS)]
    return lines


def _wrapped(words: str, width: int, class_: str, before: str = "", hyphens: bool = False) -> list[str]:
    letters = int((width - 2 * PAD) / (BOLD_LETTER if class_ in BOLD else LETTER))
    return textwrap.wrap(before + " ".join(words.split()), letters, break_on_hyphens=hyphens)


def _box(branch: Branch, x: int, y: int, width: int, height: int, lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    colour = STATUS_COLOURS.get(branch.status, LINE)
    yield f'<g class="{branch.status or "plain"}">'
    if branch.kind != "more":
        style = ' stroke-dasharray="5 4"' if not branch.sure else ""
        style += ' stroke-width="3"' if branch.decides or branch.kind == "status" else ""
        yield (
            f'<rect class="box" x="{x}" y="{y}" width="{width}" height="{height}" rx="4" '
            f'fill="{GROUND}" stroke="{colour}"{style}/>'
        )
    for number, (line, class_) in enumerate(lines):
        fill = colour if class_ == "tag" and branch.status else None
        yield _text(x + PAD, y + PAD + 9 + number * LINE_HEIGHT, line, class_, fill)
    yield "</g>"


def _text(x: int, y: int, words: str, class_: str, fill: str | None = None) -> str:
    weight = ' font-weight="bold"' if class_ in BOLD else ""
    colour = fill or (QUIET if class_ == "quiet" else INK)
    return f'<text class="{class_}" x="{x}" y="{y}" fill="{colour}"{weight}>{text(words)}</text>'


def svg(title: str, says: str, first: Sequence[Derivation], derivations: Sequence[Derivation]) -> str:
    """All trees below each other as a picture of its own; `first`: those that come before what it says."""
    signs, others = ([draw(derivation) for derivation in part] for part in (first, derivations))
    width = max((picture.width for picture in (*signs, *others)), default=_Columns(1).whole) + 24
    head = textwrap.wrap(says, int((width - 24) / LETTER))
    above, below = _stacked(signs, 44)
    words = [_text(16, below + 6 + 18 * n, line, "quiet") for n, line in enumerate(head)]
    trees, height = _stacked(others, below + 18 * len(head))
    told = (*(one.says for one in first), says, *(one.says for one in derivations))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title says" font-family="Liberation Sans, Arial, sans-serif" font-size="13">',
        f'<title id="title">{text(title)}</title>\n<desc id="says">{text(" ".join(told))}</desc>',
        f'<rect width="{width}" height="{height}" fill="{GROUND}"/>',
        f'<text x="16" y="28" font-size="18" font-weight="bold" fill="{INK}">{text(title)}</text>',
        *above,
        *words,
        *trees,
    ]
    return "\n".join([*lines, "</svg>", ""])


def _stacked(pictures: Sequence[Picture], top: int) -> tuple[list[str], int]:
    """Pictures below each other, and where they end."""
    elements = list[str]()
    for picture in pictures:
        elements += [f'<g transform="translate(12 {top})">', *picture.elements, "</g>"]
        top += picture.height + 24
    return elements, top
