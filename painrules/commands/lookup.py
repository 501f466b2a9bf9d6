"""Commands that look things up: kinds of pain, treatments, who says what, sources, words, and the visit guide."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import typer

from painrules import __version__
from painrules.catalogue import condition_row, modality_row
from painrules.commands.app import (
    FolderOption,
    Format,
    FormatOption,
    PlainOption,
    WrongUseError,
    app,
    best_match,
    complete_conditions,
    complete_treatments,
    draw,
    errors_for_people,
    known,
    print_json,
    print_table,
    read,
)
from painrules.entries import CONDITION_ASPECTS, MODALITY_ASPECTS, SOME_HAVE, Recommendation, as_mapping
from painrules.evidence import GUIDELINE_KINDS, statements
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.medicines import find_medicines, find_treatments
from painrules.reading import visible
from painrules.search import Match, search_conditions
from painrules.surfaces.blocks import Block, checked_sentence

YEARS_UNTIL_STALE = 5

WordsArgument = Annotated[list[str] | None, typer.Argument(help="Words to search for; they may be misspelt.")]


@app.command()
def conditions(
    words: WordsArgument = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List the kinds of pain, or find one by the words people use.

    Example: painrules conditions slipped disk
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        found = search_conditions(knowledge, " ".join(words)) if words else None
        rows = []
        for id in (match.id for match in found) if found is not None else knowledge.conditions:
            row = as_mapping(condition_row(knowledge, id))
            depth = len(list(knowledge.ancestors(id))) if found is None else 0
            rows.append(row if format_ == "json" else {**row, "shown": "  " * depth + row["name"]})
        columns = {"shown": "kind of pain", "id": "id", "options": "options"}
        _print_found(format_, plain, rows, columns, words)


@app.command()
def modalities(
    words: WordsArgument = None,
    category: Annotated[str | None, typer.Option(help="Only this category, such as medication.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List the treatments, or find one by the words people use.

    Example: painrules modalities --category psychological
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        if category is not None:
            known(category, knowledge.categories, "category")
        found = {match.id: match for match in find_treatments(knowledge, " ".join(words))} if words else None
        rows = [
            as_mapping(modality_row(knowledge, id, found[id].name if found is not None else None))
            for id in (knowledge.modalities if found is None else found)
            if category in (None, knowledge.category_of(id))
        ]
        columns = {"name": "treatment", "id": "id", "class": "class", "rules": "rules"}
        if found is not None:
            columns = {"found_as": "found as", **columns}
        instead = _medicine_apart(knowledge, " ".join(words)) if words else ""
        _print_found(format_, plain, rows, columns, words, instead)


def _medicine_apart(knowledge: KnowledgeBase, words: str) -> str:
    """That a medicine has this name but belongs to no treatment; else nothing."""
    match = next((one for one in find_medicines(knowledge, words) if one.exact and not one.medicine.modalities), None)
    return f"{match.shown} belongs to none of the treatments that we hold." if match else ""


def _print_found(
    format_: Format,
    plain: bool,
    rows: list[dict[str, Any]],
    columns: dict[str, str],
    words: list[str] | None,
    instead: str = "",
) -> None:
    if words and not rows and format_ == "text":
        typer.echo(instead or "Nothing has a name like this. Try another word, or a shorter one.")
    else:
        print_table(format_, plain, rows, columns)


@app.command()
def about(
    words: Annotated[
        list[str], typer.Argument(help="A kind of pain or a treatment: its id or any words for it; or painrules.")
    ],
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Read all about a kind of pain or a treatment: what it is, signs that need care, harms, what to ask.

    Example: painrules about frozen shoulder
    """
    from painrules.surfaces.article import about_condition, about_modality, about_painrules

    with errors_for_people():
        knowledge = load_knowledge(content)
        if words == ["painrules"]:
            _about_painrules(knowledge, about_painrules(knowledge), format_, plain)
            return
        match = _one_named(knowledge, " ".join(words))
        if format_ == "json":
            print_json({"found_as": match.name, **_as_plain(knowledge, match.id)})
        elif match.id in knowledge.conditions:
            read(knowledge, about_condition(knowledge, match.id), plain)
        else:
            read(knowledge, about_modality(knowledge, match.id, match.name), plain)


def _about_painrules(knowledge: KnowledgeBase, page: Iterable[Block], format_: Format, plain: bool) -> None:
    if format_ == "json":
        print_json({"version": __version__, "review": as_mapping(knowledge.review) if knowledge.review else None})
    else:
        read(knowledge, page, plain)


def _one_named(knowledge: KnowledgeBase, words: str) -> Match:
    found = [*search_conditions(knowledge, words), *find_treatments(knowledge, words)]
    if not found and (medicine := _medicine_apart(knowledge, words)):
        raise WrongUseError(medicine)
    return best_match(knowledge, words, found, "about", "conditions' and 'modalities")


