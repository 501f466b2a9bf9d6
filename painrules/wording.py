"""The words around the content: which of them the program shows, and what it fills into them.

Our own wording tells both. A folder of somebody else may say any of them in its own words; what it does not say is
said in ours. A text must hold the same fields as ours (`{count}` and the like): the program fills in no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from types import MappingProxyType

from msgspec.structs import replace

from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Problem, read_bytes, read_file

FILE = "knowledge/wording.yaml"
WRONG_FIELDS = "does not hold the fields that the program fills in."


def fields_of(text: str) -> frozenset[str] | None:
    """The fields of a text, each as it is written; None for braces that are no fields."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return None
    return frozenset(
        f"{{{name}{f'!{conversion}' if conversion else ''}{f':{how}' if how else ''}}}"
        for _, name, how, conversion in parts
        if name is not None
    )


def hint_of_fields(fields: frozenset[str] | None) -> str:
    """What to write instead."""
    return f"Write {', '.join(sorted(fields))}." if fields else "Write it without { and }."


def with_our_words(knowledge: KnowledgeBase, files: Mapping[str, bytes], ours: Path) -> KnowledgeBase:
    """The same with our words where these files have none. Raises ContentError for fields that nothing fills in."""
    known = {entry["id"]: entry["text"] for entry in read_file(ours / FILE, FILE).data["wording"]}
    own = knowledge.wording
    wrong = {id for id in own.keys() & known.keys() if fields_of(own[id]) != fields_of(known[id])}
    if wrong:
        raise ContentError(_problems(wrong, known, files))
    borrowed = tuple(id for id in known if id not in own)
    return replace(
        knowledge,
        wording=MappingProxyType({**known, **own}),
        borrowed_words=borrowed,
        unused_words=tuple(id for id in own if id not in known),
    )


def _problems(wrong: set[str], known: Mapping[str, str], files: Mapping[str, bytes]) -> Iterator[Problem]:
    for name, content in files.items():
        document = read_bytes(content, name)
        for index, entry in enumerate(document.data.get("wording") or ()):
            if entry["id"] in wrong:
                hint = hint_of_fields(fields_of(known[entry["id"]]))
                yield document.problem(("wording", index, "text"), WRONG_FIELDS, hint)
