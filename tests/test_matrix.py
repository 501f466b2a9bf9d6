"""The matrix says of every pair what the evidence says, in every form that it is drawn in."""

from __future__ import annotations

import csv
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from painrules.evidence import statements, verdict
from painrules.knowledge import KnowledgeBase
from painrules.matrix import Pair, matrix, with_kinds
from painrules.surfaces.blocks import made_with
from painrules.surfaces.grid import html
from painrules.surfaces.matrix_page import SIGNS, by_category
from tests.test_commands import data, run


@pytest.fixture(scope="module")
def pairs(knowledge: KnowledgeBase) -> tuple[Pair, ...]:
    return matrix(knowledge, knowledge.conditions, knowledge.modalities)


def test_every_pair_has_the_verdict_of_the_evidence(knowledge: KnowledgeBase, pairs: tuple[Pair, ...]) -> None:
    said = {
        (condition, modality): verdict(knowledge, entries)
        for condition in knowledge.conditions
        for modality, entries in statements(knowledge, [condition]).items()
    }
    assert {(pair.condition, pair.modality): pair.verdict for pair in pairs} == said
    assert len(pairs) == len(said) > 2000
    sides = {"agree": (True, False), "disagree": (True, True), "against": (False, True), "insufficient": (False, False)}
    for pair in pairs:
        assert (bool(pair.guidelines_for), bool(pair.guidelines_against)) == sides[pair.verdict], pair


class Table(HTMLParser):
    """The signs and words of every cell, by category, treatment and kind of pain."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: dict[tuple[str, str, str], list[str]] = {}
        self.category, self.row, self.scope, self.at = "", "", "", ""
        self.columns: list[str] = []
        self.place = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in ("script", "img", "link", "iframe")
        found = dict(attrs)
        if tag == "h2":
            self.category, self.columns = found["id"] or "", []
        if tag in ("h2", "th", "td", "caption"):
            self.at, self.scope = tag, found.get("scope") or ""
            self.place += tag == "td"
        if tag == "tr":
            self.place = 0

    def handle_data(self, words: str) -> None:
        if not words.strip():
            return
        if self.at == "th" and self.scope == "col":
            self.columns.append(words)
        elif self.at == "th" and self.scope == "row":
            self.row = words
        elif self.at == "td":
            self.cells.setdefault((self.category, self.row, self.columns[self.place]), []).append(words)


def test_the_page_has_a_sign_and_words_for_every_pair(knowledge: KnowledgeBase, pairs: tuple[Pair, ...]) -> None:
    table = Table()
    table.feed(html(by_category(knowledge, pairs), title="All"))
    said = {key: told for key, told in table.cells.items() if told != ["·"]}
    assert len(said) == len(pairs)
    for pair in pairs:
        treatment, pain = knowledge.modalities[pair.modality].name, knowledge.conditions[pair.condition].name
        sign, words = said[pair.category, treatment, pain]
        assert sign == SIGNS[pair.verdict]
        assert words.startswith(knowledge.wording[f"guidelines.{pair.verdict}"])


def test_a_parent_stands_for_its_kinds(knowledge: KnowledgeBase) -> None:
    assert list(with_kinds(knowledge, ["migraine"])) == [
        "migraine", "migraine_episodic", "migraine_chronic", "menstrual_migraine",
    ]  # fmt: skip
    found = data(
        "matrix", "--condition", "headache", "--class", "therapy", "--class", "skills", "--category", "psychological"
    )
    assert {"headache", "migraine_chronic"} <= {pair["condition"] for pair in found}
    assert {pair["class"] for pair in found} == {"therapy", "skills"}


def test_at_the_terminal(knowledge: KnowledgeBase) -> None:
    for arguments in ((), ("--all",)):
        lines = run("matrix", *arguments).stdout.splitlines()
        assert max(map(len, lines)) <= 80
    for modality in knowledge.modalities.values():
        assert any(line.startswith(modality.name[:24]) for line in lines), modality.id
    grid = run("matrix", "--modality", "cbt", "--condition", "headache").stdout
    row = next(line for line in grid.splitlines() if line.startswith("Cognitive behavioural therapy"))
    verdicts = [matrix(knowledge, [id], ["cbt"]) for id in with_kinds(knowledge, ["headache"])]
    assert row.split(")")[1].replace(" ", "") == "".join(SIGNS[found[0].verdict] for found in verdicts if found)
    plain = run("matrix", "--modality", "cbt", "--condition", "migraine", "--plain").stdout
    assert "Migraine: guidelines support it (" in plain


def test_it_ends_with_what_it_was_made_from(knowledge: KnowledgeBase) -> None:
    made = made_with(knowledge).text
    for options in ((), ("--modality", "cbt"), ("--format", "html"), ("--format", "svg")):
        words = " ".join(re.sub(r"<[^>]*>", " ", run("matrix", *options).stdout).split())
        assert words.endswith(made), options


def test_as_files(knowledge: KnowledgeBase, pairs: tuple[Pair, ...], tmp_path: Path) -> None:
    for format_ in ("csv", "svg"):
        done = run("matrix", "--format", format_, "--output", f"m.{format_}", cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (tmp_path / f"m.{format_}").stat().st_mode & 0o777 == 0o600
    with (tmp_path / "m.csv").open(newline="") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    assert [(row["condition"], row["modality"], row["verdict"]) for row in rows] == [
        (pair.condition, pair.modality, pair.verdict) for pair in pairs
    ]
    for row, pair in zip(rows, pairs, strict=True):
        assert (int(row["for"]), row["guidelines_for"].split()) == (len(pair.guidelines_for), [*pair.guidelines_for])
    picture = ElementTree.parse(tmp_path / "m.svg").getroot()
    space = "{http://www.w3.org/2000/svg}"
    drawn = [group for group in picture.iter(f"{space}g") if group.find(f"{space}title") is not None]
    assert len(drawn) == len(pairs) + len(SIGNS) + 1, "a cell for each pair, and the key"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--condition", "sciatca"], "Did you mean 'sciatica'?"), (["--class", "nsaids"], "Did you mean 'nsaid'?"),
        (["--category", "medicaton"], "Did you mean 'medication'?"), (["--output", "x"], "name one with --format"),
        (["--modality", "triptans", "--condition", "gout"], "No source that we hold"),
    ],
)  # fmt: skip
def test_wrong_use(arguments: list[str], expected: str) -> None:
    done = run("matrix", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
