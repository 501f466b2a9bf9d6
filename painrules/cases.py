"""Cases: a person each, and what must be shown to them. docs/writing_content.md describes their files.

What a case looks at is small (`Seen`), and is read off a whole sheet or off the truth of rules alone, which is quick.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import Any, Literal

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.alternatives import CERTAIN_STATUS, STATUSES, Status, strongest
from painrules.answers import Answers, answers_in, constraints_broken
from painrules.engines import EngineName
from painrules.entries import Effect, Level
from painrules.evidence import Verdict, statements, verdict
from painrules.expressions import Truth
from painrules.knowledge import KnowledgeBase, Rule
from painrules.reading import ContentError, Document, Problem, read_file
from painrules.shape import NO_FIELD, shaped
from painrules.sheet import LEVELS, Sheet, explore

HEALTHY = "healthy_adult.yaml"
"""The file with the answers that a case does not give."""


class Case(Struct, frozen=True):
    """A person, or several, and what must be shown to them: one for each of its `conditions` and of `each`."""

    id: str
    rules: tuple[str, ...] = ()
    """The rules that it is about."""
    conditions: tuple[str | tuple[str, ...], ...] = ()
    """Kinds of pain, each (or each list) for a person; none: one that has the options that the case speaks of."""
    answers: dict[str, Any] = field(default_factory=dict)
    each: tuple[dict[str, Any], ...] = ()
    """Answers in which its people differ, for a person each; none: one person."""
    preferences: tuple[str, ...] = ("none",)
    missing: tuple[str, ...] = ()
    """Answers to leave out."""
    expect: dict[str, Status] = field(default_factory=dict)
    at_least: dict[str, Status] = field(default_factory=dict)
    fits: dict[str, Literal["fits", "does_not_fit"]] = field(default_factory=dict)
    notes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    without: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Rules that say nothing of an option."""
    effects: dict[str, Effect] = field(default_factory=dict)
    medicines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By rule: the medicines that its reason is about."""
    guidelines: dict[str, Verdict] = field(default_factory=dict)
    offered: tuple[str, ...] = ()
    urgent: tuple[str, ...] = ()
    """Signs that are certain."""
    not_urgent: tuple[str, ...] = ()
    """Signs that are not."""
    levels: dict[str, Level] = field(default_factory=dict)
    urgent_level: Level | None = None
    """One of the signs is at least so urgent."""
    source: str = ""
    says: str = ""
    file: str = ""
    """Where it stands; no file says so itself."""

    @property
    def options(self) -> tuple[str, ...]:
        """The treatments that it speaks of."""
        named = (self.expect, self.at_least, self.fits, self.notes, self.without, self.guidelines, self.offered)
        return tuple(dict.fromkeys(id for ids in named for id in ids))


class Seen(Struct, frozen=True):
    """What a case can look at, of one person's sheet."""

    statuses: Mapping[str, Status]
    guidelines: Mapping[str, Verdict]
    marks: frozenset[tuple[str, str]]
    """Options with how they fit."""
    reasons: Mapping[str, Mapping[str, tuple[Effect, bool, tuple[str, ...]]]]
    """By option and rule: the effect, whether it is certain, and the medicines if it is not about all of them."""
    signs: Mapping[str, Level]
    """Those that are certain."""


# --- files -----------------------------------------------------------------------------------------------------------


def read_cases(folder: Path) -> tuple[Case, ...]:
    """Every case of a folder, its answers completed from the healthy adult, if there is one. Raises ContentError."""
    documents = {path.name: read_file(path, path.name) for path in sorted(folder.glob("*.yaml"))}
    adult = documents.pop(HEALTHY, None)
    problems = [] if documents else [Problem(str(folder), 1, 1, "", "has no cases: *.yaml, each with 'cases:'.")]
    healthy: Any = adult.data.get("answers") if adult and isinstance(adult.data, dict) else {}
    if adult and not isinstance(healthy, dict):
        problems.append(adult.problem((), "has no 'answers:'."))
    found = [case for document in documents.values() for case in _cases_of(document, problems)]
    count = Counter(case.id for case in found)
    problems += [Problem(c.file, 1, 1, c.id, "is the id of several cases.") for c in found if count[c.id] > 1]
    if problems:
        raise ContentError(problems)
    return tuple(replace(case, answers={**healthy, **case.answers}) for case in found)


