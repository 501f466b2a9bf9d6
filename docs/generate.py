"""Generate what can be generated: tables, JSON Schemas, the picture, catalogues to translate, output of commands on all pages.

`python docs/generate.py` writes them, `--check` only says which are out of date (a test does).
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from painrules.knowledge import KnowledgeBase

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


def catalogues(knowledge: KnowledgeBase) -> Iterator[tuple[Path, str]]:
    """The catalogues of every language, with the texts of today; a translation of changed English moves to a comment."""
    import polib

    from painrules.translation import languages, texts

    wanted = list(texts(knowledge))
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


def picture(knowledge: KnowledgeBase) -> str:
    """The sheet of the sample person, as rich draws it, without the web font that its template would fetch."""
    import io

    from rich.console import Console

    from painrules.answers import read_answers
    from painrules.reading import read_file
    from painrules.sheet import explore
    from painrules.surfaces.sheet_page import page
    from painrules.surfaces.terminal import Rich

    file = ROOT / SAMPLE
    sheet = explore(knowledge, read_answers(file.read_bytes(), file.name, knowledge), "reference")
    assert read_file(file, file.name)
    console = Console(
        width=80, record=True, file=io.StringIO(), highlight=False, force_terminal=True, color_system="truecolor"
    )
    Rich(console).page(list(page(knowledge, sheet))[:26])
    svg = console.export_svg(title="painrules explore", unique_id="painrules")
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def trace_picture() -> str:
    """How the rules got to two statuses of a teaching case."""
    from docs.command_output import printed

    options = [part for id in ("oral_nsaids", "pregabalin") for part in ("--option", id)]
    return printed(("trace", "back_pain_and_kidneys", *options, "--engine", "reference", "--format", "svg"), ROOT)


def filled(file: str, name: str, block: str) -> str:
    """A document, with what stands between `<!-- name -->` and `<!-- end -->` replaced."""
    block = f"<!-- {name} -->\n{block}\n<!-- end -->"
    return re.sub(rf"<!-- {name} -->.*?<!-- end -->", lambda _: block, (ROOT / file).read_text(), flags=re.DOTALL)


def with_benches(text: str) -> str:
    """A page with the table of measurements, where it has a place for it."""
    table = ROOT / "bench/results.md"
    block = f"<!-- bench -->\n{table.read_text().strip() if table.exists() else ''}\n<!-- end -->"
    return re.sub(r"<!-- bench -->.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL)


def with_hazards(text: str) -> str:
    """A page with an overview of the hazards that it describes, where it has a place for it."""
    told = re.findall(r"^### (H\d+): (.*)\n.*\n- Severity: (\w+)", text, re.MULTILINE)
    rows = "\n".join(f"| {number} | {hazard} | {severity} |" for number, hazard, severity in told)
    block = f"<!-- hazards -->\n| | hazard | severity |\n| --- | --- | --- |\n{rows}\n<!-- end -->"
    return re.sub(r"<!-- hazards -->.*?<!-- end -->", lambda _: block, text, flags=re.DOTALL)


def documents() -> Iterator[tuple[Path, str]]:
    """Every generated file and what it should hold."""
    from docs.command_output import pages, with_output
    from docs.commands import manual_page
    from docs.content_numbers import content_numbers, evidence_numbers
    from docs.schemas import answers_schema, case_schema, content_schema, printed_schema
    from painrules import __version__
    from painrules.loading import load_knowledge
    from painrules.sheet import Sheet
    from painrules.trace import Trace

    knowledge = load_knowledge(ROOT)
    yield ROOT / "man/painrules.1", manual_page(__version__)
    yield ROOT / "docs/rules.md", rules_document()
    yield ROOT / "docs/sheet.schema.json", printed_schema(Sheet)
    yield ROOT / "docs/trace.schema.json", printed_schema(Trace)
    yield ROOT / "docs/answers.schema.json", answers_schema(knowledge)
    yield ROOT / "docs/case.schema.json", case_schema()
    yield ROOT / "docs/content.schema.json", content_schema(knowledge)
    yield ROOT / "docs/content.md", content_numbers(knowledge)
    yield from catalogues(knowledge)
    yield ROOT / "docs/sheet.svg", picture(knowledge)
    yield ROOT / "docs/trace.svg", trace_picture()
    made = {ROOT / "docs/rules.md", ROOT / "docs/content.md"}
    for page in (page for page in pages() if page not in made):
        text = (
            filled("docs/evidence.md", "numbers", evidence_numbers(knowledge))
            if page.name == "evidence.md"
            else page.read_text()
        )
        yield page, with_hazards(with_benches(with_output(text, knowledge.review and knowledge.review.checked)))


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
