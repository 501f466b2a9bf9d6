"""What can be wrong with a rule: each operator makes all the mutants of its kind, each with one fault."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import fields, replace

from painrules.entries import Effect, Level, Target
from painrules.expressions import All, Any, Between, Expression, Not, OneOf, variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.loading import Catalogue
from painrules.sheet import LEVELS

STEPS: tuple[Effect, ...] = ("hold", "check", "caution", "note")
"""Effects that warn, strongest first, and the one that does not."""
NEVER = Any(())
"""The condition of a rule that is gone."""

Operator: TypeAlias = Callable[[Rule, Catalogue], Iterator[Rule]]


class Mutant(Struct, frozen=True):
    """A rule with one fault."""

    operator: str
    rule: Rule


def mutants(knowledge: KnowledgeBase, rules: Iterable[str], operators: Iterable[str]) -> list[Mutant]:
    """All mutants of some rules."""
    catalogue, wanted = Catalogue.of(knowledge.modalities, knowledge.classes), list(operators)
    return [
        Mutant(name, mutant)
        for id in rules
        for name in wanted
        for mutant in OPERATORS[name](knowledge.rules[id], catalogue)
    ]


def with_rule(knowledge: KnowledgeBase, rule: Rule) -> KnowledgeBase:
    """The same knowledge with one rule in place of the one of that id."""
    other = replace(knowledge, rules=MappingProxyType({**knowledge.rules, rule.id: rule}))
    if rule.modalities <= knowledge.rules[rule.id].modalities:  # what follows is made again only where it differs
        own = {
            modality: tuple(
                rule if r.id == rule.id else r for r in rules if r.id != rule.id or modality in rule.modalities
            )
            for modality in knowledge.rules[rule.id].modalities
            if (rules := knowledge.rules_of_modality[modality])
        }
        vars(other)["rules_of_modality"] = {**knowledge.rules_of_modality, **own}  # where cached_property keeps it
    return other


def depending(knowledge: KnowledgeBase, rule: Rule) -> list[str]:
    """The rule, and those that depend on it through findings, in the order of the knowledge base."""
    found, derived = [rule.id], {f"finding:{rule.finding}"} if rule.finding else set()
    for other in knowledge.rules.values() if derived else ():
        if other.id != rule.id and derived & variables(other.when):
            found.append(other.id)
            if other.finding:
                derived.add(f"finding:{other.finding}")
    return found


# --- effects ---------------------------------------------------------------------------------------------------------


def _dropped(rule: Rule, _: Catalogue) -> Iterator[Rule]:
    yield replace(rule, when=NEVER)


def _weakened(rule: Rule, _: Catalogue) -> Iterator[Rule]:
    yield from _stepped(rule, 1)


def _strengthened(rule: Rule, _: Catalogue) -> Iterator[Rule]:
    yield from _stepped(rule, -1)


def _stepped(rule: Rule, by: int) -> Iterator[Rule]:
    levels: tuple[Level, ...] = LEVELS
    if rule.entry.level is not None and 0 <= (place := levels.index(rule.entry.level) + by) < len(levels):
        yield replace(rule, entry=replace(rule.entry, level=levels[place]))
    if rule.effect in STEPS and 0 <= (place := STEPS.index(rule.effect) + by) < len(STEPS):
        yield replace(rule, effect=STEPS[place])


def _marked_otherwise(rule: Rule, _: Catalogue) -> Iterator[Rule]:
    if rule.entry.fit is not None:
        yield replace(rule, entry=replace(rule.entry, fit="does_not_fit" if rule.entry.fit == "fits" else "fits"))


# --- conditions ------------------------------------------------------------------------------------------------------


def _everywhere(change: Callable[[Expression], Iterator[Expression]]) -> Operator:
    """An operator that changes one place of the condition or of an exception."""

    def operator(rule: Rule, _: Catalogue) -> Iterator[Rule]:
        if rule.entry.unless and isinstance(rule.when, All):  # what joins it with its exceptions is no place of its own
            changed = _with_one_part_changed(rule.when, change)
        else:
            changed = _with_one_place_changed(rule.when, change)
        yield from (replace(rule, when=when) for when in changed)

    return operator


def _with_one_place_changed(
    expression: Expression, change: Callable[[Expression], Iterator[Expression]]
) -> Iterator[Expression]:
    yield from change(expression)
    if isinstance(expression, Not):
        yield from map(Not, _with_one_place_changed(expression.part, change))
    elif isinstance(expression, (All, Any)):
        yield from _with_one_part_changed(expression, change)


def _with_one_part_changed(
    expression: All | Any, change: Callable[[Expression], Iterator[Expression]]
) -> Iterator[Expression]:
    parts = expression.parts
    for place, part in enumerate(parts):
        for other in _with_one_place_changed(part, change):
            yield type(expression)((*parts[:place], other, *parts[place + 1 :]))


def _negated(part: Expression) -> Iterator[Expression]:
    if isinstance(part, (OneOf, Between)):
        yield Not(part)


def _moved(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Between):
        for step in (-1, 1):
            if part.at_least is not None and (part.below is None or part.at_least + step < part.below):
                yield replace(part, at_least=part.at_least + step)
            if part.below is not None and (part.at_least is None or part.at_least < part.below + step):
                yield replace(part, below=part.below + step)


def _swapped(part: Expression) -> Iterator[Expression]:
    if isinstance(part, (All, Any)) and len(part.parts) > 1:
        yield (Any if isinstance(part, All) else All)(part.parts)


def _without_a_conjunct(part: Expression) -> Iterator[Expression]:
    if isinstance(part, All):
        yield from _without_a_part(part)


def _without_a_disjunct(part: Expression) -> Iterator[Expression]:
    if isinstance(part, Any):
        yield from _without_a_part(part)
    elif isinstance(part, OneOf) and len(part.values) > 1:  # one answer of several
        yield from (OneOf(part.variable, part.values - {value}) for value in sorted(part.values))


def _without_a_part(whole: All | Any) -> Iterator[Expression]:
    for place in range(len(whole.parts)) if len(whole.parts) > 1 else ():
        left = whole.parts[:place] + whole.parts[place + 1 :]
        yield left[0] if len(left) == 1 else type(whole)(left)


def _without_an_exception(rule: Rule, _: Catalogue) -> Iterator[Rule]:
    if isinstance(rule.when, All):
        when, *exceptions = rule.when.parts
        for place in range(len(rule.entry.unless)):
            left = [exception for other, exception in enumerate(exceptions) if other != place]
            unless = tuple(named for other, named in enumerate(rule.entry.unless) if other != place)
            entry = replace(rule.entry, unless=unless)
            yield replace(rule, when=All((when, *left)) if left else when, entry=entry)


# --- targets ---------------------------------------------------------------------------------------------------------


def _without_a_target(rule: Rule, catalogue: Catalogue) -> Iterator[Rule]:
    """Without one of several names that `applies_to` gives."""
    named = [(kind, name) for kind, names in _targets(rule.entry.applies_to).items() for name in names]
    for gone in named if len(named) > 1 else ():
        left = {kind: tuple(n for k, n in named if k == kind and (k, n) != gone) for kind, _ in named}
        target = Target(**left)
        whole, partly = catalogue.reach(target)
        yield replace(
            rule,
            modalities=whole | partly.keys(),
            medicines=MappingProxyType(partly),
            entry=replace(rule.entry, applies_to=target),
        )


def _targets(target: Target | None) -> dict[str, tuple[str, ...]]:
    if target is None:
        return {}
    written = {f.name: getattr(target, f.name) for f in fields(Target)}
    return {kind: (names,) if isinstance(names, str) else names for kind, names in written.items()}


OPERATORS: Mapping[str, Operator] = {
    "drop": _dropped,
    "weaken": _weakened,
    "strengthen": _strengthened,
    "negate": _everywhere(_negated),
    "move-limit": _everywhere(_moved),
    "swap-and-or": _everywhere(_swapped),
    "drop-and": _everywhere(_without_a_conjunct),
    "drop-or": _everywhere(_without_a_disjunct),
    "drop-exception": _without_an_exception,
    "drop-target": _without_a_target,
    "turn-mark": _marked_otherwise,
}
"""By the names that people use; what each does stands in docs/proofs.md."""
