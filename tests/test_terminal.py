"""The real program at a real (pseudo) terminal."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from painrules.knowledge import KnowledgeBase
from tests.conftest import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., pexpect.spawn]]:
    opened: list[pexpect.spawn] = []

    def start(*arguments: str, **environment: str) -> pexpect.spawn:
        env = {**os.environ, "COLUMNS": "80", "LINES": "24", "TERM": "xterm", **environment}
        child = pexpect.spawn(
            sys.executable, [str(ROOT / "cli.py"), "explore", "--plain", *arguments], cwd=tmp_path, env=env,
            encoding="utf-8", timeout=60, dimensions=(24, 80),
        )  # fmt: skip
        opened.append(child)
        return child

    yield start
    for child in opened:
        child.close(force=True)


def choose_migraine(child: pexpect.spawn, knowledge: KnowledgeBase) -> None:
    roots = [c.id for c in knowledge.conditions.values() if c.parent is None]
    child.expect("Where or what is your pain")
    child.expect("such as knee > ")
    child.sendline(str(roots.index("headache") + 1))
    child.expect("b to go back > ")
    child.sendline("1")
    child.expect("Chosen: ")
    child.expect("Enter to go on > ")
    child.sendline("")


def answer_all(child: pexpect.spawn, reply: str = "u", most: int = 120) -> int:
    """Give one reply to every question; returns how many there were."""
    for count in range(most):
        if child.expect([r"\] > ", "Options to discuss with a pain specialist"]) == 1:
            return count
        child.sendline(reply)
    raise AssertionError("the interview does not end")


def test_a_whole_interview_saved_and_resumed(
    terminal: Callable[..., pexpect.spawn], knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    child = terminal()
    choose_migraine(child, knowledge)
    assert answer_all(child) > 5
    child.expect("What would you like to do next")
    child.expect(r"(\d)  Keep my answers")
    child.sendline(child.match.group(1))
    child.expect("To keep your answers")
    child.sendline("mine.yaml")
    child.expect("only you can read it")
    child.expect("What would you like to do next")
    child.sendline("")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    file = tmp_path / "mine.yaml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    resumed = terminal("--resume", "mine.yaml")
    assert answer_all(resumed) == 0, "what was answered with 'not sure' is not asked again"


def test_quit_in_the_middle_and_go_on(
    terminal: Callable[..., pexpect.spawn], knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    child = terminal("--save", "half.yaml")
    choose_migraine(child, knowledge)
    for _ in range(3):
        child.expect(r"\] > ")
        child.sendline("0")
    child.expect(r"\] > ")
    child.sendline("q")
    child.expect("Saved in half.yaml")
    child.expect(pexpect.EOF)
    whole = terminal()
    choose_migraine(whole, knowledge)
    full = answer_all(whole)
    rest = terminal("--resume", "half.yaml")
    assert 0 < answer_all(rest) < full


def test_back_asks_the_same_again(terminal: Callable[..., pexpect.spawn], knowledge: KnowledgeBase) -> None:
    child = terminal()
    choose_migraine(child, knowledge)
    child.expect(r"true for you\?\r\n(.*?)\r\n.*\] > ")
    first = child.match.group(1)
    child.sendline("0")
    child.expect(r"\] > ")
    child.sendline("b")
    child.expect(r"true for you\?\r\n(.*?)\r\n.*\] > ")
    assert child.match.group(1) == first


@pytest.mark.parametrize("after", [0, 1, 2, 4])
def test_ctrl_c_loses_nothing_in_silence(
    terminal: Callable[..., pexpect.spawn], knowledge: KnowledgeBase, tmp_path: Path, after: int
) -> None:
    child = terminal()
    if after:
        choose_migraine(child, knowledge)
        for _ in range(after - 1):
            child.expect(r"\] > ")
            child.sendline("s")
        child.expect(r"\] > ")
    else:
        child.expect("such as knee > ")
    child.sendintr()
    if after:
        child.expect("To keep your answers")
        child.sendline("")
        child.expect("Nothing was saved")
    child.expect(pexpect.EOF)
    child.close()
    assert "Traceback" not in (child.before or "")
    assert child.exitstatus == 0
    assert list(tmp_path.iterdir()) == []


def test_a_dumb_terminal_gets_plain_lines(terminal: Callable[..., pexpect.spawn]) -> None:
    child = terminal("--answers", str(ROOT / "samples/back_pain_and_kidneys.yaml"), TERM="dumb")
    child.expect(pexpect.EOF)
    assert "\x1b" not in (child.before or "")
    assert "Options to discuss with a pain specialist" in (child.before or "")
