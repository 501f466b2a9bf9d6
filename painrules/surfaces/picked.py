"""Ask by lists that one moves through with the arrow keys, at a terminal that can move its cursor.

A list is drawn below what was said before. When it is answered, one or two plain lines take its place, so that what
stays on the screen reads as a protocol. Marks and states are words and signs: no colour, only bold, dim and reverse.
"""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Iterator, Sequence
from textwrap import wrap

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application
from prompt_toolkit.data_structures import Size
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.input.typeahead import clear_typeahead
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import ColorDepth, Output
from prompt_toolkit.output.vt100 import Vt100_Output

from painrules.interview import Command
from painrules.knowledge import KnowledgeBase
from painrules.reading import visible
from painrules.surfaces.choosing import Choosing, Row, told
from painrules.surfaces.forms import Form, Said

Drawn = list[tuple[str, str]]
"""Lines of the screen, each with its style."""
USUAL = Size(rows=24, columns=80)
WIDEST = 80
LOW = 16
"""Rows of a terminal so low that there is no room for blank lines."""
MANY = 8
"""Lines; in a longer list people are told that they can type to find one."""
FEW = 3
"""Rows of the list that are shown at least, if the terminal has them."""
PAGE = 8
ESCAPE_SECONDS = 0.1
"""How long to wait whether an Esc is the beginning of another key."""
COMMAND_KEYS: dict[str, Command] = {"f3": "skip", "f4": "back", "f5": "done"}


class Picked:
    """Asks at the terminal through prompt_toolkit."""

    def __init__(self, knowledge: KnowledgeBase, source: Input | None = None, target: Output | None = None):
        self.words = knowledge.wording
        self._input = source or create_input()
        # Without asking the terminal where its cursor is: not all answer, and the answer may come among the keys.
        self._output = target or Vt100_Output(sys.stdout, _size, os.environ.get("TERM"), enable_cpr=False)
        self._headings: list[str] = []
        self._unread = 0  # lines that were said since the last key was pressed
        self._closed = False

    def say(self, text: str) -> None:
        """Show some lines, broken between words; no more at once than the screen holds."""
        size = self._output.get_size()
        for paragraph in text.split("\n"):
            indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
            lines = wrap(visible(paragraph), min(size.columns, WIDEST) - 1, subsequent_indent=indent)
            for line in lines or [""]:
                if self._unread >= size.rows - 1:
                    self._prompt(self.words["picked.read_on"], erase=True)
                self._write(f"{line}\n")
                self._unread += 1

    def _write(self, text: str) -> None:
        try:
            if not self._closed:
                self._output.write(text)
                self._output.flush()
        except OSError:
            self._closed = True

    def keys(self) -> Iterator[str]:
        """What can be pressed."""
        yield from (self.words[f"picked.keys.{number}"] for number in (1, 2))

    def line(self, prompt: str) -> str | None:
        """A line of text; None when the terminal was closed or Ctrl-C pressed."""
        self.say(prompt)
        return self._prompt(">")

    def _prompt(self, mark: str, *, erase: bool = False) -> str | None:
        if self._closed:
            return None
        self._forget_keys()
        try:
            session = PromptSession[str](
                f"{mark} ", color_depth=ColorDepth.DEPTH_1_BIT, input=self._input, output=self._output,
                erase_when_done=erase,
            )  # fmt: skip
            reply = session.prompt().strip()
        except (EOFError, KeyboardInterrupt):
            return None
        except OSError:
            self._closed = True
            return None
        self._unread = 0
        return reply

    def ask(self, form: Form) -> Said:
        """Show a list until there is a reply or a command, then say what it was."""
        choosing = Choosing(self.words, form)
        picture = _Picture(choosing, introduce=form.heading not in self._headings)
        said = self._asked(choosing, picture) if self._is_read(picture) else "quit"
        if form.heading and form.heading not in self._headings[-1:]:
            self.say(f"\n== {form.heading} ==")
            self._headings.append(form.heading)
        self.say(f"{form.title}\n  {told(self.words, form, said)}")
        self._unread = 0
        return said

    def _is_read(self, picture: _Picture) -> bool:
        """Wait for Enter if a list would push what was said, such as what to do now, off the screen; False to stop."""
        size = self._output.get_size()
        if self._unread == 0 or self._unread + len(picture.draw(size)) <= size.rows:
            return not self._closed
        return self._prompt(self.words["picked.read_on"], erase=True) is not None

    def _asked(self, choosing: Choosing, picture: _Picture) -> Said:

        def draw() -> StyleAndTextTuples:
            size = self._output.get_size()
            drawn: StyleAndTextTuples = []
            for style, text in picture.draw(size):
                drawn += [(style, text), ("", "\n")]
            return drawn[:-1]

        window = Window(FormattedTextControl(draw, focusable=True, show_cursor=False), always_hide_cursor=True)
        application: Application[Said] = Application(
            Layout(window), key_bindings=_keys(choosing, picture), erase_when_done=True,
            color_depth=ColorDepth.DEPTH_1_BIT, input=self._input, output=self._output,
            terminal_size_polling_interval=None,
        )  # fmt: skip
        application.ttimeoutlen = ESCAPE_SECONDS
        self._forget_keys()
        try:
            return application.run()
        except (EOFError, KeyboardInterrupt):
            return "quit"
        except OSError:
            self._closed = True
            return "quit"

    def _forget_keys(self) -> None:
        """What was pressed before the question could be seen is no answer to it."""
        clear_typeahead(self._input)
        if os.isatty(self._input.fileno()):
            termios.tcflush(self._input.fileno(), termios.TCIFLUSH)


