"""`painrules cohort` and `painrules people`: a whole table of people through the rules, and made-up people for it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from painrules.alternatives import STATUSES
from painrules.commands.app import (
    FolderOption,
    PlainOption,
    WrongUseError,
    app,
    day_or_today,
    errors_for_people,
    known,
    write_out,
)
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import escaped, visible

if TYPE_CHECKING:
    from painrules.cohort.columns import Tally
    from painrules.cohort.records import Left
    from painrules.cohort.summary import Summary

MISSING = "This needs more than is installed. Install it with: pip install 'painrules[{extra}]'"
MOST_SHOWN = 10


@app.command()
def cohort(
    table: Annotated[Path, typer.Argument(help="A Parquet or CSV file with one person in each row.")],
    columns: Annotated[
        Path | None,
        typer.Option(help="A column map: what the columns mean. Without it they are named as in answers files."),
    ] = None,
    option: Annotated[list[str] | None, typer.Option(help="Only this treatment; may be given again.")] = None,
    reasons: Annotated[bool, typer.Option("--reasons", help="Also write the rules behind each status.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Write a row for each person to this Parquet or CSV file, readable only by you.")
    ] = None,
    condition: Annotated[str | None, typer.Option(help="Show the options of this condition one by one.")] = None,
    hide_below: Annotated[int, typer.Option(min=0, help="Hide counts of fewer people than this.")] = 10,
    report: Annotated[
        Path | None, typer.Option(help="Write every value that was not understood to this CSV file.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Write nothing if a value was not understood.")] = False,
    engine: Annotated[
        Literal["polars", "spark"], typer.Option(help="spark: on the workers of a Spark cluster.")
    ] = "polars",
    format_: Annotated[
        Literal["text", "json", "csv", "svg"],
        typer.Option("--format", help="How to show the summary; svg: as a picture."),
    ] = "text",
    summary_file: Annotated[
        Path | None,
        typer.Option("--summary", help="Write a json, csv or svg summary to this file, readable only by you."),
    ] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Run a whole table of people through the rules: statuses and reasons out, and a summary without small counts.

    Example: painrules cohort people.csv --option oral_nsaids --reasons --output statuses.csv
    """
    with errors_for_people():
        _needs_columns()
        if summary_file is not None and format_ == "text":
            raise WrongUseError("--summary FILE needs --format json, csv or svg.")
        from painrules.cohort.streaming import header_of, job_for, run_files
        from painrules.cohort.summary import summarise

        knowledge = load_knowledge(content)
        wanted = tuple(known(id, knowledge.modalities, "treatment") for id in option or ())
        if condition is not None:
            known(condition, knowledge.conditions, "condition")
        job = job_for(
            knowledge, header_of(table), str(table), columns, wanted, reasons=reasons, with_table=output is not None
        )
        if engine == "spark":
            _needs("pyspark", "spark")
            from painrules.cohort.spark import run_on_spark

            done = run_on_spark(job, table, output, strict)
        else:
            done = run_files(job, table, output, strict)
        if report is not None:
            write_out(_report(done.tally), report)
        _warn(job.columns.unused, done.tally, report)
        summary = summarise(done.counts, hide_below)
        if format_ == "text":
            from painrules.surfaces.cohort_page import show_summary

            show_summary(knowledge, summary, condition, plain)
            return
        shown = _as_file(knowledge, summary, condition, format_)
        write_out(shown, summary_file)


