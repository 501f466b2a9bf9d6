"""JSON Schemas of what is printed, of answers files and, for editors, of content files and teaching cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from painrules import schemas
from painrules.alternatives import STATUSES
from painrules.entries import MEDICINES_TAKEN, SECTIONS
from painrules.knowledge import KnowledgeBase
from painrules.teaching import CaseFile
from painrules.validation import REFERENCES, TARGETS


def printed_schema(class_: type) -> str:
    """JSON Schema of what is printed, from its classes."""
    return pretty({"$schema": schemas.DIALECT, **schemas.schema_of(class_)})


def answers_schema(knowledge: KnowledgeBase) -> str:
    """JSON Schema of answers files."""
    return pretty(schemas.answers_schema(knowledge))


def case_schema() -> str:
    """JSON Schema of teaching cases for editors; answers and ids are those of the schemas beside it."""
    schema = schemas.whole(CaseFile, read_from_files(CaseFile))
    properties = schema["properties"]
    written = next(kind for kind in properties["sheet"]["anyOf"] if kind["type"] == "object")
    written["propertyNames"] = {"enum": ["urgent", *STATUSES]}
    properties["person"] |= {"$ref": "answers.schema.json"}
    properties["sources"]["items"] = {"$ref": "content.schema.json#/$defs/sources_id"}
    return pretty({"$schema": schemas.DIALECT, **schema, "title": "A teaching case"})


def content_schema(knowledge: KnowledgeBase) -> str:
    """JSON Schema of content files for editors: from the entry classes, with every id that a field can name."""
    sections = ("sources", "categories", "classes", "modalities", "conditions", "screens", "findings", "chapters")
    ids = {section: list(getattr(knowledge, section)) for section in sections}
    ids["medicines"] = [one.id for modality in knowledge.modalities.values() for one in modality.medicines]
    ids[MEDICINES_TAKEN] = [answer for answer in knowledge.questions[MEDICINES_TAKEN].answers if answer != "none"]
    ids["described"] = ids["conditions"] + ids["modalities"] + ids["classes"]
    ids["asked_of"] = ["any", *ids["conditions"]]
    definitions: dict[str, Any] = {f"{name}_id": {"enum": words} for name, words in ids.items()}
    definitions["when"] = when_schema(knowledge)
    properties = {}
    for section, entry in SECTIONS.items():
        inner = read_from_files(entry)
        schema = inner.pop(entry.__name__)
        described = {"about": "described"} if section == "explanations" else {}
        name_ids(schema, {**described, "ask_if": "asked_of", **REFERENCES.get(section, {})})
        if "Target" in inner:
            name_ids(inner["Target"], TARGETS)
        if "Exemption" in inner:
            name_ids(inner["Exemption"], {"sources": "sources"})
        for part in (schema, inner.get("Exemption", {})):
            for name in {"when", "never"} & part.get("properties", {}).keys():
                part["properties"][name] |= {"$ref": "#/$defs/when"}
        definitions |= inner
        properties[section] = {"type": "array", "items": schema}
    return pretty({
        "$schema": schemas.DIALECT,
        "title": "A content file of painrules",
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
        "$defs": definitions,
    })  # fmt: skip


def read_from_files(class_: type) -> dict[str, Any]:
    """The schema of a class and of those that it holds, by name, for editors of files."""
    return schemas.schemas_of([class_], "#/$defs/{name}", printed=False)


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


def when_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
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


def pretty(value: Any) -> str:
    """JSON for people and for diffs."""
    return json.dumps(value, indent=1, ensure_ascii=False) + "\n"
