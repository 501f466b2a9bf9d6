"""The summary of a cohort as a picture (SVG): a bar for each kind of pain, or for each option of one, split by status.

Every part of a bar has the symbol of its status, as colour alone says nothing to some; its number stands beside the bar
and, in words, in its title. What is hidden because it is small is drawn as an empty part with a dashed border.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from painrules.alternatives import STATUSES, Status
from painrules.cohort.summary import Row, Summary
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.cohort_page import HIDDEN, by_category
from painrules.surfaces.html import text
from painrules.surfaces.sheet_page import FILLS, SYMBOLS

INK, QUIET, LINE = "#1b1b1b", "#4a4a4a", "#595959"
NAMES, BAR, NUMBER, ROW, EDGE = 350, 400, 66, 24, 10
LETTERS = 46
"""Of a name, at most."""
LEAST_WITH_SYMBOL = 14


class _Line(Struct, frozen=True):
    """One bar: how much of it belongs to each status, None where that is hidden."""

    name: str
    label: str
    """The name, short enough to stand beside the bar."""
    parts: Sequence[float | None]
    scale: float
    """How much fills the whole width."""
    whole: float | None
    """All parts together, where that is known."""
    shown: Sequence[str]


def chart(knowledge: KnowledgeBase, summary: Summary, condition: str | None) -> str:
    """The picture: all kinds of pain, or the options of one."""
    words = knowledge.wording
    people = words["cohort.people"].format(count=f"{summary.people:,}")
    notes = [words["cohort.hidden"].format(limit=summary.hidden_below)] if summary.hidden_below > 1 else []
    if condition is None:
        title, drawn = words["cohort.conditions"], [_of_condition(knowledge, summary, id) for id in summary.conditions]
        if summary.hidden_conditions:
            few = {"count": summary.hidden_conditions, "limit": summary.hidden_below}
            notes.append(words["cohort.hidden_conditions"].format(**few))
    elif condition in summary.conditions:
        count = f"{summary.conditions[condition]:,}"
        title = words["cohort.options"].format(name=knowledge.conditions[condition].name, count=count)
        rows = by_category(knowledge, [row for row in summary.rows if row.condition == condition])
        drawn = [_of_option(knowledge, row) for row in rows]
    else:
        title, drawn = words["cohort.nobody"], []
    return "\n".join(_picture(knowledge, title, " ".join([people, *notes]), drawn))


def _of_condition(knowledge: KnowledgeBase, summary: Summary, id: str) -> _Line:
    """How many options a person has on average; all bars share one scale."""
    means = list(summary.averages[id].values())
    most = max(sum(n or 0 for n in other.values()) for other in summary.averages.values())
    name, count = knowledge.conditions[id].name, f" ({summary.conditions[id]:,})"
    return _Line(
        f"{name}{count}",
        f"{_cut(name, LETTERS - len(count))}{count}",
        means,
        most or 1,
        None,
        [HIDDEN if n is None else f"{n:.1f}" for n in means],
    )


def _of_option(knowledge: KnowledgeBase, row: Row) -> _Line:
    shown = [HIDDEN if n is None else f"{n / row.people:.0%}" for n in row.statuses.values()]
    name = knowledge.modalities[row.option].name
    return _Line(name, _cut(name, LETTERS), list(row.statuses.values()), row.people, row.people, shown)


def _picture(knowledge: KnowledgeBase, title: str, says: str, lines: Sequence[_Line]) -> Iterator[str]:
    statuses = {status: knowledge.wording[f"status.{status}"] for status in STATUSES}
    width = NAMES + BAR + NUMBER * len(STATUSES) + 3 * EDGE
    said = [*textwrap.wrap(says, width // 7)]
    top = 92 + 18 * len(said)
    height = top + ROW * len(lines) + EDGE
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'role="img" aria-labelledby="title says" font-family="Liberation Sans, Arial, sans-serif" font-size="13">'
    )
    yield f'<title id="title">{text(title)}</title>'
    yield f'<desc id="says">{text(says)} {text(_in_words(lines, statuses.values()))}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    yield f'<text x="{EDGE}" y="26" font-size="17" font-weight="bold" fill="{INK}">{text(title)}</text>'
    for number, line in enumerate(said):
        yield f'<text x="{EDGE}" y="{48 + 18 * number}" fill="{QUIET}">{text(line)}</text>'
    yield from _legend(statuses, top - 38)
    yield from _heads(knowledge, top - 10)
    for number, drawn in enumerate(lines):
        yield from _bar(drawn, top + ROW * number, list(statuses.values()))
    yield "</svg>\n"


def _legend(statuses: Mapping[Status, str], y: int) -> Iterator[str]:
    """What the symbols and colours mean."""
    x = NAMES
    for (status, name), fill in zip(statuses.items(), FILLS.values(), strict=True):
        yield f'<rect x="{x}" y="{y - 12}" width="16" height="16" fill="{fill}" stroke="{LINE}"/>'
        yield f'<text x="{x + 8}" y="{y}" text-anchor="middle" fill="{INK}">{text(SYMBOLS[status])}</text>'
        yield f'<text x="{x + 22}" y="{y}" fill="{INK}">{text(name)}</text>'
        x += 46 + 7 * len(name)


def _heads(knowledge: KnowledgeBase, y: int) -> Iterator[str]:
    """Over the numbers: which status they are of."""
    for place, status in enumerate(STATUSES):
        name = f"{SYMBOLS[status]} {knowledge.wording[f'cohort.short.{status}']}"
        yield f'<text x="{_right(place)}" y="{y}" text-anchor="end" fill="{QUIET}">{text(name)}</text>'


def _right(place: int) -> int:
    """Where a column of numbers ends."""
    return NAMES + BAR + NUMBER * (place + 1) + EDGE


def _bar(line: _Line, y: int, names: Sequence[str]) -> Iterator[str]:
    said = ", ".join(f"{name} {shown}" for name, shown in zip(names, line.shown, strict=True))
    yield f"<g><title>{text(f'{line.name}: {said}')}</title>"
    yield f'<text x="{NAMES - EDGE}" y="{y + 16}" text-anchor="end" fill="{INK}">{text(line.label)}</text>'
    x = float(NAMES)
    for status, fill, part in zip(STATUSES, FILLS.values(), line.parts, strict=True):
        wide = BAR * (part or 0) / line.scale
        if wide:
            yield f'<rect x="{x:.1f}" y="{y + 2}" width="{wide:.1f}" height="{ROW - 4}" fill="{fill}" stroke="{LINE}"/>'
        if wide >= LEAST_WITH_SYMBOL:
            symbol = text(SYMBOLS[status])
            yield f'<text x="{x + wide / 2:.1f}" y="{y + 16}" text-anchor="middle" fill="{INK}">{symbol}</text>'
        x += wide
    if None in line.parts and line.whole is not None:
        rest = NAMES + BAR * line.whole / line.scale - x
        dashed = f'fill="none" stroke="{LINE}" stroke-dasharray="3 3"'
        yield f'<rect x="{x:.1f}" y="{y + 2}" width="{rest:.1f}" height="{ROW - 4}" {dashed}/>'
    for place, shown in enumerate(line.shown):
        yield f'<text x="{_right(place)}" y="{y + 16}" text-anchor="end" fill="{INK}">{text(shown)}</text>'
    yield "</g>"


def _in_words(lines: Iterable[_Line], names: Iterable[str]) -> str:
    """All bars for those who do not see them."""
    all_names = list(names)
    return " ".join(
        f"{line.name}: {', '.join(f'{name} {shown}' for name, shown in zip(all_names, line.shown, strict=True))}."
        for line in lines
    )


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1]}…"
