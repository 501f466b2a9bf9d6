"""`painrules matrix`: what guidelines say of every treatment for every kind of pain, as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from painrules.commands.app import (
    FolderOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    errors_for_people,
    json_text,
    known,
    write_out,
)
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge

MatrixFormat = Literal["text", "svg", "html", "csv", "json"]


@app.command()
def matrix(
    category: Annotated[list[str] | None, typer.Option(help="Only treatments of this category.")] = None,
    class_: Annotated[list[str] | None, typer.Option("--class", help="Only treatments of this class.")] = None,
    modality: Annotated[list[str] | None, typer.Option(help="Only this treatment.")] = None,
    condition: Annotated[list[str] | None, typer.Option(help="Only this kind of pain, with the kinds of it.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="At the terminal: every sign, not numbers alone.")] = False,
    format_: Annotated[MatrixFormat, typer.Option("--format", help="text, a picture, or data for programs.")] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    language: LanguageOption = "en",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show where guidelines agree, differ or advise against: kinds of pain by treatments.

    Example: painrules matrix --category psychological --condition headache
    """
    with errors_for_people():
        if output is not None and format_ == "text":
            raise WrongUseError("--output writes svg, html, csv or json: name one with --format.")
        from painrules.matrix import matrix as pairs_of
        from painrules.matrix import with_kinds
        from painrules.surfaces import grid, matrix_page

        knowledge = load_knowledge(content, language=language)
        for id in condition or ():
            known(id, knowledge.conditions, "kind of pain; 'painrules conditions' lists them")
        treatments = _treatments(knowledge, category or [], class_ or [], modality or [])
        pairs = pairs_of(knowledge, with_kinds(knowledge, condition or knowledge.conditions), treatments)
        if not pairs:
            raise WrongUseError("No source that we hold says anything of these.")
        if format_ == "text":
            from painrules.surfaces.terminal import surface

            if everything or category or class_ or modality or condition:
                grids = matrix_page.by_category(knowledge, pairs)
                matrix_page.show_matrix(knowledge, surface(plain=plain), grids, plain)
            else:
                matrix_page.show_overview(knowledge, surface(plain=plain), pairs, plain)
        elif format_ == "html":
            grids, title = matrix_page.by_category(knowledge, pairs), knowledge.wording["matrix.title"]
            head, foot = matrix_page.head(knowledge), matrix_page.foot(knowledge)
            write_out(grid.html(grids, title=title, says=head, foot=foot, language=knowledge.language), output)
        elif format_ == "svg":
            write_out(grid.svg(matrix_page.whole(knowledge, pairs), matrix_page.foot(knowledge)), output)
        elif format_ == "csv":
            write_out(matrix_page.as_csv(pairs), output)
        else:
            write_out(json_text([pair.as_plain() for pair in pairs]), output)


def _treatments(knowledge: KnowledgeBase, categories: list[str], classes: list[str], ids: list[str]) -> list[str]:
    """The treatments that are in one of the categories, of one of the classes, and named, where such are given."""
    for word in categories:
        known(word, knowledge.categories, "category")
    for word in classes:
        known(word, knowledge.classes, "class of treatments")
    for word in ids:
        known(word, knowledge.modalities, "treatment; 'painrules modalities' lists them")
    return [
        id
        for id, entry in knowledge.modalities.items()
        if (not categories or knowledge.category_of(id) in categories)
        and (not classes or entry.class_ in classes)
        and (not ids or id in ids)
    ]
