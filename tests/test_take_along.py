"""The page to take along: what it holds, that no text in it becomes markup, and its PDF as a reader program sees it."""

from __future__ import annotations

import io
import json
import random
import re
import stat
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pexpect
import pypdf
import pytest
from markdown_it import MarkdownIt

from painrules.answers import Answers, read_answers
from painrules.knowledge import KnowledgeBase
from painrules.reading import read_file
from painrules.sheet import explore
from painrules.surfaces import html, markdown, pdf
from painrules.surfaces.blocks import Alarm, Block, Entry, Heading, Lines, Paragraph
from painrules.surfaces.take_along import height, take_along
from tests.conftest import ROOT
from tests.test_commands import SAMPLE, run
from tests.world import WORLD, hold, person, world

HOSTILE = "<script>alert(1)</script> ![x](http://x) **b** &lt; \x1b[31m\u202e`c` [y]: z \"'"


def blocks_of(knowledge: KnowledgeBase, answers: Answers) -> list[Block]:
    return take_along(knowledge, answers, explore(knowledge, answers, "reference"))


def as_html(blocks: list[Block]) -> str:
    return html.document(blocks, language="en", skip_link="Go to the content")


@pytest.fixture(scope="module")
def people(knowledge: KnowledgeBase) -> dict[str, Answers]:
    """The sample person, the same with other pain and with an urgent sign, and people who have answered nothing."""
    sample = read_answers(SAMPLE.read_bytes(), SAMPLE.name, knowledge)
    knee = Answers(("osteoarthritis_knee",), sample.known, sample.unsure, sample.tried)
    silent = {id: Answers((id,)) for id in ("back_pain", "migraine_episodic", "neuropathic_pain", "frozen_shoulder")}
    return {"sample": sample, "knee": knee, "urgent": sample.answer("saddle_numbness", "yes"), **silent}


@pytest.fixture(scope="module")
def paper(knowledge: KnowledgeBase, people: dict[str, Answers]) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf.document(as_html(blocks_of(knowledge, people["sample"])))))


# --- what it holds ---------------------------------------------------------------------------------------------------


