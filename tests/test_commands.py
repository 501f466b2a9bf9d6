"""The command line as a process: what it prints, its exit codes, and no traceback for anything a person gives it."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from painrules.commands.on_demand import COMMANDS
from painrules.knowledge import KnowledgeBase
from painrules.reading import read_file
from tests.conftest import ROOT

SAMPLE = ROOT / "samples/back_pain_and_kidneys.yaml"


def run(
    *arguments: str, given: bytes | None = None, cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], input=given or b"", cwd=cwd, capture_output=True,
        env={**os.environ, "COLUMNS": "80", **environment}, timeout=120, check=False,
    )  # fmt: skip
    out, err = done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")
    assert "Traceback" not in err, err
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def data(*arguments: str, **more: Any) -> Any:
    done = run(*arguments, "--format", "json", **more)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def test_sheet_of_the_sample_person() -> None:
    done = run("explore", "--answers", str(SAMPLE))
    assert done.returncode == 0
    assert done.stderr == ""
    assert max(map(len, done.stdout.splitlines())) <= 80
    for expected in ("Options to discuss with a pain specialist", "usually avoided", "you tried it and had side effects",
                     "QUESTIONS TO TAKE ALONG", "NO TREATMENT FOR NOW", "not a diagnosis"):  # fmt: skip
        assert expected in done.stdout
    assert done.stdout.index("urgent sign") < done.stdout.index("MEDICINES"), "urgent signs come first"
    assert "\x1b" not in done.stdout


def test_a_sign_that_is_there_stands_before_everything() -> None:
    answers = b"conditions: [low_back_pain_chronic]\nanswers: {saddle_numbness: yes}"
    for arguments in ((), ("--plain",), ("--all",)):
        lines = run("explore", "--answers", "-", *arguments, given=answers).stdout.strip().splitlines()
        first = next(n for n, line in enumerate(lines) if "emergency department" in line)
        assert first <= 5, lines[:8]


def test_plain_has_no_boxes_and_no_colour() -> None:
    for extra in ({}, {"FORCE_COLOR": "1"}):
        out = run("explore", "--answers", str(SAMPLE), "--plain", **extra).stdout
        assert "\x1b" not in out
        assert not any("\u2500" <= character <= "\u257f" for character in out)


def test_no_color() -> None:
    assert "\x1b[3" not in run("explore", "--answers", str(SAMPLE), FORCE_COLOR="1", NO_COLOR="1").stdout


def test_json_from_standard_input_is_the_same_on_both_engines() -> None:
    one, two = (
        data("explore", "--answers", "-", "--engine", engine, given=SAMPLE.read_bytes())
        for engine in ("durable", "reference")
    )
    assert one == two
    assert one["options"]


def test_everything_shows_reasons_and_sources() -> None:
    out = run("explore", "--answers", str(SAMPLE), "--all").stdout
    assert "SOURCES" in out
    assert "kidney disease: severe" in out


@pytest.mark.parametrize(
    ("answers", "expected"),
    [(b"", "holds no answers"), (b"conditions: [gotu]", "Did you mean 'gout'?"), (b"\xff", "is not UTF-8"), (b"a: [", "is not YAML")],
)  # fmt: skip
def test_bad_answers(answers: bytes, expected: str) -> None:
    done = run("explore", "--answers", "-", given=answers)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert done.stderr.startswith("standard input:")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        done = run("explore", "--answers", str(path))
        assert done.returncode == 2
        assert "cannot be read" in done.stderr


def test_without_a_terminal_it_says_what_to_do() -> None:
    done = run("explore")
    assert done.returncode == 2
    assert "--answers FILE" in done.stderr


def test_save(tmp_path: Path) -> None:
    done = run("explore", "--answers", str(SAMPLE), "--save", "kept.yaml", cwd=tmp_path)
    assert done.returncode == 0
    assert (tmp_path / "kept.yaml").stat().st_mode & 0o777 == 0o600
    again = data("explore", "--answers", "kept.yaml", cwd=tmp_path)
    assert again == data("explore", "--answers", str(SAMPLE))
    assert run("explore", "--answers", str(SAMPLE), "--save", "no/where", cwd=tmp_path).returncode == 2


def test_lists() -> None:
    conditions = data("conditions")
    assert {"id", "parent", "name", "also_called", "icd11", "options"} == set(conditions[0])
    assert all(row["options"] for row in conditions if row["parent"]), [
        row["id"] for row in conditions if not row["options"]
    ]
    physical = data("modalities", "--category", "physical")
    assert physical
    assert {row["category"] for row in physical} == {"physical"}
    assert {row["condition"] for row in data("evidence", "acupuncture", "--condition", "low_back_pain_chronic")} <= {
        "low_back_pain_chronic",
        "back_pain",
    }
    assert all(row["doi"] or row["url"] or row["seen_at"] for row in data("sources"))


def test_about_a_condition_tells_urgent_signs_first_and_all_aspects() -> None:
    done = run("about", "sciatica", "--plain")
    assert done.returncode == 0
    headings = ["Get help if", "What it is", "How it usually goes", "How doctors find it", "What scans tell",
                "What people can do", "What people often get wrong", "Treatments to talk about", "Sources"]  # fmt: skip
    places = [done.stdout.index(heading) for heading in headings]
    assert places == sorted(places)


def test_about_a_treatment_tells_harms_and_who_says_what() -> None:
    done = run("about", "ibuprofen", "--plain")
    assert done.returncode == 0
    for heading in ("What happens", "Serious harms", "Effort and cost", "What to ask", "Who needs care with it",
                    "Usually avoided", "What guidelines say", "Guidelines differ."):  # fmt: skip
        assert heading in done.stdout
    texts = data("about", "tramadol")["explanations"]
    assert all(texts[aspect][0]["sources"] for aspect in texts)


def test_words_are_explained_where_they_first_appear() -> None:
    once = run("about", "tramadol", "--plain").stdout
    assert once.count("(opioid: ") == 1
    assert once.index("opioid") < once.index("(opioid: ")
    assert "(opioid: " not in run("words", "opioid").stdout


def test_the_visit_guide() -> None:
    guide = data("visit")
    assert len(guide["visit"]) >= 70
    assert {text["chapter"] for text in guide["visit"]} == {chapter["id"] for chapter in guide["chapters"]}
    assert "WHAT TO BRING" in run("visit", "what_to_bring").stdout
    for topic in ("residency", "fellowship", "board"):
        assert topic in run("visit", "training").stdout.lower()


def test_stale_sources_are_guidelines_in_use() -> None:
    rows = data("sources", "--stale")
    assert rows
    this_year = datetime.date.today().year
    for row in rows:
        assert row["kind"] in ("guideline", "consensus")
        assert row["status"] != "superseded"
        assert row["year"] is None or row["year"] < this_year - 5


def test_the_editor_schema_knows_every_file(knowledge: KnowledgeBase) -> None:
    validator = jsonschema.Draft202012Validator(json.loads((ROOT / "docs/content.schema.json").read_text()))
    for folder in ("knowledge", "rules"):
        for path in (ROOT / folder).rglob("*.yaml"):
            assert [error.message for error in validator.iter_errors(read_file(path, path.name).data)] == [], path
    wrong = {"rules": [{"id": "x", "then": "hold", "when": {"kidney_disease": "sever"}, "sources": ["nice-ng5"]}]}
    messages = " ".join(error.message for error in validator.iter_errors(wrong))
    assert "sever" in messages
    assert "nice-ng5" in messages


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("evidence", "acupunture"), "Did you mean 'acupuncture'?"),
        (("evidence", "acupuncture", "--condition", "gotu"), "Did you mean 'gout'?"),
        (("modalities", "--category", "medicine"), "Did you mean 'medication'?"),
        (("explore", "--answers", "a", "--resume", "b"), "not both"),
        (("explore", "--engine", "other"), "other"),
        (("conditions", "--content", "/nonexistent"), "has no knowledge/*.yaml"),
        (("nonsense",), "nonsense"),
        (("about", "steroid injection"), "painrules about joint_corticosteroid_injection"),
        (("about", "xyzzy"), "Nothing has a name like"),
        (("words", "opoid"), "Did you mean 'opioid'?"),
        (("visit", "what_to_brin"), "Did you mean 'what_to_bring'?"),
        (("check", "--as-of", "soon"), "is not a day"),
        (("explore", "--language", "ess"), "no language 'ess'"),
    ],
)  # fmt: skip
def test_wrong_use(arguments: tuple[str, ...], expected: str) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert expected in done.stderr


def test_check_finds_nothing_in_the_bundled_content() -> None:
    checked = data("about", "painrules")["review"]["checked"]
    done = run("check", "--as-of", checked)
    assert done.returncode == 0, done.stdout
    assert "No problem and no gap found." in done.stdout


def test_check_complains_when_the_content_was_to_be_checked_again() -> None:
    done = run("check", "--as-of", "2099-01-01")
    assert done.returncode == 1
    assert "was to be checked again by" in " ".join(done.stdout.split())


def test_check_finds_what_is_wrong_in_own_content(tmp_path: Path) -> None:
    for name in ("knowledge", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "rules/own.yaml").write_text("rules:\n  - id: own\n    then: hold\n    when: {kidney_diseas: severe}\n")
    done = run("check", "--content", str(tmp_path))
    assert done.returncode == 2
    assert "rules/own.yaml:4:12" in done.stderr
    assert "Did you mean 'kidney_disease'?" in done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_help_has_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example: painrules " in done.stdout


def test_every_command_is_documented() -> None:
    readme = (ROOT / "README.md").read_text()
    listed = run("--help").stdout
    for command in COMMANDS:
        assert command in listed
        assert f"painrules {command}" in readme


def test_without_durable_rules_the_reference_takes_over(tmp_path: Path) -> None:
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable/__init__.py").write_text("raise ImportError('undefined symbol: PyEval_CallObject')")
    done = run("explore", "--answers", str(SAMPLE), "--format", "json", PYTHONPATH=str(tmp_path))
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "using the reference engine instead" in done.stderr
    assert json.loads(done.stdout) == data("explore", "--answers", str(SAMPLE))


def test_a_closed_pipe_is_no_error() -> None:
    command = f"{sys.executable} {ROOT / 'cli.py'} modalities --format json | head -n 1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_generated_documents_are_current() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs/generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("columns", ["", "abc", "0", "-5"])
def test_a_width_that_is_none(columns: str) -> None:
    done = run("words", "opioid", COLUMNS=columns)
    assert done.returncode == 0
    assert "painkiller" in done.stdout


def test_a_case_is_a_person_too() -> None:
    done = run("explore", "--answers", "back_pain_and_kidneys", "--plain")
    assert done.returncode == 0
    assert "Long-lasting low back pain" in done.stdout
    assert "cannot be read" in run("explore", "--answers", "back_pain_and_kidny").stderr
    both = run("explore", "--answers", "back_pain_and_kidneys", "--what-if", "age=20", "--output", "x.html")
    assert (both.returncode, "leave out --output" in both.stderr) == (2, True)
