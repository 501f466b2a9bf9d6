"""Another language: everything it promises is translated, old translations do not count, and nothing breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from painrules.answers import Answers
from painrules.commands import app
from painrules.knowledge import KnowledgeBase
from painrules.loading import load_knowledge
from painrules.reading import ContentError
from painrules.sheet import Because, explore
from painrules.surfaces.blocks import Alarm, Paragraph
from painrules.surfaces.sheet_page import page, said_text
from painrules.translation import languages, texts, translated
from tests.conftest import ROOT

OTHERS = languages(ROOT)[1:]
FIELDS = re.compile(r"\{\w+\}")


def test_spanish_is_there() -> None:
    assert "es" in OTHERS


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_keeps_its_fields(knowledge: KnowledgeBase, language: str) -> None:
    other = {text.name: text.english for text in texts(translated(knowledge, ROOT, language))}
    same = {"wording.title"} if language == "en" else set()
    untranslated = []
    for text in texts(knowledge):
        said = other[text.name]
        assert sorted(FIELDS.findall(said)) == sorted(FIELDS.findall(text.english)), text.name
        if said == text.english and len(text.english) > 12 and text.name not in same:
            untranslated.append(text.name)
    assert untranslated == []


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_person_gets_the_same_statuses(knowledge: KnowledgeBase, language: str) -> None:
    person = Answers(("low_back_pain_chronic",), {"kidney_disease": "severe", "saddle_numbness": "yes", "age": 70.0})
    english = explore(knowledge, person, "reference")
    other = explore(load_knowledge(ROOT, language=language), person, "reference")
    assert [(o.id, o.status) for o in sorted(english.options, key=lambda o: o.id)] == [
        (o.id, o.status) for o in sorted(other.options, key=lambda o: o.id)
    ]
    assert [sign.id for sign in english.urgent] == [sign.id for sign in other.urgent]
    assert english.urgent[0].text != other.urgent[0].text


def test_a_machine_made_translation_says_so() -> None:
    spanish = load_knowledge(ROOT, language="es")
    sheet = explore(spanish, Answers(("gout",), {"chest_pain_now": "yes"}), "reference")
    blocks = list(page(spanish, sheet))
    assert spanish.machine_made
    assert any(isinstance(b, Paragraph) and b.text == spanish.wording["machine_made"] for b in blocks)
    assert any(isinstance(b, Alarm) for b in blocks)


PERSON = b"conditions: [gout]\nanswers: {fever_with_pain: yes}"


@pytest.mark.parametrize(
    ("command", "formats"),
    [
        (("explore", "--answers", "-", "--all"), "text"), (("explore", "--answers", "-", "--what-if", "age=80"), "text"),
        (("compare", "tens", "acupuncture"), "text markdown"), (("compare", "-", "back_pain_and_kidneys"), "html"),
        (("plan", "-"), "text html svg"), (("matrix", "--modality", "tens"), "text html svg"),
        (("trace", "-", "--option", "colchicine"), "text html svg"), (("trace", "-", "--step"), "text"),
        (("explain", "nsaid-kidney-severe"), "text"), (("matrix",), "text"),
    ],
)  # fmt: skip
def test_every_page_says_that_a_machine_made_its_language(command: tuple[str, ...], formats: str) -> None:
    told = load_knowledge(ROOT, language="es").wording["machine_made"]
    for format_ in formats.split():
        asked = [] if format_ == "text" else ["--format", format_]
        more = [*asked, *(["--plain"] if format_ == "text" and command[0] != "explore" else [])]
        done = CliRunner().invoke(app, [*command, *more, "--language", "es"], input=PERSON)
        assert done.exit_code == 0, done.output
        page = re.sub(r"<desc.*?</desc>|<[^>]*>", " ", done.stdout)
        assert " ".join(page.replace("\\", "").split()).count(told) == 1, format_


def test_a_page_that_is_read_aloud_speaks_one_language(knowledge: KnowledgeBase) -> None:
    command = ["explore", "--answers", "-", "--language", "es"]
    page = CliRunner().invoke(app, [*command, "--plain"], input=b"conditions: [gout]\nanswers: {chest_pain_now: yes}")
    assert "URGENTE. " in page.stdout
    assert "URGENT. " not in page.stdout
    everything = " ".join(CliRunner().invoke(app, [*command, "--all"], input=PERSON).stdout.split())
    assert "sobre gota: a favor, fuerte, primera elección" in everything
    assert "certeza " in everything
    assert " on gota" not in everything
    spanish = load_knowledge(ROOT, language="es")
    assert said_text(knowledge, Because("condition", "not gout")) == "not gout"
    assert said_text(spanish, Because("condition", "not gout")) == "no gota"
    assert said_text(spanish, Because("medicines_taken", "not anticoagulant")).startswith("medicamentos")
    assert " not " not in said_text(spanish, Because("medicines_taken", "not anticoagulant"))


def test_a_changed_text_is_shown_in_english(knowledge: KnowledgeBase, tmp_path: Path) -> None:
    folder = tmp_path / "knowledge/languages/xx"
    folder.mkdir(parents=True)
    (folder / "wording.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        f'msgctxt "wording.title"\nmsgid "{knowledge.wording["title"]}"\nmsgstr "TITLE"\n\n'
        'msgctxt "wording.for"\nmsgid "Old English:"\nmsgstr "ABOUT"\n',
        encoding="utf-8",
    )
    other = translated(knowledge, tmp_path, "xx")
    assert other.wording["title"] == "TITLE"
    assert other.wording["for"] == knowledge.wording["for"]
    assert not other.machine_made


@pytest.mark.parametrize("content", [b"\xff\xfe", b"nonsense"])
def test_a_broken_catalogue_is_named(knowledge: KnowledgeBase, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "knowledge/languages/xx").mkdir(parents=True)
    (tmp_path / "knowledge/languages/xx/wording.po").write_bytes(content)
    with pytest.raises(ContentError, match=r"wording\.po"):
        translated(knowledge, tmp_path, "xx")


def test_an_unknown_language_is_named(knowledge: KnowledgeBase) -> None:
    with pytest.raises(ContentError, match="no language 'ess'"):
        translated(knowledge, ROOT, "ess")
