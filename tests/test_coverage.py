"""`painrules coverage` and `painrules diff` as commands: shares, maps, versions from folders and from git, CI."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml

from painrules.answers import read_answers
from painrules.engines import consult
from painrules.population import SOURCED, population_in, read_population
from painrules.reading import ContentError, read_file
from painrules.sheet import sheet_of
from painrules.surfaces.shares import hundredths, percent
from painrules.symbolic.counting import Counting
from painrules.symbolic.coverage import coverage
from painrules.symbolic.proof import Proof
from painrules.symbolic.versions import compare_versions
from painrules.uncovered import option_nowhere, silences, unmentioned
from tests.conftest import ROOT
from tests.test_commands import data, run
from tests.world import WORLD, hold, world

SICK = {"kidneys": "failing"}


def folder(where: Path, rules: list[dict[str, Any]], **sections: Any) -> Path:
    for name in ("knowledge", "rules"):
        (where / name).mkdir(parents=True, exist_ok=True)
    (where / "knowledge/world.yaml").write_text(json.dumps({**WORLD, **sections}))
    (where / "rules/r.yaml").write_text(json.dumps({"rules": rules}))
    return where


def git(where: Path, *arguments: str) -> None:
    who = {f"GIT_{role}_{what}": "x@y.z" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=where, check=True, capture_output=True, env={**os.environ, **who})


# --- weights -----------------------------------------------------------------------------------------------------------


def weighted(tmp_path: Path, shares: dict[str, Any], rules: list[dict[str, Any]]) -> Any:
    (tmp_path / "shares.yaml").write_text(json.dumps(shares))
    proof = Proof(world(rules))
    found = coverage(proof, Counting(proof, read_population(tmp_path / "shares.yaml", proof.knowledge)))
    return {entry.id: entry for entry in (*found.rules, *found.options)}


def test_one_kind_of_pain_or_two(tmp_path: Path) -> None:
    found = weighted(tmp_path, {"second_condition": {"share": 0.4}}, [])
    assert found["tablets"].offered == 1 - (Fraction(1, 3) * Fraction(6, 10) + Fraction(4, 10) / 9), (
        "all but headache alone"
    )


def test_shares_of_answers_and_of_none(tmp_path: Path) -> None:
    shares = {"unknown": {"share": 0.2}, "answers": {"takes": {"items": {"aspirin": 0.25}, "assumed": "yes"},
              "age": {"from": 20, "to": 29, "assumed": "yes"}}}  # fmt: skip
    rules = [hold("r", {"takes": {"includes": "aspirin"}}, applies_to={"category": ["medication", "physical"]}),
             hold("s", {"age": {"at_least": 28}}, applies_to={"category": ["medication", "physical"]})]  # fmt: skip
    found = weighted(tmp_path, {**shares, "conditions": {"headache": {"weight": 0, "assumed": "yes"}}}, rules)
    assert (found["r"].certain, found["r"].possible) == (Fraction(2, 10), Fraction(2, 10))
    assert found["s"].certain == Fraction(16, 100)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ("answers: {kidneys: {shares: {bad: 1}, assumed: yes}}", "answers.kidneys.shares.bad: is not an answer."),
        ("answers: {takes: {items: {lithum: 1}, assumed: yes}}",
         "s.yaml:1:27: answers.takes.items.lithum: is not an answer. Did you mean 'lithium'?"),
        ("answers: {takes: {item: {lithium: 1}, assumed: yes}}", "answers.takes.item: 'item' does not exist. Did you mean 'items'?"),
        ("answers: {kidneys: {share: 1, assumed: yes}}", "answers.kidneys.share: 'share' does not exist. Did you mean 'shares'?"),
        ("conditions: {sciatica: {wait: 2, assumed: yes}}", "conditions.sciatica.wait: 'wait' does not exist."),
        ("defaults: {items: {share: 1}}", "defaults.items: 'items' does not exist. Did you mean 'item'?"),
        ("answers: {kidney: {share: 1, assumed: yes}}", "answers.kidney: 'kidney' does not exist. Did you mean 'kidneys'?"),
        ("answers: {kidneys: {shares: {good: 1}}}", "answers.kidneys: has no source. Name one, or write 'assumed: yes'."),
        ("answers: {kidneys: {shares: {good: 1}, source: s}}", "answers.kidneys.source: 's' does not exist."),
        ("unknown: {share: 15}", "unknown.share: 15 is not a share: a number from 0 to 1."),
        ("unknown: {share: much}", "unknown.share: 'much' is not a number from 0 on."),
        ("answers: [1]", "answers: [1] is not a mapping."),
        ("anwsers: {}", "anwsers: is not a section of this file. Did you mean 'answers'?"),
        ("conditions: {back_pain: {weight: 0, assumed: yes}, sciatica: {weight: 0, assumed: yes}, headache: {weight: 0, assumed: yes}}",
         "conditions: leaves no kind of pain with a weight."),
        ("answers: {kidneys: {shares: {good: 0}, assumed: yes}}", "answers.kidneys: leaves no answer with a share."),
    ],
)  # fmt: skip
def test_what_is_wrong_in_shares_is_told(tmp_path: Path, shares: str, expected: str) -> None:
    (tmp_path / "s.yaml").write_text(shares)
    knowledge = world([hold("r", SICK)])
    with pytest.raises(ContentError) as caught:
        read_population(tmp_path / "s.yaml", knowledge)
    assert any(expected in str(problem) for problem in caught.value.problems), caught.value.problems


def test_bundled_shares_fit_the_bundled_content_and_any_other(knowledge: Any, tmp_path: Path) -> None:
    real = read_population(SOURCED, knowledge)
    assert population_in(read_file(SOURCED, "population.yaml"), knowledge, strict=True) == real, "no name is misspelt"
    assert {"kidney_disease", "diabetes", "low_back_pain_chronic"} <= real.sourced.keys()
    other = world([hold("r", SICK)])
    assert read_population(SOURCED, other).sourced == {"headache": "hardt-2008"}


# --- gaps --------------------------------------------------------------------------------------------------------------


def test_what_nothing_is_said_of() -> None:
    classes = [*WORLD["classes"], {"id": "opioid", "category": "medication", "name": "Opioids"}]
    modalities = [*WORLD["modalities"], {"id": "drops", "class": "opioid", "name": "Drops"}]
    rules = [hold("r", {"takes": {"includes": ["lithium"]}}),
             {"id": "f", "when": {"age": {"at_least": 65}}, "then": "finding", "finding": "old"},
             hold("s", {"finding": "old"}, applies_to={"modality": ["drops", "gel"]})]  # fmt: skip
    knowledge = world(rules, classes=classes, modalities=modalities)
    assert option_nowhere(knowledge) == ("drops",)
    assert option_nowhere(knowledge, "physical") == ()
    assert [(s.condition, s.categories) for s in silences(knowledge)] == [("headache", ("medication", "physical"))]
    assert [(u.class_, u.factor, u.mentioned_for) for u in unmentioned(knowledge)] == [
        ("opioid", "takes:lithium", ("nsaid",))
    ]


# --- the command -------------------------------------------------------------------------------------------------------


def test_coverage_of_the_real_content() -> None:
    done = run("coverage")
    assert (done.returncode, done.stderr) == (0, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    found = data("coverage", "--category", "lifestyle", "--condition", "migraine", "--weights", "sourced")
    assert all(0 <= rule["certain"] + rule["possible"] <= 1 for rule in found["rules"])
    assert "kantor-2015" in found["how"]
    assert "independent" in found["how"]


def test_maps_have_a_sign_and_a_number_in_every_cell(tmp_path: Path) -> None:
    own = [
        "--content",
        str(folder(tmp_path / "own", [hold("r", SICK), hold("s", {"age": {"below": 40}}, then="check")])),
    ]
    text = run("coverage", "--map", "--condition", "back_pain", *own).stdout
    assert max(map(len, text.splitlines())) <= 80
    assert "tablets  x 83" in text, text
    assert "walking  -" in text
    assert (
        "You: 83 of 100, at most usually avoided"
        in run("coverage", "--map", "--condition", "back_pain", "--plain", *own).stdout
    )
    assert data("coverage", "--map", *own)["conditions"]["headache"] == []
    for format_ in ("svg", "html"):
        done = run("coverage", "--format", format_, "--output", f"m.{format_}", *own, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (0, "")
    picture = ElementTree.parse(tmp_path / "m.svg").getroot()
    assert picture.attrib["role"] == "img"
    drawn = ["".join(group.itertext()) for group in picture.iter("{http://www.w3.org/2000/svg}g")]
    assert len(drawn) == 3 * 2, "kinds of pain by categories"

    class Cells(HTMLParser):
        found: list[str] = []  # noqa: RUF012
        inside = False

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            assert tag not in ("script", "img", "link", "iframe")
            self.inside = tag == "td"

        def handle_data(self, text: str) -> None:
            if self.inside and text.strip():
                self.found.append(text.strip())

    Cells().feed((tmp_path / "m.html").read_text())
    assert Cells.found
    assert all(
        cell == "-" or (len(cell.split()) == 2 and cell.split()[1].strip("<>").isdigit()) for cell in Cells.found
    )


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["coverage", "--condition", "sciatca"], "Did you mean 'sciatica'?"),
        (["coverage", "--category", "medicaton"], "Did you mean 'medication'?"),
        (["coverage", "--weights", "nowhere.yaml"], "cannot be read"),
        (["coverage", "--output", "x"], "name one with --format"),
        (["coverage", "--format", "json", "--output", "no/x"], "cannot be written"),
        (["diff", ".", "no-such-branch"], "is not a folder, and not a revision"),
        (["diff", "--", ".", "--output=x"], "is not a folder"),
    ],
)
def test_wrong_use_is_told(arguments: list[str], expected: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert expected in done.stderr


def test_shares_in_words() -> None:
    some = [
        Fraction(0),
        Fraction(1, 10**9),
        Fraction(1, 8),
        1 - Fraction(1, 10**4),
        1 - Fraction(1, 10**12),
        Fraction(1),
    ]
    assert list(map(percent, some)) == ["0 %", "1e-07 %", "12 %", "99.99 %", "just under 100 %", "100 %"]
    assert list(map(hundredths, some)) == ["0", "<1", "12", ">99", ">99", "100"]


# --- versions ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A rule that holds for failing kidneys; and as it stands, not committed: a check only."""
    git(folder(tmp_path / "repo", [hold("r", SICK)]), "init", "-q")
    git(tmp_path / "repo", "add", "-A")
    git(tmp_path / "repo", "commit", "-qm", "first")
    return folder(tmp_path / "repo", [hold("r", SICK, then="check")])


