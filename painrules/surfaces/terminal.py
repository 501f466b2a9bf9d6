"""Draw pages and tables in a terminal: with colour and boxes, or as plain lines for screen readers."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeAlias

from rich.bar import Bar as Blocks
from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from painrules.reading import visible
from painrules.surfaces.blocks import (
    Alarm,
    Block,
    Board,
    Branch,
    Chart,
    Column,
    Derivation,
    Entry,
    Heading,
    Lines,
    Paragraph,
    SideBySide,
)

WIDTH = 80
MOST_COLUMNS = 2
BESIDE_TITLE = 6
"""What of the edge of a box stands beside its title, with its spaces."""
NARROWEST_COLUMN, NARROWEST_LIST = 30, 26
BAR = 16
STATUS_STYLES = {
    "option": "green",
    "with_care": "yellow",
    "check_first": "yellow",
    "held_back": "red",
    "advised_against": "magenta",
}
TONES = {"plain": "", "quiet": "dim", "strong": "bold", "agree": "green", "disagree": "yellow", "against": "red"}
Line: TypeAlias = "list[tuple[str, str]]"
"""Parts of a line, each with a tone; an unknown tone is drawn plain."""


class Surface(Protocol):
    """Somewhere to draw to."""

    def page(self, blocks: Iterable[Block]) -> None:
        """Draw a page."""

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Draw a table."""

    def lines(self, lines: Iterable[Line]) -> None:
        """Draw lines as they are."""


