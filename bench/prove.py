"""Measure proofs about every possible person: time, memory, growth, other ways to the same, planted faults.

Writes bench/prove.md. Every measurement is a process of its own, so that memory is its own too; seconds are of the
processor, so that what else runs on the machine counts less. Needs z3-solver beside the usual requirements.
"""

from __future__ import annotations

import json
import os
import platform
import random
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec.structs import replace

from painrules.alternatives import STATUSES, Status
from painrules.cases import Case, failures, read_cases
from painrules.engines import consult
from painrules.expressions import All, Between, Expression, Not, OneOf, item_of, question_of
from painrules.expressions import Any as AnyOf
from painrules.knowledge import KnowledgeBase, Rule
from painrules.loading import load_knowledge
from painrules.mutation.operators import NEVER, with_rule
from painrules.symbolic.checks import CHECKS
from painrules.symbolic.compiled import Compiled
from painrules.symbolic.proof import Proof, confirmed, real_people
from painrules.symbolic.report import equivalence
from painrules.symbolic.sample import Sample

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
from tests.faults import Fault, planted  # noqa: E402

SEED = 2026
PATIENCE = 60
"""Seconds after which a check by z3 is given up."""
SIZES = (250, 500, 1_000, 2_000)


# --- parts: each runs in a process of its own and returns plain data -------------------------------------------------


def checks(size: int) -> dict[str, Any]:
    """Every check on a rule base of some size."""
    knowledge = load_knowledge() if not size else sized(load_knowledge(), size)
    started = time.process_time()
    proof = Proof(knowledge)
    taken = {"compile": time.process_time() - started}
    found = {}
    for name, check in CHECKS.items():
        started = time.process_time()
        found[name] = len(list(confirmed(check(proof))))
        taken[name] = time.process_time() - started
    return {
        "rules": len(knowledge.rules),
        "seconds": taken,
        "found": found,
        "fields": len(proof.space.fields),
        "people": str(proof.diagrams.count(proof.possible)),
        "nodes": proof.diagrams.size,
        "mb": megabytes(),
    }


def same(_: int) -> dict[str, Any]:
    """Two versions of the real rule base."""
    knowledge = load_knowledge()
    started = time.process_time()
    found = equivalence(knowledge, knowledge).findings
    return {"seconds": time.process_time() - started, "found": len(found), "mb": megabytes()}


def enumeration(_: int) -> dict[str, Any]:
    """How many people the reference engine concludes for in a second."""
    knowledge = load_knowledge()
    proof = Proof(knowledge)
    people = [proof.space.person(proof.sample.codes(number)) for number in range(500)]
    started = time.process_time()
    for person in people:
        consult(knowledge, person, "reference")
    return {"per_second": len(people) / (time.process_time() - started)}


def order(_: int) -> dict[str, Any]:
    """Diagrams with fields in several orders."""
    knowledge = load_knowledge()
    names = list(Proof(knowledge).space.fields)
    shuffled = names.copy()
    random.Random(SEED).shuffle(shuffled)
    found = {}
    for label, of in {"file order": names, "FORCE": forced(knowledge, names), "random": shuffled}.items():
        proof = Proof(knowledge, order=of)
        functions = [proof.exact.at_least(m, s) for m in proof.exact.options for s in ("check_first", "held_back")]
        found[label] = {"statuses": sum(f.node_count() for f in functions), "people": proof.possible.node_count()}
    return found


def solver(_: int) -> dict[str, Any]:
    """The same checks with z3 in place of diagrams."""
    from z3_sets import Z3Proof

    knowledge = load_knowledge()
    started = time.process_time()
    proof = Z3Proof(knowledge)
    taken = {"compile": time.process_time() - started}
    for name in ("always-safe", "unreachable", "redundant", "masked", "contradictory", "monotone", "never-empty"):
        started = time.process_time()
        proof.diagrams.until = started + PATIENCE
        with suppress(TimeoutError):
            list(CHECKS[name](proof))
        taken[name] = time.process_time() - started
        print(name, round(taken[name], 1), file=sys.stderr, flush=True)
    return {"seconds": taken, "mb": megabytes()}


def agree(thousands: int) -> dict[str, Any]:
    """Random people over the real rule base: sets of people against the reference engine, each status and reason."""
    knowledge = load_knowledge()
    proof, people, differing = Proof(knowledge), 0, 0
    for seed in range(thousands):
        sample = Sample(proof.space, 1_000, seed)
        sampled = Compiled(knowledge, proof.space, sample)
        real = f"{real_people(sampled):01000b}"[::-1]
        statuses = {(m, s): sampled.at_least(m, s) & o for m, o in sampled.options.items() for s in STATUSES[1:]}
        bits = {key: f"{of:01000b}"[::-1] for key, of in statuses.items()}
        shown = {key: f"{of:01000b}"[::-1] for key, _, of in sampled.shown()}
        for number in (n for n in range(1_000) if real[n] == "1"):
            codes = sample.codes(number)
            person = proof.space.person(codes)
            stronger = {
                (m, s)
                for m, (own, _) in proof.judge.statuses(person).items()
                for s in STATUSES[1:]
                if not weaker(own, s)
            }
            same = stronger == {key for key, of in bits.items() if of[number] == "1"}
            same = same and proof.judge.shown(person).keys() == {key for key, of in shown.items() if of[number] == "1"}
            people, differing = people + 1, differing + (not same)
            if number < 20:  # diagrams too: they walk one person at a time
                differing += stronger != {
                    key
                    for key in bits
                    if proof.diagrams.contains(proof.exact.at_least(*key), codes)
                    and key[0] in proof.judge.statuses(person)
                }
    return {"people": people, "differing": differing}


