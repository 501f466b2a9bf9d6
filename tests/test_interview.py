"""The interview: urgent signs first, only what matters, and every reply understood or explained."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from painrules.answers import Answers, read_answers
from painrules.commands.page import PersonsPage
from painrules.interview import (
    NotUnderstoodError,
    Progress,
    Reply,
    answer,
    new_urgent_signs,
    next_step,
    not_sure,
    settled,
    start,
)
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore
from painrules.surfaces import forms
from painrules.surfaces.dialogue import NEXT, StoppedError, afterwards, interview, keep_somewhere, try_other_answers
from painrules.surfaces.typed import Typed
from painrules.unanswered import open_questions
from tests.generative.strategies import rule_bases
from tests.people import Somebody, adaptive, essence, in_file_order, interviews, somebody
from tests.world import hold, person, world


def scripted(knowledge: KnowledgeBase, replies: list[str], said: list[str]) -> Typed:
    """A person who types these replies and then closes the terminal."""
    left: Iterator[str] = iter(replies)

    def ask(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return Typed(knowledge, ask, said.append)


def page_of(knowledge: KnowledgeBase) -> PersonsPage:
    return PersonsPage(knowledge, "reference", everything=False, plain=True)


NO_TO_ALL = Reply()


def all_steps(knowledge: KnowledgeBase, progress: Progress, reply: Reply | None) -> tuple[list, Progress]:
    """An interview with someone who always gives this reply, None being 'not sure'; or else the first answer."""
    steps = []
    while (step := next_step(knowledge, progress)) is not None:
        steps.append(step)
        assert len(steps) < 200
        question = step.questions[0]
        if reply is None:
            told = not_sure(step, progress.answers)
        else:
            first = (
                Reply(number=f"{question.maximum or 0:g}") if question.kind == "number" else Reply(question.answers[:1])
            )
            told = answer(step, reply if question.kind in ("yes_no", "many_of") else first, progress.answers)
        progress = progress.with_answers(told)
    return steps, progress


def test_urgent_signs_come_first(knowledge: KnowledgeBase) -> None:
    steps, _ = all_steps(knowledge, start(Answers(("low_back_pain_chronic",))), NO_TO_ALL)
    urgent = [all(question.urgent == "yes" for question in step.questions) for step in steps]
    assert urgent[0]
    signs = [n for n, step in enumerate(steps) if step.screen.id.startswith("signs")]
    assert signs == list(range(len(signs)))


def test_nothing_is_asked_that_cannot_matter(knowledge: KnowledgeBase) -> None:
    progress = start(Answers(("migraine_chronic",)))
    while (step := next_step(knowledge, progress)) is not None:
        assert {question.id for question in step.questions} <= set(open_questions(knowledge, progress.answers))
        progress = progress.skip(step.questions)


def test_an_interview_ends_with_nothing_open(knowledge: KnowledgeBase) -> None:
    for condition in ("back_pain", "osteoarthritis_knee", "cancer_pain"):
        _, progress = all_steps(knowledge, start(Answers((condition,))), NO_TO_ALL)
        assert set(explore(knowledge, progress.answers, "reference").unknown) <= progress.answers.unsure


def test_not_sure_is_kept_and_not_asked_again(knowledge: KnowledgeBase) -> None:
    steps, progress = all_steps(knowledge, start(Answers(("gout",))), None)
    asked = [question.id for step in steps for question in step.questions]
    assert len(asked) == len(set(asked))
    assert progress.answers.unsure == set(asked)
    assert not progress.answers.known


def test_back_returns_to_the_step_before(knowledge: KnowledgeBase) -> None:
    first = start(Answers(("gout",)))
    step = next_step(knowledge, first)
    assert step is not None
    second = first.with_answers(answer(step, NO_TO_ALL, first.answers))
    assert second.back() == first
    assert next_step(knowledge, second.back()) == step


@pytest.mark.parametrize("reply", ["99", "1 x", "-1", "1.5", "٣", "1" * 5000, "\x1b[A", "yes please"])
def test_a_reply_that_is_no_answer_is_explained(knowledge: KnowledgeBase, reply: str) -> None:
    said: list[str] = []
    with pytest.raises(StoppedError) as stopped:
        interview(knowledge, Answers(("gout",)), scripted(knowledge, [reply], said))
    assert stopped.value.answers == Answers(("gout",))
    assert any(line.startswith("Please write") for line in said)


@pytest.mark.parametrize("reply", ["", "old", "-3", "1e9", "nan", "4" * 5000])
def test_a_number_that_cannot_be_is_explained(knowledge: KnowledgeBase, reply: str) -> None:
    step, _ = forms.of_question(knowledge, "age")
    with pytest.raises(NotUnderstoodError) as raised:
        answer(step, Reply(number=reply), Answers())
    assert (
        knowledge.wording[raised.value.wording].format(**raised.value.values) == "Please write a number from 0 to 120."
    )


def test_ticking_some_lines_says_no_to_the_others(knowledge: KnowledgeBase) -> None:
    progress = start(Answers(("back_pain",)))
    step = next_step(knowledge, progress)
    assert step is not None
    assert len(step.questions) >= 3
    with pytest.raises(StoppedError) as stopped:
        interview(knowledge, Answers(("back_pain",)), scripted(knowledge, ["1, ?2"], []))
    known = stopped.value.answers
    assert known.known[step.questions[0].id] == "yes"
    assert step.questions[1].id in known.unsure
    assert all(known.known[question.id] == "no" for question in step.questions[2:])


def test_whole_dialogue(knowledge: KnowledgeBase) -> None:
    said: list[str] = []
    kind_unknown = str(1 + sum("back_pain" in knowledge.ancestors(id) for id in knowledge.conditions))
    replies = ["1", kind_unknown, "", "h", "nonsense", "b", "1", kind_unknown, "", "0", "b"]
    with pytest.raises(StoppedError) as stopped:
        interview(knowledge, Answers(), scripted(knowledge, replies, said))
    assert stopped.value.answers.conditions == ("back_pain",)
    assert any("Please write" in line for line in said)


def test_kinds_of_pain_are_found_by_words_and_taken_back(knowledge: KnowledgeBase) -> None:
    said: list[str] = []
    with pytest.raises(StoppedError) as stopped:
        interview(
            knowledge,
            Answers(),
            scripted(
                knowledge, ["xyzzy", "hexenschuss", "slipped disk", "1", "migrane", "1", "slipped disk", "1", ""], said
            ),
        )
    assert any("do not know the name xyzzy" in line for line in said)
    assert stopped.value.answers.conditions == ("migraine",)


def test_an_urgent_sign_is_told_at_once(knowledge: KnowledgeBase) -> None:
    step = next_step(knowledge, start(Answers(("back_pain",))))
    assert step is not None
    number = [question.id for question in step.questions].index("saddle_numbness") + 1
    said: list[str] = []
    with pytest.raises(StoppedError):
        interview(knowledge, Answers(("back_pain",)), scripted(knowledge, [str(number)], said))
    told = next(n for n, line in enumerate(said) if "emergency department now" in line)
    asked = [n for n, line in enumerate(said) if "] > " in line]
    assert asked[0] < told < asked[1], "before the next question"


@pytest.mark.parametrize(("reply", "stops"), [("1", True), ("3", False)])
def test_an_urgent_sign_asks_whether_to_stop(knowledge: KnowledgeBase, reply: str, stops: bool) -> None:
    step = next_step(knowledge, start(Answers(("back_pain",))))
    assert step is not None
    number = [question.id for question in step.questions].index("saddle_numbness") + 1
    said: list[str] = []
    kept: list[Answers] = []
    with pytest.raises(StoppedError) as stopped:
        interview(knowledge, Answers(("back_pain",)), scripted(knowledge, [str(number), reply], said), kept.append)
    assert sum("[u s b d q" in line for line in said) == (1 if stops else 2)
    assert stopped.value.answers.known["saddle_numbness"] == "yes"
    assert kept[-1] == stopped.value.answers


def test_below_the_page_what_cannot_wait_is_said_again(knowledge: KnowledgeBase) -> None:
    urgent = Answers(("back_pain",)).answer("saddle_numbness", "yes")
    for answers, times in ((urgent, 1), (Answers(("back_pain",)), 0)):
        said: list[str] = []
        afterwards(knowledge, answers, scripted(knowledge, [""], said), page_of(knowledge))
        menu = next(n for n, line in enumerate(said) if "What would you like to do next?" in line)
        assert sum("Go to an emergency department now" in line for line in said[:menu]) == times


def test_every_question_can_be_stopped_at(knowledge: KnowledgeBase) -> None:
    """End of input (a closed terminal) at each prompt in turn: the answers until then are kept."""
    for length in range(0, 30, 3):
        kept: list[Answers] = []
        with pytest.raises(StoppedError) as stopped:
            interview(knowledge, Answers(), scripted(knowledge, ["1", "1", "", *["0"] * length], []), kept.append)
        assert kept[-1] == stopped.value.answers, "each answer was kept before the next question"


def test_saving_asks_and_is_private(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    answers = Answers(("gout",)).answer("age", 40.0).answer("kidney_disease", None)
    said: list[str] = []
    file = tmp_path / "mine.yaml"
    asker = scripted(knowledge, [str(tmp_path / "no" / "where.yaml"), str(file)], said)
    assert keep_somewhere(knowledge, answers, asker, page_of(knowledge)) == file
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert read_answers(file.read_bytes(), "mine", knowledge) == answers
    assert keep_somewhere(knowledge, answers, scripted(knowledge, [str(file), ""], said), page_of(knowledge)) is None
    assert any("it exists already" in line for line in said)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_saving_nothing_is_the_default(
    knowledge: KnowledgeBase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for replies in ([""], []):
        afterwards(knowledge, Answers(("gout",)), scripted(knowledge, replies, said := []), page_of(knowledge))
        assert said[-1] == "Nothing was saved."
    assert list(tmp_path.iterdir()) == []


def test_afterwards_the_page_can_be_completed_and_kept(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    said: list[str] = []
    menu = {name: str(number) for number, name in enumerate(NEXT, 1)}
    replies = [
        menu["tried"], "tens", "1", "", "2",  # it did not help
        menu["talk_about"], "yoga", "1", "acupuncture", "1", "",
        menu["page"], "page.doc", str(tmp_path / "page.md"),
        menu["keep"], str(tmp_path / "mine.yaml"),
        menu["talk_about"], "yoga", "1", "",  # taken back, and kept without asking again
        "",
    ]  # fmt: skip
    afterwards(knowledge, Answers(("low_back_pain_chronic",)), scripted(knowledge, replies, said), page_of(knowledge))
    kept = read_answers((tmp_path / "mine.yaml").read_bytes(), "mine", knowledge)
    assert kept.tried == {"tens": "did_not_help"}
    assert kept.talk_about == ("acupuncture",)
    assert "must end in one of" in " ".join(said)
    assert "What I want to talk about" in (tmp_path / "page.md").read_text()


# --- the shortest safe interview -----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", range(24))
def test_nothing_that_was_skipped_could_matter(knowledge: KnowledgeBase, number: int) -> None:
    """The sheet after the interview is that of the same person with every question answered."""
    someone = somebody(knowledge, random.Random(f"nothing skipped {number}"), unsure=0.1 * (number % 3))
    *_, (_, answers) = interviews(knowledge, someone)
    assert len(answers.known) + len(answers.unsure) < len(knowledge.questions), "some questions were skipped"
    after, with_all = (explore(knowledge, told, "reference") for told in (answers, someone.everything))
    assert essence(knowledge, after) == essence(knowledge, with_all)


@given(rule_bases(), st.lists(st.sampled_from(["back_pain", "sciatica", "headache"]), min_size=1, unique=True),
       st.randoms(use_true_random=False))  # fmt: skip
def test_nothing_skipped_could_matter_for_any_rules(rules: list, conditions: list[str], dice: random.Random) -> None:
    sign = {"id": "u", "when": {"sign": "yes", "ill": "yes"}, "then": "urgent", "level": "emergency", "ask_if": ["any"],
            "because": "It may be bad.", "action": "Call for help.", "sources": ["s-for"]}  # fmt: skip
    small = world([*rules, sign])
    someone = Somebody(tuple(conditions), somebody(small, dice, unsure=0.2).knows)
    for order in (adaptive, in_file_order):
        *_, answers = [Answers(someone.conditions), *(then for _, then in interviews(small, someone, order))]
        after, with_all = (explore(small, told, "reference") for told in (answers, someone.everything))
        assert essence(small, after) == essence(small, with_all)


def test_signs_then_statuses_then_the_rest(knowledge: KnowledgeBase) -> None:
    for condition in ("low_back_pain_chronic", "migraine_chronic", "gout"):
        steps, progress = all_steps(knowledge, start(Answers((condition,))), NO_TO_ALL)
        kinds = [{"urgent": 0, "status": 1, "reasons": 2, "fits": 2}[step.why.kind] for step in steps]
        assert kinds == sorted(kinds)
        assert set(kinds) == {0, 1, 2}
        assert settled(knowledge, progress.answers)


def test_the_first_question_after_the_signs_can_change_most(knowledge: KnowledgeBase) -> None:
    steps, _ = all_steps(knowledge, start(Answers(("low_back_pain_chronic",))), NO_TO_ALL)
    counts = [step.why.count for step in steps if step.why.kind == "status"]
    assert counts[0] == max(counts) > 10


def test_a_step_says_what_it_can_change() -> None:
    rules = [hold("r", {"ill": "yes"}), hold("s", {"ill": "yes"}, applies_to={"modality": "walking"}, then="caution"),
             hold("n", {"colour": "red"}, then="note")]  # fmt: skip
    small = world(rules)
    first = next_step(small, start(person(small)))
    assert first is not None
    assert (first.questions[0].id, first.why.kind, first.why.count) == ("ill", "status", 2)
    assert first.why.options == ("tablets", "walking"), "the strongest warning first"
    last = next_step(small, start(person(small, answers={"ill": "yes"})))
    assert last is not None
    assert (last.questions[0].id, last.why.kind, last.why.options) == ("colour", "reasons", ("tablets",))


def test_an_answer_that_spares_others_is_asked_first() -> None:
    """Both can change the same; but only 'ill: no' makes questions needless."""
    rules = [hold("r", {"colour": "red"}, then="caution"), hold("s", {"kidneys": "weak", "ill": "yes"}, then="caution"),
             hold("t", {"takes": {"includes": "lithium"}, "ill": "yes"}, then="caution")]  # fmt: skip
    small = world(rules)
    first = next_step(small, start(person(small)))
    assert first is not None
    assert first.questions[0].id == "ill"


def test_the_person_is_told_why_and_when_all_is_clear(knowledge: KnowledgeBase) -> None:
    said: list[str] = []

    def ask(prompt: str) -> str:
        said.append(prompt)
        return "1" if "one number" in prompt else "0" if "numbers" in prompt else "40" if "years" in prompt else "5"

    interview(knowledge, Answers(("gout",)), Typed(knowledge, ask, said.append))
    assert any(line.startswith("This can change") for line in said)
    assert sum("status of each option are now clear" in line for line in said) == 1


def test_done_shows_the_page_at_once(knowledge: KnowledgeBase) -> None:
    answers = interview(knowledge, Answers(("gout",)), scripted(knowledge, ["0", "d"], []))
    assert answers.known
    assert not settled(knowledge, answers)


def test_other_answers_can_be_tried_at_the_end(knowledge: KnowledgeBase, capsys: pytest.CaptureFixture[str]) -> None:
    told = Answers(("low_back_pain_chronic",))
    page = page_of(knowledge)
    form = forms.of_other_answers(knowledge, page.sheet(told))
    assert not any("ending your life" in line.text for line in form.lines), "that is nothing to play with"
    kidneys = str([line.id for line in form.lines].index("kidney_disease") + 1)
    severe = str(knowledge.questions["kidney_disease"].answers.index("severe") + 1)
    said: list[str] = []
    try_other_answers(knowledge, told, page, scripted(knowledge, ["99", kidneys, severe, kidneys, "b", "b"], said))
    assert any("Please write one number from 1 to" in line for line in said)
    shown = capsys.readouterr().out
    assert shown.count("What if some answers were different?") == 1
    assert "How well do your kidneys work" in shown


def test_a_yes_or_no_question_can_be_tried_the_other_way(knowledge: KnowledgeBase) -> None:
    id = next(question.id for question in knowledge.questions.values() if question.kind == "yes_no")
    step, form = forms.of_question(knowledge, id)
    yes, no = (answer(step, Reply((line.id,)), Answers()).known for line in form.lines)
    assert (yes, no) == ({id: "yes"}, {id: "no"})


def test_medicines_are_told_by_the_name_on_the_box(knowledge: KnowledgeBase) -> None:
    _, form = forms.of_question(knowledge, "medicines_taken")
    said: list[str] = []
    reply = scripted(knowledge, ["advil, cymbalta", "1", "1", "xyzzy", ""], said).ask(form)
    assert reply == Reply(("other_nsaid", "ssri_or_snri", "cyp2d6_inhibitor")), "each line that a medicine belongs to"
    assert any("Advil (ibuprofen) - An anti-inflammatory painkiller" in line for line in said)
    assert any("do not know the name xyzzy" in line for line in said)


def test_a_misspelt_name_is_asked_back_and_none_of_them_counts_as_nothing_said(knowledge: KnowledgeBase) -> None:
    _, form = forms.of_question(knowledge, "medicines_taken")
    said: list[str] = []
    reply = scripted(knowledge, ["ibuprofn", "0", "", "u"], said).ask(form)
    assert reply == "not_sure", "an empty list of names is not 'none'"
    assert any("Which of these is ibuprofn?" in line for line in said)


# --- urgent signs ----------------------------------------------------------------------------------------------------


def signs_told(knowledge: KnowledgeBase, condition: str, *given: tuple[str, str]) -> list[list[tuple[str, bool]]]:
    """What the interview tells of signs after each of these answers."""
    before, told = Answers((condition,)), []
    for question, value in given:
        said = None if value == "unsure" else float(value) if value.isdigit() else value
        after = before.answer(question, said)
        told.append([(sign.id, sign.certain) for sign in new_urgent_signs(knowledge, before, after)])
        before = after
    return told


def test_a_sign_that_an_answer_points_to_is_told_once_as_possible_and_again_when_it_is_sure(
    knowledge: KnowledgeBase,
) -> None:
    fever, other, weak = signs_told(
        knowledge, "gout", ("fever_with_pain", "yes"), ("chest_pain_now", "no"), ("immune_weakened", "yes")
    )
    assert ("arthritis-fever-weak-defences", False) in fever
    assert other == [], "told once"
    assert ("arthritis-fever-weak-defences", True) in weak, "sure by an answer on another page"


def test_what_only_was_not_asked_yet_alarms_nobody(knowledge: KnowledgeBase) -> None:
    assert signs_told(knowledge, "low_back_pain_chronic", ("age", "80"), ("saddle_numbness", "no")) == [[], []]


def test_what_was_asked_and_is_not_sure_lets_a_sign_wait_no_longer(knowledge: KnowledgeBase) -> None:
    age, medicines = signs_told(knowledge, "low_back_pain_chronic", ("age", "80"), ("medicines_taken", "unsure"))
    assert age == []
    assert medicines == [("spine-steroid-fracture", False)]


def test_a_possible_sign_is_told_at_the_terminal_in_the_words_of_the_sheet(knowledge: KnowledgeBase) -> None:
    progress = start(Answers(("gout",)))
    while "fever_with_pain" not in [question.id for question in next_step(knowledge, progress).questions]:  # type: ignore[union-attr]
        progress = progress.with_answers(not_sure(next_step(knowledge, progress), progress.answers))  # type: ignore[arg-type]
    step, said = next_step(knowledge, progress), list[str]()
    assert step is not None
    number = [question.id for question in step.questions].index("fever_with_pain") + 1
    with pytest.raises(StoppedError):
        interview(knowledge, progress.answers, scripted(knowledge, [str(number)], said))
    alarm = next(line for line in said if line.startswith(f"\n*** {knowledge.wording['level.emergency']}"))
    _, _, text, action = alarm.split("\n")
    assert text.startswith(knowledge.wording["possible"]), "before what to do, which may be about another illness"
    assert action in {rule.entry.action for rule in knowledge.rules.values()}
    feverish, said = Answers(("gout",)).answer("fever_with_pain", "yes"), []
    afterwards(knowledge, feverish, scripted(knowledge, [""], said), page_of(knowledge))
    assert any(f"***\n{knowledge.wording['possible']} " in line for line in said), "and again below the page"
