"""Completion in a real bash: commands, options, and ids of treatments and conditions."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SCRIPT = """
eval "$(_PAINRULES_COMPLETE=source_bash painrules)"
complete_words() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _painrules_completion painrules; echo "${COMPREPLY[*]}"; }
complete_words painrules doc
complete_words painrules evidence acupu
complete_words painrules evidence tens --condition gou
complete_words painrules check --pl
"""


@pytest.mark.skipif(not shutil.which("bash"), reason="bash is not here")
def test_bash_completes_commands_options_and_ids(tmp_path: Path) -> None:
    program = tmp_path / "painrules"
    program.write_text(f"#!{sys.executable}\nfrom painrules.commands import main\nmain()\n")
    program.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-c", SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert [line.split() for line in done.stdout.splitlines()] == [["doctor"], ["acupuncture"], ["gout"], ["--plain"]]
