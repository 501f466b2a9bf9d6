"""Measure `coverage` and `diff` on the real rule base: seconds of the processor, memory. Writes bench/coverage.md."""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.population import SOURCED, read_population
from painrules.symbolic.counting import Counting
from painrules.symbolic.coverage import coverage
from painrules.symbolic.hazards import MapOfHazards
from painrules.symbolic.proof import Proof
from painrules.symbolic.versions import compare_versions

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))


def shares(knowledge: KnowledgeBase, *, weighted: bool, condition: str | None = None) -> int:
    proof = Proof(knowledge)
    counting = Counting(proof, read_population(SOURCED, knowledge) if weighted else None)
    found = coverage(proof, counting.only(condition) if condition else counting)
    return 2 * len(found.rules) + 2 * len(found.signs) + 6 * len(found.options)


def whole_map(knowledge: KnowledgeBase, *, weighted: bool) -> int:
    proof = Proof(knowledge)
    hazards = MapOfHazards(proof, Counting(proof, read_population(SOURCED, knowledge) if weighted else None))
    return sum(len(option.hazards) for condition in knowledge.conditions for option in hazards.options(condition))


def versions(knowledge: KnowledgeBase, *, of_each: int) -> int:
    from tests.faults import planted

    other = planted(knowledge, of_each)[0].knowledge if of_each else knowledge
    return len(compare_versions(knowledge, other).changes)


PARTS: dict[str, tuple[str, Callable[[KnowledgeBase], int]]] = {
    "shares": ("shares, all alike", lambda k: shares(k, weighted=False)),
    "weighted": ("shares, weighted", lambda k: shares(k, weighted=True)),
    "one": ("shares, weighted, of one kind of pain", lambda k: shares(k, weighted=True, condition="sciatica")),
    "map": ("cells of the map of all kinds of pain", lambda k: whole_map(k, weighted=False)),
    "weighted_map": ("the same, weighted", lambda k: whole_map(k, weighted=True)),
    "same": ("changes to itself", lambda k: versions(k, of_each=0)),
    "fault": ("changes by one planted fault", lambda k: versions(k, of_each=1)),
}


def measured(part: str) -> dict[str, Any]:
    command = [sys.executable, __file__, part]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    found: dict[str, Any] = json.loads(
        subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout
    )
    return found


def main() -> None:
    lines = ["# What rules reach, and what a change means", ""]
    lines += [f"Written by `python bench/coverage.py`. Python {platform.python_version()}, {os.cpu_count()} cores,"]
    lines += [f"{len(load_knowledge().rules):,} rules. Seconds of one processor, loading left out.", ""]
    lines += ["| what | how many | seconds | MB |", "| --- | --- | --- | --- |"]
    for part, (name, _) in PARTS.items():
        found = measured(part)
        lines.append(f"| {name} | {found['number']:,} | {found['seconds']:.1f} | {found['mb']} |")
    (ROOT / "bench/coverage.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        knowledge = load_knowledge()
        started = time.process_time()
        number = PARTS[sys.argv[1]][1](knowledge)
        mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(json.dumps({"number": number, "seconds": time.process_time() - started, "mb": mb}))
    else:
        main()
