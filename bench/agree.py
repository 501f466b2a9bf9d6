"""Do all engines say the same? Every rule and status of many people, every reason of some. Writes bench/agree.md.

`PAINRULES_PEOPLE` people (default 100,000): half are made up as by `painrules people`, half are anyone, with answers
drawn evenly and with up to all of them unknown. For each of them

- the cohort engine, the decision diagrams of `painrules prove` and the reference engine give the truth of every rule
  (certain, possible, impossible) and the status of every option;
- durable-rules gives the truth of every rule, for the first people of each part (`PAINRULES_DURABLE` of all, default
  2,000), as it is slow;
- whole sheets are made for the first of each part (`PAINRULES_SHEETS` of all, default 1,000), and every status, reason
  and urgent sign on them is compared with the cohort's.

The parts run in as many processes as there are cores. Each that is done is noted in a file, so that a run that was
stopped goes on where it was; with other code or content it begins anew. Exit code 1: some differ.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import random
import sys
import tempfile
import time
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cached_property, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from painrules.alternatives import STATUSES, held_in, status_of
from painrules.answers import Answers, facts_of
from painrules.cohort.bits import column_of
from painrules.cohort.column_map import map_from_header
from painrules.cohort.columns import facts_from
from painrules.cohort.lowering import lower
from painrules.cohort.people import People
from painrules.cohort.results import program
from painrules.cohort.streaming import Job
from painrules.engines import Conclusions, durable, reference
from painrules.evidence import Verdict, statements, verdict
from painrules.expressions import item_of, question_of
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.sheet import explore
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.proof import Proof
from painrules.symbolic.space import ANSWERED, NO, UNKNOWN, YES, Field

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.cohort.tables import said_of, shown_by, table_of  # noqa: E402
from tests.cohort.test_agreement import answers_of  # noqa: E402
from tests.people import somebody  # noqa: E402

PEOPLE = int(os.environ.get("PAINRULES_PEOPLE", "100000"))
DURABLE = int(os.environ.get("PAINRULES_DURABLE", "2000"))
SHEETS = int(os.environ.get("PAINRULES_SHEETS", "1000"))
SEED = 2026
PART = 1_000
"""People at a time: the sets of people in a diagram's nodes must fit in memory."""
IMPOSSIBLE, POSSIBLE, CERTAIN = 0, 1, 2
NO_OPTION = 255
MOST_SHOWN = 3

Codes = NDArray[np.uint8]
"""One row for each person: the truth of each rule, or the place of the status of each option."""


@dataclass(frozen=True)
class Said:
    """What an engine says of some people; no statuses: it was asked for rules only."""

    rules: Codes
    statuses: Codes | None


