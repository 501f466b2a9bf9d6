"""`painrules diary`: record pain day by day in a file that the person owns, and look back."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from painrules.commands.app import (
    DIARY_PLACE,
    FolderOption,
    FormatOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    errors_for_people,
    errors_of_writing,
    print_json,
    print_table,
    read,
)
from painrules.diary import (
    DAILY,
    FIELDS,
    HIGHEST,
    Day,
    Diary,
    Span,
    date_from,
    months,
    peg_is_due,
    read_diary,
    record,
    weeks,
)
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.private_file import data_folder
from painrules.reading import visible
from painrules.surfaces.diary_page import By

diary = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Record pain, headache and the PEG scale day by day, in a file that only you can read; and look back.\n\n"
    "Example: painrules diary add --pain 6 --headache",
)
app.add_typer(diary, name="diary")

FileOption = Annotated[
    Path | None,
    typer.Option("--file", envvar=DIARY_PLACE, help="The diary's file, instead of one in your data folder."),
]


def _number(words: str) -> Any:
    return typer.Option(min=0, max=HIGHEST, help=f"{words} 0 to {HIGHEST}.")


@diary.command("add")
def add_day(
    pain: Annotated[int | None, _number("Pain on this day,")] = None,
    headache: Annotated[bool | None, typer.Option(help="Whether there was a headache on this day.")] = None,
    week_pain: Annotated[int | None, _number("PEG: pain on average in the past week,")] = None,
    enjoyment: Annotated[int | None, _number("PEG: interference with enjoyment of life, past week,")] = None,
    activity: Annotated[int | None, _number("PEG: interference with general activity, past week,")] = None,
    date: Annotated[str | None, typer.Option(help="Another day than today, such as 2026-11-20.")] = None,
    file: FileOption = None,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Record a day: with options, or by questions that can each be skipped.

    What is recorded for the day already stays, unless it is given anew.

    Example: painrules diary add --pain 6 --no-headache --date 2026-11-20
    """
    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        today = datetime.date.today()
        try:
            new = Day(date_from(date, today) if date else today, pain, headache, week_pain, enjoyment, activity)
        except ValueError as error:
            raise WrongUseError(f"--date: {error}") from None
        path = file or _usual_place()
        if not new.known:
            new = _ask(knowledge, _existing(path, today), new, today)
        if not new.known:
            typer.echo(knowledge.wording["diary.nothing"])
            return
        with errors_of_writing(path):
            if file is None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            before = record(path, new, today)
        _say_what_was_done(knowledge, before, new, path)


@diary.command("list")
def list_days(
    file: FileOption = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """List the days, with columns of your own.

    Example: painrules diary list --format json
    """
    from painrules.surfaces.diary_page import cell

    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        found = open_diary(file)
        fields = (*FIELDS, "peg")
        own = {str(n): found.columns[n] for n in sorted({n for day in found.days for n, _ in day.own})}
        rows: list[dict[str, Any]] = []
        for day in found.days:
            kept = {str(n): text for n, text in day.own}
            values = {field: getattr(day, field) for field in fields}
            if format_ == "json":
                others = {column: kept.get(n, "") for n, column in own.items()}
                rows.append({"date": str(day.date), **values, "own": others})
            else:
                shown = {field: cell(knowledge, value) for field, value in values.items()}
                rows.append({"date": str(day.date), **shown, **{n: kept.get(n, "") for n in own}})
        headings = {field: knowledge.wording[f"diary.field.{field}"] for field in ("date", *fields)}
        used = {field: heading for field, heading in headings.items() if any(row[field] for row in rows)}
        print_table(format_, plain, rows, {**used, **own})


@diary.command()
def plot(
    by: Annotated[By, typer.Option(help="What a row of the chart stands for.")] = "week",
    most: Annotated[int, typer.Option("--last", min=1, max=1000, help="At most so many weeks or months.")] = 12,
    file: FileOption = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Show the diary as a chart, and the last four weeks beside the four before.

    Example: painrules diary plot --by month
    """
    from painrules.surfaces.diary_page import diary_page

    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        found = open_diary(file)
        if format_ == "json":
            print_json([_as_plain(one) for one in (weeks if by == "week" else months)(found, most)])
        else:
            read(knowledge, diary_page(knowledge, found, by, most), plain)


def _as_plain(one: Span) -> Mapping[str, object]:
    return {
        "first": str(one.first),
        "last": str(one.last),
        "days": one.length,
        "recorded": len(one.recorded),
        "pain": one.pain,
        "peg": one.peg,
        "headache_days": one.headache_days,
        "headache_known": one.headache_known,
    }


# --- where it is -----------------------------------------------------------------------------------------------------


def _usual_place() -> Path:
    return data_folder() / "diary.csv"


def open_diary(file: Path | None) -> Diary:
    """The diary, with at least one day that says something. Raises WrongUseError, ContentError."""
    path = file or _usual_place()
    found = _existing(path, datetime.date.today())
    if not found.recorded:
        raise WrongUseError(f"There is no day in the diary {path} yet. 'painrules diary add' starts one.")
    return found


def _existing(path: Path, today: datetime.date) -> Diary:
    try:
        return read_diary(path, today)
    except FileNotFoundError:
        return Diary()
    except OSError as error:
        raise WrongUseError(f"{path} cannot be read: {error.strerror or error}.") from None


# --- asking and telling ----------------------------------------------------------------------------------------------


def _ask(knowledge: KnowledgeBase, found: Diary, day: Day, today: datetime.date) -> Day:
    """The day with what the person answers; without any when they stop.

    The PEG scale is about the past week: it is asked once a week, and not for a day long ago.
    """
    from painrules.surfaces.diary_questions import ask_for_day

    if not sys.stdin.isatty():
        raise WrongUseError("There is no terminal to ask at. Say what to record, such as --pain 6 --headache.")
    week = day.date >= today - datetime.timedelta(1) and peg_is_due(found, day.date)
    return ask_for_day(knowledge, day, found.on(day.date), FIELDS if week else DAILY)


def _say_what_was_done(knowledge: KnowledgeBase, before: Day, new: Day, path: Path) -> None:
    from painrules.surfaces.diary_page import said

    words = knowledge.wording
    replaced = {field: value for field, value in before.known.items() if new.known.get(field, value) != value}
    kept = {field: value for field, value in before.known.items() if field not in new.known}
    typer.echo(words["diary.recorded"].format(date=new.date, said=said(knowledge, new.known)))
    if replaced:
        typer.echo(words["diary.replaced"].format(said=said(knowledge, replaced)))
    if kept:
        typer.echo(words["diary.kept"].format(said=said(knowledge, kept)))
    typer.echo(words["diary.file"].format(file=visible(str(path.absolute()))))
