"""The OpenAPI document of the API: plain data around the JSON Schemas that answers files and sheets have anyway."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from painrules import __version__, schemas
from painrules.answers import PREFERENCES
from painrules.catalogue import ConditionRow, ModalityRow, QuestionRow
from painrules.entries import Source
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Sheet
from painrules.web import api
from painrules.what_if import WhatIf

CLASSES = (Sheet, api.Next, WhatIf, ConditionRow, ModalityRow, QuestionRow, Source, api.Mistake)
POSTED = {"/sheet": ("Answers", "Sheet"), "/next": ("AnswersSoFar", "Next"), "/what-if": ("AnswersChanged", "WhatIf")}
GOT = {"/conditions": "ConditionRow", "/modalities": "ModalityRow", "/questions": "QuestionRow", "/sources": "Source"}
REFUSED = {
    "400": "The request says something that is not known.",
    "403": "The request comes from another site.",
    "411": "The request does not say how long it is.",
    "413": "The request is too large.",
    "415": "The request is not JSON.",
    "421": "The request names another host.",
    "422": "What was posted cannot be used; `errors` names every field and what would be right.",
}
REFUSED_GOT = ("400", "403", "421")


@lru_cache(maxsize=4)
def document(knowledge: KnowledgeBase, languages: tuple[str, ...]) -> dict[str, Any]:
    """The whole document, for content in these languages."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "painrules", "version": __version__, "description": knowledge.wording["purpose"]},
        "jsonSchemaDialect": schemas.DIALECT,
        "paths": {
            **{api.BASE + path: {"post": _posted(path, *names)} for path, names in POSTED.items()},
            **{api.BASE + path: {"get": _got(path, _list_of(name))} for path, name in GOT.items()},
            api.BASE + api.DESCRIBED: {
                "get": _operation(api.DESCRIBED, "This document.", {"type": "object"}, REFUSED_GOT)
            },
        },
        "components": {
            "schemas": _schemas(knowledge),
            "parameters": {
                "language": {
                    "name": "language",
                    "in": "query",
                    "description": "The language of texts, such as es. What nobody translated stays English.",
                    "schema": {"enum": list(languages)},
                }
            },
        },
    }


def _schemas(knowledge: KnowledgeBase) -> dict[str, Any]:
    answers = schemas.answers_schema(knowledge)
    del answers["$schema"]
    parts = answers["properties"]
    changes = {**parts["answers"]["properties"], PREFERENCES: parts[PREFERENCES]}
    skipped = {"type": "array", "uniqueItems": True, "items": {"enum": list(knowledge.questions)}}
    changed = {"type": "object", "additionalProperties": False, "minProperties": 1, "properties": changes}
    return {
        **schemas.schemas_of(CLASSES, "#/components/schemas/{name}"),
        "Answers": answers,
        "AnswersSoFar": {
            **answers,
            "title": "Answers so far, and questions that are not to be asked",
            "properties": {**parts, "skipped": skipped},
        },
        "AnswersChanged": {
            **answers,
            "title": "Answers of one person, and others to try",
            "required": [*answers["required"], "changes"],
            "properties": {**parts, "changes": changed},
        },
        "Problem": {
            "title": "Why a request cannot be answered (RFC 9457)",
            "type": "object",
            "required": ["type", "title", "status", "detail"],
            "properties": {
                "type": {"const": "about:blank"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Mistake"}},
            },
        },
    }


def _posted(path: str, takes: str, gives: str) -> dict[str, Any]:
    said = _operation(path, str(api.POSTED[path].__doc__), {"$ref": f"#/components/schemas/{gives}"}, tuple(REFUSED))
    body = {"required": True, "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{takes}"}}}}
    return {**said, "requestBody": body}


def _got(path: str, gives: dict[str, Any]) -> dict[str, Any]:
    return _operation(path, str(api.GOT[path].__doc__), gives, REFUSED_GOT)


def _operation(path: str, summary: str, gives: dict[str, Any], refused: tuple[str, ...]) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        "operationId": path.strip("/").removesuffix(".json").replace("-", "_"),
        "summary": summary,
        "parameters": [{"$ref": "#/components/parameters/language"}],
        "responses": {
            "200": {"description": "As asked.", "content": {"application/json": {"schema": gives}}},
            **{status: {"description": REFUSED[status], "content": problem} for status in refused},
        },
    }


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
