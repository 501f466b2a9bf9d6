"""The local web page under load: 200 sessions at once, each another made-up person. Writes bench/serve.md.

Every person (tests/people.py) goes through the whole interview in a browser of their own, all at the same time, several
rounds. At the end each must have the answers that they gave and the sheet that `explore` makes of them: no session gets
anything of another. Clients run in threads of this process, the server in its own; both share the processors.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from painrules.answers import read_answers
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.sheet import explore

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.people import Somebody, essence, somebody  # noqa: E402
from tests.web.client import Client, Response  # noqa: E402
from tests.web.server import serving  # noqa: E402

SEED = 2026
SESSIONS = int(os.environ.get("PAINRULES_SESSIONS", "200"))
ROUNDS = int(os.environ.get("PAINRULES_ROUNDS", "3"))


class TimedClient(Client):
    """Notes how long each answer took."""

    def __init__(self, port: int):
        super().__init__(port)
        self.took: list[float] = []

    def ask(self, *arguments: object, **more: object) -> Response:
        started = time.perf_counter()
        response = super().ask(*arguments, **more)  # type: ignore[arg-type]
        self.took.append(time.perf_counter() - started)
        return response


def visit(port: int, person: Somebody, together: Barrier) -> tuple[list[float], bytes, bytes]:
    """One person's interview: how long each answer took, their answers, and their sheet."""
    client = TimedClient(port)
    together.wait()
    client.interview(person)
    took = list(client.took)
    together.wait()  # all sessions are there until the last one is through
    kept, shown = client.ask("GET", "/answers.yaml").body, client.ask("GET", "/page.json").body
    client.get("/end")
    client.send("end")
    return took, kept, shown


def check(knowledge: KnowledgeBase, person: Somebody, kept: bytes, shown: bytes) -> None:
    """Fail unless the session ended with this person's answers and sheet."""
    answers = read_answers(kept, "kept", knowledge)
    assert answers.conditions == person.conditions
    assert all(person.knows[id] == value for id, value in answers.known.items())
    assert all(person.knows[id] is None for id in answers.unsure)
    sheet = explore(knowledge, answers, "reference")
    assert json.loads(shown) == json.loads(json.dumps(sheet.as_plain()))
    assert essence(knowledge, sheet) == essence(knowledge, explore(knowledge, person.everything, "reference"))


def kilobytes(process: int) -> int:
    """What the server holds in memory now."""
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


def processor_seconds(process: int) -> float:
    """What the server has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure, print and write."""
    knowledge = load_knowledge(ROOT)
    lines = []
    with serving() as server, ThreadPoolExecutor(SESSIONS) as pool:
        process = server.process.pid
        at_start = kilobytes(process)
        for number in range(1, ROUNDS + 1):
            people = [somebody(knowledge, random.Random(f"{SEED}-{number}-{i}"), unsure=0.1) for i in range(SESSIONS)]
            started, used, together = time.perf_counter(), processor_seconds(process), Barrier(SESSIONS, timeout=3600)
            visits = list(pool.map(lambda person: visit(server.port, person, together), people))  # noqa: B023
            seconds, used = time.perf_counter() - started, processor_seconds(process) - used
            for person, (_, kept, shown) in zip(people, visits, strict=True):
                check(knowledge, person, kept, shown)
            took = sorted(t * 1000 for times, _, _ in visits for t in times)
            measured = (
                statistics.median(took),
                took[int(0.95 * len(took))],
                len(took) / seconds,
                used * 1000 / len(took),
                kilobytes(process) / 1024,
            )
            lines.append(f"| {number} | {len(took)} | {' | '.join(f'{value:.0f}' for value in measured)} |")
            print(lines[-1], flush=True)
        code, _, errors = server.stop()
        assert (code, errors) == (0, "")
    text = f"""\
{SESSIONS} sessions at once, each another made-up person (seed {SEED}) in a whole interview, {ROUNDS} rounds.
Every session ended with its own answers and with the sheet that `explore` makes of them.
Python {sys.version.split()[0]}, {os.cpu_count()} processors shared by server and clients.
The server held {at_start / 1024:.0f} MB at the start.

| round | requests | median ms | 95th percentile ms | requests a second | processor ms a request | server MB |
| --- | --- | --- | --- | --- | --- | --- |
""" + "".join(f"{line}\n" for line in lines)
    print(text)
    (ROOT / "bench/serve.md").write_text(text)


if __name__ == "__main__":
    main()