class Engines:
    """All engines on one rule base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self.knowledge = knowledge
        self.rules = list(knowledge.rules)
        self.lowered = lower(knowledge)
        self.program = program(knowledge)
        self.options = list(self.program.options)
        self.read = answers_of(knowledge)
        self.verdicts = lru_cache(maxsize=10_000)(self._verdicts)

    @cached_property
    def proof(self) -> Proof:
        """The rule base as diagrams."""
        return Proof(self.knowledge)

    def made_up(self, first: int, number: int) -> tuple[pl.DataFrame, list[Answers]]:
        """People as `painrules people` makes them, as a table and one by one."""
        table = People(self.knowledge, SEED).table(first, number)
        return table, [self.read(row) for row in table.iter_rows(named=True)]

    def anyone(self, first: int, number: int) -> tuple[pl.DataFrame, list[Answers]]:
        """People with any answers at all, in the same two forms."""
        dice = random.Random(f"{SEED} {first}")
        unsure = (0.0, 0.1, 0.3, 0.6, 1.0)
        persons = [somebody(self.knowledge, dice, unsure=dice.choice(unsure)).everything for _ in range(number)]
        return table_of(self.knowledge, persons), persons

    def by_cohort(self, table: pl.DataFrame) -> Said:
        """With columns."""
        plan, steps = self.lowered.plan, self.lowered.rules
        columns = {**plan.columns(steps.values()), **self.program.columns}
        facts = facts_from(table, map_from_header(self.knowledge, table.columns), columns).table()
        done = plan.run(facts, steps.values())
        truths = (done[steps[rule]] for rule in self.rules)
        rules = [
            column_of(t.certain, table.height).to_numpy()
            + column_of(t.possible, table.height).to_numpy().astype(np.uint8)
            for t in truths
        ]
        found = self.program.run(facts)
        statuses = [found.status(option).fill_null(NO_OPTION).to_numpy() for option in self.options]
        return Said(np.column_stack(rules).astype(np.uint8), np.column_stack(statuses))

    def by_reference(self, persons: Iterable[Answers]) -> Said:
        """One by one."""
        return self._one_by_one(persons, reference.conclude, with_statuses=True)

    def by_durable(self, persons: Iterable[Answers]) -> Said:
        """One by one, rules only: what follows from rules is the same code for both."""
        return self._one_by_one(persons, durable.conclude, with_statuses=False)

    def _one_by_one(
        self, persons: Iterable[Answers], conclude: Callable[[KnowledgeBase, Any], Conclusions], with_statuses: bool
    ) -> Said:
        rules, statuses = [], []
        for person in persons:
            held = held_in(conclude(self.knowledge, facts_of(self.knowledge, person)))
            rules.append([{True: CERTAIN, None: POSSIBLE}.get(held.get(id, False), IMPOSSIBLE) for id in self.rules])
            if with_statuses:
                agreed = self.verdicts(person.conditions)
                own = {id: STATUSES.index(status_of(self.knowledge, id, held, v)) for id, v in agreed.items()}
                statuses.append([own.get(id, NO_OPTION) for id in self.options])
        return Said(np.array(rules, dtype=np.uint8), np.array(statuses, dtype=np.uint8) if with_statuses else None)

    def _verdicts(self, conditions: tuple[str, ...]) -> Mapping[str, Verdict]:
        said = statements(self.knowledge, conditions)
        return {modality: verdict(self.knowledge, entries) for modality, entries in said.items()}

    def by_diagrams(self, persons: list[Answers]) -> Said:
        """Which people are in the sets that the diagrams stand for."""
        compiled, sets = self.proof.exact, Members(self.proof, persons)
        rules = []
        for id in self.rules:
            rails = compiled.rules[id]
            rules.append(sets.members(rails.certain).astype(np.uint8) + sets.members(rails.possible))
        statuses = []
        for id in self.options:
            own = np.zeros(len(persons), dtype=np.uint8)
            for status in STATUSES[1:]:
                own += sets.members(compiled.at_least(id, status))
            statuses.append(np.where(sets.members(compiled.options[id]), own, NO_OPTION).astype(np.uint8))
        return Said(np.column_stack(rules), np.column_stack(statuses))


class Members:
    """Some people as bits of a number, moved through diagrams together, from each node to both of its children."""

    def __init__(self, proof: Proof, persons: list[Answers]) -> None:
        self.count = len(persons)
        self.everyone = (1 << self.count) - 1
        self.bit_of_level: dict[int, int] = {}
        codes = [codes_of(proof.space.fields, person) for person in persons]
        for name, levels in proof.diagrams._bits.items():
            for place, level in enumerate(levels):
                shift = len(levels) - 1 - place
                bits = "".join("1" if own[name] >> shift & 1 else "0" for own in reversed(codes))
                self.bit_of_level[level] = int(bits, 2)
        self.known: dict[Diagram, int] = {}

    def members(self, diagram: Diagram) -> NDArray[np.bool_]:
        """Who of the people is in a set."""
        found = self._within(diagram).to_bytes(-(-self.count // 8), "little")
        return np.unpackbits(np.frombuffer(found, dtype=np.uint8), count=self.count, bitorder="little").astype(bool)

    def _within(self, node: Diagram) -> int:
        if node in self.known:
            return self.known[node]
        level, children = node.node_level(), node.cofactors()
        if level is None or children is None:
            found = self.everyone if node.valid() else 0
        else:
            one, zero = self._within(children[0]), self._within(children[1])
            found = zero ^ ((one ^ zero) & self.bit_of_level[level])
        self.known[node] = found
        return found


def codes_of(fields: Mapping[str, Field], person: Answers) -> dict[str, int]:
    """The codes of a person, see `painrules.symbolic.space`."""
    codes = {}
    for name, field in fields.items():
        value = person.known.get(question_of(name))
        if field.kind == "condition":
            codes[name] = YES if item_of(name) in person.conditions else NO
        elif value is None:
            codes[name] = UNKNOWN
        elif field.kind == "item":
            codes[name] = YES if item_of(name) in value else NO  # type: ignore[operator]
        elif field.kind == "many_of":
            codes[name] = ANSWERED
        elif field.kind == "number":
            codes[name] = max(1, bisect_right(field.values[1:], value))  # type: ignore[type-var]
        else:
            codes[name] = field.values.index(value)  # type: ignore[arg-type]
    return codes


# --- parts -----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def engines() -> Engines:
    """Once for each process."""
    sys.setrecursionlimit(10_000)
    return Engines(load_knowledge(ROOT))


def part(first: int, number: int, durable_share: int, sheets: int) -> dict[str, Any]:
    """Compare the engines on some people. Plain data."""
    all_ = engines()
    counts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    differences: list[str] = []

    def asked(name: str, question: Callable[[Any], Said], people: Any) -> Said:
        started = time.process_time()
        said = question(people)
        seconds[name] += time.process_time() - started  # type: ignore[assignment]
        counts[f"{name}: people"] += len(said.rules)
        counts[f"{name}: rules"] += said.rules.size
        counts[f"{name}: statuses"] += 0 if said.statuses is None else int((said.statuses != NO_OPTION).sum())
        return said

    half = number // 2
    for kind, making, size in (("made up", all_.made_up, half), ("anyone", all_.anyone, number - half)):
        table, persons = making(first, size)
        few = persons[: durable_share // 2]
        expected = asked("reference", all_.by_reference, persons)
        for name, said in {
            "cohort": asked("cohort", all_.by_cohort, table),
            "diagrams": asked("diagrams", all_.by_diagrams, persons),
            "durable-rules": asked("durable-rules", all_.by_durable, few) if few else None,
        }.items():
            if said is not None:
                differences += (f"{kind} {first}: {name}: {text}" for text in compared(all_, expected, said, persons))
        counts["certain"] += int((expected.rules == CERTAIN).sum())
        counts["possible"] += int((expected.rules == POSSIBLE).sum())
        sheet_persons = persons[: sheets // 2]
        if sheet_persons:
            columns = map_from_header(all_.knowledge, table.columns)
            rows = Job(columns, program(all_.knowledge, reasons=True)).run(table.head(len(sheet_persons)), 1).table
            assert rows is not None
            for row, person in zip(rows.iter_rows(named=True), sheet_persons, strict=True):
                sheet = explore(all_.knowledge, person, "reference")
                counts["sheets"] += 1
                counts["reasons"] += sum(len(option.reasons) for option in sheet.options)
                counts["signs"] += len(sheet.urgent)
                if said_of(row) != shown_by(sheet):
                    differences.append(f"{kind} {first}: sheet: {shown_person(person)}")
    return {"first": first, "counts": counts, "seconds": seconds, "differences": differences}


def compared(all_: Engines, expected: Said, said: Said, persons: list[Answers]) -> Iterator[str]:
    """Where two engines differ, a line for each of a few people."""
    people = len(said.rules)
    pairs: list[tuple[list[str], Codes, Codes | None]] = [(all_.rules, expected.rules, said.rules)]
    if expected.statuses is not None:
        pairs.append((all_.options, expected.statuses, said.statuses))
    for names, one, other in pairs:
        if other is not None and not np.array_equal(one[:people], other):
            places = np.argwhere(one[:people] != other)
            for who, what in places[:MOST_SHOWN]:
                text = f"{names[what]} is {one[who, what]} and {other[who, what]}"
                yield f"{text} ({len(places):,} in this part): {shown_person(persons[who])}"


def shown_person(person: Answers) -> str:
    """Someone as an answers file, on one line."""
    known = {id: sorted(value) if isinstance(value, frozenset) else value for id, value in person.known.items()}
    return json.dumps({"conditions": person.conditions, "answers": known})


# --- all of them -----------------------------------------------------------------------------------------------------


def notes() -> Path:
    """Where parts that are done are noted, for this code, this content and these numbers."""
    digest = hashlib.sha256(f"{load_knowledge(ROOT).digest} {PART} {SEED} {PEOPLE} {DURABLE} {SHEETS}".encode())
    for path in sorted([*ROOT.glob("painrules/**/*.py"), *ROOT.glob("painrules/**/*.yaml"), Path(__file__)]):
        digest.update(path.read_bytes())
    return Path(tempfile.gettempdir()) / f"painrules-agree-{digest.hexdigest()[:16]}.jsonl"


def run() -> list[dict[str, Any]]:
    """All parts, those that were done before as well."""
    path = notes()
    done = [json.loads(line) for line in path.read_text().splitlines() if line.endswith("}")] if path.exists() else []
    parts = -(-PEOPLE // PART)
    had = {found["first"] for found in done}
    todo = [first for first in range(0, PEOPLE, PART) if first not in had]
    # Not forked: Polars has threads.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool, path.open("a") as file:
        waiting = [
            pool.submit(part, first, min(PART, PEOPLE - first), DURABLE // parts, SHEETS // parts) for first in todo
        ]
        for future in as_completed(waiting):
            done.append(future.result())
            file.write(json.dumps(done[-1]) + "\n")
            file.flush()
            if sys.stderr.isatty():
                print(f"\r{len(done)} of {parts} parts", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    return done


def report(done: list[dict[str, Any]]) -> Iterator[str]:
    """The page."""
    counts: Counter[str] = sum((Counter(found["counts"]) for found in done), Counter())
    seconds: Counter[str] = sum((Counter(found["seconds"]) for found in done), Counter())
    differences = [text for found in sorted(done, key=lambda found: found["first"]) for text in found["differences"]]
    knowledge = load_knowledge(ROOT)
    yield f"Python {platform.python_version()}, Polars {pl.__version__}, {os.cpu_count()} cores,"
    yield f"{len(knowledge.rules):,} rules; seed {SEED}. Half of the people are made up as by `painrules people`, half"
    yield "are anyone: answers drawn evenly, up to all of them unknown. The reference engine is what the others are"
    yield "compared with: every rule (certain, possible, impossible) and every status of every option."
    yield ""
    yield "| engine | people | rules compared | statuses compared | processor seconds |"
    yield "| --- | --- | --- | --- | --- |"
    for name in ("reference", "cohort", "diagrams", "durable-rules"):
        numbers = (counts[f"{name}: {what}"] for what in ("people", "rules", "statuses"))
        yield f"| {name} | {' | '.join(f'{n:,}' for n in numbers)} | {seconds[name]:,.1f} |"
    yield ""
    yield f"Of the rules, {counts['certain']:,} were certain and {counts['possible']:,} possible. The first use of the"
    yield "diagrams builds them. durable-rules is asked for a share only, as it is slow; its statuses follow from its"
    yield "rules by the same code as those of the reference engine."
    yield ""
    yield f"{counts['sheets']:,} whole sheets (`explore`) with {counts['reasons']:,} reasons and {counts['signs']:,}"
    yield "urgent signs were compared with what the cohort says of the same people."
    yield ""
    yield f"**Differences: {len(differences) or 'none'}.**"
    for text in differences[:20]:
        yield f"- {text}"


def main() -> int:
    """Compare, print and write."""
    started = time.perf_counter()
    done = run()
    text = "\n".join(report(done)) + "\n"
    print(text)
    print(f"{time.perf_counter() - started:.0f} s.")
    (ROOT / "bench/agree.md").write_text(f"# Agreement\n\n{text}")
    return 1 if any(found["differences"] for found in done) else 0


if __name__ == "__main__":
    sys.exit(main())