def test_diff_tells_people_from_git(repository: Path) -> None:
    (change,) = data("diff", "HEAD", ".", cwd=repository)["changes"][:1]
    assert (change["id"], change["direction"], change["rules"]) == ("tablets", "milder", ["r"])
    assert [(s["was"], s["now"]) for s in change["steps"]] == [("held_back", "check_first")]
    statuses = []
    for rules in ([hold("r", SICK)], [hold("r", SICK, then="check")]):
        knowledge = world(rules)
        person = read_answers(json.dumps(change["person"]).encode(), "json", knowledge)
        sheet = sheet_of(knowledge, person, consult(knowledge, person, "reference"))
        statuses += [option.status for option in sheet.options if option.id == "tablets"]
    assert statuses == ["held_back", "check_first"]
    codes = [
        run("diff", "HEAD", ".", "--fail-on", how, cwd=repository).returncode
        for how in ("nothing", "milder", "stronger", "any")
    ]
    assert codes == [0, 1, 0, 1]
    assert run("diff", "HEAD", "HEAD", "--fail-on", "any", cwd=repository).stdout.startswith("Nobody sees another")
    (report,) = data("prove", "equivalent", "HEAD", ".", cwd=repository)
    assert report["proved"] is False
    assert not list(repository.glob("*.tmp")), "no checkout"


