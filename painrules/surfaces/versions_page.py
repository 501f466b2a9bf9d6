"""What becomes of people between two versions of the rules: as text, as Markdown for a pull request, as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from painrules.answers import as_plain
from painrules.population import Population
from painrules.surfaces.markdown import text as escaped
from painrules.surfaces.report_lines import answers_lines, smallest_person, wrapped
from painrules.surfaces.shares import counted, percent
from painrules.symbolic.versions import NOT_TOLD, Change, Direction, Versions

HEADINGS: Mapping[Direction, str] = {
    "milder": "Milder: fewer or weaker warnings",
    "vanishes": "No longer an option",
    "stronger": "Stronger: more or stronger warnings",
    "appears": "Newly an option",
    "other": "Other reasons, marks or notes, no other status",
}
SAME = "Nobody sees another option, status, sign, reason or mark."
MOST_KINDS = 8


def as_text(found: Versions, population: Population | None) -> str:
    """For a terminal of 80 columns. Shares are weighed by a population, or not."""
    lines = [*wrapped(counted(population, None)), ""] if found.changes and population else []
    for direction, changes in _by_direction(found):
        lines += [HEADINGS[direction].upper()]
        for change in changes:
            lines += wrapped(f"{change.id}: {percent(change.share)} {_of(population)}", "- ", "  ")
            for line in _details(change):
                lines += wrapped(line, "    ", "      ")
            lines += smallest_person(change.person)
        lines.append("")
    lines += [] if found.changes else [SAME, ""]
    if found.not_compared:
        lines.append("NOT COMPARED")
        for entry in found.not_compared:
            lines += wrapped(f"{entry.id} {entry.says}", "- ", "  ")
        lines.append("")
    return "\n".join(lines).rstrip("\n")


def as_markdown(found: Versions, population: Population | None) -> str:
    """For a pull request: a table to see at a glance, and people to look at on demand."""
    lines = ["## What changes for people", ""]
    lines += [escaped(counted(population, None)), ""] if found.changes and population else []
    lines += [] if found.changes else [SAME, ""]
    for direction, changes in _by_direction(found):
        lines += [f"### {HEADINGS[direction]}", "", f"| what | {_of(population)} | how |", "| --- | --- | --- |"]
        lines += [_row(change) for change in changes]
        lines += ["", "<details><summary>The smallest person for each, as an answers file</summary>", ""]
        for change in changes:
            rules = f", by {', '.join(map(escaped, change.rules))}" if change.rules else ""
            lines += [f"{escaped(change.id)}{rules}:", "", "```yaml", *answers_lines(change.person), "```", ""]
        lines += ["</details>", ""]
    if found.not_compared:
        lines += ["### Not compared", ""]
        lines += [f"- {escaped(f'{entry.id} {entry.says}')}" for entry in found.not_compared]
    return "\n".join(lines).rstrip("\n")


def _row(change: Change) -> str:
    how = "; ".join(_how(change))
    return f"| {escaped(change.id)} | {percent(change.share)} | {escaped(how)} |"


def as_plain_data(found: Versions, population: Population | None) -> dict[str, Any]:
    """For programs."""
    return {
        "how": counted(population, None),
        "changes": [
            {
                "kind": change.kind,
                "id": change.id,
                "direction": change.direction,
                "share": float(change.share),
                "steps": [{"was": step.was, "now": step.now, "share": float(step.share)} for step in change.steps],
                "conditions": change.conditions,
                "says": change.says,
                "rules": change.rules,
                "person": as_plain(change.person),
            }
            for change in found.changes
        ],
        "not_compared": [{"id": entry.id, "says": entry.says} for entry in found.not_compared],
    }


def _by_direction(found: Versions) -> Iterable[tuple[Direction, list[Change]]]:
    return [(way, list(changes)) for way, changes in groupby(found.changes, lambda change: change.direction)]


def _of(population: Population | None) -> str:
    return "of people, weighed" if population else "of all possible people"


def _details(change: Change) -> Iterator[str]:
    yield from _how(change)
    if change.rules and change.kind != "sign":
        yield f"rules at work: {', '.join(change.rules)}"


def _how(change: Change) -> Iterator[str]:
    for step in change.steps:
        share = f" ({percent(step.share)})" if len(change.steps) > 1 else ""
        yield f"{_word(step.was)} to {_word(step.now)}{share}"
    if change.conditions:
        more = len(change.conditions) - MOST_KINDS
        yield f"for {', '.join(change.conditions[:MOST_KINDS])}{f' and {more} more' if more > 0 else ''}"
    if change.says:
        yield change.says


def _word(status: str) -> str:
    return "not told" if status == NOT_TOLD else status.replace("_", " ")
