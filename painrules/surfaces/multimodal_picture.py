"""The multimodal picture of one person as SVG: a column for each category, and below them what stands apart.

Every option has the symbol and the word of its status; colour comes on top.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from msgspec import Struct

from painrules.knowledge import KnowledgeBase
from painrules.multimodal import Multimodal
from painrules.surfaces.blocks import Column, Entry, about_the_content, language_lines, made_with
from painrules.surfaces.html import text
from painrules.surfaces.multimodal_page import advised_against, columns, held_back
from painrules.surfaces.sheet_page import FILLS, SYMBOLS, alarm, reason_text

INK, QUIET, LINE, ALARM = "#1b1b1b", "#4a4a4a", "#595959", "#a61b1b"
COLUMN, EDGE, SYMBOL, HIGH, APART = 250, 16, 22, 17, 2
"""Sizes: of a column, of the margin, of the box of a symbol, of a line, and how many columns what stands apart has."""
LETTER = 6.7
"""How wide a letter is, about."""


class _Drawn(Struct, frozen=True):
    """Lines of SVG and where they end."""

    lines: list[str]
    bottom: int


def svg(knowledge: KnowledgeBase, picture: Multimodal, *, everything: bool) -> str:
    """The picture."""
    words = knowledge.wording
    boards = list(columns(knowledge, picture, everything))
    width = max(len(boards), 3) * (COLUMN + EDGE) + EDGE
    names = ", ".join(knowledge.conditions[id].name for id in picture.conditions)
    head = _text(words["plan.title"], EDGE, 30, 'font-size="19" font-weight="bold"')
    top = _wrapped(f"{words['for']} {names}", EDGE, 54, width - 2 * EDGE, INK, bold=True)
    drawn, y = [head, *top.lines], top.bottom
    alarms = [alarm(knowledge, sign) for sign in picture.urgent]
    for told in alarms:
        box = _alarm(told.action, " ".join(told.lines), y + 6, width)
        drawn, y = [*drawn, *box.lines], box.bottom
    if not picture.urgent:
        none = _wrapped(words["no_sign_named"], EDGE, y, width - 2 * EDGE, INK)
        drawn, y = [*drawn, *none.lines], none.bottom
    purpose = " ".join((*language_lines(knowledge), words["plan.purpose"]))
    said = _wrapped(purpose, EDGE, y, width - 2 * EDGE, QUIET)
    said_of_order = _wrapped(words["order"], EDGE, said.bottom, width - 2 * EDGE, QUIET)
    drawn += [*said.lines, *said_of_order.lines]
    y = said_of_order.bottom + 14
    parts = [_column(column, EDGE + place * (COLUMN + EDGE), y) for place, column in enumerate(boards)]
    drawn += [line for part in parts for line in part.lines]
    apart = _apart(knowledge, picture, max((part.bottom for part in parts), default=y) + 24, width)
    about = _wrapped(about_the_content(knowledge), EDGE, apart.bottom + HIGH, width - 2 * EDGE, QUIET)
    made = _wrapped(made_with(knowledge).text, EDGE, about.bottom, width - 2 * EDGE, QUIET)
    drawn += [*apart.lines, *about.lines, *made.lines]
    height = made.bottom
    in_words = [f"{told.action}. {' '.join(told.lines)}" for told in alarms] or [words["no_sign_named"]]
    in_words.append(purpose)
    in_words += [f"{column.name}: {_in_words(column.entries)} {column.more}".rstrip() for column in boards]
    if picture.apart:
        in_words.append(f"{words['plan.apart']}: {_in_words(_held_back(knowledge, picture))}".rstrip())
    in_words += [_against(knowledge, picture)] if advised_against(picture) else []
    start = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title says" font-family="Liberation Sans, Arial, sans-serif" font-size="13">'
    )
    title = f'<title id="title">{text(words["plan.title"])}</title>'
    desc = f'<desc id="says">{text(" ".join(in_words))}</desc>'
    ground = f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    return "\n".join([start, title, desc, ground, *drawn, "</svg>", ""])


def _in_words(entries: Iterable[Entry]) -> str:
    return " ".join(f"{entry.lead} {entry.tag}. {' '.join(entry.details)}" for entry in entries)


def _alarm(action: str, says: str, y: int, width: int) -> _Drawn:
    """An urgent sign, before everything else."""
    strong = _wrapped(f"⚠ {action}", EDGE + 10, y + 6, width - 4 * EDGE, ALARM, bold=True)
    rest = _wrapped(says, EDGE + 10, strong.bottom, width - 4 * EDGE, INK)
    box = (
        f'<rect x="{EDGE}" y="{y - 12}" width="{width - 2 * EDGE}" height="{rest.bottom - y + 6}" fill="#fff1f0" '
        f'stroke="{ALARM}" stroke-width="3"/>'
    )
    return _Drawn([box, *strong.lines, *rest.lines], rest.bottom + 16)


def _column(column: Column, x: int, y: int) -> _Drawn:
    head = _wrapped(column.name, x, y, COLUMN, INK, bold=True)
    # Two lines for every heading, so that the options of all columns begin beside each other.
    y += 2 * HIGH
    lines = [*head.lines, f'<path d="M{x} {y - 8}h{COLUMN}" stroke="{LINE}"/>']
    y += HIGH
    for entry in column.entries:
        drawn = _option(entry, x, y)
        lines, y = [*lines, *drawn.lines], drawn.bottom
    if column.more:
        lines.append(_text(column.more, x, y, f'fill="{QUIET}"'))
        y += HIGH
    return _Drawn(lines, y)


def _option(entry: Entry, x: int, y: int, wide: int = COLUMN) -> _Drawn:
    """The box with the symbol, the name, the status as a word, and what is said of the option."""
    symbol = (
        f'<rect x="{x}" y="{y - 13}" width="17" height="17" fill="{FILLS[entry.status]}" stroke="{LINE}"/>'
        + _text(entry.symbol, x + 8, y, f'text-anchor="middle" fill="{INK}"')
    )
    left, room = x + SYMBOL, wide - SYMBOL
    name = _wrapped(entry.text, left, y, room, INK)
    said = _wrapped(" ".join((f"{entry.tag.capitalize()}.", *entry.details)), left, name.bottom, room, QUIET)
    return _Drawn([symbol, *name.lines, *said.lines], said.bottom + 7)


def _apart(knowledge: KnowledgeBase, picture: Multimodal, y: int, width: int) -> _Drawn:
    """What is usually avoided or advised against, with the strongest reason."""
    words = knowledge.wording
    lines: list[str] = []
    if picture.apart:
        lines = [f'<path d="M{EDGE} {y - 16}h{width - 2 * EDGE}" stroke="{LINE}" stroke-width="2"/>']
        lines.append(_text(words["plan.apart"], EDGE, y + 6, 'font-size="15" font-weight="bold"'))
        y += 2 * HIGH
    wide = (width - (APART + 1) * EDGE) // APART
    bottoms = [y] * APART
    for entry in _held_back(knowledge, picture):
        place = bottoms.index(min(bottoms))
        drawn = _option(entry, EDGE + place * (wide + EDGE), bottoms[place], wide)
        lines += drawn.lines
        bottoms[place] = drawn.bottom
    y = max(bottoms)
    if advised_against(picture):
        symbol, tag = SYMBOLS["advised_against"], words["status.advised_against"]
        entry = Entry(_against(knowledge, picture), symbol, tag, "advised_against")
        drawn = _option(entry, EDGE, y + 6, width - 2 * EDGE)
        lines, y = [*lines, *drawn.lines], drawn.bottom
    return _Drawn(lines, y)


def _held_back(knowledge: KnowledgeBase, picture: Multimodal) -> Iterator[Entry]:
    for part in held_back(picture):
        option, tag = part.option, knowledge.wording[f"status.{part.option.status}"]
        said = tuple(reason_text(knowledge, reason) for reason in part.reasons)
        yield Entry(option.name, SYMBOLS[option.status], tag, option.status, said)


def _against(knowledge: KnowledgeBase, picture: Multimodal) -> str:
    names = "; ".join(part.option.name for part in advised_against(picture))
    return f"{knowledge.wording['against_list']} {names}."


def _wrapped(says: str, x: int, y: int, room: int, ink: str, *, bold: bool = False) -> _Drawn:
    weight = ' font-weight="bold"' if bold else ""
    wrapped = textwrap.wrap(says, max(int(room / LETTER), 10))
    lines = [_text(line, x, y + HIGH * number, f'fill="{ink}"{weight}') for number, line in enumerate(wrapped)]
    return _Drawn(lines, y + HIGH * len(wrapped))


def _text(says: str, x: int, y: int, more: str) -> str:
    return f'<text x="{x}" y="{y}" {more}>{text(says)}</text>'
