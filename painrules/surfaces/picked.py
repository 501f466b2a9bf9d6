"""Ask by lists that one moves through with the arrow keys, at a terminal that can move its cursor.

A list is drawn below what was said before. When it is answered, one or two plain lines take its place, so that what
stays on the screen reads as a protocol. Marks and states are words and signs: no colour, only bold, dim and reverse.
"""

from __future__ import annotations

import os
import sys
import termios
from collections.abc import Iterator
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
from painrules.surfaces.choosing import Choosing, told
from painrules.surfaces.forms import Form, Said
from painrules.surfaces.picture import WIDEST, Picture

USUAL = Size(rows=24, columns=80)
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
        picture = Picture(choosing, introduce=form.heading not in self._headings)
        said = self._asked(choosing, picture) if self._is_read(picture) else "quit"
        if form.heading and form.heading not in self._headings[-1:]:
            self.say(f"\n== {form.heading} ==")
            self._headings.append(form.heading)
        self.say(f"{form.title}\n  {told(self.words, form, said)}")
        self._unread = 0
        return said

    def _is_read(self, picture: Picture) -> bool:
        """Wait for Enter if a list would push what was said, such as what to do now, off the screen; False to stop."""
        size = self._output.get_size()
        if self._unread == 0 or self._unread + len(picture.draw(size.columns, size.rows)) <= size.rows:
            return not self._closed
        return self._prompt(self.words["picked.read_on"], erase=True) is not None

    def _asked(self, choosing: Choosing, picture: Picture) -> Said:

        def draw() -> StyleAndTextTuples:
            size = self._output.get_size()
            drawn: StyleAndTextTuples = []
            for style, text in picture.draw(size.columns, size.rows):
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
        self._write("\r")  # and it was shown by the terminal itself
        self._output.erase_down()


def _size() -> Size:
    try:
        columns, rows = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return USUAL
    return Size(rows=rows or USUAL.rows, columns=columns or USUAL.columns)


def _keys(choosing: Choosing, picture: Picture) -> KeyBindings:
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
