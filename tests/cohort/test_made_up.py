"""Made-up people are people whom there can be: nobody breaks a constraint of the content."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from painrules.cohort.people import People
from painrules.expressions import Fact, question_of, truth, variables
from painrules.knowledge import KnowledgeBase
from painrules.population import Population, population_in
from painrules.reading import Document
from tests.world import finding, world

NUMBER = 50_000
POPULATION: dict[str, Any] = {
    "unknown": {"share": 0.1},
    "second_condition": {"share": 0.3},
    "defaults": {name: {"share": 0.4} for name in ("sign", "yes_no", "item", "preference")},
    "conditions": {},
    "answers": {},
}


def never(id: str, when: dict[str, Any]) -> dict[str, Any]:
    return {"id": id, "never": when, "because": "Nobody is so."}


def drawn(knowledge: KnowledgeBase, **more: Any) -> Population:
    return population_in(Document("p.yaml", {**POPULATION, **more}, {}), knowledge)


def breaking(knowledge: KnowledgeBase, table: pl.DataFrame, id: str) -> int:
    """How many people surely break a constraint, by the meaning of the language."""
    expression = knowledge.constraints[id].never
    tested = sorted(variables(expression))
    has = pl.col("conditions").list
    # No condition that is tested here has kinds of its own, so the list of conditions says all.
    columns = [
        has.contains(name.partition(":")[2]).alias(name) if question_of(name) == "condition" else pl.col(name)
        for name in tested
    ]
    number = 0
    for *values, people in table.select(columns).group_by(tested).len().iter_rows():
        facts: dict[str, Fact] = {
            name: {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
            for name, value in zip(tested, values, strict=True)
        }
        number += people if truth(expression, facts) is True else 0
    return number


def test_nobody_is_impossible(knowledge: KnowledgeBase) -> None:
    table = People(knowledge, seed=3).table(0, NUMBER)
    assert knowledge.constraints
    assert {id: breaking(knowledge, table, id) for id in knowledge.constraints} == dict.fromkeys(
        knowledge.constraints, 0
    )


@pytest.mark.parametrize(
    "when",
    [
        {"ill": "yes", "kidneys": ["weak", "failing"]},
        {"age": {"at_least": 10}, "takes": {"includes": "lithium"}},
        {"condition": "headache", "colour": "red"},
        {"all": [{"any": [{"ill": "yes"}, {"colour": "red"}]}, {"not": {"kidneys": "good"}}]},
    ],
    ids=str,
)
def test_constraints_of_any_content(when: dict[str, Any]) -> None:
    free = world([])
    bound = world([], constraints=[never("c", when)])
    people = [People(knowledge, 3, drawn(knowledge)).table(0, 2_000) for knowledge in (free, bound)]
    assert breaking(bound, people[0], "c")
    assert not breaking(bound, people[1], "c")
    same = sum(one == other for one, other in zip(*(table.iter_rows() for table in people), strict=True))
    assert same >= 2_000 - breaking(bound, People(free, 3, drawn(free, unknown={"share": 0})).table(0, 2_000), "c")


def test_what_nobody_can_answer_is_left_open() -> None:
    knowledge = world([], constraints=[never("c", {"colour": ["red", "green", "blue"]})])
    table = People(knowledge, 3, drawn(knowledge)).table(0, 200)
    assert table["colour"].null_count() == 200


def test_a_constraint_on_what_rules_find() -> None:
    rules = [finding("f", "frail", {"age": {"at_least": 60}})]
    knowledge = world(rules, constraints=[never("c", {"finding": "frail", "ill": "yes"})])
    table = People(knowledge, 3, drawn(knowledge)).table(0, 2_000)
    assert not table.filter((pl.col("age") >= 60) & pl.col("ill")).height
    assert table.filter(pl.col("age") >= 60).height > 300


def test_the_same_people_in_whatever_batches(knowledge: KnowledgeBase) -> None:
    people = People(knowledge, seed=3)
    assert people.table(700, 50).equals(people.table(0, 1_000)[700:750])