def test_diff_weighs_people_by_how_common_answers_are(repository: Path) -> None:
    """Of three kinds of pain two have tablets; of those who answer one in four has failing kidneys, one in five does not."""
    shares = {"unknown": {"share": 0.2},
              "answers": {"kidneys": {"shares": {"good": 0.5, "weak": 0.25, "failing": 0.25}, "assumed": "yes"}}}  # fmt: skip
    (repository / "shares.yaml").write_text(json.dumps(shares))
    found = data("diff", "HEAD", ".", "--weights", "shares.yaml", cwd=repository)
    assert found["how"].startswith("People are weighed by how common answers are")
    assert found["changes"][0]["share"] == pytest.approx(2 / 3 * 0.8 * 0.25)
    done = run("diff", "HEAD", ".", "--weights", "shares.yaml", cwd=repository)
    assert "- tablets: 13 % of people, weighed" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80
    page = run("diff", "HEAD", ".", "--weights", "shares.yaml", "--format", "markdown", cwd=repository).stdout
    assert "| what | of people, weighed | how |" in page
    (repository / "shares.yaml").write_text("unknown: {share: 2}")
    done = run("diff", "HEAD", ".", "--weights", "shares.yaml", cwd=repository)
    assert (done.returncode, "2 is not a share" in done.stderr) == (2, True)


