"""Measure `painrules mutate`: every fault of every kind in the real rules, who notices, and how long it takes.

Writes bench/mutate.md. Seconds are of the processor, so that what else runs on the machine counts less.
"""

from __future__ import annotations

import platform
import resource
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from painrules.cases import read_cases
from painrules.loading import load_knowledge
from painrules.mutation.by_proof import KINDS
from painrules.mutation.operators import OPERATORS, mutants
from painrules.mutation.report import Outcome, Trial

ROOT = Path(__file__).parent.parent
COLUMNS = ("faults", "a case", "of these an invariant too", "an invariant only", "nothing", *KINDS, "no sheet changes")


def measured() -> Iterator[str]:
    """The lines of the document."""
    started = time.process_time()
    knowledge = load_knowledge(ROOT)
    cases = read_cases(ROOT / "tests/cases")
    trial = Trial(knowledge, cases, mutants(knowledge, knowledge.rules, OPERATORS))
    prepared = time.process_time() - started
    outcomes = list(trial.outcomes())
    seconds = time.process_time() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    counts = {name: _counts([o for o in outcomes if o.mutant.operator == name]) for name in OPERATORS}
    yield "# Faults put into rules"
    yield ""
    yield f"Written by `python bench/mutate.py`. Python {platform.python_version()}; what the kinds mean stands in"
    yield "[docs/proofs.md](../docs/proofs.md#faults-put-into-rules)."
    yield ""
    yield f"{len(outcomes):,} faults in {len(knowledge.rules):,} rules, with {len(cases):,} cases and"
    yield f"{len(knowledge.invariants):,} invariants, of which {len(trial.proof.broken):,} are broken already:"
    yield f"{seconds:.0f} seconds of one processor, {prepared:.0f} of them to prepare; {megabytes:,} MB."
    yield ""
    yield "Who notices. Of what nothing notices, the worst that it does: `milder` (a status, or a sign is gone),"
    yield "`stronger`, or `shown` (only reasons, notes or marks differ)."
    yield ""
    yield f"| kind | {' | '.join(COLUMNS)} |"
    yield f"| --- | {' | '.join('---' for _ in COLUMNS)} |"
    for name, own in (*counts.items(), ("all", _counts(outcomes))):
        yield f"| {name} | {' | '.join(f'{own[column]:,}' for column in COLUMNS)} |"


def _counts(outcomes: list[Outcome]) -> Counter[str]:
    columns = {"case": "a case", "invariant": "an invariant only", "undetected": "nothing", "equivalent": COLUMNS[-1]}
    found = Counter(faults=len(outcomes))
    for outcome in outcomes:
        found[columns[outcome.verdict]] += 1
        found["of these an invariant too"] += bool(outcome.case and outcome.invariant)
        if outcome.difference is not None:
            found[outcome.difference.kind] += 1
    return found


if __name__ == "__main__":
    (ROOT / "bench/mutate.md").write_text("\n".join(measured()) + "\n")