def weaker(one: Status, other: Status) -> bool:
    return STATUSES.index(one) < STATUSES.index(other)


def faults(of_each: int) -> dict[str, Any]:
    """Planted faults: which checks find each, and whether a case does."""
    knowledge = load_knowledge(ROOT)
    cases = read_cases(ROOT / "tests/cases")
    usual = _found(knowledge)
    rows = []
    for fault in planted(knowledge, of_each):
        by = [name for name, found in _found(fault.knowledge).items() if found - usual[name]]
        differs = bool(equivalence(knowledge, fault.knowledge).findings)
        case = _noticing(knowledge, fault, cases)
        rows.append({"kind": fault.kind, "rule": fault.rule, "differs": differs, "by": by, "case": case})
        print(rows[-1], file=sys.stderr, flush=True)
    return {"rows": rows, "cases": len(cases), "invariants": len(knowledge.invariants)}


def _noticing(knowledge: KnowledgeBase, fault: Fault, cases: Sequence[Case]) -> str:
    """The first case that fails with a fault, by whole sheets; those that name the rule come first."""
    rule = knowledge.rules[fault.rule]
    faulty = fault.knowledge if fault.rule in fault.knowledge.rules else with_rule(knowledge, replace(rule, when=NEVER))
    own = [case for case in cases if fault.rule in (*case.rules, *case.urgent, *case.not_urgent)]
    others = [case for case in cases if case not in own and (rule.finding or rule.modalities & set(case.options))]
    return next((case.id for case in (*own, *others) if failures(faulty, case)), "")


def _found(knowledge: KnowledgeBase) -> dict[str, set[tuple[str, str]]]:
    proof = Proof(knowledge)
    return {
        name: {(finding.about, finding.says) for finding in confirmed(check(proof))}
        for name, check in CHECKS.items()
        if name != "overlap"
    }


PARTS: Mapping[str, Callable[[int], dict[str, Any]]] = {
    part.__name__: part for part in (checks, same, enumeration, order, solver, agree, faults)
}


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


# --- rule bases of other sizes, and the order of fields --------------------------------------------------------------


def sized(knowledge: KnowledgeBase, size: int) -> KnowledgeBase:
    """Some of the real rules by chance; beyond them, copies that test copies of the questions."""
    rules = list(knowledge.rules.values())
    if size <= len(rules):
        others = [rule for rule in rules if rule.finding is None]
        chosen = set(random.Random(SEED).sample([rule.id for rule in others], size - (len(rules) - len(others))))
        kept = {rule.id: rule for rule in rules if rule.finding is not None or rule.id in chosen}
        return replace(knowledge, rules=MappingProxyType(kept), invariants=knowledge.invariants)
    copies = [_copy(rule) for rule in rules][: size - len(rules)]
    ordered = sorted([*rules, *copies], key=lambda rule: rule.finding is None)
    questions = {**knowledge.questions}
    questions |= {f"{id}_2": replace(question, id=f"{id}_2") for id, question in knowledge.questions.items()}
    return replace(
        knowledge,
        rules=MappingProxyType({rule.id: rule for rule in ordered}),
        questions=MappingProxyType(questions),
    )


def _copy(rule: Rule) -> Rule:
    finding = None if rule.finding is None else f"{rule.finding}_2"
    return replace(rule, id=f"{rule.id}-2", when=_renamed(rule.when), finding=finding)


def _renamed(part: Expression) -> Expression:
    if isinstance(part, (OneOf, Between)):
        question, item = question_of(part.variable), item_of(part.variable)
        if question == "condition":
            return part
        name = f"finding:{item}_2" if question == "finding" else f"{question}_2" + (f":{item}" if item else "")
        return replace(part, variable=name)
    if isinstance(part, Not):
        return Not(_renamed(part.part))
    return (All if isinstance(part, All) else AnyOf)(tuple(map(_renamed, part.parts)))


def forced(knowledge: KnowledgeBase, names: list[str], rounds: int = 30) -> list[str]:
    """The order of the FORCE heuristic: again and again, each field moves to the middle of its rules."""
    from painrules.expressions import variables

    tested = [variables(rule.when) for rule in knowledge.rules.values()]
    edges = [{question_of(variable) for variable in own} | own for own in tested]
    edges = [own for edge in edges if len(own := edge & set(names)) > 1]
    ordered = names
    for _ in range(rounds):
        place = {name: float(index) for index, name in enumerate(ordered)}
        centres: dict[str, list[float]] = {}
        for edge in edges:
            for name in edge:
                centres.setdefault(name, []).append(sum(place[n] for n in edge) / len(edge))
        ordered = sorted(ordered, key=lambda n: (sum(c) / len(c) if (c := centres.get(n)) else place[n], place[n]))
    return ordered


