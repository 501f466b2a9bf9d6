"""JSON Schemas of what programs give and get: answers files, and any of our classes that are printed as JSON."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.inspect import DictType, StructType, Type, UnionType, VarTupleType, multi_type_info

from painrules.answers import PREFERENCES, TRIED
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(class_: type) -> dict[str, Any]:
    """The schema of one class as it is printed: every field is there, and no other."""
    return whole(class_, schemas_of([class_], "#/$defs/{name}"))


def schemas_of(classes: Iterable[type], template: str, *, printed: bool = True) -> dict[str, Any]:
    """The same of several classes and what they hold, by name; `template`: how one refers to another by its {name}.

    Not printed but read from a file: fields that a class has a value for can be left out.
    """
    wanted = list(classes)
    _, schemas = msgspec.json.schema_components(wanted, ref_template=template)
    for class_ in {found for kind in multi_type_info(wanted) for found in _classes_in(kind)}:
        schema = schemas[class_.__name__]
        properties = schema["properties"]
        for field, text in _texts_of_fields(class_).items():
            properties[field.removesuffix("_")]["description"] = text
        schema |= {"required": list(properties) if printed else schema["required"], "additionalProperties": False}
    return schemas


def whole(class_: type, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """One schema that holds the others it refers to."""
    others = {name: schema for name, schema in schemas.items() if name != class_.__name__}
    return {**schemas[class_.__name__], **({"$defs": others} if others else {})}


def _classes_in(kind: Type) -> Iterator[type]:
    match kind:
        case StructType(cls=class_, fields=fields):
            yield class_
            for field in fields:
                yield from _classes_in(field.type)
        case VarTupleType(item_type=inner) | DictType(value_type=inner):
            yield from _classes_in(inner)
        case UnionType(types=kinds):
            for one in kinds:
                yield from _classes_in(one)


def _texts_of_fields(class_: type) -> dict[str, str]:
    """The text below each field of a class, which Python does not keep."""
    body: list[Any] = ast.parse(textwrap.dedent(inspect.getsource(class_))).body[0].body  # type: ignore[attr-defined]
    return {
        field.target.id: inspect.cleandoc(text.value.value)  # type: ignore[attr-defined]  # of a constant
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(text, ast.Expr)
    }


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
