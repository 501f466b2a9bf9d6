"""The diary as a page of its own, and as a section of the sheet: a chart by week or month, and the last four weeks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Literal

from painrules.diary import HIGHEST, Diary, Span, months, span, weeks
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import Bar, Block, Chart, Heading, Notes, Paragraph, made_with

By = Literal["week", "month"]
WEEKS_ON_SHEET = 8
FOUR_WEEKS = 28
PEG_SOURCE = "krebs-peg-2009"


def diary_page(knowledge: KnowledgeBase, diary: Diary, by: By, most: int) -> Iterator[Block]:
    """The diary alone."""
    yield Heading(knowledge.wording["diary.title"], 1)
    yield from _section(knowledge, diary, by, weeks(diary, most) if by == "week" else months(diary, most), None)
    yield made_with(knowledge)


def my_diary(knowledge: KnowledgeBase, diary: Diary, notes: Notes | None = None) -> Iterator[Block]:
    """A section for the sheet; with `notes` the source stands among those of the page."""
    yield Heading(knowledge.wording["diary.title"])
    yield from _section(knowledge, diary, "week", weeks(diary, WEEKS_ON_SHEET), notes)


def _section(
    knowledge: KnowledgeBase, diary: Diary, by: By, spans: Sequence[Span], notes: Notes | None
) -> Iterator[Block]:
    words = knowledge.wording
    yield _chart(words, by, spans)
    now = span(diary, diary.recorded[-1].date, FOUR_WEEKS)
    before = span(diary, now.first - timedelta(1), FOUR_WEEKS)
    yield Paragraph(
        words["diary.four_weeks"].format(first=now.first, last=now.last, count=len(now.recorded), days=now.length)
    )
    for name, shown in (("mean_pain", _pain), ("headaches", _headaches), ("peg", _peg)):
        if (value := shown(words, now)) or shown(words, before):
            nothing = words["diary.not_recorded"]
            yield Paragraph(words[f"diary.{name}"].format(now=value or nothing, before=shown(words, before) or nothing))
    if any(one.peg is not None for one in (*spans, now, before)):
        cited = notes.mark([PEG_SOURCE]) if notes and PEG_SOURCE in knowledge.sources else f" ({peg_source(knowledge)})"
        yield Paragraph(f"{words['diary.peg_means']}{cited}", "quiet")


def _chart(words: Mapping[str, str], by: By, spans: Sequence[Span]) -> Chart:
    """Columns that nothing was ever recorded for are left out."""
    columns = [words[f"diary.column.{by}"], words["diary.column.pain"]]
    shown = {
        "headache": _headaches if any(one.headache_known for one in spans) else None,
        "peg": _peg if any(one.peg is not None for one in spans) else None,
        "recorded": _recorded,
    }
    used = {name: show for name, show in shown.items() if show}
    columns += [words[f"diary.column.{name}"] for name in used]
    bars = tuple(
        Bar(
            str(one.first),
            one.pain,
            _pain(words, one) or words["diary.not_recorded"],
            tuple(show(words, one) or words["diary.not_recorded"] for show in used.values()),
        )
        for one in spans
    )
    return Chart(words[f"diary.caption.{by}"], tuple(columns), bars, HIGHEST)


def _pain(words: Mapping[str, str], one: Span) -> str:
    return "" if one.pain is None else f"{one.pain:.1f}"


def _peg(words: Mapping[str, str], one: Span) -> str:
    return "" if one.peg is None else f"{one.peg:.1f}"


def _headaches(words: Mapping[str, str], one: Span) -> str:
    return words["diary.count"].format(count=one.headache_days, days=one.headache_known) if one.headache_known else ""


def _recorded(words: Mapping[str, str], one: Span) -> str:
    return words["diary.count"].format(count=len(one.recorded), days=one.length)


def peg_source(knowledge: KnowledgeBase) -> str:
    """Who published the PEG scale, and when."""
    source = knowledge.sources.get(PEG_SOURCE)
    return f"{source.body}, {source.year}" if source else PEG_SOURCE


def said(knowledge: KnowledgeBase, values: Mapping[str, int | bool]) -> str:
    """What a day says, in words: `pain 6, headache yes`."""
    words = knowledge.wording
    return ", ".join(f"{words[f'diary.field.{field}']} {cell(knowledge, value)}" for field, value in values.items())


def cell(knowledge: KnowledgeBase, value: float | bool | None) -> str:
    """One value of a day in words; nothing when it is not known."""
    if isinstance(value, bool):
        return knowledge.wording["yes" if value else "no"]
    return "" if value is None else f"{value:.1f}" if isinstance(value, float) else str(value)
