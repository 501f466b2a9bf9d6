"""The knowledge base: everything in `knowledge/` and `rules/`, resolved, typed and immutable."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType

from msgspec import Struct, field
from msgspec.structs import replace

from painrules.entries import (
    ADD_UP,
    Accepted,
    Category,
    Chapter,
    Condition,
    ConstraintEntry,
    Disagreement,
    Effect,
    Explanation,
    Frequency,
    InvariantEntry,
    MedicineName,
    Modality,
    ModalityClass,
    Question,
    Recommendation,
    Review,
    RuleEntry,
    Screen,
    Source,
    VisitText,
    Word,
)
from painrules.expressions import Between, Expression, item_of, question_of, tests, variables


class Rule(Struct, frozen=True):
    """A rule ready for the engines; `entry` keeps its words and sources as written."""

    id: str
    effect: Effect
    when: Expression
    """The condition with its exceptions folded in."""
    finding: str | None
    modalities: frozenset[str]
    """The options it speaks of, through its categories, classes, modalities and medicines."""
    medicines: Mapping[str, frozenset[str]]
    """Options of which it concerns only some medicines, with those medicines."""
    entry: RuleEntry


class Invariant(Struct, frozen=True):
    """What must hold for every possible person, with its targets resolved as those of a rule."""

    id: str
    when: Expression
    modalities: frozenset[str]
    medicines: Mapping[str, frozenset[str]]
    entry: InvariantEntry


class Constraint(Struct, frozen=True):
    """Nobody is so."""

    id: str
    never: Expression
    entry: ConstraintEntry


class KnowledgeBase(Struct, frozen=True, eq=False, dict=True):
    """All content of one folder. Mappings are keyed by id, in the order of the files; `digest` names the content."""

    digest: str
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    classes: Mapping[str, ModalityClass]
    modalities: Mapping[str, Modality]
    conditions: Mapping[str, Condition]
    screens: Mapping[str, Screen]
    questions: Mapping[str, Question]
    findings: Mapping[str, str]
    """Names of findings."""
    wording: Mapping[str, str]
    """Words around the content."""
    explanations: Sequence[Explanation]
    recommendations: Sequence[Recommendation]
    frequencies: Sequence[Frequency]
    disagreements: Sequence[Disagreement]
    words: Mapping[str, Word]
    medicine_names: Mapping[str, MedicineName]
    chapters: Mapping[str, Chapter]
    visit: Mapping[str, VisitText]
    rules: Mapping[str, Rule]
    """Rules that derive findings come first, each after those it depends on."""
    invariants: Mapping[str, Invariant]
    constraints: Mapping[str, Constraint]
    accepted: Sequence[Accepted]
    """Findings of proofs that are meant to be so."""
    files: Mapping[str, str] = field(default_factory=dict)
    """Where each rule stands: rule id to file and line."""
    review: Review | None = None
    """When the content was last checked; None: nobody says so."""
    borrowed_words: tuple[str, ...] = ()
    """Words around the content that it does not say itself: those of the program stand in for them."""
    unused_words: tuple[str, ...] = ()
    """Words around the content that the program never shows."""
    language: str = "en"
    machine_made: bool = False
    """Whether some of its translation was made by a machine and not reviewed."""

    def about(self, modalities: Collection[str]) -> KnowledgeBase:
        """The same with fewer rules: those that speak of these options, those that derive findings, urgent signs."""
        wanted = frozenset(modalities)
        kept = {
            rule.id: rule
            for rule in self.rules.values()
            if rule.effect in ("urgent", "finding") or not wanted.isdisjoint(rule.modalities)
        }
        return replace(self, rules=MappingProxyType(kept))

    @cached_property
    def variables(self) -> tuple[str, ...]:
        """Every variable that some rule tests, findings included, sorted."""
        return tuple(sorted(frozenset().union(*(variables(rule.when) for rule in self.rules.values()))))

    @cached_property
    def finding_rules(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that derive each finding, in the order in which findings can be derived."""
        found: dict[str, tuple[Rule, ...]] = {}
        for rule in self.rules.values():
            if rule.finding is not None:
                found[rule.finding] = (*found.get(rule.finding, ()), rule)
        return found

    @cached_property
    def questions_of_rule(self) -> Mapping[str, frozenset[str]]:
        """The questions that each rule depends on, through findings too; conditions are left out."""
        of_finding: dict[str, frozenset[str]] = {}
        of_rule: dict[str, frozenset[str]] = {}
        for rule in self.rules.values():
            found: set[str] = set()
            for variable in variables(rule.when):
                question = question_of(variable)
                if question == "finding":
                    found |= of_finding.get(item_of(variable), frozenset())
                elif question != "condition":
                    found.add(question)
            of_rule[rule.id] = frozenset(found)
            if rule.finding is not None:
                of_finding[rule.finding] = of_finding.get(rule.finding, frozenset()) | found
        return of_rule

    @cached_property
    def rules_of_question(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that depend on each question, through findings too, in the order of `rules`."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            for question in self.questions_of_rule[rule.id]:
                found.setdefault(question, []).append(rule)
        return {question: tuple(rules) for question, rules in found.items()}

    @cached_property
    def variables_of_question(self) -> Mapping[str, tuple[str, ...]]:
        """The variables that rules test, by the question they belong to."""
        found: dict[str, list[str]] = {}
        for variable in self.variables:
            found.setdefault(question_of(variable), []).append(variable)
        return {question: tuple(own) for question, own in found.items()}

    @cached_property
    def thresholds(self) -> Mapping[str, frozenset[float]]:
        """The numbers at which some rule changes its mind, by question."""
        found: dict[str, set[float]] = {}
        for rule in self.rules.values():
            for test in tests(rule.when):
                if isinstance(test, Between):
                    limits = (test.at_least, test.below)
                    found.setdefault(test.variable, set()).update(x for x in limits if x is not None)
        return {question: frozenset(limits) for question, limits in found.items()}

    @cached_property
    def rules_of_modality(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules that speak of each modality."""
        found: dict[str, list[Rule]] = {}
        for rule in self.rules.values():
            for modality in rule.modalities:
                found.setdefault(modality, []).append(rule)
        return {modality: tuple(rules) for modality, rules in found.items()}

    def is_current(self, source: str) -> bool:
        """Whether no newer edition has replaced a source."""
        return self.sources[source].status != "superseded"

    @cached_property
    def explanations_of(self) -> Mapping[str, Mapping[str, tuple[Explanation, ...]]]:
        """Explanations by what they are about and by aspect."""
        found: dict[str, dict[str, tuple[Explanation, ...]]] = {}
        for entry in self.explanations:
            aspects = found.setdefault(entry.about, {})
            aspects[entry.aspect] = (*aspects.get(entry.aspect, ()), entry)
        return found

    @cached_property
    def recommendations_of(self) -> Mapping[str, tuple[Recommendation, ...]]:
        """Recommendations by condition."""
        found: dict[str, list[Recommendation]] = {}
        for entry in self.recommendations:
            found.setdefault(entry.condition, []).append(entry)
        return {condition: tuple(entries) for condition, entries in found.items()}

    @cached_property
    def current_recommendations_of(self) -> Mapping[str, tuple[Recommendation, ...]]:
        """Those that no newer edition has replaced; all else is no evidence, and replaces nothing itself."""
        return {
            condition: tuple(entry for entry in entries if self.is_current(entry.source))
            for condition, entries in self.recommendations_of.items()
        }

    @cached_property
    def frequencies_of(self) -> Mapping[str, tuple[Frequency, ...]]:
        """Natural frequencies by modality."""
        found: dict[str, list[Frequency]] = {}
        for entry in self.frequencies:
            found.setdefault(entry.modality, []).append(entry)
        return {modality: tuple(entries) for modality, entries in found.items()}

    @cached_property
    def medicine_names_of(self) -> Mapping[str, tuple[MedicineName, ...]]:
        """The medicines that belong to each modality, by the names people know."""
        found: dict[str, list[MedicineName]] = {}
        for entry in self.medicine_names.values():
            for modality in entry.modalities:
                found.setdefault(modality, []).append(entry)
        return {modality: tuple(entries) for modality, entries in found.items()}

    def explained(self, about: str, aspect: str) -> tuple[Explanation, ...]:
        """The texts on one aspect of a condition or modality.

        A modality without its own has those of its class. Serious harms add up: its own, then those of its class.
        """
        own = self.explanations_of.get(about, {}).get(aspect, ())
        if about not in self.modalities or (own and aspect not in ADD_UP):
            return own
        return own + self.explanations_of.get(self.modalities[about].class_, {}).get(aspect, ())

    def medicines_of(self, rule: Rule, modality: str) -> tuple[str, ...]:
        """The names of the medicines of an option that a rule is about; none when it is about all of it."""
        concerned = rule.medicines.get(modality, frozenset())
        names = {medicine.id: medicine.name for medicine in self.modalities[modality].medicines} if concerned else {}
        return tuple(names[id] for id in sorted(concerned))

    def ancestors(self, condition: str) -> Iterator[str]:
        """The parents of a condition, nearest first."""
        parent = self.conditions[condition].parent
        while parent is not None:
            yield parent
            parent = self.conditions[parent].parent

    def category_of(self, modality: str) -> str:
        """The category id of a modality."""
        return self.classes[self.modalities[modality].class_].category