def _size() -> Size:
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return USUAL
    return Size(rows=rows or USUAL.rows, columns=columns or USUAL.columns)


def _keys(choosing: Choosing, picture: _Picture) -> KeyBindings:
    """What each key does."""
    keys = KeyBindings()

    def end(event: KeyPressEvent, said: Said | None) -> None:
        if said is not None:
            event.app.exit(result=said)

    def move(event: KeyPressEvent, by: int) -> None:
        if choosing.helping:
            picture.read_on(by)
        else:
            choosing.move(by)

    for name, by in (("up", -1), ("down", 1), ("pageup", -PAGE), ("pagedown", PAGE), ("home", -9999), ("end", 9999)):
        keys.add(name)(lambda event, by=by: move(event, by))
    keys.add("enter")(lambda event: end(event, choosing.escape() if choosing.helping else choosing.press()))
    keys.add("escape")(lambda event: end(event, choosing.escape()))
    keys.add("f1")(lambda event: choosing.help())
    for name in ("c-c", "c-d", Keys.SIGINT):
        keys.add(name)(lambda event: end(event, "quit"))
    listed = Condition(lambda: not choosing.helping)
    for name in ("tab", "s-tab"):
        keys.add(name, filter=listed)(lambda event: choosing.jump())
    for name in ("backspace", "c-h"):
        keys.add(name, filter=listed)(lambda event: choosing.erase())
    keys.add("f2", filter=listed)(lambda event: end(event, choosing.not_sure_here()))
    for name, wish in COMMAND_KEYS.items():
        keys.add(name, filter=listed)(lambda event, wish=wish: end(event, choosing.wish(wish)))
    for name in (Keys.Any, Keys.BracketedPaste):
        keys.add(name, filter=listed)(lambda event: choosing.type(event.data))
    return keys


