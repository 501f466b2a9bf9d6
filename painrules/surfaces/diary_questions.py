"""Ask for one day of the diary, by plain lines."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from painrules.diary import HIGHEST, NUMBERS, PEG, Day
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.diary_page import peg_source, said
from painrules.surfaces.typed import KEYS, Ask, Say, say_line, typed_line


def ask_for_day(
    knowledge: KnowledgeBase,
    day: Day,
    before: Day | None,
    fields: Sequence[str],
    ask: Ask = typed_line,
    say: Say = say_line,
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
        if reply in KEYS["quit"]:
            raise EOFError
        if kind == "number" and reply in map(str, range(HIGHEST + 1)):
            return int(reply)
        if kind == "yes_no" and reply in (*yes, *no):
            return reply in yes
        say(words[f"diary.{kind}_needed"])


def _wrapped(text: str) -> str:
    """Text in lines that end between words."""
    return textwrap.fill(text, min(shutil.get_terminal_size().columns, 80), break_on_hyphens=False)