def _cases_of(document: Document, problems: list[Problem]) -> Iterator[Case]:
    rows = document.data.get("cases") if isinstance(document.data, dict) else None
    if not isinstance(rows, list):
        problems.append(document.problem((), "holds no 'cases:'."))
        return
    for index, row in enumerate(rows):
        place = ("cases", index)
        if not isinstance(row, dict):
            problems.append(document.problem(place, "is not a case with fields."))
        elif "file" in row:
            problems.append(document.problem((*place, "file"), NO_FIELD))
        elif case := shaped(document, place, Case, row, problems):
            yield replace(case, file=document.file)


# --- people and what they see ----------------------------------------------------------------------------------------


def people(knowledge: KnowledgeBase, case: Case) -> Iterator[Answers]:
    """The people of a case. Raises ContentError."""
    for condition, own in product(case.conditions or [_condition_for(knowledge, case)], case.each or [{}]):
        conditions = [condition] if isinstance(condition, str) else list(condition)
        answers = {id: value for id, value in {**case.answers, **own}.items() if id not in case.missing}
        whole = {"conditions": conditions, "answers": answers, "preferences": list(case.preferences)}
        yield answers_in(Document(f"{case.file}:{case.id}", whole, {}), knowledge)


@lru_cache(maxsize=2)
def _offered(knowledge: KnowledgeBase) -> Mapping[str, Mapping[str, Verdict]]:
    """The options of each kind of pain, and what guidelines come to."""
    return {
        condition: {m: verdict(knowledge, said) for m, said in statements(knowledge, [condition]).items()}
        for condition in knowledge.conditions
    }


def _condition_for(knowledge: KnowledgeBase, case: Case) -> str:
    """A kind of pain that has all the options of the case, none of them advised against where that can be had."""
    fitting = [
        (any(options[m] == "against" for m in case.options), place, condition)
        for place, (condition, options) in enumerate(_offered(knowledge).items())
        if all(m in options for m in case.options)
    ]
    if not fitting:
        message = f"no kind of pain has {', '.join(case.options)} as options."
        raise ContentError([Problem(case.file, 1, 1, case.id, message)])
    return min(fitting)[2]


def seen_on(sheet: Sheet) -> Seen:
    """What is to be seen on a sheet."""
    return Seen(
        {option.id: option.status for option in sheet.options},
        {option.id: option.guidelines for option in sheet.options},
        frozenset((o.id, fit) for o in sheet.options for fit in ("fits", "does_not_fit") if getattr(o, fit)),
        {o.id: {r.rule: (r.effect, r.certain, r.medicines) for r in o.reasons} for o in sheet.options},
        {sign.id: sign.level for sign in sheet.urgent if sign.certain},
    )


def seen_by(knowledge: KnowledgeBase, held: Mapping[str, Truth], guidelines: Mapping[str, Verdict]) -> Seen:
    """What is to be seen where rules are certain (True) or possible (None), without making the sheet."""
    marks: set[tuple[str, str]] = set()
    signs: dict[str, Level] = {}
    speaking: dict[str, list[tuple[Rule, Truth]]] = {modality: [] for modality in guidelines}
    for id, certain in held.items():
        rule = knowledge.rules[id]
        if rule.entry.level is not None and certain:
            signs[id] = rule.entry.level
        for modality in rule.modalities & guidelines.keys():
            if rule.entry.fit is not None:
                marks |= {(modality, rule.entry.fit)} if certain else set()
            elif certain or rule.effect in CERTAIN_STATUS:
                speaking[modality].append((rule, certain))
    statuses = {modality: strongest(modality, agreed, speaking[modality]) for modality, agreed in guidelines.items()}
    reasons = {
        modality: {r.id: (r.effect, bool(certain), knowledge.medicines_of(r, modality)) for r, certain in rules}
        for modality, rules in speaking.items()
    }
    return Seen(statuses, guidelines, frozenset(marks), reasons, signs)


