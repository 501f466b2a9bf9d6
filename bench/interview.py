"""How long the interview is: adaptive against the order of the files. Writes bench/interview.md.

1,000 made-up people, drawn over the whole space of conditions and answers (tests/people.py), answer every question they
are asked. Counted are questions, and actions: the lines of one screen are ticked in one action. The interview has two
parts: first what can change an urgent sign or the status of an option, then what can only add a reason or a mark of
what fits; the person may look at the page between the two. Both orders must end with the same sheet.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from painrules.answers import Answers
from painrules.interview import settled
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.sheet import explore

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.people import adaptive, essence, in_file_order, interviews, somebody  # noqa: E402

SEED = 2026
PEOPLE = 1000
COUNTED = ("questions until every sign and status is clear", "actions until then", "questions in all", "actions in all")
ORDERS = {"file order": in_file_order, "adaptive": adaptive}
Counts = dict[str, tuple[int, ...]]


@cache
def content() -> KnowledgeBase:
    """The bundled content, once for each process."""
    return load_knowledge(ROOT)


def lengths(number: int) -> tuple[Counts, float]:
    """What one person has to do in each order, and the slowest adaptive step in milliseconds."""
    knowledge = content()
    person = somebody(knowledge, random.Random(f"{SEED}-{number}"))
    wanted = essence(knowledge, explore(knowledge, person.everything, "reference"))
    found: Counts = {}
    slowest = 0.0
    for name, order in ORDERS.items():
        answers, steps = [Answers(person.conditions)], []
        started = time.process_time()
        for step, then in interviews(knowledge, person, order):
            slowest = max(slowest, time.process_time() - started)
            steps.append(len(step))
            answers.append(then)
            started = time.process_time()
        assert essence(knowledge, explore(knowledge, answers[-1], "reference")) == wanted, (number, name)
        # What is settled stays settled: find where it first is by halving.
        low = bisect_left(answers, True, key=lambda then: settled(knowledge, then))
        found[name] = (sum(steps[:low]), low, sum(steps), len(steps))
    return found, slowest * 1000


def percentile(values: Sequence[int]) -> int:
    """The 95th percentile."""
    return sorted(values)[int(0.95 * len(values))]


def main() -> None:
    """Measure, print and write."""
    people = int(os.environ.get("PAINRULES_PEOPLE", PEOPLE))
    with ProcessPoolExecutor() as pool:
        results = list(pool.map(lengths, range(people), chunksize=8))
    lines = [
        f"{people:,} made-up people (seed {SEED}), {len(load_knowledge(ROOT).rules)} rules; "
        "median, and 95th percentile in brackets. Both orders ended with the same sheet for every person.",
        "",
        f"| | {' | '.join(ORDERS)} |",
        "| --- |" + " --- |" * len(ORDERS),
    ]
    for column, what in enumerate(COUNTED):
        cells = []
        for name in ORDERS:
            values = [found[name][column] for found, _ in results]
            cells.append(f"{statistics.median(values):g} ({percentile(values)})")
        lines.append(f"| {what} | {' | '.join(cells)} |")
    steps = [round(taken) for _, taken in results]
    times = f"{statistics.median(steps):.0f} ms (median), {percentile(steps)} ms (95th percentile)"
    lines += ["", f"The slowest step of each person's interview, in processor time: {times}."]
    text = "\n".join(lines) + "\n"
    print(text)
    (ROOT / "bench/interview.md").write_text(text)


if __name__ == "__main__":
    main()