def _as_plain(knowledge: KnowledgeBase, id: str) -> dict[str, Any]:
    entry = knowledge.conditions[id] if id in knowledge.conditions else knowledge.modalities[id]
    aspects: Iterable[str] = CONDITION_ASPECTS if id in knowledge.conditions else MODALITY_ASPECTS
    texts = {
        aspect: [as_mapping(text) for text in explained]
        for aspect in aspects
        if (explained := knowledge.explained(id, aspect)) or aspect not in SOME_HAVE
    }
    counted = [as_mapping(frequency) for frequency in knowledge.frequencies_of.get(id, ())]
    names = [as_mapping(medicine) for medicine in knowledge.medicine_names_of.get(id, ())]
    return {**as_mapping(entry), "explanations": texts, "frequencies": counted, "medicine_names": names}


@app.command()
def evidence(
    modality: Annotated[
        str,
        typer.Argument(
            help="A treatment, such as acupuncture ('painrules modalities').", autocompletion=complete_treatments
        ),
    ],
    condition: Annotated[
        str | None, typer.Option(help="Only for this kind of pain.", autocompletion=complete_conditions)
    ] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show who says what of a treatment.

    Example: painrules evidence acupuncture --condition low_back_pain_chronic
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        known(modality, knowledge.modalities, "treatment")
        if condition is not None:
            known(condition, knowledge.conditions, "kind of pain")
        rows = [_evidence_row(knowledge, said) for said in _said(knowledge, modality, condition)]
        columns = {"condition": "condition", "direction": "says", "strength": "strength", "read": "read"}
        if not rows and format_ == "text":
            typer.echo("We found no statement of a guideline on this.")
        else:
            print_table(format_, plain, rows, {**columns, "source": "source", "limits": "limits"})


def _said(knowledge: KnowledgeBase, modality: str, condition: str | None) -> Iterator[Recommendation]:
    if condition is None:
        yield from (said for said in knowledge.recommendations if said.modality == modality)
    else:
        yield from (s.recommendation for s in statements(knowledge, [condition]).get(modality, ()))


def _evidence_row(knowledge: KnowledgeBase, said: Recommendation) -> dict[str, Any]:
    source = knowledge.sources[said.source]
    return {
        "condition": said.condition,
        "direction": said.direction,
        "strength": said.strength,
        "certainty": said.certainty,
        "role": said.role,
        "purpose": said.purpose,
        "limits": said.limits,
        "source": said.source,
        "body": source.body,
        "kind": source.kind,
        "year": source.year,
        "status": source.status,
        "read": "reported" if said.reported_by else "read",
        "reported_by": said.reported_by,
    }


@app.command()
def sources(
    stale: Annotated[
        bool, typer.Option("--stale", help=f"Only guidelines in use that are over {YEARS_UNTIL_STALE} years old.")
    ] = False,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List every source, with its year and where it can be found.

    Example: painrules sources --stale
    """
    with errors_for_people():
        knowledge = load_knowledge(content)
        oldest = datetime.date.today().year - YEARS_UNTIL_STALE
        rows = [
            as_mapping(source)
            for source in knowledge.sources.values()
            if not stale
            or (
                source.kind in GUIDELINE_KINDS
                and knowledge.is_current(source.id)
                and (source.year is None or source.year < oldest)
            )
        ]
        if stale:
            rows.sort(key=lambda row: (row["year"] or 0, row["id"]))
        print_table(
            format_,
            plain,
            rows,
            {"id": "id", "year": "year", "body": "body", "title": "title", "status": "status"},
        )
        if format_ == "text":
            typer.echo(visible(checked_sentence(knowledge)))


@app.command()
def words(
    word: Annotated[str | None, typer.Argument(help="One word; all of them if left out.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Explain the medical words that the texts use.

    Example: painrules words opioid
    """
    from painrules.surfaces.article import word_list

    with errors_for_people():
        knowledge = load_knowledge(content)
        forms = {form.lower(): w.id for w in knowledge.words.values() for form in (w.id, w.word, *w.also)}
        ids = list(knowledge.words) if word is None else [forms[known(word.lower(), forms, "word we explain")]]
        ids.sort(key=lambda id: knowledge.words[id].word.lower())
        if format_ == "json":
            print_json([as_mapping(knowledge.words[id]) for id in ids])
        else:
            draw(knowledge, word_list(knowledge, ids), plain)  # not `read`: it would explain each word twice


@app.command()
def visit(
    chapter: Annotated[str | None, typer.Argument(help="One chapter, such as what_to_bring; all if left out.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Read who pain specialists are, what happens at a visit, and how to prepare for it.

    Example: painrules visit what_to_bring
    """
    from painrules.surfaces.article import visit_guide

    with errors_for_people():
        knowledge = load_knowledge(content)
        chapters = list(knowledge.chapters)
        if chapter is not None:
            chapters = [known(chapter, knowledge.chapters, f"chapter ({', '.join(chapters)})")]
        if format_ == "json":
            texts = [as_mapping(text) for text in knowledge.visit.values() if text.chapter in chapters]
            print_json({"chapters": [as_mapping(knowledge.chapters[id]) for id in chapters], "visit": texts})
        else:
            read(knowledge, visit_guide(knowledge, chapters), plain)