def test_who_has_a_sign_is_not_said_to_have_none(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    def told(who: str) -> str:
        return " ".join(block.text for block in blocks_of(knowledge, people[who]) if isinstance(block, Paragraph))

    assert "I said no to all" in told("sample")
    assert "I said no to all" not in told("urgent")
    assert re.search(r"I said no to \d+ other urgent signs", told("urgent"))


def test_sections_in_order(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    headings = [
        block.text
        for block in blocks_of(knowledge, people["urgent"])
        if isinstance(block, Heading) and block.level <= 2
    ]
    assert headings == [
        "Options to discuss with a pain specialist", "First - signs that need care", "About me", "Options to talk about",
        "What I tried", "What matters to me", "Questions to take along", "My notes", "What this page is not", "Sources",
    ]  # fmt: skip
    assert Heading("Words explained", tone="quiet") in blocks_of(knowledge, people["sample"]), "where there is room"


def test_every_option_is_there_once_and_each_one_in_full_has_its_warning(
    knowledge: KnowledgeBase, people: dict[str, Answers]
) -> None:
    for name, answers in people.items():
        sheet = explore(knowledge, answers, "reference")
        entries = [block for block in take_along(knowledge, answers, sheet) if isinstance(block, Entry)]
        in_full = {entry.text: entry for entry in entries if entry.status}
        folded = [entry for entry in entries if entry.symbol == "+"]
        counted = sum(int(entry.text.split()[0].rstrip(",")) for entry in folded)
        assert len(in_full) + counted == len(sheet.options), name
        names = " ".join(line for entry in folded for line in entry.details)
        for option in sheet.options:
            assert (option.name in in_full) or (option.name in names), (name, option.name)
            if option.name in in_full:
                entry = in_full[option.name]
                assert entry.tag.startswith(knowledge.wording[f"status.{option.status}"])
                warnings = [reason for reason in option.reasons if reason.effect in ("hold", "check", "caution")]
                assert not warnings or warnings[0].text in entry.details[0], (name, option.name)


def test_about_me_uses_the_words_of_the_questions(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    page = markdown.document(blocks_of(knowledge, people["sample"]))
    assert "- How old are you? 67 years" in page
    assert "No or none: Do you have a heart problem?" in page
    assert "I am not sure: Do you have sleep apnoea?" in page
    assert "- I would rather avoid needles" in page
    assert "Anti-inflammatory tablets (NSAIDs): you tried it and had side effects" in page


def test_sources_are_numbered_and_every_number_has_one(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    blocks = blocks_of(knowledge, people["sample"])
    cited = {int(n) for block in blocks if isinstance(block, Entry)
             for line in block.details for mark in re.findall(r"\[([\d, ]+)\]", line) for n in mark.split(",")}  # fmt: skip
    start = next(n for n, block in enumerate(blocks) if isinstance(block, Heading) and block.text == "Sources")
    listed = [int(block.symbol[:-1]) for block in blocks[start:] if isinstance(block, Entry)]
    assert listed == list(range(1, len(listed) + 1))
    assert cited == set(listed)


def test_two_kinds_of_pain_fit_two_sheets_too(knowledge: KnowledgeBase) -> None:
    """The longest page, by the estimate, of 40 pairs of kinds of pain of which nothing was answered."""
    dice = random.Random("pairs")
    pairs = [tuple(dice.sample(list(knowledge.conditions), 2)) for _ in range(40)]
    longest = max((blocks_of(knowledge, Answers(pair)) for pair in pairs), key=height)
    assert len(pypdf.PdfReader(io.BytesIO(pdf.document(as_html(longest)))).pages) <= 2
    assert any(isinstance(block, Lines) and block.count for block in longest), "there is room for notes"


@pytest.mark.parametrize("condition", ["migraine", "osteoarthritis_knee", "fibromyalgia"])
@pytest.mark.parametrize("answer", [None, "no"], ids=["unsure of all", "no to all"])
def test_many_answers_fit_two_sheets_too(knowledge: KnowledgeBase, condition: str, answer: str | None) -> None:
    answers = Answers((condition,))
    for question in knowledge.questions.values():
        if question.kind == "yes_no" or answer is None:
            answers = answers.answer(question.id, answer)
    blocks = blocks_of(knowledge, answers)
    assert len(pypdf.PdfReader(io.BytesIO(pdf.document(as_html(blocks)))).pages) <= 2
    if answer:
        assert any(isinstance(block, Entry) and block.status for block in blocks), "options before denied lines"


def test_a_question_is_not_put_as_if_it_were_known_to_apply(knowledge: KnowledgeBase) -> None:
    knee = Answers(("osteoarthritis_knee",))
    for answers, wanted in ((knee, True), (knee.answer("medicines_taken", frozenset({"anticoagulant"})), False)):
        sheet = explore(knowledge, answers, "reference")
        first = next(block.text for block in take_along(knowledge, answers, sheet)
                     if isinstance(block, Entry) and block.symbol == "1.")  # fmt: skip
        assert first.startswith("If this applies to me: ") == wanted


def test_many_signs_share_a_box_for_each_level(knowledge: KnowledgeBase) -> None:
    answers = Answers(("low_back_pain_chronic",))
    signs = ("saddle_numbness", "cannot_pass_urine", "breathless_now", "chest_pain_now", "calf_swollen_painful")
    for sign in signs:
        answers = answers.answer(sign, "yes")
    sheet = explore(knowledge, answers, "reference")
    alarms = [block for block in blocks_of(knowledge, answers) if isinstance(block, Alarm)]
    assert len(alarms) <= 3
    sure = [alarm for alarm in alarms if not alarm.lines[0].startswith(knowledge.wording["possible"])]
    assert len({alarm.action for alarm in sure}) == len(sure), "one that only may be there has a box of its own"
    told = " ".join(line for alarm in alarms for line in alarm.lines)
    for sign in sheet.urgent:
        assert not sign.certain or (sign.text in told and sign.action in told)


def test_what_to_talk_about_stands_first_and_in_full(knowledge: KnowledgeBase) -> None:
    answers = Answers(("low_back_pain_chronic",), talk_about=("yoga", "oral_nsaids", "triptans"))
    blocks = blocks_of(knowledge, answers)
    at = next(n for n, block in enumerate(blocks) if block == Heading("What I want to talk about", 3))
    names = [block.text for block in blocks[at + 1 : at + 4] if isinstance(block, Entry)]
    assert set(names) == {knowledge.modalities[id].name for id in answers.talk_about}
    assert "triptans" in names[-1], "it is no option for this pain, and the page says so"
    assert all(
        block.details for block in blocks[at + 1 : at + 4] if isinstance(block, Entry) and "oga" not in block.text
    )
    others = [block.text for block in blocks[at + 4 :] if isinstance(block, Entry)]
    assert not set(names) & set(others), "each option stands once"


def test_a_sign_that_depends_on_nothing_said_is_no_alarm(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    assert not [block for block in blocks_of(knowledge, people["migraine_episodic"]) if isinstance(block, Alarm)]
    alarms = [block for block in blocks_of(knowledge, people["urgent"]) if isinstance(block, Alarm)]
    assert "emergency department" in alarms[0].action


# --- hostile texts ---------------------------------------------------------------------------------------------------


def hostile_blocks() -> list[Block]:
    """A person and a tiny knowledge base in which every text that people read is an attack."""

    def spoiled(value: Any, field: str = "") -> Any:
        if isinstance(value, list):
            return [spoiled(inner, field) for inner in value]
        if isinstance(value, dict):
            return {key: spoiled(inner, key) for key, inner in value.items()}
        return f"{value} {HOSTILE}" if field in ("name", "say", "ask", "title", "body", "unit", "text") else value

    sign = {"id": "u", "when": {"sign": "yes"}, "then": "urgent", "level": "emergency", "because": HOSTILE,
            "action": HOSTILE, "ask_if": ["any"], "sources": ["s-for"]}  # fmt: skip
    words = read_file(ROOT / "knowledge/wording.yaml", "wording.yaml").data["wording"]
    sections = {name: spoiled(entries) for name, entries in {**WORLD, "wording": words}.items()}
    knowledge = world([hold("r", {"ill": "yes"}, because=HOSTILE, ask=HOSTILE), sign], **sections)
    answers = person(knowledge, answers={"ill": "yes", "sign": "yes", "age": 5, "colour": "red", "kidneys": "unsure"},
                     tried={"gel": "helped"}, preferences=["avoid_needles"])  # fmt: skip
    blocks = blocks_of(knowledge, answers)
    return [*blocks, Heading(HOSTILE), Paragraph(HOSTILE), Alarm(HOSTILE, (HOSTILE,)), Lines(2),
            Entry(HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)), Entry(f"# {HOSTILE}"), Entry(f"1. {HOSTILE}", "1.")]  # fmt: skip


class Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, list[str]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, [name for name, _ in attrs]))


def test_no_text_becomes_html() -> None:
    page = as_html(hostile_blocks())
    tags = Tags(page)
    assert {tag for tag, _ in tags.found} <= {
        "html", "head", "meta", "title", "style", "body", "a", "main", "section", "h1", "h2", "h3", "p", "ul", "ol", "li",
        "span", "strong", "div",
    }  # fmt: skip
    assert not [attributes for _, attributes in tags.found if any(name.startswith("on") for name in attributes)]
    assert page.count("&lt;script&gt;") > 15
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)


def test_no_text_becomes_markdown() -> None:
    page = markdown.document(hostile_blocks())
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", page)
    kinds = {token.type for block in MarkdownIt("commonmark").parse(page) for token in (block, *(block.children or ()))}
    assert kinds <= {
        f"{name}_{end}" for name in ("heading", "paragraph", "bullet_list", "ordered_list", "list_item", "blockquote", "strong")
        for end in ("open", "close")
    } | {"inline", "text", "text_special", "softbreak"}  # fmt: skip
    assert "<script>" not in MarkdownIt("commonmark").render(page)
    assert page.replace("\\", "").count("<script>alert(1)</script>") > 15, "and nothing is lost"


def test_the_file_of_own_content_is_as_harmless(tmp_path: Path) -> None:
    """From a content folder and an answers file to a page, as a person would."""
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "rules").mkdir()
    wording = (ROOT / "knowledge/wording.yaml").read_text()
    (tmp_path / "knowledge/wording.yaml").write_text(wording.replace("About me", "<img src=x onerror=alert(1)>"))
    (tmp_path / "knowledge/world.yaml").write_text(json.dumps({**WORLD, "findings": []}))
    (tmp_path / "rules/world.yaml").write_text(json.dumps({"rules": [hold("r", {"ill": "yes"}, because="<b>\\u202e")]}))
    done = run("explore", "--answers", "-", "--content", str(tmp_path), "--format", "html",
               given=b"conditions: [back_pain]\nanswers: {ill: yes}")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "&lt;img src=x onerror=alert(1)&gt;" in done.stdout
    assert "<img" not in done.stdout


