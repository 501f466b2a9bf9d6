"""Whom a command is about: the same by a case's name, by its file or by its answers, and with content of one's own."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from painrules.commands.app import WrongUseError
from painrules.commands.person import person_named
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.files import answers_file
from tests.conftest import ROOT
from tests.test_commands import data, run

CASE = "phantom_leg"
FILE = ROOT / f"cases/{CASE}.yaml"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("explore", "--plain", "--answers"),
    ("trace",),
    ("plan",),
    ("compare", "acupuncture", "tens", "--answers"),
    ("compare", str(FILE)),
    ("fhir", "sheet", "--answers"),
    ("quiz", "export", "--n", "1", "--case"),
)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the content of ours and with one case of its own."""
    folder = tmp_path_factory.mktemp("own")
    for name in ("knowledge", "rules"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "cases").mkdir()
    shutil.copy(FILE, folder / "cases/my_leg.yaml")
    return folder


def test_a_person_by_the_name_of_a_case_its_file_and_its_answers(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    by_name = person_named(CASE, knowledge)
    assert by_name.answers == person_named(str(FILE), knowledge).answers
    assert by_name.title == person_named(str(FILE), knowledge).title == "Pain in a leg that is gone"
    (tmp_path / "me").write_bytes(answers_file(by_name.answers))
    assert person_named(str(tmp_path / "me"), knowledge) == ("me", by_name.answers, None)


def test_explore_takes_the_file_of_a_case_and_standard_input_too() -> None:
    by_file = data("explore", "--answers", str(FILE))
    assert by_file == data("explore", "--answers", "-", given=FILE.read_bytes())
    assert by_file["conditions"] == ["phantom_limb_pain"]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_takes_the_cases_of_own_content(command: tuple[str, ...], own: Path) -> None:
    done = run(*command, "my_leg", "--content", str(own))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_name_that_is_nobody(knowledge: KnowledgeBase) -> None:
    for name in ("phantom_lg", "phantom_legg"):
        with pytest.raises(WrongUseError, match=f"'{name}' is neither a case nor an answers file.*'phantom_leg'"):
            person_named(name, knowledge)


def test_a_name_that_is_a_case_and_a_file(tmp_path: Path) -> None:
    (tmp_path / CASE).write_text("conditions: [gout]")
    done = run("trace", CASE, cwd=tmp_path)
    assert done.returncode == 2
    assert f"write ./{CASE}." in done.stderr
    assert data("explore", "--answers", f"./{CASE}", cwd=tmp_path)["conditions"] == ["gout"]


def test_no_case_is_written_over_by_saved_answers(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "mine.yaml")
    done = run("explore", "--resume", "mine.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "mine.yaml is a teaching case, and saved answers would replace it." in done.stderr


def test_a_case_that_names_what_own_content_does_not_have(own: Path, tmp_path: Path) -> None:
    (tmp_path / "leg.yaml").write_text(FILE.read_text().replace("conditions: [", "conditions: [tail_pain, "))
    where = {"PAINRULES_CASES": str(tmp_path)}
    for command in (("trace", "leg"), ("plan", str(tmp_path / "leg.yaml"))):
        done = run(*command, "--content", str(own), **where)
        assert done.returncode == 2
        first, second, *_ = done.stderr.splitlines()
        assert first == f"Read with the content of {own}:"
        assert "leg.yaml:" in second
        assert "person.conditions[0]: 'tail_pain' is not a condition." in second
    quiz = run("quiz", "export", "--n", "1", "--content", str(own), **where)
    assert quiz.returncode == 0
    assert "'tail_pain' is not a condition." in quiz.stderr
    ours = run("trace", CASE, "--content", str(own))
    assert f"It is a case of the program, not of {own}. To use it there, name its file: {FILE}" in ours.stderr


def test_a_case_can_be_shown_and_checked_by_its_file(tmp_path: Path) -> None:
    shutil.copy(FILE, tmp_path / "leg.yaml")
    assert data("cases", "show", "leg.yaml", "--format", "json", cwd=tmp_path)["title"] == "Pain in a leg that is gone"
    assert run("cases", "check", "./leg.yaml", cwd=tmp_path).stdout.startswith("1 of 1 cases lead to")
    assert "leg.yml:1:1: cannot be read" in run("cases", "show", "leg.yml", cwd=tmp_path).stderr
    (tmp_path / "empty.yaml").write_text("")
    assert "empty.yaml:1:1: is no teaching case" in run("cases", "show", "empty.yaml", cwd=tmp_path).stderr


def test_a_new_case_says_how_it_can_be_shown(tmp_path: Path) -> None:
    where = {"cwd": tmp_path, "PAINRULES_CASES": ""}
    made = run("cases", "new", "my_leg", "--from", CASE, "--folder", ".", **where).stdout
    show = made.strip().rpartition("painrules cases show ")[2]
    assert run("cases", "show", show, **where).returncode == 0
    gone = run("cases", "new", "my_leg", "--from", CASE, "--folder", "gone", **where)
    assert (gone.returncode, gone.stderr) == (2, "There is no folder gone.\n")
