"""The interview at a terminal, and what a person can do with their page afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol, cast

from msgspec.structs import replace

from painrules.answers import Answers, Tried
from painrules.comparing import FEWEST, MOST
from painrules.entries import Level
from painrules.interview import (
    Command,
    NotUnderstoodError,
    Progress,
    Reply,
    Step,
    new_urgent_signs,
    next_step,
    start,
    take,
    urgent_signs,
)
from painrules.knowledge import KnowledgeBase
from painrules.reading import one_line
from painrules.sheet import Sheet, Urgent
from painrules.surfaces import forms
from painrules.surfaces.blocks import language_lines
from painrules.surfaces.forms import Form, Line, Said
from painrules.surfaces.sheet_page import lead_of, sign_lines


class Asker(Protocol):
    """A way to ask at a terminal."""

    def say(self, text: str) -> None:
        """Show some lines."""

    def ask(self, form: Form) -> Said:
        """Ask until there is a reply or a command; a closed terminal and Ctrl-C are `quit`."""

    def line(self, prompt: str) -> str | None:
        """Ask for a line of text; None when the terminal was closed or Ctrl-C pressed."""

    def keys(self) -> Iterator[str]:
        """Which keys do what."""


class Page(Protocol):
    """What can be done with the page of a person."""

    def sheet(self, answers: Answers) -> Sheet:
        """Make it."""

    def show(self, answers: Answers) -> None:
        """Show it."""

    def what_if(self, answers: Answers, changed: Answers) -> None:
        """Show what other answers would change."""

    def compare(self, answers: Answers, treatments: list[str]) -> None:
        """Show treatments side by side."""

    def write(self, answers: Answers, path: Path) -> None:
        """Write it to a new file, of the kind that its name says. Raises OSError or ValueError."""

    def save(self, answers: Answers, path: Path, *, new: bool = True) -> None:
        """Write the answers to a file, which must be a new one unless told otherwise. Raises OSError."""


class StoppedError(Exception):
    """The person ended the interview; `answers` has what was answered until then."""

    def __init__(self, answers: Answers):
        super().__init__()
        self.answers = answers


def interview(
    knowledge: KnowledgeBase, answers: Answers, asker: Asker, keep: Callable[[Answers], None] = lambda _: None
) -> Answers:
    """Ask until nothing that is left matters, or the person wants to see the page. Raises StoppedError.

    `keep` is called after each answer, so that a crash loses none of them.
    """
    words, say = knowledge.wording, asker.say
    for line in (
        words["interview.urgent_first"],
        words["interview.purpose"],
        *asker.keys(),
        *language_lines(knowledge),
    ):
        say(line)
    progress = start(answers)
    settled = False
    while True:
        keep(progress.answers)
        if not progress.answers.conditions:
            progress = _conditions(knowledge, progress, asker)
            continue
        step = next_step(knowledge, progress)
        if step is None:
            return progress.answers
        if step.why.kind in ("reasons", "fits") and not settled:
            settled = True
            say(f"\n{words['interview.settled']}")
        after = _one_step(knowledge, step, progress, asker)
        if after is None:
            return progress.answers
        wish = _warn(knowledge, new_urgent_signs(knowledge, progress.answers, after.answers), asker)
        if wish == "back":
            continue
        keep(after.answers)
        if wish == "quit":
            raise StoppedError(after.answers)
        if wish == "done":
            return after.answers
        progress = after


def _conditions(knowledge: KnowledgeBase, progress: Progress, asker: Asker) -> Progress:
    said = asker.ask(forms.of_conditions(knowledge, progress.answers))
    if not isinstance(said, Reply):
        raise StoppedError(progress.answers)
    return progress.choose(said.chosen)


def _one_step(knowledge: KnowledgeBase, step: Step, progress: Progress, asker: Asker) -> Progress | None:
    """The progress after one step; None when the person wants to see the page now."""
    form = forms.of_step(knowledge, step, asked=progress.steps)
    while True:
        said = asker.ask(form)
        if said == "quit":
            raise StoppedError(progress.answers)
        if said == "done":
            return None
        try:
            return take(step, said, progress)
        except NotUnderstoodError as error:
            asker.say(knowledge.wording[error.wording].format(**error.values))


def _warn(knowledge: KnowledgeBase, signs: Sequence[Urgent], asker: Asker) -> Command | None:
    """Tell of urgent signs at once; where one cannot wait, ask whether to stop here. None: go on."""
    words = knowledge.wording
    for sign in signs:
        asker.say("\n".join((f"\n*** {words[f'level.{sign.level}']} ***", *sign_lines(knowledge, sign))))
    if any(sign.level != "soon" for sign in signs):
        lines = (
            Line("quit", words["picked.quit"]),
            Line("done", words["picked.done"]),
            Line("go_on", words["web.urgent_go_on"]),
        )
        said = asker.ask(Form(words["urgent_now"], "one", lines, may=frozenset({"back", "quit"})))
        wish = said.chosen[0] if isinstance(said, Reply) else said
        return None if wish == "go_on" else cast(Command, wish)
    if signs:
        asker.say(f"\n{words['urgent_soon']}")
    return None


# --- after the page --------------------------------------------------------------------------------------------------

NEXT = ("tried", "talk_about", "what_if", "compare", "show", "page", "keep", "end")


def afterwards(knowledge: KnowledgeBase, answers: Answers, asker: Asker, page: Page, kept: Path | None = None) -> None:
    """Let the person add to the page, look at it in other ways, and keep it; `kept` is where the answers are kept."""
    words = knowledge.wording
    menu = Form(
        words["next.title"],
        "one",
        tuple(Line(id, words[f"next.{id}"]) for id in NEXT if not (id == "keep" and kept)),
        may=frozenset({"skip"}),
    )
    shown = True
    while True:
        if shown:  # the page is long, and its first lines are out of sight
            _remind(knowledge, answers, asker)
        said = asker.ask(menu)
        wish = said.chosen[0] if isinstance(said, Reply) else "end"
        shown = wish == "show"
        before = answers
        if wish == "end":
            if kept is None:
                asker.say(words["interview.not_saved"])
            return
        if wish == "tried":
            answers = _tried(knowledge, answers, page.sheet(answers), asker)
        elif wish == "talk_about":
            form = forms.of_treatments(knowledge, page.sheet(answers), "next.which_talk_about", answers.talk_about)
            marked = asker.ask(form)
            answers = replace(answers, talk_about=marked.chosen) if isinstance(marked, Reply) else answers
        elif wish == "what_if":
            try_other_answers(knowledge, answers, page, asker)
        elif wish == "compare":
            _compare(knowledge, answers, page, asker)
        elif wish == "show":
            page.show(answers)
        elif wish == "page":
            write_somewhere(knowledge, asker, "next.page_name", lambda path: page.write(answers, path))  # noqa: B023
        else:
            kept = keep_somewhere(knowledge, answers, asker, page)
        if answers != before:
            asker.say(words["next.noted"])
            if kept is not None:
                page.save(answers, kept, new=False)


def _remind(knowledge: KnowledgeBase, answers: Answers, asker: Asker) -> None:
    """Say again, below the page, what cannot wait."""
    told: dict[tuple[Level, str], bool] = {}
    for sign in urgent_signs(knowledge, answers):
        if sign.level != "soon":
            told.setdefault((sign.level, sign.action), sign.certain)  # certain ones stand first
    for (level, action), certain in told.items():
        lead = lead_of(knowledge, certain=certain)
        asker.say(f"\n*** {knowledge.wording[f'level.{level}']} ***\n{lead}{action}")


def keep_somewhere(knowledge: KnowledgeBase, answers: Answers, asker: Asker, page: Page) -> Path | None:
    """Ask where to keep the answers; nothing is written unless the person names a file."""
    path = write_somewhere(knowledge, asker, "interview.keep", lambda path: page.save(answers, path))
    if path is not None:
        asker.say(knowledge.wording["interview.resume"].format(file=one_line(str(path))))
    return path


def write_somewhere(
    knowledge: KnowledgeBase, asker: Asker, question: str, write: Callable[[Path], None]
) -> Path | None:
    """Ask for a file name until the file could be written, or the person gives none."""
    words = knowledge.wording
    while True:
        reply = asker.line(f"\n{words[question]}")
        if not reply:
            asker.say(words["interview.not_saved"])
            return None
        # A "~name" that is nobody's home folder stays as it is, and there is no such folder.
        path = Path(os.path.expanduser(reply))  # noqa: PTH111  # of Path it raises
        try:
            write(path)
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            asker.say(words["interview.cannot_save"].format(file=one_line(str(path)), why=one_line(why)))
            continue
        asker.say(words["interview.saved"].format(file=one_line(str(path))))
        return path


def _tried(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, asker: Asker) -> Answers:
    """The answers with what the person has tried, and how each of it went."""
    form = forms.of_treatments(knowledge, sheet, "next.which_tried", list(answers.tried))
    said = asker.ask(form)
    if not isinstance(said, Reply):
        return answers
    tried = {id: result for id, result in answers.tried.items() if id in said.chosen}
    for id in said.chosen:
        if id not in tried:
            result = asker.ask(forms.of_result(knowledge, id))
            if isinstance(result, Reply):
                tried[id] = cast(Tried, result.chosen[0])
    return replace(answers, tried=tried)


def _compare(knowledge: KnowledgeBase, answers: Answers, page: Page, asker: Asker) -> None:
    said = asker.ask(forms.of_treatments(knowledge, page.sheet(answers), "next.which_compare", ()))
    if not isinstance(said, Reply):
        return
    if FEWEST <= len(said.chosen) <= MOST:
        page.compare(answers, list(said.chosen))
    else:
        asker.say(knowledge.wording["next.how_many"].format(low=FEWEST, high=MOST))


def try_other_answers(knowledge: KnowledgeBase, answers: Answers, page: Page, asker: Asker) -> None:
    """Let the person pick a question that matters for their options, give another answer, and see what would change."""
    form = forms.of_other_answers(knowledge, page.sheet(answers))
    while True:
        said = asker.ask(form)
        if not isinstance(said, Reply):
            return
        step, question = forms.of_question(knowledge, said.chosen[0])
        other = asker.ask(replace(question, may=frozenset({"back", "not_sure"})))
        if other in ("back", "quit"):
            continue
        try:
            page.what_if(answers, take(step, other, start(answers)).answers)
        except NotUnderstoodError as error:
            asker.say(knowledge.wording[error.wording].format(**error.values))
