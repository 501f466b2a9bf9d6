"""Random rule bases, with findings in chains, and random people who leave questions open."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

WORDS = {"ill": ["yes", "no"], "kidneys": ["good", "weak", "failing"], "colour": ["red", "green", "blue"]}
ITEMS = ["lithium", "aspirin", "warfarin"]
NUMBERS = {"age": [18, 40, 65], "weight": [50, 65, 90]}
CONDITIONS = ["back_pain", "sciatica", "headache"]


def single_tests(findings: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    def words(question: str) -> st.SearchStrategy[dict[str, Any]]:
        return st.lists(st.sampled_from(WORDS[question]), min_size=1, max_size=2, unique=True).map(
            lambda v: {question: v}
        )

    def limits(question: str) -> st.SearchStrategy[dict[str, Any]]:
        def build(pair: tuple[int, int], which: str) -> dict[str, Any]:
            low, high = sorted(pair)
            if which == "both" and low < high:
                return {question: {"at_least": low, "below": high}}
            return {question: {"below": high} if which == "below" else {"at_least": low}}

        values = st.sampled_from(NUMBERS[question])
        return st.builds(build, st.tuples(values, values), st.sampled_from(["at_least", "below", "both"]))

    kinds = [words(question) for question in WORDS] + [limits(question) for question in NUMBERS]
    kinds.append(
        st.lists(st.sampled_from(ITEMS), min_size=1, max_size=2, unique=True).map(lambda v: {"takes": {"includes": v}})
    )
    kinds.append(st.sampled_from(CONDITIONS).map(lambda v: {"condition": v}))
    kinds.append(st.sampled_from(["avoid_needles", "prefer_home"]).map(lambda v: {"preference": v}))
    if findings:
        kinds.append(st.sampled_from(findings).map(lambda v: {"finding": v}))
    return st.one_of(kinds)


def whens(findings: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.recursive(
        single_tests(findings),
        lambda inner: st.one_of(
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"all": parts}),
            st.lists(inner, min_size=1, max_size=3).map(lambda parts: {"any": parts}),
            inner.map(lambda part: {"not": part}),
        ),
        max_leaves=6,
    )


@st.composite
def rule_bases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rules in the shape of a rule file: up to three findings, each using earlier ones, then effects of all kinds."""
    rules: list[dict[str, Any]] = []
    findings: list[str] = []
    for number in range(draw(st.integers(0, 3))):
        name = f"f{number}"
        for again in range(draw(st.integers(1, 2))):
            rules.append({"id": f"{name}-{again}", "when": draw(whens(findings)), "then": "finding", "finding": name})
        findings.append(name)
    for number in range(draw(st.integers(1, 6))):
        then = draw(st.sampled_from(["hold", "check", "caution", "note"]))
        target = draw(
            st.sampled_from([{"modality": "tablets"}, {"class": "nsaid"}, {"category": "physical"}, {"medicine": "m2"}])
        )
        rule = {"id": f"r{number}", "applies_to": target, "when": draw(whens(findings)), "then": then,
                "because": "It may harm.", "sources": ["s-for"]}  # fmt: skip
        if draw(st.booleans()):
            rule["unless"] = [{"id": "but", "when": draw(whens(findings))}]
        rules.append(rule)

    return rules


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    """An answers file: about a third of the questions is left out or 'unsure'."""
    answers: dict[str, Any] = {}
    for question, words in WORDS.items():
        answers[question] = draw(st.sampled_from([*words, *words, "unsure", None]))
    for question, limits in NUMBERS.items():
        answers[question] = draw(
            st.sampled_from([n + d for n in limits for d in (-1, 0, 0.5)] + ["unsure", None, None])
        )
    answers["takes"] = draw(
        st.one_of(st.lists(st.sampled_from(ITEMS), unique=True).map(lambda v: v or ["none"]), st.none())
    )
    person: dict[str, Any] = {
        "conditions": draw(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=2, unique=True)),
        "answers": {question: value for question, value in answers.items() if value is not None},
    }
    if draw(st.booleans()):
        person["preferences"] = draw(st.sampled_from([["none"], ["avoid_needles"], ["avoid_needles", "prefer_home"]]))
    return person
