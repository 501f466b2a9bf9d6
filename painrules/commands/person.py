"""Whom a command is about: a teaching case, by its name or its file, or an answers file.

Every command that takes a person reads them here, so that all take the same.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from painrules.commands.app import WrongUseError, bytes_given, complete_people

if TYPE_CHECKING:
    from painrules.answers import Answers
    from painrules.knowledge import KnowledgeBase
    from painrules.reading import Problem
    from painrules.teaching import TeachingCase

ENDINGS = (".yaml", ".yml", ".json")

PersonArgument = Annotated[
    str,
    typer.Argument(
        help="A teaching case by its name or its file, or an answers file ('-': standard input).",
        autocompletion=complete_people,
    ),
]


class Person(NamedTuple):
    """Whom a command is about."""

    title: str
    """What to call them: what the case or the file is called."""
    answers: Answers
    case: TeachingCase | None = None


def person_named(name: str, knowledge: KnowledgeBase, content: Path | None = None) -> Person:
    """A person by the name of a teaching case, its file, or an answers file (`-`: standard input).

    `content` is the folder of the knowledge base; None: the bundled one. Raises ContentError, WrongUseError.
    """
    from painrules.answers import answers_in
    from painrules.reading import one_line, read_bytes, shown
    from painrules.teaching import case_files, case_in, is_case

    if not is_written_as_file(name):
        if not is_a_file(name):
            otherwise = "neither a case nor an answers file, so it cannot be read"
            case = case_named(name, knowledge, otherwise, content=content)
            return Person(case.title, case.person, case)
        if name in case_files(content=content):
            raise WrongUseError(f"{shown(name)} is a case and a file. For the file, write ./{name}.")
    path = Path(name)
    document = read_bytes(*bytes_given(path))
    with _wrong_for(content):
        if is_case(document):
            case = case_in(document, path, knowledge)
            return Person(case.title, case.person, case)
        answers = answers_in(document, knowledge)
    title = ", ".join(knowledge.conditions[id].name for id in answers.conditions) if name == "-" else path.stem
    return Person(one_line(title), answers)


def is_written_as_file(word: str) -> bool:
    """Whether a word can only be the name of a file."""
    return word == "-" or not {"/", os.sep}.isdisjoint(word) or Path(word).suffix.lower() in ENDINGS


def is_a_file(word: str) -> bool:
    """Whether there is something to read by this name."""
    return os.path.lexists(word) and not os.path.isdir(word)  # noqa: PTH112  # Path raises an error for long names


def saved_answers(path: Path, knowledge: KnowledgeBase) -> Answers:
    """The answers of a file that goes on to be written to, so no case. Raises ContentError, WrongUseError."""
    from painrules.answers import answers_in
    from painrules.reading import one_line, read_bytes
    from painrules.teaching import is_case

    document = read_bytes(*bytes_given(path))
    if is_case(document):
        raise WrongUseError(f"{one_line(str(path))} is a teaching case, and saved answers would replace it.")
    return answers_in(document, knowledge)


# --- cases -----------------------------------------------------------------------------------------------------------


def case_named(
    name: str,
    knowledge: KnowledgeBase,
    otherwise: str = "no case",
    folder: Path | None = None,
    content: Path | None = None,
) -> TeachingCase:
    """A teaching case, by its name or its file. Raises ContentError, WrongUseError: it is `otherwise`."""
    from painrules.reading import ContentError, did_you_mean, shown
    from painrules.teaching import case_files, read_teaching_case

    problems: list[Problem] = []
    files = case_files(folder, problems, content)
    own = [problem for problem in problems if Path(problem.file).stem == name]
    if name not in files and own:
        raise ContentError(own)
    for problem in own:
        typer.echo(str(problem), err=True)
    if name not in files and name != "-" and is_written_as_file(name):
        files = {name: Path(name)}
    if name not in files:
        hints = [did_you_mean(name, files), "'painrules cases' lists them."]
        if content and (ours := case_files(folder).get(name)):
            hints = [f"It is a case of the program, not of {content}. To use it there, name its file: {ours}"]
        raise WrongUseError(" ".join((f"{shown(name)} is {otherwise}.", *filter(None, hints))))
    with _wrong_for(content):
        return read_teaching_case(files[name], knowledge)


def all_cases(
    knowledge: KnowledgeBase, folder: Path | None = None, content: Path | None = None
) -> tuple[list[TeachingCase], Sequence[Problem]]:
    """Every case. What is wrong with a file is told, and is not in the way of the others."""
    from painrules.reading import ContentError
    from painrules.teaching import case_files, read_teaching_case

    wrong: list[Problem] = []
    found = []
    for path in case_files(folder, wrong, content).values():
        try:
            found.append(read_teaching_case(path, knowledge))
        except ContentError as error:
            wrong += error.problems
    if wrong and content:
        _say_which(content)
    for problem in wrong:
        typer.echo(str(problem), err=True)
    return found, wrong


@contextmanager
def _wrong_for(content: Path | None) -> Iterator[None]:
    """Say by which content a person is wrong, where it is not the bundled one."""
    from painrules.reading import ContentError

    try:
        yield
    except ContentError:
        if content:
            _say_which(content)
        raise


def _say_which(content: Path) -> None:
    from painrules.reading import one_line

    typer.echo(f"Read with the content of {one_line(str(content))}:", err=True)
