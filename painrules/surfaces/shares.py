"""Shares in words. What is not nothing never looks like nothing, nor what is not all like all."""

from __future__ import annotations

from fractions import Fraction

from painrules.population import Population


def percent(share: Fraction) -> str:
    """Two digits: `12 %`, `0.0034 %`, `99.9997 %`, `1.2e-09 %`."""
    if share > Fraction(99, 100) and share != 1:
        rest = 100 * float(1 - share)
        digits = next((n for n in range(1, 7) if round(rest, n) > 0), 7)
        return "just under 100 %" if digits == 7 else f"{100 - round(rest, digits):.{digits}f} %"
    return f"{float(share * 100):.2g} %" if share != 1 else "100 %"


def hundredths(share: Fraction) -> str:
    """Whole numbers of 100: `<1` and `>99` where some are, or not all."""
    if 0 < share < Fraction(1, 100):
        return "<1"
    if Fraction(99, 100) < share < 1:
        return ">99"
    return f"{round(share * 100)}"


def counted(population: Population | None, condition: str | None) -> str:
    """Whose shares these are, and how people are counted."""
    whose = f"Shares are of people with {condition} and no other kind of pain." if condition else ""
    if population is None:
        how = (
            "Every possible combination of answers counts alike, 'unknown' too: this is how much of the space it is, "
            "not how many people in the world (--weights sourced looks at those)."
        )
    else:
        how = (
            "People are weighed by how common answers are, each independent of all others. "
            f"{len(population.sourced)} of these shares have a source "
            f"({', '.join(dict.fromkeys(population.sourced.values()))}); all others are assumed."
        )
    return f"{whose} {how} Who cannot be (rules/constraints.yaml) is left out.".strip()
