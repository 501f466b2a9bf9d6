"""Privacy and safety: nothing leaves the computer, nothing is kept unasked, and no text can do harm."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import resource
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pexpect
import pytest
import typer.main
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.console import Console

from painrules.answers import Answers
from painrules.commands import app
from painrules.commands.app import SheetFormat
from painrules.comparing import compare_treatments
from painrules.knowledge import KnowledgeBase
from painrules.loading import knowledge_from, load_knowledge
from painrules.quiz.picking import Pool, pick
from painrules.quiz.questions import KINDS, MadeUp
from painrules.reading import ContentError, read_bytes, read_file, visible
from painrules.sheet import explore
from painrules.surfaces import article, html, markdown
from painrules.surfaces.blocks import Block, with_words_explained
from painrules.surfaces.case_page import case_list, case_page
from painrules.surfaces.comparison import comparison_page
from painrules.surfaces.quiz_page import quiz_page
from painrules.surfaces.quiz_words import Written, written
from painrules.surfaces.rule_sentence import rule_page
from painrules.surfaces.sheet_page import page as sheet_page
from painrules.surfaces.take_along import take_along
from painrules.surfaces.terminal import Plain, Rich
from painrules.surfaces.trace_page import trace_page
from painrules.surfaces.what_if_page import what_if_page
from painrules.teaching import Point, TeachingCase
from painrules.trace import trace
from painrules.what_if import what_if
from tests.conftest import ROOT
from tests.test_commands import COMMANDS, SAMPLE
from tests.world import WORLD, hold, person

ATTACK = "\x1b]52;c;aGk=\x07\x1b[31m\u202e\u200b\u2066\x9b31m\x7f\ufeff"
"""Writes to the clipboard, rings, colours, turns text round, hides, and does so again with C1 codes."""
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]")  # fmt: skip
CANARY = "87.25"
ANSWERS = SAMPLE.read_text().replace("age: 67", f"age: {CANARY}")
FOLDERS = {"HOME": "home", "TMPDIR": "tmp", "XDG_CACHE_HOME": "cache", "XDG_CONFIG_HOME": "config",
           "XDG_DATA_HOME": "data", "XDG_STATE_HOME": "state", "XDG_RUNTIME_DIR": "runtime"}  # fmt: skip

WATCH = """
import os, sys
TREE, STARTS = os.environ["WATCHED_TREE"], ("os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "subprocess.")
def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[0], (str, bytes)) and arguments[2] & os.O_ACCMODE != os.O_RDONLY
    path = os.path.abspath(os.fsdecode(arguments[0])) if writes else ""
    if event == "subprocess.Popen" and os.path.basename(arguments[0]) in ("ldconfig", "gcc", "ld"):
        return  # how Python finds the libraries that draw a PDF
    if event.startswith(("socket.", *STARTS)) or (writes and not path.startswith(TREE) and path != os.devnull):
        os.write(2, f"FORBIDDEN: {event} {arguments}".encode())
        os._exit(99)
sys.addaudithook(watch)
"""
"""A sitecustomize module: whoever makes a socket, starts a program or writes elsewhere dies, even if it were caught."""

EVERY = """
import gc, json, os, runpy, sys
os._exit = sys.exit  # with which a run of the program ends
root, commands = sys.argv[1:]
sys.path[0] = root
for arguments in json.loads(commands):
    sys.argv = [f"{root}/cli.py", *arguments]
    print("\\n$ painrules", *map(ascii, arguments), flush=True)
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        print("\\nexit code", end.code or 0, flush=True)
    gc.collect()
