"""`painrules quiz`: questions for learners, made from the rules, the guidelines and the teaching cases."""

from __future__ import annotations

import datetime
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from painrules.commands.app import (
    FolderOption,
    LanguageOption,
    WrongUseError,
    app,
    complete_people,
    errors_for_people,
    errors_of_writing,
    json_text,
    known,
    write_out,
)
from painrules.commands.person import all_cases, person_named
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.private_file import data_folder
from painrules.reading import one_line

if TYPE_CHECKING:
    from painrules.quiz.picking import Pool, Posed
    from painrules.quiz.questions import MadeUp
    from painrules.surfaces.quiz_words import Written

PLACE = "PAINRULES_QUIZ"
MOST = 500
QuizFormat = Literal["markdown", "html", "moodle", "qti", "json"]

quiz = typer.Typer(
    add_completion=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Answer questions about made-up people: which treatment needs a check and why, what another answer changes, "
    "which sign needs care first, what guidelines say. Nothing is kept unless you ask for it.\n\n"
    "Example: painrules quiz --case back_pain_and_kidneys --n 2 --seed 1",
)
app.add_typer(quiz, name="quiz")

CaseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--case",
        help="Ask of this teaching case, by its name or its file, or answers file; more than once too.",
        autocompletion=complete_people,
    ),
]
ConditionOption = Annotated[str | None, typer.Option(help="Only people with this kind of pain, such as gout.")]
KindOption = Annotated[
    list[str] | None,
    typer.Option(help="Only urgent, how_soon, check, why, change, unknown or guidelines; more than once too."),
]
CountOption = Annotated[int, typer.Option("--n", min=1, max=MOST, help="How many questions.")]


