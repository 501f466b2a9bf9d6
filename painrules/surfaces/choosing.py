"""A list that someone moves through: where the cursor stands, what was typed to find a line, what is chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from msgspec import Struct

from painrules.interview import Command, NotUnderstoodError, Reply, number_within
from painrules.likeness import simple
from painrules.reading import visible
from painrules.surfaces.forms import Form, Line, Said, chosen_names, find

Mark = Literal["yes", "unsure"]
RowKind = Literal["line", "number", "nothing", "on", "first", "help", "not_sure", "skip", "back", "done", "quit"]
BELOW: tuple[RowKind, ...] = ("not_sure", "skip", "back", "help", "done", "quit")
"""What one can do besides answering, in the order in which it stands below the list."""
MOST_LETTERS = 40
MOST_NAMES = 2
"""Names told on the row that goes on; more are counted."""


class Row(Struct, frozen=True):
    """Something the cursor can stand on."""

    kind: RowKind
    text: str
    line: Line | None = None
    name: str = ""
    """The other name by which the line was found."""


class Choosing:
    """The state of one list, changed by what the person presses. It draws nothing."""

    def __init__(self, words: Mapping[str, str], form: Form):
        self.words, self.form = words, form
        self.typed = ""
        self.helping = False
        self.problem = ""
        self.marks: dict[str, Mark] = dict.fromkeys(form.chosen, "yes")
        self._marked_before = dict(self.marks)
        self._searched = False  # the next letter begins another search
        self._left_at = 0
        self.rows: tuple[Row, ...] = ()
        self.at = 0
        self._renew()

    @property
    def row(self) -> Row:
        """Where the cursor stands."""
        return self.rows[self.at]

    @property
    def count(self) -> int:
        """How many of the rows are the list itself; the others stand below it."""
        return sum(row.kind in ("line", "number", "nothing") for row in self.rows)

    # --- moving ----------------------------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Up or down; the list has two ends."""
        self.at = min(max(self.at + by, 0), len(self.rows) - 1)
        self._searched = bool(self.typed)

    def jump(self) -> None:
        """From the list to what stands below it, and back to where one was."""
        if self.at < self.count:
            self._left_at, self.at = self.at, min(self.count, len(self.rows) - 1)
        else:
            self.at = min(self._left_at, self.count - 1)

    # --- finding ---------------------------------------------------------------------------------------------------

    def type(self, text: str) -> None:
        """Letters to find a line by, or digits of a number. A space marks the line, unless a search is being typed."""
        if text == " " and (self._searched or not self.typed):
            self.mark()
        elif visible(text) == text and self._takes(text):
            self.typed = (text if self._searched else self.typed + text).lstrip()[:MOST_LETTERS]
            self._searched = False
            self._renew()

    def _takes(self, text: str) -> bool:
        return self.form.kind != "number" or all(letter in "0123456789.,-" for letter in text)

    def erase(self) -> None:
        """Take back a letter."""
        self.typed, self._searched = self.typed[:-1], False
        self._renew()

    def escape(self) -> Said | None:
        """Show all lines again, or else go back."""
        if self.helping:
            self.helping = False
            return None
        if self.typed:
            stood = self.row.line
            self.typed, self._searched = "", False
            self._renew()
            self.at = next((at for at, row in enumerate(self.rows) if stood and row.line == stood), self.at)
            return None
        return self.wish("back")

    def _renew(self) -> None:
        """The rows for what is typed, with the cursor on the best of them."""
        self.problem = ""
        self.rows = (*self._lines(), *self._below())
        self.at = min(range(self.count), key=lambda at: self._fit(self.rows[at])) if self.typed else 0

    def _fit(self, row: Row) -> tuple[int, int]:
        """How well a line fits what was typed: its name begins so (the shortest first), or a word of it, or another."""
        typed, name = simple(self.typed), simple(row.line.text) if row.line else ""
        starts = (name.startswith(typed), f" {typed}" in name, f" {typed}" in f" {simple(row.text)}", True)
        return starts.index(True), len(name) if starts[0] else 0

    def _lines(self) -> Iterator[Row]:
        if self.form.kind == "number":
            yield Row("number", self.words["picked.answer"].format(unit=self.form.unit, typed=f"{self.typed}_"))
            return
        lines = found(self.form, self.typed)
        if not lines:  # a row of its own, so that Enter does nothing, rather than what stands below
            yield Row("nothing", self.words["picked.nothing_found"].format(typed=self.typed))
        elif self.form.kind == "one" and "not_sure" in self.form.may and not self.typed:
            # Where the cursor stands first: an Enter too many must not answer, least of all with the mildest answer.
            yield Row("nothing", self.words["picked.choose"])
        for line, name in lines:
            told = name and simple(self.typed) not in simple(line.text)  # what was typed can be read there already
            yield Row("line", visible(line.text) + (f" [{visible(name)}]" if told else ""), line, name)

    def _below(self) -> Iterator[Row]:
        words, form = self.words, self.form
        if form.kind in ("some", "each") and (self.marks or "back" in form.may):
            yield Row("on", self._going_on())
        elif form.kind in ("some", "each"):  # a row of its own, so that Tab and Enter do not stop the program
            yield Row("first", words["picked.mark_first"])
        for kind in (kind for kind in BELOW if all(kind != line.id for line in form.lines)):
            if kind == "help" and form.help:
                yield Row(kind, f"{words['picked.help']} (F1)")
            elif kind == "not_sure" and self._may_be_unsure():
                each = "" if form.kind != "each" else ".rest" if self.marks else ".any"
                yield Row(kind, words[f"picked.not_sure{each}"] + (" (F2)" if form.kind != "each" else ""))
            # Where one cannot be unsure it is no question but a menu, and leaving it is one of its lines.
            elif kind == "skip" and {"skip", "not_sure"} <= form.may:
                yield Row(kind, f"{words['picked.skip']} (F3)")
            elif kind in ("back", "done", "quit") and kind in form.may:
                key = {"back": "F4", "done": "F5", "quit": "Ctrl-C"}[kind]
                yield Row(kind, f"{words[f'picked.{kind}']} ({key})")

    def _may_be_unsure(self) -> bool:
        # Not to lose what is marked: of a list of values one cannot be sure and unsure at the same time.
        return "not_sure" in self.form.may and (self.form.kind != "some" or not self.marks)

    def _going_on(self) -> str:
        words, form = self.words, self.form
        if not self.marks:
            return words[f"picked.none.{form.kind}"]
        if form.kind == "some":
            few = len(self.marks) <= MOST_NAMES
            names = visible(chosen_names(form, self.marks))
            return words["picked.on.names" if few and names else "picked.on.count"].format(
                names=names, count=len(self.marks)
            )
        counts = [(mark, sum(found == mark for found in self.marks.values())) for mark in ("yes", "unsure")]
        parts = [words[f"picked.count.{mark}"].format(count=count) for mark, count in counts if count]
        rest = [words["picked.count.rest"]] if len(self.marks) < len(form.lines) else []
        return words["picked.on.marks"].format(marks=", ".join(parts + rest))

    # --- choosing --------------------------------------------------------------------------------------------------

    def mark(self, to: Mark | None = None) -> None:
        """Mark the line where the cursor stands: yes, then (where one may be unsure) not sure, then no mark."""
        line, self.problem = self.row.line, ""
        if line is None or self.form.kind not in ("some", "each"):
            return
        now = self.marks.get(line.id)
        following: dict[Mark | None, Mark | None] = {None: "yes"}
        if self.form.kind == "each":
            following["yes"] = "unsure"
        new = (None if now == to else to) if to else following.get(now)
        # A medicine that was found by its name can stand for several lines: all of them are true.
        for same in [line, *(other for other in self.form.lines if self.row.name in other.also)]:
            self.marks.pop(same.id, None)
            if new:
                self.marks[same.id] = new
        self._searched = bool(self.typed)
        self.rows = (*self.rows[: self.count], *self._below())

    def press(self) -> Said | None:
        """Enter: the reply, or None if there is more to do."""
        row = self.row
        if row.kind == "line" and row.line:
            if self.form.kind == "one":
                return Reply((row.line.id,))
            self.mark()
            return None
        if row.kind == "number":
            return self._number()
        if row.kind == "on":
            return self.reply()
        if row.kind in ("help", "nothing", "first"):
            self.helping = row.kind == "help"
            return None
        if row.kind == "not_sure":
            return self.not_sure()
        assert row.kind in ("skip", "back", "done", "quit")
        return self.wish(row.kind)

    def wish(self, wish: Command) -> Said | None:
        """A command, where it is possible; what is marked, such as an urgent sign, is not dropped by going on."""
        if wish in ("skip", "done") and self.marks != self._marked_before and self.form.kind in ("some", "each"):
            self.problem = self.words["picked.marked"]
            return None
        return wish if wish in self.form.may else None

    def not_sure(self) -> Said | None:
        """Not sure of anything that is not marked."""
        if self.form.kind == "each" and self.marks:
            rest = tuple(line.id for line in self.form.lines if line.id not in self.marks)
            return Reply(self._marked("yes"), (*self._marked("unsure"), *rest))
        return self.wish("not_sure") if self._may_be_unsure() else None

    def not_sure_here(self) -> Said | None:
        """The key for not sure: of one line of many, or of the question."""
        if self.form.kind == "each":
            self.mark("unsure")
            return None
        return self.not_sure()

    def help(self) -> None:
        """Show the help, or hide it again."""
        self.helping = not self.helping

    def reply(self) -> Reply:
        """What is marked."""
        return Reply(self._marked("yes"), self._marked("unsure"))

    def _marked(self, wanted: Mark) -> tuple[str, ...]:
        return tuple(id for id, mark in self.marks.items() if mark == wanted)

    def _number(self) -> Reply | None:
        try:
            number_within(self.typed, *self.form.limits)
        except NotUnderstoodError as error:
            self.problem = self.words[error.wording].format(**error.values)
            return None
        return Reply(number=self.typed)


