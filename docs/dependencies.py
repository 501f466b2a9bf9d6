"""`python docs/dependencies.py` writes docs/dependencies.md: reasons from dependencies.yaml, facts from what is installed.

Run it where everything is installed (`make site release spark-test`). A test only holds the names to pyproject.toml, as sizes and
versions differ from machine to machine.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
HEAD = """# What we depend on

One line for each package that `pyproject.toml` names; what they bring in turn is pinned, with digests, in `requirements/`.
"Installed" counts a package with what it brings that has no line of its own. Versions, sizes and licences are those installed here ({python}, Linux x86-64); `python docs/dependencies.py` writes this page anew.
"Wheels": `pure` fits any Python; `abi3` any from 3.x on; `own` means one for each Python. That all of them exist for 3.10 to 3.14 was seen by
resolving with wheels only, durable-rules and pyspark apart.

| group | is installed |
| --- | --- |
| runtime | always |
| cohort, pdf, prove, quiz, web, spark | with `painrules[NAME]`, and imported only when used |
| dev | by `make install` |
| site, release | by `make site`, `make release` |
"""
FOOT = """
## Still written by hand

Looked at again in November 2026 for what a library could do instead:

- **The reference engine** (`engines/reference.py`): some 100 lines that judge all other engines; they must be readable, not fast.
- **Every problem of a file, by its place** (`shape.py`): msgspec tells the types and stops at the first problem; the walk that finds the others
  is 60 lines. Pydantic, which did it before, is 10 MB, and makes classes that are slow to define (docs/decisions/validation.md).
- **Reading answers with every problem named** (`answers.py`): answers depend on the questions of the content at hand.
- **Heat map and chart as SVG** (`surfaces/heat_map.py`, `surfaces/cohort_chart.py`): labelled, without a script, readable by screen readers; plotting
  libraries bring fonts and megabytes.
- **Small counts** (`cohort/summary.py`): which counts to hide; libraries for it are in R.
- **Forks that run commands for these pages** (`docs/command_output.py`): 40 lines.
"""


def normal(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def reasons() -> dict[str, dict[str, Mapping[str, Any]]]:
    """What is written by hand: group, package, reasons."""
    found: dict[str, dict[str, Mapping[str, Any]]] = yaml.safe_load((HERE / "dependencies.yaml").read_text("utf-8"))
    return found


def page() -> str:
    """The whole page."""
    lines = [HEAD.format(python=f"Python {sys.version_info.major}.{sys.version_info.minor}")]
    for group, packages in reasons().items():
        lines += [
            f"## {group.capitalize()}",
            "",
            "| package | why | instead of our own | last release | installed | licence | wheels |",
            "|" + " --- |" * 7,
        ]
        for name, reason in packages.items():
            version, size, licence, wheels = _facts(name)
            note = f"; {reason['note']}" if "note" in reason else ""
            cells = (
                f"{name} {version}",
                f"{reason['why']}{note}",
                reason["instead"],
                str(reason["last"])[:7],
                size,
                licence,
                reason.get("wheels", wheels),
            )
            lines.append(f"| {' | '.join(cells)} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n" + FOOT


def _facts(name: str) -> Iterator[str]:
    """Version, size, licence and kind of wheel."""
    try:
        found = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return iter(("", "not here", "not here", "not here"))
    named = {normal(one) for group in reasons().values() for one in group}
    size = sum(_size(one) for one in _brings(name, named))
    tags = re.findall(r"^Tag: (\S+)", found.read_text("WHEEL") or "", re.MULTILINE)
    wheels = (
        "pure"
        if any(tag.endswith("none-any") for tag in tags)
        else "abi3"
        if any("abi3" in tag for tag in tags)
        else "own"
    )
    if any(tag.startswith("py3-none-") and not tag.endswith("any") for tag in tags):
        wheels = "any Python"
    return iter((found.version, f"{size / 1e6:.1f} MB", _licence(found.metadata), wheels))


def _brings(name: str, named: set[str]) -> set[str]:
    """A package and what it brings in turn, as far as it is installed and not named on this page itself."""
    found, waiting = set[str](), [normal(name)]
    while waiting:
        one = waiting.pop()
        found.add(one)
        try:
            wanted = [line for line in metadata.requires(one) or () if "extra ==" not in line]
        except metadata.PackageNotFoundError:
            found.discard(one)
            continue
        brought = {normal(re.split(r"[\s<>=!~;(\[]", line, maxsplit=1)[0]) for line in wanted}
        waiting += brought - found - named
    return found


def _size(name: str) -> int:
    files = metadata.files(name) or ()
    return sum(path.stat().st_size for file in files if (path := Path(str(file.locate()))).is_file())


def _licence(data: Any) -> str:
    classified = [line.split(" :: ")[-1] for line in data.get_all("Classifier") or () if line.startswith("License ::")]
    stated = (
        data["License-Expression"]
        or (data["License"] if len(data["License"] or "") < 40 else "")
        or ", ".join(classified)
    )
    return (stated or "see its files").replace("|", "/").split("\n")[0]


if __name__ == "__main__":
    (HERE / "dependencies.md").write_text(page(), encoding="utf-8")
