"""Ask by plain lines and typed numbers: works without colour, with a screen reader and on a dumb terminal."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from textwrap import wrap

from painrules.interview import Command, NotUnderstoodError, Reply
from painrules.knowledge import KnowledgeBase
from painrules.reading import visible
from painrules.surfaces.forms import ALL, Form, Line, Said, chosen_names, find

Say = Callable[[str], None]
Ask = Callable[[str], str]


def say_line(text: str) -> None:
    """Show lines at the terminal, broken between words."""
    for line in broken(visible(text)):
        print(line)


def broken(text: str) -> Iterator[str]:
    """The lines of a text as wide as the terminal; whole where the output is no terminal."""
    width = shutil.get_terminal_size().columns - 1 if sys.stdout.isatty() else 0
    for line in text.split("\n"):
        indent = line[: len(line) - len(line.lstrip())]
        yield from (wrap(line, max(width, 8), subsequent_indent=indent) if width else ()) or (line,)


def typed_line(prompt: str) -> str:
    """The line that a person types. Raises EOFError."""
    return input(visible(prompt))


KEYS: dict[Command, tuple[str, ...]] = {
    "not_sure": ("u", "?", "unsure", "not sure"),
    "skip": ("s", "skip", ""),
    "back": ("b", "back"),
    "done": ("d", "done"),
    "quit": ("q", "quit"),
}
HELP = ("h", "help")
NONE = ("0", "n", "no", "none")
MOST_FOUND = 6


class Typed:
    """Asks through `ask` (shows a prompt, gives the line typed) and `say`."""

    def __init__(self, knowledge: KnowledgeBase, ask: Ask = typed_line, say: Say = say_line):
        self.words = knowledge.wording
        self._ask = ask
        self._headings: list[str] = []
        self.say = say

    def line(self, prompt: str) -> str | None:
        """A line of text; None when the terminal was closed or Ctrl-C pressed."""
        try:
            return self._ask(f"{prompt} > ").strip()
        except (EOFError, KeyboardInterrupt):
            return None

    def ask(self, form: Form) -> Said:
        """Ask until the reply is understood. A closed terminal and Ctrl-C mean to stop."""
        if form.groups:
            return self._by_group(form)
        self._show(form)
        while True:
            text = self.line(self._prompt(form))
            wish = "quit" if text is None else command(form, text)
            if wish:
                return wish
            assert text is not None
            if text.lower() in HELP:
                self.say(form.help or self.words["interview.no_help"])
                if form.may >= ALL:
                    self.say("\n".join(self.keys()))
                continue
            try:
                return self._read(form, text)
            except NotUnderstoodError as error:
                self.say(self.words[error.wording].format(**error.values))

    def keys(self) -> Iterator[str]:
        """What can be typed."""
        yield from (self.words[f"interview.keys.{number}"] for number in (1, 2, 3, 4, 5))

    # --- one list of lines -------------------------------------------------------------------------------------

    def _show(self, form: Form) -> None:
        if form.heading and form.heading not in self._headings[-1:]:
            self.say(f"\n== {form.heading} ==")
            if form.intro and form.heading not in self._headings:
                self.say(form.intro)
            self._headings.append(form.heading)
        self.say(f"\n{form.title}")
        self._lines(form.lines)
        for line in filter(None, (form.progress, form.why)):
            self.say(line)

    def _lines(self, lines: Sequence[Line]) -> None:
        for number, line in enumerate(lines, 1):
            self.say(f"  {number}  {visible(line.text)}")

    def _prompt(self, form: Form) -> str:
        kinds = {"number": form.unit, "one": self.words["interview.prompt_one"]}
        words = kinds.get(form.kind, self.words["interview.prompt_many"])
        named = self.words["interview.prompt_named"] if any(line.also for line in form.lines) else ""
        if form.may == {"skip"}:
            return self.words["interview.prompt_end"]
        letters = " ".join(keys[0] for wish, keys in KEYS.items() if wish in form.may)
        return f"{words}{named} [{letters}{' h' if form.help else ''}]" if letters else f"{words}{named}"

    def _read(self, form: Form, text: str) -> Reply:
        if form.kind == "number":
            return Reply(number=text)
        if form.kind == "one":
            (number,) = numbers(text, len(form.lines), "one_number")[0]
            return Reply((form.lines[number - 1].id,))
        if text.lower() in NONE:
            return Reply()
        if form.kind == "some" and any(line.also for line in form.lines) and any(map(str.isalpha, text)):
            return self._named(form, text)
        ticked, unsure = numbers(text, len(form.lines))
        return Reply(_ids(form, ticked), _ids(form, unsure))

    def _named(self, form: Form, text: str) -> Reply:
        """Lines by names or numbers, one after the other; a name is never taken without asking."""
        chosen: list[str] = []
        while True:
            for words in filter(None, map(str.strip, text.split(","))):
                chosen += [line.id for line in self._meant(form, words) if line.id not in chosen]
            if chosen:
                self.say(self.words["interview.chosen"].format(names=visible(chosen_names(form, chosen))))
            more = self.line(self.words["interview.prompt_more_names"])
            if not more:
                if chosen:
                    return Reply(tuple(chosen))
                raise NotUnderstoodError("some_numbers", high=len(form.lines))
            text = more

    def _meant(self, form: Form, words: str) -> list[Line]:
        """The lines that a name or number stands for; asks when it is a name."""
        if number := number_of(words, len(form.lines)):
            return [form.lines[number - 1]]
        found = find(form, words)[:MOST_FOUND]
        if not found:
            self.say(self.words["interview.no_name"].format(name=visible(words[:60])))
            return []
        self.say(self.words["interview.which_meant"].format(name=visible(words[:60])))
        for number, one in enumerate(found, 1):
            self.say(f"  {number}  {visible(one.text)}")
        reply = self.line(self.words["interview.prompt_many"])
        try:
            ticked = numbers(reply or "", len(found))[0] if reply and reply.lower() not in NONE else []
        except NotUnderstoodError as error:
            self.say(self.words[error.wording].format(**error.values))
            return self._meant(form, words)
        return [line for number in ticked for line in found[number - 1].lines]

    # --- long forms ------------------------------------------------------------------------------------------------

    def _by_group(self, form: Form) -> Said:
        """First the group, then its lines; Enter goes on."""
        chosen = list(form.chosen)
        groups = {group: [line for line in form.lines if line.under == group] for group in form.groups}
        listed = Form(form.title, "one", tuple(Line(group, group) for group in groups), form.why)
        self._show(listed)
        while True:
            text = self.line(self.words["interview.prompt_more" if chosen else "interview.prompt_first"])
            if text is None or text.lower() in KEYS["quit"]:
                return "quit"
            if text.lower() in KEYS["back"] and "back" in form.may:
                return "back"
            if text.lower() in HELP:
                self._show(listed)
                continue
            if not text and (chosen or "back" in form.may):
                return Reply(tuple(chosen))
            if number := number_of(text, len(groups)):
                picked = self._of_group(form, list(groups.values())[number - 1])
            elif any(map(str.isalpha, text)):
                picked = self._meant(form, text)
            else:
                self.say(self.words["interview.number_between"].format(low=1, high=len(groups)))
                continue
            if picked is None:
                return "quit"
            for line in picked:  # what is chosen again is taken back
                (chosen.remove if line.id in chosen else chosen.append)(line.id)
            if chosen:
                self.say(self.words["interview.chosen"].format(names=visible(chosen_names(form, chosen))))

    def _of_group(self, form: Form, lines: list[Line]) -> list[Line] | None:
        """The lines chosen of one group; None to stop."""
        if len(lines) == 1:
            return lines
        self.say(f"\n{visible(lines[0].under)}")
        self._lines(lines)
        while True:
            text = self.line(self.words["interview.prompt_kind"])
            if text is None or text.lower() in KEYS["quit"]:
                return None
            if not text or text.lower() in (*KEYS["back"], *NONE):
                return []
            try:
                return [lines[number - 1] for number in numbers(text, len(lines))[0]]
            except NotUnderstoodError as error:
                self.say(self.words[error.wording].format(**error.values))


def _ids(form: Form, found: Sequence[int]) -> tuple[str, ...]:
    return tuple(form.lines[number - 1].id for number in found)


def command(form: Form, text: str) -> Command | None:
    """The command that a reply is, if the form lets it be one."""
    for wish, words in KEYS.items():
        if wish in form.may and text.lower() in words:
            return wish
    return None


def number_of(text: str, most: int) -> int | None:
    """The number from 1 to `most` that a reply is. Thousands of digits are no number: `int` refuses them."""
    plain = text.isascii() and text.isdigit() and len(text) <= 4
    return int(text) if plain and 1 <= int(text) <= most else None


def numbers(text: str, most: int, wanted: str = "some_numbers") -> tuple[list[int], list[int]]:
    """The numbers of a reply such as '1, 3 ?4': ticked, and not sure. Raises NotUnderstoodError."""
    ticked: list[int] = []
    unsure: list[int] = []
    for word in text.replace(",", " ").split():
        number = number_of(word.strip("?"), most)
        if number is None:
            raise NotUnderstoodError(wanted, high=most)
        (unsure if "?" in word else ticked).append(number)
    if not (ticked or unsure) or (wanted == "one_number" and (len(ticked) != 1 or unsure)):
        raise NotUnderstoodError(wanted, high=most)
    return ticked, unsure
