"""Teaching cases: each of ours teaches what it says, and own ones are made, checked and shown by the real commands."""

from __future__ import annotations

import json
import re
import shutil
import stat
from pathlib import Path
from typing import Any

import pexpect
import pytest
from jsonschema import Draft202012Validator
from pypdf import PdfReader
from referencing import Registry, Resource

from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, read_bytes, read_file
from painrules.sheet import Sheet, explore
from painrules.surfaces.case_page import case_page
from painrules.surfaces.markdown import document
from painrules.teaching import (
    Shown,
    TeachingCase,
    case_files,
    differences,
    groups_of,
    read_teaching_case,
    shown_in,
    with_sheet,
)
from tests.conftest import ROOT
from tests.language import Text, faults
from tests.screens import Screen
from tests.test_commands import SAMPLE, data, run

OURS = sorted((ROOT / "cases").glob("*.yaml"))
GIVEN = "numb_seat"
Found = list[tuple[TeachingCase, Sheet]]


@pytest.fixture(scope="module")
def ours(knowledge: KnowledgeBase) -> Found:
    cases = [read_teaching_case(path, knowledge) for path in OURS]
    return [(case, explore(knowledge, case.person, "reference")) for case in cases]


# --- ours --------------------------------------------------------------------------------------------------------------


def test_each_case_teaches_what_it_says(knowledge: KnowledgeBase, ours: Found) -> None:
    wrong: dict[str, list[str]] = {}
    for case, sheet in ours:
        found = wrong.setdefault(case.id, [])
        lines = (*case.goals, *(line for point in case.discuss for line in (point.ask, *point.think_of)))
        for words in (case.title, case.story, *lines):
            found += [f"{fault}: {words}" for fault in faults(knowledge, Text("cases", case.id, words))]
        found += ["too little to learn"] * (len(case.goals) < 2)
        found += ["too little to talk about"] * (len([point for point in case.discuss if point.think_of]) < 2)
        found += [f"not filled in: {words}" for words in (case.title, case.story, *lines) if words[:1] == "<"]
        found += ["holds no sheet"] * (case.sheet is None)
        found += [str(one) for one in differences(case, shown_in(sheet))]
        page = document(case_page(knowledge, case, sheet, answers=False))
        found += ["does not say at the top that the person is made up"] * ("made-up person" not in page[:300])
    assert {id: found for id, found in wrong.items() if found} == {}


def test_there_are_many_cases_and_some_of_every_kind_of_pain(knowledge: KnowledgeBase, ours: Found) -> None:
    groups = {group for case, _ in ours for group in groups_of(knowledge, case)}
    assert groups == {id for id, condition in knowledge.conditions.items() if condition.parent is None}
    assert len(ours) >= 40


def test_the_editor_schema_knows_every_case() -> None:
    schemas = {name: json.loads((ROOT / f"docs/{name}").read_text()) for name in
               ("case.schema.json", "answers.schema.json", "content.schema.json")}  # fmt: skip
    registry: Registry[Any] = Registry().with_resources(
        [(name, Resource.from_contents(schema)) for name, schema in schemas.items()]
    )
    validator = Draft202012Validator(schemas["case.schema.json"], registry=registry)
    for path in OURS:
        assert [error.message for error in validator.iter_errors(read_file(path, path.name).data)] == [], path
    wrong = {
        "title": "x",
        "goal": [],
        "sources": ["nice-ng5"],
        "sheet": {"held": []},
        "person": {"answers": {"agee": 4}},
    }
    messages = " ".join(error.message for error in validator.iter_errors(wrong))
    for expected in ("'story' is a required", "'goal'", "nice-ng5", "held", "agee", "'conditions' is a required"):
        assert expected in messages


# --- files -------------------------------------------------------------------------------------------------------------

