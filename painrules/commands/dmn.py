"""`painrules dmn`: the rules as decision tables that other engines run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from painrules.commands.app import FolderOption, app, errors_for_people, known, write_out
from painrules.loading import load_knowledge


@app.command()
def dmn(
    rule: Annotated[list[str] | None, typer.Option(help="Only this rule; again for more. All, if left out.")] = None,
    output: Annotated[Path | None, typer.Option(help="Write to this file instead.")] = None,
    content: FolderOption = None,
) -> None:
    """Export the rules as DMN 1.3 decision tables, with an answer `unknown` so that they have three values.

    Example: painrules dmn --rule nsaid-kidney-severe
    """
    from painrules.dmn import model_of

    with errors_for_people():
        knowledge = load_knowledge(content)
        valid = [one.id for one in knowledge.rules.values() if one.finding is None]
        model = model_of(knowledge, [known(id, valid, "rule") for id in rule or ()])
        write_out(model.decode(), output)
