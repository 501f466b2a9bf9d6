"""Pages as HTML: one file with its style inside, no script, nothing fetched. Every text is hostile until escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from html import escape
from importlib.resources import files
from itertools import groupby

from painrules.reading import visible
from painrules.surfaces.blocks import (
    Alarm,
    Bar,
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


def document(blocks: Iterable[Block], *, language: str, skip_link: str) -> str:
    """A whole page."""
    blocks = list(blocks)
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body = f"""\
<a class="skip" href="#content">{text(skip_link)}</a>
<main id="content" tabindex="-1">
{content(blocks)}
</main>"""
    return shell(title, style(), body, language=language)


def shell(title: str, style: str, body: str, *, language: str) -> str:
    """What stands around the body of every page that is a file of its own."""
    return f"""\
<!DOCTYPE html>
<html lang="{text(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{text(policy(style))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="painrules">
<title>{text(title)}</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


def content(blocks: Iterable[Block]) -> str:
    """The blocks alone, each heading of level 2 with what belongs to it as a section."""
    lines: list[str] = []
    inside = False
    number = 0
    for kind, group in groupby(blocks, key=_kind):
        if kind:
            lines += _list(kind, [block for block in group if isinstance(block, Entry)])
            continue
        for block in group:
            if isinstance(block, Heading) and block.level <= 2:
                lines += ["</section>"] if inside else []
                inside = block.level == 2
                if inside:
                    number += 1
                    tone = "" if block.tone == "plain" else f' class="{block.tone}"'
                    lines.append(f'<section{tone} aria-labelledby="section-{number}">')
                    lines.append(f'<h2 id="section-{number}">{text(block.text)}</h2>')
                    continue
            lines += _block(block, 3 if inside else 2)
    lines += ["</section>"] if inside else []
    return "\n".join(lines)


def text(words: str) -> str:
    """Words as HTML: nothing in them is markup, and control characters are shown as such."""
    return escape(visible(words))


@cache
def style() -> str:
    """The style of every page."""
    return files(__package__).joinpath("page.css").read_text(encoding="utf-8")


