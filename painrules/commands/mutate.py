"""`painrules mutate`: faults put into rules, one at a time; which of them would no case and no invariant notice?"""

from __future__ import annotations

import gc
import random
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painrules.answers import as_plain
from painrules.commands.app import (
    FOUND,
    FolderOption,
    FormatOption,
    WrongUseError,
    app,
    errors_for_people,
    known,
    print_json,
)
from painrules.commands.proving import errors_of_proofs
from painrules.content_files import content_folder
from painrules.loading import load_knowledge
from painrules.surfaces.report_lines import smallest_person, wrapped

if TYPE_CHECKING:
    from painrules.mutation.report import Outcome, Trial, Verdict

COLUMNS: Mapping[Verdict, str] = {
    "case": "a case",
    "invariant": "an invariant only",
    "undetected": "nothing",
    "equivalent": "no sheet changes",
}
MOST_CHANGES = 3
"""Told of one fault as text; JSON has them all."""


@app.command()
def mutate(
    rule: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only this rule; can be given several times.")
    ] = None,
    operator: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only this kind of fault, such as drop; several times too.")
    ] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="So many faults, drawn by chance.")] = None,
    seed: Annotated[int, typer.Option(help="Of the chance: the same number draws the same faults.")] = 1,
    cases: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Of cases; default: tests/cases beside the content, if it is there."),
    ] = None,
    format_: FormatOption = "text",
    content: FolderOption = None,
) -> None:
    """Put faults into the rules, one at a time: which does no case and no invariant notice? Exit code 1: some.

    Example: painrules mutate --rule nsaid-heart-failure
    """
    gc.enable()  # unlike other commands it makes much that does not live to its end
    with errors_for_people(), errors_of_proofs("take --rule or --sample"):
        from painrules.cases import read_cases
        from painrules.mutation.operators import OPERATORS, mutants
        from painrules.mutation.report import Trial

        knowledge = load_knowledge(content)
        rules = [known(id, knowledge.rules, "rule") for id in dict.fromkeys(rule or knowledge.rules)]
        kinds = [known(name, OPERATORS, "kind of fault") for name in dict.fromkeys(operator or OPERATORS)]
        made = mutants(knowledge, rules, kinds)
        if sample is not None and sample < len(made):
            made = random.Random(seed).sample(made, sample)
        folder = _cases_folder(cases, content)
        trial = Trial(knowledge, read_cases(folder) if folder else (), made)
        outcomes = sorted(_with_progress(trial), key=lambda outcome: outcome.place)
    if folder is None:
        typer.echo("painrules: no cases here (a checkout has tests/cases; --cases FOLDER names others).", err=True)
    if format_ == "json":
        print_json(_plain(trial, outcomes))
    else:
        _show(trial, outcomes)
    if any(outcome.verdict == "undetected" for outcome in outcomes):
        raise typer.Exit(FOUND)


def _cases_folder(given: Path | None, content: Path | None) -> Path | None:
    if given is not None and not given.is_dir():
        raise WrongUseError(f"{given} is not a folder.")
    usual = (content or content_folder()) / "tests/cases"
    return given or (usual if usual.is_dir() else None)


def _with_progress(trial: Trial) -> Iterable[Outcome]:
    """What becomes of each mutant; at a terminal, how far it is stands on standard error."""
    if not sys.stderr.isatty():
        return trial.outcomes()
    from rich.console import Console
    from rich.progress import track

    return track(trial.outcomes(), "Faults", total=len(trial.mutants), console=Console(stderr=True), transient=True)


# --- output ----------------------------------------------------------------------------------------------------------


