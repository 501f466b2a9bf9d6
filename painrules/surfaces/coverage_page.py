"""What rules reach, and the map of hazards, for analysts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from painrules.alternatives import STATUSES
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import Block, Heading, Paragraph
from painrules.surfaces.grid import Cell, Grid, Row, in_words, parts
from painrules.surfaces.heat_map import SHADES, share_cell
from painrules.surfaces.shares import hundredths, percent
from painrules.surfaces.sheet_page import SYMBOLS
from painrules.surfaces.terminal import Surface
from painrules.symbolic.coverage import Coverage, Offered, Reached
from painrules.symbolic.hazards import NO_QUESTION, OptionAtRisk
from painrules.uncovered import Silence, Unmentioned

FEW, MOST_OPTIONS = 10, 60
WIDTH = 80


class Gaps(Struct, frozen=True):
    """What nothing is said about."""

    nowhere: Sequence[str]
    silences: Sequence[Silence]
    unmentioned: Sequence[Unmentioned]


def show_coverage(surface: Surface, found: Coverage, gaps: Gaps, how: str, everything: bool) -> None:
    """All of it at the terminal: the rarest rules and the most avoided options, or everything."""
    surface.page([Heading("What rules reach", 1), Paragraph(how)])
    for name, all_ in (("Rules", found.rules), ("Urgent signs", found.signs)):
        shown = all_ if everything else sorted((e for e in all_ if e.seen), key=lambda e: e.certain)[:FEW]
        surface.page(_about_reached(name, all_, shown))
        if shown:
            rows = [[e.id, e.level or e.effect, percent(e.certain), percent(e.possible)] for e in shown]
            surface.table(["", "effect", "for sure", "perhaps"], rows)
    _show_options(surface, [option for option in found.options if everything or option.offered], everything)
    surface.page(_gaps(gaps, everything))


def _about_reached(name: str, entries: Sequence[Reached], shown: Sequence[Reached]) -> Iterator[Block]:
    unseen = sum(not entry.seen for entry in entries)
    reach = f"{len(entries) - unseen:,} reach some of these people for sure" + (
        f", {unseen:,} nobody" if unseen else ""
    )
    yield Heading(name)
    yield Paragraph(f"{reach}." + (f" The {len(shown)} rarest:" if len(shown) < len(entries) - unseen else ""))


def _show_options(surface: Surface, options: Sequence[Offered], everything: bool) -> None:
    shown = options if everything or len(options) <= MOST_OPTIONS else _most_avoided(options)
    some = f" The {len(shown)} most often avoided:" if len(shown) < len(options) else ""
    about = "of 100 people, to how many each is offered, and how many see it with which status."
    key = ", ".join(f"{SYMBOLS[status]} {status.replace('_', ' ')}" for status in STATUSES)
    surface.page([Heading("Options"), Paragraph(f"{len(options)}: {about}{some}"), Paragraph(f"{key}.", "quiet")])
    rows = [[o.id, hundredths(o.offered), *(hundredths(o.statuses[s]) for s in STATUSES)] for o in shown]
    if rows:
        surface.table(["option", "offered", *(SYMBOLS[status] for status in STATUSES)], rows)
    if len(shown) < len(options):
        surface.page([Paragraph(f"and {len(options) - len(shown)} more; --all shows them, --category some.", "quiet")])


def _most_avoided(options: Sequence[Offered]) -> list[Offered]:
    return sorted(options, key=lambda option: -option.statuses["held_back"])[: 2 * FEW]


def _gaps(gaps: Gaps, everything: bool) -> Iterator[Block]:
    yield Heading("What no source speaks of")
    if gaps.nowhere:
        yield Paragraph(f"Treatments that are an option for no kind of pain: {', '.join(gaps.nowhere)}.")
    else:
        yield Paragraph("Every treatment is an option for some kind of pain.")
    if gaps.silences:
        yield Paragraph("Kinds of pain, and the categories of which no source says anything for them:")
        yield from (Paragraph(f"  {entry.condition}: {', '.join(entry.categories)}") for entry in gaps.silences)
    else:
        yield Paragraph("For every kind of pain something is said of every category.")
    yield Heading("Risks that rules test for one class and not for another")
    yield Paragraph("A list to think about: many risks concern one class alone. Most widely tested first.")
    shown = gaps.unmentioned if everything else gaps.unmentioned[:FEW]
    for entry in shown:
        others = len(entry.mentioned_for)
        yield Paragraph(
            f"  {entry.class_}: {entry.factor} (tested for {others} other class{'es' if others > 1 else ''})"
        )
    yield from _more_of(len(gaps.unmentioned) - len(shown))


def _more_of(left: int) -> Iterator[Block]:
    if left:
        yield Paragraph(f"and {left:,} more; --all shows them.", "quiet")


# --- the map ---------------------------------------------------------------------------------------------------------


def overview(knowledge: KnowledgeBase, at_risk: Mapping[str, Sequence[OptionAtRisk]], how: str) -> Grid:
    """Kinds of pain by categories: how many of the people who are offered such options see a warning."""
    categories = {c for options in at_risk.values() for o in options for c in [knowledge.category_of(o.id)]}
    columns = [id for id in knowledge.categories if id in categories]
    rows = []
    for condition, options in at_risk.items():
        of = [[option for option in options if knowledge.category_of(option.id) == id] for id in columns]
        rows.append(Row(condition, tuple(_mean(some) for some in of)))
    says = (
        "Of 100 people with this kind of pain only, those who see a warning, or advice against it, on an option of the "
        f"category: the mean over its options. The darker the sign ({SHADES}), the more. "
        f"- : no source says anything. {how}"
    )
    return Grid("Warnings by kind of pain and category", says, "kind of pain", tuple(columns), tuple(rows))


def _mean(options: Sequence[OptionAtRisk]) -> Cell | None:
    if not options:
        return None
    share = sum((option.warned for option in options), start=options[0].warned * 0) / len(options)
    return share_cell(share, f"{hundredths(share)} of 100, {len(options)} option{'s' if len(options) > 1 else ''}")


def map_of(knowledge: KnowledgeBase, condition: str, options: Sequence[OptionAtRisk], how: str) -> Grid:
    """Options by hazards, for one kind of pain."""
    named = {**{id: screen.title for id, screen in knowledge.screens.items()}, NO_QUESTION: "The pain itself"}
    columns = [id for id in named if any(id in option.hazards for option in options)]
    rows = []
    for option in options:
        cells: list[Cell | None] = []
        for id in columns:
            warned = option.hazards.get(id)
            word = knowledge.wording.get(f"status.{warned.strongest}", warned.strongest) if warned else ""
            words = f"{hundredths(warned.share)} of 100, at most {word}" if warned else ""
            cells.append(share_cell(warned.share, words, SYMBOLS[warned.strongest]) if warned else None)
        rows.append(Row(option.id, tuple(cells)))
    says = (
        "Of 100 people with this kind of pain only, those whom answers about each hazard warn of an option, for sure "
        "or perhaps; and the strongest status that anyone sees by them: ! with care, ? check first, x usually avoided. "
        f"- : no rule. {how}"
    )
    title = f"Hazards of options for {knowledge.conditions[condition].name}"
    return Grid(title, says, "option", tuple(named[id] for id in columns), tuple(rows), condition)


def show_map(surface: Surface, grid: Grid, plain: bool) -> None:
    """A map at the terminal."""
    surface.page([Heading(grid.title, 1), Paragraph(grid.says)])
    if plain:
        surface.table(*in_words(grid))
        return
    for heads, rows, key in parts(grid, WIDTH):
        surface.page([Paragraph(""), *(Paragraph(line) for line in key)])
        surface.table(heads, rows)
