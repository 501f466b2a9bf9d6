"""What all commands share: the application, options, errors for people, and output as a table or JSON.

Other modules are imported where they are used: the list of commands needs none of them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

if TYPE_CHECKING:
    from datetime import date

    from painrules.engines import EngineName
    from painrules.knowledge import KnowledgeBase
    from painrules.search import Match
    from painrules.surfaces.blocks import Block

FOUND, WRONG_USE = 1, 2
Format = Literal["text", "json"]
PageFormat = Literal["text", "json", "markdown", "html"]
SheetFormat = Literal["text", "json", "markdown", "html", "pdf"]
DIARY_PLACE = "PAINRULES_DIARY"
"""The variable of the environment that says where the diary is."""

app = typer.Typer(
    add_completion=True,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Options to discuss with a pain specialist: educational, not prescriptive.",
)

FormatOption = Annotated[Format, typer.Option("--format", help="text for people, json for programs.")]
PlainOption = Annotated[bool, typer.Option("--plain", help="Plain lines, for screen readers and files.")]
FolderOption = Annotated[
    Path | None, typer.Option("--content", help="A folder with knowledge/ and rules/ instead of the bundled one.")
]
LanguageOption = Annotated[
    str,
    typer.Option("--language", help="Such as es; what nobody translated stays English."),
]


def complete_treatments(incomplete: str) -> list[str]:
    """Ids of treatments that begin so, for completion in the shell."""
    from painrules.loading import load_knowledge

    return [id for id in load_knowledge().modalities if id.startswith(incomplete)]


def complete_conditions(incomplete: str) -> list[str]:
    """Ids of conditions that begin so, for completion in the shell."""
    from painrules.loading import load_knowledge

    return [id for id in load_knowledge().conditions if id.startswith(incomplete)]


def complete_people(incomplete: str) -> list[str]:
    """Ids of teaching cases that begin so, for completion in the shell; an answers file is named by its path."""
    from painrules.reading import ContentError
    from painrules.teaching import case_files

    with suppress(ContentError):  # a shell that completes has no place for it
        return [id for id in case_files() if id.startswith(incomplete)]
    return []


def complete_treatments_and_people(incomplete: str) -> list[str]:
    """Ids of treatments and of teaching cases, for completion in the shell."""
    return [*complete_treatments(incomplete), *complete_people(incomplete)]


class WrongUseError(Exception):
    """Something the person gave cannot be used; the text says what would be right."""


@contextmanager
def errors_for_people() -> Iterator[None]:
    """Turn what a person can mend into a message on standard error and exit code 2."""
    from painrules.engines import EngineMissingError
    from painrules.reading import ContentError, visible

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


@contextmanager
def errors_of_writing(path: Path) -> Iterator[None]:
    """Say which file could not be written. Raises WrongUseError."""
    from painrules.reading import one_line

    try:
        yield
    except OSError as error:
        raise WrongUseError(f"{one_line(str(path))} cannot be written: {error.strerror or error}.") from None


def write_out(made: str | bytes, output: Path | None) -> None:
    """Print a text or bytes, or write them to a file that only its owner can read. Raises WrongUseError."""
    if output is not None:
        from painrules.private_file import write_private

        with errors_of_writing(output):
            write_private(output, made.encode() if isinstance(made, str) else made)
    elif isinstance(made, str):
        typer.echo(made.rstrip("\n"))
    else:
        sys.stdout.buffer.write(made)
        sys.stdout.buffer.flush()


def print_json(value: object) -> None:
    """Print plain data for programs."""
    typer.echo(json_text(value))


def json_text(value: object) -> str:
    """Plain data for programs."""
    from painrules.reading import escaped

    return escaped(json.dumps(value, indent=2, ensure_ascii=False, default=list))


def print_table(format_: Format, plain: bool, rows: list[dict[str, Any]], columns: Mapping[str, str]) -> None:
    """Print rows: all their fields as JSON, or the given columns (field to heading) as a table."""
    if format_ == "json":
        print_json(rows)
        return
    from painrules.surfaces.terminal import surface

    cells = [[_cell(row[field]) for field in columns] for row in rows]
    surface(plain=plain).table(list(columns.values()), cells)


def _cell(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def known(word: str, valid: Iterable[str], what: str) -> str:
    """The word, if it is a valid one. Raises WrongUseError."""
    from painrules.reading import did_you_mean

    if word not in valid:
        raise WrongUseError(f"{word!r} is not a {what}. {did_you_mean(word, valid)}".strip())
    return word


def day_or_today(text: str | None) -> date:
    """The day that is written; today, if none is. Raises WrongUseError."""
    from datetime import date

    try:
        return date.fromisoformat(text) if text else date.today()
    except ValueError:
        raise WrongUseError(f"{text!r} is not a day. Write it as 2027-01-31.") from None


def bytes_given(path: Path) -> tuple[bytes, str]:
    """What stands in a file, or on standard input for `-`, and what problems call it. Raises ContentError."""
    from painrules.reading import MAXIMUM_BYTES, ContentError, Problem, open_to_read

    if str(path) == "-":
        return sys.stdin.buffer.read(MAXIMUM_BYTES + 1), "standard input"
    try:
        with open_to_read(path) as stream:
            return stream.read(MAXIMUM_BYTES + 1), str(path)
    except OSError as error:
        raise ContentError([Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror or error}.")]) from None


def read(knowledge: KnowledgeBase, blocks: Iterable[Block], plain: bool) -> None:
    """Show a page at the terminal, with medical words explained where they first appear."""
    from painrules.surfaces.blocks import with_words_explained

    draw(knowledge, with_words_explained(knowledge, blocks), plain)


def draw(knowledge: KnowledgeBase, blocks: Iterable[Block], plain: bool) -> None:
    """Show a page at the terminal as it is, but for what every page tells of its language."""
    from painrules.surfaces.blocks import with_language_told
    from painrules.surfaces.terminal import surface

    surface(plain=plain, urgent=knowledge.wording["urgent"]).page(with_language_told(knowledge, blocks))


def hand_out(
    knowledge: KnowledgeBase,
    as_plain: Callable[[], Mapping[str, object]],
    blocks: Iterable[Block],
    format_: PageFormat,
    output: Path | None,
    plain: bool,
) -> None:
    """Show a page at the terminal, or write it or its data. Raises WrongUseError."""
    if format_ == "text":
        if output is not None:
            raise WrongUseError("--output writes json, markdown or html: name one with --format.")
        read(knowledge, blocks, plain)
    elif format_ == "json":
        from painrules.entries import as_mapping
        from painrules.sheet import made_with

        write_out(json_text({"painrules": as_mapping(made_with(knowledge)), **as_plain()}), output)
    else:
        from painrules.surfaces.blocks import with_words_explained
        from painrules.surfaces.files import blocks_file

        page = blocks_file(knowledge, list(with_words_explained(knowledge, blocks)), format_)
        write_out(page.decode(), output)


def engine_or_reference(engine: EngineName) -> EngineName:
    """The engine, or the reference engine with a warning where it cannot be loaded."""
    from painrules.engines import EngineMissingError, engine_named
    from painrules.reading import visible

    try:
        engine_named(engine)
    except EngineMissingError as error:
        typer.echo(f"painrules: {visible(str(error))}; using the reference engine instead.", err=True)
        return "reference"
    return engine


def best_match(knowledge: KnowledgeBase, words: str, found: Iterable[Match], command: str, lists: str) -> Match:
    """What words given to a command stand for. Raises WrongUseError when they mean nothing or several things."""
    from painrules.search import clear_winner

    ranked = sorted(found, key=lambda match: -match.score)
    if winner := clear_winner(ranked):
        return winner
    if not ranked:
        raise WrongUseError(f"Nothing has a name like {words!r}. 'painrules {lists}' list them.")
    names = {
        id: entry.name for section in (knowledge.conditions, knowledge.modalities) for id, entry in section.items()
    }
    lines = (f"  painrules {command} {match.id}  ({names[match.id]})" for match in ranked[:8])
    raise WrongUseError("\n".join((f"{words!r} fits several. Which do you mean?", *lines)))
