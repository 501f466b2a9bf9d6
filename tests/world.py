"""A tiny world for tests: a few questions, conditions and treatments, and whatever rules a test wants."""

from __future__ import annotations

import json
from typing import Any

from painrules.answers import Answers, read_answers
from painrules.knowledge import KnowledgeBase
from painrules.loading import knowledge_from
from painrules.validation import OF_RULES

WORLD: dict[str, list[dict[str, Any]]] = {
    "sources": [
        {"id": "s-for", "title": "A guideline", "body": "Body A", "kind": "guideline", "year": 2024, "status": "current"},
        {"id": "s-other", "title": "Another", "body": "Body B", "kind": "guideline", "year": 2023, "status": "current"},
        {"id": "s-old", "title": "Old", "body": "Body C", "kind": "guideline", "year": 2001, "status": "superseded"},
    ],
    "categories": [{"id": "medication", "name": "Medicines"}, {"id": "physical", "name": "Movement"}],
    "classes": [
        {"id": "nsaid", "category": "medication", "name": "Anti-inflammatory medicines"},
        {"id": "exercise", "category": "physical", "name": "Exercise"},
    ],
    "modalities": [
        {"id": "tablets", "class": "nsaid", "name": "Tablets", "medicines": [{"id": "m1", "name": "medicine one"}]},
        {"id": "gel", "class": "nsaid", "name": "Gel",
         "medicines": [{"id": "m1b", "name": "medicine one"}, {"id": "m2", "name": "medicine two"}]},
        {"id": "walking", "class": "exercise", "name": "Walking"},
    ],
    "conditions": [
        {"id": "back_pain", "name": "Back pain"},
        {"id": "sciatica", "name": "Sciatica", "parent": "back_pain"},
        {"id": "headache", "name": "Headache"},
    ],
    "screens": [{"id": "signs", "title": "Signs"}, {"id": "you", "title": "You"}],
    "questions": [
        {"id": "sign", "screen": "signs", "kind": "yes_no", "ask": "A bad sign", "urgent": "yes"},
        {"id": "ill", "screen": "you", "kind": "yes_no", "ask": "You are ill"},
        {"id": "kidneys", "screen": "you", "kind": "one_of", "ask": "How are your kidneys?", "graded": "yes",
         "can_change": "yes",
         "values": [{"id": id, "say": id} for id in ("good", "weak", "failing")]},
        {"id": "colour", "screen": "you", "kind": "one_of", "ask": "Which colour?",
         "values": [{"id": id, "say": id} for id in ("red", "green", "blue")]},
        {"id": "age", "screen": "you", "kind": "number", "ask": "How old are you?", "minimum": 0, "maximum": 120},
        {"id": "weight", "screen": "you", "kind": "number", "ask": "Weight?", "minimum": 0, "maximum": 300,
         "can_change": "yes"},
        {"id": "takes", "screen": "you", "kind": "many_of", "ask": "What do you take?", "can_change": "yes",
         "values": [{"id": id, "say": id} for id in ("none", "lithium", "aspirin", "warfarin")]},
        {"id": "preferences", "screen": "you", "kind": "many_of", "ask": "What matters?",
         "values": [{"id": id, "say": id} for id in ("none", "avoid_needles", "prefer_home")]},
    ],
    "recommendations": [
        {"condition": "back_pain", "modality": "tablets", "source": "s-for", "direction": "for"},
        {"condition": "back_pain", "modality": "walking", "source": "s-for", "direction": "for"},
        {"condition": "sciatica", "modality": "gel", "source": "s-for", "direction": "for"},
    ],
}  # fmt: skip


def world(rules: list[dict[str, Any]], **sections: list[dict[str, Any]]) -> KnowledgeBase:
    """The tiny world with these rules; findings are named by themselves, other sections can be replaced."""
    of_rules = {name: sections.pop(name) for name in OF_RULES if name in sections}
    findings = dict.fromkeys(rule["finding"] for rule in rules if rule.get("finding"))
    whole = {**WORLD, "findings": [{"id": id, "name": id} for id in findings], **sections}
    return knowledge_from({
        "knowledge/world.yaml": json.dumps(whole).encode(),
        "rules/world.yaml": json.dumps({"rules": rules, **of_rules}).encode(),
    })  # fmt: skip


def hold(id: str, when: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A rule that holds the tablets back."""
    rule = {"id": id, "applies_to": {"modality": "tablets"}, "when": when, "then": "hold", "because": "It may harm."}
    return {**rule, "sources": ["s-for"], **fields}


def finding(id: str, name: str, when: dict[str, Any]) -> dict[str, Any]:
    """A rule that derives a finding."""
    return {"id": id, "when": when, "then": "finding", "finding": name}


def person(knowledge: KnowledgeBase, conditions: list[str] | None = None, **fields: Any) -> Answers:
    """Answers as an answers file has them: answers={...}, tried={...}, preferences=[...]."""
    whole = {"conditions": conditions or ["back_pain"], **fields}
    return read_answers(json.dumps(whole).encode(), "person", knowledge)
