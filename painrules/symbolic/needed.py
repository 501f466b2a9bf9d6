"""Does every rule and every question count, and do rules go together? Samples rule most pairs out first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from functools import partial
from itertools import combinations

from painrules.alternatives import CERTAIN_STATUS, STATUSES, status_given
from painrules.answers import Answers
from painrules.entries import Question
from painrules.expressions import All
from painrules.knowledge import Rule
from painrules.symbolic.compiled import Compiled
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.proof import Finding, Proof
from painrules.symbolic.safety import WARNINGS
from painrules.symbolic.sets import S, union
from painrules.symbolic.space import ANSWERED, NO, YES


def unreachable(proof: Proof) -> Iterator[Finding]:
    """Rules that no possible person ever sees, and exceptions that never take anything back."""
    exact = proof.exact
    for rule in proof.knowledge.rules.values():
        if not proof.anybody(exact.rules[rule.id].certain & _concerned(exact, rule)):
            yield Finding(
                rule.id,
                "never holds for a possible person with an option that it speaks of.",
                (rule.id,),
                confirmed=partial(_is_unseen, proof, rule),
            )
        elif rule.entry.unless and isinstance(rule.when, All):
            when, *exceptions = rule.when.parts
            for exemption, exception in zip(rule.entry.unless, exceptions, strict=True):
                rest = exact.rails(All((when, *(other for other in exceptions if other is not exception))))
                rails = exact.rules[rule.id]
                if not proof.anybody((rest.certain & ~rails.certain) | (rest.possible & ~rails.possible)):
                    yield Finding(rule.id, f"its exception {exemption.id} never takes anything back.", (rule.id,))


def _is_unseen(proof: Proof, rule: Rule) -> bool:
    judge = proof.judge
    return all(
        judge.truth(person, rule.id) is not True
        or (bool(rule.modalities) and all(judge.status(person, m) is None for m in rule.modalities))
        for person in proof.some_people
    )


def _concerned(compiled: Compiled[S], rule: Rule) -> S:
    """Those who have an option that a rule speaks of; a sign or a finding concerns everyone."""
    if not rule.modalities:
        return compiled.sets.everyone
    return union(compiled.sets, (compiled.options[m] for m in rule.modalities if m in compiled.options))


def redundant(proof: Proof) -> Iterator[Finding]:
    """Rules that change nothing as one other rule alone always does as much."""
    for rule, other in _redundant(proof):
        person = proof.smallest(proof.exact.rules[rule.id].certain & _concerned(proof.exact, rule))
        yield Finding(
            rule.id,
            f"adds nothing to {other.id}, which always holds with it and does as much.",
            (rule.id, other.id),
            person,
            confirmed=partial(_is_outranked, proof, rule, other, person),
        )


def _is_outranked(proof: Proof, rule: Rule, other: Rule, person: Answers) -> bool:
    truth = proof.judge.truth
    return all(_rank(truth(one, rule.id)) <= _rank(truth(one, other.id)) for one in (person, *proof.some_people))


def _rank(truth: bool | None) -> int:
    return 1 if truth is None else 2 * truth


def _redundant(proof: Proof) -> Iterator[tuple[Rule, Rule]]:
    """Rules with another rule that makes them needless; of two that say the same, only the later."""
    rules = list(proof.knowledge.rules.values())
    groups: dict[object, list[Rule]] = defaultdict(list)
    for rule in rules:
        for about in rule.modalities or [""]:
            groups[_kind(rule), about].append(rule)
    needless: set[str] = set()
    for rule in reversed(rules):
        if not proof.anybody(proof.exact.rules[rule.id].certain & _concerned(proof.exact, rule)):
            continue
        for other in groups[_kind(rule), min(rule.modalities, default="")]:
            does_as_much = other is not rule and other.id not in needless and _does_as_much(other, rule)
            if does_as_much and _within(proof, rule.id, other.id):
                needless.add(rule.id)
                yield rule, other
                break


def _kind(rule: Rule) -> object:
    """Rules of different kinds never make each other needless. Notes have a text of their own."""
    if rule.effect in CERTAIN_STATUS:
        return "status"
    if rule.effect == "urgent":
        return ("urgent", rule.entry.level, rule.entry.action)
    return rule.id if rule.effect == "note" else (rule.effect, rule.finding, rule.entry.fit)


def _does_as_much(other: Rule, rule: Rule) -> bool:
    """Whether a rule that holds with another is at least as strong for all that the other speaks of."""
    return all(_covers(other, rule, modality) for modality in rule.modalities) and all(
        STATUSES.index(status_given(other, m, certain)) >= STATUSES.index(status_given(rule, m, certain))
        for m in (rule.modalities if rule.effect in CERTAIN_STATUS else ())
        for certain in (True, None)
    )


def _covers(other: Rule, rule: Rule, modality: str) -> bool:
    """Whether a rule speaks of all of an option that another one speaks of, down to its medicines."""
    if modality not in other.medicines:
        return modality in other.modalities
    return modality in rule.medicines and rule.medicines[modality] <= other.medicines[modality]


def _within(proof: Proof, narrow: str, wide: str) -> bool:
    """Whether a rule only ever holds, certainly or possibly, when another does."""
    if _beyond(proof.sampled, narrow, wide) & proof.possible_in_sample:
        return False
    return not proof.anybody(_beyond(proof.exact, narrow, wide))


def _beyond(compiled: Compiled[S], narrow: str, wide: str) -> S:
    """Those whom one rule reaches, certainly or possibly, and another does not."""
    one, two = compiled.told(narrow), compiled.told(wide)
    return (one.certain & ~two.certain) | (one.possible & ~two.possible)


def masked(proof: Proof) -> Iterator[Finding]:
    """Rules that never change a status, a finding or a mark, as several others together always do as much."""
    needless = {rule.id for rule, _ in _redundant(proof)}  # grows: what is told could be left out all at once
    for rule in proof.knowledge.rules.values():
        if rule.id in needless or not proof.anybody(proof.exact.rules[rule.id].certain & _concerned(proof.exact, rule)):
            continue
        if rule.effect in CERTAIN_STATUS:
            in_sample = _changed(proof.sampled, rule, needless) & proof.possible_in_sample
            if not in_sample and not proof.anybody(_changed(proof.exact, rule, needless)):
                yield _masked(proof, rule, frozenset(needless))
                needless.add(rule.id)
        elif rule.effect in ("finding", "prefer"):
            others = [r for r in proof.knowledge.rules.values() if r is not rule and _kind(r) == _kind(rule)]
            if rule.effect == "prefer":
                others = [other for other in others if all(_covers(other, rule, m) for m in rule.modalities)]
            own, rest = proof.exact.rules[rule.id], [proof.exact.rules[other.id] for other in others]
            alone = own.certain & ~union(proof.diagrams, (r.certain for r in rest))
            alone = alone | (own.possible & ~union(proof.diagrams, (r.possible for r in rest)))
            if not proof.anybody(alone):
                yield Finding(rule.id, "adds nothing to the other rules for the same.", tuple(r.id for r in others))


def _changed(compiled: Compiled[S], rule: Rule, without: Container[str]) -> S:
    """Those for whom a rule makes some status stronger than other rules do, whatever guidelines say of the option."""
    found = compiled.sets.nobody
    for modality in rule.modalities & compiled.options.keys():
        for status in WARNINGS:
            own = compiled.given_by(rule, modality, status)
            if own is not None:
                giving = compiled.giving(modality, status)
                others = [compiled.knowledge.rules[id] for id in giving if id != rule.id and id not in without]
                rest = union(compiled.sets, (giving[r.id] for r in others if _covers(r, rule, modality)))
                found = found | (own & ~rest & compiled.options[modality])
    return found


def _masked(proof: Proof, rule: Rule, without: frozenset[str]) -> Finding:
    person = proof.smallest(proof.exact.rules[rule.id].certain & _concerned(proof.exact, rule))
    at_work = {id for m in rule.modalities for id in proof.at_work(person, m) if id not in without}
    return Finding(
        rule.id,
        "never changes a status, as other rules together always do as much.",
        (rule.id, *sorted(at_work - {rule.id})),
        person,
        confirmed=partial(_is_masked, proof, rule, without, person),
    )


def _is_masked(proof: Proof, rule: Rule, without: frozenset[str], person: Answers) -> bool:
    status = proof.judge.status
    return all(
        status(one, modality, {rule.id, *without}) == status(one, modality, without)
        for one in (person, *proof.some_people)
        for modality in rule.modalities
    )


def contradictory(proof: Proof) -> Iterator[Finding]:
    """Options marked both as fitting and as not fitting; signs with the same answers and different advice."""
    exact, rules = proof.exact, proof.knowledge.rules.values()
    marks = {fit: [rule for rule in rules if rule.entry.fit == fit] for fit in ("fits", "does_not_fit")}
    for good in marks["fits"]:
        for bad in marks["does_not_fit"]:
            both = sorted(good.modalities & bad.modalities & exact.options.keys())
            people = exact.rules[good.id].certain & exact.rules[bad.id].certain
            people = people & union(proof.diagrams, (exact.options[m] for m in both))
            if proof.anybody(people):
                yield _both_hold(proof, bad, good, people, f"and {good.id} mark {', '.join(both)} both ways.")
    for one, two in combinations([rule for rule in rules if rule.effect == "urgent"], 2):
        if (one.entry.level, one.entry.action) != (two.entry.level, two.entry.action):
            people = exact.rules[one.id].certain
            if _same(proof, one.id, two.id) and proof.anybody(people):
                yield _both_hold(proof, one, two, people, f"and {two.id} are one sign with different advice.")


def _same(proof: Proof, one: str, two: str) -> bool:
    """Whether two rules are certain for the same people."""
    sampled, exact = proof.sampled.rules, proof.exact.rules
    if (sampled[one].certain ^ sampled[two].certain) & proof.possible_in_sample:
        return False
    return not proof.anybody(exact[one].certain ^ exact[two].certain)


def _both_hold(proof: Proof, one: Rule, two: Rule, people: Diagram, says: str) -> Finding:
    person = proof.smallest(people)
    return Finding(
        one.id,
        says,
        (one.id, two.id),
        person,
        confirmed=partial(_is_certain, proof, (one, two), person),
    )


def _is_certain(proof: Proof, rules: Iterable[Rule], person: Answers) -> bool:
    return all(proof.judge.truth(person, rule.id) is True for rule in rules)


def question_matters(proof: Proof) -> Iterator[Finding]:
    """Questions of which no answer changes anyone's sheet: no status, sign, mark or note."""
    for question in proof.knowledge.questions.values():
        rules = [r for r in proof.knowledge.rules_of_question.get(question.id, ()) if r.finding is None]
        if not any(_moved_by(proof, question, people) for rule in rules for people in _seen(proof, rule)):
            yield Finding(
                question.id,
                "changes nothing: no answer to it gives anyone another status, sign, mark or note.",
                tuple(rule.id for rule in rules),
            )


