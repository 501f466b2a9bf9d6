"""The same job on the workers of a Spark cluster: needs the extra `painrules[spark]`, there and here.

Each worker runs the very same column operations on Arrow batches, so the results are the same by construction; Spark
does what it is for: it splits the table, moves the parts, and runs a part again elsewhere when a worker dies. The job
is plain data of some hundred kilobytes that goes along with the tasks. The master is that of the Spark configuration,
or the environment variable `MASTER`.
"""

from __future__ import annotations

import os
import pickle
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from painrules.cohort.column_map import PERSON
from painrules.cohort.streaming import BATCH, Done, Job, check_text, problems_in
from painrules.reading import ContentError, Problem, visible

if TYPE_CHECKING:
    import polars as pl
    from pyspark.sql import DataFrame, SparkSession


def run_on_spark(job: Job, source: Path, output: Path | None, strict: bool = False) -> Done:
    """Run a job over a file; the output is a folder of parts, as Spark writes them. Raises ContentError."""
    from pyspark.errors import PySparkException

    if source.suffix.lower() == ".csv":
        check_text(source)
    spark = session()
    try:
        table = people(spark, job, source)
        total = Done()
        for row in table.mapInArrow(_counting(job), "done binary").collect():
            done: Done = pickle.loads(row.done)
            total.counts.update(done.counts)
            total.tally.update(done.tally)
        if strict and total.tally.found:
            raise ContentError(problems_in(total.tally, source))
        if output is not None:
            _write(job, table, output)
    except PySparkException as error:
        first = visible(str(error).splitlines()[0][:200])
        raise ContentError([Problem(str(source), 1, 1, "", f"Spark could not read or work on it ({first}).")]) from None
    return total


def session() -> SparkSession:
    """The session that there is, or one made from the configuration of this machine."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("painrules cohort")
    if master := os.environ.get("MASTER"):
        builder = builder.master(master)
    spark = builder.config("spark.ui.enabled", "false").getOrCreate()
    spark.sparkContext.setLogLevel("ERROR")
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", str(BATCH))
    return spark


def people(spark: SparkSession, job: Job, source: Path) -> DataFrame:
    """The columns of the file that the job reads."""
    path = source.resolve().as_uri()
    csv = source.suffix.lower() == ".csv"
    table = spark.read.csv(path, header=True, multiLine=True, escape='"') if csv else spark.read.parquet(path)
    return table.select([f"`{name}`" for name in job.columns.columns])


def _write(job: Job, table: DataFrame, output: Path) -> None:
    """Write to a folder with another name first, which is given up when all is there."""
    if output.exists():
        raise ContentError([Problem(str(output), 1, 1, "", "exists already.", "Spark writes a new folder.")])
    schema = ", ".join(f"`{name}` {kind}" for name, kind in _columns(job, table).items())
    found = table.mapInArrow(_working(job), schema)
    folder = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name[:100]}.", suffix=".part"))
    try:
        inside = folder / "parts"
        path = inside.resolve().as_uri()
        found.write.csv(path, header=True) if output.suffix.lower() == ".csv" else found.write.parquet(path)
        inside.chmod(0o700)
        inside.replace(output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _columns(job: Job, table: DataFrame) -> dict[str, str]:
    """The names and Spark types of the output."""
    types = dict(table.dtypes)
    found = job.table_of_nobody().columns
    return {name: types[str(job.columns.person)] if name == PERSON else "string" for name in found}


def _frames(batches: Iterator[Any]) -> Iterator[pl.DataFrame]:
    import polars as pl
    import pyarrow as pa

    for batch in batches:
        frame = pl.from_arrow(pa.Table.from_batches([batch]))
        assert isinstance(frame, pl.DataFrame)
        yield frame


def _working(job: Job) -> Any:
    def work(batches: Iterator[Any]) -> Iterator[Any]:
        import polars as pl

        for frame in _frames(batches):
            table = job.run(frame, 1).table
            assert table is not None
            words = table.with_columns(pl.col(name).cast(pl.String) for name in table.columns if name != PERSON)
            yield from words.to_arrow(compat_level=pl.CompatLevel.oldest()).to_batches()

    return work


def _counting(job: Job) -> Any:
    def work(batches: Iterator[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for frame in _frames(batches):
            done = job.counts_only().run(frame, 1)
            yield pa.RecordBatch.from_pydict({"done": pa.array([pickle.dumps(done)], pa.binary())})

    return work
