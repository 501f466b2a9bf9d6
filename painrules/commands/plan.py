"""`painrules plan`: the multimodal picture of one person, to discuss. It is no plan to follow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from painrules.commands.app import (
    FolderOption,
    LanguageOption,
    PlainOption,
    app,
    engine_or_reference,
    errors_for_people,
    hand_out,
    write_out,
)
from painrules.commands.person import PersonArgument, person_named
from painrules.engines import EngineName
from painrules.loading import load_knowledge


@app.command()
def plan(
    person: PersonArgument,
    everything: Annotated[bool, typer.Option("--all", help="Every option of every category.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: Annotated[
        Literal["text", "json", "markdown", "html", "svg"],
        typer.Option("--format", help="text for people, a page, a picture, or json for programs."),
    ] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show one person's options by kind of treatment side by side, and what each aims at: to discuss, not to follow.

    Example: painrules plan back_pain_and_kidneys
    """
    with errors_for_people():
        from painrules.multimodal import multimodal

        knowledge = load_knowledge(content, language=language)
        answers = person_named(person, knowledge, content).answers
        picture = multimodal(knowledge, answers, engine_or_reference(engine))
        if format_ == "svg":
            from painrules.surfaces.multimodal_picture import svg

            write_out(svg(knowledge, picture, everything=everything), output)
            return
        from painrules.surfaces.multimodal_page import multimodal_page

        blocks = multimodal_page(knowledge, picture, everything=everything)
        hand_out(knowledge, picture.as_plain, blocks, format_, output, plain)