@app.command()
def people(
    number: Annotated[int, typer.Option("--n", min=1, help="How many to make up.")] = 1000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    synthea: Annotated[
        Path | None, typer.Option(help="Instead read this folder of CSV files written by Synthea.")
    ] = None,
    fhir: Annotated[
        Path | None, typer.Option(help="Instead read this folder of a FHIR R4 bulk export (NDJSON).")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Records: the day on which to look, such as 2024-01-31; else today.")
    ] = None,
    complete: Annotated[
        list[str] | None,
        typer.Option(help="Records: a question for which a missing code means 'no', such as medicines_taken."),
    ] = None,
    output: Annotated[Path, typer.Option(help="The Parquet or CSV file to write.")] = Path("people.parquet"),
    report: Annotated[
        Path | None, typer.Option(help="Records: write every code that means nothing here to this CSV file.")
    ] = None,
    content: FolderOption = None,
) -> None:
    """Make a table of people for `painrules cohort`: made up, or from health records.

    Example: painrules people --n 1000 --seed 1 --output people.parquet
    """
    with errors_for_people():
        _needs_columns()
        from painrules.cohort.streaming import write

        knowledge = load_knowledge(content)
        if synthea and fhir:
            raise WrongUseError("Use --synthea or --fhir, not both.")
        if synthea is None and fhir is None:
            from painrules.cohort.people import People

            write(People(knowledge, seed).tables(number), output)
            typer.echo(f"{output}: {number:,} made-up people.")
            return
        from painrules.cohort.records import Left, people_from
        from painrules.cohort.records import fhir as fhir_files
        from painrules.cohort.records import synthea as synthea_files

        for question in complete or ():
            known(question, knowledge.questions, "question")
        day = day_or_today(as_of)
        left = Left()
        records = synthea_files.records(synthea) if synthea else fhir_files.records(fhir or Path())
        table = people_from(knowledge, records, day, complete or (), left)
        write(iter([table]), output)
        if report is not None:
            write_out(_codes(left), report)
        worst = [
            f"{kind} {code} {text}: {n:,} times" for (kind, _, code, text), n in left.codes.most_common(MOST_SHOWN)
        ]
        if worst:
            typer.echo(f"Codes that mean nothing here, {sum(left.codes.values()):,} times in all:", err=True)
            typer.echo("".join(f"  {visible(line)}\n" for line in worst), err=True, nl=False)
        typer.echo(f"{output}: {table.height:,} people as of {day}; {left.dead:,} who had died were left out.")


def _codes(left: Left) -> str:
    return _as_csv(
        ["kind", "system", "code", "name", "people"], ([*event, count] for event, count in left.codes.most_common())
    )


def _as_csv(head: list[str], rows: Iterable[list[object]]) -> str:
    """Rows as CSV in which no text of someone else's files becomes a formula of a spreadsheet or drives a terminal."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_cell(value) if isinstance(value, str) else value for value in row] for row in rows)
    return text.getvalue()


def _cell(value: str) -> str:
    shown = visible(value)
    return f"'{shown}" if shown.startswith(("=", "+", "-", "@", "\t")) else shown


def _needs(module: str, extra: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise WrongUseError(MISSING.format(extra=extra))


def _needs_columns() -> None:
    for module in ("polars", "numpy", "nanoarrow"):
        _needs(module, "cohort")


def _report(tally: Tally) -> str:
    return _as_csv(
        ["column", "value", "problem", "people", "first_lines"],
        (
            [trouble.column, trouble.value, trouble.message, count, " ".join(map(str, rows))]
            for trouble, (count, rows) in sorted(tally.found.items())
        ),
    )


def _warn(unused: tuple[str, ...], tally: Tally, report: Path | None) -> None:
    if unused:
        more = f" and {len(unused) - MOST_SHOWN:,} more" if len(unused) > MOST_SHOWN else ""
        typer.echo(f"Columns that answer no question: {', '.join(unused[:MOST_SHOWN])}{more}.", err=True)
    worst = sorted(tally.found.items(), key=lambda pair: (-pair[1][0], pair[0]))
    for trouble, (count, rows) in worst[:MOST_SHOWN]:
        lines = ", ".join(f"{row:,}" for row in rows)
        typer.echo(
            f"{trouble.column}: {trouble.value} {trouble.message}: {count:,} times, first in line {lines}.", err=True
        )
    if worst:
        more = f"{len(worst) - MOST_SHOWN:,} more kinds of problem are not shown. " if len(worst) > MOST_SHOWN else ""
        where = f"All are in {report}." if report else "--report FILE writes all of them."
        typer.echo(f"{more}These answers count as unknown. {where}", err=True)


def _as_file(knowledge: KnowledgeBase, summary: Summary, condition: str | None, format_: str) -> str:
    if format_ == "json":
        return f"{escaped(json.dumps(summary.as_plain(), ensure_ascii=False, indent=2))}\n"
    if format_ == "svg":
        from painrules.surfaces.cohort_chart import chart

        return chart(knowledge, summary, condition)
    text = io.StringIO()
    writer = csv.DictWriter(text, ["condition", "treatment", "people", *STATUSES])
    writer.writeheader()
    writer.writerows(row.as_plain() for row in summary.rows)
    return text.getvalue()
