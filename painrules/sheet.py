"""The sheet: urgent signs, options with status and reasons, and questions to take to a pain specialist.

One function, `explore`, makes it from a knowledge base and a person's answers. Everything a surface shows is in it.
Field names are a public contract (docs/sheet.schema.json).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from painrules import __version__
from painrules.alternatives import (
    CERTAIN_STATUS,
    POSSIBLE_STATUS,
    STATUSES,
    Alternative,
    Change,
    Status,
    alternatives,
    changes,
    held_in,
    status_of,
)
from painrules.answers import Answers, Tried
from painrules.engines import Conclusion, Conclusions, EngineName, consult
from painrules.entries import Effect, Level, as_mapping
from painrules.evidence import Difference, Scope, Statement, Verdict, difference, statements, verdict
from painrules.expressions import Facts, Truth, item_of, question_of, variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.unanswered import open_questions, told_to

LEVELS: tuple[Level, ...] = ("emergency", "same_day", "soon")
VERDICTS: tuple[Verdict, ...] = ("agree", "disagree", "insufficient", "against")
EFFECTS: tuple[Effect, ...] = ("hold", "check", "caution", "note", "prefer")
"""Effects on options, strongest first."""
MOST_QUESTIONS_TO_ASK = 10
MOST_NEXT_QUESTIONS = 5


class Made(Struct, frozen=True):
    """What the sheet was made from: the same three give the same sheet."""

    version: str
    knowledge_digest: str
    answers_digest: str


class MadeWith(Struct, frozen=True):
    """Which program and which content other results came from; in the same place of their JSON."""

    version: str
    knowledge_digest: str


def made_with(knowledge: KnowledgeBase) -> MadeWith:
    """This program and this content."""
    return MadeWith(__version__, knowledge.digest)


class Because(Struct, frozen=True):
    """An answer that a reason rests on; 'unknown' when it was not given."""

    question: str
    answer: str


class Reason(Struct, frozen=True):
    """Why an option has its status: a rule that holds certainly, or possibly as answers are unknown."""

    rule: str
    effect: Effect
    certain: bool
    text: str
    because: tuple[Because, ...]
    ask: str
    """A question to take along."""
    sources: tuple[str, ...]
    medicines: tuple[str, ...]
    """The medicines of the option that the reason is about; empty when it is about all of it."""


class Evidence(Struct, frozen=True):
    """What one source says of an option for one of the person's conditions."""

    source: str
    condition: str
    scope: Scope
    direction: str
    strength: str
    certainty: str
    role: str | None
    purpose: str | None
    limits: str
    reported_by: str | None


class Option(Struct, frozen=True):
    """A treatment to talk about."""

    id: str
    name: str
    category: str
    status: Status
    guidelines: Verdict
    difference: Difference | None
    """Who differs, where current guidelines do."""
    tried: Tried | None
    fits: tuple[str, ...]
    does_not_fit: tuple[str, ...]
    talk_about: bool
    """Whether the person marked it to talk about."""
    reasons: tuple[Reason, ...]
    depends_on: tuple[str, ...]
    """Unanswered questions that could still make the status stronger or milder."""
    would_change: tuple[Change, ...]
    evidence: tuple[Evidence, ...]
    ask: tuple[str, ...]


class Urgent(Struct, frozen=True):
    """A sign that needs care. Not certain: the person has not said whether it is there."""

    id: str
    level: Level
    certain: bool
    text: str
    action: str
    because: tuple[Because, ...]
    sources: tuple[str, ...]

    @property
    def named(self) -> bool:
        """Whether an answer points to it, be it for sure or not."""
        return any(because.answer != "unknown" and because.question != "condition" for because in self.because)


class WithoutTreatment(Struct, frozen=True):
    """How a condition usually goes without treatment."""

    condition: str
    text: str
    sources: tuple[str, ...]


class CitedSource(Struct, frozen=True):
    """A source that the sheet cites."""

    id: str
    title: str
    body: str
    year: int | None
    kind: str