@quiz.callback()
def ask(
    context: typer.Context,
    case: CaseOption = None,
    condition: ConditionOption = None,
    kind: KindOption = None,
    count: CountOption = 10,
    seed: Annotated[int | None, typer.Option(help="The same number asks the same questions.")] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep scores, and ask again what is due.")] = False,
    file: Annotated[
        Path | None, typer.Option(envvar=PLACE, help="Keep them in this file, instead of one in your data folder.")
    ] = None,
    plain: Annotated[bool, typer.Option("--plain", help="A quiz is always plain lines and typed numbers.")] = False,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Ask at the terminal, or read the numbers of the answers from standard input."""
    if context.invoked_subcommand is not None:
        return
    with errors_for_people():
        seed = secrets.randbelow(100_000) if seed is None else seed
        pool = _pool(load_knowledge(content, language=language), case, condition, kind, content)
        path = file or (_usual_place() if keep else None)
        right, asked = _ask(pool, count, seed, path)
        words = pool.knowledge.wording
        typer.echo(f"\n{words['quiz.score'].format(right=right, count=asked) if asked else words['quiz.stopped']}")
        if path and asked:
            _say_what_is_kept(pool.knowledge, path, asked)
        if path is None:
            typer.echo(words["quiz.seed"].format(seed=seed))


@quiz.command()
def export(
    format_: Annotated[
        QuizFormat, typer.Option("--format", help="For paper, for Moodle (XML), or for others (QTI 2.1, a zip; json).")
    ] = "markdown",
    output: Annotated[Path | None, typer.Option(help="Write to this file.")] = None,
    answers: Annotated[
        bool, typer.Option("--answers", help="On paper: with a key to the answers, on a page of its own.")
    ] = False,
    case: CaseOption = None,
    condition: ConditionOption = None,
    kind: KindOption = None,
    count: CountOption = 10,
    seed: Annotated[int, typer.Option(help="Another number asks other questions.")] = 1,
    language: LanguageOption = "en",
    content: FolderOption = None,
) -> None:
    """Write a quiz for a class: on paper, or for a learning platform.

    Example: painrules quiz export --format html --answers --output quiz.html
    """
    from painrules.quiz.picking import pick

    with errors_for_people():
        if format_ == "qti" and output is None and sys.stdout.isatty():
            raise WrongUseError("A QTI package is a zip file. Name a file for it: --output quiz.zip.")
        pool = _pool(load_knowledge(content, language=language), case, condition, kind, content)
        data = _as_bytes(pool.knowledge, _written(pool, pick(pool, count, seed)), format_, answers, seed)
        write_out(data, output)


# --- whom it is about -------------------------------------------------------------------------------------------------


def _pool(
    knowledge: KnowledgeBase,
    cases: Sequence[str] | None,
    condition: str | None,
    kinds: Sequence[str] | None,
    content: Path | None,
) -> Pool:
    from painrules.quiz.picking import Pool
    from painrules.quiz.questions import KINDS

    wanted = [known(kind, KINDS, "kind of question") for kind in kinds or KINDS]
    chosen = tuple(kind for kind in KINDS if kind in wanted)
    return Pool(knowledge, _people(knowledge, cases, condition, content), chosen)


def _people(
    knowledge: KnowledgeBase, cases: Sequence[str] | None, condition: str | None, content: Path | None
) -> list[MadeUp]:
    """The made-up people to ask of; somebody of whom only the pain is known, where no case has it."""
    from painrules.answers import Answers
    from painrules.quiz.questions import MadeUp

    if condition:
        known(condition, knowledge.conditions, "kind of pain")
    people = []
    for name in dict.fromkeys(cases or ()):
        title, answers, case = person_named(name, knowledge, content)
        # A file may bear the name of another case, and scores are kept by the id.
        id = name if case and name == case.id else f"answers-{answers.digest}"
        people.append(MadeUp(id, title, case.story if case else "", answers))
    if not cases:
        found, _ = all_cases(knowledge, content=content)
        people = [MadeUp(case.id, case.title, case.story, case.person) for case in found]
    if not condition:
        return people
    having = [p for p in people if any(condition in (c, *knowledge.ancestors(c)) for c in p.answers.conditions)]
    if having or cases:
        return having
    return [MadeUp(condition, knowledge.conditions[condition].name, "", Answers((condition,)))]


def _written(pool: Pool, quiz: Sequence[Posed]) -> list[Written]:
    from painrules.surfaces.quiz_words import written

    if not quiz:
        raise WrongUseError(pool.knowledge.wording["quiz.none"])
    return [written(pool.knowledge, posed) for posed in quiz]


# --- at the terminal --------------------------------------------------------------------------------------------------


def _ask(pool: Pool, count: int, seed: int, path: Path | None) -> tuple[int, int]:
    """Ask the questions, those that are due first; each answer is kept at once."""
    from painrules.quiz.memory import SchedulerMissingError, needed, read_memory, remember
    from painrules.quiz.picking import pick
    from painrules.surfaces.quiz_dialogue import ask_quiz
    from painrules.surfaces.typed import Typed

    now = datetime.datetime.now(datetime.timezone.utc)
    asker = Typed(pool.knowledge)
    try:
        if path is None:
            return ask_quiz(pool.knowledge, _written(pool, pick(pool, count, seed)), asker, lambda one, right: None)
        needed()  # said before the first question, not after it
        with errors_of_writing(path):
            memory = read_memory(path)
        due = memory.due(now)
        posed = pick(pool, count, seed, due, memory.questions.__contains__)
        if again := sum(one.question.id in due for one in posed):
            asker.say(pool.knowledge.wording["quiz.due"].format(count=again))
        gone = pool.gone(memory.questions)

        def answered(one: Written, right: bool) -> None:
            with errors_of_writing(path):
                if path == _usual_place():
                    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                remember(path, one.id, right, now, gone)

        return ask_quiz(pool.knowledge, _written(pool, posed), asker, answered)
    except SchedulerMissingError as error:
        raise WrongUseError(str(error)) from None


def _say_what_is_kept(knowledge: KnowledgeBase, path: Path, now_asked: int) -> None:
    from painrules.quiz.memory import read_memory

    words, kept = knowledge.wording, read_memory(path).questions.values()
    right, asked = sum(one.right for one in kept), sum(one.asked for one in kept)
    if asked > now_asked:
        typer.echo(words["quiz.all_time"].format(right=right, count=asked))
    typer.echo(words["quiz.next_due"].format(date=min(one.due for one in kept).date()))
    typer.echo(words["interview.saved"].format(file=one_line(str(path.absolute()))))


def _usual_place() -> Path:
    return data_folder() / "quiz.json"


# --- as files ---------------------------------------------------------------------------------------------------------


def _as_bytes(
    knowledge: KnowledgeBase, quiz: Sequence[Written], format_: QuizFormat, answers: bool, seed: int
) -> bytes:
    from painrules.surfaces import quiz_moodle, quiz_page, quiz_qti
    from painrules.surfaces.files import blocks_file

    if format_ == "moodle":
        return quiz_moodle.document(knowledge, quiz)
    if format_ == "qti":
        return quiz_qti.package(knowledge, quiz)
    if format_ == "json":
        return json_text(quiz_page.as_plain_data(knowledge, quiz, seed)).encode() + b"\n"
    return blocks_file(knowledge, list(quiz_page.quiz_page(knowledge, quiz, answers=answers)), format_)
