"""Malicious files, full disks, no home, and ends at any moment: clear words, nothing half-written. See docs/threats.md."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painrules.answers import read_answers, read_changes
from painrules.loading import knowledge_from, load_knowledge
from painrules.private_file import replacing
from painrules.reading import ContentError
from painrules.sheet import explore
from tests.conftest import ROOT
from tests.test_privacy import EVERY, environment, every, hostile_content, tiny
from tests.world import WORLD

GOOD = "conditions: [back_pain]\nanswers: {ill: yes, sign: yes, age: 5}\ntried: {gel: helped}\n"
ME = ["explore", "--answers", "good.yaml", "--engine", "reference", "--content"]
HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
MEGABYTES = 700

WITHIN = """
import ctypes, os, resource, sys
for right in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: root too cannot read what is not readable
    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]) << 20,) * 2)
os.execv(sys.argv[2], sys.argv[2:])
"""
LITTLE = (sys.executable, "-c", WITHIN, str(MEGABYTES))
"""Runs a command with little memory and without the rights of root."""


def own(folder: Path, name: str = "own") -> Path:
    environment(folder)
    hostile_content(folder / "cwd" / name, "")
    (folder / "cwd/good.yaml").write_text(GOOD)
    return folder / "cwd" / name


def codes(printed: bytes) -> list[int]:
    return [int(code) for code in re.findall(rb"^exit code (\d+)$", printed, re.MULTILINE)]


# --- content -----------------------------------------------------------------------------------------------------------


def sparse(path: Path) -> None:
    with path.open("wb") as stream:
        stream.truncate(1_000_000_000)


def deep(path: Path) -> None:
    (path / "/".join("d" * 40)).mkdir(parents=True)


def many(path: Path) -> None:
    path.mkdir()
    (path / "0").touch()
    for number in range(1, 20_100):
        os.link(path / "0", path / str(number))


def unreadable(path: Path) -> None:
    path.write_text("rules: []")
    path.chmod(0)


def unreadable_folder(path: Path) -> None:
    path.mkdir(mode=0o000)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        there = Path.cwd()
        os.chdir(path.parent)  # a socket's path must be short
        made.bind(path.name)
        os.chdir(there)


def not_utf8(path: Path) -> None:
    Path(os.fsdecode(os.fsencode(path) + b"\xff.yaml")).write_text("rules: []")


def in_a_folder_not_utf8(path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(path) + b"\xff"))
    folder.mkdir()
    (folder / "x.yaml").write_text("rules: []")


def linked_to(target: str) -> Callable[[Path], None]:
    return lambda path: path.symlink_to(target)


def holding(content: str | bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode()) and None


LAUGHS = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10))
HUGE = "x" * 4_900_000
Case = tuple[str, Callable[[Path], None], str]
FOLDERS: list[Case] = [
    ("rules/x.yaml", holding(LAUGHS), "rules/x.yaml:1:5: a0: anchors (& and *) are not used here."),
    ("rules/x.yaml", holding("[" * 1_000_000), "rules/x.yaml:1:1001: is not YAML here: exceeded maximum nesting depth."),
    ("rules/x.yaml", holding(HUGE), "rules/x.yaml:1:1: holds no section"),
    ("rules/x.yaml", holding(f"rules: [{{id: {HUGE}}}]"), "rules/x.yaml:1:9: rules[0].when: is missing."),
    ("rules/x.yaml", holding(f"rules: [{{then: {HUGE}}}]"), "... is not a value of this field."),
    ("rules/x.yaml", holding(f"{'x' * 900}: 1"), "...: is not a section here."),
    ("rules/x.yaml", holding("rules: [" + "{}," * 1_000), "is not YAML here"),
    ("rules/x.yaml", sparse, "rules/x.yaml:1:1: is larger than 5,000,000 bytes."),
    ("rules/x.yaml", unreadable, "rules/x.yaml:1:1: cannot be read: Permission denied."),
    ("rules/x.yaml", listening, "rules/x.yaml:1:1: is not a plain file inside the content folder."),
    ("rules/x", not_utf8, "has a name that is not UTF-8. Rename it."),
    ("rules/x", in_a_folder_not_utf8, "x.yaml:1:1: has a name that is not UTF-8. Rename it."),
    ("rules/x", unreadable_folder, "rules/x:1:1: cannot be read: Permission denied."),
    ("rules/x", deep, "is nested more than 30 folders deep."),
    ("rules/x", many, "rules:1:1: holds more than 20,000 files and folders."),
    ("rules/x", linked_to("/"), "rules/x:1:1: is a link to a folder. Put the folder here."),
    ("rules/x", linked_to(".."), "rules/x:1:1: is a link to a folder. Put the folder here."),
    ("rules", linked_to("/"), "rules:1:1: is a link to a folder. Put the folder here."),
    ("knowledge/x.yaml", holding("wording: [{id: more, text: '{count} {mores}'}]"),
     "knowledge/x.yaml:1:22: wording[0].text: does not hold the fields that the program fills in. Write {count}, {names}."),
    ("knowledge/x.yaml", holding("wording: [{id: more, text: '{count:999999999} {names}'}]"), "Write {count}, {names}."),
    ("knowledge/x.yaml", holding("wording: [{id: more, text: '{count.__class__} {names}'}]"), "Write {count}, {names}."),
    ("knowledge/x.yaml", holding("wording: [{id: title, text: 'A { brace'}]"), "Write it without { and }."),
    ("knowledge/languages/xx/x.po", sparse, "of at most 5,000,000 bytes."),
    ("knowledge/languages/xx/x.po", holding(f'{HEAD}msgid "a"\nmsgstr ""\n' + '"b"\n' * 1_000_000),
     "x.po:1005:1: is in an entry of more than 1,000 lines."),
    ("knowledge/languages/xx/x.po", holding(HEAD + "# a\n" * 1_000_000), "is in an entry of more than 1,000 lines."),
    ("knowledge/languages/xx/x.po", holding(HEAD + '#~ msgid "a"\n' + '#~ "b"\n' * 600_000), "more than 1,000 lines."),
    ("knowledge/languages/xx/x.po", holding(f'{HEAD}msgctxt "wording.more"\nmsgid "{{count}}"\nmsgstr "{{cuont}}"\n'),
     "x.po:4:1: wording.more: does not hold the fields that the program fills in. Write {count}."),
    ("knowledge/languages/xx", linked_to("/proc/self/fd"), "knowledge/languages/xx:1:1: is a link to a folder."),
]  # fmt: skip


def test_hostile_content_is_refused_in_words_with_little_memory(tmp_path: Path) -> None:
    commands, expected = [], []
    for number, (where, plant, message) in enumerate(FOLDERS):
        folder = own(tmp_path, str(number))
        if where == "rules":
            shutil.rmtree(folder / "rules")
        if "wording" in message or "{" in message:
            whole = json.loads((folder / "knowledge/w.yaml").read_text())
            whole["wording"] = [] if where.endswith(".yaml") else whole["wording"]
            (folder / "knowledge/w.yaml").write_text(json.dumps(whole))
        (folder / where).parent.mkdir(parents=True, exist_ok=True)
        plant(folder / where)
        commands.append([*ME, str(number), "--language", "xx" if "languages" in where else "en"])
        expected.append(message)
    printed, errors = every(tmp_path, commands, *LITTLE)
    assert codes(printed) == [2] * len(expected)
    told = errors.decode(errors="replace")
    assert [message for message in expected if message not in told] == []
    assert max(map(len, told.splitlines())) < 1000
    for folder in (tmp_path / "cwd").iterdir():
        for hidden in folder.glob("rules/x*"):
            hidden.chmod(0o700) if not hidden.is_symlink() else None


def test_names_that_look_the_same(tmp_path: Path) -> None:
    folder = own(tmp_path)
    for name in ("Ä", "ä"):
        for form in ("NFC", "NFD"):
            (folder / f"rules/{unicodedata.normalize(form, name)}.yaml").write_text("rules: []")
            place = folder / "cases"
            place.mkdir(exist_ok=True)
            (place / f"{unicodedata.normalize(form, name)}.yaml").write_text("title: x")
    commands = [["conditions", "--content", "own"], ["cases", "check", "--content", "own", "--folder", "own/cases"]]
    printed, errors = every(tmp_path, commands)
    assert codes(printed) == [0, 2], "content is known by its ids; a case by the name of its file"
    assert errors.count(b"has the name of another case") == 3


def test_content_borrows_the_words_that_it_does_not_say(tmp_path: Path) -> None:
    folder = own(tmp_path)
    whole = json.loads((folder / "knowledge/w.yaml").read_text())
    whole["wording"] = [{"id": "title", "text": "My own title"}, {"id": "titel", "text": "My own title"}]
    (folder / "knowledge/w.yaml").write_text(json.dumps(whole))
    lines = [["conditions"], ["modalities"], ["about", "sciatica"], ["about", "tablets"], ["about", "painrules"], ["visit"],
             ["evidence", "tablets"], ["sources"], ["words"], ["compare", "tablets", "gel"], ["explain", "r"],
             ["explore", "--answers", "good.yaml"], ["explore", "--answers", "good.yaml", "--what-if", "ill=no"],
             ["explore", "--answers", "good.yaml", "--format", "html"], ["trace", "good.yaml"], ["prove"], ["coverage"],
             ["diary", "add", "--pain", "3", "--file", "d.csv"], ["diary", "list", "--file", "d.csv"],
             ["diary", "plot", "--file", "d.csv"], ["check"]]  # fmt: skip
    printed, errors = every(tmp_path, [[*line, "--content", "own"] for line in lines])
    assert b"My own title" in printed
    assert b"does not say" in printed
    assert b"those of painrules" in b" ".join(printed.split())
    assert b"never shown. Did you mean 'title'?" in b" ".join(printed.split())
    assert codes(printed)[:-4] == [0] * 15 + [codes(printed)[15], 0]
    assert b"KeyError" not in errors


# --- answers files -----------------------------------------------------------------------------------------------------

ANSWERS: list[tuple[str | bytes, int]] = [
    (LAUGHS, 2), ("conditions: [back_pain]\nanswers: {age: NaN}", 2), ('{"conditions": ["back_pain"], "answers": {"age": NaN}}', 2),
    ('{"conditions": ["back_pain"], "answers": {"age": Infinity}}', 2), ("conditions: [back_pain]\nanswers: {age: .nan}", 2),
    ('{"conditions": ["back_pain"], "answers": {"age": 1e400}}', 2), (f'{{"conditions": ["back_pain"], "answers": {{"age": {"9" * 5000}}}}}', 2),
    ('{"conditions": ["back_pain"], "conditions": ["sciatica"]}', 2), ('{"conditions": ["back_pain"], "answers": {"age": 5, "age": 6}}', 2),
    (f'{{"conditions": ["{HUGE}"]}}', 2), (f'{{"{HUGE}": 1}}', 2), ("", 2), (b"\x00" * 5000, 2), (bytes(range(256)) * 100, 2),
    (GOOD.encode("utf-16"), 2), (GOOD.encode("utf-32"), 2), (GOOD.encode("utf-8-sig"), 0), (GOOD.replace("\n", "\r\n"), 0), ("", 2),
    (b"\xef\xbb\xbf", 2), ("[]", 2), ("null", 2), ("7", 2), ("true", 2), ("conditions: back_pain", 2), ("conditions: {back_pain: 1}", 2),
    ("conditions: [[back_pain]]", 2), ("conditions: [back_pain]\ntried: {gel: [helped]}", 2), ("conditions: [back_pain]\ntalk_about: {}", 2),
    ("conditions: [back_pain]\nanswers: {takes: {none: 1}}", 2), ("conditions: [back_pain]\nanswers: {ill: {}}", 2), ("{" * 100_000, 2),
    ("- " * 100_000, 2), ("? " * 100_000, 2), ("conditions: [back_pain]\nanswers: [" + "1," * 1_000, 2), ("!!python/object:os.system {}", 2),
]  # fmt: skip


def test_hostile_answers_files(tmp_path: Path) -> None:
    own(tmp_path)
    commands = []
    for number, (content, _) in enumerate(ANSWERS):
        holding(content)(tmp_path / f"cwd/{number}.yaml")
        commands.append(["explore", "--answers", f"{number}.yaml", "--engine", "reference", "--content", "own"])
    sparse(tmp_path / "cwd/sparse.yaml")
    unreadable(tmp_path / "cwd/closed.yaml")
    os.mkfifo(tmp_path / "cwd/pipe.yaml")
    others = ["sparse.yaml", "closed.yaml", "pipe.yaml", "/dev/zero", "/dev/null", ".", "x" * 5000, "no\0file"[:2]]
    commands += [["explore", "--answers", name, "--content", "own"] for name in others]
    commands += [["trace", "./pipe.yaml", "--content", "own"], ["cohort", "pipe.yaml"], ["cases", "show", "pipe"]]
    printed, errors = every(tmp_path, commands, *LITTLE)
    assert codes(printed) == [code for _, code in ANSWERS] + [2] * (len(others) + 3)
    assert len(errors) < 60_000
    assert b"closed.yaml:1:1: cannot be read: Permission denied." in errors


def test_a_pipe_with_a_writer_is_read(tmp_path: Path) -> None:
    own(tmp_path)
    slow = (
        f"{{ sleep 1; cat good.yaml; }} | {sys.executable} {ROOT / 'cli.py'} explore --answers /dev/stdin --content own"
    )
    done = subprocess.run(
        ["sh", "-c", slow], cwd=tmp_path / "cwd", env=environment(tmp_path), capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


words = st.sampled_from(["answers", "conditions", "tried", "preferences", "talk_about", "back_pain", "age", "ill", "takes", "gel",
                         "kidneys", "weight", "helped", "yes", "none", "unsure", "lithium", ""]) | st.text(max_size=5)  # fmt: skip
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)
parts = st.fixed_dictionaries(
    {"conditions": st.just(["back_pain"]) | anything},
    optional={
        "answers": st.dictionaries(words, anything, max_size=4) | anything,
        "tried": st.dictionaries(words, anything, max_size=2) | anything,
        "preferences": anything,
        "talk_about": anything,
    },
)


@given(parts | anything, st.lists(st.text(max_size=20) | st.tuples(words, words).map("=".join), max_size=3))
def test_any_data_is_refused_in_words_or_gives_a_sheet(data: Any, changes: list[str]) -> None:
    knowledge = tiny()
    try:
        explore(knowledge, read_answers(json.dumps(data).encode(), "a.json", knowledge), "reference")
    except ContentError as error:
        assert all(problem.message for problem in error.problems)
    try:
        read_changes(changes, "--what-if", knowledge)
    except ContentError as error:
        assert error.problems


# --- no room, no home --------------------------------------------------------------------------------------------------

FULL = f"""
import os, pathlib, subprocess, sys
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", "full"], check=True)
old = {{}}
for name in sys.argv.pop(1).split():
    old[name] = pathlib.Path("full", name)
    old[name].write_text("old" if name != "d.csv" else "date,pain\\n2025-01-01,3\\n")
