"""The quiz: every right answer is right and every other one wrong, by another route; files of classes, and of a learner."""

from __future__ import annotations

import datetime
import io
import json
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest

from painrules.answers import Answers
from painrules.commands.quiz import _as_bytes
from painrules.engines import Conclusions, consult
from painrules.knowledge import KnowledgeBase
from painrules.quiz.making import answer_meant, questions_by_kind
from painrules.quiz.memory import Memory, read_memory, remember
from painrules.quiz.picking import LIKELIEST, Pool, Posed, pick
from painrules.quiz.questions import CAN_WAIT, KINDS, MadeUp, QuizQuestion
from painrules.reading import ContentError
from painrules.sheet import LEVELS, Because, Sheet, Urgent, explore, signs_so_far
from painrules.surfaces.quiz_words import Written, written
from painrules.teaching import case_files, read_teaching_case
from tests.people import somebody
from tests.test_commands import run

HOSTILE = "]]><script>alert(1)</script> & \x1b[31m \"'"
CONCLUDED: dict[str, Conclusions] = {}
SHEETS: dict[str, Sheet] = {}
SIGNS: dict[str, tuple[Urgent, ...]] = {}
"""By digest of answers: made once."""
NOW = datetime.datetime(2026, 11, 26, 9, tzinfo=datetime.timezone.utc)


@pytest.fixture(scope="module")
def pool(knowledge: KnowledgeBase) -> Pool:
    """Our first cases, made-up people of all kinds, and somebody of whom only the pain is known."""
    cases = [read_teaching_case(path, knowledge) for path in list(case_files().values())[:3]]
    people = [MadeUp(case.id, case.title, case.story, case.person) for case in cases]
    for seed in (2, 13, 25, 36, 42):
        person = somebody(knowledge, random.Random(seed), unsure=0.3).everything
        people.append(MadeUp(f"somebody-{seed}", f"Somebody {seed}", "", person))
    return Pool(knowledge, [*people, MadeUp("gout", "Gout", "", Answers(("gout",)))])


@pytest.fixture(scope="module")
def quiz(pool: Pool) -> list[Posed]:
    return pick(pool, 140, seed=7)


# --- what is right ----------------------------------------------------------------------------------------------------


def certain_rules(knowledge: KnowledgeBase, answers: Answers, option: str) -> set[str]:
    """The rules for a treatment that surely hold."""
    if answers.digest not in CONCLUDED:
        CONCLUDED[answers.digest] = consult(knowledge, answers, "reference")
    found = CONCLUDED[answers.digest].rules
    return {
        rule.id for rule in knowledge.rules_of_modality.get(option, ()) if rule.id in found and found[rule.id].certain
    }


def taken_back(answers: Answers, question: str, word: str) -> Answers:
    """The same person without one answer, or without one line of a list."""
    value = answers.known[question]
    return answers.answer(question, value - {word}) if isinstance(value, frozenset) else answers.forget(question)


def lost_signs(knowledge: KnowledgeBase, answers: Answers, choice: str) -> list[str]:
    """The levels of urgent signs that are no longer certain without an answer."""
    question, _, word = choice.partition("=")
    after = {sign.id for sign in signs(knowledge, taken_back(answers, question, word))}
    return [sign.level for sign in signs(knowledge, answers) if sign.id not in after]


def signs(knowledge: KnowledgeBase, answers: Answers) -> tuple[Urgent, ...]:
    if answers.digest not in SIGNS:
        SIGNS[answers.digest] = tuple(s for s in signs_so_far(knowledge, answers, "reference") if s.certain)
    return SIGNS[answers.digest]


