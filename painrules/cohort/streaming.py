"""A cohort in bounded memory: a table in, batch by batch through the steps, a table out, whole or not at all."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.cohort.column_map import PERSON, SEPARATOR, ColumnMap, check_header, map_from_header, read_column_map
from painrules.cohort.columns import Tally, facts_from
from painrules.cohort.results import Program, program
from painrules.cohort.summary import Counts, count
from painrules.knowledge import KnowledgeBase
from painrules.private_file import replacing
from painrules.reading import ContentError, Problem, visible

if TYPE_CHECKING:
    import polars as pl

BATCH = 262_144
"""People per batch: large enough that columns pay, small enough that memory stays small."""
BATCH_WITH_REASONS = BATCH // 8
"""Reasons are long texts, a kilobyte and more for each person."""
ENDINGS = (".parquet", ".csv")
CHUNK = 1 << 22


class Job(Struct, frozen=True):
    """What is done to every batch of people."""

    columns: ColumnMap
    program: Program
    with_table: bool = True
    with_counts: bool = True

    def run(self, batch: pl.DataFrame, first_row: int) -> Done:
        """Work out one batch."""
        import polars as pl

        reading = facts_from(batch, self.columns, self.program.columns, first_row)
        facts = reading.table()
        found = self.program.run(facts)
        counts = count(found, facts) if self.with_counts else Counts()
        table = None
        if self.with_table:
            person = [batch.get_column(self.columns.person).alias(PERSON)] if self.columns.person else []
            table = pl.DataFrame([*person, *found.columns()])
        return Done(table, counts, reading.tally)

    def counts_only(self) -> Job:
        """The same job without its table."""
        return replace(self, with_table=False, with_counts=True)

    def table_of_nobody(self) -> pl.DataFrame:
        """The table that it makes, without a row."""
        import polars as pl

        kind = {"number": pl.Float64(), "many_of": pl.List(pl.String)}
        schema = {s.column: kind.get(s.target.kind, pl.String()) for s in self.columns.sources if s.column}
        nobody = pl.DataFrame(schema={**schema, **({self.columns.person: pl.String()} if self.columns.person else {})})
        table = replace(self, with_table=True, with_counts=False).run(nobody, 1).table
        assert table is not None
        return table


class Done(Struct):
    """What came of a batch, or of all of them."""

    table: pl.DataFrame | None = None
    counts: Counts = field(default_factory=Counts)
    tally: Tally = field(default_factory=Tally)


def job_for(
    knowledge: KnowledgeBase,
    header: list[str],
    name: str,
    columns: Path | None = None,
    options: Iterable[str] = (),
    *,
    reasons: bool = False,
    with_table: bool = False,
) -> Job:
    """What to do with a table of these columns, which `columns` (a column map) or their names explain.

    Raises ContentError; `name` is what its problems call the table.
    """
    found = read_column_map(columns, knowledge, header) if columns else map_from_header(knowledge, header)
    check_header(found, header, name, knowledge)
    lowered = program(knowledge, options, reasons=reasons)
    return Job(found.only(lowered.columns), lowered, with_table=with_table)


def run_files(job: Job, source: Path, output: Path | None, strict: bool = False) -> Done:
    """Run a job over a file. Raises ContentError, without output; strict: also for a value that means nothing."""
    total = Done()
    size = BATCH_WITH_REASONS if job.with_table and job.program.reasons else BATCH

    def tables() -> Iterator[pl.DataFrame]:
        for done in in_order(job, batches(source, job.columns.columns, size)):
            total.counts.update(done.counts)
            total.tally.update(done.tally)
            if strict and total.tally.found:
                raise ContentError(problems_in(total.tally, source))
            if done.table is not None:
                yield done.table

    if output is None:
        for _ in tables():
            pass
    else:
        if output.exists() and not output.is_symlink() and output.samefile(source):
            message = "is the table that is read."
            raise ContentError([Problem(str(output), 1, 1, "", message, "Name another file to write.")])
        write(tables(), output)
    return total


def problems_in(tally: Tally, source: Path) -> list[Problem]:
    """What is in a tally, as problems of the file."""
    return [
        Problem(
            str(source), rows[0], 1, visible(trouble.column), f"{trouble.value} {trouble.message} ({count:,} times)."
        )
        for trouble, (count, rows) in tally.found.items()
    ]


def in_order(job: Job, numbered: Iterable[tuple[int, pl.DataFrame]], workers: int | None = None) -> Iterator[Done]:
    """Run batches side by side (Polars works outside Python's lock) and give them back in order, few at a time."""
    workers = workers or os.cpu_count() or 1
    with ThreadPoolExecutor(workers) as pool:
        waiting: list[Future[Done]] = []
        todo = iter(numbered)
        try:
            for first, batch in todo:
                waiting.append(pool.submit(job.run, batch, first))
                if len(waiting) > workers:
                    yield waiting.pop(0).result()
            while waiting:
                yield waiting.pop(0).result()
        finally:
            for future in waiting:
                future.cancel()


# --- reading ---------------------------------------------------------------------------------------------------------


def header_of(path: Path) -> list[str]:
    """The names of the columns of a file. Raises ContentError."""
    _check_ending(path)
    with _errors_of(path):
        if path.suffix.lower() == ".csv":
            return _csv_header(path)
        import polars as pl

        return list(pl.scan_parquet(path, glob=False).collect_schema())


def batches(path: Path, columns: Iterable[str], size: int = BATCH) -> Iterator[tuple[int, pl.DataFrame]]:
    """The wanted columns of a file, some people at a time, each batch with the number of its first row."""
    import polars as pl

    names = list(columns)
    with _errors_of(path):
        if path.suffix.lower() == ".csv":
            check_text(path)
            table = pl.scan_csv(path, infer_schema=False, glob=False, low_memory=True)
            row = 2
        else:
            table, row = pl.scan_parquet(path, glob=False, low_memory=True), 1
        for batch in table.select(names).collect_batches(chunk_size=size, engine="streaming"):
            yield row, batch
            row += batch.height


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in ENDINGS:
        raise ContentError(
            [Problem(str(path), 1, 1, "", "has another ending than .parquet or .csv.", "Rename or convert it.")]
        )


def _csv_header(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        names = next(csv.reader(islice(stream, 1)), [])
    if not names:
        raise ContentError([Problem(str(path), 1, 1, "", "is empty.", "The first line names the columns.")])
    twice = {name for name in names if names.count(name) > 1} if len(set(names)) < len(names) else set()
    if twice:
        raise ContentError(
            [Problem(str(path), 1, names.index(n) + 1, visible(n), "names two columns.", "Rename one.") for n in twice]
        )
    return names


def check_text(path: Path) -> None:
    """Whether a file is text that can be read. Raises ContentError with the line that is not."""
    line, tail = 1, b""
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            chunk = tail + chunk
            cut = len(chunk) - _unfinished(chunk)
            chunk, tail = chunk[:cut], chunk[cut:]
            if (place := chunk.find(b"\0")) >= 0:
                message = "has a null byte; this is no text, or text in UTF-16."
                raise ContentError(
                    [Problem(str(path), line + chunk.count(b"\n", 0, place), 1, "", message, "Save it as UTF-8.")]
                )
            try:
                chunk.decode()
            except UnicodeDecodeError as error:
                place = line + chunk.count(b"\n", 0, error.start)
                raise ContentError(
                    [Problem(str(path), place, 1, "", "is not UTF-8 text.", "Save it as UTF-8.")]
                ) from None
            line += chunk.count(b"\n")
    if tail:
        raise ContentError([Problem(str(path), line, 1, "", "is not UTF-8 text.", "Save it as UTF-8.")])


def _unfinished(chunk: bytes) -> int:
    """How many bytes at the end are the start of a character whose rest is still to come."""
    for back in range(1, min(4, len(chunk) + 1)):
        byte = chunk[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return back if needed > back else 0
        if byte < 0x80:
            return 0
    return 0


@contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    """What is wrong with a file, in words."""
    import polars as pl

    try:
        if path.is_dir():
            raise IsADirectoryError(21, "it is a folder, and not one file")
        if path.exists() and not path.is_file():  # it is read twice, which a pipe cannot be
            raise OSError(22, "it is no ordinary file")
        if path.is_file() and path.stat().st_size == 0:
            raise ContentError([Problem(str(path), 1, 1, "", "is empty.")])
        yield
    except UnicodeDecodeError:
        check_text(path)
        raise
    except OSError as error:
        raise ContentError([Problem(str(path), 1, 1, "", f"cannot be read: {error.strerror or error}.")]) from None
    except (pl.exceptions.PolarsError, csv.Error) as error:
        raise _explained(path, error) from None


def _explained(path: Path, error: Exception) -> ContentError:
    if path.suffix.lower() == ".csv" and (problem := _ragged(path)):
        return ContentError([problem])
    kind = "CSV" if path.suffix.lower() == ".csv" else "Parquet"
    first = visible(str(error).strip().splitlines()[0][:200]) if str(error).strip() else type(error).__name__
    return ContentError([Problem(str(path), 1, 1, "", f"is not a whole {kind} file ({first}).", "Write it again.")])


def _ragged(path: Path) -> Problem | None:
    """The first line of a CSV file that has another number of fields than the header."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.reader(stream)
        expected = len(next(reader, []))
        for fields in reader:
            if fields and len(fields) != expected:
                message = f"has {len(fields)} fields, but the header has {expected}."
                return Problem(str(path), reader.line_num, 1, "", message, "Put text that has commas in quotes.")
    return None


# --- writing ---------------------------------------------------------------------------------------------------------


def write(tables: Iterator[pl.DataFrame], output: Path) -> None:
    """Write tables as one file, for the owner's eyes only: first under another name, given up when all is there."""
    import polars as pl
    from polars.io.plugins import register_io_source

    _check_ending(output)
    failed: list[BaseException] = []
    with _written_whole(output) as part:
        if text := output.suffix.lower() == ".csv":
            tables = map(_without_lists, tables)
        first = next(tables, None)
        if first is None or not first.width:
            raise ContentError([Problem(str(output), 1, 1, "", "nothing to write: the file has no rows.")])

        def feed(*_: object) -> Iterator[pl.DataFrame]:
            try:
                yield first
                yield from tables
            except Exception as error:  # Polars would only keep its text
                failed.append(error)
                raise

        lazy = register_io_source(feed, schema=first.schema)
        sink: Callable[..., object] = lazy.sink_csv if text else lazy.sink_parquet
        try:
            sink(part, engine="streaming")
        except pl.exceptions.PolarsError as error:
            if failed:
                raise failed[0] from None
            first_line = visible(str(error).partition("\n")[0][:200])
            message = f"cannot be written ({first_line})."
            raise ContentError([Problem(str(output), 1, 1, "", message, "Is there room on the disk?")]) from None


def _without_lists(table: pl.DataFrame) -> pl.DataFrame:
    """The table with its lists as text, as CSV needs them."""
    import polars as pl
    import polars.selectors as cs

    lists = cs.by_dtype(pl.List)
    return table.with_columns(lists.cast(pl.List(pl.String)).list.join(SEPARATOR))


@contextmanager
def _written_whole(output: Path) -> Iterator[Path]:
    try:
        with replacing(output) as part:
            yield part
            part.chmod(0o600)
    except OSError as error:
        raise ContentError([Problem(str(output), 1, 1, "", f"cannot be written: {error.strerror or error}.")]) from None
