"""Cohorts: people per second, memory, growth, other ways to do the same, and agreement with one-by-one sheets.

Writes bench/cohort.md. `PAINRULES_PEOPLE` sets the number of people (default 100,000; 1,000,000 or more for figures to
keep), `PAINRULES_AGREE` how many of them are checked one by one (default 500). Times are those of whole processes
(`painrules cohort`, start included) where that is said, and otherwise of the work alone. Processor seconds are given
beside the clock, as they are what is left to compare when other work runs on the machine.

The other ways evaluate the same rules, already lowered, over the same facts: as a DuckDB query, with pandas, and one
person at a time with durable-rules. Each must give the same statuses.
"""

from __future__ import annotations

import json
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any

import polars as pl
from msgspec.structs import replace

from painrules.answers import Answers, facts_of
from painrules.cohort.bits import count_of
from painrules.cohort.column_map import map_from_header
from painrules.cohort.columns import facts_from
from painrules.cohort.lowering import Constant, Flag, Is, Join, Known, Opposite, Plan, Within
from painrules.cohort.people import People
from painrules.cohort.results import Program, program
from painrules.cohort.streaming import Job, batches, run_files, write
from painrules.cohort.summary import count
from painrules.engines import durable, reference
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.population import population_in
from painrules.reading import Document
from painrules.sheet import explore

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.cohort.tables import said_of, shown_by  # noqa: E402
from tests.cohort.test_agreement import answers_of  # noqa: E402
from tests.world import WORLD, world  # noqa: E402

PEOPLE = int(os.environ.get("PAINRULES_PEOPLE", "100000"))
AGREE = int(os.environ.get("PAINRULES_AGREE", "500"))
OTHERS = min(PEOPLE, 100_000)
"""People for the slower ways."""
ONE_BY_ONE = 100
SEED = 2026


def sized(knowledge: KnowledgeBase, size: int) -> KnowledgeBase:
    """The knowledge base with so many rules, drawn at random; those that derive findings stay."""
    dice = random.Random(SEED)
    findings = [rule for rule in knowledge.rules.values() if rule.finding is not None]
    others = [rule for rule in knowledge.rules.values() if rule.finding is None]
    chosen = dice.sample(others, min(len(others), size - len(findings)))
    copies = [
        replace(rule, id=f"{rule.id}-{n}")
        for n, rule in enumerate(dice.choices(others, k=max(0, size - len(findings) - len(others))))
    ]
    rules = {rule.id: rule for rule in [*findings, *chosen, *copies]}
    return replace(knowledge, rules=MappingProxyType(rules))


TRIED = """
## What was tried

300 of our rules, 1,000,000 people, all options, processor seconds on one busy machine (figures repeat to about 15%).

| what | processor s | kept |
| --- | --- | --- |
| before: nullable columns of Polars for everything | 2.82: read 1.09, facts 0.32, rules 0.49, count 0.42 | |
| two plain bits for each person instead (NumPy), counts of bits | rules 0.17, count 0.19; all 1.68 | yes |
| lists of codes read code by code, not person by person | facts 0.13 | yes |
| only the columns that the rules test (was so before) | 121 of 300 columns read; Polars pushes it down | yes |
| 262,144 or 500,000 people in a row group instead of 100,000 | read 1.33, 1.07 instead of 1.10 | no |
| other compression: none, lz4 | read 1.16, 0.99 | no |
| Booleans as bytes with nulls; as bytes without | read 0.50; 0.42 | no: nobody else knows their meaning |
| Booleans as an enumeration: yes, no, unsure | 0.45 instead of 0.72 for 103 columns | no: its words cost more later |
| Booleans without nulls, two for each question | 0.03 for one set, 0.1 for both | no: such a false misleads |
| Arrow files instead of Parquet | read 0.11; 0.21 when packed | no: a damaged file is a crash |
| pyarrow instead of Polars as the reader | read 1.46 | no |
| a process for each core | not built: the steps alone sum to 1.7 of the 1.8 that all take | no |
| rules over distinct patterns of a few columns | not built: the rules are 0.2 by now, less than a grouping | no |
"""


def random_world() -> KnowledgeBase:
    """The workload of our first comparison of engines: 60 questions of three values, 300 and/or rules of depth 2."""
    dice = random.Random(SEED)
    values = ("none", "mild", "severe")
    answers = [{"id": value, "say": value} for value in values]
    same = {"screen": "you", "kind": "one_of", "values": answers}
    questions = [{"id": f"q{n}", "ask": f"Question {n}?", **same} for n in range(60)]

    def test() -> dict[str, Any]:
        return {f"q{dice.randrange(60)}": dice.sample(values, dice.choice([1, 1, 2]))}

    def part(of: str) -> dict[str, Any]:
        return {of: [test() for _ in range(dice.choice([2, 3]))]}

    def rule(n: int) -> dict[str, Any]:
        outer, inner = dice.choice([("all", "any"), ("any", "all")])
        when = {outer: [part(inner) for _ in range(2)]}
        target = {"modality": dice.choice(["tablets", "gel", "walking"])}
        then = dice.choice(["hold", "check", "caution", "note"])
        whole = {"id": f"r{n}", "applies_to": target, "when": when, "then": then}
        return {**whole, "because": "It may harm.", "sources": ["s-for"]}

    return world([rule(n) for n in range(300)], questions=[*WORLD["questions"], *questions])


