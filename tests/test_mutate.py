"""Mutants: who notices each kind, in tiny worlds; that the proofs are right; and the command as a process."""

from __future__ import annotations

import json
import re
import sys
from itertools import product
from pathlib import Path
from typing import Any

import pexpect
import pytest

from painrules.answers import as_plain, read_answers
from painrules.cases import read_cases
from painrules.expressions import Any as AnyOf
from painrules.knowledge import KnowledgeBase
from painrules.language import as_when, parse_when
from painrules.mutation.by_proof import ProofGuard
from painrules.mutation.operators import OPERATORS, depending, mutants, with_rule
from painrules.mutation.report import Trial, plain_rule
from painrules.sheet import explore
from painrules.symbolic.judge import DisagreementError, Judge
from tests.conftest import ROOT
from tests.test_commands import data, run
from tests.test_prove import prefer, sign
from tests.world import WORLD, finding, hold, world

Data = dict[str, Any]

SICK = {"kidneys": "failing"}
ILL = {"ill": "yes"}
WELL = {"kidneys": "good", "ill": "no", "age": 40}
NO_GEL = [entry for entry in WORLD["recommendations"] if entry["modality"] != "gel"]


def case(expect: Data, answers: Data, **more: Any) -> Data:
    """In the tiny world, of someone who is well but for these answers."""
    return {"id": "c", "conditions": ["back_pain"], "answers": {**WELL, **answers}, "expect": expect, **more}


def invariant(when: Data, at_least: str = "held_back", modality: str = "tablets") -> Data:
    return {"id": "i", "when": when, "treatments": {"modality": modality}, "at_least": at_least, "because": "So.",
            "sources": ["s-for"]}  # fmt: skip


def trial(folder: Path, rules: list[Data], operators: list[str], cases: list[Data] = [], **sections: Any) -> Trial:  # noqa: B006
    knowledge = world(rules, **sections)
    found = ()
    if cases:
        (folder / "cases.yaml").write_text(json.dumps({"cases": cases}))
        found = read_cases(folder)
    return Trial(knowledge, found, mutants(knowledge, knowledge.rules, operators))


# --- each operator, noticed by a case, by an invariant, by nothing, and changing nobody's sheet --------------------------

HELD = {"tablets": "held_back"}
EITHER, BOTH = {"any": [ILL, SICK]}, {**ILL, **SICK}
NOT_WELL = {"not": {"ill": "no", "kidneys": "good"}}
OLD = {"age": {"at_least": 65}}
UNLESS = [{"id": "young", "when": {"age": {"below": 30}}}]
SOME = {"modality": ["tablets", "walking"]}
# operator: the rule, a case, an invariant (or None where it never can), and the verdicts that each brings.
KINDS: dict[str, tuple[Data, Data, Data | None, str, str]] = {
    "drop": (hold("r", SICK), case(HELD, SICK), invariant(SICK), "case", "invariant"),
    "weaken": (hold("r", SICK), case(HELD, SICK), invariant(SICK), "case", "invariant"),
    "strengthen": (hold("r", SICK, then="check"), case({"tablets": "check_first"}, SICK), None, "case", ""),
    "negate": (hold("r", SICK), case(HELD, SICK), invariant(SICK), "case", "invariant"),
    "move-limit": (hold("r", OLD), case(HELD, {"age": 65}), invariant(OLD), "undetected case", "undetected invariant"),
    "swap-and-or": (hold("r", EITHER), case(HELD, ILL), invariant(ILL), "case", "invariant"),
    "drop-and": (hold("r", NOT_WELL), case(HELD, ILL), invariant(ILL), "case undetected", "invariant undetected"),
    "drop-or": (hold("r", EITHER), case(HELD, ILL), invariant(ILL), "case undetected", "invariant undetected"),
    "drop-exception": (hold("r", SICK, unless=UNLESS), case({"tablets": "option"}, {**SICK, "age": 20}), None,
                       "case", ""),
    "drop-target": (hold("r", SICK, applies_to=SOME), case(HELD, SICK), invariant(SICK), "case undetected",
                    "invariant undetected"),
    "turn-mark": (prefer("r", "prefer_home", "fits"),
                  case({}, {}, preferences=["prefer_home"], fits={"tablets": "fits"}), None, "case", ""),
}  # fmt: skip