# --- PDF -------------------------------------------------------------------------------------------------------------


def test_two_sheets_of_paper(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    pages = {
        name: len(pypdf.PdfReader(io.BytesIO(pdf.document(as_html(blocks_of(knowledge, answers))))).pages)
        for name, answers in people.items()
    }
    assert {name: count for name, count in pages.items() if count > 2} == {}


def test_text_can_be_taken_out(paper: pypdf.PdfReader) -> None:
    words = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    for expected in (
        "Long-lasting low back pain",
        "How old are you? 67 years",
        "usually avoided",
        "Questions to take along",
    ):
        assert expected in words


def test_headings_and_lists_are_tagged(paper: pypdf.PdfReader) -> None:
    assert paper.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert paper.trailer["/Root"]["/Lang"] == "en"
    assert paper.metadata is not None
    assert paper.metadata.title == "Options to discuss with a pain specialist"

    def kinds(element: Any) -> list[str]:
        element = element.get_object()
        if isinstance(element, list):
            return [kind for child in element for kind in kinds(child)]
        if not isinstance(element, dict):
            return []
        return [str(element.get("/S", "")), *(kinds(element["/K"]) if "/K" in element else [])]

    found = kinds(paper.trailer["/Root"]["/StructTreeRoot"]["/K"])
    assert found.count("/H1") == 1
    assert found.count("/H2") >= 8
    assert found.count("/H3") >= 5
    assert {"/L", "/LI", "/P"} <= set(found)


def test_the_same_sheet_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        assert (
            run("explore", "--answers", str(SAMPLE), "--format", "pdf", "--output", name, cwd=tmp_path).returncode == 0
        )
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


# --- the command -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "html", "pdf"])
def test_output_is_private_and_whole(tmp_path: Path, format_: str) -> None:
    done = run("explore", "--answers", str(SAMPLE), "--format", format_, "--output", "page", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert stat.S_IMODE((tmp_path / "page").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["page"]
    assert (
        (tmp_path / "page")
        .read_bytes()
        .startswith({"json": b"{", "markdown": b"# ", "html": b"<!DOCTYPE", "pdf": b"%PDF-"}.get(format_, b"\n "))
    )


@pytest.mark.parametrize("path", ["no/where", ".", "/dev/stdout"])
def test_output_that_cannot_be_written(tmp_path: Path, path: str) -> None:
    done = run("explore", "--answers", str(SAMPLE), "--format", "html", "--output", path, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_pages_can_be_piped() -> None:
    assert run("explore", "--answers", str(SAMPLE), "--format", "markdown").stdout.startswith("# Options to discuss")
    assert run("explore", "--answers", str(SAMPLE), "--format", "pdf").stdout.startswith("%PDF-")


def test_a_terminal_gets_no_pdf() -> None:
    child = pexpect.spawn(sys.executable, [str(ROOT / "cli.py"), "explore", "--answers", str(SAMPLE), "--format", "pdf"],
                          encoding="utf-8", timeout=60)  # fmt: skip
    child.expect("Name a file for it: --output page.pdf")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 2


@pytest.mark.parametrize(("fault", "expected"), [("ImportError", "painrules[pdf]"), ("OSError", "Pango")])
def test_without_weasyprint_it_says_how_to_get_it(tmp_path: Path, fault: str, expected: str) -> None:
    (tmp_path / "weasyprint.py").write_text(f"raise {fault}('gone')")
    done = run("explore", "--answers", str(SAMPLE), "--format", "pdf", PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert expected in done.stderr
    assert run("explore", "--answers", str(SAMPLE), "--format", "html", PYTHONPATH=str(tmp_path)).returncode == 0


def test_all_shows_every_option(knowledge: KnowledgeBase, people: dict[str, Answers]) -> None:
    page = run("explore", "--answers", str(SAMPLE), "--format", "html", "--all").stdout
    for option in explore(knowledge, people["sample"], "reference").options:
        assert html.text(option.name) in page
