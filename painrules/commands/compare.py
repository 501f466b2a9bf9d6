"""`painrules compare`: treatments side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painrules.commands.app import (
    FolderOption,
    FormatOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    best_match,
    complete_treatments,
    engine_or_reference,
    errors_for_people,
    made_with,
    print_json,
    read,
    read_answers_file,
)
from painrules.comparing import FEWEST, MOST, compare_treatments
from painrules.engines import EngineName
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.medicines import find_treatments


@app.command()
def compare(
    options: Annotated[
        list[str],
        typer.Argument(help="Two to four treatments: ids, or words in quotes.", autocompletion=complete_treatments),
    ],
    answers: Annotated[
        Path | None, typer.Option(help="For the person with these answers ('-': standard input).")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Compare two to four treatments side by side, in the same words for each.

    Example: painrules compare acupuncture "tens machine" --answers answers.yaml
    """
    from painrules.surfaces.comparison import comparison_page

    with errors_for_people():
        if not FEWEST <= len(options) <= MOST:
            raise WrongUseError(f"Name {FEWEST} to {MOST} treatments; words of one treatment go in quotes.")
        knowledge = load_knowledge(content, language=language)
        ids = [_one_treatment(knowledge, words) for words in options]
        if len(set(ids)) < len(ids):
            raise WrongUseError(f"The same treatment was named twice: {', '.join(ids)}.")
        person = read_answers_file(answers, knowledge) if answers else None
        found = compare_treatments(knowledge, ids, person, engine_or_reference(engine) if person else engine)
        if format_ == "json":
            print_json({**made_with(knowledge), **found.as_plain()})
        else:
            read(knowledge, comparison_page(knowledge, found), plain)


def _one_treatment(knowledge: KnowledgeBase, words: str) -> str:
    return best_match(knowledge, words, find_treatments(knowledge, words), "compare", "modalities").id
