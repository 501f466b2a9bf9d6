"""Blocks of a page as the narrative of a FHIR resource: the few elements of XHTML that are allowed there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from painrules.fhir.codes import Resource
from painrules.surfaces.blocks import Alarm, Block, Entry, Heading, Paragraph
from painrules.surfaces.html import text


def narrative(language: str, blocks: Iterable[Block]) -> Resource:
    """The text of a resource or of a section."""
    inner = "".join(_parts(blocks))
    lang = text(language)
    return {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml" lang="{lang}" xml:lang="{lang}">{inner}</div>',
    }


def _parts(blocks: Iterable[Block]) -> Iterator[str]:
    for listed, group in groupby(blocks, key=lambda block: isinstance(block, Entry)):
        if listed:
            yield "<ul>" + "".join(_entry(block) for block in group if isinstance(block, Entry)) + "</ul>"
        else:
            yield from map(_part, group)


def _part(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h3>{text(block.text)}</h3>"
    if isinstance(block, Alarm):
        lines = "".join(f"<br/>{text(line)}" for line in block.lines)
        return f"<p><b>\N{WARNING SIGN} {text(block.action)}</b>{lines}</p>"
    if isinstance(block, Paragraph):
        words = text(block.text)
        return f"<p><b>{words}</b></p>" if block.tone == "strong" else f"<p>{words}</p>"
    raise TypeError(f"no {type(block).__name__} stands on a sheet")


def _entry(entry: Entry) -> str:
    tag = f" <i>{text(entry.tag)}</i>" if entry.tag else ""
    details = "".join(f"<br/>{text(detail)}" for detail in entry.details)
    return (
        f"<li><b>{text(entry.lead)}</b>{tag}{details}</li>"
        if entry.status
        else f"<li>{text(entry.lead)}{tag}{details}</li>"
    )
