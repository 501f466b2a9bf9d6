"""The interview by arrow keys: the real program at a pseudo terminal, read from its screen."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.screens import KEYS, Screen

pytestmark = pytest.mark.slow

Start = Callable[..., Screen]
STOP = "> Stop here Show my page now Go on with the questions"
AGAIN, NEXT = "Press Enter to go on.", "What would you like to do next?"


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    opened: list[Screen] = []

    def begin(*arguments: str, **more: object) -> Screen:
        screen = Screen("explore", *arguments, cwd=tmp_path, HOME=str(tmp_path), **more)  # type: ignore[arg-type]
        opened.append(screen)
        return screen

    yield begin
    for screen in opened:
        screen.child.close(force=True)


def read_on(screen: Screen) -> None:
    """Past what is said before the first question."""
    screen.wait(AGAIN)
    screen.press("enter")
    screen.wait(gone=AGAIN)


def choose_migraine(screen: Screen) -> None:
    read_on(screen)
    while screen.wait_for_one(AGAIN, "Arrows:") == AGAIN:  # on a small screen there is more than one page
        read_on(screen)
    screen.wait("Where or what is your pain?", "Arrows:")
    screen.press("migraine on")
    screen.wait("Type to find: migraine on_", "> [ ] Migraine on fewer than 15 days a month")
    screen.press("enter")
    screen.wait("[yes] Migraine on fewer", "Go on with: Migraine on fewer than 15 days a month")
    screen.press("tab", "enter")
    screen.wait("Question 2 of at most", "Tab: go on")


def answer(screen: Screen, number: int) -> bool:
    """Answer a question in the way that its kind asks for, and wait for the next; False after the last."""
    shown = screen.text()
    if "Your answer (" in shown:
        keys = ["3", "enter"]
    elif "[   ]" in shown:
        keys = ["tab", "enter"] if number % 3 else ["space", "tab", "enter"]
    else:
        keys = ["down", "enter"]
    screen.press(*keys)
    return went_on(screen, number)


def went_on(screen: Screen, number: int) -> bool:
    """Wait for the question after this one; False if it was the last."""
    following = f"Question {number + 1} of at most"
    while (seen := screen.wait_for_one(following, AGAIN, STOP, NEXT)) in (AGAIN, STOP):
        screen.press("enter") if seen == AGAIN else screen.press("down", "down", "enter")
        screen.wait(gone=seen)
    if seen == following:
        screen.wait(following, "Tab:")
    return seen == following


def kept(file: Path) -> dict[str, object]:
    found = yaml.safe_load(file.read_text())
    assert isinstance(found, dict)
    return found


def test_a_whole_interview_to_the_page_and_to_a_file(start: Start, tmp_path: Path) -> None:
    screen = start()
    choose_migraine(screen)
    number = 2
    while answer(screen, number):
        number += 1
    assert number > 10
    assert list(tmp_path.iterdir()) == [], "nothing is written unless it is asked for"
    past = screen.history()
    assert "Options to discuss with a pain specialist" in past
    screen.wait(NEXT, "> Say what I have tried")
    screen.press("enter")
    screen.wait("Which of these have you tried?", "Tab: go on")
    screen.press("topira")
    screen.wait("> [ ] Topiramate")
    screen.press("backspace")
    screen.wait("Type to find: topir_")
    screen.press("enter")
    screen.wait("Go on with: Topiramate")
    screen.press("tab", "enter")
    screen.wait("Topiramate: how did it go?", "Arrows:")
    screen.press("down", "down", "enter")
    screen.wait("I had side effects", "Noted.", "> Say what I have tried")
    screen.press("end", "up")
    screen.wait("> Keep my answers in a file")
    screen.press("enter")
    screen.wait("To keep your answers")
    screen.press("mine.yaml", "enter")
    screen.wait("Saved in mine.yaml", "> Say what I have tried")
    screen.press("end", "enter")
    assert screen.end() == 0
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]
    assert stat.S_IMODE((tmp_path / "mine.yaml").stat().st_mode) == 0o600
    assert kept(tmp_path / "mine.yaml")["tried"] == {"topiramate": "side_effects"}


def test_what_was_answered_stays_as_a_protocol(start: Start) -> None:
    screen = start()
    choose_migraine(screen)
    screen.press("down", "f2")
    screen.wait("[not sure]", "Go on: 1 not sure, no to the rest")
    screen.press("tab", "enter")
    assert went_on(screen, 2)
    screen.press("ctrl-c")
    screen.wait("Stop here", "To keep your answers")
    lines = [line for line in screen.history().splitlines() if line.strip()]
    begin = lines.index("Where or what is your pain?")
    assert lines[begin + 1 : begin + 4] == [
        "  Migraine on fewer than 15 days a month",
        "== Head, face and eyes ==",
        "Which of these are true for you?",
    ]
    assert lines[begin + 4].startswith("  Not sure: A sudden, very bad headache")
    assert "No to the other" in " ".join(lines[begin + 4 : begin + 7])
    assert "[not sure]" not in screen.history(), "the list itself is gone"
    assert not [line for line in lines if line.startswith(">") and line != ">"]


def test_an_urgent_sign_is_read_before_the_next_question(start: Start) -> None:
    screen = start()
    choose_migraine(screen)
    screen.press("enter")
    screen.wait("> [yes]")
    screen.press("tab", "enter")
    screen.wait("*** Get help now", "Please get this help first", STOP)
    screen.press("enter")
    screen.wait("Stop here", "To keep your answers")


def test_back_skip_help_and_my_page_now(start: Start, tmp_path: Path) -> None:
    screen = start("--save", "mine.yaml")
    choose_migraine(screen)
    first = screen.text()
    screen.press("f1")
    screen.wait("Arrows: read on", "It counts in the days and weeks")
    screen.press("enter")
    screen.wait("Tab: go on")
    screen.press("f3")
    screen.wait("Skip this", "Question 3 of at most", "Tab: go on")
    screen.press("f4")
    screen.wait("Back", "Question 2 of at most", "Tab: go on")
    assert screen.text().splitlines()[-1] == first.splitlines()[-1]
    screen.press("escape")
    screen.wait("Where or what is your pain?", "Type to find: _")
    screen.press("migraine on")
    screen.wait("Type to find: migraine on_")
    screen.press("enter")
    screen.wait("Go on with:")
    screen.press("tab", "enter")
    screen.wait("Question 2 of at most", "Tab: go on")
    screen.press("end", "up")
    screen.wait("> Show my page now (F5)")
    screen.press("enter")
    screen.wait(NEXT)
    assert "Options to discuss with a pain specialist" in screen.history()
    assert kept(tmp_path / "mine.yaml") == {"conditions": ["migraine_episodic"], "answers": {}}


def test_not_sure_of_a_whole_question(start: Start, tmp_path: Path) -> None:
    screen = start("--save", "mine.yaml")
    choose_migraine(screen)
    screen.press("tab", "down")
    screen.wait("> I am not sure of any of these")
    screen.press("enter")
    assert went_on(screen, 2)
    answers = kept(tmp_path / "mine.yaml")["answers"]
    assert isinstance(answers, dict)
    assert set(answers.values()) == {"unsure"}


def test_enter_on_an_untouched_checklist_ticks_one_line_only(start: Start, tmp_path: Path) -> None:
    screen = start("--save", "mine.yaml")
    choose_migraine(screen)
    screen.press("enter")
    screen.wait("> [yes]", "Go on: 1 yes, no to the rest")
    assert kept(tmp_path / "mine.yaml")["answers"] == {}


def test_keys_pressed_before_a_question_is_seen_do_not_answer_it(start: Start) -> None:
    screen = start()
    screen.press("enter", "enter", "enter", "tab", "enter")
    read_on(screen)
    screen.wait("Where or what is your pain?", "> [ ] ")


def test_a_window_of_another_size_at_any_moment(start: Start) -> None:
    screen = start()
    choose_migraine(screen)
    screen.press("down", "enter")
    screen.wait("> [yes]")
    for rows, columns in ((10, 40), (24, 80), (40, 132), (10, 40)):
        screen.resize(rows, columns)
        shown = screen.wait("Which of these are true for you?", "> [yes]", "Go on: 1 yes", "Tab: go on")
        assert shown.count("Which of these are true for you?") == shown.count("Tab: go on") == 1
    screen.press("tab", "enter")
    assert went_on(screen, 2)
    screen.wait("None of these is true for me")
    screen.resize(24, 80)
    screen.wait("Question 3 of at most", "None of these is true for me", "Tab: go on")


def test_a_small_terminal_from_the_beginning(start: Start) -> None:
    screen = start(rows=10, columns=40)
    choose_migraine(screen)
    screen.press("end")
    screen.wait("> Stop here (Ctrl-C)")
    screen.press("home", "f1")
    screen.wait("Arrows: read on")
    assert max(map(len, screen.text().splitlines())) < 40


@pytest.mark.parametrize("after", range(8))
def test_ctrl_c_at_any_question_offers_to_keep(start: Start, tmp_path: Path, after: int) -> None:
    screen = start()
    if after == 0:
        read_on(screen)
        screen.wait("Where or what is your pain?", "Arrows:")
    else:
        choose_migraine(screen)
    for number in range(2, after + 1):
        screen.press("tab", "enter") if "[   ]" in screen.text() else screen.press("f3")
        assert went_on(screen, number)
    screen.press("ctrl-c")
    if after:
        screen.wait("To keep your answers")
        screen.press("enter")
        screen.wait("Nothing was saved")
    assert screen.end() == 0
    assert b"Traceback" not in screen.written
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("hangup", [True, False], ids=["hangup", "hangup ignored"])
def test_a_closed_terminal_loses_nothing_that_was_to_be_kept(start: Start, tmp_path: Path, hangup: bool) -> None:
    screen = start("--save", "mine.yaml", hangup=hangup)
    choose_migraine(screen)
    for number in (2, 3):
        screen.press("tab", "enter")
        assert went_on(screen, number)
    shown = screen.text()
    screen.hang_up()
    assert [file.name for file in tmp_path.iterdir()] == ["mine.yaml"]
    answers = kept(tmp_path / "mine.yaml")["answers"]
    assert isinstance(answers, dict)
    assert len(answers) > 10
    assert set(answers.values()) == {"no"}
    resumed = start("--resume", "mine.yaml")
    read_on(resumed)
    again = resumed.wait("Question 1 of at most", "Tab: go on")
    lines = [line for line in again.splitlines() if "[   ]" in line]
    assert lines
    assert all(line in shown for line in lines), "the question at which it was closed"


COLOUR = re.compile(rb"\x1b\[[0-9;]*m")


def test_no_colour(start: Start) -> None:
    screen = start(NO_COLOR="1")
    choose_migraine(screen)
    screen.press("f5")
    screen.wait(NEXT)
    used = {int(code or 0) for codes in COLOUR.findall(screen.written) for code in codes[2:-1].split(b";")}
    assert used <= {0, 1, 2, 3, 4, 7}, "bold, dim, italic, underlined and reverse, but no colour"
    assert used >= {1, 7}


@pytest.mark.parametrize(("arguments", "term"), [((), "dumb"), ((), ""), ((), "unknown"), (("--plain",), "xterm")])
def test_plain_prompts_where_lists_cannot_be_drawn(start: Start, arguments: tuple[str, ...], term: str) -> None:
    screen = start(*arguments, TERM=term)
    screen.wait("such as knee >")
    assert b"\x1b[" not in screen.written


def test_the_library_is_loaded_only_for_lists(start: Start) -> None:
    """Python itself tells what it imports."""
    for arguments, loaded in ((("--plain",), False), ((), True)):
        screen = start(*arguments, PYTHONPROFILEIMPORTTIME="1")
        screen.wait_for_one("such as knee >", AGAIN)
        assert (b"prompt_toolkit" in screen.written) == loaded


@pytest.mark.parametrize(
    ("term", "down", "skip"),
    [("linux", "\x1b[B", "\x1b[[C"), ("screen", "\x1bOB", "\x1bOR"), ("tmux-256color", "\x1bOB", "\x1bOR"),
     ("xterm-256color", "\x1bOB", "\x1bOR"), ("vt100", "\x1b[B", "\x1bOR")],
)  # fmt: skip
def test_keys_of_other_terminals(start: Start, term: str, down: str, skip: str) -> None:
    screen = start(TERM=term)
    choose_migraine(screen)
    screen.press(down, KEYS["space"])
    screen.wait("> [yes]")
    screen.press(skip)
    screen.wait("You marked something")  # and it is not dropped
    screen.press("enter", "enter")
    screen.wait("None of these is true for me")
    screen.press(skip)
    screen.wait("Skip this", "Question 3 of at most")
