"""Is everyone warned, is something left for everyone, and does more risk ever mean less warning?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status
from painrules.answers import Answers
from painrules.entries import Level, Question
from painrules.evidence import statements
from painrules.knowledge import Invariant, KnowledgeBase, Rule
from painrules.sheet import LEVELS
from painrules.symbolic.compiled import Compiled, Rails
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.proof import Finding, Proof
from painrules.symbolic.sets import S, union
from painrules.symbolic.space import ANSWERED, NO, UNKNOWN, YES

WARNINGS: tuple[Status, ...] = ("with_care", "check_first", "held_back")
"""The statuses that rules give, mildest first."""


# --- is everyone warned, and is something left? ----------------------------------------------------------------------


def always_safe(proof: Proof) -> Iterator[Finding]:
    """People for whom an option is milder than an invariant demands, and invariants that speak of nobody."""
    for invariant in proof.knowledge.invariants.values():
        rails = proof.exact.rails(invariant.when)
        if not proof.anybody(rails.certain):
            yield Finding(invariant.id, "speaks of nobody: no possible person is so.")
            continue
        broken: dict[str, tuple[Status, Diagram]] = {}
        for modality in sorted(invariant.modalities & proof.exact.options.keys()):
            for people, wanted in demands(invariant, modality, rails):
                milder = people & proof.exact.options[modality] & ~proof.exact.at_least(modality, wanted)
                if modality not in broken and proof.anybody(milder):
                    broken[modality] = (wanted, milder)
        if broken:
            yield _broken(proof, invariant, broken)


def demands(invariant: Invariant, modality: str, rails: Rails[S]) -> Iterator[tuple[S, Status]]:
    """Who must be shown at least which status. An unknown answer, or one medicine of several, asks to check first."""
    wanted: Status = invariant.entry.at_least
    weaker = min(wanted, "check_first", key=STATUSES.index)
    yield rails.certain, weaker if modality in invariant.medicines else wanted
    yield rails.possible, weaker


def _broken(proof: Proof, invariant: Invariant, broken: Mapping[str, tuple[Status, Diagram]]) -> Finding:
    judge, (modality, (wanted, people)) = proof.judge, next(iter(broken.items()))
    person = proof.smallest(people)
    others = f" Too mild for some: {', '.join(list(broken)[1:])}." if len(broken) > 1 else ""
    return Finding(
        invariant.id,
        f"{modality} is {judge.status(person, modality)} for this person, and must be at least {wanted}.{others}",
        proof.at_work(person, modality),
        person,
        proof.share(union(proof.diagrams, (milder for _, milder in broken.values()))),
        partial(_is_broken, proof, invariant, person, modality, wanted),
    )


def _is_broken(proof: Proof, invariant: Invariant, person: Answers, modality: str, wanted: Status) -> bool:
    constraints = proof.knowledge.constraints.values()
    holds = proof.judge.holds(person, invariant.when)
    enough_while_unknown = STATUSES.index(wanted) <= STATUSES.index("check_first")
    return (
        (holds is True or (holds is None and enough_while_unknown))
        and all(proof.judge.holds(person, constraint.never) is not True for constraint in constraints)
        and proof.judge.is_milder(person, modality, wanted)
    )


def never_empty(proof: Proof) -> Iterator[Finding]:
    """Kinds of pain for which somebody is left with nothing but what is held back or advised against."""
    exact = proof.exact
    for condition in proof.knowledge.conditions:
        left = alone = _only(proof, condition)
        for modality in statements(proof.knowledge, [condition]):
            left = left & exact.at_least(modality, "held_back")
            if not left.satisfiable():
                break
        if left.satisfiable():
            person = proof.smallest(left)
            rules = {id for m in exact.options for id in proof.at_work(person, m)}
            yield Finding(
                condition,
                "leaves this person no option that is not held back or advised against.",
                tuple(sorted(rules)),
                person,
                proof.share(left) / proof.share(alone),
                partial(_is_empty, proof, person),
            )


def _is_empty(proof: Proof, person: Answers) -> bool:
    return all(not proof.judge.is_milder(person, modality, "held_back") for modality in proof.knowledge.modalities)


def _only(proof: Proof, condition: str) -> Diagram:
    """Those with this kind of pain and no other."""
    found = proof.diagrams.everyone
    for id in reversed(proof.space.conditions):
        found = found & proof.diagrams.having(f"condition:{id}", [YES if id == condition else NO])
    return found & proof.possible


# --- does more risk ever mean less warning? --------------------------------------------------------------------------


def monotone(proof: Proof) -> Iterator[Finding]:
    """Rules that warn less when an answer gets worse; rules that are settled without an answer and not with it."""
    for rule in proof.knowledge.rules.values():
        for question in sorted(proof.knowledge.questions_of_rule[rule.id]):
            yield from _contradicting(proof, rule, proof.knowledge.questions[question])
            if rule.effect in CERTAIN_STATUS or rule.effect == "urgent":
                yield from _easing(proof, rule, proof.knowledge.questions[question])


def _steps(proof: Proof, question: Question) -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Pairs of answers of which the second is more of a risk; 'unknown' lies between the best and the worst."""
    field, *items = proof.space.fields_of(question.id)
    if question.kind == "many_of":
        none = {field.name: ANSWERED} | dict.fromkeys((item.name for item in items), NO)
        unknown = {field.name: UNKNOWN} | dict.fromkeys((item.name for item in items), NO)
        everything = {field.name: ANSWERED} | dict.fromkeys((item.name for item in items), YES)
        for item in items:
            yield {field.name: ANSWERED, item.name: NO}, {field.name: ANSWERED, item.name: YES}
        yield from ((none, unknown), (unknown, everything))
    elif question.kind == "yes_no" or question.graded == "yes":
        last = len(field.values) - 1
        yield from (({field.name: code}, {field.name: code + 1}) for code in range(1, last))
        yield from (({field.name: a}, {field.name: b}) for a, b in ((1, UNKNOWN), (UNKNOWN, last)))


