"""What the contracts of import-linter cannot say, as they know modules and not what is in them."""

from __future__ import annotations

import ast

from tests.conftest import ROOT

EVALUATING = {"consult", "engine_named", "explore", "sheet_of", "signs_so_far", "alternatives", "reconsider", "trace"}
"""Functions that apply rules to a person's answers."""


def test_no_surface_evaluates_rules() -> None:
    found = [
        (path.name, name.name)
        for path in (ROOT / "painrules/surfaces").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("painrules")
        for name in node.names
        if name.name in EVALUATING or node.module == "painrules.engines"
    ]
    assert found == []
