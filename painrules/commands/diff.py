"""`painrules diff`: what a change of the rules means for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from painrules.commands.app import FOUND, app, errors_for_people, print_json
from painrules.commands.proving import WeightsOption, errors_of_proofs, named_population
from painrules.revisions import load_version

if TYPE_CHECKING:
    from painrules.symbolic.versions import Direction

FailOn = Literal["nothing", "milder", "stronger", "any"]
FAILING: Mapping[FailOn, tuple[Direction, ...]] = {
    "nothing": (),
    "milder": ("milder",),
    "stronger": ("stronger",),
    "any": ("milder", "vanishes", "stronger", "appears", "other"),
}


@app.command()
def diff(
    old: Annotated[str, typer.Argument(help="A folder of content, or a git revision: main, HEAD~1, v1.2:a/folder.")],
    new: Annotated[str, typer.Argument(help="The same of the newer version; '.' is this folder as it stands.")],
    weights: WeightsOption = None,
    fail_on: Annotated[FailOn, typer.Option(help="End with exit code 1 when something changes this way.")] = "nothing",
    format_: Annotated[
        Literal["text", "json", "markdown"], typer.Option("--format", help="markdown: for a pull request.")
    ] = "text",
) -> None:
    """Tell for whom options get milder or stronger between two versions, and whose urgent signs come or go.

    Example: painrules diff my_folder my_folder --fail-on milder
    """
    with errors_for_people(), errors_of_proofs("compare smaller versions"):
        from painrules.surfaces import versions_page
        from painrules.symbolic.versions import compare_versions

        versions = load_version(old), load_version(new)
        population = named_population(weights, *versions)
        found = compare_versions(*versions, population)
    if format_ == "json":
        print_json(versions_page.as_plain_data(found, population))
    else:
        page = versions_page.as_markdown if format_ == "markdown" else versions_page.as_text
        typer.echo(page(found, population))
    if found.has(FAILING[fail_on]):
        raise typer.Exit(FOUND)