@pytest.mark.parametrize("operator", OPERATORS)
def test_each_operator(operator: str, tmp_path: Path) -> None:
    rule, of_case, of_invariant, by_case, by_invariant = KINDS[operator]

    def verdicts(rule: Data, **more: Any) -> list[str]:
        return [outcome.verdict for outcome in trial(tmp_path, [rule], [operator], **more).outcomes()]

    none = verdicts(rule)
    assert none
    assert set(none) == {"undetected"}
    assert verdicts(rule, cases=[of_case]) == by_case.split()
    if of_invariant:
        assert verdicts(rule, invariants=[of_invariant]) == by_invariant.split()
    of_nobody = {"applies_to": {"modality": "gel", "medicine": ["m1b", "m2"] if operator == "drop-target" else []}}
    assert set(verdicts({**rule, **of_nobody}, recommendations=NO_GEL)) == {"equivalent"}


def afters(rule: Data, operator: str, **sections: Any) -> list[Any]:
    knowledge = world([rule], **sections)
    return [plain_rule(mutant.rule) for mutant in mutants(knowledge, ["r"], [operator])]


def test_what_operators_make() -> None:
    def whens(when: Data, operator: str, **more: Any) -> list[Any]:
        return [after["when"] for after in afters(hold("r", when, **more), operator)]

    assert whens(SICK, "drop") == ["never"]
    assert whens({"any": [ILL, SICK]}, "negate") == [{"any": [{"not": ILL}, SICK]}, {"any": [ILL, {"not": SICK}]}]
    assert whens({"age": {"at_least": 18, "below": 19}}, "move-limit") == [
        {"age": {"at_least": 17, "below": 19}}, {"age": {"at_least": 18, "below": 20}}]  # fmt: skip
    assert whens({"not": BOTH}, "swap-and-or") == [{"not": {"any": [ILL, SICK]}}]
    assert whens({**ILL, "any": [SICK, OLD]}, "drop-and") == [{"any": [SICK, OLD]}, ILL]
    assert whens({"kidneys": ["weak", "failing"]}, "drop-or") == [{"kidneys": "weak"}, SICK]
    assert whens({"takes": {"includes": ["lithium", "aspirin"]}}, "drop-or") == [
        {"takes": {"includes": "aspirin"}}, {"takes": {"includes": "lithium"}}]  # fmt: skip
    assert whens(SICK, "drop-or") == whens(SICK, "drop-and") == whens(SICK, "swap-and-or") == []
    two = [*UNLESS, {"id": "blue", "when": {"colour": "blue"}}]
    young, blue = ({"not": exception["when"]} for exception in two)
    assert whens(SICK, "drop-exception", unless=two) == [
        {"all": [SICK, blue]} if 0 else {**SICK, **blue},
        {**SICK, **young},
    ]
    assert whens(BOTH, "swap-and-or", unless=UNLESS) == [{"any": [ILL, SICK], **young}]  # never with the exception

    assert [after["then"] for after in afters(hold("r", SICK), "weaken")] == ["check"]
    assert afters(hold("r", SICK), "strengthen") == afters(hold("r", SICK, then="note"), "weaken") == []
    assert [after["level"] for after in afters(sign("r", SICK), "weaken")] == ["same_day"]
    assert [after["level"] for after in afters(sign("r", SICK, level="soon"), "strengthen")] == ["same_day"]
    targets = [
        after["applies_to"]
        for after in afters(hold("r", SICK, applies_to={"class": "nsaid", "modality": "walking"}), "drop-target")
    ]
    assert targets == [{"modality": ["walking"]}, {"class": ["nsaid"]}]
    assert afters(hold("r", SICK), "drop-target") == []


def test_a_disjunct_that_another_one_includes_changes_nobodys_sheet(tmp_path: Path) -> None:
    rule = hold("r", {"any": [OLD, {"age": {"at_least": 80}}]})
    verdicts = [outcome.verdict for outcome in trial(tmp_path, [rule], ["drop-or"]).outcomes()]
    assert verdicts == ["undetected", "equivalent"]


def test_people_are_told_apart_by_the_limits_of_faults_too(tmp_path: Path) -> None:
    rules = [hold("r", OLD), hold("s", {"age": {"at_least": 18}}, then="check")]
    verdicts = [outcome.verdict for outcome in trial(tmp_path, rules, ["move-limit"]).outcomes()]
    assert verdicts == ["undetected"] * 4


