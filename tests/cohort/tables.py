"""People as tables, and what one-by-one sheets say of them in the shape of a cohort's output."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import polars as pl

from painrules.alternatives import held_in, status_of
from painrules.answers import Answers
from painrules.cohort.column_map import map_from_header
from painrules.cohort.results import program
from painrules.cohort.streaming import Done, Job
from painrules.engines import reference
from painrules.evidence import statements, verdict
from painrules.expressions import Facts
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet, explore


def table_of(knowledge: KnowledgeBase, people: Iterable[Answers]) -> pl.DataFrame:
    """One row for each person, with the columns and words of an answers file."""
    rows: list[dict[str, Any]] = []
    for number, person in enumerate(people):
        row: dict[str, Any] = {"person": number, "conditions": list(person.conditions)}
        for question in knowledge.questions:
            value = person.known.get(question)
            row[question] = (sorted(value) or ["none"]) if isinstance(value, frozenset) else value
        rows.append(row)
    types = {"number": pl.Float64, "many_of": pl.List(pl.String)}
    schema = {id: types.get(question.kind, pl.String) for id, question in knowledge.questions.items()}
    return pl.DataFrame(rows, schema={"person": pl.Int64, "conditions": pl.List(pl.String), **schema})


def run(knowledge: KnowledgeBase, table: pl.DataFrame, reasons: bool = True) -> Done:
    """The whole table in one batch."""
    return Job(map_from_header(knowledge, table.columns), program(knowledge, reasons=reasons)).run(table, 1)


def shown_by(sheet: Sheet) -> dict[str, Any]:
    """What a cohort must say of the person of this sheet; options that are not on it are left out."""
    certain = [sign for sign in sheet.urgent if sign.certain]
    row: dict[str, Any] = {
        "urgent": certain[0].level if certain else None,
        "urgent.certain": {sign.id for sign in certain},
        "urgent.possible": {sign.id for sign in sheet.urgent if not sign.certain},
    }
    for option in sheet.options:
        row[option.id] = option.status
        row[f"{option.id}.certain"] = [reason.rule for reason in option.reasons if reason.certain]
        row[f"{option.id}.possible"] = [reason.rule for reason in option.reasons if not reason.certain]
    return row


def said_of(row: dict[str, Any]) -> dict[str, Any]:
    """A row of a cohort in the same shape."""
    offered = {name for name, value in row.items() if value is not None and "." not in name}
    found: dict[str, Any] = {"urgent": row["urgent"]}
    for name, value in row.items():
        option, dot, _ = name.partition(".")
        if option == "urgent" and dot:
            found[name] = set(value.split())
        elif option in offered and name != "person":
            found[name] = value.split() if dot else value
    return found


def one_by_one(knowledge: KnowledgeBase, people: Iterable[Answers]) -> list[dict[str, Any]]:
    return [shown_by(explore(knowledge, person, "reference")) for person in people]


def statuses_from_facts(knowledge: KnowledgeBase, conditions: Iterable[str], facts: Facts) -> dict[str, str]:
    """Statuses straight from facts, for people of whom some items of a question are known and others are not."""
    held = held_in(reference.conclude(knowledge, facts))
    said = statements(knowledge, conditions)
    return {id: status_of(knowledge, id, held, verdict(knowledge, entries)) for id, entries in said.items()}
