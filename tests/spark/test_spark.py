"""The cohort on a real Spark with two workers, one of which is killed while it works. Slow: Java has to start.

`make spark-test` installs what it needs but Java 17; it is no part of `make test`, as Spark takes half a gigabyte.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from painrules.cohort.column_map import map_from_header
from painrules.cohort.people import People
from painrules.cohort.results import program
from painrules.cohort.spark import run_on_spark, session
from painrules.cohort.streaming import Job, run_files, write
from painrules.knowledge import KnowledgeBase
from tests.conftest import ROOT

pytestmark = pytest.mark.slow
WORKER = "CoarseGrainedExecutorBackend"


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import pyspark

    assert shutil.which("java"), "Spark needs Java 17"
    os.environ |= {
        "MASTER": "local-cluster[2,1,1024]",
        "SPARK_HOME": str(Path(pyspark.__file__).parent),
        "PYTHONPATH": str(ROOT),
    }
    found = session()
    yield found
    found.stop()


def workers() -> list[int]:
    """The process ids of the Spark workers that this test started: those below this process."""
    listed = subprocess.run(["ps", "-eww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True).stdout
    parents: dict[int, int] = {}
    found: list[int] = []
    for line in listed.splitlines():
        pid, parent, command = line.split(None, 2)
        parents[int(pid)] = int(parent)
        if WORKER in command and "java" in command.split()[0]:
            found.append(int(pid))
    return [pid for pid in found if os.getpid() in ancestors(pid, parents)]


def ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while parents.get(pid):
        pid = parents[pid]
        yield pid


def wait_for(look: Any, good: Any) -> Any:
    for _ in range(120):
        if good(found := look()):
            return found
        time.sleep(1)
    raise AssertionError(f"still {found} after two minutes")


def test_a_worker_is_killed_and_nobody_is_lost(knowledge: KnowledgeBase, spark: Any, tmp_path: Path) -> None:
    source = tmp_path / "people.parquet"
    write(People(knowledge, seed=3).tables(60_000), source)
    made = program(knowledge, ["oral_nsaids", "acupuncture"], reasons=True)
    header = pl.scan_parquet(source).collect_schema()
    job = Job(map_from_header(knowledge, header).only(made.columns), made)
    spark.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "2000")
    spark.conf.set("spark.sql.files.maxPartitionBytes", "200000")
    first = wait_for(lambda: set(workers()), lambda found: len(found) == 2)
    killed: list[int] = []

    def kill_one() -> None:
        time.sleep(5)
        killed.append(min(first))
        os.kill(killed[0], signal.SIGKILL)

    threading.Thread(target=kill_one, daemon=True).start()
    done = run_on_spark(job, source, tmp_path / "spark.parquet")
    wait_for(lambda: killed, bool)
    assert killed[0] not in workers()
    here = run_files(job, source, tmp_path / "here.parquet")
    assert (done.counts, done.tally) == (here.counts, here.tally)
    parts = pl.read_parquet(tmp_path / "spark.parquet/*.parquet").sort("person")
    whole = pl.read_parquet(tmp_path / "here.parquet").with_columns(pl.all().exclude("person").cast(pl.String))
    assert parts.equals(whole)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_csv_with_troubles_gives_the_same_counts(knowledge: KnowledgeBase, spark: Any, tmp_path: Path) -> None:
    source = tmp_path / "people.csv"
    source.write_text('person,conditions,age,smoking\na,gout,50,yes\nb,"gout; migraine",430,1\nc,gotu,,no\n')
    made = program(knowledge, ["oral_nsaids"])
    job = Job(map_from_header(knowledge, ["person", "conditions", "age", "smoking"]).only(made.columns), made)
    done = run_on_spark(job, source, None)
    assert done.counts == run_files(job, source, None).counts
    assert {(t.column, t.value) for t in done.tally.found} == {("age", "'430'"), ("conditions", "'gotu'")}