def test_people_of_one_version_only_weigh_nothing(tmp_path: Path) -> None:
    """Who has headache, or failing kidneys, is left out of what is compared, and of all people too."""
    kinds = [c for c in WORLD["conditions"] if c["id"] != "headache"]
    kidneys = [{**q, "values": [v for v in q["values"] if v["id"] != "failing"]} if q["id"] == "kidneys" else q
               for q in WORLD["questions"]]  # fmt: skip
    old = world([hold("r", {"kidneys": "weak"})])
    new = world([hold("r", {"kidneys": "weak"}, then="check")], conditions=kinds, questions=kidneys,
                recommendations=[r for r in WORLD["recommendations"] if r["condition"] != "headache"])  # fmt: skip
    shares = {"answers": {"kidneys": {"shares": {"good": 0.3, "weak": 0.1, "failing": 0.6}, "assumed": "yes"}}}
    (tmp_path / "s.yaml").write_text(json.dumps(shares))
    (change,) = compare_versions(old, new, read_population(tmp_path / "s.yaml", old, new)).changes[:1]
    assert (change.id, change.direction, change.share) == ("tablets", "milder", Fraction(1, 4))


def test_a_folder_inside_a_repository(repository: Path, tmp_path: Path) -> None:
    folder(repository / "inner", [hold("r", SICK)])
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "second")
    assert data("diff", "HEAD", ".", cwd=repository / "inner")["changes"] == []
    assert data("diff", "HEAD:inner", "HEAD~1", cwd=repository)["changes"] == []
    (repository / "rules/r.yaml").unlink()
    (repository / "rules/r.yaml").symlink_to("/etc/passwd")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "a link")
    done = run("diff", "HEAD", ".", cwd=repository)
    assert (done.returncode, "is not a plain file" in done.stderr) == (2, True)
    assert (
        "is not a folder" in run("diff", "HEAD", ".", cwd=tmp_path, GIT_CEILING_DIRECTORIES=str(tmp_path.parent)).stderr
    )


