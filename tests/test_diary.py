"""The diary: what is recorded stays, what is not recorded is never taken for "no", and nothing gets lost."""

from __future__ import annotations

import datetime
import io
import json
import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pypdf
import pytest
from markdown_it import MarkdownIt

from painrules.answers import Answers, read_answers
from painrules.diary import Day, Diary, add, as_bytes, months, parse, peg_is_due, span, weeks
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError
from painrules.sheet import explore
from painrules.surfaces import html, markdown, pdf
from painrules.surfaces.blocks import Bar, Chart
from painrules.surfaces.take_along import take_along
from painrules.surfaces.terminal import surface
from tests.conftest import ROOT
from tests.test_commands import SAMPLE, run
from tests.test_take_along import HOSTILE, Tags

TODAY = datetime.date(2026, 11, 25)
HEAD = "date,pain,headache,week_pain,enjoyment,activity\n"
# Fifteen days of four weeks with a gap, one with no answer on headache, and a week of the four weeks before.
WEEKS = HEAD + "".join(
    f"{TODAY - datetime.timedelta(ago)},{pain},{headache},{peg}\n"
    for ago, pain, headache, peg in (
        (35, 8, "yes", "8,8,8"), (34, 6, "no", ",,"), (20, 4, "no", ",,"), (13, 6, "yes", "6,7,8"), (12, 6, "", ",,"),
        (1, 3, "no", ",,"), (0, 5, "yes", "5,,6"),
    )
)  # fmt: skip


def day(number: int, **fields: Any) -> Day:
    return Day(datetime.date(2026, 11, number), **fields)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text(WEEKS)
    return path


def of(file: Path, *arguments: str, **more: Any) -> subprocess.CompletedProcess[str]:
    return run(*arguments, PAINRULES_DIARY=str(file), **more)


