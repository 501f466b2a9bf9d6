"""Cells of a heat map: a share as a number and a shade, with a symbol for what it is about."""

from __future__ import annotations

from fractions import Fraction

from painrules.surfaces.grid import Cell
from painrules.surfaces.shares import hundredths

SHADES = "·░▒▓█"


def shade(share: Fraction) -> int:
    """From 0 to 4."""
    return min(int(share * len(SHADES)), len(SHADES) - 1)


def share_cell(share: Fraction, words: str, symbol: str = "") -> Cell:
    """A share of people; without a symbol of its own it has the sign of its shade."""
    return Cell(f"shade{shade(share)}", f"{symbol or SHADES[shade(share)]} {hundredths(share)}", words)