def _show(trial: Trial, outcomes: Sequence[Outcome]) -> None:
    rules = len({outcome.mutant.rule.id for outcome in outcomes})
    _echo(f"{len(outcomes):,} faults put into {rules:,} rule{'' if rules == 1 else 's'}, one at a time. Who notices?")
    typer.echo("  ".join((" " * 14, *COLUMNS.values())))
    for name, counts in _counts(outcomes).items():
        numbers = (f"{counts[verdict]:>{len(heading)},}" for verdict, heading in COLUMNS.items())
        typer.echo("  ".join((f"{name:<14}", *numbers)))
    if failing := sorted(trial.cases.failing):
        _echo(f"\n{len(failing):,} cases fail with the rules as they are, and notice nothing: {', '.join(failing)}.")
    if broken := len(trial.proof.broken):
        _echo(f"\n{broken:,} invariants are broken already ('painrules prove always-safe' tells for whom), and notice"
              " nothing more there.")  # fmt: skip
    undetected: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.verdict == "undetected":
            undetected.setdefault(outcome.mutant.rule.id, []).append(outcome)
    if undetected:
        typer.echo("\nWhat nothing notices, the worst first:")
    for rule, found in undetected.items():
        _show_undetected(trial, rule, found)


def _counts(outcomes: Iterable[Outcome]) -> dict[str, Counter[str]]:
    """How many there are by kind of fault and by verdict."""
    from painrules.mutation.operators import OPERATORS

    counts: dict[str, Counter[str]] = {name: Counter() for name in (*OPERATORS, "all")}
    for outcome in outcomes:
        for name in (outcome.mutant.operator, "all"):
            counts[name][outcome.verdict] += 1
    return {name: own for name, own in counts.items() if own or name == "all"}


def _show_undetected(trial: Trial, rule: str, outcomes: Sequence[Outcome]) -> None:
    from painrules.mutation.report import plain_rule

    before = plain_rule(trial.knowledge.rules[rule])
    typer.echo(f"\n{rule}")
    _echo(_in_yaml(before), "  ", "  ")
    for outcome in outcomes:
        assert outcome.difference is not None
        after = {name: value for name, value in plain_rule(outcome.mutant.rule).items() if value != before.get(name)}
        _echo(f"{outcome.mutant.operator}, as if it said {_in_yaml(after)}", "  - ", "    ")
        changes = outcome.difference.changes
        for change in changes[:MOST_CHANGES]:
            _echo(change, "    ", "      ")
        if len(changes) > MOST_CHANGES:
            typer.echo(f"    and {len(changes) - MOST_CHANGES} more")
        typer.echo("\n".join(smallest_person(outcome.difference.person)))


def _in_yaml(fields: Mapping[str, Any]) -> str:
    """Fields on one line, in the YAML of content files, where yes and no are words."""
    import yaml

    text: str = yaml.safe_dump(dict(fields), sort_keys=False, default_flow_style=True, width=100_000)
    return re.sub(r"'(yes|no)'", r"\1", text.strip()[1:-1])


def _echo(text: str, first: str = "", then: str = "") -> None:
    break_before, text = ("\n", text[1:]) if text.startswith("\n") else ("", text)
    typer.echo(break_before + "\n".join(wrapped(text, first, then)))


def _plain(trial: Trial, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    return {
        "counts": {name: dict(counts) for name, counts in _counts(outcomes).items()},
        "failing_cases": sorted(trial.cases.failing),
        "broken_invariants": sorted(trial.proof.broken),
        "faults": [_plain_outcome(trial, outcome) for outcome in outcomes],
    }


def _plain_outcome(trial: Trial, outcome: Outcome) -> dict[str, Any]:
    from painrules.mutation.report import plain_rule

    rule, difference = outcome.mutant.rule, outcome.difference
    return {
        "rule": rule.id,
        "operator": outcome.mutant.operator,
        "verdict": outcome.verdict,
        "case": outcome.case or None,
        "invariant": outcome.invariant or None,
        "before": plain_rule(trial.knowledge.rules[rule.id]),
        "after": plain_rule(rule),
        "worst": difference and difference.kind,
        "changes": difference and difference.changes,
        "person": difference and as_plain(difference.person),
    }