def check(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    assert one.said is not None
    answers, question = one.person.answers, one.said.question
    now = certain_rules(knowledge, answers, choice)
    return certain_rules(knowledge, taken_back(answers, question, one.said.answer), choice) != now


def why(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    return choice in certain_rules(knowledge, one.person.answers, one.option)


def urgent(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    lost = lost_signs(knowledge, one.person.answers, choice)
    assert not lost or lost[0] == signs(knowledge, one.person.answers)[0].level
    return bool(lost)


def how_soon(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    assert one.said is not None
    lost = lost_signs(knowledge, one.person.answers, f"{one.said.question}={one.said.answer}")
    return choice == min(lost, key=[*LEVELS, CAN_WAIT].index)


def sheet(knowledge: KnowledgeBase, answers: Answers) -> Sheet:
    if answers.digest not in SHEETS:
        SHEETS[answers.digest] = explore(knowledge, answers, "reference")
    return SHEETS[answers.digest]


def status(knowledge: KnowledgeBase, answers: Answers, option: str) -> str:
    return next(o.status for o in sheet(knowledge, answers).options if o.id == option)


def change(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    assert one.said is not None
    answers, question = one.person.answers, one.said.question
    other = answers.answer(question, answer_meant(knowledge, answers, question, one.said.answer))
    order = ["option", "with_care", "check_first", "held_back"]
    before, after = (order.index(status(knowledge, person, one.option)) for person in (answers, other))
    return choice == ("stronger" if after > before else "milder" if after < before else "same")


def unknown(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    assert one.said is not None
    if one.forgotten:
        assert status(knowledge, one.person.answers, one.option) == one.status
        return choice == status(knowledge, one.person.answers.forget(one.said.question), one.option)
    for then in one.changes:
        answer = answer_meant(knowledge, one.person.answers, then.question, then.to)
        assert status(knowledge, one.person.answers.answer(then.question, answer), one.option) == then.status
    return choice == status(knowledge, one.person.answers, one.option)


def guidelines(knowledge: KnowledgeBase, one: QuizQuestion, choice: str) -> bool:
    options = sheet(knowledge, Answers((one.condition,))).options
    return choice == next(option.guidelines for option in options if option.id == one.option)


IS_RIGHT: dict[str, Callable[[KnowledgeBase, QuizQuestion, str], bool]] = {
    "check": check, "why": why, "urgent": urgent, "how_soon": how_soon, "change": change, "unknown": unknown,
    "guidelines": guidelines,
}  # fmt: skip


def test_one_choice_is_right_and_no_other(knowledge: KnowledgeBase, quiz: list[Posed]) -> None:
    assert len(quiz) == 140
    count = Counter(posed.question.kind for posed in quiz)
    assert set(count) == set(KINDS)
    assert min(count.values()) >= 5, count
    for posed in quiz:
        is_right = IS_RIGHT[posed.question.kind]
        most = None if posed.question.kind == "urgent" else LIKELIEST
        likely = posed.choices if posed.question.scale else (posed.question.right, *posed.question.others[:most])
        assert set(posed.choices) <= set(likely)
        found = [choice for choice in likely if is_right(knowledge, posed.question, choice)]
        assert found == [posed.question.right], posed.question.id


def test_how_soon_is_not_asked_where_a_missing_answer_could_make_it_sooner(knowledge: KnowledgeBase) -> None:
    for chest, expected in ((None, set()), ("no", {"same_day"}), ("yes", {"emergency"})):
        answers = Answers(("osteoarthritis_knee",)).answer("calf_swollen_painful", "yes")
        answers = answers.answer("breathless_now", chest)
        found = questions_by_kind(knowledge, MadeUp("x", "x", "", answers), ("how_soon",))["how_soon"]
        assert {one.right for one in found if one.said == Because("calf_swollen_painful", "yes")} == expected, chest


def test_an_answer_is_no_cause_where_the_pain_alone_is_enough(knowledge: KnowledgeBase) -> None:
    for condition, expected in (("vertebral_compression_fracture", False), ("low_back_pain_chronic", True)):
        answers = Answers((condition,)).answer("recent_fracture", "yes").answer("osteoporosis", "no")
        found = questions_by_kind(knowledge, MadeUp("x", "x", "", answers), ("check",))["check"]
        about = {one.right for one in found if one.said == Because("recent_fracture", "yes")}
        assert ("spinal_manipulation" in about) is expected, condition


def test_nobody_is_asked_about_who_cannot_be(knowledge: KnowledgeBase) -> None:
    for sex, expected in (("male", False), ("female", True)):
        answers = Answers(("gout",)).answer("sex_at_birth", sex).answer("pregnancy", "no")
        found = questions_by_kind(knowledge, MadeUp("x", "x", "", answers), ("change",))["change"]
        assert any(one.said == Because("pregnancy", "pregnant_first_half") for one in found) is expected, sex


def test_answers_differ_and_are_explained(knowledge: KnowledgeBase, quiz: list[Posed]) -> None:
    for posed in quiz:
        one = written(knowledge, posed)
        assert len(set(one.choices)) == len(one.choices) >= 3
        assert one.why
        assert all(one.ask)
        cited = {int(n) for line in one.why for group in re.findall(r" \[([\d, ]+)\]", line) for n in group.split(",")}
        assert cited == set(range(1, len(one.sources) + 1)), one
        assert one.sources or one.kind == "change"
    by_answer = Counter((posed.question.kind, posed.question.right) for posed in quiz if posed.question.scale)
    for kind, most in (("change", 0.6), ("guidelines", 0.6), ("how_soon", 0.8)):
        counts = [count for (own, _), count in by_answer.items() if own == kind]
        assert max(counts) <= most * sum(counts), "no answer can be guessed from the others"


def test_the_same_seed_gives_the_same_quiz(knowledge: KnowledgeBase, pool: Pool) -> None:
    one, same, other = (pick(Pool(knowledge, pool.people[:3]), 30, seed) for seed in (1, 1, 2))
    assert one == same != other
    ids = [posed.question.id for posed in one]
    assert len(set(ids)) == 30
    people = [posed.question.person.id for posed in one]
    assert people == sorted(people, key=people.index), "a story is told once"
    every = pick(Pool(knowledge, pool.people[-1:], ("unknown",)), 500, seed=1)
    assert {posed.question.id for posed in every} == {question.id for question in pool.of(pool.people[-1])["unknown"]}


# --- a learner's file -------------------------------------------------------------------------------------------------


def test_what_was_wrong_comes_back_first(pool: Pool, tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    first, second, third = (posed.question.id for posed in pick(pool, 3, seed=1))
    for id, right in ((first, True), (second, False), ("why/gout/colchicine/no-such-rule", False)):
        memory = remember(path, id, right, NOW)
    assert memory == read_memory(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert memory.due(NOW) == []
    tomorrow = NOW + datetime.timedelta(1)
    assert memory.due(tomorrow) == [second, "why/gout/colchicine/no-such-rule"]
    later = pick(pool, 3, 1, memory.due(tomorrow), memory.questions.__contains__)
    assert later[0].question.id == second
    assert first not in {posed.question.id for posed in later}
    for person in pool.people:
        pool.of(person)
    assert pool.gone(memory.questions) == {"why/gout/colchicine/no-such-rule"}
    memory = remember(path, second, True, tomorrow, pool.gone(memory.questions))
    assert set(memory.questions) == {first, second}
    assert (memory.questions[second].asked, memory.questions[second].right) == (2, 1)
    assert memory.questions[first].due > NOW + datetime.timedelta(1)
    assert third not in memory.questions


@pytest.mark.parametrize(
    "text", [b"{", b"\xff", b"[]", b"[" * 100_000, b'{"kind": "painrules quiz", "version": 2, "questions": {}}',
             b'{"kind": "painrules quiz", "version": 1, "questions": {"x": {"asked": 1}}}']
)  # fmt: skip
def test_a_spoiled_file_is_refused_and_stays(tmp_path: Path, text: bytes) -> None:
    path = tmp_path / "scores.json"
    assert read_memory(path) == Memory()
    path.write_bytes(text)
    with pytest.raises(ContentError):
        remember(path, "x", True, NOW)
    assert path.read_bytes() == text


# --- files for a class ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheet_of_questions(knowledge: KnowledgeBase, quiz: list[Posed]) -> list[Written]:
    return [written(knowledge, posed) for posed in quiz[:25]]


def test_moodle_xml(knowledge: KnowledgeBase, sheet_of_questions: list[Written]) -> None:
    root = ElementTree.fromstring(_as_bytes(knowledge, sheet_of_questions, "moodle", False, 1))
    category, *questions = root
    assert category.get("type") == "category"
    assert category.findtext("category/text") == "$course$/top/painrules"
    assert len({question.findtext("idnumber") for question in questions}) == len(questions) == len(sheet_of_questions)
    for one, question in zip(sheet_of_questions, questions, strict=True):
        assert question.get("type") == "multichoice"
        assert 0 < len(question.findtext("name/text") or "") <= 255
        assert len(question.findtext("idnumber") or "") <= 100
        assert question.findtext("single") == "true"
        assert question.findtext("defaultgrade") == "1"
        assert question.findtext("shuffleanswers") == ("false" if one.scale else "true")
        answers = {words(answer.findtext("text")): answer.get("fraction") for answer in question.findall("answer")}
        assert answers == {flat(c): "100" if n == one.right else "0" for n, c in enumerate(one.choices)}
        for field, told in (("questiontext", one.ask), ("generalfeedback", (*one.why, *one.sources))):
            assert question.find(field).get("format") == "html"  # type: ignore[union-attr]
            assert all(flat(line) in words(question.findtext(f"{field}/text")) for line in told)


def test_qti_package(knowledge: KnowledgeBase, sheet_of_questions: list[Written]) -> None:
    """Checked once by hand against the published XSD; its licence does not let us keep it here."""
    data = _as_bytes(knowledge, sheet_of_questions, "qti", False, 1)
    assert data == _as_bytes(knowledge, sheet_of_questions, "qti", False, 2)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        files = {name: ElementTree.fromstring(archive.read(name)) for name in archive.namelist()}
    package, item = "{http://www.imsglobal.org/xsd/imscp_v1p1}", "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
    listed = [file.get("href") for file in files["imsmanifest.xml"].iter(f"{package}file")]
    assert sorted(listed) == sorted(set(files) - {"imsmanifest.xml"})
    order = [ref.get("href") or "" for ref in files["test.xml"].iter(f"{item}assessmentItemRef")]
    for one, name in zip(sheet_of_questions, order, strict=True):
        root = files[name]
        declared = {node.get("identifier") for node in root if node.tag.endswith("Declaration")}
        used = {node.get("identifier") for node in root.iter(f"{item}setOutcomeValue")}
        assert used | {"RESPONSE"} == declared
        choices = {node.get("identifier"): "".join(node.itertext()) for node in root.iter(f"{item}simpleChoice")}
        assert list(choices.values()) == list(one.choices)
        right = root.findtext(f"{item}responseDeclaration/{item}correctResponse/{item}value")
        assert choices[right] == one.choices[one.right]


def test_on_paper_the_answers_stand_apart_or_not_at_all(
    knowledge: KnowledgeBase, sheet_of_questions: list[Written]
) -> None:
    for format_, new_page in (("html", '<section class="new_page"'), ("markdown", "## Answers")):
        made = [_as_bytes(knowledge, sheet_of_questions, format_, answers, 1).decode() for answers in (False, True)]  # type: ignore[arg-type]
        assert new_page not in made[0]
        questions, key = made[1].split(new_page)
        assert questions.count("Question ") == key.count("Question ") == made[0].count("Question ") == 25


def test_no_text_ends_the_section_that_it_stands_in(knowledge: KnowledgeBase, pool: Pool) -> None:
    answers = pool.people[0].answers
    (posed,) = pick(Pool(knowledge, [MadeUp(HOSTILE, HOSTILE, HOSTILE, answers)], ("why",)), 1, seed=1)
    one = written(knowledge, posed)
    told = ElementTree.fromstring(_as_bytes(knowledge, [one], "moodle", True, 1)).findtext("question/questiontext/text")
    assert "<script>" not in (told or "")
    assert "]]><script>alert(1)</script> &" in words(told)
    _as_bytes(knowledge, [one], "json", True, 1)
    with zipfile.ZipFile(io.BytesIO(_as_bytes(knowledge, [one], "qti", True, 1))) as archive:
        assert all(ElementTree.fromstring(archive.read(name)) is not None for name in archive.namelist())


def flat(text: str) -> str:
    return " ".join(text.split())


def words(markup: str | None) -> str:
    """The text of some HTML."""
    found: list[str] = []
    reader = HTMLParser()
    reader.handle_data = found.append  # type: ignore[method-assign]
    reader.feed(markup or "")
    return flat("".join(found))


# --- at the terminal --------------------------------------------------------------------------------------------------


def test_at_the_terminal(tmp_path: Path) -> None:
    chosen = ("--case", "back_pain_and_kidneys", "--n", "6", "--seed", "3")
    made = json.loads(run("quiz", "export", "--format", "json", *chosen, PYTHONHASHSEED="1").stdout)
    right = [str(question["right"] + 1) for question in made["questions"]]
    lines = [right[0], "h", "99", "x", right[1], "u", "1" if right[3] != "1" else "2", *right[4:]]
    done = run("quiz", "--plain", *chosen, given="\n".join(lines).encode() + b"\n", PYTHONHASHSEED="2")
    assert (done.returncode, done.stderr) == (0, "")
    assert "You had 4 of 6 right." in done.stdout
    assert done.stdout.count("Please write one number") == 2
    assert done.stdout.count("Rosa is 67 and made up.") == 2, "once, and once more when asked for"
    for question in made["questions"]:
        assert all(line in done.stdout for line in (*question["ask"], *question["choices"], *question["why"]))
    ended = run("quiz", *chosen)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "No question was answered." in ended.stdout
    assert not re.search(r"check/|why/|unknown/", done.stdout), "no id is shown"


def test_what_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "scores.json"
    chosen = ("quiz", "--condition", "gout", "--n", "2", "--seed", "1", "--file", str(path))
    first = run(*chosen, given=b"1\n2\n")
    assert (first.returncode, first.stderr) == (0, "")
    assert "The next question comes back on " in first.stdout
    kept = json.loads(path.read_text())["questions"]
    assert len(kept) == 2
    second = run(*chosen, given=b"u\n")
    assert "With the times before: " in second.stdout
    assert len(json.loads(path.read_text())["questions"]) == 3, "nothing is asked again before its day"
    path.write_text("no scores")
    done = run(*chosen)
    assert done.returncode == 2
    assert "is not JSON" in done.stderr
    assert path.read_text() == "no scores"


def test_wrong_use(tmp_path: Path) -> None:
    for arguments, told in (
        (("--kind", "chek"), "Did you mean 'check'?"),
        (("--condition", "gotu"), "Did you mean 'gout'?"),
        (("--case", "back_pain_and_kidney"), "Did you mean 'back_pain_and_kidneys'?"),
        (("--case", "back_pain_and_kidneys", "--kind", "urgent"), "There is nothing to ask here."),
    ):
        done = run("quiz", *arguments)
        assert done.returncode == 2
        assert told in done.stderr
