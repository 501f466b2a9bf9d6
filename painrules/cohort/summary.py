"""How many people have which status of which option, by condition; and urgent signs. Small counts are hidden.

Hidden are counts from 1 to below a limit, and what would give them away: the statuses of an option add up to the people
with the condition, so where what is hidden in such a row comes to less than the limit, or is one count alone, the next
smallest count is hidden too. Of a condition with fewer people than the limit nothing is shown. Not protected: what
someone can learn who compares the summaries of two data sets that differ by one person, or of related options.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from painrules.alternatives import STATUSES
from painrules.cohort.bits import count_of, nobody, truth_of
from painrules.sheet import LEVELS

if TYPE_CHECKING:
    import polars as pl

    from painrules.cohort.results import Found

NO_SIGN = "none"


class Counts(Struct):
    """Counts of people."""

    people: int = 0
    without_condition: int = 0
    conditions: Counter[str] = field(default_factory=Counter)
    statuses: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    """By condition, option and place in STATUSES."""
    urgent: Counter[str] = field(default_factory=Counter)
    """By the level of the strongest sign that they certainly have; people without one are left out."""

    def update(self, other: Counts) -> None:
        """Add other people."""
        self.people += other.people
        self.without_condition += other.without_condition
        self.conditions.update(other.conditions)
        self.statuses.update(other.statuses)
        self.urgent.update(other.urgent)


def count(found: Found, facts: pl.DataFrame) -> Counts:
    """Count some people. Someone with two conditions counts in both, with the options of each."""
    counts = Counts(people=found.height)
    with_pain = nobody(found.height)
    for condition, options in found.program.options_of.items():
        has = truth_of(facts.get_column(f"has:{condition}")).certain
        people = count_of(has)
        if not people:
            continue
        with_pain |= has
        counts.conditions[condition] = people
        held: dict[int, int] = {}  # many options rest on the same rules
        for id in options:
            so_much = [people]
            for step in found.program.options[id].at_least:
                if step not in held:
                    held[step] = count_of(found.done[step].certain & has)
                so_much.append(held[step])
            for place in range(len(STATUSES)):
                if number := so_much[place] - (*so_much, 0)[place + 1]:
                    counts.statuses[condition, id, place] = number
    counts.without_condition = found.height - count_of(with_pain)
    for place, number in found.urgent().drop_nulls().value_counts().iter_rows():
        counts.urgent[LEVELS[place]] = number
    return counts


class Row(Struct, frozen=True):
    """How many people with a condition have each status of an option; None: hidden."""

    condition: str
    option: str
    people: int
    statuses: Mapping[str, int | None]

    def as_plain(self) -> dict[str, Any]:
        """The row for programs."""
        return {"condition": self.condition, "treatment": self.option, "people": self.people, **self.statuses}


class Summary(Struct, frozen=True):
    """What may be shown of counts."""

    people: int
    without_condition: int | None
    hidden_below: int
    urgent: Mapping[str, int | None]
    conditions: Mapping[str, int]
    """Conditions with enough people."""
    averages: Mapping[str, Mapping[str, float | None]]
    """How many options of each status a person with a condition has, on average."""
    hidden_conditions: int
    rows: tuple[Row, ...]

    def as_plain(self) -> dict[str, Any]:
        """The summary for programs."""
        return {
            "people": self.people,
            "without_condition": self.without_condition,
            "hidden_below": self.hidden_below,
            "urgent": dict(self.urgent),
            "conditions": dict(self.conditions),
            "averages": {id: dict(means) for id, means in self.averages.items()},
            "hidden_conditions": self.hidden_conditions,
            "rows": [row.as_plain() for row in self.rows],
        }


def summarise(counts: Counts, hide_below: int) -> Summary:
    """Hide what is small."""
    shown = {id: n for id, n in counts.conditions.most_common() if n >= max(1, hide_below)}
    found = {(condition, option) for condition, option, _ in counts.statuses}
    signs = [counts.urgent[level] for level in LEVELS]
    signs = [*signs, counts.people - sum(signs)]
    few = 0 < counts.without_condition < hide_below
    return Summary(
        people=counts.people,
        without_condition=None if few else counts.without_condition,
        hidden_below=hide_below,
        urgent=dict(zip((*LEVELS, NO_SIGN), hidden(signs, hide_below), strict=True)),
        conditions=shown,
        averages={id: _averages(counts, id, people, hide_below) for id, people in shown.items()},
        hidden_conditions=len(counts.conditions) - len(shown),
        rows=tuple(_rows(counts, shown, found, hide_below)),
    )


def _averages(counts: Counts, condition: str, people: int, hide_below: int) -> dict[str, float | None]:
    sums = [0] * len(STATUSES)
    for (other, _, place), number in counts.statuses.items():
        sums[place] += number if other == condition else 0
    means = (None if number is None else round(number / people, 2) for number in hidden(sums, hide_below))
    return dict(zip(STATUSES, means, strict=True))


def _rows(counts: Counts, shown: Mapping[str, int], found: set[tuple[str, str]], hide_below: int) -> Iterator[Row]:
    for condition, people in shown.items():
        for option in sorted(option for other, option in found if other == condition):
            numbers = [counts.statuses[condition, option, place] for place in range(len(STATUSES))]
            yield Row(condition, option, people, dict(zip(STATUSES, hidden(numbers, hide_below), strict=True)))


def hidden(numbers: list[int], limit: int) -> list[int | None]:
    """The numbers of a row that adds up to a known total, with small ones hidden so that they cannot be worked out."""
    small = {place for place, number in enumerate(numbers) if 0 < number < limit}
    others = sorted((n, place) for place, n in enumerate(numbers) if n >= limit)
    while small and others and (len(small) == 1 or sum(numbers[place] for place in small) < limit):
        small.add(others.pop(0)[1])
    return [None if place in small else number for place, number in enumerate(numbers)]
