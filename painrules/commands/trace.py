"""`painrules trace` and `painrules explain`: how the engine got to each status, and what a rule says."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from painrules.commands.app import (
    FolderOption,
    FormatOption,
    LanguageOption,
    PlainOption,
    WrongUseError,
    app,
    draw,
    engine_or_reference,
    errors_for_people,
    json_text,
    known,
    print_json,
    read,
    write_out,
)
from painrules.commands.person import PersonArgument, person_named
from painrules.engines import EngineName

if TYPE_CHECKING:
    from painrules.knowledge import KnowledgeBase
    from painrules.trace import Trace

TraceFormat = Literal["text", "json", "svg", "html"]
STOP = ("q", "Q", "\x03", "\x04")


@app.command()
def trace(
    person: PersonArgument,
    option: Annotated[
        list[str] | None, typer.Option(help="Only this treatment, with all its rules; may be given again.")
    ] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Also the urgent signs that nobody asked about.")] = False,
    step: Annotated[bool, typer.Option("--step", help="Step by step; at a terminal Enter goes on, q stops.")] = False,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: Annotated[
        TraceFormat,
        typer.Option("--format", help="text; json for programs; svg: a picture; html: a page with pictures."),
    ] = "text",
    output: Annotated[
        Path | None, typer.Option(help="Write json, svg or html to this file, readable only by you.")
    ] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show how the rules got to each status: from answers over findings and rules, as a tree or a picture.

    Example: painrules trace back_pain_and_kidneys --option oral_nsaids
    """
    from painrules.evidence import statements
    from painrules.loading import load_knowledge
    from painrules.trace import trace as traced

    with errors_for_people():
        if format_ == "text" and output:
            raise WrongUseError("--output FILE needs --format json, svg or html.")
        if format_ != "text" and step:
            raise WrongUseError("--step goes with text only.")
        knowledge = load_knowledge(content, language=language)
        name, answers, _ = person_named(person, knowledge, content)
        knowledge = knowledge.about(statements(knowledge, answers.conditions))
        whole = traced(knowledge, answers, engine_or_reference(engine), possible_signs=urgent)
        part = whole.only(_wanted(knowledge, whole, option, name))
        if step:
            _step_by_step(knowledge, part, plain, all_rules=bool(option))
        elif format_ == "text":
            from painrules.surfaces.trace_page import trace_page

            draw(knowledge, trace_page(knowledge, name, part, all_rules=bool(option)), plain)
        else:
            write_out(_written(knowledge, name, part, format_, all_rules=bool(option)), output)


def _wanted(knowledge: KnowledgeBase, whole: Trace, options: list[str] | None, name: str) -> list[str]:
    """The options to show: those named, or those that something was found about."""
    if not options:
        return [option.id for option in whole.options if option.status != "option"]
    there = {option.id for option in whole.options}
    for id in options:
        if known(id, knowledge.modalities, "treatment") not in there:
            raise WrongUseError(f"{id} is not among the options of this person ({name}).")
    return options


def _written(knowledge: KnowledgeBase, name: str, part: Trace, format_: TraceFormat, *, all_rules: bool) -> str:
    if format_ == "json":
        return f"{json_text(part.as_plain())}\n"
    from painrules.surfaces.files import blocks_file
    from painrules.surfaces.trace_page import trace_page, trace_picture

    if format_ == "svg":
        return trace_picture(knowledge, name, part, all_rules=all_rules)
    return blocks_file(knowledge, list(trace_page(knowledge, name, part, all_rules=all_rules)), "html").decode()


def _step_by_step(knowledge: KnowledgeBase, part: Trace, plain: bool, *, all_rules: bool) -> None:
    """Print each step; at a terminal wait for a key before the next."""
    from painrules.surfaces.terminal import surface
    from painrules.surfaces.trace_steps import step_page, steps

    drawn, all_steps = surface(plain=plain), steps(knowledge, part, all_rules=all_rules)
    waits = sys.stdin.isatty() and sys.stdout.isatty()
    for number, one in enumerate(all_steps, 1):
        drawn.page(step_page(knowledge, one, number, len(all_steps)))
        if waits and number < len(all_steps):
            typer.echo(f"\n{knowledge.wording['trace.go_on']}")
            try:
                if typer.getchar() in STOP:
                    return
            except (EOFError, KeyboardInterrupt):
                return


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(help="A rule by its id, as 'painrules trace' and 'explore --all' show it.")],
    language: LanguageOption = "en",
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Read one rule as a plain sentence, with its reason, its sources and what it applies to.

    Example: painrules explain nsaid-kidney-severe
    """
    from painrules.loading import load_knowledge
    from painrules.surfaces.rule_sentence import findings_of, rule_page, rule_sentence, targets

    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        found = knowledge.rules[known(rule, knowledge.rules, "rule")]
        if format_ == "text":
            read(knowledge, rule_page(knowledge, found), plain)
            return
        from painrules.entries import as_mapping

        print_json(
            {
                "id": found.id,
                "sentence": rule_sentence(knowledge, found),
                "effect": found.effect,
                "applies_to": targets(knowledge, found),
                "options": sorted(found.modalities),
                "findings": {one.id: rule_sentence(knowledge, one) for one in findings_of(knowledge, found)},
                "file": knowledge.files.get(found.id, ""),
                "as_written": as_mapping(found.entry),
            }
        )
