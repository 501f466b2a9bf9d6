"""Load and validate a content folder: YAML files in, an immutable knowledge base out."""

from __future__ import annotations

import os
import types
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from painrules import expressions as ex
from painrules.content_cache import cached_lines, keep_lines
from painrules.content_files import content_folder, digest_of, read_folder
from painrules.entries import (
    SECTIONS,
    ConstraintEntry,
    InvariantEntry,
    Modality,
    ModalityClass,
    RuleEntry,
    Target,
)
from painrules.knowledge import Constraint, Invariant, KnowledgeBase, Rule
from painrules.language import folded, parse_when
from painrules.later import LaterMapping, LaterSequence

_Reach: TypeAlias = "Callable[[Target], tuple[frozenset[str], dict[str, frozenset[str]]]]"


def load_knowledge(folder: Path | None = None, *, language: str = "en", use_cache: bool = True) -> KnowledgeBase:
    """Load the `knowledge/` and `rules/` of a folder (default: the bundled ones), in a language it has.

    Raises ContentError with every problem of every file.
    """
    folder, ours = folder or content_folder(), content_folder()
    files = dict(read_folder(folder))
    knowledge = knowledge_from(files, use_cache=use_cache)
    if os.path.realpath(folder) != os.path.realpath(ours):
        from painrules.wording import with_our_words

        knowledge = with_our_words(knowledge, files, ours)
    if language == "en":
        return knowledge
    from painrules.translation import translated

    return translated(knowledge, folder, language)


def knowledge_from(files: Mapping[str, bytes], *, use_cache: bool = False) -> KnowledgeBase:
    """The knowledge base of files given as name (`rules/nsaids.yaml`) and content. Raises ContentError."""
    digest = digest_of(files)
    lines = cached_lines(digest) if use_cache else None
    if lines is None:
        from painrules.validation import validated_rows  # only when the cache has nothing

        lines = {section: msgspec.json.encode(rows) for section, rows in validated_rows(files).items()}
        if use_cache:
            keep_lines(digest, lines)
    return _assemble(digest, lines)


class _Written(msgspec.Struct):
    """Where an entry stands: file and line."""

    id: str
    at: str


def _assemble(digest: str, lines: Mapping[str, bytes]) -> KnowledgeBase:
    def listed(section: str) -> list[Any]:
        kind: Any = SECTIONS[section]
        found: list[Any] = msgspec.json.decode(lines[section], type=list[kind])
        return found

    def now(section: str) -> dict[str, Any]:
        return {entry.id: entry for entry in listed(section)}

    def later(section: str, make: Callable[[Any], Any] = lambda entry: entry) -> Mapping[str, Any]:
        return LaterMapping(lambda: {id: make(entry) for id, entry in now(section).items()})

    def listed_later(section: str) -> Sequence[Any]:
        return LaterSequence(lambda: listed(section))

    modalities, classes, questions = now("modalities"), now("classes"), now("questions")
    kinds = {question.id: question.kind for question in questions.values()}
    reach = cache(Catalogue.of(modalities, classes).reach)  # many rules speak of the same treatments
    rules = {id: _resolve(entry, reach, kinds) for id, entry in now("rules").items()}
    return KnowledgeBase(
        digest=digest,
        sources=_frozen(now("sources")),
        categories=_frozen(now("categories")),
        classes=_frozen(classes),
        modalities=_frozen(modalities),
        conditions=_frozen(now("conditions")),
        screens=_frozen(now("screens")),
        questions=_frozen(questions),
        findings=_frozen({entry.id: entry.name for entry in listed("findings")}),
        wording=_frozen({entry.id: entry.text for entry in listed("wording")}),
        explanations=listed_later("explanations"),
        recommendations=listed_later("recommendations"),
        frequencies=listed_later("frequencies"),
        disagreements=listed_later("disagreements"),
        words=later("words"),
        medicine_names=later("medicine_names"),
        chapters=later("chapters"),
        visit=later("visit"),
        rules=_frozen(_in_order(rules)),
        invariants=later("invariants", lambda entry: _invariant(entry, reach, kinds)),
        constraints=later("constraints", lambda entry: _constraint(entry, kinds)),
        accepted=listed_later("accepted"),
        files=LaterMapping(lambda: {w.id: w.at for w in msgspec.json.decode(lines["rules"], type=list[_Written])}),
        review=next(iter(listed("reviews")), None),
    )