@cache
def policy(style: str) -> str:
    """What a browser may load for a page: nothing, and it may use no style but this one, which stands inside it."""
    digest = base64.b64encode(hashlib.sha256(f"\n{style}".encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _kind(block: Block) -> str:
    """The list that an entry belongs to; empty for what is no entry."""
    if not isinstance(block, Entry):
        return ""
    return "numbered" if block.symbol[0].isdigit() else "options" if block.status or block.details else "short"


def _block(block: Block, level: int) -> Iterator[str]:
    """One block; `level` is that of a heading it has of its own."""
    if isinstance(block, Heading):
        yield f"<h{block.level}>{text(block.text)}</h{block.level}>"
    elif isinstance(block, Paragraph):
        tone = "" if block.tone == "plain" else f' class="{block.tone}"'
        yield f"<p{tone}>{text(block.text)}</p>"
    elif isinstance(block, Alarm):
        yield f'<div class="alarm"><p class="strong"><span aria-hidden="true">⚠ </span>{text(block.action)}</p>'
        yield from (f"<p>{text(line)}</p>" for line in block.lines)
        yield "</div>"
    elif isinstance(block, Lines):
        yield f'<div class="lines" aria-hidden="true">{"<div></div>" * block.count}</div>'
    elif isinstance(block, SideBySide):
        yield f'<h{level}>{text(block.heading)}</h{level}>\n<dl class="side">'
        for name, lines in zip(block.names, block.texts, strict=True):
            paragraphs = "".join(f"<p>{text(line)}</p>" for line in lines)
            yield f"<div><dt>{text(name)}</dt>\n<dd>{paragraphs}</dd></div>"
        yield "</dl>"
    elif isinstance(block, Chart):
        yield f'<table class="chart">\n<caption>{text(block.caption)}</caption>'
        heads = "".join(f'<th scope="col">{text(column)}</th>' for column in block.columns)
        yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
        yield from (_bar(block, bar) for bar in block.bars)
        yield "</tbody>\n</table>"
    elif isinstance(block, Board):
        yield '<div class="board">'
        for column in block.columns:
            yield f"<div><h{level}>{text(column.name)}</h{level}>"
            yield from _list("options", column.entries)
            yield f'<p class="quiet">{text(column.more)}</p></div>' if column.more else "</div>"
        yield "</div>"
    elif isinstance(block, Derivation):
        yield from _derivation(block, level)


def _derivation(block: Derivation, level: int) -> Iterator[str]:
    """A picture, and the same as a list for narrow windows and screen readers; the style shows one of them."""
    from painrules.surfaces.derivation_picture import draw  # which escapes its texts as pages do

    picture, root = draw(block), block.root
    yield f'<h{level} class="{text(root.status)}">{_branch_line(root)}</h{level}>'
    yield from (f"<p>{text(detail)}</p>" for detail in root.details)
    size = f'viewBox="0 0 {picture.width} {picture.height}" width="{picture.width}" height="{picture.height}"'
    yield f'<svg class="derivation" role="img" {size} font-size="13">'
    yield f"<title>{text(block.says)}</title><desc>{text(' '.join(root.details))}</desc>"
    yield from (*picture.elements, "</svg>", '<ul class="derivation">')
    yield from map(_branch, root.children)
    yield "</ul>"


def _branch(branch: Branch) -> str:
    inner = "".join(map(_branch, branch.children))
    return f"<li>{_branch_line(branch)}{f'<ul>{inner}</ul>' if inner else ''}</li>"


def _branch_line(branch: Branch) -> str:
    symbol = f'<span class="symbol" aria-hidden="true">{text(branch.symbol)}</span> ' if branch.symbol else ""
    name = f"<strong>{text(branch.text)}</strong>" if branch.decides else text(branch.text)
    tag = f': <span class="status">{text(branch.tag)}</span>' if branch.tag else ""
    details = "".join(f"\n<p>{text(detail)}</p>" for detail in branch.details if branch.kind != "status")
    return f"{symbol}{name}{tag}{details}"


def _bar(chart: Chart, bar: Bar) -> str:
    """A row of a chart. Colours stand in attributes for the PDF, whose maker knows no style of the page inside SVG."""
    drawn = ""
    if bar.value is not None:
        width = f"{100 * min(bar.value / chart.highest, 1):.1f}"
        drawn = (
            '<svg role="img" viewBox="0 0 100 10" preserveAspectRatio="none">'
            f"<title>{text(f'{chart.columns[1]}: {bar.shown}')}</title>"
            '<rect class="track" width="100" height="10" fill="#e3e3e3"/>'
            f'<rect class="bar" width="{width}" height="10" fill="#2a5d93"/></svg>'
        )
    shown = f'<span aria-hidden="true">{text(bar.shown)}</span>' if drawn else text(bar.shown)
    more = "".join(  # the heading again, for narrow windows
        f'<td data-column="{text(column)}">{text(cell)}</td>'
        for column, cell in zip(chart.columns[2:], bar.more, strict=True)
    )
    return f'<tr><th scope="row">{text(bar.name)}</th><td>{drawn}{shown}</td>{more}</tr>'


def _list(kind: str, entries: Iterable[Entry]) -> Iterator[str]:
    name = "ol" if kind == "numbered" else "ul"
    yield f'<{name} class="{kind}">'
    for entry in entries:
        class_ = entry.status or ("more" if entry.symbol == "+" else "")
        yield f'<li class="{text(class_)}">{_entry(entry)}</li>' if class_ else f"<li>{_entry(entry)}</li>"
    yield f"</{name}>"


def _entry(entry: Entry) -> str:
    symbol = entry.symbol if entry.status else ""
    parts = [f'<span class="symbol" aria-hidden="true">{text(symbol)}</span> '] if symbol else []
    if entry.status:
        parts.append(f'<strong>{text(entry.lead)}</strong> <span class="status">{text(entry.tag)}</span>')
    else:  # the space stands inside: WeasyPrint 70 breaks the line in a wrong place when it stands before
        parts.append(f"{text(entry.lead)}<strong> {text(entry.tag)}</strong>" if entry.tag else text(entry.text))
    parts += [f"\n<p>{text(detail)}</p>" for detail in entry.details]
    return "".join(parts)
