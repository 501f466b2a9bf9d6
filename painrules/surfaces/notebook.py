"""What results look like in a notebook: a page in a frame of its own, and tables."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

from painrules.surfaces.html import text

if TYPE_CHECKING:
    from painrules.symbolic.report import Report

HEIGHT = 560
"""Of the frame, in pixels."""


def frame(page: str) -> str:
    """A whole page in a frame, so that its style and the notebook's leave each other alone; no script can run in it."""
    return (
        f'<iframe title="painrules" sandbox="" srcdoc="{escape(page)}" '
        f'style="width: 100%; height: {HEIGHT}px; border: 1px solid #888"></iframe>'
    )


def reports(found: Iterable[Report]) -> str:
    """What proofs found as a table, the first people of each."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align: left'>{text(report.check)}</th>"
        f"<td style='text-align: left'>{text(report.question)}</td>"
        f"<td style='text-align: left'>{_verdict(report)}</td></tr>"
        for report in found
    )
    head = "".join(f"<th scope='col' style='text-align: left'>{name}</th>" for name in ("check", "question", "answer"))
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _verdict(report: Report) -> str:
    if not report.findings:
        return "No."
    first = [f"{text(finding.about)} {text(finding.says)}" for finding in report.findings[:3]]
    more = [f"and {len(report.findings) - 3:,} more"] if len(report.findings) > 3 else []
    return f"Yes: {len(report.findings):,}.<br>{'<br>'.join([*first, *more])}"
