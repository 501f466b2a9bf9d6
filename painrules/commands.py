"""The command line: read input, call one function, hand the value to one surface."""

from __future__ import annotations

import gc
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from painrules import __version__
from painrules.answers import Answers, as_plain, read_answers
from painrules.engines import EngineMissingError, EngineName, engine_named
from painrules.entries import Source
from painrules.evidence import Statement, statements
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import MAXIMUM_BYTES, ContentError, Problem, did_you_mean, visible
from painrules.sheet import explore as make_sheet

FOUND, WRONG_USE = 1, 2

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Options to discuss with a pain specialist: educational, not prescriptive.",
)

FormatOption = Annotated[Literal["text", "json"], typer.Option("--format", help="text for people, json for programs.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="Plain lines, for screen readers and files.")]
FolderOption = Annotated[
    Path | None, typer.Option("--content", help="A folder with knowledge/ and rules/ instead of the bundled one.")
]
Format = Literal["text", "json"]


class WrongUseError(Exception):
    """Something the person gave cannot be used; the text says what would be right."""


@contextmanager
def _errors_for_people() -> Iterator[None]:
    try:
        yield
    except ContentError as error:
        for problem in error.problems:
            typer.echo(str(problem), err=True)
        count = len(error.problems)
        typer.echo(f"{count} problem{'s' if count > 1 else ''}; nothing was done.", err=True)
        raise typer.Exit(WRONG_USE) from None
    except (WrongUseError, EngineMissingError) as error:
        typer.echo(visible(str(error)), err=True)
        raise typer.Exit(WRONG_USE) from None


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, indent=2, ensure_ascii=False, default=list))


def _table(format_: Format, plain: bool, rows: list[dict[str, Any]], columns: dict[str, str]) -> None:
    """Print rows: all their fields as JSON, or the given columns (field to heading) as a table."""
    if format_ == "json":
        _print_json(rows)
        return
    from painrules.surfaces.terminal import surface

    cells = [[_cell(row[field]) for field in columns] for row in rows]
    surface(plain=plain).table(list(columns.values()), cells)


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _known(word: str, valid: Iterable[str], what: str) -> str:
    if word not in valid:
        raise WrongUseError(f"{word!r} is not a {what}. {did_you_mean(word, valid)}".strip())
    return word


# --- explore -------------------------------------------------------------------------------------------------------


