"""The sheet as a FHIR R4 document: a Bundle whose first entry is the Composition, to read, file or pass on.

It says in words what the page says, section by section, and holds the answers it rests on as a response. It is no order
and no plan: no option becomes a request. The Patient says nothing of who it is. The same sheet has the same ids.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from painrules.answers import Answers
from painrules.fhir.codes import URN, Resource, concept, stable_id
from painrules.fhir.narrative import narrative
from painrules.fhir.response import response_of
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet
from painrules.surfaces.blocks import Block, Heading, Paragraph
from painrules.surfaces.sheet_page import page


def document_of(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, made: datetime.datetime) -> Resource:
    """The document of a sheet that was made at this moment."""
    ids = {
        kind: _id(sheet, knowledge, kind)
        for kind in ("Bundle", "Composition", "Patient", "Device", "QuestionnaireResponse")
    }
    who = {
        name: {"reference": f"urn:uuid:{ids[kind]}"} for name, kind in (("patient", "Patient"), ("device", "Device"))
    }
    when = made.isoformat(timespec="seconds")
    response = {"subject": who["patient"], "author": who["device"], **response_of(knowledge, answers)}
    told = Paragraph(knowledge.wording["fhir.answers_within"])
    answered: Resource = {
        **_section(knowledge, Heading(knowledge.wording["fhir.answers"]), [told]),
        "entry": [{"reference": f"urn:uuid:{ids['QuestionnaireResponse']}"}],
    }
    (title, intro), *sections = _sections(page(knowledge, sheet, everything=True))
    composition: Resource = {
        "language": knowledge.language,
        "text": narrative(knowledge.language, intro),
        "status": "final",
        "type": concept("document", "sheet", knowledge.wording["title"]),
        "subject": who["patient"],
        "date": when,
        "author": [who["device"]],
        "title": title.text,
        "section": [*(_section(knowledge, heading, blocks) for heading, blocks in sections), answered],
    }
    contents: dict[str, Resource] = {
        "Composition": composition,
        "Patient": {"active": True},
        "Device": _device(knowledge, sheet),
        "QuestionnaireResponse": response,
    }
    return {
        "resourceType": "Bundle",
        "id": ids["Bundle"],
        "identifier": {"system": f"{URN}sheet", "value": ids["Bundle"]},
        "type": "document",
        "timestamp": when,
        "entry": [
            {"fullUrl": f"urn:uuid:{ids[kind]}", "resource": {"resourceType": kind, "id": ids[kind], **content}}
            for kind, content in contents.items()
        ],
    }


def _id(sheet: Sheet, knowledge: KnowledgeBase, kind: str) -> str:
    made = sheet.painrules
    return stable_id(made.version, made.knowledge_digest, made.answers_digest, knowledge.language, kind)


def _sections(blocks: Iterable[Block]) -> Iterator[tuple[Heading, list[Block]]]:
    """The parts of a page, each with its heading; the first is what stands below the title."""
    heading: Heading | None = None
    inside: list[Block] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level <= 2:
            if heading:
                yield heading, inside
            heading, inside = block, []
        else:
            inside.append(block)
    if heading:
        yield heading, inside


def _section(knowledge: KnowledgeBase, heading: Heading, blocks: list[Block]) -> Resource:
    category = next((one for one in knowledge.categories.values() if one.name == heading.text), None)
    code = {"code": concept("category", category.id, category.name)} if category else {}
    return {"title": heading.text, **code, "text": narrative(knowledge.language, blocks)}


def _device(knowledge: KnowledgeBase, sheet: Sheet) -> Resource:
    """The program that made the sheet, and from which content."""
    versions = {"program": sheet.painrules.version, "knowledge": sheet.painrules.knowledge_digest}
    return {
        "deviceName": [{"name": "painrules", "type": "user-friendly-name"}],
        "version": [{"type": {"text": name}, "value": value} for name, value in versions.items()],
        "note": [{"text": knowledge.wording["purpose"]}],
    }