"""
"""Runs the command line once for each list of arguments, as if it had been started anew."""


def environment(folder: Path, *, watched: bool = False) -> dict[str, str]:
    """Every folder that programs write to is an empty one of our own."""
    for name in ("cwd", *FOLDERS.values()):
        (folder / name).mkdir(exist_ok=True)
    own = {name: str(folder / where) for name, where in FOLDERS.items()}
    more = {"PATH": os.environ["PATH"], "COLUMNS": "80", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}
    if watched:
        (folder / "watch").mkdir(exist_ok=True)
        (folder / "watch/sitecustomize.py").write_text(WATCH)
        more |= {"PYTHONPATH": str(folder / "watch"), "WATCHED_TREE": str(folder)}
    return {**own, **more}


def cli(folder: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    env = {**environment(folder), "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}  # of all tests, which saves time
    return subprocess.run(
        [sys.executable, str(ROOT / "cli.py"), *arguments], cwd=folder / "cwd", env=env, timeout=60,
        check=False, capture_output=True, encoding="utf-8", errors="replace", **{"stdin": subprocess.DEVNULL, **more},
    )  # fmt: skip


def every(folder: Path, commands: list[list[str]], *before: str, watched: bool = False) -> tuple[bytes, bytes]:
    """What all these commands print on standard output and standard error."""
    driver = [*before, sys.executable, "-c", EVERY, str(ROOT), json.dumps(commands)]
    done = subprocess.run(driver, cwd=folder / "cwd", env=environment(folder, watched=watched), input=b"", timeout=300,
                          check=False, capture_output=True)  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done.stdout, done.stderr


def without_network() -> list[str]:
    """What runs a command in a network namespace without interfaces. It must be there: a skipped test proves nothing."""
    for isolated in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        if (
            shutil.which("unshare")
            and subprocess.run([*isolated, "true"], capture_output=True, check=False).returncode == 0
        ):
            return isolated
    pytest.fail("No network namespace can be made here (unshare --net): that nothing uses the network stays unproved.")


SERVERS = {"serve"}
"""It listens; that it asks nothing of any other place and writes nothing is tested in tests/web."""


def examples() -> dict[str, list[str]]:
    """The example that each registered command has in its help: a new command is tested without being named here."""
    group: Any = typer.main.get_command(app)
    found = {name: re.search(r"Example: painrules (.*)", command.help) for name, command in group.commands.items()}
    return {name: shlex.split(line[1]) for name, line in found.items() if line and name not in SERVERS}


def all_commands() -> list[list[str]]:
    group: Any = typer.main.get_command(app)
    assert set(examples()) | SERVERS == set(group.commands) == set(COMMANDS)
    me = ["explore", "--answers", "answers.yaml"]
    return [
        *examples().values(), *([*me, "--format", format_] for format_ in get_args(SheetFormat)),
        [*me, "--all", "--language", "es"], [*me, "--engine", "reference", "--format", "html", "--output", "page.html"],
        [*me, "--save", "kept.yaml"],
    ]  # fmt: skip


def files_in(folder: Path) -> dict[str, int]:
    """Every file below a folder, with its mode."""
    return {path.relative_to(folder).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in folder.rglob("*")
            if path.is_file() and not path.relative_to(folder).as_posix().startswith(("my_folder", "fontconfig"))}  # fmt: skip


def given_files(folder: Path) -> None:
    environment(folder)
    (folder / "cwd/answers.yaml").write_text(ANSWERS)
    (folder / "cwd/people.csv").write_text("conditions,age\nlow_back_pain_chronic,87.25\ngout,40\n")
    (folder / "cwd/my_folder").symlink_to(ROOT)


# --- nothing leaves, nothing is kept -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_every_command_works_without_a_network_and_leaves_only_the_cache(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outer", tmp_path / "inner"  # names of one length: the diary says where it is
    for folder in (outside, inside):
        folder.mkdir()
        given_files(folder)
    commands = all_commands()
    found = every(inside, commands, *without_network(), watched=True)
    printed, errors = found
    assert (printed.replace(b"/inner/", b"/outer/"), errors) == every(outside, commands)
    assert printed.count(b"\nexit code 0\n") == len(commands), printed.decode(errors="replace")
    assert errors == b""

    given = {"answers.yaml": 0o644, "people.csv": 0o644}
    asked_for = dict.fromkeys(("page.html", "kept.yaml", "people.parquet", "statuses.csv"), 0o600)
    assert files_in(inside / "cwd") == {**given, **asked_for}
    (cached,) = files_in(inside / "cache").items()
    assert re.fullmatch(r"painrules/[\w.-]+\.json", cached[0])
    assert cached[1] == 0o600
    assert stat.S_IMODE((inside / "cache/painrules").stat().st_mode) == 0o700
    assert CANARY in (inside / "cwd/kept.yaml").read_text(), "the canary sings where it was asked to"
    assert CANARY not in (inside / "cache" / cached[0]).read_text()
    kept = {"cache": {cached[0]: 0o600}, "data": {"painrules/diary.csv": 0o600}}
    assert {name: files_in(inside / name) for name in FOLDERS.values() if files_in(inside / name)} == kept


@pytest.mark.parametrize("deed", ["import socket; socket.socket()", "import subprocess; subprocess.run(['true'])",
                                  "open('/var/tmp/x', 'w')", "import os; os.open('/var/tmp/x', os.O_CREAT | os.O_RDWR)",
                                  "import socket; socket.getaddrinfo('localhost', 80)"])  # fmt: skip
def test_the_watch_sees_what_is_forbidden(tmp_path: Path, deed: str) -> None:
    caught = f"try:\n {deed.replace('; ', chr(10) + ' ')}\nexcept BaseException:\n pass"
    done = subprocess.run(
        [sys.executable, "-c", caught], env=environment(tmp_path, watched=True), capture_output=True, check=False
    )
    assert done.returncode == 99
    assert b"FORBIDDEN" in done.stderr


def test_there_is_no_network_in_the_namespace() -> None:
    names = subprocess.run(
        [*without_network(), "cat", "/proc/net/dev"], capture_output=True, text=True, check=True
    ).stdout
    assert re.findall(r"(\w+):", names) == ["lo"]


Terminal = Callable[..., pexpect.spawn]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened: list[pexpect.spawn] = []

    def start(*arguments: str, before: tuple[str, ...] = (), **more: str) -> pexpect.spawn:
        command = [*before, sys.executable, str(ROOT / "cli.py"), "explore", *arguments]
        env = {**environment(tmp_path, watched=bool(before)), "TERM": "dumb", **more}
        child = pexpect.spawn(command[0], command[1:], cwd=tmp_path / "cwd", env=env, timeout=20, echo=False, dimensions=(24, 80))  # fmt: skip
        child.logfile_read = io.BytesIO()
        opened.append(child)
        return child

    yield start
    for child in opened:
        child.close(force=True)


def seen(child: pexpect.spawn) -> str:
    child.expect(pexpect.EOF)
    child.close()
    return child.logfile_read.getvalue().decode()


def choose_pain(child: pexpect.spawn) -> None:
    for prompt, reply in (("number.* > ", "1"), ("to go back.* > ", "1"), ("to go on.* > ", "")):
        child.expect(prompt)
        child.sendline(reply)
    child.expect(r"\] > ")


@pytest.mark.slow
def test_an_interview_leaves_nothing(terminal: Terminal, tmp_path: Path) -> None:
    child = terminal(before=tuple(without_network()))
    choose_pain(child)
    child.sendline("0")
    child.expect(r"\] > ")
    child.sendline("d")
    child.expect("What would you like to do next")
    child.sendline("")
    assert "Nothing was saved" in seen(child)
    assert child.exitstatus == 0
    left = [path for path in tmp_path.rglob("*") if path.is_file() and "watch" not in path.parts]
    assert [path.parent for path in left] == [tmp_path / "cache/painrules"]


# --- the cache ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "way", ["none", "folder is a link", "file is a link", "folder open", "file open", "file of another"]
)
def test_a_cache_that_others_could_have_written_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    own = tmp_path / "own"
    for name, content in (("knowledge", WORLD), ("rules", {"rules": [hold("r", {"ill": "yes"})]})):
        (own / name).mkdir(parents=True)
        (own / name / "all.yaml").write_text(json.dumps(content))
    load_knowledge(own)
    folder = tmp_path / "cache/painrules"
    (file,) = folder.iterdir()
    body = file.read_bytes().partition(b"\n")[2].replace(b"It may harm.", b"Take plenty.")
    planted = hashlib.sha256(body + b"\n").hexdigest().encode() + b"\n" + body
    file.write_bytes(planted)
    if way == "folder is a link":
        folder.rename(tmp_path / "elsewhere")
        folder.symlink_to(tmp_path / "elsewhere")
    elif way == "file is a link":
        file.rename(tmp_path / "planted")
        file.symlink_to(tmp_path / "planted")
    elif way == "folder open":
        folder.chmod(0o777)
    elif way == "file open":
        file.chmod(0o666)
    elif way == "file of another":
        if os.geteuid() != 0:
            pytest.skip("only root can give a file away")
        os.chown(file, 12345, 12345)
    read = load_knowledge(own).rules["r"].entry.because
    assert read == ("Take plenty." if way == "none" else "It may harm."), "without an obstacle the trick would work"
    if way.startswith("folder"):
        assert file.read_bytes() == planted, "nothing is written there either"
    if way == "file is a link":
        assert (tmp_path / "planted").read_bytes() == planted, "the link itself is replaced"


# --- files that the person asks for ------------------------------------------------------------------------------------


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_private_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    environment(tmp_path)
    where = ("--save", "../cwd/me.yaml", "--output", "../cwd/page.md", "--format", "markdown")
    assert cli(tmp_path, "explore", "--answers", str(SAMPLE), *where, umask=umask).returncode == 0
    assert files_in(tmp_path / "cwd") == {"me.yaml": 0o600, "page.md": 0o600}


@pytest.mark.parametrize(("option", "format_"), [("--save", "json"), ("--output", "html")])
def test_links_and_pipes_are_refused_and_left_alone(tmp_path: Path, option: str, format_: str) -> None:
    environment(tmp_path)
    target, link = tmp_path / "cwd/target", tmp_path / "cwd/link"
    target.write_text("old")
    link.symlink_to(target)
    os.mkfifo(tmp_path / "cwd/pipe")
    for name, why in (("link", "it is a link"), ("pipe", "it is no ordinary file")):
        done = cli(tmp_path, "explore", "--answers", str(SAMPLE), option, name, "--format", format_)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"{name} cannot be written: {why}")
    assert target.read_text() == "old"
    assert link.is_symlink()
    assert sorted(path.name for path in (tmp_path / "cwd").iterdir()) == ["link", "pipe", "target"]


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    environment(tmp_path)
    (tmp_path / "cwd/page").write_text("old")
    done = cli(tmp_path, "explore", "--answers", str(SAMPLE), "--output", "page", "--format", "html",
               preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)))  # fmt: skip
    assert (done.returncode, done.stderr) == (2, "page cannot be written: File too large.\n")
    assert files_in(tmp_path / "cwd").keys() == {"page"}
    assert (tmp_path / "cwd/page").read_text() == "old"


# --- hostile characters ------------------------------------------------------------------------------------------------


def assert_harmless(printed: str) -> None:
    assert not (found := HARMFUL.search(printed)), printed[max(0, found.start() - 100) : found.end() + 100]


def hostile_content(folder: Path, attack: str) -> None:
    for name, content in spoiled_files(attack).items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_bytes(content)


def test_nothing_raw_from_arguments_answers_or_content(tmp_path: Path) -> None:
    environment(tmp_path)
    bad = f"x{ATTACK}\nFAKE: all is well"
    hostile_content(tmp_path / "cwd" / bad, ATTACK)
    (tmp_path / f"cwd/{bad}.yaml").write_text(json.dumps({
        "conditions": [bad], bad: 1, "answers": {bad: bad, "age": bad, "sleep_apnoea": bad, "medicines_taken": [bad]},
        "tried": {bad: bad, "oral_nsaids": bad}, "preferences": [bad],
    }))  # fmt: skip
    (tmp_path / "cwd/good.yaml").write_text(
        "conditions: [back_pain]\nanswers: {ill: yes, sign: yes, age: 5}\ntried: {gel: helped}"
    )
    (tmp_path / f"cwd/broken{bad}.yaml").write_text(f"a: [{ATTACK}")
    me = ["explore", "--answers", str(SAMPLE)]
    wrong = [
        [bad], ["explore", f"--{bad}"], ["check", bad], [*me, "--engine", bad], [*me, "--format", bad], [*me, "--language", bad],
        [*me, "--language", "../../x"], [*me, "--what-if", bad], [*me, "--what-if", f"age={bad}"], [*me, "--what-if", f"{bad}=1"],
        ["about", bad], ["words", bad], ["visit", bad], ["evidence", bad], ["compare", bad, bad],
        ["evidence", "acupuncture", "--condition", bad], ["modalities", "--category", bad], ["conditions", "--content", f"no{bad}"],
        ["explore", "--answers", f"no{bad}"], ["explore", "--answers", f"{bad}.yaml"], ["explore", "--answers", f"broken{bad}.yaml"],
        [*me, "--output", f"no{bad}/x"], [*me, "--save", f"no{bad}/x"],
    ]  # fmt: skip
    own = ["--content", bad]
    right = [
        [*line, *own, *how] for how in ([], ["--plain"], ["--format", "json"])
        for line in (["conditions"], ["conditions", bad], ["modalities"], ["about", "sciatica"], ["about", "tablets"], ["visit"],
                     ["evidence", "tablets"], ["sources"], ["words"], ["compare", "tablets", "gel"],
                     ["explore", "--answers", "good.yaml"], ["explore", "--answers", "good.yaml", "--what-if", "ill=no"])
    ] + [["explore", "--answers", "good.yaml", "--format", format_, *own] for format_ in ("markdown", "html")]  # fmt: skip
    printed, errors = (stream.decode() for stream in every(tmp_path, [*wrong, *right, ["check", *own]]))
    codes = list(map(int, re.findall(r"^exit code (\d+)$", printed, re.MULTILINE)))
    assert codes == [2] * len(wrong) + [0] * len(right) + [1]
    assert_harmless(printed)
    assert_harmless(errors)
    assert max(map(len, errors.splitlines())) < 1000
    from_files = [line for line in errors.splitlines() if line.startswith(("FAKE", "x\N{REPLACEMENT CHARACTER}"))]
    assert not [line for line in from_files if line.startswith("FAKE")], "a file name cannot look like a message"
    assert len(from_files) >= 8


def test_json_keeps_what_it_shows_harmlessly(tmp_path: Path) -> None:
    environment(tmp_path)
    hostile_content(tmp_path / "cwd/own", ATTACK)
    done = cli(tmp_path, "conditions", "--content", "own", "--format", "json")
    assert_harmless(done.stdout)
    assert json.loads(done.stdout)[0]["name"] == f"Back pain {ATTACK}"


@pytest.mark.slow
def test_nothing_raw_in_an_interview(terminal: Terminal, tmp_path: Path) -> None:
    environment(tmp_path)
    hostile_content(tmp_path / "cwd/own", ATTACK)
    # C1 codes and what is no UTF-8 at all cannot be read by every terminal, but they can be typed or pasted into one.
    child = terminal("--content", "own", PYTHONIOENCODING="utf-8:strict")
    choose_pain(child)
    for reply in (b"\x1b]52;c;aGk=\x07", ATTACK.encode(), b"\xff\xfe", b"0001" + b"9" * 3000, b"h", b"1"):
        child.sendline(reply)
        child.expect(r"\] > ")
    child.sendline("q")
    for name in ("~nobody-of-this-name/x", f"no{ATTACK}/x", f"mine{ATTACK}.yaml"):
        child.expect("To keep your answers.*> ")
        child.sendline(name.encode())
    assert_harmless(seen(child).replace("\r\n", "\n"))
    assert child.exitstatus == 0
    assert [path.name for path in (tmp_path / "cwd").glob("mine*")] == [f"mine{ATTACK}.yaml".replace("m\x7f", "")], (
        "it is the person's own wish"
    )


# --- every text on every surface ---------------------------------------------------------------------------------------

MORE: dict[str, list[dict[str, Any]]] = {
    "explanations": [{"about": about, "aspect": "what_it_is", "text": "It is.", "sources": ["s-for"]}
                     for about in ("tablets", "gel", "walking", "back_pain", "sciatica")],
    "words": [{"id": "gel", "word": "gel", "also": ["gels"], "means": "soft", "sources": ["s-other"]}],
    "chapters": [{"id": "before", "title": "Before"}],
    "visit": [{"id": "v", "chapter": "before", "text": "Bring it.", "sources": ["s-for"], "country": "Spain"}],
    "recommendations": [*WORLD["recommendations"],
                        {"condition": "back_pain", "modality": "tablets", "source": "s-other", "direction": "against", "limits": "Some."}],
    "disagreements": [{"condition": "back_pain", "modality": "tablets", "why": "They differ.", "sources": ["s-for"]}],
    "frequencies": [{"condition": "back_pain", "modality": "tablets", "outcome": "less pain", "kind": "benefit", "with_treatment": 50,
                     "without": 40, "compared_with": "nothing", "period": "a week", "who": "adults", "source": "s-for", "caution": "Few."}],
    "wording": read_file(ROOT / "knowledge/wording.yaml", "wording.yaml").data["wording"],
}  # fmt: skip
RULES = [hold("r", {"ill": "yes"}, because="It may harm.", ask="Is it safe?"),
         {"id": "u", "when": {"sign": "yes"}, "then": "urgent", "level": "emergency", "because": "A sign.", "action": "Call.",
          "ask_if": ["any"], "sources": ["s-for"]}]  # fmt: skip
TEXTS = {"name", "say", "ask", "title", "body", "unit", "text", "intro", "help", "because", "action", "why", "limits", "means",
         "outcome", "compared_with", "period", "who", "caution", "country", "also_called", "doi", "url"}  # fmt: skip


def spoiled(value: Any, attack: str, field: str = "") -> Any:
    """The same with an attack behind every text that people read."""
    if isinstance(value, list):
        return [spoiled(inner, attack, field) for inner in value]
    if isinstance(value, dict):
        more = (
            {"also_called": ["Also"]}
            if "class" in value or "parent" in value
            else {"url": "x.org"}
            if "body" in value
            else {}
        )
        return {key: spoiled(inner, attack, key) for key, inner in {**more, **value}.items()}
    return f"{value} {attack}" if field in TEXTS and isinstance(value, str) else value


def spoiled_files(attack: str) -> dict[str, bytes]:
    sections = spoiled({**WORLD, **{name: MORE[name] for name in MORE if name != "wording"}}, attack)
    sections["wording"] = spoiled(MORE["wording"], attack.replace("{", "(").replace("}", ")"))  # {braces} are filled in
    rules = {"rules": spoiled(RULES, attack)}
    return {"knowledge/w.yaml": json.dumps(sections).encode(), "rules/r.yaml": json.dumps(rules).encode()}


def pages(attack: str) -> Iterator[list[Block]]:
    """Every page there is, from a knowledge base in which every text is an attack."""
    knowledge = knowledge_from(spoiled_files(attack))
    answers = person(knowledge, answers={"ill": "yes", "sign": "yes", "age": 5, "colour": "red", "kidneys": "unsure"},
                     tried={"gel": "helped"}, preferences=["avoid_needles"])  # fmt: skip
    sheet = explore(knowledge, answers, "reference")
    well = person(knowledge, answers={"ill": "no"})
    case = TeachingCase(f"id {attack}", f"A title {attack}", f"A story {attack}", (f"A goal {attack}",),
                        (Point(f"Why? {attack}", (f"So {attack}",)),), answers, None, (), Path("case.yaml"))  # fmt: skip
    found: list[Any] = [
        sheet_page(knowledge, sheet), sheet_page(knowledge, sheet, everything=True), take_along(knowledge, answers, sheet),
        what_if_page(knowledge, what_if(knowledge, answers, well, "reference")), article.about_condition(knowledge, "sciatica"),
        comparison_page(knowledge, compare_treatments(knowledge, ["tablets", "gel"], answers, "reference")),
        quiz_page(knowledge, quiz_of(knowledge, answers, attack), answers=True),
        case_page(knowledge, case, sheet, answers=True), case_list(knowledge, [case]),
        trace_page(knowledge, f"name {attack}", trace(knowledge, answers, "reference"), all_rules=True),
        rule_page(knowledge, knowledge.rules["r"]),
        article.about_modality(knowledge, "tablets"), article.visit_guide(knowledge, knowledge.chapters), article.word_list(knowledge, ["gel"]),
    ]  # fmt: skip
    for blocks in found:
        yield list(with_words_explained(knowledge, blocks))


def quiz_of(knowledge: KnowledgeBase, answers: Answers, attack: str) -> list[Written]:
    """Questions of every kind whose choices do not depend on texts."""
    kinds = tuple(kind for kind in KINDS if kind != "why")
    pool = Pool(knowledge, [MadeUp("x", attack, attack, answers)], kinds)
    return [written(knowledge, posed) for posed in pick(pool, 12, seed=1)]


class Structure(HTMLParser):
    """Every tag of a page with its attributes, and nothing of its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        self.found.append(tag)

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_pi(self, data: str) -> None:
        self.found.append("instruction")


