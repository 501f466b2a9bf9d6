"""The multimodal picture of one person: their options by category, and what each one aims for as far as texts say."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import Struct

from painrules.answers import Answers
from painrules.engines import EngineName
from painrules.entries import as_mapping
from painrules.evidence import Statement, statements
from painrules.knowledge import KnowledgeBase
from painrules.sheet import CitedSource, Option, Reason, Urgent, cited, explore, signs_told
from painrules.what_if import strongest_reasons

Aim = Literal["relief", "function", "sleep", "mood", "prevention", "disease_control"]
AIMS: tuple[Aim, ...] = ("relief", "function", "sleep", "mood", "prevention", "disease_control")
APART = ("held_back", "advised_against")
"""Statuses of options that stand apart."""


class AimsFor(Struct, frozen=True):
    """Something that an option aims for, and the sources that say so."""

    aim: Aim
    sources: tuple[str, ...]


class Part(Struct, frozen=True):
    """An option with its aims; none where no text that we hold names any."""

    option: Option
    aims: tuple[AimsFor, ...]
    reasons: tuple[Reason, ...]
    """The strongest reason for its status."""

    @property
    def apart(self) -> bool:
        """Whether it is usually avoided or advised against."""
        return self.option.status in APART

    def as_plain(self) -> dict[str, Any]:
        """The part as plain data, with as much of the option as the picture shows."""
        shown = ("id", "name", "category", "status", "guidelines", "tried", "fits", "does_not_fit", "talk_about")
        return {
            **{name: getattr(self.option, name) for name in shown},
            "apart": self.apart,
            "aims": [as_mapping(aim) for aim in self.aims],
            "reasons": [as_mapping(reason) for reason in self.reasons],
        }


class Multimodal(Struct, frozen=True):
    """The whole picture of one person."""

    conditions: tuple[str, ...]
    urgent: tuple[Urgent, ...]
    """Signs that the person told of."""
    columns: dict[str, tuple[Part, ...]]
    """Options by category, in the order of the sheet."""
    nothing_for: tuple[Aim, ...]
    """Aims that no option has, of those that do not stand apart."""
    sources: tuple[CitedSource, ...]

    @property
    def open(self) -> tuple[Part, ...]:
        """The options that do not stand apart."""
        return tuple(part for parts in self.columns.values() for part in parts if not part.apart)

    @property
    def apart(self) -> tuple[Part, ...]:
        """The options that are usually avoided or advised against."""
        return tuple(part for parts in self.columns.values() for part in parts if part.apart)

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data for JSON."""
        return {
            "conditions": self.conditions,
            "urgent": [as_mapping(sign) for sign in self.urgent],
            "categories": {id: [part.as_plain() for part in parts] for id, parts in self.columns.items()},
            "nothing_for": self.nothing_for,
            "sources": [as_mapping(source) for source in self.sources],
        }


def multimodal(knowledge: KnowledgeBase, answers: Answers, engine: EngineName = "durable") -> Multimodal:
    """Make the picture of one person."""
    sheet = explore(knowledge, answers, engine, look_ahead=False)
    said = statements(knowledge, answers.conditions)
    columns: dict[str, tuple[Part, ...]] = {}
    for option in sheet.options:
        part = Part(option, aims_of(knowledge, option.id, said[option.id]), strongest_reasons(knowledge, option))
        columns[option.category] = (*columns.get(option.category, ()), part)
    parts = [part for own in columns.values() for part in own]
    aimed = {entry.aim for part in parts if not part.apart for entry in part.aims}
    urgent = signs_told(knowledge, sheet)
    ids = [id for sign in urgent for id in sign.sources]
    ids += [id for part in parts for entry in part.aims for id in entry.sources]
    ids += [id for part in parts for reason in part.reasons for id in reason.sources]
    return Multimodal(
        conditions=answers.conditions,
        urgent=urgent,
        columns=columns,
        nothing_for=tuple(aim for aim in AIMS if aim not in aimed),
        sources=cited(knowledge, ids),
    )


def aims_of(knowledge: KnowledgeBase, modality: str, said: Iterable[Statement]) -> tuple[AimsFor, ...]:
    """What a treatment aims for: as sources that support or report it say, and as its text on how it may help does."""
    found: dict[Aim, list[str]] = {aim: [] for aim in AIMS}
    for statement in said:
        entry = statement.recommendation
        if entry.direction in ("for", "common_practice"):
            for aim in (*((entry.purpose,) if entry.purpose else ()), *entry.aims):
                found[aim].append(entry.source)
    for text in knowledge.explained(modality, "how_it_may_help"):
        for aim in text.aims:
            found[aim] += text.sources
    return tuple(AimsFor(aim, tuple(dict.fromkeys(sources))) for aim, sources in found.items() if sources)