# --- the report ------------------------------------------------------------------------------------------------------


def measured(part: str, number: int = 0) -> Any:
    """The result of one part."""
    command = [sys.executable, __file__, part, str(number)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment).stdout)


def table(*heading: str) -> list[str]:
    return ["", row(*heading), row(*["---"] * len(heading))]


def row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def main() -> None:
    """Measure everything and write bench/prove.md."""
    real, twice = measured("checks"), measured("same")
    total = sum(real["seconds"].values()) + twice["seconds"]
    lines = ["# Proofs about every possible person", ""]
    lines += [f"Written by `python bench/prove.py`. Python {platform.python_version()}, {os.cpu_count()} cores."]
    lines += ["Seconds are of one processor.", "", "## The real rule base", ""]
    lines += [f"{real['rules']:,} rules, {real['fields']} fields, {float(real['people']):.1e} possible people."]
    lines += [f"All checks: {total:.1f} s, {real['mb']} MB, {real['nodes']:,} nodes of diagrams."]
    lines += table("check", "seconds", "found, with what is accepted")
    lines += [row(name, f"{s:.2f}", real["found"].get(name, "")) for name, s in real["seconds"].items()]
    lines += [row("equivalent, with itself", f"{twice['seconds']:.2f}", twice["found"])]
    agreed = measured("agree", 5)
    lines += [
        "",
        f"{agreed['people']:,} random people: sets of people and the reference engine differ on the statuses,",
    ]
    lines += [f"signs, reasons, marks or notes of {agreed['differing']}."]
    lines += [*growth(), *orders(), *others(real), *found_faults()]
    (ROOT / "bench/prove.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def growth() -> list[str]:
    lines = [
        "",
        "## Growth",
        "",
        "Up to 1,000: real rules drawn by chance. 2,000: the real ones, and copies of them that",
    ]
    lines += ["test copies of the questions and speak of the same treatments."]
    lines += table("rules", "seconds", "of these compiling", "MB", "nodes")
    for size in SIZES:
        of = measured("checks", size)
        total = f"{sum(of['seconds'].values()):.1f}"
        lines += [row(f"{of['rules']:,}", total, f"{of['seconds']['compile']:.2f}", of["mb"], f"{of['nodes']:,}")]
    return lines


def orders() -> list[str]:
    lines = ["", "Order of fields: nodes of all status functions, and of the set of possible people."]
    lines += table("order", "statuses", "people")
    return lines + [row(name, f"{n['statuses']:,}", f"{n['people']:,}") for name, n in measured("order").items()]


def others(real: Mapping[str, Any]) -> list[str]:
    per_second = measured("enumeration")["per_second"]
    years = float(real["people"]) / per_second / 31_557_600
    lines = [
        "",
        "## Other ways",
        "",
        f"Enumeration: the reference engine concludes for {per_second:,.0f} people a second;",
    ]
    lines += [f"all of them would take {years:.0e} years."]
    by_z3 = measured("solver")
    lines += ["", f"z3, with the same code of the checks; {by_z3['mb']} MB; it looks for no smallest person:"]
    lines += table("check", "diagrams, s", "z3, s")
    return lines + [row(name, f"{real['seconds'][name]:.2f}", seconds(s)) for name, s in by_z3["seconds"].items()]


def seconds(of: float) -> str:
    return f"over {PATIENCE}" if of > PATIENCE else f"{of:.2f}"


def found_faults() -> list[str]:
    found = measured("faults", 5)
    rows = found["rows"]
    lines = ["", "## Planted faults", ""]
    lines += ["Five of each kind (tests/faults.py). `equivalent` compares with the version before, the others look"]
    of = f"{found['cases']:,} cases, {found['invariants']:,} invariants (`always-safe`), the other checks"
    lines += [f"at the faulty one alone: {of}."]
    columns = ("change a sheet", "equivalent", "a case", "always-safe", "another check", "which", "any but equivalent")
    lines += table("fault", *columns)
    for kind in dict.fromkeys(fault["kind"] for fault in rows):
        lines.append(of_kind(kind, [fault for fault in rows if fault["kind"] == kind]))
    return [*lines, of_kind("all", rows)]


def of_kind(label: str, rows: list[Mapping[str, Any]]) -> str:
    differ, case = sum(fault["differs"] for fault in rows), sum(bool(fault["case"]) for fault in rows)
    by = Counter(name for fault in rows for name in fault["by"])
    safe, which = by.pop("always-safe", 0), ", ".join(f"{name} {count}" for name, count in by.most_common())
    others = sum(bool(set(fault["by"]) - {"always-safe"}) for fault in rows)
    at_all = sum(bool(fault["by"] or fault["case"]) for fault in rows)
    return row(label, f"{differ} of {len(rows)}", differ, case, safe, others, which, at_all)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(PARTS[sys.argv[1]](int(sys.argv[2]) if len(sys.argv) > 2 else 0)))
    else:
        main()
