"""What guidelines say of treatments for kinds of pain, as a grid of signs, an overview in numbers, and rows of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from painrules.evidence import Verdict
from painrules.knowledge import KnowledgeBase
from painrules.matrix import Pair
from painrules.sheet import VERDICTS
from painrules.surfaces.blocks import Block, Heading, Paragraph, about_the_content, language_lines, made_with
from painrules.surfaces.grid import Cell, Grid, Row, cut, in_words, letter, signs
from painrules.surfaces.terminal import Surface

SIGNS: dict[Verdict, str] = {"agree": "+", "disagree": "~", "insufficient": "0", "against": "-"}
NOTHING = "·"
WIDTH, NAME = 80, 27
COLUMNS = ("condition", "modality", "category", "class", "verdict", "only_some_kinds", "for", "against", "other",
           "guidelines_for", "guidelines_against", "others")  # fmt: skip


def by_category(knowledge: KnowledgeBase, pairs: Sequence[Pair]) -> list[Grid]:
    """A grid for each category: its treatments by class, and the kinds of pain for which something is said of them."""
    found = []
    for category in knowledge.categories.values():
        if own := [pair for pair in pairs if pair.category == category.id]:
            groups = {id: entry.name for id, entry in knowledge.classes.items()}
            found.append(_grid(knowledge, own, category.name, category.id, groups))
    return found


def whole(knowledge: KnowledgeBase, pairs: Sequence[Pair]) -> Grid:
    """All of it as one grid."""
    names = knowledge.categories
    groups = {id: f"{names[entry.category].name}: {entry.name}" for id, entry in knowledge.classes.items()}
    grid = _grid(knowledge, pairs, knowledge.wording["matrix.title"], "map", groups)
    return replace(grid, says=" ".join((*language_lines(knowledge), grid.says)))


def head(knowledge: KnowledgeBase) -> list[str]:
    """What stands below the title of a page."""
    return [*language_lines(knowledge), knowledge.wording["matrix.purpose"]]


def foot(knowledge: KnowledgeBase) -> list[str]:
    """What stands at its end."""
    return [about_the_content(knowledge), made_with(knowledge).text]


def _grid(knowledge: KnowledgeBase, pairs: Sequence[Pair], title: str, id: str, groups: dict[str, str]) -> Grid:
    words = knowledge.wording
    said = {(pair.modality, pair.condition): pair for pair in pairs}
    columns = [condition for condition in knowledge.conditions if any(pair.condition == condition for pair in pairs)]
    treatments = {pair.modality for pair in pairs}
    order = {class_: place for place, class_ in enumerate(groups)}
    rows = []
    for modality in sorted(knowledge.modalities.values(), key=lambda m: (order[m.class_], m.name.casefold())):
        if modality.id in treatments:
            cells = tuple(_cell(knowledge, said.get((modality.id, condition))) for condition in columns)
            rows.append(Row(modality.name, cells, groups[modality.class_]))
    key = [Cell(verdict, sign, words[f"guidelines.{verdict}"]) for verdict, sign in SIGNS.items()]
    return Grid(
        title=title,
        says=words["matrix.says"],
        corner=words["matrix.treatment"],
        columns=tuple(knowledge.conditions[condition].name for condition in columns),
        rows=tuple(rows),
        id=id,
        nothing=NOTHING,
        key=(*key, Cell("quiet", NOTHING, words["matrix.nothing"])),
    )


def _cell(knowledge: KnowledgeBase, pair: Pair | None) -> Cell | None:
    if pair is None:
        return None
    words = knowledge.wording
    told = words[f"guidelines.{pair.verdict}"]
    if pair.guidelines_for or pair.guidelines_against:
        counts = {"yes": len(pair.guidelines_for), "no": len(pair.guidelines_against)}
        told += f" ({words['matrix.counts'].format(**counts)})"
    return Cell(pair.verdict, SIGNS[pair.verdict], f"{told}, {words['some_kinds']}" if pair.only_some_kinds else told)


# --- terminal --------------------------------------------------------------------------------------------------------


def show_matrix(knowledge: KnowledgeBase, surface: Surface, grids: Sequence[Grid], plain: bool) -> None:
    """Each category as a page of its own."""
    surface.page(_head(knowledge))
    for grid in grids:
        surface.page([Heading(grid.title)])
        if plain:
            surface.table(*in_words(grid))
        else:
            surface.lines([[(f"{cell.short} {cell.words}", cell.tone)] for cell in grid.key])
            surface.lines([[("", "")], *signs(grid, WIDTH)])
    surface.page(_foot(knowledge))


def show_overview(knowledge: KnowledgeBase, surface: Surface, pairs: Sequence[Pair], plain: bool) -> None:
    """How many treatments of each category guidelines agree on, differ on and advise against, by kind of pain."""
    words = knowledge.wording
    categories = [id for id in knowledge.categories if any(pair.category == id for pair in pairs)]
    names = [knowledge.categories[id].name for id in categories]
    surface.page([*_head(knowledge), Paragraph(words["matrix.overview"])])
    if not plain:
        surface.page(Paragraph(f"{letter(place)} {name}") for place, name in enumerate(names))
    rows = []
    for condition in dict.fromkeys(pair.condition for pair in pairs):
        own = [pair for pair in pairs if pair.condition == condition]
        counts = [_counts(pair.verdict for pair in own if pair.category == id) for id in categories]
        name = knowledge.conditions[condition].name
        rows.append([name if plain else cut(name, NAME), *counts])
    surface.table([words["matrix.pain"], *(names if plain else map(letter, range(len(names))))], rows)
    surface.page([Paragraph(""), Paragraph(words["matrix.more"], "quiet"), *_foot(knowledge)])


def _head(knowledge: KnowledgeBase) -> list[Block]:
    return [Heading(knowledge.wording["matrix.title"], 1), *map(Paragraph, head(knowledge))]


def _foot(knowledge: KnowledgeBase) -> list[Block]:
    return [Paragraph(line, "quiet") for line in foot(knowledge)]


def _counts(verdicts: Iterable[Verdict]) -> str:
    said = list(verdicts)
    return "/".join(str(said.count(verdict)) for verdict in VERDICTS if verdict != "insufficient") if said else NOTHING


# --- files -----------------------------------------------------------------------------------------------------------


def as_csv(pairs: Sequence[Pair]) -> str:
    """One row for each pair; several sources in one field are parted by spaces."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\n")
    rows.writerow(COLUMNS)
    for pair in pairs:
        sources = (pair.guidelines_for, pair.guidelines_against, pair.others)
        only_some = "yes" if pair.only_some_kinds else "no"
        row = [pair.condition, pair.modality, pair.category, pair.class_, pair.verdict, only_some]
        rows.writerow([*row, *map(len, sources), *map(" ".join, sources)])
    return written.getvalue()
