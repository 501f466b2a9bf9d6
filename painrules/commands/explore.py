"""`painrules explore`: an interview or an answers file in, a sheet out."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from painrules.answers import Answers, as_plain, read_changes
from painrules.commands.app import (
    FolderOption,
    Format,
    FormatOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    engine_or_reference,
    errors_for_people,
    print_json,
    read,
    read_answers_file,
)
from painrules.engines import EngineName
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import visible
from painrules.sheet import explore as make_sheet
from painrules.what_if import what_if, with_changes


@app.command()
def explore(
    answers: Annotated[
        Path | None, typer.Option(help="Read the answers from this file ('-': standard input) instead of asking.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with an interview from saved answers.")] = None,
    save: Annotated[Path | None, typer.Option(help="Save the answers in this file, readable only by you.")] = None,
    other: Annotated[
        list[str] | None,
        typer.Option("--what-if", help="Show what another answer would change, such as kidney_disease=severe."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every option with all reasons and sources.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Answer some questions and see options to discuss with a pain specialist.

    Example: painrules explore --answers answers.yaml --what-if kidney_disease=severe
    """
    with errors_for_people():
        if answers and resume:
            raise WrongUseError("Use --answers or --resume, not both.")
        if other and not answers:
            raise WrongUseError("--what-if needs --answers FILE.")
        knowledge = load_knowledge(content, language=language)
        engine = engine_or_reference(engine)
        if answers:
            person = read_answers_file(answers, knowledge)
        else:
            person = _ask(knowledge, read_answers_file(resume, knowledge) if resume else Answers(), save)
        if save:
            _save(save, person)
        if other:
            changed = with_changes(person, read_changes(other, "--what-if", knowledge))
            _show_what_if(knowledge, person, changed, engine, format_, plain)
            return
        sheet = make_sheet(knowledge, person, engine)
        if format_ == "json":
            print_json(sheet.as_plain())
        else:
            from painrules.surfaces.sheet_page import page

            read(knowledge, page(knowledge, sheet, everything=everything), plain)
        if not answers and not save:
            from painrules.surfaces.dialogue import offer_to_save, try_other_answers

            def show(changed: Answers) -> None:
                _show_what_if(knowledge, person, changed, engine, "text", plain)

            def try_them() -> None:
                try_other_answers(knowledge, person, sheet, show)

            offer_to_save(knowledge, person, _save_new, what_if=try_them)


def _show_what_if(
    knowledge: KnowledgeBase, person: Answers, changed: Answers, engine: EngineName, format_: Format, plain: bool
) -> None:
    found = what_if(knowledge, person, changed, engine)
    if format_ == "json":
        print_json(found.as_plain())
    else:
        from painrules.surfaces.what_if_page import what_if_page

        read(knowledge, what_if_page(knowledge, found), plain)


def _ask(knowledge: KnowledgeBase, so_far: Answers, save: Path | None) -> Answers:
    from painrules.surfaces.dialogue import StoppedError, interview, offer_to_save

    if not sys.stdin.isatty():
        raise WrongUseError("There is no terminal to ask at. Use --answers FILE, or --answers - for standard input.")
    try:
        return interview(knowledge, so_far)
    except StoppedError as stopped:
        typer.echo()
        if save:
            _save(save, stopped.answers)
            typer.echo(knowledge.wording["interview.saved"].format(file=visible(str(save))))
        elif stopped.answers != so_far:
            offer_to_save(knowledge, stopped.answers, _save_new)
        raise typer.Exit(0) from None


def _save_new(path: Path, answers: Answers) -> None:
    if path.exists():
        raise FileExistsError(17, "it exists already")
    _write_private(path, answers)


def _save(path: Path, answers: Answers) -> None:
    try:
        _write_private(path, answers)
    except OSError as error:
        raise WrongUseError(f"{path} cannot be written: {error.strerror or error}.") from None


def _write_private(path: Path, answers: Answers) -> None:
    """Write whole or not at all, for the owner's eyes only (mkstemp makes files of mode 0600)."""
    import yaml

    text = yaml.safe_dump(as_plain(answers), sort_keys=False, allow_unicode=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
