"""For whom two versions of a rule base give different sheets: options, statuses, signs, reasons and marks, no texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial, reduce
from operator import ne, or_
from typing import TypeAlias

from painrules.alternatives import STATUSES
from painrules.answers import Answers
from painrules.knowledge import KnowledgeBase
from painrules.symbolic.compiled import Compiled, Shown
from painrules.symbolic.diagrams import Diagram
from painrules.symbolic.judge import Judge
from painrules.symbolic.proof import Finding, Proof

Share: TypeAlias = Callable[[Diagram], Fraction]


def differences(
    old: KnowledgeBase,
    new: KnowledgeBase,
    proof: Proof | None = None,
    share: Share | None = None,
) -> Iterator[Finding]:
    """Every difference in what people see; none: the two are equivalent. `proof`: of whom; `share`: how many."""
    proof = proof or Proof(new, old)
    share = share or proof.share
    before = Compiled(old, proof.space, proof.diagrams)
    judges = Judge(old), proof.judge
    for condition in sorted(proof.space.impossible_conditions):
        where = "new" if condition in new.conditions else "old"
        yield Finding(condition, f"is a kind of pain only in the {where} one.")
    yield from _options(proof, before, judges, share)
    yield from _shown(proof, before, judges, share)


def _options(proof: Proof, before: Compiled[Diagram], judges: tuple[Judge, Judge], share: Share) -> Iterator[Finding]:
    after, nobody = proof.exact, proof.diagrams.nobody
    for modality in sorted(before.options.keys() | after.options.keys()):
        offered = [compiled.options.get(modality, nobody) for compiled in (before, after)]
        changed = offered[0] ^ offered[1]
        if all(modality in compiled.options for compiled in (before, after)):
            pairs = [(before.at_least(modality, s), after.at_least(modality, s)) for s in STATUSES[1:]]
            pairs += zip(before.guidelines(modality), after.guidelines(modality), strict=True)
            changed = changed | (offered[0] & reduce(or_, (one ^ two for one, two in pairs)))
        if proof.anybody(changed):
            person = proof.smallest(changed)
            was, now = (_status(judge, person, modality) for judge in judges)
            yield Finding(
                modality,
                f"was {was}, and is {now} for this person.",
                differing_rules(judges, person, modality),
                person,
                share(changed),
                partial(ne, was, now),
            )


def _status(judge: Judge, person: Answers, modality: str) -> str:
    status, agreed = judge.statuses(person).get(modality, ("not offered", ""))
    return f"{status} (guidelines: {agreed})" if agreed else status


def differing_rules(judges: tuple[Judge, Judge], person: Answers, modality: str) -> tuple[str, ...]:
    """The rules that show a person something else on an option."""
    was, now = ({(key, how) for key, how in judge.shown(person).items() if key[2] == modality} for judge in judges)
    return tuple(sorted({key[1] for key, _ in was ^ now}))


def _shown(proof: Proof, before: Compiled[Diagram], judges: tuple[Judge, Judge], share: Share) -> Iterator[Finding]:
    """Signs, and the reasons and marks of options; one finding for each rule."""
    nobody = proof.diagrams.nobody
    was: dict[tuple[Shown, str], Diagram] = {(key, how): people for key, how, people in before.shown()}
    now: dict[tuple[Shown, str], Diagram] = {(key, how): people for key, how, people in proof.exact.shown()}
    changed: dict[str, Diagram] = {}
    for entry in {**was, **now}:
        one, two = was.get(entry, nobody), now.get(entry, nobody)
        if one != two:
            (_, rule, _), _ = entry
            changed[rule] = changed.get(rule, nobody) | one ^ two
    for rule, people in changed.items():
        if proof.anybody(people):
            person = proof.smallest(people)
            old, new = ({e for e in judge.shown(person).items() if e[0][1] == rule} for judge in judges)
            yield Finding(
                rule,
                f"shows {_words(old - new)} in the old one, and {_words(new - old)} in the new one.",
                (rule,),
                person,
                share(people),
                partial(ne, old, new),
            )


def _words(entries: set[tuple[Shown, str]]) -> str:
    words = {f"a {kind} ({how})" + (f" on {modality}" if modality else "") for (kind, _, modality), how in entries}
    return ", ".join(sorted(words)) or "nothing more"