def found(form: Form, typed: str) -> list[tuple[Line, str]]:
    """The lines that contain what was typed, or else those that are like it, with the other name that was meant."""
    if not typed.strip():
        return [(line, "") for line in form.lines]
    names: dict[str, str] = {}
    for one in find(form, typed):
        for line in one.lines:
            names.setdefault(line.id, "" if one.name == line.text else one.name)
    return [(line, names[line.id]) for line in form.lines if line.id in names]


def told(words: Mapping[str, str], form: Form, said: Said) -> str:
    """What was answered, in one line."""
    if not isinstance(said, Reply):
        return words[f"picked.{said}"]
    if form.kind == "number":
        return f"{said.number} ({form.unit})"
    if not (said.chosen or said.unsure):
        return words[f"picked.none.{form.kind}"]
    if form.kind != "each":
        return visible(chosen_names(form, said.chosen))
    rest = len(form.lines) - len(said.chosen) - len(said.unsure)
    parts = [
        words["picked.told.yes"].format(names=visible(chosen_names(form, said.chosen))) if said.chosen else "",
        words["picked.told.unsure"].format(names=visible(chosen_names(form, said.unsure))) if said.unsure else "",
        words["picked.told.rest"].format(count=rest) if rest else "",
    ]
    return " ".join(filter(None, parts))
