"""`painrules explore`: an interview or an answers file in, a sheet out."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec.structs import replace

from painrules.commands.app import (
    DIARY_PLACE,
    FolderOption,
    LanguageOption,
    PlainOption,
    SheetFormat,
    WrongUseError,
    app,
    complete_people,
    engine_or_reference,
    errors_for_people,
    errors_of_writing,
    write_out,
)
from painrules.commands.person import person_named, saved_answers
from painrules.engines import EngineName

if TYPE_CHECKING:
    from painrules.answers import Answers
    from painrules.commands.page import PersonsPage
    from painrules.knowledge import KnowledgeBase
    from painrules.surfaces.dialogue import Asker


@app.command()
def explore(
    answers: Annotated[
        str | None,
        typer.Option(
            help="Read the answers from this file ('-': standard input), or of a teaching case, instead of asking.",
            autocompletion=complete_people,
        ),
    ] = None,
    resume: Annotated[
        Path | None, typer.Option(help="Go on with an interview from saved answers, and keep them there.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option(help="Keep the answers in this file as they are given, readable only by you.")
    ] = None,
    other: Annotated[
        list[str] | None,
        typer.Option("--what-if", help="Show what another answer would change, such as kidney_disease=severe."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every option with all reasons and sources.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: Annotated[
        SheetFormat,
        typer.Option("--format", help="text; json for programs; markdown, html or pdf: the page to take along."),
    ] = "text",
    with_diary: Annotated[
        bool, typer.Option("--diary", help="Put the last weeks of your diary on the page ('painrules diary').")
    ] = False,
    diary_file: Annotated[
        Path | None,
        typer.Option(envvar=DIARY_PLACE, help="With --diary: its file, instead of one in your data folder."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Answer some questions and see options to discuss with a pain specialist.

    Example: painrules explore --answers answers.yaml --what-if kidney_disease=severe
    """
    from painrules.answers import Answers
    from painrules.commands.page import PersonsPage
    from painrules.evidence import statements
    from painrules.loading import load_knowledge

    with errors_for_people():
        if format_ == "pdf":
            check_pdf_is_possible(output)
        if answers is not None and resume:
            raise WrongUseError("Use --answers or --resume, not both.")
        if other and answers is None:
            raise WrongUseError("--what-if needs --answers FILE.")
        if other and (output or format_ not in ("text", "json")):
            raise WrongUseError("--what-if is shown as text or json: leave out --output.")
        if with_diary and (other or format_ == "json"):
            raise WrongUseError("--diary belongs on a page: use it without --what-if, and not with --format json.")
        diary = None
        if with_diary:
            from painrules.commands.diary import open_diary

            diary = open_diary(diary_file)
        knowledge = load_knowledge(content, language=language)
        page = PersonsPage(knowledge, engine_or_reference(engine), everything, plain, diary)
        if answers is not None:
            person = person_named(answers, knowledge, content).answers
            # To build durable-rules with every rule takes longer than all the rest.
            page = replace(page, knowledge=knowledge.about(statements(knowledge, person.conditions)))
            if save:
                with errors_of_writing(save):
                    page.save(person, save, new=False)
        else:
            person = ask_person(page, saved_answers(resume, knowledge) if resume else Answers(), save or resume)
        if other:
            from painrules.answers import read_changes
            from painrules.what_if import with_changes

            page.what_if(person, with_changes(person, read_changes(other, "--what-if", knowledge)), format_)
            return
        if output:
            write_out(page.as_bytes(person, format_), output)
        else:
            page.show_as(person, format_)
        if answers is None:
            from painrules.surfaces.dialogue import afterwards

            afterwards(knowledge, person, asker_for(knowledge, plain), page, save or resume)


def check_pdf_is_possible(output: Path | None) -> None:
    """Say before the first question, not after the last, what would keep the page from being written."""
    from painrules.surfaces import pdf

    if output is None and sys.stdout.isatty():
        raise WrongUseError("A PDF is no text for a terminal. Name a file for it: --output page.pdf.")
    try:
        pdf.needed()
    except pdf.PdfMissingError as error:
        raise WrongUseError(str(error)) from None


def asker_for(knowledge: KnowledgeBase, plain: bool) -> Asker:
    """Lists to move through where the terminal can show them, else plain prompts."""
    if not plain and sys.stdin.isatty() and sys.stdout.isatty() and can_move_cursor(os.environ.get("TERM", "")):
        from painrules.surfaces.picked import Picked

        return Picked(knowledge)
    from painrules.surfaces.typed import Typed

    return Typed(knowledge)


def can_move_cursor(term: str) -> bool:
    """Whether a kind of terminal understands the usual codes that move the cursor up and erase below it."""
    try:
        import curses
    except ImportError:  # as on Windows
        return False
    try:
        curses.setupterm(term or "dumb", 1)
    except curses.error:  # not in this computer's list of terminals
        return term.startswith("xterm")
    return all((curses.tigetstr(name) or b"").startswith(b"\x1b[") for name in ("cuu", "ed"))


def ask_person(page: PersonsPage, so_far: Answers, kept: Path | None) -> Answers:
    """The answers of an interview, each kept at once where the person named a file."""
    from painrules.reading import one_line
    from painrules.surfaces.dialogue import StoppedError, interview, keep_somewhere

    if not sys.stdin.isatty():
        raise WrongUseError("There is no terminal to ask at. Use --answers FILE, or --answers - for standard input.")
    knowledge, asker = page.knowledge, asker_for(page.knowledge, page.plain)

    def keep(answers: Answers) -> None:
        if kept and answers.conditions:
            with errors_of_writing(kept):
                page.save(answers, kept, new=False)

    try:
        return interview(knowledge, so_far, asker, keep)
    except StoppedError as stopped:
        asker.say("")
        if kept:
            asker.say(knowledge.wording["interview.saved"].format(file=one_line(str(kept))))
        elif stopped.answers != so_far:
            keep_somewhere(knowledge, stopped.answers, asker, page)
        raise typer.Exit(0) from None