class Sheet(Struct, frozen=True):
    """The whole result for one person."""

    painrules: Made
    conditions: tuple[str, ...]
    urgent: tuple[Urgent, ...]
    options: tuple[Option, ...]
    without_treatment: tuple[WithoutTreatment, ...]
    questions_to_ask: tuple[str, ...]
    unknown: tuple[str, ...]
    """Unanswered questions that could still change the sheet, the most telling first."""
    next_questions: tuple[str, ...]
    """The first of these that the person was not asked yet."""
    sources: tuple[CitedSource, ...]

    def as_plain(self) -> dict[str, Any]:
        """The sheet as plain data for JSON."""
        return as_mapping(self)


def explore(
    knowledge: KnowledgeBase, answers: Answers, engine: EngineName = "durable", *, look_ahead: bool = True
) -> Sheet:
    """Make the sheet of one person. Raises EngineMissingError when the engine is not installed."""
    return sheet_of(knowledge, answers, consult(knowledge, answers, engine), look_ahead=look_ahead)


def signs_so_far(knowledge: KnowledgeBase, answers: Answers, engine: EngineName = "durable") -> tuple[Urgent, ...]:
    """The signs told that a sheet of these answers would have, the most urgent first; options are not looked at."""
    person = _Person(knowledge, answers, consult(knowledge, answers, engine), {}, {}, {})
    return _told(knowledge, _by_urgency(person.urgent()))


def unanswered_signs(knowledge: KnowledgeBase, sign: Urgent) -> list[str]:
    """Questions that ask for signs, and that a possible sign still depends on."""
    unknown = (because.question for because in sign.because if because.answer == "unknown")
    return [id for id in unknown if id in knowledge.questions and knowledge.questions[id].urgent == "yes"]


def signs_told(knowledge: KnowledgeBase, sheet: Sheet) -> tuple[Urgent, ...]:
    """The signs that the person told of: they are there, or only something else than the sign is not known."""
    return _told(knowledge, sheet.urgent)


def _told(knowledge: KnowledgeBase, signs: Iterable[Urgent]) -> tuple[Urgent, ...]:
    return tuple(s for s in signs if s.certain or (s.named and not unanswered_signs(knowledge, s)))


def _by_urgency(signs: Iterable[Urgent]) -> tuple[Urgent, ...]:
    return tuple(sorted(signs, key=lambda sign: (not sign.certain, LEVELS.index(sign.level), sign.id)))


def sheet_of(knowledge: KnowledgeBase, answers: Answers, conclusions: Conclusions, *, look_ahead: bool = True) -> Sheet:
    """Make the sheet from what was concluded for the person.

    Without `look_ahead` no other answers are tried out, which is most of the work: `would_change` stays empty.
    """
    said = statements(knowledge, answers.conditions)
    held = held_in(conclusions)
    others = alternatives(knowledge, answers, conclusions.facts, held) if look_ahead else {}
    person = _Person(knowledge, answers, conclusions, said, held, others)
    options = tuple(sorted(map(person.option, said), key=_place_on_sheet(knowledge)))
    urgent = _by_urgency(person.urgent())
    unknown = tuple(open_questions(knowledge, answers))
    untreated = tuple(
        WithoutTreatment(condition, text.text, text.sources)
        for condition in answers.conditions
        for text in knowledge.explained(condition, "course")
    )
    return Sheet(
        painrules=Made(__version__, knowledge.digest, answers.digest),
        conditions=answers.conditions,
        urgent=urgent,
        options=options,
        without_treatment=untreated,
        questions_to_ask=_questions_to_ask(knowledge, options),
        unknown=unknown,
        next_questions=tuple(q for q in unknown if q not in answers.unsure)[:MOST_NEXT_QUESTIONS],
        sources=_cited(knowledge, urgent, options, untreated),
    )


def _place_on_sheet(knowledge: KnowledgeBase) -> Any:
    categories = list(knowledge.categories)

    def place(option: Option) -> tuple[int, bool, int, str]:
        put_last = option.status in ("held_back", "advised_against")
        verdict_ = VERDICTS.index(option.guidelines)
        return categories.index(option.category), put_last, verdict_, option.name.casefold()

    return place