def sheet(file: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return of(file, "explore", "--answers", str(SAMPLE), "--diary", *arguments)


# --- days and weeks --------------------------------------------------------------------------------------------------


def test_the_peg_score_needs_all_three_items() -> None:
    assert day(1, week_pain=6, enjoyment=5, activity=7).peg == 6
    assert day(1, week_pain=0, enjoyment=0, activity=0).peg == 0
    assert day(1, week_pain=6, enjoyment=5).peg is None
    assert day(1, pain=6, enjoyment=5, activity=7).peg is None, "pain of one day is not that of the week"


def test_what_is_not_recorded_is_not_counted() -> None:
    diary = parse(WEEKS.encode(), "mine.csv", TODAY)
    last = span(diary, TODAY, 28)
    assert (len(last.recorded), last.length) == (5, 28)
    assert (last.headache_days, last.headache_known) == (2, 4)
    assert last.pain == pytest.approx(24 / 5)
    assert last.peg == 7, "only the whole one"
    empty = span(diary, TODAY - datetime.timedelta(20), 7)
    assert (empty.pain, empty.peg, empty.headache_known) == (4, None, 1)
    assert span(Diary(), TODAY, 7).pain is None


def test_weeks_end_with_the_last_day_that_was_recorded() -> None:
    diary = parse((WEEKS + "2026-11-26,,,,,\n").encode(), "mine.csv", TODAY)
    found = weeks(diary, 100)
    assert [len(week.recorded) for week in found] == [1, 1, 0, 1, 2, 2]
    assert {week.length for week in found} == {7}
    assert found[-1].last == TODAY
    assert weeks(diary, 2) == found[-2:]
    assert [(str(month.first), month.length) for month in months(diary, 9)] == [("2026-10-01", 31), ("2026-11-01", 25)]
    assert weeks(Diary(), 3) == months(Diary(), 3) == []


def test_the_questions_on_the_past_week_come_once_a_week() -> None:
    diary = Diary((day(10, week_pain=1, enjoyment=1, activity=1), day(12, week_pain=1)))
    assert [number for number in (9, 10, 16, 17) if peg_is_due(diary, datetime.date(2026, 11, number))] == [9, 17]


def test_a_second_entry_completes_the_first() -> None:
    diary = add(add(Diary(), day(2, pain=6)), day(1, pain=0))
    diary = add(diary, day(2, headache=False))
    assert diary.days == (day(1, pain=0), day(2, pain=6, headache=False))


# --- the file --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        HEAD,
        HEAD + "2026-11-20,6,yes,,,\n2026-11-21,0,no,0,10,5\n",
        'date;notes;pain\n2026-11-20;"rain; a walk,\ntwo lines";6\n',
        "\ufeffNotes,Date,Headache,\n=1+1,2026-11-20,yes,x\n",
    ],
)
def test_nothing_that_a_person_wrote_is_lost(text: str) -> None:
    diary = parse(text.encode(), "mine.csv", TODAY)
    again = as_bytes(add(diary, day(20, activity=3)))
    for word in ("rain; a walk,\ntwo lines", "=1+1", "Notes", "\ufeff"):
        assert (word in again.decode()) == (word in text)
    assert parse(again, "mine.csv", TODAY).on(datetime.date(2026, 11, 20)) is not None
    once = as_bytes(diary)
    assert as_bytes(parse(once, "mine.csv", TODAY)) == once
    kept = parse(once, "mine.csv", TODAY)
    assert kept.days == diary.days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (HEAD + "2026-11-20,six,,,,\n", "mine.csv:2:2: pain: 'six' is not understood. Write a whole number from 0 to 10"),
        (HEAD + "2026-11-20,11,,,,\n", ":2:2: pain: '11'"),
        (HEAD + "2026-11-20,-1,,,,\n", ":2:2: pain: '-1'"),
        (HEAD + "2026-11-20,6,maybe,,,\n", ":2:3: headache: 'maybe' is not understood. Write yes or no"),
        (HEAD + "\n2026-11-20,6,,,,\n20/11/2026,6,,,,\n", ":4:1: date: '20/11/2026' is no date"),
        (HEAD + ",6,,,,\n", ":2:1: date: '' is no date"),
        (HEAD + "2027-11-20,6,,,,\n", "date: 2027-11-20 has not come yet"),
        (HEAD + "2026-11-20,6,,,,\n2026-11-20,,yes,,,\n", ":3:1: date: 2026-11-20 stands here twice"),
        (HEAD + "2026-11-20,6,,,,,oops\n", "has more cells"),
        ("day,pain\n2026-11-20,6\n", "date: there is no such column"),
        ("date,pain,Pain\n", "pain: there are two such columns"),
        (HEAD + '2026-11-20,"6,,,,\n', "is not CSV here"),
        (HEAD + "2026-11-20,\x1b[31m,,,,\n", "pain: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_line(text: str, expected: str) -> None:
    with pytest.raises(ContentError) as caught:
        parse(text.encode(), "mine.csv", TODAY)
    assert expected in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_files_that_are_no_diary() -> None:
    for data in (b"\xff\xfe", b"x" * 5_000_001):
        with pytest.raises(ContentError):
            parse(data, "mine.csv", TODAY)
    assert parse(b"", "mine.csv", TODAY) == Diary()


# --- add -------------------------------------------------------------------------------------------------------------


def test_add_twice_on_one_day(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    first = of(file, "diary", "add", "--pain", "6", "--no-headache", "--date", "2026-11-20")
    assert first.returncode == 0, first.stderr
    assert "Recorded for 2026-11-20: pain 6, headache no." in first.stdout
    assert f"Your diary is the file {file}. Only you can read it. Delete the file to delete all of it." in first.stdout
    second = of(file, "diary", "add", "--pain", "4", "--enjoyment", "0", "--date", "2026-11-20").stdout
    assert "It replaces what was there: pain 6." in second
    assert "Still there from before: headache no." in second
    assert file.read_text() == "date,pain,headache,week_pain,enjoyment,activity\n2026-11-20,4,no,,0,\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


def test_the_usual_place_is_private(tmp_path: Path) -> None:
    places = {"XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    done = run("diary", "add", "--pain", "6", **places)
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "data/painrules"
    assert str(folder / "diary.csv") in done.stdout.replace("\n", "")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "diary.csv").stat().st_mode) == 0o600
    assert "pain" in run("diary", "list", **places).stdout


def test_a_file_that_others_could_read_no_longer_can_be(file: Path) -> None:
    file.chmod(0o644)
    assert of(file, "diary", "add", "--pain", "6").returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("--pain", "11"), "--pain"),
        (("--pain", "six"), "--pain"),
        (("--pain", "6", "--date", "20.11.2026"), "--date: '20.11.2026' is no date. Write year, month and day"),
        (("--pain", "6", "--date", "2999-01-01"), "--date: 2999-01-01 has not come yet"),
        ((), "There is no terminal to ask at"),
        (("--pain", "6", "--file", "no/where.csv"), "cannot be written"),
        (("--pain", "6", "--file", "."), "it is no ordinary file"),
        (("--pain", "6", "--file", "/dev/null"), "it is no ordinary file"),
        (("--pain", "6", "--file", "link.csv"), "it is a link; name the file that it leads to"),
        (("--pain", "6", "--file", "broken.csv"), "broken.csv:2:2: pain: 'x' is not understood"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded(tmp_path: Path, arguments: tuple[str, ...], expected: str) -> None:
    (tmp_path / "broken.csv").write_text("date,pain\n2026-11-20,x\n")
    (tmp_path / "real.csv").write_text(HEAD)
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = of(tmp_path / "none.csv", "diary", "add", *arguments, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert expected in done.stderr
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_adding_at_once_loses_nothing(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    command = [sys.executable, str(ROOT / "cli.py"), "diary", "add", "--file", str(file), "--pain", "6", "--date"]
    started = [subprocess.Popen([*command, f"2026-10-{n:02}"], stdout=subprocess.DEVNULL) for n in range(1, 9)]
    assert [process.wait(120) for process in started] == [0] * 8
    assert len(parse(file.read_bytes(), "mine.csv", TODAY).recorded) == 8
    assert [path.name for path in tmp_path.iterdir()] == ["mine.csv"]


WHEN_FULL = """
import resource, signal
signal.signal(signal.SIGXFSZ, signal.{action})  # Python ignores it by itself
resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))
"""


@pytest.mark.parametrize(("action", "code"), [("SIG_DFL", -signal.SIGXFSZ), ("SIG_IGN", 2)])
def test_killed_while_writing_or_no_space_left(tmp_path: Path, action: str, code: int) -> None:
    """The kernel stops a process that writes more than 9,000 bytes to a file: in the midst of it."""
    (tmp_path / "place").mkdir()
    (tmp_path / "python").mkdir()
    (tmp_path / "python/sitecustomize.py").write_text(WHEN_FULL.format(action=action))
    file = tmp_path / "place/mine.csv"
    days = "".join(f"{TODAY - datetime.timedelta(n)},6,yes,,,\n" for n in range(1, 500))
    file.write_text(HEAD + days)
    assert of(file, "diary", "list").returncode == 0, "the content is cached now"
    done = of(file, "diary", "add", "--pain", "1", PYTHONPATH=str(tmp_path / "python"))
    assert done.returncode == code
    assert file.read_text() == HEAD + days
    if code == 2:
        assert "cannot be written: File too large" in done.stderr
        assert [path.name for path in file.parent.iterdir()] == ["mine.csv"]
    else:
        left = [path for path in file.parent.iterdir() if path != file]
        assert [stat.S_IMODE(path.stat().st_mode) for path in left] == [0o600], "this test did kill it while writing"
        assert of(file, "diary", "add", "--pain", "1").returncode == 0
        assert [path.name for path in file.parent.iterdir()] == ["mine.csv"], "deleting the file deletes all"


# --- asking ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., pexpect.spawn]]:
    opened: list[pexpect.spawn] = []

    def start(*arguments: str) -> pexpect.spawn:
        env = {**os.environ, "COLUMNS": "80", "TERM": "dumb", "PAINRULES_DIARY": str(tmp_path / "mine.csv")}
        child = pexpect.spawn(sys.executable, [str(ROOT / "cli.py"), "diary", "add", *arguments], env=env,
                              encoding="utf-8", timeout=60, dimensions=(24, 80))  # fmt: skip
        opened.append(child)
        return child

    yield start
    for child in opened:
        child.close(force=True)


def answer(child: pexpect.spawn, question: str, reply: str) -> None:
    child.expect_exact(question)
    child.expect_exact(" > ")
    child.sendline(reply)


def test_questions_are_asked_one_by_one_and_can_be_skipped(
    terminal: Callable[..., pexpect.spawn], tmp_path: Path
) -> None:
    child = terminal()
    answer(child, "How strong was your pain on this day?", "eleven")
    answer(child, "Please write a whole number from 0 to 10.", "0")
    answer(child, "Did you have a headache on this day?", "perhaps")
    answer(child, "Please write yes or no.", "N")
    child.expect_exact("PEG scale (Krebs and colleagues")
    answer(child, "your pain on average in the past week?", "")
    answer(child, "your enjoyment of life?", "5")
    answer(child, "your general activity?", "10")
    child.expect(r"Recorded for (\S+): pain 0, headache no")
    date = child.match.group(1)
    child.expect(pexpect.EOF)
    assert (tmp_path / "mine.csv").read_text() == f"{HEAD}{date},0,no,,5,10\n"


def test_it_says_what_is_there_and_asks_no_peg_twice_a_week(
    terminal: Callable[..., pexpect.spawn], tmp_path: Path
) -> None:
    today = datetime.date.today()
    (tmp_path / "mine.csv").write_text(f"{HEAD}{today - datetime.timedelta(3)},,,3,4,5\n{today},7,,,,\n")
    child = terminal("--date", str(today))
    child.expect_exact("This day is in the diary already: pain 7.")
    answer(child, "How strong was your pain on this day?", "")
    answer(child, "Did you have a headache on this day?", "yes")
    child.expect_exact("Still there from before: pain 7.")
    child.expect(pexpect.EOF)
    assert (tmp_path / "mine.csv").read_text().endswith(f"{today},7,yes,,,\n")


def test_for_a_day_long_ago_nothing_is_asked_of_the_past_week(
    terminal: Callable[..., pexpect.spawn], tmp_path: Path
) -> None:
    child = terminal("--date", "2026-10-01")
    answer(child, "How strong was your pain on this day?", "7")
    answer(child, "Did you have a headache on this day?", "")
    child.expect_exact("Recorded for 2026-10-01: pain 7.")
    child.expect(pexpect.EOF)


@pytest.mark.parametrize("stop", ["q\n", "\x03", "\x04"])
def test_stopping_records_nothing(terminal: Callable[..., pexpect.spawn], tmp_path: Path, stop: str) -> None:
    child = terminal()
    answer(child, "How strong was your pain on this day?", "7")
    child.expect_exact("yes or no, or Enter to skip > ")
    child.send(stop)
    child.expect_exact("Nothing was written down.")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert list(tmp_path.iterdir()) == []


# --- looking back ----------------------------------------------------------------------------------------------------


def test_list(file: Path) -> None:
    file.write_text("date,notes,pain\n2026-11-20,\x1b[31mrain,6\n2026-11-21,,\n")
    rows = json.loads(of(file, "diary", "list", "--format", "json").stdout)
    assert [row["pain"] for row in rows] == [6, None]
    assert rows[0]["headache"] is None, "not recorded is not 'no'"
    plain = of(file, "diary", "list", "--plain").stdout
    assert plain.splitlines()[0] == "date: 2026-11-20; pain: 6; notes: \N{REPLACEMENT CHARACTER}[31mrain"
    assert "headache" not in plain
    file.write_text("date,pain,[red]\x1b[31m\n2026-11-20,6,x\n")
    for arguments in ((), ("--plain",)):
        assert "[red]\N{REPLACEMENT CHARACTER}[31m" in of(file, "diary", "list", *arguments).stdout


def test_plot(file: Path) -> None:
    drawn = of(file, "diary", "plot").stdout
    assert max(map(len, drawn.splitlines())) <= 80
    assert re.search(r"2026-11-19  █\S* +4\.0 +1 of 2 +no record +2 of 7", drawn)
    wide = of(file, "diary", "plot", COLUMNS="100").stdout
    assert re.search(r"2026-11-19  ██████▍ +4\.0 ", wide), "4 of 10 of a bar of 16"
    plain = of(file, "diary", "plot", "--plain").stdout
    last = (
        "week from: 2026-11-19; pain (0-10): 4.0; headache days: 1 of 2; PEG (0-10): no record; days recorded: 2 of 7"
    )
    assert last in plain.splitlines()
    assert not any("\u2500" <= character <= "\u259f" for character in plain)
    empty = "week from: 2026-10-29; pain (0-10): no record; headache days: no record; PEG (0-10): no record; days recorded: 0 of 7"
    assert empty in plain.splitlines()
    months = json.loads(of(file, "diary", "plot", "--by", "month", "--last", "1", "--format", "json").stdout)
    assert [(month["recorded"], month["headache_days"], month["headache_known"]) for month in months] == [(5, 2, 4)]


@pytest.mark.parametrize("command", ["list", "plot"])
def test_an_empty_or_missing_diary_says_how_to_start(tmp_path: Path, command: str) -> None:
    (tmp_path / "empty.csv").write_text(HEAD)
    for name in ("empty.csv", "none.csv"):
        done = of(tmp_path / name, "diary", command)
        assert (done.returncode, done.stdout) == (2, "")
        assert "'painrules diary add' starts one" in done.stderr
    assert not (tmp_path / "none.csv").exists()


@pytest.mark.parametrize("command", ["", "add", "list", "plot"])
def test_help_has_an_example(command: str) -> None:
    assert "Example: painrules diary" in run("diary", *command.split(), "--help").stdout


# --- on the sheet ----------------------------------------------------------------------------------------------------

SENTENCES = (
    "Four weeks, from 2026-10-29 to 2026-11-25: 5 of 28 days are recorded. Nothing is assumed of the other days.",
    "Pain was 4.8 of 10 on average. In the four weeks before: 7.0.",
    "There was a headache on 2 of 4 days with an answer. In the four weeks before: 1 of 2.",
    "The PEG score was 7.0 of 10 on average. In the four weeks before: 8.0.",
)


@pytest.mark.parametrize("arguments", [("--plain",), ("--plain", "--all"), ("--format", "html"), ("--format", "html", "--all"),
                                       ("--format", "markdown"), ("--format", "pdf")])  # fmt: skip
def test_each_page_holds_the_last_weeks(file: Path, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    page = tmp_path / "page"
    done = sheet(file, *arguments, "--output", str(page))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    data = page.read_bytes()
    if "pdf" in arguments:
        data = " ".join(one.extract_text() for one in pypdf.PdfReader(io.BytesIO(data)).pages).encode()
    words = " ".join(data.decode().replace("\\", "").split())
    assert [sentence for sentence in SENTENCES if sentence not in words] == []
    for expected in ("My pain diary", "2026-11-19", "1 of 2", "Krebs and colleagues"):
        assert expected in words


def test_without_the_option_no_page_knows_the_diary(file: Path) -> None:
    for arguments in ((), ("--format", "html"), ("--format", "json")):
        done = of(file, "explore", "--answers", str(SAMPLE), *arguments)
        assert done.stdout == run("explore", "--answers", str(SAMPLE), *arguments).stdout
        assert "2026-11-19" not in done.stdout


def test_json_holds_no_diary(file: Path) -> None:
    done = sheet(file, "--format", "json")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--diary belongs on a page" in done.stderr


def test_a_diary_that_cannot_be_used_is_named_before_any_question(tmp_path: Path) -> None:
    assert "'painrules diary add' starts one" in sheet(tmp_path / "none.csv").stderr
    (tmp_path / "bad.csv").write_text("date,pain\n2026-11-20,x\n")
    done = of(tmp_path / "none.csv", "explore", "--diary", "--diary-file", str(tmp_path / "bad.csv"))
    assert "bad.csv:2:2: pain: 'x' is not understood" in done.stderr


@pytest.fixture(scope="module")
def long_diary() -> Diary:
    """Every day of ten weeks, with a PEG score in each: the largest chart there is."""
    days = (TODAY - datetime.timedelta(n) for n in range(70))
    return Diary(tuple(Day(d, 10, True, 10, 10, 10) for d in sorted(days)))


def test_two_sheets_of_paper_hold_the_diary_too(knowledge: KnowledgeBase, long_diary: Diary) -> None:
    sample = read_answers(SAMPLE.read_bytes(), SAMPLE.name, knowledge)
    people = [sample, sample.answer("saddle_numbness", "yes")]
    people += [Answers((id,)) for id in ("back_pain", "migraine_episodic", "neuropathic_pain", "frozen_shoulder")]
    for person in people:
        blocks = take_along(knowledge, person, explore(knowledge, person, "reference"), long_diary)
        written = html.document(blocks, language="en", skip_link="Go on")
        assert len(pypdf.PdfReader(io.BytesIO(pdf.document(written))).pages) <= 2, person.conditions


def test_the_chart_is_tagged_in_the_pdf(knowledge: KnowledgeBase, long_diary: Diary) -> None:
    chart = Chart("Pain", ("week", "pain"), (Bar("one", 4.0, "4.0"), Bar("two", None, "no record")), 10)
    written = html.document([chart], language="en", skip_link="Go on")
    paper = pypdf.PdfReader(io.BytesIO(pdf.document(written)))
    found: dict[str, list[str]] = {}

    def look(element: Any) -> None:
        element = element.get_object()
        for child in element if isinstance(element, list) else [element.get("/K")] if isinstance(element, dict) else []:
            if child is not None:
                look(child)
        if isinstance(element, dict) and "/S" in element:
            found.setdefault(str(element["/S"]), []).append(str(element.get("/Alt", "")))

    look(paper.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert found["/Figure"] == ["pain: 4.0"]
    assert (len(found["/TH"]), len(found["/TR"]), len(found["/Table"])) == (4, 3, 1)


def hostile_chart() -> Chart:
    return Chart(HOSTILE, (HOSTILE, HOSTILE, HOSTILE), (Bar(HOSTILE, 99, HOSTILE, (HOSTILE,)), Bar("|x", None, HOSTILE, ("|",))), 10)  # fmt: skip


def test_no_text_of_a_chart_becomes_markup(capsys: pytest.CaptureFixture[str]) -> None:
    page = html.document([hostile_chart()], language="en", skip_link="Go on")
    tags = Tags(page.split("<main")[1])
    assert {tag for tag, _ in tags.found} == {"table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "title", "rect", "span"}  # fmt: skip
    assert 'class="bar" width="100.0"' in page, "a value off the scale stays inside the chart"
    assert not [names for _, names in tags.found if "style" in names or any(name.startswith("on") for name in names)]
    text = markdown.document([hostile_chart()])
    tokens = [token for block in MarkdownIt("commonmark").enable("table").parse(text) for token in (block, *(block.children or ()))]  # fmt: skip
    assert not {token.type for token in tokens} & {"html_inline", "html_block", "link_open", "image", "code_inline", "strong_open"}  # fmt: skip
    assert len([token for token in tokens if token.type == "td_open"]) == 6
    for plain in (True, False):
        surface(plain=plain).page([hostile_chart()])
    assert "\x1b[31m" not in capsys.readouterr().out
