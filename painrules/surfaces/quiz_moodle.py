"""A quiz as Moodle XML, as Moodle's documentation describes it: multiple choice, one right answer, HTML in CDATA."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from xml.dom.minidom import Document, Element

from painrules.knowledge import KnowledgeBase
from painrules.reading import visible
from painrules.surfaces import html
from painrules.surfaces.blocks import Heading, Paragraph, language_lines
from painrules.surfaces.quiz_page import person_blocks
from painrules.surfaces.quiz_words import Written

LONGEST_NAME = 200
"""Letters: Moodle keeps 255."""


def document(knowledge: KnowledgeBase, quiz: Sequence[Written]) -> bytes:
    """The whole file."""
    made = Document()
    root = made.createElement("quiz")
    made.appendChild(root)
    category = _added(root, "question", type="category")
    _text(_added(category, "category"), f"$course$/top/{knowledge.wording['quiz.moodle']}")
    _html(category, "info", f"<p>{html.text(knowledge.wording['quiz.purpose'])}</p>")
    for number, one in enumerate(quiz, 1):
        _question(knowledge, root, number, one)
    return made.toprettyxml(indent="  ", encoding="UTF-8")


def short_id(id: str) -> str:
    """The id of a question in the letters that other programs take."""
    return f"painrules-{hashlib.sha256(id.encode('utf-8', 'surrogateescape')).hexdigest()[:24]}"


def name_of(number: int, one: Written) -> str:
    """What a list of questions shows of it; in the order of the quiz when sorted."""
    name = ": ".join(filter(None, (f"{number:03}", one.person.title if one.person else "", one.ask[-1])))
    return visible(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 3]}...")


def body(knowledge: KnowledgeBase, one: Written) -> str:
    """What is asked as HTML, with all that is known of the person: each question stands alone."""
    blocks = [
        Paragraph(block.text, "strong") if isinstance(block, Heading) else block
        for block in (*person_blocks(knowledge, one), *map(Paragraph, one.ask))
    ]
    blocks += (Paragraph(line, "quiet") for line in language_lines(knowledge))
    return html.content(blocks)


def explanation(one: Written) -> str:
    """What explains the answer as HTML, with its sources."""
    sources = "\n".join(f"<li>{html.text(source)}</li>" for source in one.sources)
    lines = "\n".join(f"<p>{html.text(line)}</p>" for line in one.why)
    return f"{lines}\n<ol>{sources}</ol>" if sources else lines


def _question(knowledge: KnowledgeBase, root: Element, number: int, one: Written) -> None:
    question = _added(root, "question", type="multichoice")
    _text(_added(question, "name"), name_of(number, one))
    _html(question, "questiontext", body(knowledge, one))
    _html(question, "generalfeedback", explanation(one))
    plain = {
        "defaultgrade": "1",
        "penalty": "0.3333333",
        "hidden": "0",
        "idnumber": short_id(one.id),
        "single": "true",
        "shuffleanswers": "false" if one.scale else "true",
        "answernumbering": "123",
        "showstandardinstruction": "0",
    }
    for name, value in plain.items():
        _added(question, name).appendChild(_owner(question).createTextNode(value))
    for place, choice in enumerate(one.choices):
        answer = _html(question, "answer", f"<p>{html.text(choice)}</p>", fraction="100" if place == one.right else "0")
        _html(answer, "feedback", "")
    tags = _added(question, "tags")
    _text(_added(tags, "tag"), f"painrules {one.kind}")


def _added(parent: Element, name: str, **attributes: str) -> Element:
    """A new element at the end of another."""
    made = _owner(parent).createElement(name)
    for key, value in attributes.items():
        made.setAttribute(key, value)
    parent.appendChild(made)
    return made


def _text(parent: Element, words: str) -> None:
    _added(parent, "text").appendChild(_owner(parent).createTextNode(visible(words)))


def _html(parent: Element, name: str, markup: str, **attributes: str) -> Element:
    """An element that holds HTML. In it every `>` of a text is escaped, so that no CDATA section can end too soon."""
    made = _added(parent, name, format="html", **attributes)
    _added(made, "text").appendChild(_owner(parent).createCDATASection(markup))
    return made


def _owner(element: Element) -> Document:
    assert element.ownerDocument is not None
    return element.ownerDocument