def markdown_structure(page: str) -> list[str]:
    """Every block of a page, and what stands inside lines but words."""
    inside = {"text", "text_special", "softbreak"}
    return [token.type for block in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(page)
            for token in (block, *(block.children or ())) if token.type not in inside]  # fmt: skip


PIECES = ["<script>alert(1)</script>", "<img src=x onerror=y>", "-->", "<!--", "]]>", "&lt;", "&#x1b;", "'\"", "</p></li></section>",
          "![x](y)", "[x](y)", "[x]: y", "<a@b.c>", "http://x.y", "www.x.y", "a@b.c", "**", "__", "`", "~~~", "```\n", "\n\n# x\n\n",
          "\n- x", "\n    x", "| a |\n| - |", "\n---\n", "\n===\n", "1. ", "> ", "\\", "$x$", "{x}", "\t", "\r\n", " ", ATTACK]  # fmt: skip
attacks = st.lists(st.sampled_from(PIECES) | st.characters(max_codepoint=0xFFFF), max_size=12).map("".join)


@settings(max_examples=max(1, settings.default.max_examples // 6))
@given(attacks)
@example("".join(PIECES))
@example("x" * 4_000)
@example("gel\u017f \u212a")  # look-alikes of an explained word
@example("\ud800")
@example("\x1f")
def test_no_text_is_more_than_text(attack: str) -> None:
    if any("\ud800" <= character <= "\udfff" for character in attack):
        with pytest.raises(ContentError, match="is not YAML here"):  # half a character: no file can hold it
            list(pages(attack))
        return
    # What is white space to Python and yet shown as a sign, such as \x1f, is either in either text.
    odd = {character for character in attack if character.isspace() and visible(character) != character}
    harmless = "".join(c if c in odd else "x" if c.strip() else " " for c in attack)
    for hostile, plain in zip(pages(attack), pages(harmless), strict=True):
        page, other = (html.document(blocks, language="en", skip_link=attack) for blocks in (hostile, plain))
        assert_harmless(page)
        assert Structure(page).found == Structure(other).found
        page, other = (markdown.document(blocks) for blocks in (hostile, plain))
        assert_harmless(page)
        assert markdown_structure(page) == markdown_structure(other)
        assert not re.search(r"\w://|www\.|\w@\w", page), "no program makes a link of it either"
        with contextlib.redirect_stdout(io.StringIO()) as printed:
            Plain().page(hostile)
        Rich(Console(file=printed, width=80)).page(hostile)
        assert_harmless(printed.getvalue())


keys = st.lists(
    st.sampled_from(["answers", "tried", "age", "gel", ATTACK, "x" * 5000]) | st.characters(max_codepoint=0xFFFF),
    max_size=5,
).map("".join)


@given(st.recursive(keys, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3)))
def test_no_problem_of_an_answers_file_is_more_than_a_line(data: Any) -> None:
    knowledge = tiny()
    for raw in (json.dumps(data).encode(), json.dumps({"conditions": data, "answers": data, "tried": data}).encode()):
        try:
            read_bytes(raw, f"name\n{ATTACK}")
            person(knowledge, **(data if isinstance(data, dict) else {"answers": data}))
        except ContentError as error:
            for problem in error.problems:
                assert_harmless(str(problem))
                assert "\n" not in str(problem)
                assert len(str(problem)) < 1000
        except TypeError:
            pass  # a key that is no keyword


def tiny(found: list[KnowledgeBase] = []) -> KnowledgeBase:  # noqa: B006  # made once
    if not found:
        found.append(knowledge_from(spoiled_files("")))
    return found[0]


@given(st.text(st.characters(), max_size=30))
def test_visible_is_harmless_and_stays_as_long(text: str) -> None:
    assert_harmless(visible(text))
    assert len(visible(text)) == len(text)
    assert visible("\U000e0041\ud800\u00ad") == "\N{REPLACEMENT CHARACTER}" * 3
    assert visible("né नमस्ते क्‍ष می‌خواهم 👩‍⚕️\tx\n") == "né नमस्ते क्‍ष می‌خواهم 👩‍⚕️\tx\n", "what languages need stays"


# --- paths -------------------------------------------------------------------------------------------------------------


def plant(where: Path, outside: Path) -> dict[str, Callable[[], object]]:
    outside.write_text("secret: SECRET")
    return {
        "pipe": lambda: os.mkfifo(where),
        "link out": lambda: where.symlink_to(outside),
        "link to itself": lambda: where.symlink_to(where),
        "device": lambda: where.symlink_to("/dev/zero"),
        "folder": where.mkdir,
    }


@pytest.mark.parametrize("what", ["pipe", "link out", "link to itself", "device", "folder"])
def test_content_is_plain_files_of_its_folder(tmp_path: Path, what: str) -> None:
    environment(tmp_path)
    own = tmp_path / "cwd/own"
    hostile_content(own, "")
    (own / "knowledge/languages/xx").mkdir(parents=True)
    for where, more in ((own / "rules/x.yaml", ()), (own / "knowledge/languages/xx/x.po", ("--language", "xx"))):
        plant(where, tmp_path / "outside")[what]()
        done = cli(tmp_path, "compare", "tablets", "gel", "--content", "own", *more)
        assert (done.returncode, done.stdout) == (2, "")
        assert "is not a plain file inside the content folder" in done.stderr
        assert "SECRET" not in done.stderr
        where.rmdir() if what == "folder" else where.unlink()


def test_huge_content_is_refused(tmp_path: Path) -> None:
    environment(tmp_path)
    hostile_content(tmp_path / "cwd/own", "")
    for number in range(12):
        with (tmp_path / f"cwd/own/rules/{number}.yaml").open("wb") as stream:
            stream.truncate(1_000_000_000)
    limit = 600_000_000
    done = cli(
        tmp_path,
        "sources",
        "--content",
        "own",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (limit, limit)),
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds more than 50,000,000 bytes of YAML" in done.stderr


def test_answers_from_pipes_and_devices(tmp_path: Path) -> None:
    environment(tmp_path)
    done = cli(tmp_path, "explore", "--answers", "/dev/zero")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is larger than 5,000,000 bytes" in done.stderr
    with SAMPLE.open() as stream:
        assert cli(tmp_path, "explore", "--answers", "/dev/stdin", stdin=stream).returncode == 0
    many = "conditions: [gout]\nanswers:\n" + "".join(f"  kidney_diseasf{number}: 1\n" for number in range(20_000))
    (tmp_path / "cwd/many.yaml").write_text(many)
    done = cli(tmp_path, "explore", "--answers", "many.yaml")
    assert done.returncode == 2
    assert done.stderr.count("\n") < 300
