"""JSON Schemas of the sheet, of answers files and, for editors, of content files and teaching cases."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pydantic

from painrules.answers import PREFERENCES, TRIED
from painrules.entries import MEDICINES_TAKEN, SECTIONS
from painrules.knowledge import KnowledgeBase
from painrules.shape import adapter_of
from painrules.sheet import Sheet
from painrules.teaching import CaseFile
from painrules.validation import REFERENCES, TARGETS


def sheet_schema() -> str:
    """JSON Schema of the sheet, from its classes."""
    schema = pydantic.TypeAdapter(Sheet).json_schema(mode="serialization")
    for part in [schema, *schema.get("$defs", {}).values()]:
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])
    return pretty({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


def answers_schema(knowledge: KnowledgeBase) -> str:
    """JSON Schema of answers files, from the questions, conditions and treatments of the knowledge base."""

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
            "talk_about": {"type": "array", "uniqueItems": True, "items": {"enum": list(knowledge.modalities)}},
        },
    }
    return pretty(schema)


def case_schema() -> str:
    """JSON Schema of teaching cases for editors; answers and ids are those of the schemas beside it."""
    schema = adapter_of(CaseFile).json_schema()
    properties = schema["properties"]
    properties["person"] |= {"$ref": "answers.schema.json"}
    properties["sources"]["items"] = {"$ref": "content.schema.json#/$defs/sources_id"}
    return pretty({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "A teaching case"})


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
        schema = adapter_of(entry).json_schema(ref_template="#/$defs/{model}")
        inner = schema.pop("$defs", {})
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
