"""`painrules check`: problems and gaps in the content."""

from __future__ import annotations

from typing import Annotated

import typer

from painrules.checking import gaps
from painrules.commands.app import (
    FOUND,
    FolderOption,
    FormatOption,
    PlainOption,
    app,
    day_or_today,
    errors_for_people,
    print_json,
    print_table,
)
from painrules.loading import load_knowledge


@app.command()
def check(
    as_of: Annotated[str | None, typer.Option(help="The day to check for, such as 2027-01-31; default: today.")] = None,
    format_: FormatOption = "text",
    plain: PlainOption = False,
    content: FolderOption = None,
) -> None:
    """Find every problem and every gap in the content. Exit code 1: gaps; 2: problems.

    Example: painrules check --content my_folder
    """
    with errors_for_people():
        knowledge = load_knowledge(content, use_cache=False)
        rows = [
            {"kind": gap.kind, "id": gap.id, "message": gap.message} for gap in gaps(knowledge, day_or_today(as_of))
        ]
        if format_ == "json":
            print_json(rows)
        else:
            if rows:
                print_table(format_, plain, rows, {"kind": "kind", "id": "id", "message": "gap"})
            counts = {
                "conditions": knowledge.conditions,
                "modalities": knowledge.modalities,
                "rules": knowledge.rules,
                "recommendations": knowledge.recommendations,
                "explanations": knowledge.explanations,
                "names of medicines": knowledge.medicine_names,
                "sources": knowledge.sources,
            }
            typer.echo(", ".join(f"{len(value)} {name}" for name, value in counts.items()) + ".")
            typer.echo(f"{len(rows)} gaps." if rows else "No problem and no gap found.")
        if rows:
            raise typer.Exit(FOUND)
