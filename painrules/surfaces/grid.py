"""Tables of signs, for a terminal, as HTML and as SVG. Every cell says by a sign or number what its colour says."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import groupby

from msgspec import Struct

from painrules.surfaces.html import shell, text
from painrules.surfaces.terminal import Line

FILLS = {
    "shade0": "#fdf3e3", "shade1": "#f9cf8c", "shade2": "#ef9a55", "shade3": "#b84a33", "shade4": "#7a2331",
    "agree": "#bfe6cb", "disagree": "#fbdc8a", "against": "#b84a33", "insufficient": "#e3e6ea", "quiet": "#ffffff",
}  # fmt: skip
LIGHT_INK = frozenset({"shade3", "shade4", "against"})
"""Tones so dark that what stands in them is white."""
INK, QUIET, LINE = "#1b1b1b", "#4a4a4a", "#767676"
NAMES, ROW = 330, 24
"""Sizes in an SVG: where the names end, and how high a row is."""
LETTER, KEY = 7, 44
"""How wide a letter is in an SVG, about, and the sign in the key with the space around it."""
MOST_IN_A_BAND, GROUPED = 40, 5
"""Signs beside each other in a terminal; between so many there is a gap."""


class Cell(Struct, frozen=True):
    """A sign, what it says in words, and the name of its colours."""

    tone: str
    short: str
    words: str


class Row(Struct, frozen=True):
    """One row; rows of one group stand together under its name."""

    name: str
    cells: tuple[Cell | None, ...]
    group: str = ""


class Grid(Struct, frozen=True):
    """One table: rows and columns with names, and cells that may be missing."""

    title: str
    says: str
    """How to read it."""
    corner: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    id: str = ""
    """An anchor for links."""
    nothing: str = "-"
    """Stands where there is no cell."""
    key: tuple[Cell, ...] = ()
    """What the signs mean, where `says` does not say it."""

    @property
    def wide(self) -> int:
        """Letters of the longest cell."""
        return max((len(cell.short) for row in self.rows for cell in row.cells if cell), default=1)

    def short(self, cell: Cell | None) -> str:
        """What stands in a cell."""
        return cell.short if cell else self.nothing


# --- terminal --------------------------------------------------------------------------------------------------------


def parts(grid: Grid, width: int) -> Iterator[tuple[list[str], list[list[str]], list[str]]]:
    """The grid as tables that fit a terminal: headings, rows, and what the letters over the columns stand for."""
    longest = max((len(row.name) for row in grid.rows), default=0)
    most = max(1, (width - longest) // (grid.wide + 2))
    for first in range(0, len(grid.columns), most):
        places = range(first, min(first + most, len(grid.columns)))
        rows = [[row.name, *(grid.short(row.cells[place]) for place in places)] for row in grid.rows]
        yield [grid.corner, *map(letter, places)], rows, [f"{letter(place)} {grid.columns[place]}" for place in places]


def letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def signs(grid: Grid, width: int) -> Iterator[Line]:
    """A grid of single signs as lines of a terminal: numbered columns, beside each other as many as there is room for.

    A treatment of which a band of columns says nothing is left out of that band.
    """
    numbers = [f"{place:>2} {name}" for place, name in enumerate(grid.columns, 1)]
    half = (len(numbers) + 1) // 2
    for left, right in zip(numbers[:half], [*numbers[half:], ""], strict=False):
        yield [(f"{cut(left, width // 2 - 2):{width // 2}}{cut(right, width // 2)}".rstrip(), "")]
    bands = -(-len(grid.columns) // MOST_IN_A_BAND) or 1
    size = -(-len(grid.columns) // bands)
    names = width - size - (size - 1) // GROUPED - 1
    for first in range(0, len(grid.columns), size or 1):
        places = range(first, min(first + size, len(grid.columns)))
        yield [("", "")]
        for digit in (0, 1) if places[-1] >= 9 else (1,):
            head = _spaced((f"{place + 1:>2}"[digit], "") for place in places)
            yield [(" " * (names + 1), ""), *head]
        said = [row for row in grid.rows if any(row.cells[place] for place in places)]
        for group, rows in groupby(said, key=lambda row: row.group):
            if group:
                yield [(cut(group, width), "strong")]
            for row in rows:
                cells = (row.cells[place] for place in places)
                drawn = _spaced((grid.short(cell), cell.tone if cell else "quiet") for cell in cells)
                yield [(f"{cut(row.name, names):{names}} ", ""), *drawn]


def _spaced(drawn: Iterable[tuple[str, str]]) -> Line:
    return [(f"{sign} " if number % GROUPED == 0 else sign, tone) for number, (sign, tone) in enumerate(drawn, 1)]


def in_words(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """The grid for a screen reader: headings in full, and cells in words."""
    return [grid.corner, *grid.columns], [
        [row.name, *(cell.words if cell else "" for cell in row.cells)] for row in grid.rows
    ]


def cut(name: str, most: int) -> str:
    """A name, shortened where it is too long."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


