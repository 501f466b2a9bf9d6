"""A person's diary of pain: one row a day, in a CSV file that the person owns and can open in any spreadsheet.

What a day does not say is None: never 0, never "no". So a day without a record is no day without pain or headache.
Columns that are not ours, such as a person's own notes, are kept as they are.
"""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from painrules.private_file import alone_with, refuse_what_is_no_file, write_private
from painrules.reading import MAXIMUM_BYTES, ContentError, Problem, shown

HIGHEST = 10
PEG = ("week_pain", "enjoyment", "activity")
"""The three items of the PEG scale; each is about the past week."""
NUMBERS = ("pain", *PEG)
DAILY = ("pain", "headache")
FIELDS = (*DAILY, *PEG)
COLUMNS = ("date", *FIELDS)
DAYS_OF_WEEK = 7
_WORDS = {"yes": True, "no": False}


class Day(Struct, frozen=True):
    """What a person recorded on one day. The numbers go from 0 to 10."""

    date: datetime.date
    pain: int | None = None
    headache: bool | None = None
    week_pain: int | None = None
    enjoyment: int | None = None
    activity: int | None = None
    own: tuple[tuple[int, str], ...] = ()
    """What stands in columns that are not ours: the column's number and the cell."""

    @property
    def known(self) -> dict[str, Any]:
        """What the day says, field by field."""
        return {field: value for field in FIELDS if (value := getattr(self, field)) is not None}

    @property
    def peg(self) -> float | None:
        """The PEG score: the mean of its three items, only when all three are there."""
        return _mean(float(self.known[item]) for item in PEG) if self.known.keys() >= set(PEG) else None


class Diary(Struct, frozen=True):
    """All days in order, and how the file is laid out."""

    days: tuple[Day, ...] = ()
    columns: tuple[str, ...] = COLUMNS
    delimiter: str = ","
    byte_order_mark: bool = False

    @property
    def recorded(self) -> tuple[Day, ...]:
        """The days that say anything of pain."""
        return tuple(day for day in self.days if day.known)

    def on(self, date: datetime.date) -> Day | None:
        """The row of a date."""
        return next((day for day in self.days if day.date == date), None)


class Span(Struct, frozen=True):
    """Some days in a row, and what was recorded on them."""

    first: datetime.date
    last: datetime.date
    recorded: tuple[Day, ...]

    @property
    def length(self) -> int:
        """How many days there are, recorded or not."""
        return (self.last - self.first).days + 1

    @property
    def pain(self) -> float | None:
        """The mean pain of the days that name it."""
        return _mean(day.pain for day in self.recorded)

    @property
    def peg(self) -> float | None:
        """The mean PEG score of the days that have one."""
        return _mean(day.peg for day in self.recorded)

    @property
    def headache_days(self) -> int:
        """Days with a headache."""
        return sum(day.headache is True for day in self.recorded)

    @property
    def headache_known(self) -> int:
        """Days that say whether there was a headache; the others are not free of it."""
        return sum(day.headache is not None for day in self.recorded)


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


# --- days together ---------------------------------------------------------------------------------------------------


def span(diary: Diary, last: datetime.date, length: int) -> Span:
    """The `length` days that end with `last`."""
    return _between(diary, last - datetime.timedelta(length - 1), last)


def weeks(diary: Diary, most: int) -> list[Span]:
    """The last weeks, oldest first: seven days each, counted back from the last day that was recorded."""
    found: list[Span] = []
    days = diary.recorded
    while days and len(found) < most:
        last = days[-1].date - datetime.timedelta(DAYS_OF_WEEK * len(found))
        if last < days[0].date:
            break
        found.insert(0, span(diary, last, DAYS_OF_WEEK))
    return found


def months(diary: Diary, most: int) -> list[Span]:
    """The last calendar months, oldest first; the latest ends with the last day that was recorded."""
    found: list[Span] = []
    days = diary.recorded
    last = days[-1].date if days else datetime.date.min
    while days and len(found) < most and last >= days[0].date:
        first = last.replace(day=1)
        found.insert(0, _between(diary, first, last))
        last = first - datetime.timedelta(1)
    return found


def _between(diary: Diary, first: datetime.date, last: datetime.date) -> Span:
    return Span(first, last, tuple(day for day in diary.recorded if first <= day.date <= last))


def peg_is_due(diary: Diary, date: datetime.date) -> bool:
    """Whether no PEG score stands for the week that ends with this date."""
    return all(day.peg is None for day in span(diary, date, DAYS_OF_WEEK).recorded)


# --- recording -------------------------------------------------------------------------------------------------------


def add(diary: Diary, new: Day) -> Diary:
    """The diary with what a day says; of a day that is there already, only the fields given are replaced."""
    old = diary.on(new.date) or Day(new.date)
    others = (day for day in diary.days if day.date != new.date)
    days = sorted((*others, replace(old, **new.known)), key=lambda day: day.date)
    return replace(diary, days=tuple(days))


def record(path: Path, new: Day, today: datetime.date) -> Day:
    """Add to the file, which is made when there is none; the day as it was before. Raises ContentError, OSError."""
    with alone_with(path):
        diary = read_diary(path, today)
        write_private(path, as_bytes(add(diary, new)))
    return diary.on(new.date) or Day(new.date)


# --- the file --------------------------------------------------------------------------------------------------------


