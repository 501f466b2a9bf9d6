"""What the documentation says of the repository: links lead somewhere, names exist, its Python runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from docs.command_output import MADE_WITH_THE_SITE, pages
from docs.dependencies import normal, page, reasons
from tests.conftest import ROOT

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib  # pytest brings it

PAGES = [*pages(), ROOT / "CONTRIBUTING.md", *sorted((ROOT / "bench").glob("*.md"))]
MADE = tuple(f"docs/{name}" for name in MADE_WITH_THE_SITE)


def links(path: Path) -> Iterator[str]:
    for token in MarkdownIt("commonmark").enable("table").parse(path.read_text()):
        for inner in token.children or ():
            if target := str(inner.attrs.get("href") or inner.attrs.get("src") or ""):
                yield target


def anchors(path: Path) -> set[str]:
    heads = re.findall(r"^#+ (.*)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_every_link_inside_leads_somewhere() -> None:
    lost = []
    for path in PAGES:
        for link in links(path):
            target, _, anchor = link.partition("#")
            place = (path.parent / target).resolve() if target else path
            inside = place.relative_to(ROOT).as_posix() if place.is_relative_to(ROOT) else ""
            if "://" in link or inside.startswith(MADE):
                continue
            if not place.exists() or (anchor and place.suffix == ".md" and anchor not in anchors(place)):
                lost.append(f"{path.relative_to(ROOT)}: {link}")
    assert not lost


def test_hazards_name_tests_that_exist_and_say_what_remains() -> None:
    hazards = (ROOT / "docs/explanation/hazards.md").read_text().split("\n### ")[1:]
    assert len(hazards) >= 15
    for hazard in hazards:
        told = re.findall(r"^- (.*?):", hazard, re.MULTILINE)
        assert told == ["How harm could come about", "Severity", "What we do", "Tested in", "What remains"], hazard
        named = re.findall(r"`(tests/[^`]+)`", hazard)
        assert named, hazard
        assert all((ROOT / name).exists() for name in named), hazard


def test_every_dependency_has_its_reasons() -> None:
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = {
        "runtime": project["project"]["dependencies"],
        **project["project"]["optional-dependencies"],
        **project["dependency-groups"],
    }
    wanted = {
        group: {normal(re.split(r"[<>=!~;\[ ]", line)[0]) for line in lines} - {"painrules"}
        for group, lines in groups.items()
    }
    assert {group: set(packages) for group, packages in reasons().items()} == wanted
    written = (ROOT / "docs/dependencies.md").read_text()
    for line in page().splitlines():
        name = re.match(r"\| ([\w-]+)( [\d.]+)? \| ", line)
        assert name is None or f"| {name[1]} " in written, "run docs/dependencies.py"


def test_the_python_of_the_integrators_runs(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs/howto/integrator.md").read_text(), re.DOTALL)
    assert blocks
    for block in blocks:
        exec(compile(block, "integrator.md", "exec"), {})
    assert "NSAIDs" in capsys.readouterr().out


def test_the_workflows_use_what_is_there() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for path in sorted((ROOT / ".github/workflows").glob("*.yml")):
        jobs = yaml.safe_load(path.read_text())["jobs"]
        steps = [step for job in jobs.values() for step in job["steps"]]
        assert all(re.search(r"@(v\d|[0-9a-f]{40}$)", step["uses"]) for step in steps if "uses" in step)
        for step in steps:
            for made in re.findall(r"make ((?:[a-z-]+ ?)+)", step.get("run", "")):
                assert set(made.split()) <= targets, made
    versions = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["test"]["strategy"]["matrix"]
    classified = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())
    assert versions["python"] == classified