def test_markdown_holds_nothing_but_what_it_says(repository: Path) -> None:
    page = run("diff", "HEAD", ".", "--format", "markdown", cwd=repository).stdout
    assert "| tablets |" in page
    person = yaml.safe_load(page.split("```yaml\n")[1].split("```")[0])
    assert person == {"conditions": ["back_pain"], "answers": {"kidneys": "failing"}}


def test_what_cannot_be_compared_is_told() -> None:
    def changed(id: str, **fields: Any) -> list[dict[str, Any]]:
        return [{**q, **fields} if q["id"] == id else q for q in WORLD["questions"]]

    values = [{"id": id, "say": id} for id in ("good", "weak", "dialysis")]
    rules = [
        hold("r", {"kidneys": "weak"}),
        hold("a", {"age": {"below": 40}}),
        hold("t", {"takes": {"includes": "aspirin"}}),
    ]
    old = world([*rules, hold("k", SICK)])
    cases: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
        "value": (changed("kidneys", values=values), [*rules, hold("k", {"kidneys": "dialysis"})],
                  "has answers that only one of both has: dialysis, failing."),
        "kind": ([{**q, "kind": "yes_no", "minimum": None, "maximum": None} if q["id"] == "age" else q for q in WORLD["questions"]],
                 [rules[0], hold("a", {"age": "yes"}), rules[2], hold("k", SICK)], "is number in the old one and yes_no in the new one"),
        "item": (changed("takes", values=[{"id": id, "say": id} for id in ("none", "aspirin", "iron")]), [*rules, hold("k", SICK)],
                 "has items that only one of both has: iron, lithium, warfarin."),
        "gone": ([q for q in WORLD["questions"] if q["id"] != "weight"], [*rules, hold("k", SICK)], "is a question only in the old one"),
    }  # fmt: skip
    for name, (asked, new_rules, expected) in cases.items():
        questions = [{k: v for k, v in q.items() if v is not None} for q in asked]
        for one, two in ((old, world(new_rules, questions=questions)), (world(new_rules, questions=questions), old)):
            found = compare_versions(one, two)
            told = [f"{entry.id} {entry.says}" for entry in found.not_compared]
            assert len(told) == 1, name
            assert not found.has(["milder", "stronger"]), (name, found.changes)
        assert expected in " ".join(
            f"{e.id} {e.says}" for e in compare_versions(old, world(new_rules, questions=questions)).not_compared
        )
    pains = [c for c in WORLD["conditions"] if c["id"] != "headache"]
    (told,) = compare_versions(old, world([*rules, hold("k", SICK)], conditions=pains)).not_compared
    assert told.says.startswith("is a kind of pain only in the old one")


# --- CI ----------------------------------------------------------------------------------------------------------------


def test_the_action_and_the_hooks_run(repository: Path, tmp_path: Path) -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text())
    step = action["runs"]["steps"][-1]
    assert set(step["env"]) == {"OLD", "NEW", "FAIL_ON"}
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "painrules").write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT}/cli.py" "$@"\n')
    (tools / "painrules").chmod(0o755)
    summary = tmp_path / "summary.md"
    env = {**os.environ, "PATH": f"{tools}:{os.environ['PATH']}", "OLD": "HEAD", "NEW": action["inputs"]["new"]["default"],
           "FAIL_ON": action["inputs"]["fail-on"]["default"], "GITHUB_STEP_SUMMARY": str(summary)}  # fmt: skip
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", step["run"]],
        cwd=repository,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "| tablets |" in summary.read_text()
    hooks = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    codes = {
        id: subprocess.run(hook["entry"].split(), cwd=repository, env=env, capture_output=True, check=False).returncode
        for id, hook in hooks.items()
    }
    assert codes == {"painrules-check": 1, "painrules-diff": 1}
    example = yaml.safe_load((ROOT / "docs/ci/pull_request.yml").read_text())
    assert set(example["jobs"]["diff"]["steps"][-1]["with"]) <= set(action["inputs"])