WHOLE = "title: A\nstory: B\ngoals: []\ndiscuss: []\nperson: {conditions: [gout]}\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "x.yaml:1:1: is no teaching case: it has none of its fields."),
        ("title: A\n", "story: is missing."),
        ("conditions: [gout]\n", "x.yaml:1:1: is no teaching case: it has none of its fields. 'painrules cases new"),
        (f"{WHOLE}titel: B\n", "x.yaml:6:1: titel: is not a field here. Did you mean 'title'?"),
        (WHOLE.replace("goals: []", "goals: one"), "x.yaml:3:1: goals: 'one' is not a list."),
        (WHOLE.replace("discuss: []", "discuss: [{ask: A}]"), "discuss[0].think_of: is missing."),
        (WHOLE.replace("discuss: []", "discuss: [{ask: A, think_off: []}]"), "Did you mean 'think_of'?"),
        (WHOLE.replace("[gout]", "[gotu]"), "x.yaml:5:23: person.conditions[0]: 'gotu' is not a condition. Did you mean 'gout'?"),
        (f"{WHOLE}sheet: {{held: []}}\n", "x.yaml:6:9: sheet.held: is not a field here. Did you mean 'held_back'?"),
        (f"{WHOLE}sheet: {{urgent: [[a]]}}\n", "x.yaml:6:18: sheet.urgent[0]: ['a'] is not text."),
        (f"{WHOLE}sources: [nice-ng5]\n", "x.yaml:6:11: sources[0]: is not a source. Did you mean 'nice-ng"),
    ],
)  # fmt: skip
def test_wrong_files(knowledge: KnowledgeBase, tmp_path: Path, text: str, expected: str) -> None:
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(ContentError) as error:
        read_teaching_case(tmp_path / "x.yaml", knowledge)
    assert expected in str(error.value)


NEW = Shown(("a-sign",), {"option": ("gel",), "held_back": ("tablets",)})
BLOCK = "sheet:\n  urgent: [a-sign]\n  option: [gel]\n  held_back: [tablets]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("title: A  # mine\n", f"title: A  # mine\n{BLOCK}\n"),
        ("title: A", f"title: A\n{BLOCK}\n"),
        ("# one\nsheet:\n  urgent: []\n  # two\n\n  option: [a,\n    b]\n\n# three\ntitle: A\n", f"# one\n{BLOCK}\n\n# three\ntitle: A\n"),
        ("sheet:\ntitle: A\n", f"{BLOCK}\ntitle: A\n"),
        ("title: A\nsheet: {urgent: []}  # old", f"title: A\n{BLOCK}"),
        ("title: >-\n  sheet:\n  - A\r\nsheet:\r\n  option: [a]\r\nstory: B\r\n", "title: >-\n  sheet:\n  - A\r\n{}\r\nstory: B\r\n"),
    ],
)  # fmt: skip
def test_a_new_sheet_leaves_the_rest_as_it_is(before: str, after: str) -> None:
    after = after.replace("{}", BLOCK.replace("\n", "\r\n"))
    assert with_sheet(before.encode(), "x", NEW) == after.encode()


@pytest.mark.parametrize(
    "text", ["{title: A, sheet: {urgent: []}}\n", "sheet: {\n  urgent: []\n}\ntitle: A\n", "title: A\n...\n"]
)
def test_a_file_in_which_no_sheet_can_be_replaced_is_left_alone(text: str) -> None:
    with pytest.raises(ContentError, match="on lines of their own"):
        with_sheet(text.encode(), "x", NEW)


# --- the commands ------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a case of its own."""
    shutil.copy(ROOT / "cases/leg_pain_and_numb_seat.yaml", tmp_path / f"{GIVEN}.yaml")
    return tmp_path


