"""Other languages: the texts of the interview, statuses and urgent signs, and catalogues that translate them.

A language is a folder of gettext catalogues, `knowledge/languages/es/*.po`, which translators' tools can edit. An entry
names its text (`question.age.ask`) and holds the English it translates: when the English changes, the old translation
no longer counts and the English is shown. Entries marked fuzzy were made by a machine and not reviewed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from painrules.knowledge import KnowledgeBase
from painrules.reading import MAXIMUM_BYTES, ContentError, Problem, did_you_mean, plain_files
from painrules.wording import WRONG_FIELDS, fields_of, hint_of_fields

_Entry = TypeVar("_Entry", bound=Struct)
MOST_CATALOGUES = 100
LONGEST_ENTRY = 1_000
"""Lines."""


class Text(Struct, frozen=True):
    """An English text to translate, the catalogue it belongs to, and its name there."""

    catalogue: str
    name: str
    english: str


def texts(knowledge: KnowledgeBase) -> Iterator[Text]:
    """Every text that has a place in a catalogue."""
    for id, words in knowledge.wording.items():
        yield Text("wording", f"wording.{id}", words)
    for category in knowledge.categories.values():
        yield Text("interview", f"category.{category.id}.name", category.name)
    for condition in knowledge.conditions.values():
        yield Text("interview", f"condition.{condition.id}.name", condition.name)
    for screen in knowledge.screens.values():
        yield Text("interview", f"screen.{screen.id}.title", screen.title)
        yield Text("interview", f"screen.{screen.id}.intro", screen.intro)
    for question in knowledge.questions.values():
        yield Text("interview", f"question.{question.id}.ask", question.ask)
        yield Text("interview", f"question.{question.id}.name", question.name)
        yield Text("interview", f"question.{question.id}.help", question.help)
        yield Text("interview", f"question.{question.id}.unit", question.unit)
        for value in question.values:
            yield Text("interview", f"question.{question.id}.{value.id}", value.say)
    for rule in knowledge.rules.values():
        if rule.effect == "urgent":
            yield Text("signs", f"rule.{rule.id}.because", rule.entry.because)
            yield Text("signs", f"rule.{rule.id}.action", rule.entry.action)


def languages(folder: Path) -> list[str]:
    """The languages that a content folder has catalogues for, English included."""
    return ["en", *sorted(path.name for path in (folder / "knowledge/languages").glob("*") if path.is_dir())]


def translated(knowledge: KnowledgeBase, folder: Path, language: str) -> KnowledgeBase:
    """The same knowledge base in another language. Raises ContentError for a language or catalogue that is no use."""
    if language == "en":
        return knowledge
    if language not in languages(folder):
        message = f"there is no language {language!r}."
        raise ContentError([Problem("--language", 1, 1, "", message, did_you_mean(language, languages(folder)))])
    said: dict[str, str] = {}
    machine_made = False
    paths = sorted((folder / "knowledge/languages" / language).glob("*.po"))
    if len(paths) > MOST_CATALOGUES:
        message = f"the language {language!r} has more than {MOST_CATALOGUES} catalogues."
        raise ContentError([Problem("--language", 1, 1, "", message)])
    for path in paths:
        for entry in _read(path, folder):
            said[f"{entry.msgctxt}\0{entry.msgid}"] = entry.msgstr
            machine_made |= entry.fuzzy
    return _in_words(knowledge, said, language, machine_made)


def _read(path: Path, folder: Path) -> Any:
    import polib

    if not plain_files([path], folder) or path.stat().st_size > MAXIMUM_BYTES:
        message = f"is not a plain file inside the content folder, of at most {MAXIMUM_BYTES:,} bytes."
        raise ContentError([Problem(path.name, 1, 1, "", message)])
    try:
        _check_length(path)
        found = [entry for entry in polib.pofile(str(path), encoding="utf-8") if entry.msgstr and not entry.obsolete]
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ContentError([Problem(path.name, 1, 1, "", f"is no gettext catalogue: {error}.")]) from None
    if problems := [problem for entry in found if (problem := _problem_of_fields(path.name, entry))]:
        raise ContentError(problems)
    return found


def _check_length(path: Path) -> None:
    """Refuse an entry of very many lines: to join them takes time that grows with their square. Raises ContentError."""
    lines = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream, 1):
            lines = 0 if line.lstrip(b"#~ ").startswith(b"msgid ") else lines + 1
            if lines > LONGEST_ENTRY:
                message = f"is in an entry of more than {LONGEST_ENTRY:,} lines."
                raise ContentError([Problem(path.name, number, 1, "", message)])


def _problem_of_fields(file: str, entry: Any) -> Problem | None:
    """That the program fills in what a translation does not name."""
    wanted = fields_of(entry.msgid)
    if not str(entry.msgctxt).startswith("wording.") or fields_of(entry.msgstr) == wanted:
        return None
    return Problem(file, entry.linenum, 1, entry.msgctxt, WRONG_FIELDS, hint_of_fields(wanted))


def _in_words(knowledge: KnowledgeBase, said: Mapping[str, str], language: str, machine_made: bool) -> KnowledgeBase:
    def say(name: str, english: str) -> str:
        return said.get(f"{name}\0{english}", english)

    def spoken(kind: str, entries: Mapping[str, _Entry], *fields: str) -> Mapping[str, _Entry]:
        found: dict[str, _Entry] = {}
        for id, entry in entries.items():
            new = {field: say(f"{kind}.{id}.{field}", getattr(entry, field)) for field in fields}
            found[id] = replace(entry, **new)
        return MappingProxyType(found)

    questions = {
        question.id: replace(
            question,
            values=tuple(replace(v, say=say(f"question.{question.id}.{v.id}", v.say)) for v in question.values),
        )
        for question in knowledge.questions.values()
    }
    rules = {
        rule.id: replace(rule, entry=spoken("rule", {rule.id: rule.entry}, "because", "action")[rule.id])
        for rule in knowledge.rules.values()
    }
    return replace(
        knowledge,
        wording=MappingProxyType({id: say(f"wording.{id}", text) for id, text in knowledge.wording.items()}),
        categories=spoken("category", knowledge.categories, "name"),
        conditions=spoken("condition", knowledge.conditions, "name"),
        screens=spoken("screen", knowledge.screens, "title", "intro"),
        questions=spoken("question", questions, "ask", "name", "help", "unit"),
        rules=MappingProxyType(rules),
        language=language,
        machine_made=machine_made,
    )
