"""`painrules prove`: what holds for every possible person, and the smallest person for whom it does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from painrules.answers import as_plain
from painrules.commands.app import (
    FOUND,
    FolderOption,
    Format,
    FormatOption,
    WrongUseError,
    app,
    errors_for_people,
    print_json,
)
from painrules.commands.proving import errors_of_proofs
from painrules.loading import load_knowledge
from painrules.reading import did_you_mean
from painrules.revisions import load_version
from painrules.surfaces.report_lines import smallest_person, wrapped
from painrules.surfaces.shares import percent

if TYPE_CHECKING:
    from painrules.symbolic.proof import Finding
    from painrules.symbolic.report import Report

EQUIVALENT = "equivalent"


@app.command()
def prove(
    checks: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[CHECK]...", help="Some checks only; or: equivalent OLD NEW, two folders or git revisions."
        ),
    ] = None,
    format_: FormatOption = "text",
    content: FolderOption = None,
) -> None:
    """Prove what the rules do for every possible person. Exit code 1: something was found.

    Example: painrules prove always-safe monotone
    """
    with errors_for_people(), errors_of_proofs("prove fewer checks at a time"):
        reports = _reports(checks or [], content)
    _show(reports, format_)
    if any(report.findings and not report.informs for report in reports):
        raise typer.Exit(FOUND)


def _reports(checks: Sequence[str], content: Path | None) -> list[Report]:
    from painrules.symbolic.report import QUESTIONS, equivalence, proofs

    if EQUIVALENT in checks:
        if checks[0] != EQUIVALENT or len(checks) != 3:
            raise WrongUseError(
                "Write: painrules prove equivalent OLD NEW, with two folders of content or git revisions."
            )
        return [equivalence(*map(load_version, checks[1:]))]
    for check in checks:
        if check not in QUESTIONS:
            raise WrongUseError(f"{check!r} is not a check. {did_you_mean(check, [*QUESTIONS, EQUIVALENT])}".strip())
    return proofs(load_knowledge(content), checks or list(QUESTIONS))


# --- output ----------------------------------------------------------------------------------------------------------


def _show(reports: Sequence[Report], format_: Format) -> None:
    if format_ == "json":
        print_json([_plain(report) for report in reports])
        return
    for report in reports:
        _echo(report.question, f"{report.check}: ", "  ")
        if report.informs and report.findings and len(reports) > 1:
            _echo(f"{len(report.findings):,}; 'painrules prove {report.check}' lists them.", "  ", "  ")
            continue
        _echo(_verdict(report), "  ", "  ")
        for finding in report.findings:
            _show_finding(finding)


def _verdict(report: Report) -> str:
    found = f"Yes: {len(report.findings):,}." if report.findings else "No."
    accepted = len(report.accepted)
    return found if not accepted else f"{found} Not counting {accepted} that rules/accepted.yaml accepts as meant."


def _show_finding(finding: Finding) -> None:
    _echo(f"{finding.about} {finding.says}", "  - ", "    ")
    if finding.rules:
        _echo(", ".join(finding.rules), "    rules at work: ", "      ")
    if finding.share is not None:
        _echo(f"{percent(finding.share)} of all possible people", "    ", "      ")
    if finding.person is not None:
        typer.echo("\n".join(smallest_person(finding.person)))


def _echo(text: str, first: str, then: str) -> None:
    typer.echo("\n".join(wrapped(text, first, then)))


def _plain(report: Report) -> dict[str, Any]:
    return {
        "check": report.check,
        "question": report.question,
        "proved": not report.findings,
        "findings": [_plain_finding(finding) for finding in report.findings],
        "accepted": [_plain_finding(finding) for finding in report.accepted],
    }


def _plain_finding(finding: Finding) -> dict[str, Any]:
    return {
        "about": finding.about,
        "says": finding.says,
        "rules": finding.rules,
        "person": finding.person and as_plain(finding.person),
        "share": None if finding.share is None else float(finding.share),
    }