filler = os.open("full/filler", os.O_WRONLY | os.O_CREAT)
try:
    while True:
        os.write(filler, bytes(4096))
except OSError:
    pass
before = {{name: path.read_bytes() for name, path in old.items()}}
os.environ["XDG_CACHE_HOME"] = os.path.abspath("full/cache")
exec({EVERY!r})
assert before == {{name: path.read_bytes() for name, path in old.items()}}, "an old file is gone"
left = sorted(path.name for path in pathlib.Path("full").rglob("*") if path.is_file())
assert left == sorted([*old, "filler"]), left
"""


def in_a_mount_namespace() -> list[str]:
    """What runs a command that may mount. It must be there: a skipped test proves nothing."""
    for isolated in (["unshare", "--mount"], ["unshare", "--map-root-user", "--mount"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*isolated, "true"], capture_output=True, check=False).returncode == 0
        ):
            return isolated
    pytest.fail("No mount namespace can be made here (unshare --mount): that a full disk does no harm stays unproved.")


def test_a_full_disk_leaves_the_old_files_and_no_others(tmp_path: Path) -> None:
    own(tmp_path)
    (tmp_path / "cwd/full").mkdir()
    (tmp_path / "cwd/p.csv").write_text("conditions,age\nback_pain,500\nback_pain,40\n")
    (tmp_path / "cwd/c.yaml").write_text(
        'title: A\nstory: B\ngoals: [c, d]\ndiscuss: [{ask: "e?", think_of: [f]}]\nperson: {conditions: [back_pain]}\n'
    )
    run = ["--content", "own"]
    commands = [
        [*ME, "own", "--save", "full/a.yaml"], [*ME, "own", "--format", "html", "--output", "full/a.html"],
        ["diary", "add", "--pain", "3", "--file", "full/d.csv", *run], ["cohort", "p.csv", "--output", "full/o.csv", *run],
        ["cohort", "p.csv", "--output", "full/o.parquet", *run], ["cohort", "p.csv", "--report", "full/r.csv", *run],
        ["cohort", "p.csv", "--format", "json", "--summary", "full/s.json", *run], ["people", "--output", "full/p.csv", *run],
        ["trace", "good.yaml", "--format", "html", "--output", "full/t.html", *run],
        ["cases", "new", "mine", "--from", "good.yaml", "--folder", "full", *run],
    ]  # fmt: skip
    names = "a.yaml a.html d.csv o.csv o.parquet r.csv s.json p.csv t.html"
    done = subprocess.run(
        [*in_a_mount_namespace(), sys.executable, "-c", FULL, names, str(ROOT), json.dumps(commands)],
        cwd=tmp_path / "cwd", env=environment(tmp_path), input=b"", timeout=300, check=False, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert codes(done.stdout) == [2] * len(commands)
    assert done.stderr.count(b"cannot be written") == len(commands)
    assert b"Traceback" not in done.stderr


def test_a_case_is_rewritten_whole_or_not_at_all(tmp_path: Path) -> None:
    folder = own(tmp_path)
    (folder / "cases").mkdir()
    case = folder / "cases/c.yaml"
    old = (
        'title: A\nstory: B\ngoals: [c, d]\ndiscuss: [{ask: "e?", think_of: [f]}]\nperson: {conditions: [back_pain]}\n'
    )
    case.write_text(old)
    done = painrules(tmp_path, "cases", "check", "c", "--accept", "--content", "own", "--folder", "own/cases",
                     preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50)))  # fmt: skip
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.endswith(b"c.yaml cannot be written: File too large.\n")
    assert case.read_text() == old
    assert [path.name for path in case.parent.iterdir()] == ["c.yaml"]


def painrules(folder: Path, *arguments: str, env: dict[str, str] | None = None, **more: Any) -> Any:
    streams = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.run([sys.executable, str(ROOT / "cli.py"), *arguments], cwd=folder / "cwd", timeout=60, check=False,
                          env={**environment(folder), **(env or {})}, **{**streams, **more})  # fmt: skip


def test_standard_streams_that_are_full_or_closed(tmp_path: Path) -> None:
    own(tmp_path)
    with Path("/dev/full").open("wb") as full:
        for arguments in (["--help"], [*ME, "own", "--format", "json"]):
            done = painrules(tmp_path, *arguments, stdout=full)
            assert (done.returncode, done.stderr) == (2, b"Not all could be shown: No space left on device.\n")
        done = painrules(tmp_path, "explore", "--answers", "nothing.yaml", stderr=full)
        assert done.returncode == 2
    for closed in (0, 1, 2):
        done = painrules(tmp_path, *ME, "own", "--save", "kept.yaml", preexec_fn=lambda number=closed: os.close(number))
        assert (done.returncode, done.stderr) == (0, b"")
        kept = tmp_path / "cwd/kept.yaml"
        assert kept.read_text().startswith("conditions:"), "nothing printed went into the file"
        kept.unlink()


def test_no_home(tmp_path: Path) -> None:
    own(tmp_path)
    env = {"XDG_CACHE_HOME": "/proc/cache", "XDG_DATA_HOME": "/proc/data"}
    for home in ("/proc", "/nonexistent/x", ""):
        done = painrules(tmp_path, *ME, "own", env={**env, "HOME": home})
        assert (done.returncode, done.stderr) == (0, b"")
    done = painrules(tmp_path, "diary", "add", "--pain", "3", "--content", "own", env=env)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"/proc/data/painrules/diary.csv cannot be written: No such file or directory.\n"
    assert sorted(path.name for path in (tmp_path / "cwd").iterdir()) == ["good.yaml", "own"]


# --- links -------------------------------------------------------------------------------------------------------------


def test_tables_are_not_written_through_links_nor_over_them(tmp_path: Path) -> None:
    own(tmp_path)
    table, link = tmp_path / "cwd/p.csv", tmp_path / "cwd/l.csv"
    table.write_text("conditions,age\nback_pain,40\n")
    link.symlink_to("p.csv")
    run = ["--content", "own"]
    commands = [["cohort", "p.csv", "--output", "l.csv", *run], ["people", "--output", "l.csv", *run],
                ["cohort", "p.csv", "--report", "l.csv", *run], ["cohort", "p.csv", "--output", "p.csv", *run]]  # fmt: skip
    printed, errors = every(tmp_path, commands)
    assert codes(printed) == [2] * 4
    assert errors.count(b"it is a link; name the file that it leads to") == 3
    assert b"p.csv:1:1: is the table that is read. Name another file to write." in errors
    assert link.is_symlink()
    assert table.read_text() == "conditions,age\nback_pain,40\n"


# --- ends at any moment ------------------------------------------------------------------------------------------------

KILLED = """
import glob, importlib, json, os, pathlib, random, re, shutil, signal, sys, time
root, commands, folder, kills, modules = sys.argv[1], json.loads(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:]
sys.path[0] = root
from painrules.commands import app
STEPS = ("open", "os.rename", "os.remove", "os.chmod", "os.mkdir", "os.listdir", "os.scandir")

