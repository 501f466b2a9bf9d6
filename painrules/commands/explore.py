"""`painrules explore`: an interview or an answers file in, a sheet out."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from painrules.answers import Answers, as_plain, read_answers
from painrules.commands.app import (
    FolderOption,
    FormatOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    errors_for_people,
    print_json,
)
from painrules.engines import EngineMissingError, EngineName, engine_named
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import MAXIMUM_BYTES, ContentError, Problem, visible
from painrules.sheet import explore as make_sheet


@app.command()
def explore(
    answers: Annotated[
        Path | None, typer.Option(help="Read the answers from this file ('-': standard input) instead of asking.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with an interview from saved answers.")] = None,
    save: Annotated[Path | None, typer.Option(help="Save the answers in this file, readable only by you.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every option with all reasons and sources.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Answer some questions and see options to discuss with a pain specialist.

    Example: painrules explore --answers answers.yaml
    """
    with errors_for_people():
        if answers and resume:
            raise WrongUseError("Use --answers or --resume, not both.")
        knowledge = load_knowledge(content, language=language)
        engine = _engine_or_reference(engine)
        if answers:
            person = _read_answers(answers, knowledge)
        else:
            person = _ask(knowledge, _read_answers(resume, knowledge) if resume else Answers(), save)
        sheet = make_sheet(knowledge, person, engine)
        if save:
            _save(save, person)
        if format_ == "json":
            print_json(sheet.as_plain())
        else:
            from painrules.surfaces.blocks import with_words_explained
            from painrules.surfaces.sheet_page import page
            from painrules.surfaces.terminal import surface

            blocks = page(knowledge, sheet, everything=everything)
            surface(plain=plain).page(with_words_explained(knowledge, blocks))
        if not answers and not save:
            from painrules.surfaces.dialogue import offer_to_save

            offer_to_save(knowledge, person, _save_new)


def _engine_or_reference(engine: EngineName) -> EngineName:
    try:
        engine_named(engine)
    except EngineMissingError as error:
        typer.echo(f"painrules: {visible(str(error))}; using the reference engine instead.", err=True)
        return "reference"
    return engine


def _read_answers(path: Path, knowledge: KnowledgeBase) -> Answers:
    if str(path) == "-":
        return read_answers(sys.stdin.buffer.read(MAXIMUM_BYTES + 1), "standard input", knowledge)
    try:
        with path.open("rb") as stream:
            return read_answers(stream.read(MAXIMUM_BYTES + 1), str(path), knowledge)
    except OSError as error:
        raise ContentError([Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror or error}.")]) from None


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
