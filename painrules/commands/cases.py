"""`painrules cases`: made-up people for lessons; list them, show one, check that they still teach the same, add one."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from painrules.alternatives import Status
from painrules.answers import Answers, as_plain
from painrules.commands.app import (
    FOUND,
    WRONG_USE,
    FolderOption,
    FormatOption,
    PlainOption,
    SheetFormat,
    WrongUseError,
    app,
    complete_people,
    errors_for_people,
    errors_of_writing,
    json_text,
    known,
    print_json,
    read,
    write_out,
)
from painrules.commands.person import all_cases, case_named, person_named
from painrules.knowledge import KnowledgeBase
from painrules.likeness import simple
from painrules.loading import load_knowledge
from painrules.private_file import rewrite, write_private
from painrules.reading import Problem, visible
from painrules.sheet import explore
from painrules.teaching import (
    PLACE,
    Difference,
    Shown,
    TeachingCase,
    about_nobody,
    case_files,
    differences,
    draft,
    groups_of,
    own_folder,
    problem_of_id,
    shown_in,
    with_sheet,
)


class _ListsByDefault(TyperGroup):
    """`painrules cases WORDS` is short for `painrules cases list WORDS`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        named = args and (args[0] in self.commands or args[0] in ctx.help_option_names)
        return super().parse_args(ctx, args if named or ctx.resilient_parsing else ["list", *args])


cases = typer.Typer(
    cls=_ListsByDefault,
    rich_markup_mode=None,
    help="Made-up people for lessons: list them ('painrules cases list --help'), show one, check them, start your own."
    "\n\n"
    "Example: painrules cases --urgent",
)
app.add_typer(cases, name="cases")

IdArgument = Annotated[
    str,
    typer.Argument(
        help="A case by its name ('painrules cases' lists them) or its file.", autocompletion=complete_people
    ),
]
OwnFolderOption = Annotated[
    Path | None,
    typer.Option("--folder", envvar=PLACE, help="The folder of your own cases, instead of one in your data folder."),
]


