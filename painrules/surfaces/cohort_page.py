"""The summary of a cohort at the terminal."""

from __future__ import annotations

from collections.abc import Iterable

from painrules.alternatives import STATUSES
from painrules.cohort.summary import NO_SIGN, Row, Summary
from painrules.knowledge import KnowledgeBase
from painrules.sheet import LEVELS
from painrules.surfaces.blocks import Paragraph
from painrules.surfaces.terminal import surface

BAR = 10
FILLS: dict[str, str] = dict(zip(STATUSES, "·░▒▓█", strict=True))
HIDDEN = "?"


def show_summary(knowledge: KnowledgeBase, summary: Summary, condition: str | None, plain: bool) -> None:
    """All conditions in a line each, or the options of one."""
    drawn = surface(plain=plain)
    words = knowledge.wording
    lines = [words["cohort.people"].format(count=f"{summary.people:,}")]
    signs = [f"{words[f'cohort.{level}']} {_number(summary.urgent[level])}" for level in (*LEVELS, NO_SIGN)]
    lines.append(f"{words['cohort.urgent']} {', '.join(signs)}.")
    if summary.without_condition != 0:
        lines.append(words["cohort.without_condition"].format(count=_number(summary.without_condition)))
    names = [words[f"status.{status}"] for status in STATUSES]
    short = names if plain else [words[f"cohort.short.{status}"] for status in STATUSES]
    if condition is None:
        drawn.page(map(Paragraph, [*lines, "", words["cohort.conditions"]]))
        heads = [words["cohort.condition"], words["cohort.count"], *short]
        drawn.table(heads, [_condition(knowledge, summary, id) for id in summary.conditions])
    else:
        if condition not in summary.conditions:
            drawn.page(map(Paragraph, [*lines, words["cohort.nobody"]]))
            return
        rows = [row for row in summary.rows if row.condition == condition]
        name = knowledge.conditions[condition].name
        lines += ["", words["cohort.options"].format(name=name, count=f"{summary.conditions[condition]:,}")]
        if not plain:
            lines.append("  ".join(f"{FILLS[status]} {name}" for status, name in zip(STATUSES, names, strict=True)))
        drawn.page(map(Paragraph, lines))
        heads = [words["cohort.option"], *([] if plain else [""]), *short]
        drawn.table(heads, [_option(knowledge, summary, row, plain) for row in by_category(knowledge, rows)])
    notes = []
    if summary.hidden_conditions:
        notes.append(
            words["cohort.hidden_conditions"].format(count=summary.hidden_conditions, limit=summary.hidden_below)
        )
    if summary.hidden_below > 1:
        notes.append(words["cohort.hidden"].format(limit=summary.hidden_below))
    drawn.page(map(Paragraph, notes))


def _number(number: int | None) -> str:
    return HIDDEN if number is None else f"{number:,}"


def _condition(knowledge: KnowledgeBase, summary: Summary, condition: str) -> list[str]:
    """How many options a person with the condition has of each status, on average."""
    people = summary.conditions[condition]
    means = summary.averages[condition].values()
    cells = (HIDDEN if mean is None else f"{mean:.1f}" for mean in means)
    return [knowledge.conditions[condition].name, f"{people:,}", *cells]


def _option(knowledge: KnowledgeBase, summary: Summary, row: Row, plain: bool) -> list[str]:
    cells = [HIDDEN if n is None else f"{n / row.people:.0%}" for n in row.statuses.values()]
    return [knowledge.modalities[row.option].name, *([] if plain else [_bar(row)]), *cells]


def _bar(row: Row) -> str:
    """Ten characters, shared out among the statuses; what is hidden is left out."""
    drawn, total, so_far = "", row.people, 0
    for status, number in row.statuses.items():
        so_far += number or 0
        drawn += FILLS[status] * (round(BAR * so_far / total) - len(drawn))
    return drawn


def by_category(knowledge: KnowledgeBase, rows: Iterable[Row]) -> list[Row]:
    """The options in the order of a sheet."""
    order = list(knowledge.categories)
    return sorted(
        rows, key=lambda row: (order.index(knowledge.category_of(row.option)), knowledge.modalities[row.option].name)
    )
