"""A thousand consultations in one process leave no more memory behind than a hundred."""

from __future__ import annotations

import random
import resource
from pathlib import Path

import pytest

from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from tests.test_sheet import random_person


def resident_kilobytes() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024


@pytest.mark.slow
def test_memory_stays_flat(knowledge: KnowledgeBase) -> None:
    dice = random.Random(3)
    people = [random_person(knowledge, dice, 0.5) for _ in range(20)]
    for number in range(100):
        explore(knowledge, people[number % 20], "durable")
    before = resident_kilobytes()
    for number in range(1000):
        explore(knowledge, people[number % 20], "durable")
    assert resident_kilobytes() - before < 5_000
