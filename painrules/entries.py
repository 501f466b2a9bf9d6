"""The entries of content files, as written: one frozen class per kind of entry.

These classes are the only definition of the file format. Loading checks files against them, the editor schema is made
from them (their field texts are its descriptions), and a knowledge base holds them unchanged.
"""

# Annotations are no strings here: to evaluate them took msgspec longer than to read the entries.
from collections.abc import Mapping
from typing import Any, Literal, get_args

from msgspec import Struct, to_builtins

YesNo = Literal["yes", "no"]
ModalityAspect = Literal[
    "what_it_is",
    "what_happens",
    "how_long",
    "after_a_test",
    "how_it_may_help",
    "common_harms",
    "serious_harms",
    "effort",
    "who_gives_it",
    "what_to_ask",
]
ConditionAspect = Literal["what_it_is", "course", "diagnosis", "scans", "self_care", "myth"]
MODALITY_ASPECTS: tuple[ModalityAspect, ...] = get_args(ModalityAspect)
CONDITION_ASPECTS: tuple[ConditionAspect, ...] = get_args(ConditionAspect)
"""What is said of every treatment that is an option, and of every condition, in reading order."""
SOME_HAVE: frozenset[str] = frozenset({"after_a_test"})
"""Aspects that only some treatments have: what comes next after a test, whether it helps or not."""
ADD_UP: frozenset[str] = frozenset({"serious_harms"})
"""Aspects of which a treatment has its own texts and those of its class, so that no harm is left out."""
Effect = Literal["urgent", "hold", "check", "caution", "note", "finding", "prefer"]
Level = Literal["emergency", "same_day", "soon"]
MEDICINES_TAKEN = "medicines_taken"
"""The question that asks which medicines a person takes."""
Direction = Literal["for", "against", "research_only", "no_recommendation", "common_practice"]
"""What a source says of a treatment; `common_practice`: that it is given for this pain, without recommending it."""
BesidesPain = Literal["sleep", "mood"]
"""What a text may say a treatment helps, besides what `purpose` tells; mood stands for low mood and worry."""


def written_name(name: str) -> str:
    """How files write a field whose name is a Python keyword: `class_` is `class`."""
    return name.removesuffix("_")


def as_mapping(value: Struct) -> dict[str, Any]:
    """A value and all that it holds as plain data for JSON, fields named as in files."""
    plain: dict[str, Any] = to_builtins(value)
    return plain


class Entry(Struct, frozen=True, rename=written_name):
    """What stands in a file."""


class Review(Entry, frozen=True):
    """When all of the content was last checked, and when it is to be checked again. There is one."""

    checked: str
    """A day: `2026-11-25`."""
    again_by: str
    """A day, a year later at most."""


class Source(Entry, frozen=True):
    """A guideline, label, review or other text that statements rest on."""

    id: str
    """Body, topic and year in kebab-case: `nice-ng59`."""
    title: str
    body: str
    """Who published it."""
    kind: Literal["guideline", "regulator", "label", "systematic_review", "trial", "consensus", "patient_information"]
    year: int | None = None
    """Year of publication; left out when the text does not say."""
    country: str = "international"
    doi: str | None = None
    url: str | None = None
    seen_at: str | None = None
    """Where the text was read, if that was another address."""
    status: Literal["current", "superseded", "unknown"] = "unknown"


class Category(Entry, frozen=True):
    """One of the broad groups of treatments."""

    id: str
    name: str


class ModalityClass(Entry, frozen=True):
    """A class of treatments that share hazards, such as anti-inflammatory medicines."""

    id: str
    category: str
    name: str


class Medicine(Entry, frozen=True):
    """One medicine of a treatment, when a rule must tell it apart."""

    id: str
    name: str


class Modality(Entry, frozen=True):
    """A treatment approach: what an option on the sheet is."""

    id: str
    name: str
    class_: str
    """The class it belongs to (written `class`)."""
    also_called: tuple[str, ...] = ()
    medicines: tuple[Medicine, ...] = ()


class Condition(Entry, frozen=True):
    """A kind of pain; `parent` makes the tree."""

    id: str
    name: str
    parent: str | None = None
    also_called: tuple[str, ...] = ()
    icd11: str | None = None
    """Code in the International Classification of Diseases, 11th revision."""


class Screen(Entry, frozen=True):
    """Questions that are asked together."""

    id: str
    title: str
    intro: str = ""


