"""Bad answers files: every problem by place, with what would be right. Good ones: read back as written."""

from __future__ import annotations

import pytest

from painrules.answers import read_answers
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "holds no answers."),
        ("[]", "holds no answers."),
        ("answers: {}", "conditions: is missing: name at least one. 'painrules conditions' lists them."),
        ("conditions: []", "name at least one"),
        ("conditions: gout", "conditions: is not a list. Write it in square brackets."),
        ("conditions: [gotu]", "a.yaml:1:14: conditions[0]: 'gotu' is not a condition. Did you mean 'gout'?"),
        ("conditions: [gout, gout]", "stands here twice"),
        ("conditions: [gout]\nanswer: {}", "a.yaml:2:1: answer: is not a part of an answers file. Did you mean 'answers'?"),
        ("conditions: [gout]\nage: 5", "It is a question: put it under 'answers:'."),
        ("conditions: [gout]\nanswers: {kidney_diseas: mild}", "Did you mean 'kidney_disease'?"),
        ("conditions: [gout]\nanswers: {kidney_disease: sever}", "a.yaml:2:11: answers.kidney_disease: 'sever' is not an answer. Did you mean 'severe'?"),
        ("conditions: [gout]\nanswers: {age: old}", "'old' is not a number. Write"),
        ("conditions: [gout]\nanswers: {age: 999}", "999 is outside"),
        ("conditions: [gout]\nanswers: {age: .nan}", "'.nan' is not a number."),
        ("conditions: [gout]\nanswers: {age: 1e400}", "is not a number"),
        ("conditions: [gout]\nanswers: {epilepsy_or_seizures: maybe}", "Valid: no, unsure, yes."),
        ("conditions: [gout]\nanswers: {medicines_taken: []}", "is an empty list. Write [none], or unsure."),
        ("conditions: [gout]\nanswers: {medicines_taken: [lithum]}", "medicines_taken[0]: 'lithum' is not an answer. Did you mean 'lithium'?"),
        ("conditions: [gout]\nanswers: {medicines_taken: [none, lithium]}", "'none' cannot stand beside other answers."),
        ("conditions: [gout]\nanswers: {preferences: [avoid_needles]}", "is not a question"),
        ("conditions: [gout]\ntried: {oral_nsaid: helped}", "Did you mean 'oral_nsaids'?"),
        ("conditions: [gout]\ntried: {oral_nsaids: hleped}", "Did you mean 'helped'?"),
        ("conditions: [gout]\ntried: [oral_nsaids]", "tried: is not a list of 'name: value' lines."),
    ],
)  # fmt: skip
def test_problem(knowledge: KnowledgeBase, text: str, expected: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_answers(text.encode(), "a.yaml", knowledge)
    assert any(expected in str(problem) for problem in caught.value.problems), str(caught.value)


def test_all_problems_are_reported(knowledge: KnowledgeBase) -> None:
    text = "conditions: [gotu]\nanswers: {age: old, sex: male}\ntried: {x: y}\nfoo: 1\n"
    with pytest.raises(ContentError) as caught:
        read_answers(text.encode(), "a.yaml", knowledge)
    assert len(caught.value.problems) == 5


def test_both_spellings_of_yes_and_no(knowledge: KnowledgeBase) -> None:
    for yes, no in (("yes", "no"), ("true", "false"), ("'yes'", "'no'")):
        text = f"conditions: [gout]\nanswers: {{epilepsy_or_seizures: {yes}, raynaud: {no}}}"
        known = read_answers(text.encode(), "a.yaml", knowledge).known
        assert known == {"epilepsy_or_seizures": "yes", "raynaud": "no"}


def test_unsure_and_missing_are_unknown(knowledge: KnowledgeBase) -> None:
    text = "conditions: [gout]\nanswers: {age: unsure, medicines_taken: unsure, kidney_disease: }"
    answers = read_answers(text.encode(), "a.yaml", knowledge)
    assert answers.known == {}
    assert answers.unsure == {"age", "medicines_taken"}


def test_json_is_an_answers_file(knowledge: KnowledgeBase) -> None:
    answers = read_answers(b'{"conditions": ["gout"], "answers": {"age": 40}}', "a.json", knowledge)
    assert answers.known == {"age": 40.0}
