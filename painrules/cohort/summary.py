"""How many people have which status of which option, by condition; and urgent signs. Small counts are hidden."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from painrules.alternatives import STATUSES

if TYPE_CHECKING:
    import polars as pl

    from painrules.cohort.results import Found


@dataclass
class Counts:
    """Counts of people."""

    people: int = 0
    conditions: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By condition, option and place in STATUSES."""
    urgent: Counter[str] = field(default_factory=Counter)
    """By the strongest certain sign's level; people without one are left out."""

    def update(self, other: Counts) -> None:
        """Add other people."""
        self.people += other.people
        self.conditions.update(other.conditions)
        self.statuses.update(other.statuses)
        self.urgent.update(other.urgent)


def count(found: Found, facts: pl.DataFrame) -> Counts:
    """Count some people."""
    import polars as pl

    from painrules.sheet import LEVELS

    counts = Counts(people=facts.height)
    results = found.results
    statuses = {id: found.status(id) for id in results.options}
    for condition, said in results.said.items():
        has = facts.get_column(f"has:{condition}")
        number = has.sum()
        if not number:
            continue
        counts.conditions[condition] = number
        options = [id for id in said if id in statuses]
        rows = has.arg_true()
        own = pl.DataFrame([statuses[id].gather(rows) for id in options])
        for place in range(len(STATUSES)):
            sums = own.select((pl.all() == place).sum())
            counts.statuses.update({(condition, id, place): n for id, n in zip(options, sums.row(0), strict=True) if n})
    urgent = found.urgent()
    for place, number in urgent.drop_nulls().value_counts().iter_rows():
        counts.urgent[LEVELS[place]] = number
    return counts