def test_list_and_its_filters(folder: Path) -> None:
    where = {"PAINRULES_CASES": str(folder)}
    rows = data("cases", **where)
    assert {"id": GIVEN, "own": True, "conditions": ["sciatica"], "groups": ["back_pain"]}.items() <= rows[
        [row["id"] for row in rows].index(GIVEN)
    ].items()
    assert len(rows) == len(OURS) + 1
    urgent = {row["id"] for row in data("cases", "--group", "back_pain", "--urgent", **where)}
    assert {"leg_pain_and_numb_seat", GIVEN} <= urgent
    assert not urgent & {"back_pain_and_kidneys", "hot_knee_and_weak_defences"}, "no sign; another kind of pain"
    held = {row["id"] for row in data("cases", "--option", "spinal_manipulation", "--status", "held_back", **where)}
    assert {"leg_pain_and_numb_seat", GIVEN} <= held
    assert "unsure_of_nearly_everything" not in held, "there it is to be checked first"
    migraine = data("cases", "list", "--condition", "migraine")
    assert "migraine_while_pregnant" in {row["id"] for row in migraine}
    assert "back_pain_and_kidneys" not in {row["id"] for row in migraine}
    done = run("cases", "Nadia", GIVEN, "--folder", str(folder))
    assert "kidneys" not in done.stdout
    assert "Leg pain and a numb seat: your own" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 80


def test_a_broken_file_is_told_and_not_in_the_way(folder: Path) -> None:
    (folder / "broken.yaml").write_text("title: A\ngoals: one\n")
    (folder / "out.yaml").symlink_to("/etc/passwd")
    shutil.copy(OURS[0], folder)
    for arguments in ((), ("list", "--plain")):
        done = run("cases", *arguments, "--folder", str(folder))
        assert done.returncode == 0
        assert GIVEN in done.stdout
        for expected in (
            "broken.yaml:2:1: goals:",
            "out.yaml:1:1: is not a plain file",
            f"{OURS[0].name}:1:1: has the name of another",
        ):
            assert expected in done.stderr  # fmt: skip
    assert run("cases", "check", GIVEN, "--folder", str(folder)).returncode == 0
    assert run("cases", "check", "--folder", str(folder)).returncode == 2
    quiz = run("quiz", "export", "--n", "2", "--seed", "4", "--condition", "sciatica", PAINRULES_CASES=str(folder))
    assert quiz.returncode == 0
    assert "broken.yaml:2:1: goals:" in quiz.stderr
    ours = run("cases", "show", OURS[0].stem, "--folder", str(folder))
    assert ours.returncode == 0
    assert "has the name of another" in ours.stderr


def test_show(folder: Path) -> None:
    for format_ in ("text", "html"):
        page = run("cases", "show", GIVEN, "--folder", str(folder), "--format", format_).stdout
        for expected in ("Nadia is 44", "made-up person", "Get help now", "Quick thrust treatment", "Who"):
            assert expected in page
        assert "came on top of it" not in page
    assert "came on top of it" in run("cases", "show", GIVEN, "--folder", str(folder), "--answers", "--plain").stdout
    shown = data("cases", "show", GIVEN, "--folder", str(folder))
    assert shown["discuss"][0]["think_of"]
    assert shown["sheet"]["urgent"] == ["both-legs", "cauda-equina-bladder-bowel", "cauda-equina-saddle"]
    done = run("cases", "show", GIVEN, "--folder", str(folder), "--format", "pdf", "--output", str(folder / "page.pdf"))
    assert done.returncode == 0, done.stderr
    assert "Nadia" in PdfReader(folder / "page.pdf").pages[0].extract_text()
    assert stat.S_IMODE((folder / "page.pdf").stat().st_mode) == 0o600