# --- options and urgent signs ----------------------------------------------------------------------------------------


class _Person(Struct, frozen=True):
    """One person's conclusions, and what follows from them for each option."""

    knowledge: KnowledgeBase
    answers: Answers
    conclusions: Conclusions
    said: Mapping[str, tuple[Statement, ...]]
    held: Mapping[str, Truth]
    others: Mapping[str, list[Alternative]]

    def option(self, modality: str) -> Option:
        knowledge = self.knowledge
        reasons = tuple(sorted(self.reasons(modality), key=_weight_of_reason))
        agreed = verdict(knowledge, self.said[modality])
        fits = {fit: self.fitting(modality, fit) for fit in ("fits", "does_not_fit")}
        status = status_of(knowledge, modality, self.held, agreed)
        return Option(
            id=modality,
            name=knowledge.modalities[modality].name,
            category=knowledge.category_of(modality),
            status=status,
            guidelines=agreed,
            difference=difference(knowledge, modality, self.said[modality]),
            tried=self.answers.tried.get(modality),
            fits=fits["fits"],
            does_not_fit=fits["does_not_fit"],
            talk_about=modality in self.answers.talk_about,
            reasons=reasons,
            depends_on=_unknown_in(reasons),
            would_change=tuple(changes(knowledge, modality, self.held, self.others, agreed)),
            evidence=tuple(map(_evidence, self.said[modality])),
            ask=_unique(reason.ask for reason in reasons),
        )

    def reasons(self, modality: str) -> Iterator[Reason]:
        for rule in self.knowledge.rules_of_modality.get(modality, ()):
            conclusion = self.conclusions.rules.get(rule.id)
            if conclusion is None or rule.effect == "prefer" or (rule.effect == "note" and not conclusion.certain):
                continue
            yield Reason(
                rule=rule.id,
                effect=rule.effect,
                certain=conclusion.certain,
                text=rule.entry.because,
                because=self.because(conclusion),
                ask=rule.entry.ask,
                sources=rule.entry.sources,
                medicines=self.knowledge.medicines_of(rule, modality),
            )

    def fitting(self, modality: str, fit: str) -> tuple[str, ...]:
        found: set[str] = set()
        for rule in self.knowledge.rules_of_modality.get(modality, ()):
            conclusion = self.conclusions.rules.get(rule.id)
            if rule.entry.fit == fit and conclusion is not None and conclusion.certain:
                found |= {item_of(variable) or variable for variable in conclusion.matched}
        return tuple(sorted(found))

    def urgent(self) -> Iterator[Urgent]:
        for rule in self.knowledge.rules.values():
            conclusion = self.conclusions.rules.get(rule.id)
            if rule.effect != "urgent" or conclusion is None or rule.entry.level is None:
                continue
            # What the person said counts whatever their condition; what nobody asked counts where it is to be asked.
            if conclusion.certain or told_to(self.knowledge, rule, self.answers):
                yield Urgent(
                    id=rule.id,
                    level=rule.entry.level,
                    certain=conclusion.certain,
                    text=rule.entry.because,
                    action=rule.entry.action,
                    because=self.because(conclusion),
                    sources=rule.entry.sources,
                )

    def because(self, conclusion: Conclusion) -> tuple[Because, ...]:
        answers = {because_of(self.conclusions.facts, v) for v in self.to_answers(conclusion.matched)}
        return tuple(
            sorted(answers, key=lambda because: (because.answer == "unknown", because.question, because.answer))
        )

    def to_answers(self, matched: Iterable[str]) -> Iterator[str]:
        """Follow findings down to the answers they rest on."""
        for variable in matched:
            if question_of(variable) != "finding":
                yield variable
                continue
            for _, facts in derivations(self.knowledge, self.conclusions, variable):
                yield from self.to_answers(facts)


def derivations(
    knowledge: KnowledgeBase, conclusions: Conclusions, finding: str
) -> Iterator[tuple[Rule, frozenset[str]]]:
    """The rules that a finding (as a variable) rests on, each with the facts that count."""
    for rule in knowledge.finding_rules[item_of(finding)]:
        conclusion = conclusions.rules.get(rule.id)
        if conclusion is not None:
            yield rule, conclusion.matched
        elif conclusions.facts[finding] == "no":
            # A finding that does not hold rests on every known answer that could have made it hold.
            yield rule, frozenset(v for v in variables(rule.when) if conclusions.facts[v] is not None)


