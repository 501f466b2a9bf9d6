"""JSON Schemas of what programs give and get: answers files, and any of our classes that are printed as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pydantic

from painrules.answers import PREFERENCES, TRIED
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(class_: Any) -> dict[str, Any]:
    """The schema of one class as it is printed: every field is there, and no other."""
    schema = pydantic.TypeAdapter(class_).json_schema(mode="serialization")
    for part in [schema, *schema.get("$defs", {}).values()]:
        _closed(part)
    return schema


def schemas_of(classes: Mapping[str, Any], template: str) -> dict[str, Any]:
    """The same of several classes that share parts, by name; `template`: how one refers to another by its {model}."""
    adapters = [(name, "serialization", pydantic.TypeAdapter(class_)) for name, class_ in classes.items()]
    by_class, shared = pydantic.TypeAdapter.json_schemas(adapters, ref_template=template)  # type: ignore[arg-type]
    schemas: dict[str, Any] = dict(shared.get("$defs", {}))
    schemas |= {name: schema for (name, _), schema in by_class.items() if name not in schemas}
    for part in schemas.values():
        _closed(part)
    return schemas


def _closed(part: dict[str, Any]) -> None:
    if "properties" in part:
        part["additionalProperties"] = False
        part["required"] = list(part["properties"])


def answers_schema(knowledge: KnowledgeBase) -> dict[str, Any]:
    """The schema of answers files, from the questions, conditions and treatments of the knowledge base."""
    answers = {
        question.id: {"description": question.ask, **answer_schema(question)}
        for question in knowledge.questions.values()
        if question.id != PREFERENCES
    }
    return {
        "$schema": DIALECT,
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
            PREFERENCES: answer_schema(knowledge.questions[PREFERENCES]),
            "talk_about": {"type": "array", "uniqueItems": True, "items": {"enum": list(knowledge.modalities)}},
        },
    }


def answer_schema(question: Question) -> dict[str, Any]:
    """What can be answered to one question."""
    unsure = {"const": "unsure"}
    if question.kind == "number":
        return {"anyOf": [{"type": "number", "minimum": question.minimum, "maximum": question.maximum}, unsure]}
    if question.kind == "many_of":
        words = {"enum": sorted({*question.answers, "none"})}
        return {"anyOf": [{"type": "array", "items": words, "minItems": 1, "uniqueItems": True}, unsure]}
    return {"enum": [*question.answers, "unsure"]}