# --- what is wrong ---------------------------------------------------------------------------------------------------


def failures(knowledge: KnowledgeBase, case: Case, engine: EngineName = "reference") -> list[str]:
    """What a case expects and the whole sheet does not show; empty when it passes."""
    if wrong := list(_senseless(knowledge, case)):
        return wrong
    for person in people(knowledge, case):
        if nobody := constraints_broken(knowledge, person):
            return [f"is about nobody: {', '.join(nobody)}"]
        if wrong := list(unmet(case, seen_on(explore(knowledge, person, engine, look_ahead=False)))):
            return wrong
    return []


def _senseless(knowledge: KnowledgeBase, case: Case) -> Iterator[str]:
    """Rules that a case names and that it could not notice, as they do not exist or do not speak of that at all."""
    for id in {*case.rules, *case.effects, *case.medicines} - knowledge.rules.keys():
        yield f"{id} is no rule"
    for option, rules in case.without.items():
        for id in rules:
            if id not in knowledge.rules or option not in knowledge.rules[id].modalities:
                yield f"{id} never says anything of {option}"
    for id in case.not_urgent:
        if id not in knowledge.rules or knowledge.rules[id].entry.level is None:
            yield f"{id} is no urgent sign"


def unmet(case: Case, seen: Seen) -> Iterator[str]:
    """What a case expects and is not to be seen."""
    for name, wanted, passes in (("expect", case.expect, operator.eq), ("at_least", case.at_least, operator.ge)):
        for id, status in wanted.items():
            if id not in seen.statuses:
                yield f"{id} is no option for this condition"
            elif not passes(STATUSES.index(seen.statuses[id]), STATUSES.index(status)):
                yield f"{id}: {seen.statuses[id]} instead of {name} {status}: {seen.reasons[id]}"
    for id in case.offered:
        if id not in seen.statuses:
            yield f"{id} is no option for this condition"
    for id, agreed in case.guidelines.items():
        if seen.guidelines.get(id) != agreed:
            yield f"{id}: guidelines {seen.guidelines.get(id, 'no option')} instead of {agreed}"
    for id, fit in case.fits.items():
        if (id, fit) not in seen.marks:
            yield f"{id}: not marked {fit}"
    shown = {rule: reason for reasons in seen.reasons.values() for rule, reason in reasons.items()}
    for rule, effect in case.effects.items():
        if rule not in shown or shown[rule][0] != effect:
            yield f"{rule}: effect {shown[rule][0] if rule in shown else None} instead of {effect}"
    for rule, medicines in case.medicines.items():
        if rule not in shown or set(shown[rule][2]) != set(medicines):
            yield f"{rule}: medicines {shown[rule][2] if rule in shown else None} instead of {medicines}"
    for id, rules in case.notes.items():
        if missing := set(rules) - seen.reasons.get(id, {}).keys():
            yield f"{id}: notes {sorted(missing)} not shown"
    for id, rules in case.without.items():
        if id not in seen.statuses:
            yield f"{id} is no option for this condition"
        elif extra := set(rules) & seen.reasons[id].keys():
            yield f"{id}: {sorted(extra)} shown"
    yield from _unmet_signs(case, seen.signs)


def _unmet_signs(case: Case, signs: Mapping[str, Level]) -> Iterator[str]:
    if set(case.urgent) - signs.keys():
        yield f"urgent: {sorted(signs)} instead of {case.urgent}"
    if extra := set(case.not_urgent) & signs.keys():
        yield f"urgent although they are not: {sorted(extra)}"
    for id, level in case.levels.items():
        if signs.get(id) != level:
            yield f"{id}: level {signs.get(id)} instead of {level}"
    if (wanted := case.urgent_level) and all(LEVELS.index(level) > LEVELS.index(wanted) for level in signs.values()):
        yield f"urgent: {sorted(set(signs.values()))} instead of at least {wanted}"