inside = re.compile(f"(^|/){os.path.basename(folder)}(/|$)").search

def run():
    for arguments in commands:
        try:
            app(arguments)
        except SystemExit as end:
            if end.code:
                raise

def child(step=None):
    left = [step]
    def count(path):
        if left[0] is not None and inside(str(path)):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
    def called(frame, event, function):
        if event == "c_call" and function.__name__ == "write":
            count(getattr(function.__self__, "name", ""))
    number = os.fork()
    if number:
        return number
    code = 99
    try:
        sys.addaudithook(lambda event, arguments: count(arguments[0]) if event in STEPS else None)
        sys.setprofile(called if step else None)
        run()
        while step is None:
            run()
        code = 0
    finally:
        os._exit(code)

def state(how):
    found = glob.glob(folder + "/**", recursive=True)
    files = {name: pathlib.Path(name).read_text() for name in sorted(found) if os.path.isfile(name)}
    parts = len(glob.glob(folder + "/**/.*.part", recursive=True))
    os.write(report, (json.dumps({"how": how, "files": files, "parts": parts}) + "\\n").encode())

report = os.dup(1)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
if modules:  # threads of these must not be there when a child is made
    for module in modules:
        importlib.import_module(module)
else:  # all that is imported on the way, once for all
    shutil.copytree(folder, "before")
    run()
    shutil.rmtree(folder)
    shutil.move("before", folder)