# --- SVG -------------------------------------------------------------------------------------------------------------


def svg(grid: Grid, foot: Sequence[str] = ()) -> str:
    """The grid as a picture of its own; `foot`: lines below it."""
    cell = max(18, 22 + 8 * grid.wide) if grid.wide > 1 else 18
    row = ROW if grid.wide > 1 else 18
    steep = 35 if grid.wide > 1 else 60
    key_wide = sum(KEY + LETTER * len(meaning.words) for meaning in grid.key)
    width = max(NAMES + cell * len(grid.columns) + 150, key_wide + 20, 620)
    said = textwrap.wrap(grid.says, (width - 20) // LETTER)
    top = 70 + 17 * len(said) + (24 if grid.key else 0) + (110 if steep == 35 else 190)
    groups = [group for group, _ in groupby(grid.rows, key=lambda row: row.group) if group]
    foot = [part for line in foot for part in textwrap.wrap(line, (width - 20) // LETTER)]
    height = top + row * (len(grid.rows) + len(groups)) + 10 + 17 * len(foot)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title says" font-family="Liberation Sans, Arial, sans-serif" font-size="13">',
        f'<title id="title">{text(grid.title)}</title>\n<desc id="says">{text(grid.says)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="24" font-size="18" font-weight="bold" fill="{INK}">{text(grid.title)}</text>',
    ]
    lines += [f'<text x="10" y="{46 + 17 * n}" fill="{QUIET}">{text(line)}</text>' for n, line in enumerate(said)]
    x = 10
    for meaning in grid.key:
        lines += [_drawn(grid, meaning, x, 46 + 17 * len(said), 18, 18)]
        lines += [f'<text x="{x + 24}" y="{60 + 17 * len(said)}" fill="{INK}">{text(meaning.words)}</text>']
        x += KEY + LETTER * len(meaning.words)
    for place, name in enumerate(grid.columns):
        turned = f"translate({NAMES + cell * place + cell // 2} {top - 8}) rotate(-{steep})"
        lines.append(f'<text transform="{turned}" fill="{INK}">{text(cut(name, 30))}</text>')
    y = top
    for group, rows in groupby(grid.rows, key=lambda row: row.group):
        if group:
            lines.append(f'<text x="10" y="{y + row - 6}" font-weight="bold" fill="{INK}">{text(group)}</text>')
            y += row
        for one in rows:
            name = text(cut(one.name, 46))
            lines.append(f'<text x="{NAMES - 8}" y="{y + row - 6}" text-anchor="end" fill="{INK}">{name}</text>')
            cells = enumerate(one.cells)
            lines += [_drawn(grid, value, NAMES + cell * place, y, cell, row) for place, value in cells]
            y += row
    lines += [f'<text x="10" y="{y + 17 * n}" fill="{QUIET}">{text(line)}</text>' for n, line in enumerate(foot, 1)]
    return "\n".join([*lines, "</svg>", ""])


def _drawn(grid: Grid, cell: Cell | None, x: int, y: int, wide: int, high: int) -> str:
    fill = FILLS[cell.tone] if cell else "#ffffff"
    ink = "#ffffff" if cell and cell.tone in LIGHT_INK else INK if cell else QUIET
    title = f"<title>{text(cell.words)}</title>" if cell else ""
    return (
        f'<g>{title}<rect x="{x + 1}" y="{y + 1}" width="{wide - 2}" height="{high - 2}" fill="{fill}" '
        f'stroke="{LINE if cell else "#d5d5d5"}"/>'
        f'<text x="{x + wide // 2}" y="{y + high - 5}" text-anchor="middle" fill="{ink}">'
        f"{text(grid.short(cell))}</text></g>"
    )


# --- HTML ------------------------------------------------------------------------------------------------------------


def html(
    grids: Sequence[Grid], *, title: str = "", says: Sequence[str] = (), foot: Sequence[str] = (), language: str = "en"
) -> str:
    """A page with all grids as tables; it loads nothing. Without a title that of the first grid is the title.

    A row that has the name of another grid leads there, and with a title of its own the page begins with such links.
    """
    there = {grid.id for grid in grids}
    body = [f"<h1>{text(title)}</h1>", *(f"<p>{text(line)}</p>" for line in says)] if title else []
    if title and len(grids) > 1:
        links = "".join(f'<li><a href="#{text(grid.id)}">{text(grid.title)}</a></li>' for grid in grids)
        body.append(f"<nav><ul>{links}</ul></nav>")
    for number, grid in enumerate(grids):
        body += _table(grid, there, 2 if number or title else 1)
    body += [f"<p>{text(line)}</p>" for line in foot]
    style = files(__package__).joinpath("grid.css").read_text(encoding="utf-8")
    return shell(title or grids[0].title, style, "\n".join(["<main>", *body, "</main>"]), language=language)


def _table(grid: Grid, there: Iterable[str], level: int) -> Iterator[str]:
    name = text(grid.id or "map")
    yield f'<h{level} id="{name}">{text(grid.title)}</h{level}>'
    kind = "signs" if grid.wide == 1 else "numbers"
    yield f'<div class="wide" role="region" tabindex="0" aria-labelledby="{name}"><table class="{kind}">'
    key = "".join(
        f' <span class="key"><span class="{text(cell.tone)}" aria-hidden="true">{text(cell.short or " ")}</span> '
        f"{text(cell.words)}</span>"
        for cell in grid.key
    )
    yield f"<caption><span>{text(grid.says)}{key}</span></caption>"
    heads = "".join(f'<th scope="col"><span>{text(column)}</span></th>' for column in grid.columns)
    yield f'<thead><tr><th scope="col">{text(grid.corner)}</th>{heads}</tr></thead>'
    for group, rows in groupby(grid.rows, key=lambda row: row.group):
        yield "<tbody>"
        if group:
            span = len(grid.columns) + 1
            yield f'<tr><th scope="rowgroup" colspan="{span}"><span>{text(group)}</span></th></tr>'
        for row in rows:
            link = row.name in there and row.name != grid.id
            shown = f'<a href="#{text(row.name)}">{text(row.name)}</a>' if link else text(row.name)
            yield f'<tr><th scope="row">{shown}</th>{"".join(_html_cell(grid, cell) for cell in row.cells)}</tr>'
        yield "</tbody>"
    yield "</table></div>"


def _html_cell(grid: Grid, cell: Cell | None) -> str:
    """A sign alone is read out in words; a number says itself."""
    if cell is None:
        return f"<td>{text(grid.nothing)}</td>"
    shown, words = text(cell.short), text(cell.words)
    if grid.wide == 1:
        shown = f'<span aria-hidden="true">{shown}</span><span class="words">{words}</span>'
    return f'<td class="{text(cell.tone)}" title="{words}">{shown}</td>'