def _easing(proof: Proof, rule: Rule, question: Question) -> Iterator[Finding]:
    """The first step to more risk that takes a warning of the rule away, with no other rule to give it."""
    diagrams, rails = proof.diagrams, proof.exact.rules[rule.id]
    for better, worse in _steps(proof, question):

        def lost(people: Diagram, better: dict[str, int] = better, worse: dict[str, int] = worse) -> Diagram:
            return diagrams.given(people, better) & ~diagrams.given(people, worse)

        if not lost(rails.certain).satisfiable() and not lost(rails.possible).satisfiable():
            continue
        there_are = diagrams.given(proof.possible, better) & diagrams.given(proof.possible, worse)
        for warning, all_warned, warned in _warnings(proof.exact, rule):
            people = lost(all_warned) & diagrams.given(warned, better) & there_are
            if (codes := diagrams.smallest(people)) is not None:
                person, other = proof.space.person({**codes, **better}), proof.space.person({**codes, **worse})
                modality, strength = warning
                what = f"{modality} is no longer {strength}" if modality else f"no sign that is {strength} is left"
                yield Finding(
                    rule.id,
                    f"eases: {what} when {question.id} becomes {_said(proof, other, question)}.",
                    (rule.id,),
                    person,
                    confirmed=partial(_is_eased, proof, person, other, modality, strength),
                )
                return


Warned = tuple[str, "Status | Level"]
"""An option and a status, or no option and the level of a sign."""


def _warnings(compiled: Compiled[S], rule: Rule) -> Iterator[tuple[Warned, S, S]]:
    """The warnings that a rule can give: each with all whom some rule warns so, and those whom this one warns."""
    if rule.entry.level is not None:
        signs = _signs(compiled.knowledge, rule.entry.level)
        told = union(compiled.sets, (compiled.rules[sign.id].certain for sign in signs))
        yield ("", rule.entry.level), told, compiled.rules[rule.id].certain
    for modality in sorted(rule.modalities & compiled.options.keys()):
        for status in reversed(WARNINGS):
            if (own := compiled.given_by(rule, modality, status)) is not None:
                yield (modality, status), compiled.at_least(modality, status) & compiled.options[modality], own


def _signs(knowledge: KnowledgeBase, level: Level) -> list[Rule]:
    """Urgent signs of this level or a stronger one."""
    strong = LEVELS[: LEVELS.index(level) + 1]
    return [rule for rule in knowledge.rules.values() if rule.entry.level in strong]


def _is_eased(proof: Proof, person: Answers, other: Answers, modality: str, strength: Status | Level) -> bool:
    def warned(one: Answers) -> bool:
        if strength in STATUSES:
            return not proof.judge.is_milder(one, modality, strength)
        return strength in LEVELS and any(proof.judge.truth(one, r.id) for r in _signs(proof.knowledge, strength))

    return warned(person) and not warned(other)


def _said(proof: Proof, person: Answers, question: Question) -> str:
    answer = person.known.get(question.id, "unknown")
    return ", ".join(sorted(answer) or ["none"]) if isinstance(answer, frozenset) else str(answer)


def _contradicting(proof: Proof, rule: Rule, question: Question) -> Iterator[Finding]:
    """Rules that are certain or impossible without an answer, and are not any more once it is given."""
    diagrams, rails = proof.diagrams, proof.exact.rules[rule.id]
    field, *items = proof.space.fields_of(question.id)
    unknown = {field.name: UNKNOWN}
    certain, possible = diagrams.given(rails.certain, unknown), diagrams.given(rails.possible, unknown)
    if items:
        bits = [item.name for item in items]
        certain, possible = diagrams.whatever(certain, bits), diagrams.whatever(possible, bits)
    for code in range(1, len(field.values)):
        answer = {field.name: code}
        lost = certain & ~diagrams.given(rails.certain, answer)
        gained = diagrams.given(rails.possible, answer) & ~possible
        if (wrong := lost | gained).satisfiable() and proof.anybody(wrong):
            person = proof.smallest(wrong).forget(question.id)
            yield Finding(rule.id, f"is settled without {question.id}, and an answer undoes it.", (rule.id,), person)
            return
