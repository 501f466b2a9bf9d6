"""Measure start, load, build and consultation, and write bench/results.md.

With 200 and 1,000 rules, and with the real rule base.

Every figure is the median of several runs, in milliseconds. Rule bases of a given size are cut from the real one or
filled up with copies of its rules under new names.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from painrules import loading
from painrules.answers import Answers, facts_of, read_answers
from painrules.engines import durable, reference
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples/back_pain_and_kidneys.yaml"


def medians(*runs: Callable[[], object], times: int = 7) -> list[float]:
    """Milliseconds of calls: medians, after one call of each that does not count.

    They take turns, so that what else the machine does weighs on all alike.
    """
    taken: list[list[float]] = [[] for _ in runs]
    for number in range(times + 1):
        for run, own in zip(runs, taken, strict=True):
            started = time.perf_counter()
            run()
            if number:
                own.append((time.perf_counter() - started) * 1000)
    return list(map(statistics.median, taken))


def median(run: Callable[[], object], times: int = 7) -> float:
    """Milliseconds of one call."""
    return medians(run, times=times)[0]


def sized(knowledge: KnowledgeBase, size: int) -> KnowledgeBase:
    """The knowledge base with exactly so many rules; rules that derive findings stay."""
    rules = dict(list(knowledge.rules.items())[:size])
    copies = [rule for rule in knowledge.rules.values() if rule.finding is None]
    number = 0
    while len(rules) < size:
        source = copies[number % len(copies)]
        rules[f"{source.id}-{number}"] = replace(source, id=f"{source.id}-{number}")
        number += 1
    return replace(knowledge, rules=MappingProxyType(rules))


def process(*command: str, environment: Mapping[str, str]) -> Callable[[], object]:
    """A whole process, its output thrown away."""
    return lambda: subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, check=True)


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory() as cache:
        os.environ["XDG_CACHE_HOME"] = cache
        environment = {"XDG_CACHE_HOME": cache}
        knowledge = loading.load_knowledge(ROOT)
        answers = read_answers(SAMPLE.read_bytes(), SAMPLE.name, knowledge)
        program = (sys.executable, str(ROOT / "cli.py"))
        explorer = process(*program, "explore", "--answers", str(SAMPLE), environment=environment)
        helper = process(*program, "--help", environment=environment)
        floor = process(sys.executable, "-c", "import rich, typer", environment=environment)
        least, help_, whole = medians(floor, helper, explorer, times=21)
        rows = [
            ("`python -c 'import rich, typer'`, the floor", least),
            (f"`painrules --help`, a whole process: {help_ / least:.1f} times the floor", help_),
            (f"`painrules explore --answers ...`: {whole / least:.1f} times the floor", whole),
            ("load the content from the cache", median(lambda: loading.load_knowledge(ROOT))),
            (
                "load and validate it without the cache",
                median(lambda: loading.load_knowledge(ROOT, use_cache=False), 3),
            ),
        ]
        table = [
            f"Python {platform.python_version()}, {os.cpu_count()} cores, "
            f"{len(knowledge.rules)} rules; milliseconds, medians.",
            "",
            "| what | ms |",
            "| --- | --- |",
            *(f"| {what} | {taken:.0f} |" for what, taken in rows),
            "",
            "| rules | build durable-rules | consult durable-rules | consult reference | whole sheet |",
            "| --- | --- | --- | --- | --- |",
        ]
        for size in sorted({200, 1000, len(knowledge.rules)}):
            table.append(sized_row(sized(knowledge, size), answers))
    text = "\n".join(table) + "\n"
    print(text)
    (ROOT / "bench/results.md").write_text(text)


def sized_row(knowledge: KnowledgeBase, answers: Answers) -> str:
    """One line of the second table."""
    facts = facts_of(knowledge, answers)
    build = median(lambda: durable._RuleSet(knowledge), 3)
    consult = median(lambda: durable.conclude(knowledge, facts))
    judge = median(lambda: reference.conclude(knowledge, facts))
    sheet = median(lambda: explore(knowledge, answers, "durable"))
    return f"| {len(knowledge.rules)} | {build:.0f} | {consult:.0f} | {judge:.1f} | {sheet:.0f} |"


if __name__ == "__main__":
    main()
