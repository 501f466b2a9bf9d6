"""A cohort says of each person what the sheet says: every status, every reason, every urgent sign."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from painrules.answers import Answers, facts_of, read_answers
from painrules.cohort.column_map import map_from_header, targets
from painrules.cohort.people import People
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from tests.cohort.tables import one_by_one, run, said_of, shown_by, statuses_from_facts, table_of
from tests.generative.strategies import people, rule_bases
from tests.people import somebody
from tests.world import WORLD, world

AGAINST = [
    {"condition": "back_pain", "modality": "walking", "source": "s-for", "direction": "no_recommendation"},
    {"condition": "sciatica", "modality": "walking", "source": "s-trial", "direction": "for"},
    {"condition": "sciatica", "modality": "walking", "source": "s-other", "direction": "against"},
    {"condition": "back_pain", "modality": "tablets", "source": "s-for", "direction": "for"},
    {"condition": "sciatica", "modality": "tablets", "source": "s-other", "direction": "against"},
    {"condition": "sciatica", "modality": "gel", "source": "s-for", "direction": "for"},
    {"condition": "headache", "modality": "walking", "source": "s-other", "direction": "for"},
    {"condition": "headache", "modality": "gel", "source": "s-old", "direction": "for"},
]


SOURCES = [
    *WORLD["sources"],
    {"id": "s-trial", "title": "A trial", "body": "Body D", "kind": "trial", "status": "current"},
]


def sign(number: int, when: dict[str, Any]) -> dict[str, Any]:
    return {"id": f"sign{number}", "when": when, "then": "urgent", "level": ["emergency", "same_day", "soon"][number % 3],
            "because": "It may be bad.", "action": "Go.", "ask_if": [["any"], ["sciatica"], ["back_pain"]][number % 3],
            "sources": ["s-for"]}  # fmt: skip


@given(rule_bases(), st.lists(people(), min_size=1, max_size=6), st.booleans())
def test_random_rule_bases_and_people(
    rules: list[dict[str, Any]], persons: list[dict[str, Any]], against: bool
) -> None:
    signs = [sign(number, rule["when"]) for number, rule in enumerate(rules[-3:])]
    knowledge = world(rules + signs, **({"recommendations": AGAINST, "sources": SOURCES} if against else {}))
    answers = [read_answers(json.dumps(person).encode(), "person", knowledge) for person in persons]
    done = run(knowledge, table_of(knowledge, answers))
    assert done.table is not None
    assert not done.tally.found
    assert [said_of(row) for row in done.table.iter_rows(named=True)] == one_by_one(knowledge, answers)


@given(rule_bases(), st.lists(people(), min_size=1, max_size=6))
def test_a_table_of_words_says_the_same(rules: list[dict[str, Any]], persons: list[dict[str, Any]]) -> None:
    """As in a CSV file: everything is text, lists have semicolons."""
    knowledge = world(rules)
    answers = [read_answers(json.dumps(person).encode(), "person", knowledge) for person in persons]
    table = table_of(knowledge, answers)
    lists = [name for name, kind in table.schema.items() if kind == pl.List(pl.String)]
    text = table.with_columns(pl.col(lists).list.join("; ")).with_columns(pl.all().cast(pl.String))
    one, two = run(knowledge, table).table, run(knowledge, text).table
    assert one is not None and two is not None
    assert one.drop("person").equals(two.drop("person"))


def test_anyone_on_the_real_rule_base(knowledge: KnowledgeBase) -> None:
    """PAINRULES_EXAMPLES=2000 for a long run."""
    dice = random.Random(5)
    persons = [
        somebody(knowledge, dice, unsure=dice.choice([0.0, 0.2, 0.6, 1.0])).everything
        for _ in range(int(os.environ.get("PAINRULES_EXAMPLES", "40")))
    ]
    table = run(knowledge, table_of(knowledge, persons)).table
    assert table is not None
    for row, person in zip(table.iter_rows(named=True), persons, strict=True):
        assert said_of(row) == shown_by(explore(knowledge, person, "reference"))


def test_items_can_be_known_one_by_one(knowledge: KnowledgeBase) -> None:
    """A register may know of one medicine and of no other: a certain risk stays certain, the rest stays unknown."""
    dice = random.Random(6)
    persons = [somebody(knowledge, dice, unsure=0.3).everything for _ in range(20)]
    facts = [{name: None if dice.random() < 0.4 else value for name, value in facts_of(knowledge, person).items()}
             for person in persons]  # fmt: skip
    columns: dict[str, Any] = {"conditions": [list(person.conditions) for person in persons]}
    for name in targets(knowledge):
        if name in facts[0]:
            columns[name] = [own[name] for own in facts]
    table = pl.DataFrame(columns, infer_schema_length=None)
    done = run(knowledge, table, reasons=False)
    assert done.table is not None
    for row, person, own in zip(done.table.iter_rows(named=True), persons, facts, strict=True):
        # What kind of pain it is comes from the list of conditions.
        whole = {**own, **{n: v for n, v in facts_of(knowledge, person).items() if n.startswith("condition:")}}
        whole = {n: v for n, v in whole.items() if not n.endswith(":none")} | _nones(knowledge, whole)
        statuses = {name: value for name, value in row.items() if value is not None and name != "urgent"}
        assert statuses == statuses_from_facts(knowledge, person.conditions, whole)


def _nones(knowledge: KnowledgeBase, facts: dict[str, Any]) -> dict[str, Any]:
    assert not any(name.endswith(":none") for name in facts), "no rule tests for 'none'"
    return {}


def test_made_up_people_on_the_real_rule_base(knowledge: KnowledgeBase) -> None:
    table = People(knowledge, seed=9).table(first=500, height=30)
    found = run(knowledge, table).table
    assert found is not None
    assert not map_from_header(knowledge, table.columns).unused
    for row, person in zip(
        found.iter_rows(named=True), map(answers_of(knowledge), table.iter_rows(named=True)), strict=True
    ):
        assert said_of(row) == shown_by(explore(knowledge, person, "reference"))


def answers_of(knowledge: KnowledgeBase) -> Any:
    """From a row of made-up people to an answers file, read."""

    def read(row: dict[str, Any]) -> Answers:
        answers: dict[str, Any] = {}
        for question in knowledge.questions.values():
            if question.kind == "many_of":
                items = {a: row[f"{question.id}:{a}"] for a in question.answers if a != "none"}
                if None not in items.values():
                    answers[question.id] = [item for item, there in items.items() if there] or ["none"]
            elif (value := row[question.id]) is not None:
                answers[question.id] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
        preferences = {"preferences": answers.pop("preferences")} if "preferences" in answers else {}
        file = {"conditions": row["conditions"], "answers": answers, **preferences}
        return read_answers(json.dumps(file).encode(), "person", knowledge)

    return read