dice, step, ended = random.Random(6), 0, False
while not ended and step < 60:  # once at every step of the way
    step += 1
    _, status = os.waitpid(child(step), 0)
    ended = not os.WIFSIGNALED(status)
    assert not ended or os.WEXITSTATUS(status) == 0, "the run itself fails"
    state(f"step {step}")
for number in range(kills):  # and at any time
    running = child()
    time.sleep(dice.uniform(0, 0.1))
    os.kill(running, signal.SIGKILL)
    os.waitpid(running, 0)
    state(f"time {number}")
os.waitpid(child(10**6), 0)
state("end")
"""


def killed(tmp_path: Path, folder: Path, commands: list[list[str]], kills: int, *modules: str) -> list[dict[str, Any]]:
    """The files of a folder after each time that the commands were killed on their way, and after a run to the end."""
    done = subprocess.run([sys.executable, "-c", KILLED, str(ROOT), json.dumps(commands), str(folder), str(kills), *modules], check=False,
                          cwd=tmp_path / "cwd", env=environment(tmp_path), input=b"", timeout=300, capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_who_is_killed_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    own(tmp_path)
    folder = tmp_path / "cwd/kept"
    folder.mkdir()
    (tmp_path / "cwd/other.yaml").write_text("conditions: [sciatica]\nanswers: {age: 90}\n")
    run = ["--engine", "reference", "--content", "own", "--save", "kept/me.yaml"]
    seen = killed(tmp_path, folder, [["explore", "--answers", f"{name}.yaml", *run] for name in ("good", "other")], 20)
    saved = {text for one in seen for name, text in one["files"].items() if name.endswith("me.yaml")}
    assert len(saved) == 2, "it is one of the two, whole"
    assert len(seen) > 30
    assert max(one["parts"] for one in seen) == 1, "the next writer clears away what one that was killed left"
    assert seen[-1]["parts"] == 0


def test_a_diary_loses_no_day_when_killed(tmp_path: Path) -> None:
    own(tmp_path)
    folder = tmp_path / "cwd/kept"
    folder.mkdir()
    (folder / "d.csv").write_text("date,pain\n" + "".join(f"2025-01-{day:02},3\n" for day in range(1, 32)))
    add = ["diary", "add", "--file", "kept/d.csv", "--content", "own", "--date"]
    seen = killed(tmp_path, folder, [[*add, f"2025-02-{day:02}", "--pain", "4"] for day in range(1, 3)], 8)
    for one in seen:
        rows = one["files"][str(folder / "d.csv")].splitlines()
        assert [row[:10] for row in rows[1:32]] == [f"2025-01-{day:02}" for day in range(1, 32)], one["how"]
        assert all(re.match(r"2025-02-0\d,4", row) for row in rows[32:])
    assert max(one["parts"] for one in seen) <= 1
    assert seen[-1]["parts"] == 0


HEAVY = ("polars", "numpy", "painrules.commands.cohort", "painrules.cohort.streaming", "painrules.validation")


def test_a_table_is_whole_when_killed(tmp_path: Path) -> None:
    own(tmp_path)
    folder = tmp_path / "cwd/kept"
    folder.mkdir()
    (tmp_path / "cwd/p.csv").write_text("conditions,age\n" + "back_pain,40\n" * 50)
    (folder / "o.csv").write_text("old")
    seen = killed(tmp_path, folder, [["cohort", "p.csv", "--output", "kept/o.csv", "--content", "own"]], 3, *HEAVY)
    assert len({one["files"][str(folder / "o.csv")] for one in seen}) == 2
    assert max(one["parts"] for one in seen) == 1
    assert seen[-1]["parts"] == 0


def test_the_cache_is_whole_when_killed(tmp_path: Path) -> None:
    own(tmp_path)
    seen = killed(tmp_path, tmp_path / "cache", [["conditions", "--content", "own"]], 0)
    whole = {text for one in seen for name, text in one["files"].items() if name.endswith(".json")}
    assert len(whole) == 1
    assert len(seen) > 5
    assert max(one["parts"] for one in seen) == 1
    assert seen[-1]["parts"] == 0


def test_the_cache_does_not_grow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "painrules").mkdir(mode=0o700)
    (tmp_path / "painrules/.of_other_content.json.abcdefgh.part").touch()  # of somebody who was killed
    for number in range(12):
        knowledge_from({"knowledge/w.yaml": f"findings: []  # {number}".encode()}, use_cache=True)
    assert len(list((tmp_path / "painrules").iterdir())) == 8


def test_a_part_that_is_still_written_is_left_alone(tmp_path: Path) -> None:
    with replacing(tmp_path / "a") as first:
        first.write_text("first")
        with replacing(tmp_path / "a") as second:
            second.write_text("second")
            assert first.read_text() == "first"
        assert (tmp_path / "a").read_text() == "second"
    assert (tmp_path / "a").read_text() == "first"


STOPPED = """
import json, os, random, runpy, signal, sys, time
root, commands = sys.argv[1], json.loads(sys.argv[2])
sys.path[0] = root
dice = random.Random(3)
with open("empty.py", "w"):
    pass