@cases.command("list")
def list_cases(
    words: Annotated[list[str] | None, typer.Argument(help="Words of the title, the story or the pain.")] = None,
    condition: Annotated[str | None, typer.Option(help="Only with this kind of pain, such as migraine.")] = None,
    group: Annotated[str | None, typer.Option(help="Only of this group of pain, such as headache.")] = None,
    urgent: Annotated[bool, typer.Option("--urgent", help="Only people who have an urgent sign.")] = False,
    option: Annotated[str | None, typer.Option(help="Only with this treatment on their page.")] = None,
    status: Annotated[Status | None, typer.Option(help="With --option: only where it has this status.")] = None,
    folder: OwnFolderOption = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """List the cases, by group of pain. Cases of your own are files in a folder of yours.

    Example: painrules cases list --option oral_nsaids --status held_back
    """
    from painrules.surfaces.case_page import case_list
    from painrules.surfaces.terminal import surface

    with errors_for_people():
        if status and not option:
            raise WrongUseError("--status needs --option TREATMENT.")
        knowledge = load_knowledge(content)
        tops = [id for id, entry in knowledge.conditions.items() if entry.parent is None]
        if condition is not None:
            known(condition, knowledge.conditions, "kind of pain")
        if group is not None:
            known(group, tops, "group of pain")
        if option is not None:
            known(option, knowledge.modalities, "treatment")
        found = [
            case
            for case in _every_case(knowledge, folder, content)[0]
            if _has_words(knowledge, case, words or ())
            and (condition is None or any(condition in (c, *knowledge.ancestors(c)) for c in case.person.conditions))
            and (group is None or group in groups_of(knowledge, case))
            and (not (urgent or option) or _shows(knowledge, case, urgent, option, status))
        ]
        if format_ == "json":
            print_json([_row(knowledge, case) for case in found])
        else:
            surface(plain=plain).page(case_list(knowledge, found))


@cases.command()
def show(
    id: IdArgument,
    answers: Annotated[
        bool, typer.Option("--answers/--no-answers", help="Show what belongs into a good answer; hidden for a class.")
    ] = False,
    format_: Annotated[
        SheetFormat,
        typer.Option("--format", help="text, or a file to hand out; json holds the good answers too."),
    ] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    folder: OwnFolderOption = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Show a case: the story, what to learn and to talk about, the answers, and what the person's page shows.

    Example: painrules cases show back_pain_and_kidneys --answers
    """
    from painrules.commands.explore import check_pdf_is_possible
    from painrules.surfaces.blocks import with_words_explained
    from painrules.surfaces.case_page import case_page
    from painrules.surfaces.files import blocks_file

    with errors_for_people():
        if format_ == "pdf":
            check_pdf_is_possible(output)
        if output and format_ == "text":
            raise WrongUseError("--output needs a format for files: --format markdown, html, pdf or json.")
        knowledge = load_knowledge(content)
        case = case_named(id, knowledge, folder=_there(folder), content=content)
        sheet = explore(knowledge, case.person, "reference", look_ahead=False)
        if format_ == "json":
            whole = {**_row(knowledge, case), **_parts(case), "sheet": shown_in(sheet).as_plain()}
            data = json_text(whole).encode() + b"\n"
        else:
            blocks = list(case_page(knowledge, case, sheet, answers=answers))
            if format_ == "text":
                read(knowledge, blocks, plain)
                return
            data = blocks_file(knowledge, list(with_words_explained(knowledge, blocks)), format_)
        write_out(data, output)


@cases.command()
def check(
    id: Annotated[
        str | None,
        typer.Argument(help="One case, by its name or its file; all if left out.", autocompletion=complete_people),
    ] = None,
    accept: Annotated[
        bool, typer.Option("--accept", help="Write what is shown now into the file of the case.")
    ] = False,
    folder: OwnFolderOption = None,
    format_: FormatOption = "text",
    content: FolderOption = None,
) -> None:
    """Tell which cases no longer lead to the page that they were written for. Exit code 1: some do not.

    Example: painrules cases check back_pain_and_kidneys
    """
    problems: Sequence[Problem] = ()
    with errors_for_people():
        knowledge = load_knowledge(content)
        if id is None:
            checked, problems = _every_case(knowledge, folder, content)
        else:
            checked = [case_named(id, knowledge, folder=_there(folder), content=content)]
        nobody = [problem for case in checked for problem in about_nobody(knowledge, case)]
        for problem in nobody:
            typer.echo(str(problem), err=True)
        differing: dict[str, list[Difference]] = {}
        for case in checked:
            now = shown_in(explore(knowledge, case.person, "reference", look_ahead=False))
            found = differences(case, now)
            if found or case.sheet is None:
                differing[case.id] = found
                if accept:
                    _write_sheet(case, now)
        if format_ == "json":
            print_json([_as_plain(case, differing) for case in checked])
        else:
            _tell(knowledge, checked, differing, accept)
    if problems or nobody:
        raise typer.Exit(WRONG_USE)
    if differing and not accept:
        raise typer.Exit(FOUND)


@cases.command()
def new(
    id: Annotated[str, typer.Argument(help="A name for its file, such as knee_pain_and_heart.")],
    answers: Annotated[
        str | None,
        typer.Option(
            "--from",
            help="Take the answers from this file ('-': standard input), or of another case.",
            autocompletion=complete_people,
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(help="Asked at a terminal; may be filled in later.")] = None,
    story: Annotated[str | None, typer.Option(help="Asked at a terminal; may be filled in later.")] = None,
    folder: OwnFolderOption = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Start a case of your own, from an interview or from answers, as a file to fill in. Nothing is replaced.

    Example: painrules cases new my_first_case --from answers.yaml --folder .
    """
    with errors_for_people():
        if why := problem_of_id(id):
            raise WrongUseError(f"{id!r} {why}")
        if (there := case_files(folder, content=content).get(id)) is not None:
            raise WrongUseError(f"There is a case {id} already: {there}. Give the new one another name.")
        path = (_there(folder) or own_folder()) / f"{id}.yaml"
        knowledge = load_knowledge(content)
        person = _interview(knowledge, plain) if answers is None else person_named(answers, knowledge, content).answers
        if sys.stdin.isatty():
            title = title or _line(knowledge, plain, "Title of the case (Enter: fill it in later)")
            story = story or _line(knowledge, plain, "Story of the made-up person (Enter: fill it in later)")
        now = shown_in(explore(knowledge, person, "reference", look_ahead=False))
        text = draft(title or "", story or "", person, now)
        with errors_of_writing(path):
            if folder is None:
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_private(path, text.encode(), new=True)
        name = id if path.parent == own_folder() else path
        typer.echo(visible(f"Written: {path.absolute()}\nFill in what stands in <>, then: painrules cases show {name}"))


# --- reading ---------------------------------------------------------------------------------------------------------


def _every_case(
    knowledge: KnowledgeBase, folder: Path | None, content: Path | None
) -> tuple[list[TeachingCase], Sequence[Problem]]:
    """Every case, and what is wrong with others. Raises WrongUseError."""
    return all_cases(knowledge, _there(folder), content)


def _there(folder: Path | None) -> Path | None:
    """The folder that was named, if one was. Raises WrongUseError when there is no such folder."""
    if folder is not None and not folder.is_dir():
        raise WrongUseError(f"There is no folder {visible(str(folder))}.")
    return folder


def _has_words(knowledge: KnowledgeBase, case: TeachingCase, words: Iterable[str]) -> bool:
    """Whether the case speaks of all the words."""
    pains = [knowledge.conditions[id] for own in case.person.conditions for id in (own, *knowledge.ancestors(own))]
    names = [name for pain in pains for name in (pain.name, *pain.also_called)]
    text = simple(" ".join((case.id, case.title, case.story, *names)))
    return all(simple(word) in text for word in words)


def _shows(knowledge: KnowledgeBase, case: TeachingCase, urgent: bool, option: str | None, status: str | None) -> bool:
    """Whether the person's page shows an urgent sign, and an option with a status; as the case says, if it does."""
    shown = case.sheet or shown_in(explore(knowledge, case.person, "reference", look_ahead=False))
    has = option is None or any(option in ids for s, ids in shown.statuses.items() if status in (None, s))
    return has and (bool(shown.urgent) or not urgent)


def _interview(knowledge: KnowledgeBase, plain: bool) -> Answers:
    from painrules.commands.explore import ask_person
    from painrules.commands.page import PersonsPage

    if not sys.stdin.isatty():
        raise WrongUseError("There is no terminal to ask at. Use --from FILE with answers.")
    typer.echo("Answer as the made-up person would.\n")
    return ask_person(PersonsPage(knowledge, "reference", everything=False, plain=plain), Answers(), None)


def _line(knowledge: KnowledgeBase, plain: bool, prompt: str) -> str:
    from painrules.commands.explore import asker_for

    return asker_for(knowledge, plain).line(prompt) or ""


# --- telling ---------------------------------------------------------------------------------------------------------


def _row(knowledge: KnowledgeBase, case: TeachingCase) -> dict[str, Any]:
    return {
        "id": case.id,
        "title": case.title,
        "conditions": case.person.conditions,
        "groups": groups_of(knowledge, case),
        "own": case.own,
    }


def _parts(case: TeachingCase) -> dict[str, Any]:
    return {
        "story": case.story,
        "goals": case.goals,
        "discuss": [{"ask": point.ask, "think_of": point.think_of} for point in case.discuss],
        "person": as_plain(case.person),
        "sources": case.sources,
    }


def _as_plain(case: TeachingCase, differing: dict[str, list[Difference]]) -> dict[str, Any]:
    found = [{"id": one.id, "before": one.before, "now": one.now} for one in differing.get(case.id, ())]
    return {
        "id": case.id,
        "holds_a_sheet": case.sheet is not None,
        "same": case.id not in differing,
        "differences": found,
    }


def _tell(
    knowledge: KnowledgeBase, checked: list[TeachingCase], differing: dict[str, list[Difference]], accept: bool
) -> None:
    for case in checked:
        if case.id in differing:
            typer.echo(visible(f"{case.id}: {case.title}"))
            for line in _lines(knowledge, case, differing[case.id]):
                typer.echo(visible(f"  {line}"))
            if accept:
                typer.echo("  Written into its file.")
    same = len(checked) - len(differing)
    typer.echo(f"{same} of {len(checked)} cases lead to the page that they were written for.")
    if differing and not accept:
        typer.echo("If a change is meant, look whether the case still teaches what it should; --accept writes it down.")


def _lines(knowledge: KnowledgeBase, case: TeachingCase, found: Iterable[Difference]) -> Iterator[str]:
    if case.sheet is None:
        yield "holds no sheet yet; --accept writes it."
        return
    words = knowledge.wording
    for one in found:
        if "urgent" in (*one.before, *one.now):
            yield f"urgent sign {one.id}: {'now' if one.now else 'no longer'} shown"
            continue
        name = knowledge.modalities[one.id].name if one.id in knowledge.modalities else "no treatment by this name"
        before, now = (" and ".join(words[f"status.{status}"] for status in side) or "not shown"
                       for side in (one.before, one.now))  # fmt: skip
        yield f"{one.id} ({name}): {before} -> {now}"


def _write_sheet(case: TeachingCase, now: Shown) -> None:
    with errors_of_writing(case.path):
        rewrite(case.path, with_sheet(case.path.read_bytes(), str(case.path), now))
