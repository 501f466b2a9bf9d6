"""`painrules fhir`: the interview, its answers and the sheet in the forms that health records exchange (FHIR R4)."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import typer

from painrules.commands.app import (
    FOUND,
    FolderOption,
    LanguageOption,
    WrongUseError,
    app,
    bytes_given,
    complete_people,
    engine_or_reference,
    errors_for_people,
    json_text,
    known,
    write_out,
)
from painrules.commands.person import person_named
from painrules.engines import EngineName
from painrules.loading import load_knowledge
from painrules.reading import visible

fhir = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="FHIR R4 for other programs: the interview as a Questionnaire, its responses, and the sheet as a document."
    "\n\nExample: painrules fhir questionnaire --condition gout",
)
app.add_typer(fhir, name="fhir")

OutputOption = Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")]


@fhir.command()
def questionnaire(
    condition: Annotated[
        list[str] | None, typer.Option(help="Only what is asked for this kind of pain; again for more.")
    ] = None,
    output: OutputOption = None,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Export the interview as a Questionnaire, which any FHIR form renderer can show.

    Example: painrules fhir questionnaire --condition gout --output gout.json
    """
    from painrules.fhir.questionnaire import questionnaire_of

    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        for id in condition or ():
            known(id, knowledge.conditions, "kind of pain")
        _give(json_text(questionnaire_of(knowledge, condition or ())), output)


@fhir.command("import")
def import_(
    response: Annotated[Path, typer.Argument(help="A QuestionnaireResponse in JSON; '-': standard input.")],
    output: OutputOption = None,
    content: FolderOption = None,
) -> None:
    """Read the answers of a QuestionnaireResponse into an answers file; whatever is not read is told.

    Example: painrules fhir import response.json --output answers.yaml
    """
    from painrules.fhir.response import read_response
    from painrules.reading_json import read_json
    from painrules.surfaces.files import answers_file

    with errors_for_people():
        knowledge = load_knowledge(content)
        answers, left_out = read_response(read_json(*bytes_given(response), deepest=60), knowledge)
        _give(answers_file(answers).decode().rstrip("\n"), output)
        for left in left_out:
            typer.echo(f"not read: {left}", err=True)
        if left_out:
            count = len(left_out)
            typer.echo(f"{count} thing{'s' if count > 1 else ''} not read; everything else was.", err=True)
            raise typer.Exit(FOUND)


@fhir.command()
def sheet(
    answers: Annotated[
        str,
        typer.Option(help="An answers file ('-': standard input) or a teaching case.", autocompletion=complete_people),
    ],
    output: OutputOption = None,
    made: Annotated[
        str | None, typer.Option("--made", help="When it was made, if not now: 2026-11-26T09:00:00+00:00.")
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Make the sheet of a person as a FHIR document, without anything that says who they are.

    Example: painrules fhir sheet --answers answers.yaml --output sheet.json
    """
    from painrules.fhir.document import document_of
    from painrules.sheet import explore

    with errors_for_people():
        moment = _moment(made)
        knowledge = load_knowledge(content, language=language)
        person = person_named(answers, knowledge, content).answers
        found = explore(knowledge, person, engine_or_reference(engine))
        _give(json_text(document_of(knowledge, person, found, moment)), output)


def _moment(text: str | None) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(text) if text else datetime.datetime.now(datetime.timezone.utc)
    except ValueError:
        raise WrongUseError("--made: write it as 2026-11-26T09:00:00+00:00.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)


def _give(text: str, output: Path | None) -> None:
    write_out(visible(text) if output is None else f"{text}\n", output)