runpy.run_path("empty.py")  # imports what it needs
os.unlink("empty.py")
for number in range(12):
    arguments = commands[number % len(commands)]
    child = os.fork()
    if not child:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until the program itself is there
        sys.argv = [f"{root}/cli.py", *arguments]
        os.dup2(os.open("printed", os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 1)
        code = 0
        try:
            runpy.run_path(sys.argv[0], run_name="__main__")
        except SystemExit as end:
            code = end.code or 0
        os._exit(code)
    time.sleep(dice.uniform(0, 0.9))
    how = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)[number % 3]
    try:
        os.kill(child, how)
    except ProcessLookupError:
        pass
    _, status = os.waitpid(child, 0)
    print(json.dumps({"how": how, "signal": os.WTERMSIG(status), "code": os.WEXITSTATUS(status), "parts": [n for n in os.listdir(".") if n.endswith(".part")]}))
"""


def test_signals_end_it_without_a_traceback_and_without_a_half_file(tmp_path: Path) -> None:
    own(tmp_path)
    commands = [[*ME, "own", "--save", "me.yaml"], [*ME, "own", "--format", "html", "--output", "me.html"],
                ["diary", "add", "--pain", "3", "--file", "d.csv", "--content", "own"], ["check", "--content", "own"]]  # fmt: skip
    done = subprocess.run([sys.executable, "-c", STOPPED, str(ROOT), json.dumps(commands)], cwd=tmp_path / "cwd", input=b"",
                          env=environment(tmp_path), timeout=300, check=False, capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    seen = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(one["parts"] == [] for one in seen)
    assert {one["code"] for one in seen if not one["signal"]} <= {0, 1, 130, 128 + signal.SIGTERM, 128 + signal.SIGHUP}
    for name in ("me.yaml", "me.html"):
        if (tmp_path / "cwd" / name).exists():
            assert (tmp_path / "cwd" / name).read_text().rstrip().endswith(("</html>", "helped"))


def test_a_signal_while_it_writes_leaves_the_old_file(tmp_path: Path) -> None:
    environment(tmp_path)
    (tmp_path / "cwd/a").write_text("old")
    code = """
