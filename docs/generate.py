"""Generate what can be generated: docs/rules.md, the JSON Schemas, the picture and the README's output.

`python docs/generate.py` writes them, `--check` only says which are out of date (a test does).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
SAMPLE = "samples/back_pain_and_kidneys.yaml"


def rules_document() -> str:
    """The rule language, rendered from the specification that the tests run."""
    from tests.spec.spec import specs

    lines = [
        "# The rule language",
        "",
        "Made from `tests/spec/rules.yaml` by `make docs`; every line of every table is a test that runs on each engine.",
        "How to write a whole rule stands in [content.md](content.md).",
        "",
        "The questions of the examples: `ill` (yes, no), `kidneys` (good, weak, failing), `colour` (red, green, blue),",
        "`age` (a number), `takes` (any of lithium, aspirin, warfarin). The conditions: `back_pain`, its kind `sciatica`,",
        "and `headache`.",
    ]
    chapter = ""
    for spec in specs():
        if spec.chapter != chapter:
            chapter = spec.chapter
            lines += ["", f"## {chapter}"]
        lines += ["", f"### {spec.title}", ""]
        if text := spec.data.get("text"):
            lines += [text, ""]
        lines.append("```yaml")
        lines += [
            f"{{when: {flow(f['when'])}, then: finding, finding: {f['finding']}}}"
            for f in spec.data.get("findings", [])
        ]
        lines.append(f"when: {flow(spec.data['when'])}")
        if "unless" in spec.data:
            lines.append(f"unless: {flow(spec.data['unless'])}")
        lines += ["```", "", "| answers | the rule is |", "| --- | --- |"]
        lines += [f"| {flow(answers)[1:-1] or '(none)'} | {verdict} |" for answers, verdict in spec.data["table"]]
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """YAML on one line, as in the specification."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return str(value)


def sheet_schema() -> str:
    """JSON Schema of the sheet, from its classes."""
    import pydantic

    from painrules.sheet import Sheet

    schema = pydantic.TypeAdapter(Sheet).json_schema(mode="serialization")
    for part in [schema, *schema.get("$defs", {}).values()]:
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
    return pretty({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def answers_schema() -> str:
    """JSON Schema of answers files, from the questions, conditions and treatments of the knowledge base."""
    from painrules.answers import PREFERENCES, TRIED
    from painrules.loading import load_knowledge

    knowledge = load_knowledge(ROOT)

    def answer(question: Any) -> dict[str, Any]:
        unsure = {"const": "unsure"}
        if question.kind == "number":
            return {"anyOf": [{"type": "number", "minimum": question.minimum, "maximum": question.maximum}, unsure]}
        if question.kind == "many_of":
            words = {"enum": sorted({*question.answers, "none"})}
            return {"anyOf": [{"type": "array", "items": words, "minItems": 1, "uniqueItems": True}, unsure]}
        return {"enum": [*question.answers, "unsure"]}

    answers = {
        question.id: {"description": question.ask, **answer(question)}
        for question in knowledge.questions.values()
        if question.id != PREFERENCES
    }
    schema: dict[str, Any] = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Answers of one person",
        "type": "object",
        "additionalProperties": False,
        "required": ["conditions"],
        "properties": {
            "conditions": {
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"enum": list(knowledge.conditions)},
            },
            "answers": {"type": "object", "additionalProperties": False, "properties": answers},
            "tried": {
                "type": "object",
                "propertyNames": {"enum": list(knowledge.modalities)},
                "additionalProperties": {"enum": list(TRIED)},
            },
            PREFERENCES: answer(knowledge.questions[PREFERENCES]),
        },
    }
    return pretty(schema)


def content_schema() -> str:
    """JSON Schema of content files for editors, from the entry classes."""
    from painrules.validation import entry_adapters

    definitions: dict[str, Any] = {}
    sections = {}
    for section, adapter in entry_adapters().items():
        schema = adapter.json_schema(ref_template="#/$defs/{model}")
        definitions |= schema.pop("$defs", {})
        sections[section] = {"type": "array", "items": schema}
    return pretty({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A content file of painrules",
        "type": "object",
        "additionalProperties": False,
        "properties": sections,
        "$defs": definitions,
    })  # fmt: skip


def pretty(value: Any) -> str:
    """JSON for people and for diffs."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"


def picture() -> str:
    """The sheet of the sample person, as rich draws it, without the web font that its template would fetch."""
    import io

    from rich.console import Console

    from painrules.answers import read_answers
    from painrules.loading import load_knowledge
    from painrules.reading import read_file
    from painrules.sheet import explore
    from painrules.surfaces.sheet_page import page
    from painrules.surfaces.terminal import Rich

    knowledge = load_knowledge(ROOT)
    file = ROOT / SAMPLE
    sheet = explore(knowledge, read_answers(file.read_bytes(), file.name, knowledge), "reference")
    assert read_file(file, file.name)
    console = Console(
        width=80, record=True, file=io.StringIO(), highlight=False, force_terminal=True, color_system="truecolor"
    )
    Rich(console).page(list(page(knowledge, sheet))[:26])
    svg = console.export_svg(title="painrules explore", unique_id="painrules")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def run(*arguments: str) -> str:
    """What a command prints, at 80 columns and without colour."""
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "80", "NO_COLOR": "1", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    command = [sys.executable, str(ROOT / "cli.py"), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return "\n".join(line.rstrip() for line in done.stdout.splitlines()) + "\n"


def readme() -> str:
    """The README, with every block between `<!-- output: ARGS -->` and `<!-- end -->` filled anew."""
    text = (ROOT / "README.md").read_text()

    def fill(match: re.Match[str]) -> str:
        command, limit = match[1], int(match[2] or 0)
        lines = run(*command.split()).strip("\n").splitlines()
        shown = [*lines[:limit], "..."] if limit and len(lines) > limit else lines
        head = f"<!-- output: {command}{f' | {limit} lines' if limit else ''} -->"
        return "\n".join([head, "```console", f"$ painrules {command}", *shown, "```", "<!-- end -->"])

    text = re.sub(r"<!-- output: (.*?)(?: \| (\d+) lines)? -->.*?<!-- end -->", fill, text, flags=re.DOTALL)
    table = ROOT / "bench/results.md"
    if table.exists():
        block = f"<!-- bench -->\n{table.read_text().strip()}\n<!-- end -->"
        text = re.sub(r"<!-- bench -->.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL)
    return text


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file and what it should hold."""
    yield ROOT / "docs/rules.md", rules_document()
    yield ROOT / "docs/sheet.schema.json", sheet_schema()
    yield ROOT / "docs/answers.schema.json", answers_schema()
    yield ROOT / "docs/content.schema.json", content_schema()
    yield ROOT / "docs/sheet.svg", picture()
    yield ROOT / "README.md", readme()


def main() -> int:
    """Write or check; 1 when something is out of date."""
    stale = [(path, text) for path, text in documents() if not path.exists() or path.read_text() != text]
    for path, text in stale:
        print(f"{path.relative_to(ROOT)} {'is out of date' if '--check' in sys.argv else 'written'}")
        if "--check" not in sys.argv:
            path.write_text(text)
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    raise SystemExit(main())