def because_of(facts: Facts, variable: str) -> Because:
    """A fact as a reason tells it."""
    question, item = question_of(variable), item_of(variable)
    value = facts[variable]
    if value is None:
        return Because(question, "unknown")
    if isinstance(value, float):
        return Because(question, f"{value:g}")
    if not item:
        return Because(question, str(value))
    return Because(question, item if value == "yes" else f"not {item}")


def _weight_of_reason(reason: Reason) -> tuple[int, bool, str]:
    if reason.effect in CERTAIN_STATUS:
        # What is about some of its medicines only holds the option back no more than what may apply.
        status = (CERTAIN_STATUS if reason.certain and not reason.medicines else POSSIBLE_STATUS)[reason.effect]
        return -STATUSES.index(status), not reason.certain, reason.rule
    return 0, not reason.certain, reason.rule


def _evidence(statement: Statement) -> Evidence:
    said = statement.recommendation
    return Evidence(
        source=said.source,
        condition=said.condition,
        scope=statement.scope,
        direction=said.direction,
        strength=said.strength,
        certainty=said.certainty,
        role=said.role,
        purpose=said.purpose,
        limits=said.limits,
        reported_by=said.reported_by,
    )


def _unknown_in(reasons: Iterable[Reason]) -> tuple[str, ...]:
    return _unique(b.question for r in reasons if not r.certain for b in r.because if b.answer == "unknown")


def _unique(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if word))


# --- the page as a whole -------------------------------------------------------------------------------------------


def _questions_to_ask(knowledge: KnowledgeBase, options: Iterable[Option]) -> tuple[str, ...]:
    """At most ten: first those about what certainly applies, in each part those about the strongest warnings first.

    Among equals come those on most options; one that guidelines support more counts more.
    Whether there is a sign that needs care is no question for the visit: it is told at the top, and cannot wait.
    """
    weight: dict[str, tuple[int, int, int]] = {}
    for option in options:
        for reason in option.reasons:
            if reason.ask and not _rests_on_a_sign(knowledge, reason):
                strongest, unsure, count = weight.get(reason.ask, (len(EFFECTS), 1, 0))
                strongest = min(strongest, EFFECTS.index(reason.effect))
                support = len(VERDICTS) - 1 - VERDICTS.index(option.guidelines)
                weight[reason.ask] = (strongest, min(unsure, int(not reason.certain)), count - support)
    ordered = sorted(weight, key=lambda ask: (weight[ask][1], weight[ask][0], weight[ask][2], ask))
    return tuple(ordered[:MOST_QUESTIONS_TO_ASK])


def _rests_on_a_sign(knowledge: KnowledgeBase, reason: Reason) -> bool:
    """Whether a reason may apply only because nobody knows of a sign that needs care."""
    unknown = [because.question for because in reason.because if because.answer == "unknown"]
    asked = (knowledge.questions[id] for id in unknown if id in knowledge.questions)
    return not reason.certain and any(question.urgent == "yes" for question in asked)


def _cited(
    knowledge: KnowledgeBase, urgent: Iterable[Urgent], options: Iterable[Option], others: Iterable[WithoutTreatment]
) -> tuple[CitedSource, ...]:
    ids = [id for sign in urgent for id in sign.sources]
    for option in options:
        ids += [id for reason in option.reasons for id in reason.sources]
        ids += [entry.source for entry in option.evidence]
        ids += option.difference.sources if option.difference else ()
    ids += [id for text in others for id in text.sources]
    return cited(knowledge, ids)


def cited(knowledge: KnowledgeBase, ids: Iterable[str]) -> tuple[CitedSource, ...]:
    """These sources, each once, by id."""
    found = (knowledge.sources[id] for id in sorted(set(ids)))
    return tuple(CitedSource(s.id, s.title, s.body, s.year, s.kind) for s in found)
