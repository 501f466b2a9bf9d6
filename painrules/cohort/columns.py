"""The columns of a data set as columns of facts, and a tally of what could not be understood.

Every question becomes one column: true, false or null (yes_no), the place of the answer among the answers (one_of), or
a number; of a many-valued question each item is a column of its own, `medicines_taken:lithium`, and each condition is
one, `has:gout`. Null is unknown. A value that is impossible or that nobody explained becomes unknown, and is tallied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct, field

from painrules.cohort.column_map import CONDITIONS, SEPARATOR, UNSURE, ColumnMap, Source, Target
from painrules.cohort.lowering import Kind
from painrules.reading import shown

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS_NAMED = 3
MOST_VALUES_NAMED = 1000
"""Of each column; more different values are counted together."""
OTHER_VALUES = "(other values)"


class Trouble(Struct, frozen=True, order=True):
    """A value of a column that could not be used."""

    column: str
    message: str
    value: str


class Tally(Struct):
    """How often each trouble came up, and in which rows first."""

    found: dict[Trouble, tuple[int, tuple[int, ...]]] = field(default_factory=dict)

    def add(self, trouble: Trouble, count: int, rows: Iterable[int]) -> None:
        """Count a trouble."""
        if trouble not in self.found and sum(t.column == trouble.column for t in self.found) >= MOST_VALUES_NAMED:
            trouble = Trouble(trouble.column, trouble.message, OTHER_VALUES)
        before, first = self.found.get(trouble, (0, ()))
        self.found[trouble] = before + count, tuple(sorted((*first, *rows)))[:MOST_ROWS_NAMED]

    def update(self, other: Tally) -> None:
        """Count what another part of the data had."""
        for trouble, (count, rows) in other.found.items():
            self.add(trouble, count, rows)


def facts_from(frame: pl.DataFrame, columns: ColumnMap, wanted: Mapping[str, Kind], first_row: int = 0) -> Facts:
    """The columns of facts that rules test, for the people of a table; `first_row` is the number of its first row."""
    reading = Facts(frame, wanted, first_row)
    for source in columns.sources:
        reading.read(source)
    return reading


class Facts:
    """The facts of some people, and the troubles in their table."""

    def __init__(self, frame: pl.DataFrame, wanted: Mapping[str, Kind], first_row: int):
        self.frame, self.wanted, self.first_row = frame, wanted, first_row
        self.columns: dict[str, pl.Series] = {}
        self.tally = Tally()

    def table(self) -> pl.DataFrame:
        """All columns that are wanted; what no column answers is unknown."""
        import polars as pl

        types = {"flag": pl.Boolean(), "code": pl.UInt8(), "number": pl.Float64()}
        for name, kind in self.wanted.items():
            if name not in self.columns:
                self.columns[name] = self._same(False if name.startswith("has:") else None, types[kind])
        return pl.DataFrame([column.alias(name) for name, column in self.columns.items()])

    def _same(self, value: object, dtype: pl.DataType) -> pl.Series:
        import polars as pl

        return pl.Series([value], dtype=dtype).new_from_index(0, self.frame.height)

    def read(self, source: Source) -> None:
        """Read one column."""
        target = source.target
        if target.kind == "many_of":
            prefix = "has" if target.name == CONDITIONS else target.name
            names = {f"{prefix}:{answer}": answer for answer in target.answers}
            if wanted := {name: answer for name, answer in names.items() if name in self.wanted}:
                self._many(source, wanted)
        elif target.name in self.wanted:
            if source.column is None:
                self.columns[target.name] = self._same(_coded(target, source.constant), _type(target))
            elif target.kind == "number":
                self.columns[target.name] = self._number(source)
            else:
                self.columns[target.name] = self._word(source)

    # --- one answer --------------------------------------------------------------------------------------------------

    def _word(self, source: Source) -> pl.Series:
        import polars as pl

        column, target = self._column(source), source.target
        if source.ranges:
            return self._absent(source, self._in_ranges(source))
        if source.separator is not None or isinstance(column.dtype, pl.List):
            return self._strongest(source)
        if source.codes is None and target.kind == "yes_no" and column.dtype == pl.Boolean:
            return self._absent(source, column)
        if source.codes is None and column.dtype == pl.Enum(target.answers):
            return self._absent(source, column.to_physical().cast(pl.UInt8))
        words = _as_text(column)
        meanings = {}
        for word in words.unique().drop_nulls():
            means = source.meaning(word)
            if means is None:
                self._trouble(source, "is not an answer", word, words == word)
            elif means and means[0] != UNSURE:
                meanings[word] = _coded(target, means[0])
        codes = words.replace_strict(meanings, default=None, return_dtype=_type(target))
        return self._absent(source, codes, words.is_null())

    def _absent(self, source: Source, column: pl.Series, where: pl.Series | None = None) -> pl.Series:
        if source.absent is None or source.absent == UNSURE:
            return column
        return column.set(column.is_null() if where is None else where, _coded(source.target, source.absent))

    def _strongest(self, source: Source) -> pl.Series:
        """One answer from a list of codes: the last of a graded question's, or the only one."""
        import polars as pl

        target = source.target
        tokens, unknown = self._tokens(source)
        coded = tokens.filter(pl.col("answer").is_in(target.answers)).with_columns(
            code=pl.col("answer").replace_strict({a: n for n, a in enumerate(target.answers)}, return_dtype=pl.UInt8)
        )
        if target.kind == "yes_no":  # yes comes first, and counts
            chosen = coded.group_by("row").agg(pl.col("code").min(), several=pl.lit(False))
        else:
            several = pl.col("code").n_unique() > 1 if not target.graded else pl.lit(False)
            chosen = coded.group_by("row").agg(pl.col("code").max(), several=several)
        for row in chosen.filter("several")["row"].head(MOST_VALUES_NAMED):
            self.tally.add(Trouble(str(source.column), "stands for several answers", ""), 1, [self.first_row + row])
        chosen = chosen.filter(~pl.col("several"))
        settled = self._same(None, pl.UInt8()).scatter(chosen["row"], chosen["code"])
        known = settled == target.answers.index("yes") if target.kind == "yes_no" else settled
        if source.absent is None or source.absent == UNSURE:
            return known
        lost = self._same(False, pl.Boolean()).scatter(unknown, True)
        return known.set(known.is_null() & ~lost, _coded(target, source.absent))

    def _number(self, source: Source) -> pl.Series:
        number = self._as_number(source)
        low, high = source.target.minimum, source.target.maximum
        outside = (number < low) | (number > high)
        if outside.any():
            self._troubles(source, f"is outside {low:g} to {high:g}", outside)
            number = number.set(outside.fill_null(False), None)
        return number

    def _as_number(self, source: Source) -> pl.Series:
        import polars as pl

        column = self._column(source)
        if source.codes:
            words = _as_text(column)
            means_nothing = words.is_in([code for code, means in source.codes.items() if means == (UNSURE,)])
            column = column.set(means_nothing.fill_null(False), None)
        if column.dtype == pl.String:
            column = column.str.strip_chars().replace({"": None, UNSURE: None})
        number = column.cast(pl.Float64, strict=False) if column.dtype != pl.Boolean else self._same(None, pl.Float64())
        wrong = (column.is_not_null() & number.is_null()) | ~number.is_finite().fill_null(True)
        if wrong.any():
            self._troubles(source, "is not a number", wrong)
            number = number.set(wrong, None)
        return number * source.factor if source.factor != 1 else number

    def _in_ranges(self, source: Source) -> pl.Series:
        number, target = self._as_number(source), source.target
        found = self._same(None, _type(target))
        covered = self._same(False, _boolean())
        for range_ in source.ranges:
            inside = number.is_not_null()
            if range_.at_least is not None:
                inside &= (number >= range_.at_least).fill_null(False)
            if range_.below is not None:
                inside &= (number < range_.below).fill_null(False)
            covered |= inside
            found = found.set(inside, None if range_.answer == UNSURE else _coded(target, range_.answer))
        self._troubles(source, "is in no range of the column map", ~covered & number.is_not_null())
        return found

    # --- lists -------------------------------------------------------------------------------------------------------

    def _many(self, source: Source, names: dict[str, str]) -> None:
        import polars as pl

        conditions = source.target.name == CONDITIONS
        if source.column is None:
            for name, answer in names.items():
                known = None if source.constant == UNSURE else answer == source.constant
                self.columns[name] = self._same(known, pl.Boolean())
            return
        tokens, unknown = self._tokens(source)
        filled = tokens["row"].unique()
        unsure = tokens.filter(pl.col("answer") == UNSURE)["row"]
        complete = source.codes is None  # a list of answers is complete, see `painrules.answers`
        if conditions:
            base = self._same(False, pl.Boolean())
        else:
            base = self._same(None if source.absent in (None, UNSURE) else False, pl.Boolean())
            said = filled if complete else tokens.filter(pl.col("answer") == "none")["row"].unique()
            base = base.scatter(said, False) if len(said) else base
            lost = pl.concat([unknown, unsure])
            base = base.scatter(lost, None) if len(lost) else base
        rows_of = {part["answer"][0]: part["row"] for part in tokens.partition_by("answer")}
        for name, answer in names.items():
            self.columns[name] = base.clone().scatter(rows_of[answer], True) if answer in rows_of else base

    def _tokens(self, source: Source) -> tuple[pl.DataFrame, pl.Series]:
        """The meanings in a column of lists (row, answer), and the rows with a code that nobody explained."""
        import polars as pl

        column = self._column(source)
        if not isinstance(column.dtype, pl.List):
            column = _as_text(column).str.split(source.separator or SEPARATOR)
        frame = pl.DataFrame({"row": pl.int_range(len(column), eager=True, dtype=pl.UInt32), "code": column})
        frame = frame.explode("code").drop_nulls()
        # Few codes, many people: what there is to do with text is done once for each code.
        codes = frame["code"].unique()
        words = {code: word for code, word in zip(codes, codes.cast(pl.String).str.strip_chars(), strict=True) if word}
        meanings = {code: source.meaning(word) for code, word in words.items()}
        wrong = [code for code, means in meanings.items() if means is None]
        unknown = frame.filter(pl.col("code").is_in(wrong)) if wrong else frame.clear()
        for code, rows in unknown.group_by("code").agg("row").iter_rows():
            trouble = Trouble(str(source.column), "is not an answer", shown(words[code]))
            self.tally.add(trouble, len(rows), [self.first_row + row for row in rows[:MOST_ROWS_NAMED]])
        pairs = [(code, answer) for code, means in meanings.items() for answer in means or ()]
        table = pl.DataFrame(pairs, schema={"code": frame.schema["code"], "answer": pl.Categorical}, orient="row")
        return frame.join(table, on="code", how="inner"), unknown["row"].unique()

    # --- columns and troubles ----------------------------------------------------------------------------------------

    def _column(self, source: Source) -> pl.Series:
        return self.frame.get_column(str(source.column))

    def _troubles(self, source: Source, message: str, where: pl.Series) -> None:
        column = self._column(source)
        for value in column.filter(where.fill_null(False)).unique().head(MOST_VALUES_NAMED):
            self._trouble(source, message, value, where & (column == value))

    def _trouble(self, source: Source, message: str, value: object, where: pl.Series) -> None:
        rows = where.fill_null(False).arg_true()
        first = [self.first_row + row for row in rows.head(MOST_ROWS_NAMED)]
        self.tally.add(Trouble(str(source.column), message, shown(value)), len(rows), first)


def _boolean() -> pl.DataType:
    import polars as pl

    return pl.Boolean()


def _type(target: Target) -> pl.DataType:
    import polars as pl

    if target.kind == "number":
        return pl.Float64()
    return pl.Boolean() if target.kind == "yes_no" else pl.UInt8()


def _coded(target: Target, answer: str | float | None) -> bool | int | float | None:
    if answer is None or answer == UNSURE or isinstance(answer, (int, float)):
        return None if answer == UNSURE else answer  # type: ignore[return-value]
    return answer == "yes" if target.kind == "yes_no" else target.answers.index(answer)


def _as_text(column: pl.Series) -> pl.Series:
    """Any column as text without spaces around it; a whole number without its point; null for nothing."""
    import polars as pl

    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        same = (whole.cast(column.dtype) == column).fill_null(False)
        text = column.cast(pl.String)
        return whole.cast(pl.String).zip_with(same, text)
    text = column.cast(pl.String).str.strip_chars()
    return text.replace({"": None})