class Plain:
    """Plain lines in reading order, without colour, boxes or columns: for screen readers, files and dumb terminals."""

    def __init__(self, urgent: str = "{action}."):
        """`urgent`: how an urgent sign begins, as a screen reader does not tell of a box."""
        self.urgent = urgent

    def page(self, blocks: Iterable[Block]) -> None:
        """Write each block as lines of their own."""
        for block in blocks:
            if isinstance(block, Heading):
                print(f"\n{visible(block.text)}")
            elif isinstance(block, Paragraph):
                print(visible(block.text))
            elif isinstance(block, Alarm):
                print(visible(self.urgent.format(action=block.action)))
                print("\n".join(f"  {visible(line)}" for line in block.lines))
            elif isinstance(block, SideBySide):
                print(f"\n{visible(block.heading)}")
                for name, lines in zip(block.names, block.texts, strict=True):
                    print(f"{visible(name)}: {visible(' '.join(lines))}")
            elif isinstance(block, Lines):
                print("\n" * block.count, end="")
            elif isinstance(block, Chart):
                print(visible(block.caption))
                self.table(block.columns, block.rows)
            elif isinstance(block, Board):
                for column in block.columns:
                    more = [Paragraph(column.more)] if column.more else []
                    self.page([Heading(column.name, 3), *column.entries, *more])
            elif isinstance(block, Derivation):
                print()
                print("\n".join(_spoken(block.root)))
            else:
                tag = f" ({block.tag})" if block.tag else ""
                lead = f"{block.symbol} " if block.symbol[0].isdigit() or not block.status else ""
                print(f"{lead}{visible(block.text)}{visible(tag)}")
                print("".join(f"  {visible(line)}\n" for line in block.details), end="")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Write each row as one line."""
        for row in rows:
            filled = [f"{visible(name)}: {visible(cell)}" for name, cell in zip(columns, row, strict=True) if cell]
            print("; ".join(filled))

    def lines(self, lines: Iterable[Line]) -> None:
        """Write each line."""
        for line in lines:
            print("".join(visible(part) for part, _ in line).rstrip())


def _spoken(branch: Branch, depth: int = 0) -> Iterator[str]:
    """A tree as lines that each say what they are, as a screen reader does not tell how deep a line stands."""
    tag = f" ({branch.tag})" if branch.tag else ""
    label = f"{branch.label}: " if branch.label else ""
    yield visible("  " * depth + f"{label}{branch.text}{tag}")
    yield from (visible("  " * depth + f"  {detail}") for detail in branch.details)
    for child in branch.children:
        yield from _spoken(child, depth + 1)


class Rich:
    """Colour, boxes and columns; still readable without colour, as every status is also a symbol and a word."""

    def __init__(self, console: Console | None = None):
        if console is None:
            told = os.environ.get("COLUMNS", "")
            width = None if sys.stdout.isatty() else max(NARROWEST_COLUMN, int(told)) if told.isdecimal() else WIDTH
            console = Console(width=width, highlight=False)
        self.console = console

    def page(self, blocks: Iterable[Block]) -> None:
        """Draw each block."""
        for block in blocks:
            self._block(block)

    def _block(self, block: Block) -> None:
        show = self.console.print
        if isinstance(block, Heading):
            style = "bold reverse" if block.level == 1 else "bold cyan"
            show()
            name = visible(block.text)
            show(Text({1: f" {name} ", 2: name.upper()}.get(block.level, name), style=style))
        elif isinstance(block, Paragraph):
            show(Text(visible(block.text), style=TONES[block.tone]))
        elif isinstance(block, Alarm):
            show(self._alarm(block))
        elif isinstance(block, SideBySide):
            self._side_by_side(block)
        elif isinstance(block, Lines):
            for _ in range(block.count):
                show()
                show(Rule(style="dim"))
        elif isinstance(block, Chart):
            self._chart(block)
        elif isinstance(block, Board):
            self._board(block)
        elif isinstance(block, Derivation):
            show()
            show(_grown(block.root))
        else:
            lines = Text("\n").join(self._entry(block, self.console.width))
            show(lines, no_wrap=True, overflow="ignore", crop=False)

    def _alarm(self, block: Alarm) -> Panel:
        """A box whose title is what to do; where the title has no room for all of it, that is the first line."""
        action = Text(visible(block.action), style="bold")
        lines = [Text(visible(line)) for line in block.lines]
        fits = action.cell_len + BESIDE_TITLE <= self.console.width
        text = Text("\n").join(lines if fits else [action, *lines])
        return Panel(text, title=action if fits else None, border_style="bold red", title_align="left")

    def _side_by_side(self, block: SideBySide) -> None:
        """Two as columns of the same width where the terminal is wide enough; else one below the other."""
        cells = []
        for name, lines in zip(block.names, block.texts, strict=True):
            cells.append(Text("\n").join([Text(visible(name), style="bold"), *(Text(visible(line)) for line in lines)]))
        columns = len(cells) <= MOST_COLUMNS and self.console.width >= len(cells) * NARROWEST_COLUMN
        grid = Table.grid(padding=(0, 3, 0, 0), expand=True)
        for _ in cells if columns else cells[:1]:
            grid.add_column(ratio=1, overflow="fold")
        for row in [cells] if columns else [[cell] for cell in cells]:
            grid.add_row(*row)
        self.console.print()
        self.console.print(Text(visible(block.heading).upper(), style="bold cyan"))
        self.console.print(grid)

    def _chart(self, chart: Chart) -> None:
        table = Table(box=None, header_style="bold", pad_edge=False)
        name, *values = (Text(visible(column)) for column in chart.columns)
        table.add_column(name)
        table.add_column()
        for value in values:
            table.add_column(value, justify="right")
        for bar, row in zip(chart.bars, chart.rows, strict=True):
            first, *rest = (Text(visible(cell)) for cell in row)
            table.add_row(first, Blocks(chart.highest, 0, bar.value or 0, width=BAR, color="cyan"), *rest)
        self.console.print(Text(visible(chart.caption)))
        self.console.print(table)

    def _board(self, board: Board) -> None:
        """As many columns beside each other as are wide enough; the others below them."""
        most = max(1, self.console.width // NARROWEST_LIST)
        room = self.console.width // most - 1
        for first in range(0, len(board.columns), most):
            band = board.columns[first : first + most]
            grid = Table.grid(padding=(0, 1, 0, 0))
            for _ in band:
                grid.add_column(width=room)
            grid.add_row(*(Text(visible(column.name), style="bold underline") for column in band))
            grid.add_row(*(self._column(column, room) for column in band))
            self.console.print()
            self.console.print(grid)

    def _column(self, column: Column, room: int) -> Text:
        lines = [line for entry in column.entries for line in self._entry(entry, room)]
        return Text("\n").join([*lines, *([Text(visible(column.more), style="dim")] if column.more else [])])

    def _entry(self, entry: Entry, room: int) -> Iterator[Text]:
        """The symbol, and beside it the text and its details, each line of them indented; a table would be slow."""
        style = STATUS_STYLES.get(entry.status, "")
        text = Text(visible(entry.text), style="bold" if entry.status else "")
        if entry.tag:
            colon = entry.lead[len(entry.text) :]
            text.append(f"{colon} {visible(entry.tag)}", style=style or "dim")
        edge = max(2, len(entry.symbol))
        lead = Text(f"{entry.symbol:>{edge}} ", style=style)
        for part in (text, *(Text(visible(detail)) for detail in entry.details)):
            for line in part.wrap(self.console, room - edge - 1, overflow="fold"):
                line.rstrip()
                yield lead + line
                lead = Text(" " * (edge + 1))

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Draw a table with a heading line."""
        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in columns:
            table.add_column(Text(visible(column)))
        for row in rows:
            table.add_row(*(Text(visible(cell)) for cell in row))
        self.console.print(Padding(table, 0))

    def lines(self, lines: Iterable[Line]) -> None:
        """Draw each line with its colours."""
        for line in lines:
            self.console.print(Text.assemble(*((visible(part), TONES.get(tone, "")) for part, tone in line)))


def _grown(branch: Branch, tree: Tree | None = None) -> Tree:
    style = STATUS_STYLES.get(branch.status, "")
    line = Text(f"{branch.symbol} " if branch.symbol else "", style=style)
    line.append(visible(branch.text), style="bold" if branch.kind == "status" or branch.decides else "")
    if branch.tag:
        line.append(f": {visible(branch.tag)}", style=style or "dim")
    for detail in branch.details:
        line.append(f"\n{visible(detail)}", style="" if branch.kind == "status" else "dim")
    grown = tree.add(line) if tree else Tree(line)
    for child in branch.children:
        _grown(child, grown)
    return grown


def surface(*, plain: bool, urgent: str = "{action}.") -> Surface:
    """The surface that suits the terminal: plain lines where they are wished for or where nothing else works."""
    return Plain(urgent) if plain or os.environ.get("TERM") == "dumb" else Rich()
