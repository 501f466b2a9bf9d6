"""Random small rule bases: every share is the one that comes out when all possible people are counted one by one."""

# ruff: noqa: B023  (each function is called at once)
from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from painrules.alternatives import CERTAIN_STATUS, STATUSES, status_given
from painrules.answers import Answers
from painrules.knowledge import KnowledgeBase
from painrules.population import Population, population_in
from painrules.reading import Document
from painrules.sheet import LEVELS
from painrules.symbolic.counting import Counting
from painrules.symbolic.coverage import coverage
from painrules.symbolic.hazards import NO_QUESTION, MapOfHazards
from painrules.symbolic.judge import Judge
from painrules.symbolic.proof import Proof
from painrules.symbolic.space import YES, Space
from painrules.symbolic.versions import compare_versions
from tests.generative.strategies import single_tests
from tests.world import world

FEW = 2_500
People = list[tuple[Answers, Fraction]]
"""Everyone there can be, each with a weight."""


@st.composite
def whens(draw: st.DrawFn) -> dict[str, Any]:
    parts = draw(st.lists(single_tests([]), min_size=1, max_size=2))
    return {draw(st.sampled_from(["all", "any"])): [draw(st.sampled_from([p, {"not": p}])) for p in parts]}


@st.composite
def small_bases(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Few rules of all kinds over few questions."""
    rules: list[dict[str, Any]] = [{"id": "f", "when": draw(whens()), "then": "finding", "finding": "f"}]
    for number in range(draw(st.integers(1, 2))):
        target = draw(st.sampled_from([{"modality": "tablets"}, {"class": "nsaid"}, {"medicine": "m2"}]))
        when = draw(st.sampled_from([{"finding": "f"}, draw(whens())]))
        rules.append({"id": f"r{number}", "applies_to": target, "when": when, "because": "So.", "sources": ["s-for"],
                      "then": draw(st.sampled_from(["hold", "check", "caution", "note"]))})  # fmt: skip
    if draw(st.booleans()):
        rules.append({"id": "u", "when": draw(whens()), "then": "urgent", "level": draw(st.sampled_from(LEVELS)),
                      "because": "Bad.", "action": "Call.", "sources": ["s-for"],
                      "ask_if": [draw(st.sampled_from(["any", "sciatica"]))]})  # fmt: skip
    return rules


constraints = st.lists(whens(), max_size=1).map(lambda n: [{"id": "c", "never": w, "because": "So."} for w in n])
shares = st.integers(0, 19).map(lambda n: n / 20)


@st.composite
def populations(draw: st.DrawFn) -> dict[str, Any]:
    """A file of shares: some given, some left to the defaults."""
    answers = {
        "ill": {"share": draw(shares)},
        "kidneys": {"shares": {"good": draw(shares), "weak": 0.25, "failing": draw(shares)}},
        "age": {"from": draw(st.integers(0, 50)), "to": draw(st.integers(50, 90))},
        "takes": {"items": {"lithium": draw(shares), "warfarin": draw(shares)}},
    }
    chosen = draw(st.sets(st.sampled_from(sorted(answers))))
    weights = {id: {"weight": draw(st.integers(1, 9)), "assumed": "yes"} for id in ("back_pain", "headache")}
    return {
        "unknown": {"share": draw(shares)},
        "second_condition": {"share": draw(shares)},
        "defaults": {kind: {"share": draw(shares)} for kind in ("sign", "yes_no", "item", "preference")},
        "conditions": draw(st.sampled_from([{}, weights])),
        "answers": {id: {**answers[id], "assumed": "yes"} for id in sorted(chosen)},
    }


def everyone(knowledge: KnowledgeBase, space: Space, weigh: Callable[[Answers, dict[str, int]], Fraction]) -> People:
    """All people of a space one by one."""
    judge, found = Judge(knowledge), []
    for chosen in itertools.product(*(range(len(field.values)) for field in space.fields.values())):
        codes = dict(zip(space.fields, chosen, strict=True))
        loose = any(codes[n] and not codes[n.partition(":")[0]] for n, f in space.fields.items() if f.kind == "item")
        person = space.person(codes)
        if (
            person.conditions
            and not loose
            and all(judge.holds(person, c.never) is not True for c in knowledge.constraints.values())
        ):
            found.append((person, weigh(person, codes)))
    return found


def probability(
    knowledge: KnowledgeBase, space: Space, data: dict[str, Any]
) -> Callable[[Answers, dict[str, int]], Fraction]:
    """How likely a person is drawn, from the description of the file alone."""

    def exact(value: Any) -> Fraction:
        return Fraction(str(value))

    def of_question(id: str, codes: dict[str, int]) -> Fraction:
        question, code, unknown = knowledge.questions[id], codes[id], exact(data["unknown"]["share"])
        given, defaults = data["answers"].get(id, {}), data["defaults"]
        if code == 0:
            return unknown
        value = space.fields[id].values[code]
        if question.kind == "yes_no":
            yes = exact(given.get("share", defaults["sign" if id == "sign" else "yes_no"]["share"]))
            return (1 - unknown) * (yes if value == "yes" else 1 - yes)
        if question.kind == "one_of":
            all_ = given.get("shares") or dict.fromkeys(question.answers, 1)
            total = sum(map(exact, all_.values()))
            return (1 - unknown) * exact(all_[str(value)]) / total
        if question.kind == "number":
            ages = range(given.get("from", int(question.minimum or 0)), given.get("to", int(question.maximum or 0)) + 1)
            limits = [float(str(v)) for v in space.fields[id].values[2:]]
            return (1 - unknown) * Fraction(
                sum(1 + sum(a >= limit for limit in limits) == code for a in ages), len(ages)
            )
        share = 1 - unknown
        for field in space.fields_of(id)[1:]:
            usual = defaults["preference" if id == "preferences" else "item"]["share"]
            yes = exact(given.get("items", {}).get(field.name.partition(":")[2], usual))
            share *= yes if codes[field.name] == YES else 1 - yes
        return share

    def weigh(person: Answers, codes: dict[str, int]) -> Fraction:
        weights = {id: exact(data["conditions"].get(id, {"weight": 1})["weight"]) for id in space.conditions}
        second, total = exact(data["second_condition"]["share"]), sum(weights.values())
        draws = {}
        for one, two in itertools.product(weights, [None, *weights]):
            chance = weights[one] / total * (1 - second if two is None else second * weights[two] / total)
            key = frozenset({one, two} - {None})
            draws[key] = draws.get(key, Fraction(0)) + chance
        share = draws.get(frozenset(person.conditions), Fraction(0))
        for id in knowledge.questions:
            if id in space.fields:
                share *= of_question(id, codes)
        return share

    return weigh


def share_of(people: People, is_so: Callable[[Answers], bool]) -> Fraction:
    total = sum((weight for _, weight in people), Fraction(0))
    return sum((weight for person, weight in people if is_so(person)), Fraction(0)) / (total or 1)


def check_coverage(proof: Proof, people: People, counting: Counting) -> None:
    judge = proof.judge
    found = coverage(proof, counting)
    for reached in (*found.rules, *found.signs):
        if reached.effect == "finding":
            truths = (True, None)
            assert [share_of(people, lambda p, t=t: judge.truth(p, reached.id) is t) for t in truths] == [
                reached.certain,
                reached.possible,
            ]  # type: ignore[misc]
            continue
        certain = share_of(
            people, lambda p: any(r == reached.id and k in ("reason", "sign") for k, r, _ in judge.shown(p))
        )
        assert reached.certain == certain
        if reached.effect != "note":
            assert reached.possible == share_of(
                people, lambda p: any(r == reached.id and k.startswith("possible") for k, r, _ in judge.shown(p))
            )
    for option in found.options:
        assert option.offered == share_of(people, lambda p: judge.status(p, option.id) is not None)
        for status, share in option.statuses.items():
            assert share == share_of(people, lambda p, s=status: judge.status(p, option.id) == s)  # type: ignore[misc]


@settings(max_examples=max(1, settings.default.max_examples // 2))
@given(small_bases(), constraints, st.sampled_from([None, "sciatica", "back_pain"]))
def test_shares_are_those_of_counting(
    rules: list[dict[str, Any]], never: list[dict[str, Any]], condition: str | None
) -> None:
    proof = Proof(world(rules, constraints=never))
    assume(proof.space.size < FEW)
    people = [
        p
        for p in everyone(proof.knowledge, proof.space, lambda *_: Fraction(1))
        if condition is None or p[0].conditions == (condition,)
    ]
    counting = Counting(proof)
    check_coverage(proof, people, counting.only(condition) if condition else counting)


@settings(max_examples=max(1, settings.default.max_examples // 2))
@given(small_bases(), constraints, populations(), st.sampled_from([None, "sciatica", "headache"]))
def test_weighted_shares_are_those_of_counting(
    rules: list[dict[str, Any]], never: list[dict[str, Any]], data: dict[str, Any], condition: str | None
) -> None:
    knowledge = world(rules, constraints=never)
    proof = Proof(knowledge)
    assume(proof.space.size < FEW)
    all_ = everyone(knowledge, proof.space, probability(knowledge, proof.space, data))
    people = [p for p in all_ if condition is None or p[0].conditions == (condition,)]
    if not never:
        assert sum(weight for _, weight in all_) == 1, "the test counts everyone"
    counting = Counting(proof, population(data, knowledge))
    check_coverage(proof, people, counting.only(condition) if condition else counting)


def population(data: dict[str, Any], knowledge: KnowledgeBase) -> Population:
    return population_in(Document("shares.yaml", data, {}), knowledge)


@settings(max_examples=max(1, settings.default.max_examples // 2))
@given(small_bases(), constraints)
def test_the_map_of_hazards_is_that_of_counting(rules: list[dict[str, Any]], never: list[dict[str, Any]]) -> None:
    knowledge = world(rules, constraints=never)
    proof = Proof(knowledge)
    assume(proof.space.size < FEW)
    hazards, judge = MapOfHazards(proof, Counting(proof)), proof.judge
    everybody = everyone(knowledge, proof.space, lambda *_: Fraction(1))
    for condition in knowledge.conditions:
        people = [p for p in everybody if p[0].conditions == (condition,)]
        options = hazards.options(condition)
        assert {o.id for o in options} == {m for person, _ in people for m in judge.statuses(person)}
        for option in options:
            seen = {judge.statuses(person)[option.id][0] for person, _ in people}
            assert option.strongest == max(seen, key=STATUSES.index)
            assert option.warned == share_of(people, lambda p: judge.status(p, option.id) != "option")
            for hazard in (*knowledge.screens, NO_QUESTION):
                own = [
                    r
                    for r in knowledge.rules_of_modality.get(option.id, ())
                    if r.effect in CERTAIN_STATUS and hazard in screens(knowledge, r.id)
                ]
                given_ = [
                    status_given(r, option.id, t)
                    for p, _ in people
                    for r in own
                    if (t := judge.truth(p, r.id)) is not False
                ]
                warned = option.hazards.get(hazard)
                assert (warned is None) is (not given_)
                if warned:
                    assert warned.strongest == max(given_, key=STATUSES.index)
                    assert warned.share == share_of(
                        people, lambda p: any(judge.truth(p, r.id) is not False for r in own)
                    )


def screens(knowledge: KnowledgeBase, rule: str) -> set[str]:
    return {knowledge.questions[id].screen for id in knowledge.questions_of_rule[rule]} or {NO_QUESTION}


# --- versions ----------------------------------------------------------------------------------------------------------


def moves(old: Judge, new: Judge, person: Answers) -> Iterator[tuple[str, str, str, str]]:
    """What becomes of one person: what it is about, the direction, from what, to what."""
    was, now = ({m: s for m, (s, _) in judge.statuses(person).items()} for judge in (old, new))
    for id in was.keys() | now.keys():
        if id not in now or id not in was:
            yield id, "vanishes" if id in was else "appears", "", ""
        elif was[id] != now[id]:
            yield id, "milder" if STATUSES.index(now[id]) < STATUSES.index(was[id]) else "stronger", was[id], now[id]
    order = ["not_told", *(f"possible_{level}" for level in reversed(LEVELS)), *reversed(LEVELS)]
    for id in {r for judge in (old, new) for _, r, m in judge.shown(person) if not m}:
        told = [how_told(judge, person, id) for judge in (old, new)]
        if told[0] != told[1]:
            yield id, "milder" if order.index(told[1]) < order.index(told[0]) else "stronger", *told


def how_told(judge: Judge, person: Answers, id: str) -> str:
    kinds = {kind for kind, rule, _ in judge.shown(person) if rule == id}
    level = judge.knowledge.rules[id].entry.level if id in judge.knowledge.rules else None
    return str(level) if "sign" in kinds else f"possible_{level}" if "possible sign" in kinds else "not_told"


@settings(max_examples=max(1, settings.default.max_examples // 2))
@given(small_bases(), small_bases(), st.booleans(), st.none() | populations())
def test_what_becomes_of_people_is_what_counting_finds(
    one: list[dict[str, Any]], two: list[dict[str, Any]], fewer: bool, data: dict[str, Any] | None
) -> None:
    old = world(one)
    more = {
        "recommendations": [{"condition": "back_pain", "modality": "tablets", "source": "s-for", "direction": "for"}]
    }
    new = world(two, **more if fewer else {})
    space = Proof(new, old).space
    assume(space.size < FEW)
    judges = Judge(old), Judge(new)
    people = everyone(new, space, probability(new, space, data) if data else lambda *_: Fraction(1))
    weights = [weight for _, weight in people]
    counted: dict[tuple[str, str], set[int]] = {}
    steps: dict[tuple[str, str, str, str], Fraction] = {}
    for number, (person, _) in enumerate(people):
        for id, direction, *names in moves(*judges, person):
            counted.setdefault((id, direction), set()).add(number)
            step = (id, direction, names[0], names[1])
            steps[step] = steps.get(step, Fraction(0)) + weights[number]
    found = compare_versions(old, new, population(data, new) if data else None)
    told = {(c.id, c.direction): c for c in found.changes if c.direction != "other"}
    shares = {key: sum(weights[n] for n in numbers) / sum(weights) for key, numbers in counted.items()}
    assert {key: c.share for key, c in told.items()} == shares
    assert {(*key, s.was, s.now): s.share for key, c in told.items() for s in c.steps} == {
        key: weight / sum(weights) for key, weight in steps.items() if key[2]
    }
    for (id, direction), change in told.items():
        assert (id, direction) in {move[:2] for move in moves(*judges, change.person)}
    if not found.changes:
        assert all(judges[0].shown(person) == judges[1].shown(person) for person, _ in people)
