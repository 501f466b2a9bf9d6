"""What current guidelines say of treatments for kinds of pain: a pair of both wherever something is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from painrules.entries import as_mapping, written_name
from painrules.evidence import Statement, Verdict, statements, that_count, verdict
from painrules.knowledge import KnowledgeBase


class Pair(Struct, frozen=True, rename=written_name):
    """A treatment for a kind of pain: what guidelines come to, and which sources say so."""

    condition: str
    modality: str
    category: str
    class_: str
    verdict: Verdict
    only_some_kinds: bool
    """Whether all that is said is about single kinds of this pain."""
    guidelines_for: tuple[str, ...]
    guidelines_against: tuple[str, ...]
    others: tuple[str, ...]
    """Sources that do not count here: guidelines that take no side or speak of single kinds, reviews, trials."""

    def as_plain(self) -> dict[str, Any]:
        """The same as plain data."""
        return as_mapping(self)


def matrix(knowledge: KnowledgeBase, conditions: Iterable[str], modalities: Iterable[str]) -> tuple[Pair, ...]:
    """Every pair of these of which a current source says something, in the order given."""
    wanted = list(modalities)
    found = []
    for condition in conditions:
        said = statements(knowledge, [condition])
        found += [_pair(knowledge, condition, id, said[id]) for id in wanted if id in said]
    return tuple(found)


def with_kinds(knowledge: KnowledgeBase, conditions: Iterable[str]) -> Iterator[str]:
    """These kinds of pain and all that belong to them, each once, in the order of the files."""
    wanted = set(conditions)
    for id in knowledge.conditions:
        if wanted & {id, *knowledge.ancestors(id)}:
            yield id


def _pair(knowledge: KnowledgeBase, condition: str, modality: str, said: tuple[Statement, ...]) -> Pair:
    sides = {
        direction: _sources(s for s in that_count(knowledge, said) if s.recommendation.direction == direction)
        for direction in ("for", "against")
    }
    taking_sides = {*sides["for"], *sides["against"]}
    return Pair(
        condition=condition,
        modality=modality,
        category=knowledge.category_of(modality),
        class_=knowledge.modalities[modality].class_,
        verdict=verdict(knowledge, said),
        only_some_kinds=all(statement.scope == "some_kinds" for statement in said),
        guidelines_for=sides["for"],
        guidelines_against=sides["against"],
        others=tuple(id for id in _sources(said) if id not in taking_sides),
    )


def _sources(said: Iterable[Statement]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(statement.recommendation.source for statement in said))
