"""`painrules compare`: treatments side by side, or two people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from painrules.commands.app import (
    FolderOption,
    LanguageOption,
    PageFormat,
    PlainOption,
    WrongUseError,
    app,
    best_match,
    complete_people,
    complete_treatments_and_people,
    engine_or_reference,
    errors_for_people,
    hand_out,
)
from painrules.commands.person import is_a_file, is_written_as_file, person_named
from painrules.comparing import FEWEST, MOST, compare_treatments
from painrules.engines import EngineName
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.medicines import find_treatments
from painrules.reading import did_you_mean, one_line

if TYPE_CHECKING:
    from painrules.two_people import TwoPeople

PEOPLE = 2


@app.command()
def compare(
    options: Annotated[
        list[str],
        typer.Argument(
            help="Two to four treatments (ids, or words in quotes), or two people (cases or answers files).",
            autocompletion=complete_treatments_and_people,
        ),
    ],
    answers: Annotated[
        str | None,
        typer.Option(
            help="Treatments for this person: an answers file ('-': standard input) or a teaching case.",
            autocompletion=complete_people,
        ),
    ] = None,
    engine: Annotated[EngineName, typer.Option(help="What applies the rules; both give the same.")] = "durable",
    language: LanguageOption = "en",
    format_: Annotated[
        PageFormat, typer.Option("--format", help="text for people, a page, or json for programs.")
    ] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Compare two to four treatments side by side, or two people: what differs, and which answer makes it so.

    Example: painrules compare acupuncture "tens machine" --answers answers.yaml
    """
    with errors_for_people():
        knowledge = load_knowledge(content, language=language)
        if _are_people(knowledge, options, content):
            if answers is not None:
                raise WrongUseError("Two people bring answers of their own: leave out --answers.")
            from painrules.surfaces.two_people_page import two_people_page

            people = _two_people(knowledge, options, engine_or_reference(engine), content)
            hand_out(knowledge, people.as_plain, two_people_page(knowledge, people), format_, output, plain)
            return
        from painrules.surfaces.comparison import comparison_page

        ids = _treatments(knowledge, options)
        person = None if answers is None else person_named(answers, knowledge, content).answers
        treatments = compare_treatments(knowledge, ids, person, engine_or_reference(engine) if person else engine)
        hand_out(knowledge, treatments.as_plain, comparison_page(knowledge, treatments), format_, output, plain)


def _are_people(knowledge: KnowledgeBase, words: Sequence[str], content: Path | None) -> bool:
    """Whether all words name people. Raises WrongUseError where only some do, or where one may mean either."""
    from painrules.teaching import case_files

    cases = case_files(content=content)
    people = [
        word
        for word in words
        if word in cases or is_written_as_file(word) or (is_a_file(word) and word not in knowledge.modalities)
    ]
    for word in people:
        if word in knowledge.modalities:
            raise WrongUseError(
                f"{one_line(word)!r} is a case and a treatment. Give the file of the case another name."
            )
    if not people:
        return False
    if others := [word for word in words if word not in people]:
        raise WrongUseError(
            f"{one_line(people[0])!r} is a person and {one_line(others[0])!r} is not. "
            f"Name two people, or treatments with --answers FILE. {did_you_mean(others[0], cases)}".rstrip()
        )
    return True


def _two_people(knowledge: KnowledgeBase, words: Sequence[str], engine: EngineName, content: Path | None) -> TwoPeople:
    from painrules.two_people import two_people

    if len(words) != PEOPLE or len(set(words)) != PEOPLE:
        raise WrongUseError("Name two people, each a case or an answers file, and not the same twice.")
    first, second = (person_named(word, knowledge, content) for word in words)
    return two_people(knowledge, first[:2], second[:2], engine)


def _treatments(knowledge: KnowledgeBase, words: Sequence[str]) -> list[str]:
    if not FEWEST <= len(words) <= MOST:
        raise WrongUseError(f"Name {FEWEST} to {MOST} treatments; words of one treatment go in quotes.")
    ids = [best_match(knowledge, one, find_treatments(knowledge, one), "compare", "modalities").id for one in words]
    if len(set(ids)) < len(ids):
        raise WrongUseError(f"The same treatment was named twice: {', '.join(ids)}.")
    return ids
