"""The multimodal picture: all options of the sheet, aims only where a text says so, and what is avoided apart."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from painrules.answers import Answers, read_answers
from painrules.knowledge import KnowledgeBase
from painrules.multimodal import AIMS, multimodal
from painrules.sheet import explore
from painrules.surfaces.multimodal_picture import svg
from tests.test_commands import SAMPLE, data, run

SAYS = {"sleep": r"\bsleep\b", "mood": r"\bmood\b|\bworry\b"}
URGENT = b"conditions: [fibromyalgia]\nanswers: {saddle_numbness: yes}\ntalk_about: [cbt_for_insomnia]"


def test_sleep_and_mood_stand_only_where_the_cited_text_names_them(knowledge: KnowledgeBase) -> None:
    texts = [(f"{e.about} {e.aspect}", e.text, e.aims, e.aspect == "how_it_may_help") for e in knowledge.explanations]
    texts += [(f"{r.modality} for {r.condition}", r.limits, r.aims, True) for r in knowledge.recommendations]
    told = [entry for entry in texts if entry[2]]
    assert len(told) > 10
    for name, text, aims, allowed in told:
        assert allowed, name
        for aim in aims:
            assert re.search(SAYS[aim], text), (name, aim)


def test_every_option_once_with_the_status_of_the_sheet(knowledge: KnowledgeBase) -> None:
    answers = read_answers(SAMPLE.read_bytes(), "sample", knowledge)
    sheet, picture = explore(knowledge, answers, "reference"), multimodal(knowledge, answers, "reference")
    parts = [part.option for parts in picture.columns.values() for part in parts]
    assert {option.id: option.status for option in parts} == {option.id: option.status for option in sheet.options}
    assert len(parts) == len(sheet.options)
    for part in (*picture.open, *picture.apart):
        assert part.apart == (part.option.status in ("held_back", "advised_against"))
        assert bool(part.reasons) == (part.option.status not in ("option", "advised_against")), part.option.id
        for entry in part.aims:
            speaking = {r.source for r in knowledge.recommendations if r.modality == part.option.id and
                        r.direction in ("for", "common_practice") and entry.aim in (r.purpose, *r.aims)}  # fmt: skip
            told = knowledge.explained(part.option.id, "how_it_may_help")
            assert set(entry.sources) <= speaking | {
                id for text in told if entry.aim in text.aims for id in text.sources
            }
    drawn = "".join(ElementTree.fromstring(svg(knowledge, picture, everything=True)).itertext())
    for option in parts:
        if option.status != "held_back":
            assert option.name in drawn or option.status == "advised_against"


def test_at_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "me.yaml").write_bytes(URGENT)
    done = run("plan", str(tmp_path / "me.yaml"))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.strip().splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].strip() == "A picture to discuss with a pain specialist"
    assert next(n for n, line in enumerate(lines) if "Get help now" in line) <= 4
    assert "It is not a treatment plan" in " ".join(done.stdout.split())
    plain = run("plan", str(tmp_path / "me.yaml"), "--plain", "--all").stdout
    assert "Talking therapy for sleep (CBT-I) (check first)\n  Aims at: doing more, sleep, mood.\n" in plain
    found = data("plan", "back_pain_and_kidneys")
    parts = [part for own in found["categories"].values() for part in own]
    aimed = {aim["aim"] for part in parts if not part["apart"] for aim in part["aims"]}
    assert found["nothing_for"] == [aim for aim in AIMS if aim not in aimed]
    assert all(aim["sources"] for part in parts for aim in part["aims"])


def test_wrong_use() -> None:
    done = run("plan", "back_pain_and_kidny")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Did you mean 'back_pain_and_kidneys'?" in done.stderr


def test_a_sign_that_was_named_is_told_even_if_something_else_is_open(knowledge: KnowledgeBase) -> None:
    feverish = Answers(("low_back_pain_chronic",), {"fever_with_pain": "yes"})
    picture, none = (multimodal(knowledge, who, "reference") for who in (feverish, Answers(feverish.conditions)))
    told = [(sign.id, sign.certain) for sign in picture.urgent]
    assert told[0] == ("spine-fever", True)
    assert ("spine-fever-weak-defences", False) in told
    assert ("cancer-fever-in-treatment", False) in told, "nobody knows yet whether it is so"
    for found, said in ((picture, "⚠ "), (none, knowledge.wording["no_sign_named"])):
        assert said in svg(knowledge, found, everything=False)


def test_who_hears_the_picture_hears_of_signs_and_of_what_is_set_apart(knowledge: KnowledgeBase) -> None:
    answers = Answers(("low_back_pain_chronic",), {"fever_with_pain": "yes", "kidney_disease": "severe"})
    picture = multimodal(knowledge, answers, "reference")
    drawn = ElementTree.fromstring(svg(knowledge, picture, everything=False))
    said = drawn.findtext("{http://www.w3.org/2000/svg}desc") or ""
    assert said.startswith(knowledge.wording[f"level.{picture.urgent[0].level}"]), "signs come first"
    for sign in picture.urgent:
        assert f"{sign.text} {sign.action}" in said
    assert {part.option.status for part in picture.apart} == {"held_back", "advised_against"}
    for part in picture.apart:
        assert part.option.name in said
        assert all(reason.text in said for reason in part.reasons)