import os, signal, sys
from painrules.commands import main
from painrules.private_file import replacing
from pathlib import Path
def write():
    with replacing(Path("a")) as part:
        part.write_text("half")
        os.kill(os.getpid(), int(sys.argv[1]))
        os.write(1, b"went on")
main(write)
"""
    for how in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        done = subprocess.run([sys.executable, "-c", code, str(int(how))], cwd=tmp_path / "cwd", capture_output=True, check=False,
                              env={**environment(tmp_path), "PYTHONPATH": str(ROOT)})  # fmt: skip
        assert (done.returncode, done.stdout, done.stderr) == (128 + how, b"", b"")
        assert {path.name: path.read_text() for path in (tmp_path / "cwd").iterdir()} == {"a": "old"}


def test_a_reader_that_goes_leaves_no_traceback(tmp_path: Path) -> None:
    own(tmp_path)
    for arguments in ([*ME, "own", "--all"], [*ME, "own", "--format", "html"]):
        reading, writing = os.pipe()
        os.close(reading)
        done = painrules(tmp_path, *arguments, stdout=writing)
        os.close(writing)
        assert done.stderr == b""


def test_the_program_loads_its_own_words_only_for_others(tmp_path: Path) -> None:
    assert load_knowledge(ROOT).borrowed_words == ()
    for name, content in (("knowledge", WORLD), ("rules", {"rules": []})):
        (tmp_path / name).mkdir()
        (tmp_path / name / "all.yaml").write_text(json.dumps(content))
    assert load_knowledge(tmp_path).wording == load_knowledge(ROOT).wording
