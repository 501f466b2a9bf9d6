"""A thousand consultations in one process leave no more memory behind than a hundred."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT

PROGRAM = """
import random, resource
from pathlib import Path
from painrules.engines import consult
from painrules.evidence import statements
from painrules.loading import load_knowledge
from tests.test_sheet import random_person

def resident_kilobytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024

knowledge = load_knowledge()
knowledge = knowledge.about(statements(knowledge, ["gout"]))  # fewer rules, so that it does not take minutes
dice = random.Random(3)
people = [random_person(knowledge, dice, 0.5) for _ in range(20)]
for number in range(1100):
    consult(knowledge, people[number % 20], "durable")
    if number == 100:
        before = resident_kilobytes()
print(resident_kilobytes() - before)
"""


@pytest.mark.slow
def test_memory_stays_flat() -> None:
    """In a process of its own: what other tests keep alive delays the collection of garbage."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 10_000, f"{done.stdout.strip()} kB more after a thousand"