@app.command()
def explore(
    answers: Annotated[
        Path | None, typer.Option(help="Read the answers from this file ('-': standard input) instead of asking.")
    ] = None,
    resume: Annotated[Path | None, typer.Option(help="Go on with an interview from saved answers.")] = None,
    save: Annotated[Path | None, typer.Option(help="Save the answers in this file, readable only by you.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every option with all reasons and sources.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Answer some questions and see options to discuss with a pain specialist.

    Example: painrules explore --answers answers.yaml
    """
    with _errors_for_people():
        if answers and resume:
            raise WrongUseError("Use --answers or --resume, not both.")
        knowledge = load_knowledge(content)
        engine = _engine_or_reference(engine)
        if answers:
            person = _read_answers(answers, knowledge)
        else:
            person = _ask(knowledge, _read_answers(resume, knowledge) if resume else Answers(), save)
        sheet = make_sheet(knowledge, person, engine)
        if save:
            _save(save, person)
        if format_ == "json":
            _print_json(sheet.as_plain())
        else:
            from painrules.surfaces.sheet_page import page
            from painrules.surfaces.terminal import surface

            surface(plain=plain).page(page(knowledge, sheet, everything=everything))
        if not answers and not save:
            from painrules.surfaces.dialogue import offer_to_save

            offer_to_save(person, _save_new)


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
            typer.echo(f"Saved in {visible(str(save))}.")
        elif stopped.answers != so_far:
            offer_to_save(stopped.answers, _save_new)
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


# --- looking things up ---------------------------------------------------------------------------------------------


@app.command()
def conditions(format_: FormatOption = "text", plain: PlainOption = False, content: FolderOption = None) -> None:
    """List the kinds of pain, with other names people use.

    Example: painrules conditions --format json
    """
    with _errors_for_people():
        knowledge = load_knowledge(content)
        rows = []
        for condition in knowledge.conditions.values():
            depth = len(list(knowledge.ancestors(condition.id)))
            rows.append(
                {
                    "id": condition.id,
                    "parent": condition.parent,
                    "name": condition.name,
                    "shown": "  " * depth + condition.name,
                    "also_called": condition.also_called,
                    "icd11": condition.icd11,
                    "options": len(statements(knowledge, [condition.id])),
                }
            )
        columns = {"shown": "kind of pain", "id": "id", "options": "options"}
        if format_ == "json":
            rows = [{key: value for key, value in row.items() if key != "shown"} for row in rows]
        _table(format_, plain, rows, columns)


@app.command()
def modalities(
    category: Annotated[str | None, typer.Option(help="Only this category, such as medication.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List the treatments, by category and class.

    Example: painrules modalities --category psychological
    """
    with _errors_for_people():
        knowledge = load_knowledge(content)
        if category is not None:
            _known(category, knowledge.categories, "category")
        rows = [
            {
                "id": modality.id,
                "name": modality.name,
                "class": modality.class_,
                "category": knowledge.category_of(modality.id),
                "also_called": modality.also_called,
                "medicines": [medicine.id for medicine in modality.medicines],
                "rules": len(knowledge.rules_of_modality.get(modality.id, ())),
                "explanations": {
                    aspect: [text.text for text in texts]
                    for aspect, texts in knowledge.explanations_of.get(modality.id, {}).items()
                },
            }
            for modality in knowledge.modalities.values()
            if category in (None, knowledge.category_of(modality.id))
        ]
        _table(format_, plain, rows, {"name": "treatment", "id": "id", "class": "class", "rules": "rules"})


@app.command()
def evidence(
    modality: Annotated[str, typer.Argument(help="A treatment, such as acupuncture ('painrules modalities').")],
    condition: Annotated[str | None, typer.Option(help="Only for this kind of pain.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show who says what of a treatment.

    Example: painrules evidence acupuncture --condition low_back_pain_chronic
    """
    with _errors_for_people():
        knowledge = load_knowledge(content)
        _known(modality, knowledge.modalities, "treatment")
        found: Iterable[Statement] | None = None
        if condition is not None:
            _known(condition, knowledge.conditions, "kind of pain")
            found = statements(knowledge, [condition]).get(modality, ())
        entries = (
            [r for r in knowledge.recommendations if r.modality == modality]
            if found is None
            else [statement.recommendation for statement in found]
        )
        rows = []
        for entry in entries:
            source = knowledge.sources[entry.source]
            rows.append(
                {
                    "condition": entry.condition,
                    "direction": entry.direction,
                    "strength": entry.strength,
                    "certainty": entry.certainty,
                    "role": entry.role,
                    "purpose": entry.purpose,
                    "limits": entry.limits,
                    "source": entry.source,
                    "body": source.body,
                    "year": source.year,
                    "status": source.status,
                    "reported_by": entry.reported_by,
                }
            )
        columns = {"condition": "condition", "direction": "says", "strength": "strength", "source": "source"}
        if not rows and format_ == "text":
            typer.echo("We found no statement of a guideline on this.")
        else:
            _table(format_, plain, rows, {**columns, "limits": "limits"})


@app.command()
def sources(format_: FormatOption = "text", plain: PlainOption = False, content: FolderOption = None) -> None:
    """List every source, with its year and where it can be found.

    Example: painrules sources --format json
    """
    with _errors_for_people():
        knowledge = load_knowledge(content)
        rows = [_source_row(source) for source in knowledge.sources.values()]
        _table(format_, plain, rows, {"id": "id", "body": "body", "year": "year", "title": "title", "status": "status"})


def _source_row(source: Source) -> dict[str, Any]:
    from dataclasses import asdict

    return asdict(source)


@app.command()
def check(format_: FormatOption = "text", plain: PlainOption = False, content: FolderOption = None) -> None:
    """Find every problem and every gap in the content. Exit code 1: gaps; 2: problems.

    Example: painrules check --content my_folder
    """
    from painrules.checking import gaps

    with _errors_for_people():
        knowledge = load_knowledge(content, use_cache=False)
        rows = [{"kind": gap.kind, "id": gap.id, "message": gap.message} for gap in gaps(knowledge)]
        if format_ == "json":
            _print_json(rows)
        else:
            if rows:
                _table(format_, plain, rows, {"kind": "kind", "id": "id", "message": "gap"})
            counts = {
                "conditions": knowledge.conditions,
                "modalities": knowledge.modalities,
                "rules": knowledge.rules,
                "recommendations": knowledge.recommendations,
                "explanations": knowledge.explanations,
                "sources": knowledge.sources,
            }
            typer.echo(", ".join(f"{len(value)} {name}" for name, value in counts.items()) + ".")
            typer.echo(f"{len(rows)} gaps." if rows else "No problem and no gap found.")
        if rows:
            raise typer.Exit(FOUND)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"painrules {__version__}")
        raise typer.Exit


@app.callback()
def _all_commands(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show it.")
    ] = False,
) -> None:
    pass


def main(run: Callable[[], Any] = app) -> None:
    """Run the command line; a closed pipe or Ctrl-C ends it quietly."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    # A command is short and makes tens of thousands of values that all live until its end: nothing to collect before.
    gc.disable()
    try:
        run()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
