"""Read tests/cases/*.yaml: one person and what must be shown; docs/writing_content.md describes the format."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from painrules.answers import Answers, read_answers
from painrules.engines import EngineName
from painrules.entries import Level
from painrules.evidence import statements
from painrules.knowledge import KnowledgeBase
from painrules.reading import read_file
from painrules.sheet import LEVELS, STATUSES, Option, explore

FOLDER = Path(__file__).parent / "cases"
FIELDS = {
    "id", "rules", "conditions", "answers", "preferences", "missing", "expect", "urgent", "levels", "fits", "notes",
    "findings", "source", "says", "at_least", "urgent_level", "offered", "guidelines", "effects",
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    id: str
    file: str
    data: dict[str, Any]

    @property
    def rules(self) -> list[str]:
        return list(self.data.get("rules", []))


@lru_cache
def all_cases() -> tuple[Case, ...]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        if path.name != "healthy_adult.yaml":
            for data in read_file(path, path.name).data["cases"]:
                unknown = set(data) - FIELDS
                assert not unknown, f"{path.name}: {data.get('id')}: unknown fields {unknown}"
                found.append(Case(data["id"], path.name, data))
    return tuple(found)


@lru_cache
def healthy() -> dict[str, Any]:
    return dict(read_file(FOLDER / "healthy_adult.yaml", "healthy_adult.yaml").data["answers"])


def failures(knowledge: KnowledgeBase, case: Case, engine: EngineName = "reference") -> list[str]:
    """What a case expects and does not get; empty when it passes."""
    data = case.data
    named: list[dict[str, Any]] = [
        data.get(field, {}) for field in ("expect", "at_least", "fits", "notes", "guidelines")
    ]
    treatments = {id: None for entries in named for id in entries} | dict.fromkeys(data.get("offered", []))
    for condition in data.get("conditions") or [_condition_for(knowledge, list(treatments))]:
        sheet = explore(knowledge, _person(knowledge, case, condition), engine)
        options = {option.id: option for option in sheet.options}
        wrong = list(_wrong(case, options))
        wrong += _wrong_signs(data, {sign.id: sign.level for sign in sheet.urgent if sign.certain})
        if wrong:
            return wrong
    return []


def _wrong(case: Case, options: dict[str, Option]):
    data = case.data
    for field, passes in (("expect", operator.eq), ("at_least", operator.ge)):
        for id, status in data.get(field, {}).items():
            option = options.get(id)
            if option is None:
                yield f"{id} is no option for this condition"
            elif not passes(STATUSES.index(option.status), STATUSES.index(status)):
                reasons = [(reason.rule, reason.effect, reason.certain) for reason in option.reasons]
                yield f"{id}: {option.status} instead of {field} {status}: {reasons}"
    for id in data.get("offered", []):
        if id not in options:
            yield f"{id} is no option for this condition"
    for id, verdict in data.get("guidelines", {}).items():
        shown = options[id].guidelines if id in options else "no option"
        if shown != verdict:
            yield f"{id}: guidelines {shown} instead of {verdict}"
    for id, fit in data.get("fits", {}).items():
        if id not in options or not getattr(options[id], fit):
            yield f"{id}: not marked {fit}"
    shown_effects = {reason.rule: reason.effect for option in options.values() for reason in option.reasons}
    for rule, effect in data.get("effects", {}).items():
        if shown_effects.get(rule) != effect:
            yield f"{rule}: effect {shown_effects.get(rule)} instead of {effect}"
    for id, rules in data.get("notes", {}).items():
        shown = {reason.rule for reason in options[id].reasons} if id in options else set()
        if set(rules) - shown:
            yield f"{id}: notes {sorted(set(rules) - shown)} not shown"


def _wrong_signs(data: dict[str, Any], levels: dict[str, Level]):
    """`urgent`: these signs are certain; `levels`: with this urgency; `urgent_level`: one is at least so urgent."""
    if set(data.get("urgent", [])) - levels.keys():
        yield f"urgent: {sorted(levels)} instead of {data['urgent']}"
    for id, level in data.get("levels", {}).items():
        if levels.get(id) != level:
            yield f"{id}: level {levels.get(id)} instead of {level}"
    wanted = data.get("urgent_level", LEVELS[-1])
    if "urgent_level" in data and all(LEVELS.index(level) > LEVELS.index(wanted) for level in levels.values()):
        yield f"urgent: {sorted(set(levels.values()))} instead of at least {wanted}"


def _person(knowledge: KnowledgeBase, case: Case, condition: str | list[str]) -> Answers:
    import json

    data = case.data
    answers = {**healthy(), **data.get("answers", {})}
    for question in data.get("missing", []):
        answers.pop(question, None)
    conditions = [condition] if isinstance(condition, str) else condition
    whole = {"conditions": conditions, "answers": answers, "preferences": data.get("preferences", ["none"])}
    return read_answers(json.dumps(whole).encode(), f"{case.file}:{case.id}", knowledge)


def _condition_for(knowledge: KnowledgeBase, treatments: list[str]) -> str:
    """A condition for which all the expected treatments are options, and the first is not advised against."""
    for condition in knowledge.conditions:
        offered = statements(knowledge, [condition])
        if all(id in offered for id in treatments) and _not_all_against(knowledge, offered, treatments):
            return condition
    for condition in knowledge.conditions:
        if all(id in statements(knowledge, [condition]) for id in treatments):
            return condition
    raise AssertionError(f"no condition has all of {treatments} as options")


def _not_all_against(knowledge: KnowledgeBase, offered, treatments: list[str]) -> bool:
    from painrules.evidence import verdict

    return all(verdict(knowledge, offered[id]) != "against" for id in treatments)
