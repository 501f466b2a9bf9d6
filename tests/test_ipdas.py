"""The lines of docs/ipdas.md that pages in the terminal can meet, each by its id; the table and the tests must agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import frequency_lines
from tests.conftest import ROOT
from tests.test_commands import SAMPLE, data, run
from tests.test_comparing import FREQUENCY
from tests.world import world

STATEMENT = re.compile(r"^\d+\. .+")


@pytest.fixture(scope="module")
def sheet() -> str:
    return run("explore", "--answers", str(SAMPLE), "--plain").stdout


@pytest.fixture(scope="module")
def compared() -> str:
    return run("compare", "acupuncture", "snri", "--answers", str(SAMPLE), "--plain").stdout


def row(page: str, heading: str) -> str:
    return page.split(f"\n{heading}\n")[1].split("\n\n", maxsplit=1)[0]


def test_the_table_names_every_line_and_only_tests_that_exist() -> None:
    table = (ROOT / "docs/ipdas.md").read_text()
    rows = re.findall(r"^\| ([A-Z]\d)\*? \|(.*)\|$", table, re.MULTILINE)
    assert len(rows) == len({id for id, _ in rows}) == 34
    for id, rest in rows:
        for name in re.findall(r"`(test_\w+)`", rest):
            assert name in globals(), name
        for file in re.findall(r"`(tests/\w+\.py)`", rest):
            assert (ROOT / file).exists(), file
        shown = "test" in rest.split("|")[-2] or "test" in rest.split("|")[-1]
        assert shown is not ("not yet" in rest), id


def test_q1_the_condition(sheet: str, compared: str) -> None:
    assert "About: Long-lasting low back pain" in sheet
    assert "About: Long-lasting low back pain" in compared
    assert "What it is" in run("about", "low_back_pain_chronic", "--plain").stdout


def test_q2_the_decision(sheet: str, compared: str) -> None:
    assert sheet.strip().startswith("Options to discuss with a pain specialist")
    assert "to discuss with a pain specialist" in compared.strip().splitlines()[0]


def test_q3_every_option_and_none() -> None:
    everything = run("explore", "--answers", str(SAMPLE), "--all", "--plain").stdout
    for option in data("explore", "--answers", str(SAMPLE))["options"]:
        assert option["name"] in everything
    assert "No treatment for now" in everything


def test_q4_q5_good_and_bad_points(compared: str) -> None:
    for heading in ("How it may help", "Common side effects", "Serious harms"):
        lines = row(compared, heading).splitlines()
        assert len([line for line in lines if line.startswith(("Acupuncture: ", "Antidepressants of"))]) == 2, heading


def test_q6_living_with_it(compared: str) -> None:
    for heading in ("What happens", "How long it takes", "Effort and cost", "Who gives it"):
        assert row(compared, heading)


def test_c1_numbered_sources_with_years(compared: str) -> None:
    listed = [line for line in row(compared, "Sources").splitlines() if STATEMENT.match(line)]
    cited = {int(number) for group in re.findall(r"\[([\d, ]+)\]", compared) for number in group.split(",")}
    assert cited == set(range(1, len(listed) + 1)), "each note is used, each number has its note"
    assert sum(bool(re.search(r", (19|20)\d\d", line)) for line in listed) >= len(listed) / 3


def test_c2_when_it_was_checked(sheet: str, compared: str, knowledge: KnowledgeBase) -> None:
    assert knowledge.review
    year = knowledge.review.checked[:4]
    said = re.compile(rf"The content was last checked in \w+ {year}\. The next check is due by \w+ {int(year) + 1}\.")
    along = run("explore", "--answers", str(SAMPLE), "--format", "markdown").stdout
    pages = [sheet, compared, along, run("sources").stdout, run("about", "painrules", "--plain").stdout]
    pages += [run("about", id, "--plain").stdout for id in ("gout", "acupuncture")]
    for page in pages:
        assert len(said.findall(page)) == 1


def test_c4_who_made_it(sheet: str, compared: str) -> None:
    along = run("explore", "--answers", str(SAMPLE), "--format", "markdown").stdout
    about = run("about", "painrules", "--plain").stdout
    for page in (sheet, compared, along, about):
        assert page.count("Made by the painrules developers. No clinician has reviewed it yet. Who paid") == 1
    assert "That does not mean that there are none." in about
    assert data("about", "painrules")["review"]["checked"]


TESTED_FIRST = (
    "medial_branch_block", "radiofrequency_ablation_spine", "radiofrequency_ablation_knee",
    "radiofrequency_ablation_sacroiliac", "cryoneurolysis", "sympathetic_block", "celiac_plexus_block",
    "spinal_cord_stimulation", "dorsal_root_ganglion_stimulation", "peripheral_nerve_stimulation",
    "tibial_sacral_nerve_stimulation", "deep_brain_stimulation", "intrathecal_pump", "lidocaine_infusion",
)  # fmt: skip


def test_c5_after_a_test(knowledge: KnowledgeBase) -> None:
    explained = {text.about: text.text for text in knowledge.explanations if text.aspect == "after_a_test"}
    assert set(explained) == set(TESTED_FIRST)
    for about, text in explained.items():
        assert re.search(r"\bif [^.]*(eased?s?|helps?|do well)\b", text, re.IGNORECASE), about
        assert re.search(r"\bIf [^.,]*\b(not|did not)\b", text), about
    comes_first = re.compile(
        r"\btest (block|injection|time)|trial comes first|try the treatment|are tested|has a test first"
    )
    for text in knowledge.explanations:
        if text.aspect in ("what_happens", "how_long") and comes_first.search(text.text):
            assert text.about in explained, text.about
    heading = "What comes after a test"
    assert "heat treatment may follow" in row(run("about", "medial_branch_block", "--plain").stdout, heading)
    compared = row(run("compare", "tramadol", "intrathecal_pump", "--plain").stdout, heading)
    assert "Tramadol: We hold no text on a test" in compared
    assert "no pump is put in" in compared
    assert heading not in run("compare", "tramadol", "acupuncture", "--plain").stdout


def test_c3_how_sure(compared: str) -> None:
    assert re.search(
        r"Acupuncture: .*\(rated (high|in the middle|low|very low)\)", row(compared, "How sure guidelines are")
    )


def test_n1_without_treatment(sheet: str) -> None:
    assert "Long-lasting low back pain: " in row(sheet, "No treatment for now")
    assert row(run("about", "low_back_pain_chronic", "--plain").stdout, "How it usually goes")


def test_n2_same_for_each(sheet: str, compared: str) -> None:
    assert "It is the same for everyone and says nothing about what suits you." in sheet
    assert "The order says nothing about what suits you." in compared
    turned = run("compare", "snri", "acupuncture", "--answers", str(SAMPLE), "--plain").stdout
    bare = [re.sub(r" \[[\d, ]+\]", "", row(page, "Serious harms")) for page in (compared, turned)]
    lines = [[line for line in page.splitlines() if not line.startswith("(")] for page in bare]
    assert lines[0] == lines[1][::-1], "the words do not depend on the order"


def test_n3_side_by_side() -> None:
    assert re.search(r"Acupuncture {20,}\w", run("compare", "acupuncture", "snri").stdout)


def test_p1_p2_numbers(knowledge: KnowledgeBase) -> None:
    small = world([], frequencies=[FREQUENCY], wording=[{"id": i, "text": t} for i, t in knowledge.wording.items()])
    numbers, about = frequency_lines(small, small.frequencies[0])
    assert "Of 100 people, 30 " in numbers
    assert "Of 100 who had a dummy tablet, 15 " in numbers
    assert "after a month" in numbers
    assert "adults with back pain" in about
    assert "not very sure" in about


def test_v1_v2_what_matters(sheet: str, compared: str, knowledge: KnowledgeBase) -> None:
    assert len(knowledge.questions["preferences"].values) >= 8
    assert "may not fit what matters to you" in sheet
    assert "I would rather avoid needles" in row(compared, "What matters to you")
    assert "people who say: " in row(run("compare", "acupuncture", "snri", "--plain").stdout, "What matters to you")


def test_g1_steps_and_questions(sheet: str) -> None:
    questions = [line for line in row(sheet, "Questions to take along").splitlines() if STATEMENT.match(line)]
    assert 3 <= len(questions) <= 10


def test_d2_not_tried_is_said() -> None:
    assert "not yet tried with people of low literacy" in (ROOT / "README.md").read_text()


def test_d3_how_evidence_was_found() -> None:
    page = " ".join((ROOT / "docs/evidence.md").read_text().split())
    for part in ("What was read", "`reported_by: other`", "How it was judged", "Guidelines that differ", "30 were wrong",
                 "not known", "No systematic search", "No clinician"):  # fmt: skip
        assert part in page, part
    assert "docs/evidence.md" in (ROOT / "README.md").read_text()
    assert "30 were wrong" in run("about", "painrules", "--plain").stdout.replace("\n", " ")


def test_u1_purpose_first(sheet: str, compared: str) -> None:
    for page in (sheet, compared, run("visit", "--plain").stdout):
        assert "It is for learning. It is not a diagnosis, and it does not tell you what to do." in "\n".join(
            page.strip().splitlines()[:6]
        )


def test_u2_words_explained(compared: str) -> None:
    assert compared.count("(antidepressant: ") == 1
    assert compared.index("ntidepressant") < compared.index("(antidepressant: ")
    everything = run("explore", "--answers", str(SAMPLE), "--all", "--plain").stdout
    assert "(opioid: " in everything
    assert not re.search(r"\n +\(", everything.split("\nSources\n")[1]), "none among the sources"


def test_u3_urgent_first() -> None:
    answers = b"conditions: [low_back_pain_chronic]\nanswers: {saddle_numbness: yes}"
    for arguments in (("explore",), ("compare", "tens", "acupuncture")):
        page = run(*arguments, "--answers", "-", "--plain", given=answers).stdout.strip().splitlines()
        assert any(line.startswith("URGENT.") for line in page[:5]), arguments


def test_u5_without_colour() -> None:
    shown = run("explore", "--answers", str(SAMPLE), NO_COLOR="1").stdout
    for line in (" ? Tramadol: check first", " x Anti-inflammatory tablets (NSAIDs): usually avoided"):
        assert line in shown
    assert "\x1b" not in run("compare", "acupuncture", "snri", "--plain", FORCE_COLOR="1").stdout


def test_a1_a2_things_to_do(sheet: str, tmp_path: Path) -> None:
    assert "Questions to take along" in sheet
    assert "medicines" in run("visit", "what_to_bring", "--plain").stdout
    place = {"PAINRULES_DIARY": str(tmp_path / "diary.csv")}
    assert run("diary", "add", "--pain", "6", "--headache", **place).returncode == 0
    assert "pain (0-10): 6.0" in run("diary", "plot", "--plain", **place).stdout
    assert "My pain diary" in run("explore", "--answers", str(SAMPLE), "--diary", "--plain", **place).stdout


def test_a3_when_to_seek_help() -> None:
    page = run("about", "low_back_pain_chronic", "--plain").stdout
    levels = ["Call an ambulance", "See a doctor or nurse today:", "See a doctor within days:"]
    places = [page.index(level) for level in levels]
    assert places == sorted(places)


def test_e2_privacy() -> None:
    readme = " ".join((ROOT / "README.md").read_text().split())
    assert "delete the file to delete them" in readme
    assert "nothing is stored unless you ask for it" in readme
