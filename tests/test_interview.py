"""The interview: urgent signs first, only what matters, and every reply understood or explained."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from painrules.answers import Answers, read_answers
from painrules.interview import NotUnderstoodError, Progress, answer, next_step, start
from painrules.knowledge import KnowledgeBase
from painrules.sheet import explore, open_questions
from painrules.surfaces.dialogue import StoppedError, interview, offer_to_save


def scripted(replies: list[str], said: list[str]) -> tuple:
    left: Iterator[str] = iter(replies)

    def ask(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(left)
        except StopIteration:
            raise EOFError from None

    return ask, said.append


def all_steps(knowledge: KnowledgeBase, progress: Progress, reply: str) -> tuple[list, Progress]:
    steps = []
    while (step := next_step(knowledge, progress)) is not None:
        steps.append(step)
        assert len(steps) < 200
        try:
            progress = progress.with_answers(answer(step, reply, progress.answers))
        except NotUnderstoodError:
            progress = progress.with_answers(
                answer(step, "1" if step.questions[0].kind != "number" else "40", progress.answers)
            )
    return steps, progress


def test_urgent_signs_come_first(knowledge: KnowledgeBase) -> None:
    steps, _ = all_steps(knowledge, start(Answers(("low_back_pain_chronic",))), "0")
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
        _, progress = all_steps(knowledge, start(Answers((condition,))), "0")
        assert set(explore(knowledge, progress.answers, "reference").unknown) <= progress.answers.unsure


def test_not_sure_is_kept_and_not_asked_again(knowledge: KnowledgeBase) -> None:
    steps, progress = all_steps(knowledge, start(Answers(("gout",))), "u")
    asked = [question.id for step in steps for question in step.questions]
    assert len(asked) == len(set(asked))
    assert progress.answers.unsure == set(asked)
    assert not progress.answers.known


def test_back_returns_to_the_step_before(knowledge: KnowledgeBase) -> None:
    first = start(Answers(("gout",)))
    step = next_step(knowledge, first)
    assert step is not None
    second = first.with_answers(answer(step, "0", first.answers))
    assert second.back() == first
    assert next_step(knowledge, second.back()) == step


@pytest.mark.parametrize("reply", ["99", "1 x", "-1", "1.5", "٣", "1" * 5000, "\x1b[A", "yes please"])
def test_a_reply_that_is_no_answer_is_explained(knowledge: KnowledgeBase, reply: str) -> None:
    progress = start(Answers(("gout",)))
    step = next_step(knowledge, progress)
    assert step is not None
    with pytest.raises(NotUnderstoodError) as raised:
        answer(step, reply, progress.answers)
    assert knowledge.wording[raised.value.wording].format(**raised.value.values).startswith("Please write")


def test_ticking_some_lines_says_no_to_the_others(knowledge: KnowledgeBase) -> None:
    progress = start(Answers(("back_pain",)))
    step = next_step(knowledge, progress)
    assert step is not None
    assert len(step.questions) >= 3
    known = answer(step, "1, ?2", progress.answers)
    assert known.known[step.questions[0].id] == "yes"
    assert step.questions[1].id in known.unsure
    assert all(known.known[question.id] == "no" for question in step.questions[2:])


def test_whole_dialogue(knowledge: KnowledgeBase) -> None:
    said: list[str] = []
    ask, say = scripted(["1", "0", "", "h", "nonsense", "b", "1", "0", "", "0", "b"], said)
    with pytest.raises(StoppedError) as stopped:
        interview(knowledge, Answers(), ask, say)
    assert stopped.value.answers.conditions == ("back_pain",)
    assert any("Please write" in line for line in said)


def test_an_urgent_sign_is_told_at_once(knowledge: KnowledgeBase) -> None:
    step = next_step(knowledge, start(Answers(("back_pain",))))
    assert step is not None
    number = [question.id for question in step.questions].index("saddle_numbness") + 1
    said: list[str] = []
    ask, say = scripted([str(number)], said)
    with pytest.raises(StoppedError):
        interview(knowledge, Answers(("back_pain",)), ask, say)
    told = next(n for n, line in enumerate(said) if "emergency department now" in line)
    asked = [n for n, line in enumerate(said) if "] > " in line]
    assert asked[0] < told < asked[1], "before the next question"


def test_every_question_can_be_stopped_at(knowledge: KnowledgeBase) -> None:
    """End of input (a closed terminal) at each prompt in turn: the answers until then are kept."""
    for length in range(0, 30, 3):
        ask, say = scripted(["1", "0", "", *["0"] * length], [])
        with pytest.raises(StoppedError):
            interview(knowledge, Answers(), ask, say)


def test_saving_asks_and_is_private(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    from painrules.commands.explore import _save_new

    answers = Answers(("gout",)).answer("age", 40.0).answer("kidney_disease", None)
    said: list[str] = []
    file = tmp_path / "mine.yaml"
    ask, say = scripted([str(tmp_path / "no" / "where.yaml"), str(file)], said)
    offer_to_save(knowledge, answers, _save_new, ask, say)
    assert oct(file.stat().st_mode)[-3:] == "600"
    assert read_answers(file.read_bytes(), "mine", knowledge) == answers
    ask, say = scripted([str(file), ""], said)
    offer_to_save(knowledge, answers, _save_new, ask, say)
    assert any("it exists already" in line for line in said)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.yaml"]


def test_saving_nothing_is_the_default(knowledge: KnowledgeBase) -> None:
    ask, say = scripted([""], said := [])
    offer_to_save(knowledge, Answers(("gout",)), lambda *_: pytest.fail("wrote a file"), ask, say)
    assert said[-1] == "Nothing was saved."