def _seen(proof: Proof, rule: Rule) -> Iterator[Diagram]:
    """For whom what a rule decides is to be seen."""
    exact = proof.exact
    if rule.effect not in CERTAIN_STATUS:
        yield exact.rules[rule.id].certain & _concerned(exact, rule)
    for modality in rule.modalities & exact.options.keys():
        if rule.effect in CERTAIN_STATUS:
            yield from (exact.at_least(modality, status) & exact.options[modality] for status in WARNINGS)


def _moved_by(proof: Proof, question: Question, people: Diagram) -> bool:
    """Whether another answer to a question moves some possible person in or out of a set."""
    diagrams = proof.diagrams
    field, *items = proof.space.fields_of(question.id)
    answers = [{item.name: code, field.name: ANSWERED} for item in items for code in (NO, YES)] or [
        {field.name: code} for code in range(1, len(field.values))
    ]
    for one, two in combinations(answers, 2):
        moved = diagrams.given(people, one) & ~diagrams.given(people, two)
        moved = moved | (diagrams.given(people, two) & ~diagrams.given(people, one))
        if moved.satisfiable():
            there_are = diagrams.given(proof.possible, one) & diagrams.given(proof.possible, two)
            if (moved & there_are).satisfiable():
                return True
    return False


def overlap(proof: Proof) -> Iterator[Finding]:
    """Rules of different strength on one option that hold for the same person; its status shows the stronger."""
    sampled = proof.sampled
    pairs: dict[tuple[str, str], str] = {}
    for modality in proof.exact.options:
        own = [r for r in proof.knowledge.rules_of_modality.get(modality, ()) if r.effect in CERTAIN_STATUS]
        for one, two in combinations(own, 2):
            given = [status_given(rule, modality, True) for rule in (one, two)]
            if given[0] == given[1] or (one.id, two.id) in pairs:
                continue
            both = sampled.rules[one.id].certain & sampled.rules[two.id].certain & proof.possible_in_sample
            if both or proof.anybody(proof.exact.rules[one.id].certain & proof.exact.rules[two.id].certain):
                pairs[one.id, two.id] = modality
    for (one_id, two_id), modality in pairs.items():
        yield Finding(one_id, f"and {two_id} can both hold for {modality}.", (one_id, two_id))