def _frozen(values: dict[str, Any]) -> Mapping[str, Any]:
    return types.MappingProxyType(values)


def _resolve(entry: RuleEntry, reach: _Reach, kinds: Mapping[str, str]) -> Rule:
    when = folded(entry.when, (exemption.when for exemption in entry.unless), kinds)
    whole, partly = reach(entry.applies_to) if entry.applies_to else (frozenset[str](), {})
    return Rule(entry.id, entry.then, when, entry.finding, whole | partly.keys(), _frozen(partly), entry)


def _invariant(entry: InvariantEntry, reach: _Reach, kinds: Mapping[str, str]) -> Invariant:
    whole, partly = reach(entry.treatments)
    return Invariant(entry.id, parse_when(entry.when, kinds), whole | partly.keys(), _frozen(partly), entry)


def _constraint(entry: ConstraintEntry, kinds: Mapping[str, str]) -> Constraint:
    return Constraint(entry.id, parse_when(entry.never, kinds), entry)


class Catalogue(msgspec.Struct, frozen=True):
    """The modalities by everything that a rule can name them by."""

    by_category: Mapping[str, frozenset[str]]
    by_class: Mapping[str, frozenset[str]]
    medicines: Mapping[str, frozenset[str]]
    """The medicines of each modality that has several to tell apart."""

    @classmethod
    def of(cls, modalities: Mapping[str, Modality], classes: Mapping[str, ModalityClass]) -> Catalogue:
        """The catalogue of these modalities and classes."""
        by_category: dict[str, set[str]] = {}
        by_class: dict[str, set[str]] = {}
        for modality in modalities.values():
            by_class.setdefault(modality.class_, set()).add(modality.id)
            by_category.setdefault(classes[modality.class_].category, set()).add(modality.id)
        medicines = {m.id: frozenset(one.id for one in m.medicines) for m in modalities.values() if m.medicines}
        return cls(
            {id: frozenset(found) for id, found in by_category.items()},
            {id: frozenset(found) for id, found in by_class.items()},
            medicines,
        )

    def reach(self, target: Target) -> tuple[frozenset[str], dict[str, frozenset[str]]]:
        """The modalities a rule speaks of as a whole, and those of which it concerns only some medicines."""
        whole = _names(target.modality)
        for named, known in ((target.category, self.by_category), (target.class_, self.by_class)):
            whole |= frozenset().union(*(known.get(id, frozenset()) for id in _names(named)))
        partly: dict[str, frozenset[str]] = {}
        if wanted := _names(target.medicine):
            for modality, own in self.medicines.items():
                if own <= wanted:
                    whole |= {modality}
                elif own & wanted:
                    partly[modality] = own & wanted
        return whole, {id: found for id, found in partly.items() if id not in whole}


def _names(value: str | tuple[str, ...]) -> frozenset[str]:
    return frozenset([value] if isinstance(value, str) else value)


def _in_order(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """Rules that derive findings first, each after the rules of every finding it needs; then the others."""
    deriving: dict[str, list[Rule]] = {}
    for rule in rules.values():
        if rule.finding is not None:
            deriving.setdefault(rule.finding, []).append(rule)
    ordered: dict[str, Rule] = {}
    done: set[str] = set()

    def visit(finding: str) -> None:
        if finding in done:
            return
        done.add(finding)
        for rule in deriving.get(finding, []):
            for variable in sorted(ex.variables(rule.when)):
                if ex.question_of(variable) == "finding":
                    visit(ex.item_of(variable))
        for rule in deriving.get(finding, []):
            ordered[rule.id] = rule

    for finding in deriving:
        visit(finding)
    ordered.update((rule.id, rule) for rule in rules.values() if rule.finding is None)
    return ordered