def test_a_fault_of_a_finding_shows_in_the_rules_that_use_it(tmp_path: Path) -> None:
    rules = [finding("f", "bad", SICK), finding("g", "worse", {"finding": "bad"}), hold("r", {"finding": "worse"})]
    assert [o.verdict for o in trial(tmp_path, rules, ["drop"], [case(HELD, SICK)]).outcomes()] == ["case"] * 3
    assert [o.verdict for o in trial(tmp_path, rules, ["drop"], invariants=[invariant(SICK)]).outcomes()] == [
        "invariant"
    ] * 3
    assert [o.verdict for o in trial(tmp_path, rules, ["drop"]).outcomes()] == ["undetected"] * 3
    assert [o.verdict for o in trial(tmp_path, rules[:2], ["drop"]).outcomes()] == ["equivalent"] * 2


def test_the_worst_comes_first_with_the_smallest_person(tmp_path: Path) -> None:
    rules = [hold("a", {"colour": "red"}, then="note"), hold("b", ILL, then="caution"), hold("c", SICK), sign("d", OLD)]
    outcomes = sorted(trial(tmp_path, rules, ["drop", "strengthen"]).outcomes(), key=lambda o: o.place)
    told = [(o.mutant.rule.id, o.mutant.operator, o.difference.kind, as_plain(o.difference.person)["answers"],
             o.difference.changes) for o in outcomes if o.difference]  # fmt: skip
    assert told == [
        ("d", "drop", "milder", {"age": 65}, ("sign d: urgent emergency -> not shown",)),
        ("c", "drop", "milder", {"ill": "no", **SICK}, ("tablets: held_back -> option",)),
        ("b", "drop", "milder", {"kidneys": "good"}, ("tablets: with_care -> option",)),
        ("a", "strengthen", "stronger", {"ill": "no", "kidneys": "good"}, ("tablets: option -> with_care",)),
        ("b", "strengthen", "stronger", {"kidneys": "good"}, ("tablets: with_care -> check_first",)),
        ("a", "drop", "shown", {"colour": "red"}, ("reason a on tablets: note -> not shown",)),
    ]


def test_what_is_broken_already_notices_nothing(tmp_path: Path) -> None:
    failing, fine = case({"tablets": "option"}, SICK), {**case(HELD, SICK), "id": "d"}
    made = trial(tmp_path, [hold("r", SICK)], ["drop"], [failing])
    assert [o.verdict for o in made.outcomes()] == ["undetected"]
    assert made.cases.failing == {"c"}
    assert [o.case for o in trial(tmp_path, [hold("r", SICK)], ["drop"], [failing, fine]).outcomes()] == ["d"]
    # The invariant speaks of two treatments and is broken for one: it still guards the other.
    both = {**invariant(SICK), "treatments": {"modality": ["tablets", "walking"]}}
    made = trial(tmp_path, [hold("r", SICK)], ["drop"], invariants=[both])
    assert [o.invariant for o in made.outcomes()] == ["i"]
    assert made.proof.broken == {"i"}


# --- the proofs are right ------------------------------------------------------------------------------------------------


def test_nobody_else_is_changed_than_the_proof_says(tmp_path: Path) -> None:
    """Everyone in a tiny world, with the reference engine, for every mutant of rules of all kinds."""
    rules = [finding("f", "bad", {"any": [SICK, {"age": {"below": 18}}]}), hold("r", {"finding": "bad", **ILL}),
             hold("s", {"not": {"any": [OLD, ILL]}}, then="check", applies_to={"class": "nsaid"}),
             hold("t", {"any": [OLD, {"age": {"at_least": 80}}, SICK]}, then="caution", unless=[{"id": "x", "when": ILL}]),
             sign("u", {**ILL, **OLD}, ask_if=["headache"]), hold("v", {"condition": "sciatica"}, applies_to={"medicine": "m2"})]  # fmt: skip
    knowledge = world(rules)
    made = mutants(knowledge, knowledge.rules, OPERATORS)
    guard, judge = ProofGuard(knowledge, (mutant.rule.when for mutant in made)), Judge(knowledge)
    space = guard.proof.space
    everyone = [dict(zip(space.fields, codes, strict=True))
                for codes in product(*(range(len(field.values)) for field in space.fields.values()))]  # fmt: skip
    everyone = [codes for codes in everyone if guard.proof.diagrams.contains(guard.proof.possible, codes)]
    people = [space.person(codes) for codes in everyone]
    shown = [judge.shown(person) for person in people]
    some = {"equivalent": 0, "not": 0}
    for mutant in made:
        mutated = with_rule(knowledge, mutant.rule)
        comparison = guard.compare(mutated, depending(knowledge, mutant.rule))
        other = Judge(mutated)
        for codes, person, before in zip(everyone[::7], people[::7], shown[::7], strict=True):
            changed = guard.proof.diagrams.contains(comparison.seen, codes)
            assert changed is (other.shown(person) != before), (mutant, person)
        some["not" if comparison.seen.satisfiable() else "equivalent"] += 1
    assert some["equivalent"] > 2
    assert some["not"] > 40


