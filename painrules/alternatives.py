"""Other answers than a person gave, and what would follow from them.

`reconsider` is the one way to conclude for changed facts: it evaluates only the rules that depend on them.
`would_change` on the sheet, `what_if` and the look-ahead of the interview all rest on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, TypeAlias

from msgspec import Struct

from painrules.answers import Answers
from painrules.engines import Conclusion, Conclusions
from painrules.entries import Question
from painrules.evidence import Verdict
from painrules.expressions import Expression, Fact, Facts, Truth, any_truth, item_of, matched, reduce, truth
from painrules.knowledge import KnowledgeBase, Rule

Status = Literal["option", "with_care", "check_first", "held_back", "advised_against"]
STATUSES: tuple[Status, ...] = ("option", "with_care", "check_first", "held_back", "advised_against")
"""Mildest first."""
CERTAIN_STATUS: Mapping[str, Status] = {"hold": "held_back", "check": "check_first", "caution": "with_care"}
POSSIBLE_STATUS: Mapping[str, Status] = {"hold": "check_first", "check": "check_first", "caution": "with_care"}

Left: TypeAlias = "bool | Expression"
"""A rule with the known facts filled in: it holds, it cannot hold, or what it still depends on."""


class Change(Struct, frozen=True):
    """One answer that would change an option's status, and the status it would then have."""

    question: str
    to: str
    status: Status


class Alternative(Struct, frozen=True):
    """Another answer to one question, and what is left of the rules that depend on the question."""

    to: str
    left: Mapping[str, Left]
    held: Mapping[str, Truth]
    """The rules among them whose truth is another than now."""


def status_of(knowledge: KnowledgeBase, modality: str, held: Mapping[str, Truth], agreed: Verdict) -> Status:
    """The strongest status that any rule that holds gives; a rule can only ever make it stronger.

    `held` maps the rules that are certain to True and those that are possible to None; others may be missing.
    """
    rules = knowledge.rules_of_modality.get(modality, ())
    return strongest(modality, agreed, ((rule, held[rule.id]) for rule in rules if rule.id in held))


def strongest(modality: str, agreed: Verdict, rules: Iterable[tuple[Rule, Truth]]) -> Status:
    """The strongest status of those that guidelines and rules, each with its truth, give a modality."""
    status: Status = "advised_against" if agreed == "against" else "option"
    for rule, certain in rules:
        if certain is not False and rule.effect in CERTAIN_STATUS:
            status = max(status, status_given(rule, modality, certain), key=STATUSES.index)
    return status


def status_given(rule: Rule, modality: str, certain: Truth) -> Status:
    """The status that one rule that holds gives. A rule about some of the medicines leaves the others to talk about."""
    partly = certain is None or modality in rule.medicines
    return (POSSIBLE_STATUS if partly else CERTAIN_STATUS).get(rule.effect, "option")


def held_in(conclusions: Conclusions) -> dict[str, Truth]:
    """The truth of every rule that an engine concluded; impossible ones are left out."""
    return {id: conclusion.certain or None for id, conclusion in conclusions.rules.items()}


def reconsider(
    knowledge: KnowledgeBase, facts: Facts, changed: Facts, rules: Iterable[Rule]
) -> tuple[dict[str, Left], dict[str, Fact]]:
    """What is left of some rules once facts have changed; and all facts then, with the findings that follow.

    `rules` must hold every rule that depends on a changed fact, in the order of `knowledge.rules`.
    """
    then: dict[str, Fact] = {**facts, **changed}
    left: dict[str, Left] = {}
    for rule in rules:  # rules that derive findings come first
        left[rule.id] = reduce(rule.when, then)
        if rule.finding is not None:
            value = any_truth(truth(other.when, then) for other in knowledge.finding_rules[rule.finding])
            then[f"finding:{rule.finding}"] = None if value is None else "yes" if value else "no"
    return left, then


def conclusions_from(knowledge: KnowledgeBase, left: Mapping[str, Left], facts: Facts) -> Conclusions:
    """What an engine would conclude where this is left of every rule."""
    found = {}
    for id, what in left.items():
        if what is not False:
            because = matched(knowledge.rules[id].when, facts, certain=what is True)
            found[id] = Conclusion(what is True, because or frozenset())
    return Conclusions(found, facts)


def truth_of(left: Left) -> Truth:
    """Certain, possible or impossible."""
    return left if isinstance(left, bool) else None


def alternatives(
    knowledge: KnowledgeBase,
    answers: Answers,
    facts: Facts,
    held: Mapping[str, Truth],
    questions: Iterable[str] | None = None,
) -> dict[str, list[Alternative]]:
    """For each question (or these), the other answers that the person could really have."""
    found: dict[str, list[Alternative]] = {}
    for id in knowledge.rules_of_question if questions is None else questions:
        dependent = knowledge.rules_of_question[id]
        for word, changed in other_answers(knowledge, answers, knowledge.questions[id]):
            left, _ = reconsider(knowledge, facts, changed, dependent)
            differing = {rule: now for rule, x in left.items() if (now := truth_of(x)) is not held.get(rule, False)}
            found.setdefault(id, []).append(Alternative(word, left, differing))
    return found


def other_answers(
    knowledge: KnowledgeBase, answers: Answers, question: Question
) -> Iterator[tuple[str, dict[str, Fact]]]:
    """Other answers, as a word and as facts. Unknown: any answer. Known: only where life can change it.

    Of a many-valued question one item is added or removed; a number stands for its side of a threshold.
    """
    known = answers.known.get(question.id)
    if known is not None and question.can_change == "no":
        return
    tested = knowledge.variables_of_question[question.id]
    if question.kind == "many_of":
        held = known if isinstance(known, frozenset) else frozenset[str]()
        if known is None:
            yield "none", dict.fromkeys(tested, "no")
        for variable in tested:
            item = item_of(variable)
            others: dict[str, Fact] = {v: "yes" if item_of(v) in held else "no" for v in tested}
            yield (f"not {item}" if item in held else item), {**others, variable: "no" if item in held else "yes"}
    elif question.kind == "number":
        for number in _numbers(knowledge, question):
            if number != known:
                yield f"{number:g}", {question.id: number}
    else:
        for value in question.answers:
            if value != known:
                yield value, {question.id: value}


def _numbers(knowledge: KnowledgeBase, question: Question) -> Iterator[float]:
    """One number for each stretch between the thresholds that rules use."""
    thresholds = sorted(t for t in knowledge.thresholds[question.id] if (question.minimum or 0) < t)
    if thresholds:
        yield max(thresholds[0] - 1, question.minimum or 0)
        yield from thresholds


def changes(
    knowledge: KnowledgeBase,
    modality: str,
    held: Mapping[str, Truth],
    others: Mapping[str, Iterable[Alternative]],
    agreed: Verdict,
) -> Iterator[Change]:
    """Single answers that would change the status of an option: one for each status a question can lead to."""
    own = {rule.id: held.get(rule.id, False) for rule in knowledge.rules_of_modality.get(modality, ())}
    status = status_of(knowledge, modality, own, agreed)
    asked = frozenset[str]().union(*(knowledge.questions_of_rule[id] for id in own))
    for question in sorted(asked):
        reached = {status}
        for alternative in others.get(question, ()):
            differing = {id: alternative.held[id] for id in own.keys() & alternative.held.keys()}
            to = status_of(knowledge, modality, {**own, **differing}, agreed) if differing else status
            if to not in reached:
                reached.add(to)
                yield Change(question, alternative.to, to)