def test_check_says_what_differs_and_writes_it_when_told_to(folder: Path) -> None:
    path = folder / f"{GIVEN}.yaml"
    before = path.read_text()
    path.chmod(0o640)
    path.write_text(before.replace("held_back: [", "held_back: [yoga, ").replace("both-legs, ", "") + "# the end\n")
    wrong = run("cases", "check", "--folder", str(folder))
    assert wrong.returncode == 1
    for expected in (f"{GIVEN}: Leg pain", "yoga (Yoga): check first and usually avoided -> check first",
                     "urgent sign both-legs: now shown", f"{len(OURS)} of {len(OURS) + 1} cases"):  # fmt: skip
        assert expected in wrong.stdout
    assert "The rules have changed" in run("cases", "show", GIVEN, "--folder", str(folder)).stdout.replace("\n", " ")
    assert run("cases", "check", GIVEN, "--folder", str(folder), "--accept").returncode == 0
    assert path.read_text() == before + "# the end\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert data("cases", "check", GIVEN, "--folder", str(folder))[0]["same"]


def test_a_person_whom_there_cannot_be(folder: Path) -> None:
    path = folder / f"{GIVEN}.yaml"
    path.write_text(
        re.sub(
            "(headache_pregnant_or_postpartum): .*",
            r"\1: yes",
            re.sub("(sex_at_birth): .*", r"\1: male", path.read_text()),
        )
    )
    done = run("cases", "check", GIVEN, "--folder", str(folder))
    assert done.returncode == 2
    assert f"{GIVEN}.yaml:1:1: person: can be nobody (no-headache-of-pregnancy-when-male-at-birth)." in done.stderr


def test_new_from_answers(tmp_path: Path) -> None:
    where = {"XDG_DATA_HOME": str(tmp_path)}
    done = run("cases", "new", "rosa", "--from", str(SAMPLE), "--title", "Rosa", **where)
    path = tmp_path / "painrules/cases/rosa.yaml"
    assert done.returncode == 0, done.stderr
    assert str(path) in done.stdout
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert read_bytes(path.read_bytes(), "x").data["title"] == "Rosa"
    assert run("cases", "check", "rosa", **where).returncode == 0
    before = path.read_bytes()
    for name, expected in (("rosa", "There is a case rosa already"), ("../rosa", "is no name for a case"),
                           (OURS[0].stem, "Give the new one another name")):  # fmt: skip
        again = run("cases", "new", name, "--from", str(SAMPLE), **where)
        assert again.returncode == 2
        assert expected in again.stderr
    assert path.read_bytes() == before


def test_new_from_an_interview(tmp_path: Path) -> None:
    screen = Screen("cases", "new", "typed", "--plain", "--folder", ".", cwd=tmp_path)
    for expected, reply in (("such as knee >", "sciatica"), ("for none >", "1"), ("Enter to go on >", ""), ("] >", "0"), ("] >", "d"),
                            ("Title of the case", "A typed case"), ("Story of the made-up", "")):  # fmt: skip
        screen.child.expect_exact(expected)
        screen.child.sendline(reply)
    screen.child.expect_exact("Fill in what stands in <>")
    screen.child.expect(pexpect.EOF)
    written = read_file(tmp_path / "typed.yaml", "x").data
    assert (written["title"], written["person"]["conditions"]) == ("A typed case", ["sciatica"])
    assert written["person"]["answers"]["saddle_numbness"] == "no"
    assert written["story"].startswith("<")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--status", "held_back"), "--status needs --option"),
        (("--group", "migraine"), "is not a group of pain"),
        (("--option", "acupunture"), "Did you mean 'acupuncture'?"),
        (("--folder", "no/such"), "There is no folder no/such"),
        (("show", "leg_pain_and_num_seat"), "Did you mean 'leg_pain_and_numb_seat'?"),
        (("new", "a"), "--from FILE"),
    ],
)
def test_wrong_use(arguments: tuple[str, ...], expected: str) -> None:
    done = run("cases", *arguments)
    assert done.returncode == 2
    assert expected in done.stderr


def test_a_folder_named_twice_is_read_once(tmp_path: Path) -> None:
    problems: list[Any] = []
    (tmp_path / "link").symlink_to(ROOT / "cases")
    assert len(case_files(tmp_path / "link", problems)) == len(OURS)
    assert problems == []