class Value(Entry, frozen=True):
    """One possible answer, and how the interview words it."""

    id: str
    say: str


class Question(Entry, frozen=True):
    """Something the interview can ask."""

    id: str
    screen: str
    kind: Literal["yes_no", "one_of", "many_of", "number"]
    ask: str
    """Plain words; a yes_no question reads as a line to tick."""
    name: str = ""
    """What it asks about, as words within a sentence: `sleep apnoea`. Left out: the words of its id."""
    help: str = ""
    values: tuple[Value, ...] = ()
    """Possible answers of one_of and many_of, mildest first."""
    graded: YesNo = "no"
    """yes: the values run from no risk to most risk."""
    can_change: YesNo = "no"
    """yes: a person's answer can become another one within months."""
    urgent: YesNo = "no"
    """yes: a sign that needs care soon; asked first."""
    unit: str = ""
    minimum: int | float | None = None
    maximum: int | float | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """The ids of the possible answers; empty for a number."""
        return ("yes", "no") if self.kind == "yes_no" else tuple(value.id for value in self.values)


class FindingName(Entry, frozen=True):
    """A fact that rules derive, in words a person recognises."""

    id: str
    name: str


class Wording(Entry, frozen=True):
    """Words around the content, such as the name of a status. `{count}` and the like are filled in."""

    id: str
    text: str


class Explanation(Entry, frozen=True):
    """One plain text about a condition, a modality, or all modalities of a class."""

    about: str
    """A condition, a modality or a class. The text of a class stands for each of its modalities without their own;
    its serious harms stand for all of them."""
    aspect: Literal[ModalityAspect, ConditionAspect]
    text: str
    sources: tuple[str, ...]
    aims: tuple[BesidesPain, ...] = ()
    """Of `how_it_may_help`: sleep or mood, where the text itself says that it may help them."""
    reported_by: Literal["other"] | None = None
    """other: another text reports what the source says; the source itself was not read."""


class Recommendation(Entry, frozen=True):
    """What one source says of one modality for one condition."""

    condition: str
    modality: str
    source: str
    direction: Direction
    strength: Literal["strong", "conditional", "consensus", "not_stated"] = "not_stated"
    certainty: Literal["high", "moderate", "low", "very_low", "not_stated"] = "not_stated"
    role: Literal["first_line", "second_line", "later", "adjunct", "rescue"] | None = None
    purpose: Literal["relief", "prevention", "disease_control", "function"] | None = None
    limits: str = ""
    """Who, when, with what: plain words."""
    aims: tuple[BesidesPain, ...] = ()
    """Sleep or mood, where `limits` says that it helped them."""
    reported_by: Literal["other"] | None = None


class Frequency(Entry, frozen=True):
    """Of 100 people, how many had an outcome with a treatment and how many without it, as one source counted."""

    condition: str
    modality: str
    outcome: str
    """What people noticed, as the end of `this many ...`: `were free of pain after two hours`."""
    kind: Literal["benefit", "harm"]
    with_treatment: int | float
    """Of 100 people."""
    without: int | float
    """Of 100 people who had what `compared_with` says instead."""
    compared_with: str
    """In plain words: `a dummy medicine`, `usual care`."""
    period: str
    who: str
    """Whom the numbers are about."""
    source: str
    certainty: Literal["high", "moderate", "low", "very_low", "not_stated"] = "not_stated"
    caution: str = ""
    """What makes the numbers less sure, in plain words."""
    reported_by: Literal["other"] | None = None


class Disagreement(Entry, frozen=True):
    """Why current guidelines differ on one modality for one condition; who says what follows from the data."""

    condition: str
    modality: str
    why: str
    """One plain sentence that completes `Guidelines differ.`"""
    sources: tuple[str, ...]
    reported_by: Literal["other"] | None = None