def read_diary(path: Path, today: datetime.date) -> Diary:
    """Read a diary. Raises ContentError with every problem, OSError when there is no file to read."""
    refuse_what_is_no_file(path)
    with path.open("rb") as stream:
        return parse(stream.read(MAXIMUM_BYTES + 1), str(path), today)


def parse(data: bytes, name: str, today: datetime.date) -> Diary:
    """A diary from the bytes of its file. Raises ContentError."""
    if len(data) > MAXIMUM_BYTES:
        raise ContentError([Problem(name, 1, 1, "", f"is larger than {MAXIMUM_BYTES:,} bytes.")])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ContentError([Problem(name, line, 1, "", "is not UTF-8 text.", "Save it as CSV UTF-8.")]) from None
    head = text.lstrip().partition("\n")[0]
    delimiter = max(",;\t", key=head.count)  # spreadsheets write what is usual in their country
    rows = list(_rows(text, name, delimiter))
    if not rows:
        return Diary()
    line, columns = rows[0]
    diary = Diary((), tuple(columns), delimiter, data.startswith(b"\xef\xbb\xbf"))
    return replace(diary, days=_days(diary, rows[1:], _Problems(name, line), today))


def _rows(text: str, name: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not empty, with the line that it starts in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    except csv.Error as error:
        raise ContentError([Problem(name, line, 1, "", f"is not CSV here: {error}.")]) from None


class _Problems(list[Problem]):
    """What is wrong in a file, with the line that is being read."""

    def __init__(self, name: str, line: int):
        super().__init__()
        self.name, self.line = name, line

    def found(self, field: str, message: str, hint: str = "", column: int = 1) -> None:
        self.append(Problem(self.name, self.line, column, field, message, hint))


def _days(
    diary: Diary, rows: Iterable[tuple[int, list[str]]], problems: _Problems, today: datetime.date
) -> tuple[Day, ...]:
    names = _names(diary)
    if "date" not in names:
        problems.found("date", "there is no such column.", f"The first line names the columns: {','.join(COLUMNS)}.")
    for name in COLUMNS:
        if names.count(name) > 1:
            problems.found(name, "there are two such columns.", "Keep one.")
    if problems:
        raise ContentError(problems)
    days: dict[datetime.date, Day] = {}
    for line, row in rows:
        problems.line = line
        day = _day(names, row, problems, today)
        if day and day.date in days:
            problems.found("date", f"{day.date} stands here twice.", "Keep one.")
        elif day:
            days[day.date] = day
    if problems:
        raise ContentError(problems)
    return tuple(sorted(days.values(), key=lambda day: day.date))


def _names(diary: Diary) -> list[str]:
    """The name of each column that is ours, and nothing for the others."""
    names = (column.strip().lower() for column in diary.columns)
    return [name if name in COLUMNS else "" for name in names]


def _day(names: list[str], row: list[str], problems: _Problems, today: datetime.date) -> Day | None:
    cells = {name: cell.strip() for name, cell in zip(names, row, strict=False) if name}
    if any(cell.strip() for cell in row[len(names) :]):
        problems.found("", "has more cells than the first line has names.", column=len(names) + 1)
    values: dict[str, Any] = {}
    for field in FIELDS:
        text = cells.get(field, "")
        if field == "headache":
            values[field] = _WORDS.get(text.lower())
            wanted = "Write yes or no, or leave it empty."
        else:
            # Spreadsheets may write 6 as 6.0.
            number = text.removesuffix(".0")
            values[field] = int(number) if number in map(str, range(HIGHEST + 1)) else None
            wanted = f"Write a whole number from 0 to {HIGHEST}, or leave it empty."
        if text and values[field] is None:
            problems.found(field, f"{shown(text)} is not understood.", wanted, names.index(field) + 1)
    try:
        date = date_from(cells.get("date", ""), today)
    except ValueError as error:
        problems.found("date", str(error), column=names.index("date") + 1)
        return None
    own = tuple((index, row[index]) for index, name in enumerate(names) if not name and index < len(row))
    return Day(date, own=own, **values)


FIRST_YEAR = 1900
"""Of a diary."""


def date_from(text: str, today: datetime.date) -> datetime.date:
    """A date such as 2026-11-20. Raises ValueError that says what is wrong."""
    try:
        date = datetime.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise ValueError(f"{shown(text)} is no date. Write year, month and day, such as {today}.") from None
    if date.year < FIRST_YEAR:
        raise ValueError(f"{date} is too long ago.")
    if date > today + datetime.timedelta(1):  # a day more, for those who travel
        raise ValueError(f"{date} has not come yet.")
    return date


def as_bytes(diary: Diary) -> bytes:
    """A diary as its file; columns of ours that the file did not have are put last."""
    there = _names(diary)
    columns = (*diary.columns, *(name for name in COLUMNS if name not in there))
    names = _names(replace(diary, columns=columns))
    text = io.StringIO()
    writer = csv.writer(text, delimiter=diary.delimiter, lineterminator="\n")
    writer.writerow(columns)
    for day in diary.days:
        own = dict(day.own)
        writer.writerow(_cell(getattr(day, name)) if name else own.get(n, "") for n, name in enumerate(names))
    return text.getvalue().encode("utf-8-sig" if diary.byte_order_mark else "utf-8")


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
