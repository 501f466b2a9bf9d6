"""Heat maps as tables for a terminal, as HTML and as SVG. Every cell has a symbol and a number; colour comes on top."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from importlib.resources import files

from painrules.surfaces.html import policy, text
from painrules.surfaces.shares import hundredths

SHADES = "·░▒▓█"
NOTHING = "-"
"""Of a cell without a value."""
FILLS = ("#fdf3e3", "#f9cf8c", "#ef9a55", "#b84a33", "#7a2331")
INKS = ("#1b1b1b", "#1b1b1b", "#1b1b1b", "#ffffff", "#ffffff")
NAMES, CELL, ROW, TOP = 330, 74, 24, 250
"""Sizes in an SVG."""


@dataclass(frozen=True)
class Cell:
    """One value: a share, a symbol for what it is about, and all of it in words."""

    share: Fraction
    symbol: str
    words: str

    @property
    def shade(self) -> int:
        """From 0 to 4."""
        return min(int(self.share * len(SHADES)), len(SHADES) - 1)

    @property
    def short(self) -> str:
        """The symbol and the number."""
        return f"{self.symbol} {hundredths(self.share)}"


@dataclass(frozen=True)
class Grid:
    """One map: rows and columns with names, and cells that may be missing."""

    title: str
    says: str
    """How to read it."""
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    id: str = ""
    """An anchor for links."""


def parts(grid: Grid, width: int) -> Iterator[tuple[list[str], list[list[str]], list[str]]]:
    """The grid as tables that fit a terminal: headings, rows, and what the letters over the columns stand for."""
    longest = max((len(name) for name, _ in grid.rows), default=0)
    wide = max((len(cell.short) for _, cells in grid.rows for cell in cells if cell), default=1) + 2
    most = max(1, (width - longest) // wide)
    for first in range(0, len(grid.columns), most):
        places = range(first, min(first + most, len(grid.columns)))
        rows = [[name, *(_short(cells[place]) for place in places)] for name, cells in grid.rows]
        yield [grid.corner, *map(letter, places)], rows, [f"{letter(place)} {grid.columns[place]}" for place in places]


def in_words(grid: Grid) -> tuple[list[str], list[list[str]]]:
    """The grid for a screen reader: headings in full, and cells in words."""
    return [grid.corner, *grid.columns], [
        [name, *(cell.words if cell else "" for cell in row)] for name, row in grid.rows
    ]


def letter(place: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    return (letter(place // 26 - 1) if place >= 26 else "") + chr(ord("A") + place % 26)


def _short(cell: Cell | None) -> str:
    return cell.short if cell else NOTHING


# --- SVG -------------------------------------------------------------------------------------------------------------


def svg(grid: Grid) -> str:
    """The grid as a picture of its own."""
    width, height = NAMES + CELL * len(grid.columns) + 130, TOP + ROW * len(grid.rows) + 10
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title says" font-family="Liberation Sans, Arial, sans-serif" font-size="13">',
        f'<title id="title">{text(grid.title)}</title>\n<desc id="says">{text(grid.says)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="24" font-size="18" font-weight="bold" fill="#1b1b1b">{text(grid.title)}</text>',
    ]
    lines += [
        f'<text x="10" y="{46 + 17 * number}" fill="#4a4a4a">{text(line)}</text>'
        for number, line in enumerate(_wrapped(grid.says, (width - 20) // 7))
    ]
    for place, name in enumerate(grid.columns):
        x = NAMES + CELL * place + CELL // 2
        lines.append(
            f'<text transform="translate({x} {TOP - 8}) rotate(-35)" fill="#1b1b1b">{text(_cut(name, 30))}</text>'
        )
    for number, (name, cells) in enumerate(grid.rows):
        y = TOP + ROW * number
        lines.append(
            f'<text x="{NAMES - 8}" y="{y + 16}" text-anchor="end" fill="#1b1b1b">{text(_cut(name, 46))}</text>'
        )
        lines += [_drawn(cell, NAMES + CELL * place, y) for place, cell in enumerate(cells)]
    return "\n".join([*lines, "</svg>", ""])


def _drawn(cell: Cell | None, x: int, y: int) -> str:
    fill, ink = (FILLS[cell.shade], INKS[cell.shade]) if cell else ("#ffffff", "#4a4a4a")
    title = f"<title>{text(cell.words)}</title>" if cell else ""
    return (
        f'<g>{title}<rect x="{x + 1}" y="{y + 1}" width="{CELL - 2}" height="{ROW - 2}" '
        f'fill="{fill}" stroke="#767676"/>'
        f'<text x="{x + CELL // 2}" y="{y + 16}" text-anchor="middle" fill="{ink}">{text(_short(cell))}</text></g>'
    )


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"


def _wrapped(words: str, width: int) -> list[str]:
    import textwrap

    return textwrap.wrap(words, width)[:5]


# --- HTML ------------------------------------------------------------------------------------------------------------


def html(grids: Sequence[Grid]) -> str:
    """A page with all grids as tables, the first as its title; it loads nothing. Names of rows lead to their grids."""
    style = files(__package__).joinpath("heat_map.css").read_text(encoding="utf-8")
    there = {grid.id for grid in grids}
    body = "\n".join(line for number, grid in enumerate(grids) for line in _table(grid, there, 1 if number == 0 else 2))
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{text(policy(style))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="painrules">
<title>{text(grids[0].title)}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def _table(grid: Grid, there: Iterable[str], level: int) -> Iterator[str]:
    name = text(grid.id or "map")
    yield f'<h{level} id="{name}">{text(grid.title)}</h{level}>\n<p>{text(grid.says)}</p>'
    yield f'<div class="wide" role="region" tabindex="0" aria-labelledby="{name}"><table>'
    heads = "".join(f'<th scope="col">{text(column)}</th>' for column in grid.columns)
    yield f'<thead><tr><th scope="col">{text(grid.corner)}</th>{heads}</tr></thead>\n<tbody>'
    for row, cells in grid.rows:
        link = f'<a href="#{text(row)}">{text(row)}</a>' if row in there and row != grid.id else text(row)
        yield f'<tr><th scope="row">{link}</th>{"".join(map(_html_cell, cells))}</tr>'
    yield "</tbody></table></div>"


def _html_cell(cell: Cell | None) -> str:
    if cell is None:
        return f"<td>{NOTHING}</td>"
    return f'<td class="shade{cell.shade}" title="{text(cell.words)}">{text(cell.short)}</td>'
