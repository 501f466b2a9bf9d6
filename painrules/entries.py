"""The entries of content files, as written: one frozen class per kind of entry.

These classes are the only definition of the file format. Loading checks files against them, the editor schema is made
from them (their field texts are its descriptions), and a knowledge base holds them unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Literal, get_args

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


def as_row(entry: Any) -> dict[str, Any]:
    """A dataclass as plain data, its fields named as in files."""
    return {written_name(name): value for name, value in asdict(entry).items()}


STRICT: Mapping[str, Any] = {"extra": "forbid", "use_attribute_docstrings": True, "alias_generator": written_name}
"""Configuration for pydantic, which only loading imports: no unknown fields, field texts as descriptions."""


@dataclass(frozen=True, slots=True)
class Review:
    """When all of the content was last checked, and when it is to be checked again. There is one."""

    __pydantic_config__: ClassVar[Any] = STRICT
    checked: str
    """A day: `2026-11-25`."""
    again_by: str
    """A day, a year later at most."""


@dataclass(frozen=True, slots=True)
class Source:
    """A guideline, label, review or other text that statements rest on."""

    __pydantic_config__: ClassVar[Any] = STRICT
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


@dataclass(frozen=True, slots=True)
class Category:
    """One of the broad groups of treatments."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ModalityClass:
    """A class of treatments that share hazards, such as anti-inflammatory medicines."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    category: str
    name: str


@dataclass(frozen=True, slots=True)
class Medicine:
    """One medicine of a treatment, when a rule must tell it apart."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Modality:
    """A treatment approach: what an option on the sheet is."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    name: str
    class_: str
    """The class it belongs to (written `class`)."""
    also_called: tuple[str, ...] = ()
    medicines: tuple[Medicine, ...] = ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A kind of pain; `parent` makes the tree."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    name: str
    parent: str | None = None
    also_called: tuple[str, ...] = ()
    icd11: str | None = None
    """Code in the International Classification of Diseases, 11th revision."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Questions that are asked together."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    title: str
    intro: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """One possible answer, and how the interview words it."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    say: str


@dataclass(frozen=True, slots=True)
class Question:
    """Something the interview can ask."""

    __pydantic_config__: ClassVar[Any] = STRICT
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
    minimum: float | None = None
    maximum: float | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        """The ids of the possible answers; empty for a number."""
        return ("yes", "no") if self.kind == "yes_no" else tuple(value.id for value in self.values)


@dataclass(frozen=True, slots=True)
class FindingName:
    """A fact that rules derive, in words a person recognises."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Wording:
    """Words around the content, such as the name of a status. `{count}` and the like are filled in."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """One plain text about a condition, a modality, or all modalities of a class."""

    __pydantic_config__: ClassVar[Any] = STRICT
    about: str
    """A condition, a modality or a class. The text of a class stands for each of its modalities without their own;
    its serious harms stand for all of them."""
    aspect: ModalityAspect | ConditionAspect
    text: str
    sources: tuple[str, ...]
    aims: tuple[BesidesPain, ...] = ()
    """Of `how_it_may_help`: sleep or mood, where the text itself says that it may help them."""
    reported_by: Literal["other"] | None = None
    """other: another text reports what the source says; the source itself was not read."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What one source says of one modality for one condition."""

    __pydantic_config__: ClassVar[Any] = STRICT
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


@dataclass(frozen=True, slots=True)
class Frequency:
    """Of 100 people, how many had an outcome with a treatment and how many without it, as one source counted."""

    __pydantic_config__: ClassVar[Any] = STRICT
    condition: str
    modality: str
    outcome: str
    """What people noticed, as the end of `this many ...`: `were free of pain after two hours`."""
    kind: Literal["benefit", "harm"]
    with_treatment: float
    """Of 100 people."""
    without: float
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


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Why current guidelines differ on one modality for one condition; who says what follows from the data."""

    __pydantic_config__: ClassVar[Any] = STRICT
    condition: str
    modality: str
    why: str
    """One plain sentence that completes `Guidelines differ.`"""
    sources: tuple[str, ...]
    reported_by: Literal["other"] | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A medical word that the texts use, explained; the reading level does not count it."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    word: str
    means: str
    """What it means in plain words: a phrase or one sentence."""
    sources: tuple[str, ...]
    also: tuple[str, ...] = ()
    """Other spellings and forms, such as the plural."""
    reported_by: Literal["other"] | None = None


@dataclass(frozen=True, slots=True)
class MedicineName:
    """A medicine by the names people know, what it answers in the question of medicines taken, and its treatments."""

    __pydantic_config__: ClassVar[Any] = STRICT
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


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the guide to a visit."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    title: str


@dataclass(frozen=True, slots=True)
class VisitText:
    """One statement, line of a list or question of the guide to a visit."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    chapter: str
    text: str
    sources: tuple[str, ...]
    country: str | None = None
    """Where it holds, when it does not hold everywhere."""
    reported_by: Literal["other"] | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Which treatments a rule speaks of; what is named adds up."""

    __pydantic_config__: ClassVar[Any] = STRICT
    category: str | tuple[str, ...] = ()
    class_: str | tuple[str, ...] = ()
    modality: str | tuple[str, ...] = ()
    medicine: str | tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exemption:
    """A named exception to a rule."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    when: dict[str, Any]
    because: str = ""
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """When an expression holds, then an effect, because of a reason with a source."""

    __pydantic_config__: ClassVar[Any] = STRICT
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


@dataclass(frozen=True, slots=True)
class InvariantEntry:
    """What must hold for every possible person, whatever the rules say: written from a source, proved by `prove`."""

    __pydantic_config__: ClassVar[Any] = STRICT
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


@dataclass(frozen=True, slots=True)
class ConstraintEntry:
    """Answers that nobody can have together, so that a proof speaks of real people only."""

    __pydantic_config__: ClassVar[Any] = STRICT
    id: str
    never: dict[str, Any]
    """Nobody is so. Someone for whom it is only possible stays a possible person."""
    because: str
    sources: tuple[str, ...] = ()
    """Left out where it is plain arithmetic or the meaning of the words."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A finding of `prove` that is meant to be so."""

    __pydantic_config__: ClassVar[Any] = STRICT
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