RANDOM_PEOPLE: dict[str, Any] = {
    "unknown": {"share": 0.15},
    "second_condition": {"share": 0.25},
    "defaults": {name: {"share": 0.1} for name in ("sign", "yes_no", "item", "preference")},
    "conditions": {},
    "answers": {},
}


def best(run: Callable[[], Any], times: int = 3) -> tuple[float, float]:
    """The least seconds by the clock and of all processors: what other work on the machine adds is left out."""
    found = [timed(run)[:2] for _ in range(times)]
    return min(clock for clock, _ in found), min(cpu for _, cpu in found)


def timed(run: Callable[[], Any]) -> tuple[float, float, Any]:
    """Seconds by the clock, seconds of all processors, and what came of it."""
    clock, cpu = time.perf_counter(), time.process_time()
    result = run()
    return time.perf_counter() - clock, time.process_time() - cpu, result


def process(*arguments: str) -> tuple[float, float, float]:
    """A whole process: seconds by the clock, of the processors, and the most memory in megabytes."""
    script = (
        "import json, resource, subprocess, sys, time\n"
        "start = time.perf_counter()\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
        "own = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(json.dumps([time.perf_counter() - start, own.ru_utime + own.ru_stime, own.ru_maxrss / 1024]))\n"
    )
    command = [sys.executable, "-c", script, sys.executable, str(ROOT / "cli.py"), *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    clock, cpu, memory = json.loads(done.stdout)
    return clock, cpu, memory


def people_table(knowledge: KnowledgeBase, number: int, path: Path, **more: Any) -> Path:
    write(People(knowledge, SEED, **more).tables(number), path)
    return path


def job_of(knowledge: KnowledgeBase, path: Path, **more: Any) -> Job:
    made = program(knowledge, **more)
    columns = map_from_header(knowledge, pl.scan_parquet(path).collect_schema()).only(made.columns)
    return Job(columns, made, with_table=False)


# --- the same in other ways ------------------------------------------------------------------------------------------


def sql_of(plan: Plan, place: int) -> str:
    """A step as a SQL expression; SQL's null is the same unknown."""
    step = plan.steps[place]
    if isinstance(step, Flag):
        return f'"{step.column}"'
    if isinstance(step, Is):
        return f'("{step.column}" = {step.code})'
    if isinstance(step, Within):
        parts = [f'"{step.column}" >= {step.at_least}'] * (step.at_least is not None)
        parts += [f'"{step.column}" < {step.below}'] * (step.below is not None)
        return f"({' AND '.join(parts)})"
    if isinstance(step, Constant):
        return {True: "TRUE", False: "FALSE", None: "NULL::BOOLEAN"}[step.value]
    if isinstance(step, Opposite):
        return f"(NOT {sql_of(plan, step.part)})"
    if isinstance(step, Known):
        return f"coalesce({sql_of(plan, step.part)}, {step.null_as})"
    return f"({(' AND ' if step.how == 'all' else ' OR ').join(sql_of(plan, part) for part in step.parts)})"


def with_duckdb(made: Program, facts: pl.DataFrame) -> dict[str, int]:
    """How many people have each option with a status of at least 'held back', by a query on the same facts."""
    import duckdb

    options = list(made.options)
    columns = ", ".join(
        f"sum(({sql_of(made.plan, steps.at_least[2])} AND {sql_of(made.plan, steps.offered)})::INT)"
        for steps in made.options.values()
    )
    duckdb.execute("SET threads = 2; SET max_expression_depth = 100000")
    duckdb.register("facts", facts.to_arrow())
    row = duckdb.sql(f"SELECT {columns} FROM facts").fetchall()[0]
    return {id: int(n) for id, n in zip(options, row, strict=True)}


def with_pandas(made: Program, facts: pl.DataFrame) -> dict[str, int]:
    """The same with pandas: its nullable booleans are Kleene's as well."""
    import pandas as pd

    table = facts.to_pandas(types_mapper=None)
    kinds = {"flag": "boolean", "code": "UInt8", "number": "Float64"}
    table = table.astype({name: kinds[kind] for name, kind in made.columns.items()})
    done: dict[int, pd.Series] = {}
    plan = made.plan
    wanted = [step for option in made.options.values() for step in (option.offered, option.at_least[2])]
    for place in plan._needed(wanted):
        step = plan.steps[place]
        if isinstance(step, Flag):
            done[place] = table[step.column]
        elif isinstance(step, Is):
            done[place] = table[step.column] == step.code
        elif isinstance(step, Within):
            parts = [table[step.column] >= step.at_least] if step.at_least is not None else []
            parts += [table[step.column] < step.below] if step.below is not None else []
            done[place] = parts[0] if len(parts) == 1 else parts[0] & parts[1]
        elif isinstance(step, Constant):
            done[place] = pd.Series([pd.NA if step.value is None else step.value] * len(table), dtype="boolean")
        elif isinstance(step, Opposite):
            done[place] = ~done[step.part]
        elif isinstance(step, Known):
            done[place] = done[step.part].fillna(step.null_as)
        elif isinstance(step, Join):
            column = done[step.parts[0]]
            for part in step.parts[1:]:
                column = column & done[part] if step.how == "all" else column | done[part]
            done[place] = column
    return {
        id: int((done[steps.at_least[2]] & done[steps.offered]).fillna(False).sum())
        for id, steps in made.options.items()
    }


def with_bits(made: Program, facts: pl.DataFrame) -> dict[str, int]:
    wanted = [step for option in made.options.values() for step in (option.offered, option.at_least[2])]
    done = made.plan.run(facts, wanted)
    return {id: count_of((done[s.at_least[2]] & done[s.offered]).certain) for id, s in made.options.items()}


# --- agreement -------------------------------------------------------------------------------------------------------


def check(knowledge: KnowledgeBase, number: int) -> tuple[int, int, float]:
    """Every status, reason and sign of people, against the sheet of each. People and statuses compared, and seconds."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    started = time.perf_counter()
    parts = [(first, min(250, number - first)) for first in range(0, number, 250)]
    # Not forked: Polars has threads.
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        statuses = sum(pool.map(_check_part, parts))
    return number, statuses, time.perf_counter() - started


def _check_part(part: tuple[int, int]) -> int:
    knowledge = load_knowledge(ROOT)
    table = People(knowledge, SEED).table(*part)
    job = Job(map_from_header(knowledge, table.columns), program(knowledge, reasons=True))
    found = job.run(table, 1).table
    assert found is not None
    statuses, read = 0, answers_of(knowledge)
    for row, person in zip(found.iter_rows(named=True), table.iter_rows(named=True), strict=True):
        sheet = explore(knowledge, read(person), "reference")
        assert said_of(row) == shown_by(sheet), person["person"]
        statuses += len(sheet.options)
    return statuses


# --- the report ------------------------------------------------------------------------------------------------------


def lines(folder: Path) -> Iterator[str]:
    knowledge = load_knowledge(ROOT)
    rules = len(knowledge.rules)
    yield f"Python {platform.python_version()}, Polars {pl.__version__}, {os.cpu_count()} cores, {rules} rules."
    load = os.getloadavg()[0]
    yield f"Load of the machine at the start: {load:.1f} (other work was running on it)." if load > 0.5 else ""
    path = people_table(knowledge, PEOPLE, folder / "people.parquet")
    yield ""
    yield f"## Whole processes, {PEOPLE:,} people in Parquet ({path.stat().st_size / 1e6:.0f} MB)"
    yield ""
    yield "| what | s | processor s | MB |"
    yield "| --- | --- | --- | --- |"
    tasks = {
        "`painrules cohort`, every option, summary": ["cohort", str(path)],
        "... of one option, with reasons, to Parquet": [
            "cohort", str(path), "--option", "oral_nsaids", "--reasons", "--output", str(folder / "one.parquet")
        ],
        "... of every option, to Parquet": ["cohort", str(path), "--output", str(folder / "all.parquet")],
        "`painrules people`, making them": ["people", "--n", str(PEOPLE), "--output", str(folder / "new.parquet")],
    }  # fmt: skip
    for what, arguments in tasks.items():
        clock, cpu, memory = process(*arguments)
        yield f"| {what} | {clock:.1f} | {cpu:.1f} | {memory:.0f} |"
    yield ""
    yield "## Growth with rules (work alone: read Parquet, all statuses of all options, count; the best of three)"
    yield ""
    yield "| rules | s | processor s | people per second | per two processor seconds | people x rules per second |"
    yield "| --- | --- | --- | --- | --- | --- |"
    small, small_path = random_world(), folder / "random.parquet"
    people_table(small, PEOPLE, small_path, drawn_from=population_in(Document("random", RANDOM_PEOPLE, {}), small))
    bases = [(str(n), sized(knowledge, n) if n != rules else knowledge, path) for n in sorted({100, 300, rules, 2000})]
    for name, base, table in [*bases, ("300 random, 60 questions", small, small_path)]:
        job = job_of(base, table)
        clock, cpu = best(lambda job=job, table=table: run_files(job, table, None))  # type: ignore[misc]
        yield (
            f"| {name} | {clock:.2f} | {cpu:.2f} | {PEOPLE / clock:,.0f} | {2 * PEOPLE / cpu:,.0f} | "
            f"{PEOPLE * len(base.rules) / clock / 1e6:,.0f} million |"
        )
    yield ""
    yield "## Where the time goes (processor seconds, the best of three)"
    yield ""
    yield "| rules | columns read | read Parquet | facts | rules | count |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for name, base, table in [bases[1], bases[2], ("300 random, 60 questions", small, small_path)]:
        yield f"| {name} | {' | '.join(steps(job_of(base, table), table))} |"
    yield ""
    yield "## Growth with people (whole process, every option)"
    yield ""
    yield "| people | s | processor s | MB |"
    yield "| --- | --- | --- | --- |"
    for times in (1, 3, 10):
        repeated = folder / f"times{times}.parquet"
        pl.scan_parquet([path] * times).sink_parquet(repeated)
        clock, cpu, memory = process("cohort", str(repeated))
        yield f"| {PEOPLE * times:,} | {clock:.1f} | {cpu:.1f} | {memory:.0f} |"
    for name, base, table in [bases[1], bases[2], ("300 random, 60 questions", small, small_path)]:
        yield from other_ways(name, base, table)
    yield ""
    number, statuses, taken = check(knowledge, AGREE)
    yield "## Agreement"
    yield ""
    yield (
        f"{number:,} people, {statuses:,} statuses with all their reasons, and all urgent signs: the same as "
        f"`explore` with the reference engine ({taken:.0f} s)."
    )


def steps(job: Job, path: Path) -> Iterator[str]:
    """How many columns are read, and the seconds of each step."""
    columns = job.columns.columns
    yield str(len(columns))
    yield f"{best(lambda: [None for _ in batches(path, columns)])[1]:.2f}"
    read = list(batches(path, columns))

    def facts() -> list[pl.DataFrame]:
        return [facts_from(batch, job.columns, job.program.columns, first).table() for first, batch in read]

    yield f"{best(facts)[1]:.2f}"
    tables = facts()
    yield f"{best(lambda: [job.program.run(table) for table in tables])[1]:.2f}"
    found = [job.program.run(table) for table in tables]
    yield f"{best(lambda: [count(*pair) for pair in zip(found, tables, strict=True)])[1]:.2f}"


def other_ways(rules: str, knowledge: KnowledgeBase, path: Path) -> Iterator[str]:
    yield ""
    yield f"## Other ways, {rules} rules, {OTHERS:,} people (facts already in memory)"
    yield ""
    yield "Which options are at least usually avoided; one by one: the rules only."
    yield ""
    yield "| way | s | processor s | people per processor second | times as long |"
    yield "| --- | --- | --- | --- | --- |"
    made = program(knowledge)
    table = pl.read_parquet(path).head(OTHERS)
    facts = facts_from(table, map_from_header(knowledge, table.columns), made.columns).table()
    expected = with_bits(made, facts)
    own = 0.0
    for name, way in (("painrules", with_bits), ("pandas", with_pandas), ("DuckDB", with_duckdb)):
        assert way(made, facts) == expected, name
        clock, cpu = best(lambda way=way: way(made, facts))  # type: ignore[misc]
        own = own or cpu
        yield f"| {name} | {clock:.2f} | {cpu:.2f} | {OTHERS / cpu:,.0f} | {cpu / own:,.0f} |"
    read = answers_of(knowledge)
    persons: list[Answers] = [read(row) for row in table.head(ONE_BY_ONE).iter_rows(named=True)]
    for name, engine in (("durable-rules", durable.conclude), ("the reference engine", reference.conclude)):
        engine(knowledge, facts_of(knowledge, persons[0]))
        clock, cpu, _ = timed(lambda engine=engine: [engine(knowledge, facts_of(knowledge, p)) for p in persons])  # type: ignore[misc]
        times = cpu / ONE_BY_ONE / (own / OTHERS)
        figures = f"{clock:.2f} | {cpu:.2f} | {ONE_BY_ONE / cpu:,.0f} | {times:,.0f}"
        yield f"| {name}, one by one ({ONE_BY_ONE} people) | {figures} |"


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for line in lines(Path(folder)):
            print(line, flush=True)
            found.append(line)
    (ROOT / "bench/cohort.md").write_text("# Cohorts\n\n" + "\n".join(found) + f"\n{TRIED}")


if __name__ == "__main__":
    main()
