"""Check content files in shape and meaning; every problem is reported, with its place and what would be right.

`entries` tells the shape. Meaning is what no shape can tell: ids that do not exist, answers that a question cannot
have, effects that lack what they need, findings and conditions that go round in circles.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from painrules.entries import MEDICINES_TAKEN, SECTIONS
from painrules.language import RESERVED, Language, folded
from painrules.likeness import simple
from painrules.rails import size
from painrules.reading import ContentError, Document, Place, Problem, did_you_mean, read_bytes, shown
from painrules.shape import shaped


def validated_rows(raw: Mapping[str, bytes]) -> dict[str, list[Any]]:
    """Plain rows of every section, checked in shape and meaning. A row carries its place in `at`: file and line."""
    problems: list[Problem] = []
    entries: list[_Entry] = []
    for name, content in raw.items():
        try:
            document = read_bytes(content, name)
        except ContentError as error:
            problems += error.problems
            continue
        entries += _entries_of(document, problems)
    for entry in entries:
        shaped(entry.document, entry.place, SECTIONS[entry.section], entry.data, problems)
    if not problems:
        problems += _meaning_problems(entries)
    if problems:
        raise ContentError(problems)
    rows: dict[str, list[Any]] = {section: [] for section in SECTIONS}
    for entry in entries:
        line, _ = entry.document.positions[entry.place]
        rows[entry.section].append({"at": f"{entry.document.file}:{line}", **entry.data})
    return rows


OF_RULES = ("rules", "invariants", "constraints", "accepted")
"""Sections that stand in `rules/` only."""


class _Entry(Struct, frozen=True):
    """One entry of a section, and where it stands."""

    section: str
    data: dict[str, Any]
    document: Document
    place: Place

    def problem(self, place: Sequence[str | int], message: str, hint: str = "") -> Problem:
        return self.document.problem((*self.place, *place), message, hint)


def _entries_of(document: Document, problems: list[Problem]) -> Iterator[_Entry]:
    in_rules = document.file.startswith("rules/")
    allowed = (*OF_RULES, "findings") if in_rules else tuple(name for name in SECTIONS if name not in OF_RULES)
    if not isinstance(document.data, dict):
        problems.append(document.problem((), f"holds no section ({', '.join(allowed)})."))
        return
    for section, rows in document.data.items():
        if section not in allowed:
            problems.append(document.problem((section,), "is not a section here.", did_you_mean(section, allowed)))
        elif not isinstance(rows, list):
            problems.append(document.problem((section,), "is not a list.", "Start each entry with '- id:'."))
        else:
            for index, data in enumerate(rows):
                if isinstance(data, dict):
                    yield _Entry(section, data, document, (section, index))
                else:
                    problems.append(document.problem((section, index), "is not an entry with fields."))


def _meaning_problems(entries: list[_Entry]) -> Iterator[Problem]:
    by_section: dict[str, list[_Entry]] = {section: [] for section in SECTIONS}
    for entry in entries:
        by_section[entry.section].append(entry)
    ids: dict[str, dict[str, _Entry]] = {}
    for section, rows in by_section.items():
        seen = ids.setdefault(section, {})
        for entry in rows:
            id = entry.data.get("id")
            if id is None:
                continue
            if id in seen:
                first = seen[id].problem(("id",), "")
                yield entry.problem(("id",), f"{id!r} stands here twice (first at {first.file}:{first.line}).")
            seen.setdefault(id, entry)
    medicines = {m["id"] for e in by_section["modalities"] for m in e.data.get("medicines", [])}
    asked = ids["questions"].get(MEDICINES_TAKEN)
    taken = [value["id"] for value in (asked.data.get("values") or [] if asked else []) if value["id"] != "none"]
    valid: dict[str, Iterable[str]] = {**ids, "medicines": medicines, MEDICINES_TAKEN: taken}
    yield from _reference_problems(by_section, valid)
    yield from _tree_problems(ids["conditions"])
    yield from _review_problems(by_section["reviews"])
    yield from _question_problems(by_section["questions"])
    yield from _medicine_name_problems(by_section["medicine_names"])
    yield from _rule_problems(by_section, valid)
    yield from _proof_problems(by_section)


REFERENCES: Mapping[str, Mapping[str, str]] = {
    "classes": {"category": "categories"},
    "modalities": {"class": "classes"},
    "conditions": {"parent": "conditions"},
    "questions": {"screen": "screens"},
    "explanations": {"sources": "sources"},
    "recommendations": {"condition": "conditions", "modality": "modalities", "source": "sources"},
    "frequencies": {"condition": "conditions", "modality": "modalities", "source": "sources"},
    "disagreements": {"condition": "conditions", "modality": "modalities", "sources": "sources"},
    "words": {"sources": "sources"},
    "medicine_names": {"takes": MEDICINES_TAKEN, "modalities": "modalities", "sources": "sources"},
    "visit": {"chapter": "chapters", "sources": "sources"},
    "rules": {"finding": "findings", "sources": "sources"},
    "invariants": {"sources": "sources"},
    "constraints": {"sources": "sources"},
}
"""Which field of which section names an entry of which other section."""


def _reference_problems(
    by_section: Mapping[str, list[_Entry]], valid: Mapping[str, Iterable[str]]
) -> Iterator[Problem]:
    def check(entry: _Entry, place: Place, value: object, target: Iterable[str]) -> Iterator[Problem]:
        words: list[tuple[int | None, Any]] = list(enumerate(value)) if isinstance(value, list) else [(None, value)]
        for index, word in words:
            if word is not None and word not in target:
                where = place if index is None else (*place, index)
                yield entry.problem(where, f"{shown(word)} does not exist.", did_you_mean(word, target))

    for section, references in REFERENCES.items():
        for entry in by_section[section]:
            for name, target in references.items():
                yield from check(entry, (name,), entry.data.get(name), valid[target])
    described = {*valid["conditions"], *valid["modalities"], *valid["classes"]}
    for entry in by_section["explanations"]:
        yield from check(entry, ("about",), entry.data["about"], described)
    for section in ("explanations", "disagreements", "words", "medicine_names", "visit", "invariants"):
        for entry in by_section[section]:
            if not entry.data["sources"]:
                yield entry.problem(("sources",), "a text needs at least one source.")
    for entry in by_section["rules"]:
        yield from check(entry, ("ask_if",), entry.data.get("ask_if"), {*valid["conditions"], "any"})
        for name, target in TARGETS.items():
            yield from check(entry, ("applies_to", name), (entry.data.get("applies_to") or {}).get(name), valid[target])
        for index, exemption in enumerate(entry.data.get("unless", [])):
            yield from check(entry, ("unless", index, "sources"), exemption.get("sources"), valid["sources"])
    for entry in by_section["invariants"]:
        for name, target in TARGETS.items():
            yield from check(entry, ("treatments", name), entry.data["treatments"].get(name), valid[target])
    for entry in by_section["accepted"]:
        target = "questions" if entry.data["check"] == "question-matters" else "rules"
        yield from check(entry, ("about",), entry.data["about"], valid[target])


TARGETS: Mapping[str, str] = {
    "category": "categories",
    "class": "classes",
    "modality": "modalities",
    "medicine": "medicines",
}


def _tree_problems(conditions: Mapping[str, _Entry]) -> Iterator[Problem]:
    for id, entry in conditions.items():
        path = [id]
        while (parent := str(conditions[path[-1]].data.get("parent"))) in conditions:
            if parent in path:
                if parent == id:
                    yield entry.problem(("parent",), f"is its own ancestor: {' > '.join([*path, id])}.")
                break
            path.append(parent)


def _review_problems(reviews: Sequence[_Entry]) -> Iterator[Problem]:
    for entry in reviews[1:]:
        yield entry.problem((), "is one too many: the content is checked as a whole.")
    for entry in reviews:
        days = {}
        for name in ("checked", "again_by"):
            try:
                days[name] = datetime.date.fromisoformat(entry.data[name])
            except ValueError:
                yield entry.problem((name,), f"{shown(entry.data[name])} is not a day.", "Write it as 2026-11-25.")
        if len(days) == 2 and not 0 < (days["again_by"] - days["checked"]).days <= DAYS_A_YEAR:
            yield entry.problem(("again_by",), "is not within a year after 'checked'.")


DAYS_A_YEAR = 366


def _question_problems(questions: Iterable[_Entry]) -> Iterator[Problem]:
    for entry in questions:
        values, kind = entry.data.get("values") or [], entry.data["kind"]
        if kind in ("one_of", "many_of") and not values:
            yield entry.problem(("values",), f"is missing: a {kind} question needs its possible answers.")
        if kind in ("yes_no", "number") and values:
            yield entry.problem(("values",), f"a {kind} question has no list of answers.")
        if kind == "number" and (entry.data.get("minimum") is None or entry.data.get("maximum") is None):
            yield entry.problem((), "a number needs 'minimum' and 'maximum'.")
        if entry.data["id"] in RESERVED:
            yield entry.problem(("id",), f"{entry.data['id']!r} has another meaning in rules.")
        ids = [value["id"] for value in values]
        for index, id in enumerate(ids):
            if id in ids[:index]:
                yield entry.problem(("values", index, "id"), f"{id!r} is already an answer of this question.")
            if id in ("unsure", "unknown"):
                yield entry.problem(("values", index, "id"), f"{id!r} stands for an answer that is not known.")


def _medicine_name_problems(entries: Iterable[_Entry]) -> Iterator[Problem]:
    """A name that stands for two medicines, and answers that cannot stand together."""
    seen: dict[str, str] = {}
    for entry in entries:
        takes = entry.data["takes"]
        if not takes:
            yield entry.problem(("takes",), "needs at least one answer.", "Write [other] if it fits none.")
        if "other" in takes and len(takes) > 1:
            yield entry.problem(("takes",), "'other' means that no answer fits, so it stands alone.")
        for field in ("name", "also", "brands"):
            given = entry.data.get(field, [])
            for index, name in enumerate([given] if isinstance(given, str) else given):
                where = (field,) if isinstance(given, str) else (field, index)
                if simple(name) in seen:
                    yield entry.problem(where, f"{shown(name)} is already a name of {seen[simple(name)]!r}.")
                seen.setdefault(simple(name), entry.data["id"])


NEEDED: Mapping[str, tuple[str, ...]] = {
    "urgent": ("level", "because", "action", "ask_if", "sources"),
    "hold": ("applies_to", "because", "sources"),
    "check": ("applies_to", "because", "sources"),
    "caution": ("applies_to", "because", "sources"),
    "note": ("applies_to", "because", "sources"),
    "prefer": ("applies_to", "fit"),
    "finding": ("finding",),
}
"""Fields that an effect needs."""

MISPLACED: Mapping[str, tuple[str, ...]] = {
    "level": ("urgent",),
    "action": ("urgent",),
    "ask_if": ("urgent",),
    "finding": ("finding",),
    "fit": ("prefer",),
    "applies_to": ("hold", "check", "caution", "note", "prefer"),
}
"""Fields that belong to some effects only."""


def _rule_problems(by_section: Mapping[str, list[_Entry]], valid: Mapping[str, Iterable[str]]) -> Iterator[Problem]:
    language = _language(by_section)
    depends: dict[str, dict[str, _Entry]] = {}
    for entry in by_section["rules"]:
        effect = entry.data["then"]
        for name in NEEDED[effect]:
            if not entry.data.get(name):
                yield entry.problem((name,), f"is missing: 'then: {effect}' needs it.")
        for name, effects in MISPLACED.items():
            if entry.data.get(name) and effect not in effects:
                yield entry.problem((name,), f"has no place in a rule with 'then: {effect}'.")
        wrong = [problem for place, when in _whens(entry.data) for problem in language.problems(when, place)]
        for where, message, hint in wrong:
            yield entry.problem(where, message, hint)
        if not wrong:
            yield from _size_problems(entry, language)
        for _, when in _whens(entry.data):
            if effect == "finding":
                for finding in language.findings_in(when):
                    depends.setdefault(entry.data.get("finding", ""), {}).setdefault(finding, entry)
    derived = {entry.data.get("finding") for entry in by_section["rules"]}
    for entry in by_section["findings"]:
        if entry.data["id"] not in derived:
            yield entry.problem(("id",), f"no rule derives the finding {entry.data['id']!r}.")
    for cycle in _cycles({finding: list(others) for finding, others in depends.items()}):
        entry = depends[cycle[0]][cycle[1]]
        yield entry.problem(("when",), f"findings go round in a circle: {' > '.join(cycle)}.")


def _proof_problems(by_section: Mapping[str, list[_Entry]]) -> Iterator[Problem]:
    language = _language(by_section)
    for section, name in (("invariants", "when"), ("constraints", "never")):
        for entry in by_section[section]:
            for where, message, hint in language.problems(entry.data[name], (name,)):
                yield entry.problem(where, message, hint)
    for entry in by_section["invariants"]:
        if not any(entry.data["treatments"].values()):
            yield entry.problem(("treatments",), "names no treatment.", f"Name a {', '.join(TARGETS)}.")


MOST_ALTERNATIVES, MOST_TESTS = 200, 16
"""A rule that can hold in more ways, or needs more tests at once, is hard to review; the engines rely on the limits."""


def _size_problems(entry: _Entry, language: Language) -> Iterator[Problem]:
    kinds = {question: kind for question, (kind, _) in language.questions.items()}
    alternatives, tests = size(folded(entry.data["when"], [e["when"] for e in entry.data.get("unless", [])], kinds))
    if alternatives > MOST_ALTERNATIVES:
        message = f"can hold in {alternatives:,} ways; {MOST_ALTERNATIVES} are allowed."
        yield entry.problem(("when",), message, "Name a part of it as a finding.")
    if tests > MOST_TESTS:
        message = f"needs {tests:,} tests to hold at once; {MOST_TESTS} are allowed."
        yield entry.problem(("when",), message, "Name a part of it as a finding.")


def _whens(data: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    yield ("when",), data["when"]
    for index, exemption in enumerate(data.get("unless", [])):
        yield ("unless", index, "when"), exemption["when"]


def _cycles(depends: Mapping[str, list[str]]) -> Iterator[list[str]]:
    done: set[str] = set()
    for start in depends:
        stack: list[tuple[str, Iterator[str]]] = [(start, iter(depends.get(start, ())))] if start not in done else []
        trail = [start]
        while stack:
            node, others = stack[-1]
            following = next(others, None)
            if following is None:
                done.add(node)
                stack.pop()
                trail.pop()
            elif following in trail:
                yield [*trail[trail.index(following) :], following]
            elif following not in done:
                trail.append(following)
                stack.append((following, iter(depends.get(following, ()))))


def _language(by_section: Mapping[str, list[_Entry]]) -> Language:
    questions = {}
    for entry in by_section["questions"]:
        answers = [value["id"] for value in entry.data.get("values") or []] or ["yes", "no"]
        questions[entry.data["id"]] = (entry.data["kind"], frozenset(answers))
    ids = {section: frozenset(e.data["id"] for e in by_section[section]) for section in ("conditions", "findings")}
    return Language(questions, ids["conditions"], ids["findings"])