class Word(Entry, frozen=True):
    """A medical word that the texts use, explained; the reading level does not count it."""

    id: str
    word: str
    means: str
    """What it means in plain words: a phrase or one sentence."""
    sources: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other spellings and forms, such as the plural."""
    reported_by: Literal["other"] | None = None


class MedicineName(Entry, frozen=True):
    """A medicine by the names people know, what it answers in the question of medicines taken, and its treatments."""

    id: str
    name: str
    """The generic name. A medicine of two substances is `x with y`."""
    takes: tuple[str, ...]
    """Every answer of `medicines_taken` that holds for who takes it; `other` when it fits none of the rest."""
    sources: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other generic names, such as acetaminophen for paracetamol."""
    brands: tuple[str, ...] = ()
    """Brands that hold just this, as far as lists were seen to say."""
    modalities: tuple[str, ...] = ()
    """The treatments it belongs to, if any."""
    note: str = ""
    """What a person who finds it must know, in plain words: that a brand holds something else in some countries."""

    @property
    def names(self) -> tuple[str, ...]:
        """Everything it is called, the generic name first."""
        return (self.name, *self.also, *self.brands)

    def shown_as(self, name: str) -> str:
        """One of its names with the generic one: `Advil (ibuprofen)`."""
        return name if name == self.name else f"{name} ({self.name})"


class Chapter(Entry, frozen=True):
    """A part of the guide to a visit."""

    id: str
    title: str


class VisitText(Entry, frozen=True):
    """One statement, line of a list or question of the guide to a visit."""

    id: str
    chapter: str
    text: str
    sources: tuple[str, ...]
    country: str | None = None
    """Where it holds, when it does not hold everywhere."""
    reported_by: Literal["other"] | None = None


class Target(Entry, frozen=True):
    """Which treatments a rule speaks of; what is named adds up."""

    category: str | tuple[str, ...] = ()
    class_: str | tuple[str, ...] = ()
    modality: str | tuple[str, ...] = ()
    medicine: str | tuple[str, ...] = ()


class Exemption(Entry, frozen=True):
    """A named exception to a rule."""

    id: str
    when: dict[str, Any]
    because: str = ""
    sources: tuple[str, ...] = ()


class RuleEntry(Entry, frozen=True):
    """When an expression holds, then an effect, because of a reason with a source."""

    id: str
    when: dict[str, Any]
    then: Effect
    applies_to: Target | None = None
    unless: tuple[Exemption, ...] = ()
    because: str = ""
    """The reason, in plain words."""
    ask: str = ""
    """A question the person can take along."""
    action: str = ""
    """Of an urgent sign: what to do now."""
    level: Level | None = None
    """Of an urgent sign: how soon."""
    ask_if: tuple[str, ...] = ()
    """Of an urgent sign: the conditions for which the interview asks; `any` for all."""
    finding: str | None = None
    fit: Literal["fits", "does_not_fit"] | None = None
    sources: tuple[str, ...] = ()
    place: str = ""
    """Where in the source it stands."""
    reported_by: Literal["other"] | None = None


class InvariantEntry(Entry, frozen=True):
    """What must hold for every possible person, whatever the rules say: written from a source, proved by `prove`."""

    id: str
    when: dict[str, Any]
    treatments: Target
    at_least: Literal["with_care", "check_first", "held_back", "advised_against"]
    """The mildest status that these treatments may have while `when` is certain."""
    because: str
    """What the source says, in plain words."""
    sources: tuple[str, ...]
    place: str = ""
    """Where in the source it stands."""
    reported_by: Literal["other"] | None = None


class ConstraintEntry(Entry, frozen=True):
    """Answers that nobody can have together, so that a proof speaks of real people only."""

    id: str
    never: dict[str, Any]
    """Nobody is so. Someone for whom it is only possible stays a possible person."""
    because: str
    sources: tuple[str, ...] = ()
    """Left out where it is plain arithmetic or the meaning of the words."""


class Accepted(Entry, frozen=True):
    """A finding of `prove` that is meant to be so."""

    check: Literal["monotone", "unreachable", "masked", "redundant", "contradictory", "question-matters"]
    about: str
    """The rule or question that the finding is about."""
    because: str


SECTIONS: Mapping[str, type] = {
    "reviews": Review,
    "sources": Source,
    "categories": Category,
    "classes": ModalityClass,
    "modalities": Modality,
    "conditions": Condition,
    "screens": Screen,
    "questions": Question,
    "findings": FindingName,
    "wording": Wording,
    "explanations": Explanation,
    "recommendations": Recommendation,
    "frequencies": Frequency,
    "disagreements": Disagreement,
    "words": Word,
    "medicine_names": MedicineName,
    "chapters": Chapter,
    "visit": VisitText,
    "rules": RuleEntry,
    "invariants": InvariantEntry,
    "constraints": ConstraintEntry,
    "accepted": Accepted,
}
"""Sections of a content file, and the class of their entries."""