class _Picture:
    """How a list looks on a screen of any size; remembers how far it is scrolled."""

    def __init__(self, choosing: Choosing, *, introduce: bool):
        self.choosing, self.form, self.words = choosing, choosing.form, choosing.words
        self._intro = self.form.intro if introduce else ""
        self._first = self._first_below = self._read_from = 0

    def read_on(self, by: int) -> None:
        """Scroll the help."""
        self._read_from = max(self._read_from + by, 0)

    def draw(self, size: Size) -> Drawn:
        """The lines of the screen."""
        # Never all of it: some terminals keep what stood there when the whole screen is cleared.
        width, height = min(size.columns, WIDEST), max(size.rows - 1, 1)
        blank: Drawn = [] if height < LOW else [("", "")]
        head = [*self._head(width, height), *blank]
        foot = [*blank, *_wrapped("dim", self._foot(), width)[: 1 + len(blank)]]
        room = max(height - len(head) - len(foot), 1)
        body = self._help(width, room) if self.choosing.helping else self._body(width, room, blank)
        drawn = [*head, *body, *foot]
        return [*blank, *drawn] if len(drawn) < height else drawn[:height]

    def _head(self, width: int, height: int) -> Drawn:
        """The title and what is said of the question: of that as much as leaves most of the screen to the list."""
        form, choosing = self.form, self.choosing
        above = " - ".join(filter(None, (form.heading, form.progress)))
        title = _wrapped("bold", form.title, width)
        parts = {
            "above": _wrapped("", above, width),
            "title": title[: max(height // 3, 1)],
            "intro": _wrapped("dim", self._intro, width),
            "why": _wrapped("dim", form.why, width),
        }
        for name in ("intro", "why", "above"):
            if sum(map(len, parts.values())) > height // 3:
                parts[name] = []
        find: Drawn = []
        if form.kind != "number" and (choosing.typed or (len(form.lines) > MANY and form.kind != "each")):
            find = _wrapped("", self.words["picked.find"].format(typed=f"{choosing.typed}_"), width)
        problem = _wrapped("bold", choosing.problem and f"! {choosing.problem}", width)
        return [line for part in parts.values() for line in part] + find + problem

    def _foot(self) -> str:
        choosing = self.choosing
        if choosing.helping:
            return self.words["picked.foot.help"]
        if choosing.at >= choosing.count:
            return self.words["picked.foot.below"]
        return self.words[f"picked.foot.{'many' if self.form.kind == 'some' else self.form.kind}"]

    def _body(self, width: int, room: int, blank: Drawn) -> Drawn:
        """The list, and below it what else one can do: of that what the list leaves room for, until one goes there."""
        choosing = self.choosing
        blocks = [self._row(at, width) for at in range(len(choosing.rows))]
        listed, below = blocks[: choosing.count], blocks[choosing.count :]
        lines, under = sum(map(len, listed)), sum(map(len, below))
        below_it = choosing.at - choosing.count
        share = max(room - FEW, room // 2) if below_it >= 0 else max(room - lines - len(blank), min(room // FEW, 1))
        share = max(min(under, share), 0)
        if share + lines + len(blank) > room and share < FEW:
            blank = []
        self._first, above = self._scrolled(listed, choosing.at, room - share - len(blank), self._first, width)
        self._first_below, rest = self._scrolled(below, max(below_it, 0), share, self._first_below)
        return [*above, *blank, *rest]

    def _scrolled(self, blocks: Sequence[Drawn], at: int, room: int, first: int, width: int = 0) -> tuple[int, Drawn]:
        """As many lines as there is room for, with the cursor in sight; with a width, which ones they are is said."""
        lines = [line for block in blocks for line in block]
        if len(lines) <= room:
            return 0, lines
        told = bool(width) and room >= FEW
        room -= told
        if at < len(blocks):
            start = sum(map(len, blocks[:at]))
            first = min(max(first, start + len(blocks[at]) - room), start)
        first = max(min(first, len(lines) - room), 0)
        seen = lines[first : first + room]
        if told:
            owners = [number for number, block in enumerate(blocks, 1) for _ in block][first : first + room]
            place = self.words["picked.place"].format(first=owners[0], last=owners[-1], count=len(blocks))
            seen += _wrapped("dim", place, width)[:1]
        return first, seen

    def _row(self, at: int, width: int) -> Drawn:
        """One row, with the heading of its group where that begins."""
        rows = self.choosing.rows
        row, here = rows[at], at == self.choosing.at
        under = row.line.under if row.line else ""
        before = rows[at - 1].line if at else None
        heading = visible(under) if under and (before is None or before.under != under) else ""
        lead = f"{'>' if here else ' '} {self._state(row)}"
        lines = wrap(row.text, max(width - 1 - len(lead), 8)) or [""]
        style = "reverse" if here else "bold" if row.line and row.line.id in self.choosing.marks else ""
        texts = [lead + lines[0], *(" " * len(lead) + line for line in lines[1:])]
        return [*_wrapped("bold underline", heading, width), *((style, text) for text in texts)]

    def _state(self, row: Row) -> str:
        """What is said of a line, in words: yes, not sure, or nothing."""
        if row.kind != "line" or self.form.kind not in ("some", "each"):
            return ""
        states = {None: " " * len(self.words["yes"]), "yes": self.words["yes"], "unsure": self.words["unsure"]}
        shown = f"[{states[self.choosing.marks.get(row.line.id if row.line else '')]}]"
        longest = "unsure" if self.form.kind == "each" else "yes"
        return f"{shown:{len(self.words[longest]) + 3}}"

    def _help(self, width: int, room: int) -> Drawn:
        text = "\n".join(filter(None, (self.form.help or self.words["interview.no_help"], self.form.why)))
        lines = [line for paragraph in text.split("\n") for line in (*_wrapped("", paragraph, width), ("", ""))][:-1]
        self._read_from = max(min(self._read_from, len(lines) - room), 0)
        return lines[self._read_from : self._read_from + room]


def _wrapped(style: str, text: str, width: int) -> Drawn:
    return [(style, line) for line in wrap(visible(text), max(width - 1, 8))]
