"""`painrules explore`: an interview or an answers file in, a sheet out."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import Annotated, Literal

import typer

from painrules.answers import Answers, as_plain, read_changes
from painrules.commands.app import (
    FolderOption,
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
from painrules.commands.diary import PLACE, open_diary
from painrules.diary import Diary
from painrules.engines import EngineName
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.private_file import write_private
from painrules.reading import visible
from painrules.sheet import Sheet
from painrules.sheet import explore as make_sheet
from painrules.what_if import what_if, with_changes

SheetFormat = Literal["text", "json", "markdown", "html", "pdf"]


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
    format_: Annotated[
        SheetFormat,
        typer.Option("--format", help="text; json for programs; markdown, html or pdf: the page to take along."),
    ] = "text",
    with_diary: Annotated[
        bool, typer.Option("--diary", help="Put the last weeks of your diary on the page ('painrules diary').")
    ] = False,
    diary_file: Annotated[
        Path | None, typer.Option(envvar=PLACE, help="With --diary: its file, instead of one in your data folder.")
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Answer some questions and see options to discuss with a pain specialist.

    Example: painrules explore --answers answers.yaml --what-if kidney_disease=severe
    """
    with errors_for_people():
        if format_ == "pdf":
            _check_pdf_is_possible(output)
        if answers and resume:
            raise WrongUseError("Use --answers or --resume, not both.")
        if other and not answers:
            raise WrongUseError("--what-if needs --answers FILE.")
        if with_diary and (other or format_ == "json"):
            raise WrongUseError("--diary belongs on a page: use it without --what-if, and not with --format json.")
        diary = open_diary(diary_file) if with_diary else None
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
        if output:
            _write(output, _page_as_bytes(knowledge, person, sheet, diary, format_, everything, plain))
        elif format_ in ("text", "json"):
            _print_sheet(knowledge, sheet, diary, format_, everything, plain)
        else:
            sys.stdout.buffer.write(_page_as_bytes(knowledge, person, sheet, diary, format_, everything, plain))
            sys.stdout.buffer.flush()
        if not answers and not save:
            from painrules.surfaces.dialogue import offer_to_save, try_other_answers

            def show(changed: Answers) -> None:
                _show_what_if(knowledge, person, changed, engine, "text", plain)

            def try_them() -> None:
                try_other_answers(knowledge, person, sheet, show)

            offer_to_save(knowledge, person, _save_new, what_if=try_them)


def _show_what_if(
    knowledge: KnowledgeBase,
    person: Answers,
    changed: Answers,
    engine: EngineName,
    format_: SheetFormat,
    plain: bool,
) -> None:
    if format_ not in ("text", "json"):
        raise WrongUseError("--what-if is shown as text or json.")
    found = what_if(knowledge, person, changed, engine)
    if format_ == "json":
        print_json(found.as_plain())
    else:
        from painrules.surfaces.what_if_page import what_if_page

        read(knowledge, what_if_page(knowledge, found), plain)


def _check_pdf_is_possible(output: Path | None) -> None:
    """Say before the first question, not after the last, what would keep the page from being written."""
    from painrules.surfaces import pdf

    if output is None and sys.stdout.isatty():
        raise WrongUseError("A PDF is no text for a terminal. Name a file for it: --output page.pdf.")
    try:
        pdf.needed()
    except pdf.PdfMissingError as error:
        raise WrongUseError(str(error)) from None


def _print_sheet(
    knowledge: KnowledgeBase,
    sheet: Sheet,
    diary: Diary | None,
    format_: Literal["text", "json"],
    everything: bool,
    plain: bool,
) -> None:
    if format_ == "json":
        print_json(sheet.as_plain())
        return
    from painrules.surfaces.sheet_page import page

    read(knowledge, page(knowledge, sheet, everything=everything, diary=diary), plain)


def _page_as_bytes(
    knowledge: KnowledgeBase,
    person: Answers,
    sheet: Sheet,
    diary: Diary | None,
    format_: SheetFormat,
    everything: bool,
    plain: bool,
) -> bytes:
    """The page to take along, or all of the sheet where everything is wished for."""
    if format_ in ("text", "json"):
        with redirect_stdout(io.StringIO()) as printed:
            _print_sheet(knowledge, sheet, diary, format_, everything, plain)
        return printed.getvalue().encode()
    from painrules.surfaces import html, markdown, pdf
    from painrules.surfaces.blocks import Block, with_words_explained
    from painrules.surfaces.sheet_page import page
    from painrules.surfaces.take_along import take_along

    blocks: list[Block] = (
        list(with_words_explained(knowledge, page(knowledge, sheet, everything=True, diary=diary)))
        if everything
        else take_along(knowledge, person, sheet, diary)
    )
    if format_ == "markdown":
        return markdown.document(blocks).encode()
    written = html.document(blocks, language=knowledge.language, skip_link=knowledge.wording["skip_link"])
    return pdf.document(written) if format_ == "pdf" else written.encode()


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
    write_private(path, _as_file(answers))


def _save(path: Path, answers: Answers) -> None:
    _write(path, _as_file(answers))


def _as_file(answers: Answers) -> bytes:
    import yaml

    text: str = yaml.safe_dump(as_plain(answers), sort_keys=False, allow_unicode=True)
    return text.encode()


def _write(path: Path, data: bytes) -> None:
    try:
        write_private(path, data)
    except OSError as error:
        raise WrongUseError(f"{path} cannot be written: {error.strerror or error}.") from None
