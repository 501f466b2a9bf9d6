"""Pages as Markdown (CommonMark). No text can become markup, not even HTML inside it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from painrules.reading import visible
from painrules.surfaces.blocks import (
    Alarm,
    Block,
    Board,
    Branch,
    Chart,
    Derivation,
    Entry,
    Heading,
    Lines,
    Paragraph,
    SideBySide,
)

_MARKUP = re.compile(r"[\\`*_\[\]<>&~|$@]|:(?=//)|(?<=www)\.", re.IGNORECASE)
"""Besides what CommonMark knows: tables, formulas, and addresses that some programs turn into links by themselves."""
_AT_START = re.compile(r"^([-+=#]|\d+(?=[.)]))")


def document(blocks: Iterable[Block]) -> str:
    """A whole page."""
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        # Entries of one list hold together; everything else stands apart.
        if before is not None and not (isinstance(block, Entry) and isinstance(before, Entry)):
            lines.append("")
        lines += _block(block)
        before = block
    return "\n".join(lines) + "\n"


def text(words: str) -> str:
    """Words on one line of Markdown: nothing in them is markup, and control characters are shown as such."""
    return _AT_START.sub(_escaped_start, _inside(words))


def _inside(words: str) -> str:
    """Words that do not start a line."""
    return _MARKUP.sub(r"\\\g<0>", " ".join(visible(words).split()))


def _escaped_start(match: re.Match[str]) -> str:
    return f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_inside, cells))} |"


def _block(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {text(block.text)}"
    elif isinstance(block, Paragraph):
        yield f"**{text(block.text)}**" if block.tone == "strong" else text(block.text)
    elif isinstance(block, Alarm):
        yield f"> **{text(block.action)}**"
        for line in block.lines:
            yield from (">", f"> {text(line)}")
    elif isinstance(block, Lines):
        yield from ["\\_" * 60, ""] * block.count
    elif isinstance(block, SideBySide):
        yield f"### {text(block.heading)}"
        for name, lines in zip(block.names, block.texts, strict=True):
            yield from ("", f"**{text(name)}:** {text(' '.join(lines))}")
    elif isinstance(block, Chart):
        yield from (text(block.caption), "", _row(block.columns), f"|{' --- |' * len(block.columns)}")
        yield from map(_row, block.rows)
    elif isinstance(block, Board):
        for place, column in enumerate(block.columns):
            yield from ([""] if place else [])
            yield from (f"### {text(column.name)}", "")
            yield from (line for entry in column.entries for line in _block(entry))
            yield from ("", text(column.more)) if column.more else ()
    elif isinstance(block, Derivation):
        yield from _branch(block.root)
    else:
        number = block.symbol if block.symbol[0].isdigit() else "-"
        symbol = f"{text(block.symbol)} " if block.symbol[0] not in "-+0123456789" else ""
        name = f"**{text(block.lead)}**" if block.status else text(block.lead)
        tag = f" {text(block.tag)}" if block.tag else ""
        yield f"{number} {symbol}{name}{tag}"
        yield from (f"{' ' * len(number)} - {text(detail)}" for detail in block.details)


def _branch(branch: Branch, depth: int = 0) -> Iterator[str]:
    tag = f" ({branch.tag})" if branch.tag else ""
    label = f"{branch.label}: " if branch.label else ""
    yield f"{'  ' * depth}- {text(' '.join((f'{label}{branch.text}{tag}', *branch.details)))}"
    for child in branch.children:
        yield from _branch(child, depth + 1)
