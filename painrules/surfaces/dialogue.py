"""The interview at a terminal: plain prompts that work without colour, with a screen reader and on a dumb terminal."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from painrules.answers import Answers, read_changes
from painrules.diary import HIGHEST, NUMBERS, PEG, Day
from painrules.entries import Question
from painrules.interview import (
    NotUnderstoodError,
    Progress,
    Step,
    Why,
    answer,
    choices,
    command,
    new_urgent_signs,
    next_step,
    start,
)
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, visible
from painrules.sheet import Sheet
from painrules.surfaces.diary_page import peg_source, said
from painrules.what_if import with_changes

Say = Callable[[str], None]
Ask = Callable[[str], str]
MOST_QUESTIONS_OFFERED = 9


class StoppedError(Exception):
    """The person ended the interview; `answers` has what was answered until then."""

    def __init__(self, answers: Answers):
        super().__init__()
        self.answers = answers


def interview(knowledge: KnowledgeBase, answers: Answers, ask: Ask = input, say: Say = print) -> Answers:
    """Ask until nothing that is left matters, or the person wants to see the page. Raises StoppedError."""
    for line in ("purpose", "keys.1", "keys.2", "keys.3", "keys.4", "keys.5"):
        say(knowledge.wording[f"interview.{line}"])
    if knowledge.machine_made:
        say(knowledge.wording["machine_made"])
    progress = start(answers)
    screen, seen, settled = "", set[str](), False
    while True:
        if not progress.answers.conditions:
            progress = progress.with_answers(_conditions(knowledge, progress.answers, ask, say))
            continue
        step = next_step(knowledge, progress)
        if step is None:
            return progress.answers
        if step.why.kind in ("reasons", "fits") and not settled:
            settled = True
            say(f"\n{knowledge.wording['interview.settled']}")
        if step.screen.id != screen:
            screen = step.screen.id
            left = knowledge.wording["interview.left"].format(count=step.left)
            say(f"\n== {step.screen.title} ==  ({left})")
            if step.screen.intro and screen not in seen:
                say(step.screen.intro)
            seen.add(screen)
        before = progress
        after = _one_step(knowledge, step, progress, ask, say)
        if after is None:
            return before.answers
        progress = after
        if any(question.urgent == "yes" for question in step.questions):
            _warn(knowledge, before.answers, progress.answers, say)


def _warn(knowledge: KnowledgeBase, before: Answers, after: Answers, say: Say) -> None:
    signs = new_urgent_signs(knowledge, before, after)
    for sign in signs:
        say(f"\n*** {knowledge.wording[f'level.{sign.level}']} ***\n{sign.action}\n{sign.text}")
    if signs:
        say(f"\n{knowledge.wording['urgent_now']}")


def _one_step(knowledge: KnowledgeBase, step: Step, progress: Progress, ask: Ask, say: Say) -> Progress | None:
    """The progress after one step; None when the person wants to see the page now."""
    words = knowledge.wording
    _show(knowledge, step, say)
    while True:
        reply = _reply(ask, _prompt(knowledge, step), progress.answers)
        wish = command(reply)
        if wish == "quit":
            raise StoppedError(progress.answers)
        if wish == "back":
            back = progress.back()
            return back if back.before or back.answers.conditions else Progress(Answers(tried=progress.answers.tried))
        if wish == "done":
            return None
        if wish == "skip":
            return progress.skip(step.questions)
        if wish == "help":
            helps = [f"{q.ask}: {q.help}" if step.is_checklist else q.help for q in step.questions if q.help]
            say("\n".join(helps) or words["interview.no_help"])
            continue
        try:
            return progress.with_answers(answer(step, reply, progress.answers))
        except NotUnderstoodError as error:
            say(words[error.wording].format(**error.values))


def _show(knowledge: KnowledgeBase, step: Step, say: Say) -> None:
    if step.is_checklist:
        say(f"\n{knowledge.wording['interview.which']}")
        lines = [question.ask for question in step.questions]
    else:
        say(f"\n{step.questions[0].ask}")
        lines = list(choices(step.questions[0]))
    for number, line in enumerate(lines, 1):
        say(f"  {number}  {line}")
    if step.why.count:
        say(_why(knowledge, step.why))


def _why(knowledge: KnowledgeBase, why: Why) -> str:
    """Why this is asked, in one sentence."""
    name = knowledge.modalities[why.options[0]].name if why.options else ""
    one = ".one" if why.count == 1 and why.kind in ("status", "reasons") else ""
    return knowledge.wording[f"interview.why.{why.kind}{one}"].format(count=why.count, name=name)


def _prompt(knowledge: KnowledgeBase, step: Step) -> str:
    kind = step.questions[0].kind
    words = knowledge.wording["interview.prompt_one" if kind in ("number", "one_of") else "interview.prompt_many"]
    if kind == "number" and step.questions[0].unit:
        words = step.questions[0].unit
    return f"{words} [u s b h d q] > "


def _reply(ask: Ask, prompt: str, answers: Answers) -> str:
    try:
        return ask(prompt)
    except (EOFError, KeyboardInterrupt):
        raise StoppedError(answers) from None


def _conditions(knowledge: KnowledgeBase, answers: Answers, ask: Ask, say: Say) -> Answers:
    chosen: list[str] = []
    while True:
        group = _choose(knowledge, None, knowledge.wording["interview.where"], chosen, answers, ask, say)
        if group is None:
            return Answers(tuple(chosen), answers.known, answers.unsure, answers.tried)
        kind: str | None = group
        if any(condition.parent == group for condition in knowledge.conditions.values()):
            name = knowledge.conditions[group].name
            kind = _choose(
                knowledge, group, knowledge.wording["interview.kind"].format(name=name), chosen, answers, ask, say
            )
        if kind is not None and kind not in chosen:
            chosen.append(kind)
        if chosen:
            names = "; ".join(knowledge.conditions[id].name for id in chosen)
            say(knowledge.wording["interview.chosen"].format(names=names))


def _choose(
    knowledge: KnowledgeBase, parent: str | None, title: str, chosen: list[str], answers: Answers, ask: Ask, say: Say
) -> str | None:
    """One condition under `parent`; None to go on (or back, in a list of kinds)."""
    words = knowledge.wording
    options = [id for id in knowledge.conditions if id != parent and _under(knowledge, id, parent)]
    say(f"\n{title}")
    for number, id in enumerate(options, 1):
        condition = knowledge.conditions[id]
        others = f" ({', '.join(condition.also_called[:2])})" if parent and condition.also_called else ""
        say(f"  {number}  {condition.name}{others}")
    if parent:
        say(f"  0  {words['interview.kind_unknown']}")
    kind = "prompt_kind" if parent else "prompt_more" if chosen else "prompt_first"
    prompt = f"{words[f'interview.{kind}']} > "
    while True:
        reply = (
            _reply(ask, prompt, Answers(tuple(chosen), answers.known, answers.unsure, answers.tried)).strip().lower()
        )
        if reply == "q":
            raise StoppedError(Answers(tuple(chosen), answers.known, answers.unsure, answers.tried))
        if parent and reply in ("0", "u", "?"):
            return parent
        if parent and reply in ("b", "back"):
            return None
        if reply.isascii() and reply.isdigit() and 1 <= int(reply[:4]) <= len(options):
            return options[int(reply) - 1]
        if not parent and not reply and chosen:
            return None
        say(words["interview.number_between"].format(low=1, high=len(options)))


def _under(knowledge: KnowledgeBase, id: str, parent: str | None) -> bool:
    return parent in knowledge.ancestors(id) if parent else knowledge.conditions[id].parent is None


def offer_to_save(
    knowledge: KnowledgeBase,
    answers: Answers,
    save: Callable[[Path, Answers], None],
    ask: Ask = input,
    say: Say = print,
    what_if: Callable[[], None] | None = None,
) -> None:
    """Ask whether to keep the answers in a file; nothing is written unless the person names one.

    Where `what_if` is given, the person can first look at what other answers would change.
    """
    words = knowledge.wording
    offer = words["interview.keep" if what_if is None else "interview.keep_or_what_if"]
    while True:
        try:
            reply = ask(f"\n{offer} > ").strip()
        except (EOFError, KeyboardInterrupt):
            reply = ""
        if reply in ("w", "W") and what_if is not None:
            what_if()
            continue
        if not reply:
            say(words["interview.not_saved"])
            return
        path = Path(reply).expanduser()
        try:
            save(path, answers)
        except OSError as error:
            say(words["interview.cannot_save"].format(file=visible(str(path)), why=error.strerror or error))
            continue
        say(words["interview.saved"].format(file=visible(str(path))))
        say(words["interview.resume"].format(file=visible(reply)))
        return


def try_other_answers(
    knowledge: KnowledgeBase,
    answers: Answers,
    sheet: Sheet,
    show: Callable[[Answers], None],
    ask: Ask = input,
    say: Say = print,
) -> None:
    """Let the person pick a question that matters for their options, give another answer, and see what would change."""
    words = knowledge.wording
    matters = Counter(change.question for option in sheet.options for change in option.would_change)
    # What is a sign that needs care by itself, such as thoughts of ending one's life, is nothing to play with.
    signs = {knowledge.questions_of_rule[rule.id] for rule in knowledge.rules.values() if rule.effect == "urgent"}
    offered = [knowledge.questions[id] for id, _ in matters.most_common() if frozenset({id}) not in signs]
    offered = offered[:MOST_QUESTIONS_OFFERED]
    while True:
        say(f"\n{words['what_if.which']}")
        for number, question in enumerate(offered, 1):
            say(f"  {number}  {question.ask}")
        try:
            reply = ask(f"{words['what_if.prompt']} > ").strip()
            if not reply or reply.lower() in ("q", "b"):
                return
            changed = _other_answer(knowledge, offered, reply, answers, ask, say)
        except (EOFError, KeyboardInterrupt):
            return
        if changed is not None:
            show(changed)


def _other_answer(
    knowledge: KnowledgeBase, offered: list[Question], reply: str, answers: Answers, ask: Ask, say: Say
) -> Answers | None:
    """The answers with the one that the person tries; None when the reply was not understood or taken back."""
    words = knowledge.wording
    if "=" in reply:
        try:
            return with_changes(answers, read_changes([reply], "what if", knowledge))
        except ContentError as error:
            say("\n".join(map(str, error.problems)))
            return None
    if not (reply.isascii() and reply.isdigit() and 1 <= int(reply[:4]) <= len(offered)):
        say(words["interview.number_between"].format(low=1, high=len(offered)))
        return None
    question = offered[int(reply) - 1]
    step = Step(knowledge.screens[question.screen], (question,), 1, Why("status", 0))
    _show(knowledge, step, say)
    while True:
        reply = ask(f"{words['interview.prompt_one' if question.kind != 'many_of' else 'interview.prompt_many']} > ")
        if not reply.strip() or command(reply) in ("back", "quit"):
            return None
        try:
            return answer(step, reply, answers)
        except NotUnderstoodError as error:
            say(words[error.wording].format(**error.values))


def ask_for_day(
    knowledge: KnowledgeBase, day: Day, before: Day | None, fields: Sequence[str], ask: Ask = input, say: Say = print
) -> Day:
    """The day of the diary with what the person answers; as it was when they stop."""
    words = knowledge.wording
    say(_wrapped(words["diary.intro"].format(date=day.date)))
    if before and before.known:
        say(_wrapped(words["diary.there_already"].format(said=said(knowledge, before.known))))
    answered: dict[str, Any] = {}
    try:
        for field in fields:
            if field == PEG[0]:
                say(f"\n{_wrapped(words['diary.week_intro'].format(source=peg_source(knowledge)))}")
            value = _value(knowledge, field, ask, say)
            answered |= {} if value is None else {field: value}
    except (EOFError, KeyboardInterrupt):
        say("")
        return day
    return replace(day, **answered)


def _value(knowledge: KnowledgeBase, field: str, ask: Ask, say: Say) -> int | bool | None:
    """The answer to a question of the diary; None when it is skipped. Raises EOFError when the person stops."""
    words = knowledge.wording
    kind = "number" if field in NUMBERS else "yes_no"
    yes, no = ((words[id], words[id][0], id, id[0]) for id in ("yes", "no"))
    say(f"\n{_wrapped(words[f'diary.ask.{field}'])}")
    while True:
        reply = ask(f"{words[f'diary.prompt_{kind}']} > ").strip().lower()
        if not reply:
            return None
        if command(reply) == "quit":
            raise EOFError
        if kind == "number" and reply in map(str, range(HIGHEST + 1)):
            return int(reply)
        if kind == "yes_no" and reply in (*yes, *no):
            return reply in yes
        say(words[f"diary.{kind}_needed"])


def _wrapped(text: str) -> str:
    """Text in lines that end between words."""
    return textwrap.fill(text, min(shutil.get_terminal_size().columns, 80), break_on_hyphens=False)