def test_a_disagreement_is_never_told_as_a_finding(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = trial(tmp_path, [hold("r", SICK)], ["drop"])
    monkeypatch.setattr(Judge, "shown", lambda *_: {})
    with pytest.raises(DisagreementError):
        list(made.outcomes())


def test_a_condition_is_written_as_it_was_read(knowledge: KnowledgeBase) -> None:
    kinds = {question.id: question.kind for question in knowledge.questions.values()}
    for rule in knowledge.rules.values():
        assert parse_when(as_when(rule.when), kinds) == rule.when
    for when in ({"all": [ILL]}, {"any": [ILL]}, {"all": [ILL, {"ill": "no"}]}, {"preference": ["a", "b"]},
                 {"any": [{"takes": {"includes": "a"}}, {"finding": "b"}]}, {"condition": "a"}):  # fmt: skip
        expression = parse_when(when, {"ill": "yes_no", "takes": "many_of"})
        assert parse_when(as_when(expression), {"ill": "yes_no", "takes": "many_of"}) == expression
    assert as_when(AnyOf((parse_when(ILL, {"ill": "yes_no"}),))) == {"any": [ILL]}


# --- the real rules ------------------------------------------------------------------------------------------------------

LEFT_OPEN = {
    ("antiemetic-age", "move-limit"): "Is 25 the age that the sources name? They say 'young adults'.",
    ("alpha-lipoic-acid-sugar-crash", "move-limit"): "Why are people under 18 not told?",
    ("after-procedure-headache-upright", "drop-and"): "A leak hurts more upright; the question is about lying down.",
}
"""Faults of which nobody has settled yet that the rule is right without them; no case holds the rule to it."""


def test_every_fault_in_the_real_rules_is_noticed(knowledge: KnowledgeBase) -> None:
    """`painrules mutate --rule ID` tells whom a fault would reach: a case with this person notices it."""
    made = Trial(knowledge, read_cases(ROOT / "tests/cases"), mutants(knowledge, knowledge.rules, OPERATORS))
    unnoticed = {(o.mutant.rule.id, o.mutant.operator) for o in made.outcomes() if o.verdict == "undetected"}
    assert unnoticed == LEFT_OPEN.keys()
    assert len(made.mutants) > 6000


# --- the command ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder of content with three rules, and a case for two of them."""
    rules = [hold("kidneys", {"kidneys": ["weak", "failing"]}), hold("ill", ILL, then="check"), sign("old", OLD)]
    cases = [case(HELD, SICK), {**case({"tablets": "check_first"}, ILL), "id": "d"}]
    for name, content in (("knowledge/world.yaml", WORLD), ("rules/world.yaml", {"rules": rules}),
                          ("tests/cases/some.yaml", {"cases": cases})):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(json.dumps(content))
    return tmp_path


def test_the_command_tells_what_nothing_notices(small: Path) -> None:
    done = run("mutate", "--content", str(small))
    assert (done.returncode, done.stderr) == (1, "")
    assert max(map(len, done.stdout.splitlines())) <= 80
    words = re.sub(r"\s+", " ", done.stdout)
    assert words.startswith("14 faults put into 3 rules, one at a time. Who notices? a case an invariant only nothing")
    assert "drop 2 0 1 0" in words
    assert "all 8 0 6 0" in words
    assert "when: {age: {at_least: 65}}, then: urgent, level: emergency" in words
    assert "drop, as if it said when: never sign old: urgent emergency -> not shown the smallest person" in words
    assert words.index("as if it said when: never") < words.index("drop-or, as if it said when: {kidneys: failing}")


def test_what_it_tells_of_a_person_is_so(small: Path) -> None:
    """The person goes through the real sheets of the rules before and after."""
    text = (small / "rules/world.yaml").read_text()
    faults = [fault for fault in data("mutate", "--content", str(small))["faults"] if fault["verdict"] == "undetected"]
    (fault,) = (fault for fault in faults if fault["operator"] == "drop-or")
    assert (fault["before"]["when"], fault["after"]["when"]) == (
        {"kidneys": ["failing", "weak"]},
        {"kidneys": "failing"},
    )
    assert fault["changes"] == ["tablets: held_back -> option"]
    statuses = []
    for before, after in (("", ""), ('["weak", "failing"]', '["failing"]')):
        (small / "rules/world.yaml").write_text(text.replace(before, after))
        sheet = data("explore", "--content", str(small), "--answers", "-", given=json.dumps(fault["person"]).encode())
        statuses += [option["status"] for option in sheet["options"] if option["id"] == "tablets"]
    assert statuses == ["held_back", "option"]


def test_some_rules_operators_and_a_sample(small: Path) -> None:
    def faults(*options: str) -> list[tuple[str, str]]:
        return [(f["rule"], f["operator"]) for f in data("mutate", "--content", str(small), *options)["faults"]]

    assert faults("--rule", "ill", "--rule", "old", "--operator", "drop") == [("old", "drop"), ("ill", "drop")]
    assert run("mutate", "--content", str(small), "--rule", "ill").returncode == 0
    drawn = faults("--sample", "5", "--seed", "3")
    assert len(drawn) == 5
    assert drawn == faults("--sample", "5", "--seed", "3") != faults("--sample", "5", "--seed", "4")
    assert len(faults("--sample", "999")) == 14
    done = run("mutate", "--content", str(small), "--rule", "ill", "--operator", "turn-mark")
    assert (done.returncode, done.stdout.splitlines()[0][:27]) == (0, "0 faults put into 0 rules, ")


def test_cases_from_elsewhere_and_none(small: Path, tmp_path: Path) -> None:
    (small / "tests").rename(small / "elsewhere")
    done = run("mutate", "--content", str(small), "--rule", "ill")
    assert done.returncode == 1
    assert done.stderr == "painrules: no cases here (a checkout has tests/cases; --cases FOLDER names others).\n"
    done = run("mutate", "--content", str(small), "--rule", "ill", "--cases", str(small / "elsewhere/cases"))
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--rule", "kidny"), "'kidny' is not a rule. Did you mean 'kidneys'?"),
        (("--operator", "drip"), "'drip' is not a kind of fault. Did you mean 'drop'?"),
        (("--sample", "0"), "--sample"),
        (("--cases", "nowhere"), "nowhere is not a folder."),
        (("--cases", "rules"), "world.yaml:1:1: holds no 'cases:'."),
        (("--cases", "bad"), "a.yaml:c:1:105: answers.kidneys: 'bad' is not an answer."),
    ],
)
def test_wrong_use(small: Path, options: tuple[str, ...], expected: str) -> None:
    (small / "bad").mkdir()
    (small / "bad/a.yaml").write_text(json.dumps({"cases": [case(HELD, {"kidneys": "bad"})]}))
    done = run("mutate", "--content", str(small), *options, cwd=small)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.sub(r":\d+:\d+:", ":", expected) in re.sub(r":\d+:\d+:", ":", done.stderr)


def test_progress_is_shown_at_a_terminal_only(small: Path) -> None:
    command = [str(ROOT / "cli.py"), "mutate", "--content", str(small), "--rule", "ill"]
    seen = pexpect.run(
        f"{sys.executable} {' '.join(command)}", env={"TERM": "xterm", "PATH": "/usr/bin", "COLUMNS": "80"}
    )
    assert b"Faults" in seen
    assert run(*command[1:]).stderr == ""


def test_a_rule_of_the_real_content(knowledge: KnowledgeBase) -> None:
    """Whatever nothing notices in some real rules is real: the sheets differ."""
    made = mutants(knowledge, ["nsaid-heart-failure", "find-weak-bones"], OPERATORS)
    found = list(Trial(knowledge, (), made).outcomes())
    assert {outcome.verdict for outcome in found} >= {"undetected", "invariant"}
    for outcome in found:
        if outcome.difference is not None:
            raw = json.dumps(as_plain(outcome.difference.person)).encode()
            sheets = [explore(base, read_answers(raw, "person", base), "reference").as_plain()
                      for base in (knowledge, with_rule(knowledge, outcome.mutant.rule))]  # fmt: skip
            assert sheets[0]["options"] != sheets[1]["options"]
