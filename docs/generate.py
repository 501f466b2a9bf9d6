"""Generate what can be generated: documents, tables, JSON Schemas, the picture, catalogues to translate, the README.

`python docs/generate.py` writes them, `--check` only says which are out of date (a test does).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
        "How to write a whole rule stands in [writing_content.md](writing_content.md).",
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
    """JSON Schema of content files for editors: from the entry classes, with every id that a field can name."""
    from painrules.loading import load_knowledge
    from painrules.validation import REFERENCES, TARGETS, entry_adapters

    knowledge = load_knowledge(ROOT)
    sections = ("sources", "categories", "classes", "modalities", "conditions", "screens", "findings", "chapters")
    ids = {section: list(getattr(knowledge, section)) for section in sections}
    ids["medicines"] = [one.id for modality in knowledge.modalities.values() for one in modality.medicines]
    ids["described"] = ids["conditions"] + ids["modalities"] + ids["classes"]
    ids["asked_of"] = ["any", *ids["conditions"]]
    definitions: dict[str, Any] = {f"{name}_id": {"enum": words} for name, words in ids.items()}
    definitions["when"] = when_schema(knowledge)
    properties = {}
    for section, adapter in entry_adapters().items():
        schema = adapter.json_schema(ref_template="#/$defs/{model}")
        inner = schema.pop("$defs", {})
        name_ids(schema, {"about": "described", "ask_if": "asked_of", **REFERENCES.get(section, {})})
        if section == "rules":
            name_ids(inner["Target"], TARGETS)
            name_ids(inner["Exemption"], {"sources": "sources"})
            for part in (schema, inner["Exemption"]):
                part["properties"]["when"] |= {"$ref": "#/$defs/when"}
        definitions |= inner
        properties[section] = {"type": "array", "items": schema}
    return pretty({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A content file of painrules",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": definitions,
    })  # fmt: skip


def name_ids(schema: dict[str, Any], fields: Mapping[str, str]) -> None:
    """Say of each field which ids it can name, so that an editor completes and checks them."""

    def place(part: dict[str, Any], target: str) -> None:
        if part.get("type") == "string":
            part.pop("type")
            part["$ref"] = f"#/$defs/{target}_id"
        for other in (part.get("items"), *part.get("anyOf", [])):
            if isinstance(other, dict):
                place(other, target)

    for field, target in fields.items():
        if field in schema["properties"]:
            place(schema["properties"][field], target)


def when_schema(knowledge: Any) -> dict[str, Any]:
    """What a `when` can say: every question with its answers, findings, conditions, and all / any / not."""

    def one_or_more(words: Sequence[str]) -> dict[str, Any]:
        one = {"enum": list(words)}
        return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}

    again = {"$ref": "#/$defs/when"}
    number = {"type": "number"}
    properties: dict[str, Any] = {
        "all": {"type": "array", "items": again, "minItems": 1},
        "any": {"type": "array", "items": again, "minItems": 1},
        "not": again,
        "finding": one_or_more(list(knowledge.findings)),
        "condition": one_or_more(list(knowledge.conditions)),
        "preference": one_or_more(knowledge.questions["preferences"].answers),
    }
    for question in knowledge.questions.values():
        if question.kind == "number":
            test: dict[str, Any] = {
                "type": "object",
                "properties": {"at_least": number, "below": number},
                "additionalProperties": False,
            }
        elif question.kind == "many_of":
            includes = {"includes": one_or_more(question.answers)}
            test = {"type": "object", "properties": includes, "required": ["includes"], "additionalProperties": False}
        else:
            test = one_or_more(question.answers)
        properties[question.id] = {"description": question.ask, **test}
    return {"type": "object", "minProperties": 1, "properties": properties, "additionalProperties": False}


def content_table() -> str:
    """Counts of the content, by group, category, year and confidence."""
    from painrules.evidence import GUIDELINE_KINDS
    from painrules.loading import load_knowledge

    knowledge = load_knowledge(ROOT)

    def root(condition: str) -> str:
        return [condition, *knowledge.ancestors(condition)][-1]

    def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
        lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
        return [*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows), ""]

    said, texts = knowledge.recommendations, knowledge.explanations
    groups = [c for c in knowledge.conditions.values() if c.parent is None]
    options = {said_.modality for said_ in said}
    guidelines = {s.source for s in said if knowledge.sources[s.source].kind in GUIDELINE_KINDS}
    urgent = Counter(rule.entry.level for rule in knowledge.rules.values() if rule.effect == "urgent")
    effects = Counter(rule.effect for rule in knowledge.rules.values())
    files = Counter(at.split(":")[0] for at in knowledge.files.values())
    decades = Counter(
        "not stated" if s.year is None else f"{s.year // 5 * 5} to {s.year // 5 * 5 + 4}"
        for s in knowledge.sources.values()
    )
    kinds = Counter(source.kind for source in knowledge.sources.values())
    status = Counter((source.kind, source.status) for source in knowledge.sources.values())

    def confidence(name: str, entries: Iterable[Any]) -> tuple[object, ...]:
        found = Counter(bool(entry.reported_by) for entry in entries)
        return name, found[False], found[True]

    return "\n".join([
        "# The content in numbers",
        "",
        "Made from the content by `make docs`. How to add to it stands in [writing_content.md](writing_content.md).",
        "",
        f"{len(knowledge.conditions)} conditions, {len(options)} treatments that are an option, "
        f"{len(knowledge.rules)} rules, {len(said)} recommendations, {len(texts)} explanations, "
        f"{len(knowledge.disagreements)} explained disagreements, {len(knowledge.frequencies)} natural frequencies, "
        f"{len(knowledge.visit)} lines on a visit, {len(knowledge.words)} words, {len(knowledge.sources)} sources; "
        f"{len(guidelines)} guidelines and consensus statements are cited for a recommendation.",
        "",
        "## By group of conditions",
        "",
        *table(
            ("group", "conditions", "options", "recommendations", "texts", "disagreements"),
            (
                (
                    group.name,
                    sum(root(c) == group.id for c in knowledge.conditions),
                    len({s.modality for s in said if root(s.condition) == group.id}),
                    sum(root(s.condition) == group.id for s in said),
                    sum(t.about in knowledge.conditions and root(t.about) == group.id for t in texts),
                    sum(root(d.condition) == group.id for d in knowledge.disagreements),
                )
                for group in groups
            ),
        ),
        "## By category of treatment",
        "",
        *table(
            ("category", "treatments", "recommendations", "rules that speak of one", "texts"),
            (
                (
                    category.name,
                    sum(knowledge.category_of(m) == category.id for m in options),
                    sum(knowledge.category_of(s.modality) == category.id for s in said),
                    sum(
                        any(knowledge.category_of(m) == category.id for m in rule.modalities)
                        for rule in knowledge.rules.values()
                    ),
                    sum(
                        (t.about in knowledge.modalities
                        and knowledge.category_of(t.about) == category.id)
                        or (t.about in knowledge.classes and knowledge.classes[t.about].category == category.id)
                        for t in texts
                    ),
                )
                for category in knowledge.categories.values()
            ),
        ),
        "## Rules",
        "",
        *table(("effect", "rules"), sorted(effects.items())),
        *table(("urgent sign", "rules"), ((level, urgent[level]) for level in ("emergency", "same_day", "soon"))),
        *table(("file", "rules"), sorted(files.items())),
        "## Sources",
        "",
        *table(
            ("kind", "sources", "current", "superseded", "not known"),
            ((k, n, *(status[k, s] for s in ("current", "superseded", "unknown"))) for k, n in sorted(kinds.items())),
        ),
        *table(("year", "sources"), sorted(decades.items(), reverse=True)),
        "## Confidence",
        "",
        "*Read*: the statement was read in the source, as a whole or in an excerpt. *Reported*: another text reports what",
        "the source says.",
        "",
        *table(
            ("statements", "read", "reported"),
            (
                confidence("recommendations", said),
                confidence("explanations", texts),
                confidence("natural frequencies", knowledge.frequencies),
                confidence("disagreements", knowledge.disagreements),
                confidence("rules", (rule.entry for rule in knowledge.rules.values() if rule.entry.sources)),
                confidence("lines on a visit", knowledge.visit.values()),
            ),
        ),
    ])  # fmt: skip


def catalogues() -> Iterator[tuple[Path, str]]:
    """The catalogues of every language, with the texts of today; a translation of changed English moves to a comment."""
    import polib

    from painrules.loading import load_knowledge
    from painrules.translation import languages, texts

    wanted = list(texts(load_knowledge(ROOT)))
    for language in languages(ROOT)[1:]:
        for name in dict.fromkeys(text.catalogue for text in wanted):
            path = ROOT / f"knowledge/languages/{language}/{name}.po"
            old = polib.pofile(str(path), encoding="utf-8", wrapwidth=118) if path.exists() else polib.POFile()
            known = {entry.msgctxt: entry for entry in old}
            new = polib.POFile(wrapwidth=118)
            new.metadata = old.metadata or {"Language": language, "Content-Type": "text/plain; charset=UTF-8"}
            for text in wanted:
                if text.catalogue == name and text.english:
                    entry = known.get(text.name)
                    if entry is None or entry.msgid != text.english:
                        was = entry.msgstr if entry else ""
                        entry = polib.POEntry(msgctxt=text.name, msgid=text.english, tcomment=was and f"was: {was}")
                    new.append(entry)
            yield path, f"{new}\n"


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
    yield ROOT / "docs/content.md", content_table()
    yield from catalogues()
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
