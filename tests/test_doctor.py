"""What `painrules doctor` says of a whole installation, and of one with something missing or broken.

That it notices a changed file of an installed wheel is tested with a real wheel, in tests/wheel.sh.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from painrules.knowledge import KnowledgeBase
from tests.conftest import ROOT
from tests.test_commands import run


def test_all_is_well_here(knowledge: KnowledgeBase) -> None:
    done = run("doctor", "--format", "json")
    found = {finding["what"]: finding for finding in json.loads(done.stdout)}
    assert done.returncode == 0, done.stdout
    assert not [what for what, finding in found.items() if finding["state"] == "broken"]
    assert knowledge.digest[:12] in found["content"]["says"]
    assert "the same" in found["durable-rules"]["says"]
    assert str(ROOT) in found["painrules"]["says"]


def test_without_durable_rules_it_still_works_and_says_how_to_build_it(tmp_path: Path) -> None:
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable/__init__.py").write_text("raise ImportError('undefined symbol: PyEval_CallObject')")
    done = run("doctor", PYTHONPATH=str(tmp_path), LC_ALL="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.returncode == 0
    assert "note    durable-rules" in done.stdout
    assert "CPPFLAGS=" in done.stdout
    assert "note    text" in done.stdout
    assert max(map(len, done.stdout.splitlines())) <= 100


def test_broken_content_and_a_broken_engine_end_with_1(tmp_path: Path) -> None:
    for name in ("knowledge", "rules"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "rules/own.yaml").write_text("rules:\n  - id: own\n    then: \x1b[31mhold\n")
    done = run("doctor", "--content", str(tmp_path))
    assert done.returncode == 1
    assert "Broken: content." in done.stdout
    assert "\x1b" not in done.stdout
    (tmp_path / "durable").mkdir()
    (tmp_path / "durable/__init__.py").write_text("")
    (tmp_path / "durable/engine.py").write_text("class Host:\n    def __init__(self, *a): raise OSError('no memory')\n")
    done = run("doctor", PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert "Broken: durable-rules." in done.stdout
