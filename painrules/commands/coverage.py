"""`painrules coverage`: how many possible people rules reach, what hazards warn of, what nothing is said of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from msgspec import Struct, to_builtins

from painrules.commands.app import (
    FolderOption,
    PlainOption,
    WrongUseError,
    app,
    complete_conditions,
    errors_for_people,
    json_text,
    known,
    write_out,
)
from painrules.commands.proving import WeightsOption, errors_of_proofs, named_population
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge

if TYPE_CHECKING:
    from painrules.symbolic.counting import Counting

CoverageFormat = Literal["text", "json", "svg", "html"]


@app.command()
def coverage(
    weights: WeightsOption = None,
    map_: Annotated[bool, typer.Option("--map", help="Which hazards warn of which options, as a heat map.")] = False,
    condition: Annotated[
        str | None,
        typer.Option(help="Only people with this kind of pain and no other.", autocompletion=complete_conditions),
    ] = None,
    category: Annotated[str | None, typer.Option(help="Only treatments of this category.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every rule and option, not the rarest only.")] = False,
    format_: Annotated[CoverageFormat, typer.Option("--format", help="svg and html draw the map.")] = "text",
    output: Annotated[Path | None, typer.Option(help="Write to this file, readable only by you.")] = None,
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Count exactly how many possible people each rule, option, status and urgent sign reaches.

    Example: painrules coverage --condition sciatica --weights sourced
    """
    with errors_for_people(), errors_of_proofs("choose a --category or --condition"):
        if output is not None and format_ == "text":
            raise WrongUseError("--output writes json, svg or html: name one with --format.")
        from painrules.surfaces.shares import counted
        from painrules.symbolic.counting import Counting
        from painrules.symbolic.proof import Proof

        knowledge = load_knowledge(content)
        if condition is not None:
            known(condition, knowledge.conditions, "kind of pain; 'painrules conditions' lists them")
        if category is not None:
            known(category, knowledge.categories, "category")
        proof = Proof(knowledge)
        population = named_population(weights, knowledge)
        counting = Counting(proof, population)
        how = counted(population, condition)
        chosen = _Chosen(knowledge, counting, condition, category, how)
        if map_ or format_ in ("svg", "html"):
            chosen.map(format_, plain, output)
        else:
            chosen.shares(format_, plain, output, everything)


class _Chosen(Struct, frozen=True):
    """What to count, and of whom."""

    knowledge: KnowledgeBase
    counting: Counting
    condition: str | None
    category: str | None
    how: str

    def shares(self, format_: CoverageFormat, plain: bool, output: Path | None, everything: bool) -> None:
        """What rules reach, and what nothing is said of."""
        from painrules.surfaces.coverage_page import Gaps, show_coverage
        from painrules.surfaces.terminal import surface
        from painrules.symbolic.coverage import coverage as shares_of
        from painrules.uncovered import option_nowhere, silences, unmentioned

        of_these = self.counting.only(self.condition) if self.condition else self.counting
        found = shares_of(self.counting.proof, of_these, self.category)
        gaps = Gaps(
            option_nowhere(self.knowledge, self.category),
            list(silences(self.knowledge, self.condition, self.category)),
            unmentioned(self.knowledge, self.category),
        )
        if format_ == "text":
            show_coverage(surface(plain=plain), found, gaps, self.how, everything)
        else:
            write_out(
                json_text({"how": self.how, **to_builtins(found, enc_hook=float), **to_builtins(gaps, enc_hook=float)}),
                output,
            )

    def map(self, format_: CoverageFormat, plain: bool, output: Path | None) -> None:
        """The heat map: of all kinds of pain, or of one."""
        from painrules.surfaces import grid
        from painrules.surfaces.coverage_page import map_of, overview, show_map
        from painrules.surfaces.terminal import surface
        from painrules.symbolic.hazards import MapOfHazards

        hazards = MapOfHazards(self.counting.proof, self.counting, self.category)
        conditions = [self.condition] if self.condition else list(self.knowledge.conditions)
        at_risk = {condition: hazards.options(condition) for condition in conditions}
        if format_ == "json":
            write_out(json_text({"how": self.how, "conditions": to_builtins(at_risk, enc_hook=float)}), output)
            return
        single = [map_of(self.knowledge, condition, options, self.how) for condition, options in at_risk.items()]
        grids = single if self.condition else [overview(self.knowledge, at_risk, self.how), *single]
        if format_ == "text":
            show_map(surface(plain=plain), grids[0], plain)
        else:
            write_out(grid.svg(grids[0]) if format_ == "svg" else grid.html(grids), output)
