"""How an engine got from a person's answers to each status: answers, findings, rules, status.

Made from the facts that the engine itself matched (`Conclusions.matched`), and from the sheet, so that it can tell
nothing else than the sheet does. Rules and findings stand in it once; options and other rules name them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from painrules.alternatives import CERTAIN_STATUS, Status, status_given
from painrules.answers import Answers
from painrules.engines import Conclusions, EngineName, consult
from painrules.entries import Effect, Level, as_mapping
from painrules.evidence import GUIDELINE_KINDS, Verdict
from painrules.expressions import item_of, question_of
from painrules.knowledge import KnowledgeBase, Rule
from painrules.sheet import Made, Option, because_of, derivations, sheet_of, signs_told

Holds = Literal["certain", "possible", "impossible"]


class Matched(Struct, frozen=True):
    """A fact by which a rule holds, or may hold where the answer is 'unknown'; question and answer as on the sheet."""

    variable: str
    question: str
    answer: str


class TracedRule(Struct, frozen=True):
    """A rule, and the facts that it rests on."""

    id: str
    effect: Effect
    holds: Holds
    """impossible: it would derive a finding that the person does not have, because of these facts."""
    facts: tuple[Matched, ...]
    finding: str | None
    """The finding that it derives."""
    text: str
    sources: tuple[str, ...]


class TracedFinding(Struct, frozen=True):
    """Something that follows from answers, and the rules that say so."""

    id: str
    name: str
    answer: str
    """yes, no or unknown."""
    rules: tuple[str, ...]


class Effected(Struct, frozen=True):
    """What a rule does to one option."""

    rule: str
    status: Status
    """The status that it would give alone."""
    decides: bool
    """Whether that is the status which the option has; of several such rules any one would do."""
    medicines: tuple[str, ...]
    """The medicines of the option that it is about; empty when it is about all of it."""


class TracedOption(Struct, frozen=True):
    """An option, and the rules that speak of it for this person, the strongest first."""

    id: str
    name: str
    category: str
    status: Status
    guidelines: Verdict
    against: tuple[str, ...]
    """Guidelines that advise against it, where this gives the status."""
    rules: tuple[Effected, ...]


class TracedSign(Struct, frozen=True):
    """An urgent sign that the person has, or may have."""

    rule: str
    level: Level
    certain: bool
    told: bool
    """Whether an answer points to it; else nobody asked about it."""
    action: str


class Trace(Struct, frozen=True):
    """All of it for one person."""

    painrules: Made
    engine: EngineName
    conditions: tuple[str, ...]
    answers: tuple[Matched, ...]
    """Every answer that something below rests on."""
    unsure: tuple[str, ...]
    """Questions that the person was asked and is not sure about: they are unknown too."""
    findings: tuple[TracedFinding, ...]
    """In their order of derivation."""
    rules: tuple[TracedRule, ...]
    """In the order in which the engine came to them."""
    urgent: tuple[TracedSign, ...]
    options: tuple[TracedOption, ...]

    def as_plain(self) -> dict[str, Any]:
        """The trace as plain data for JSON."""
        return as_mapping(self)

    def only(self, options: Iterable[str]) -> Trace:
        """The part of it that these options rest on, with the signs."""
        wanted = set(options)
        return _without_unused(replace(self, options=tuple(option for option in self.options if option.id in wanted)))


def trace(
    knowledge: KnowledgeBase, answers: Answers, engine: EngineName = "durable", *, possible_signs: bool = False
) -> Trace:
    """Trace every option of a person, and the signs that they told of. Raises EngineMissingError.

    `possible_signs`: also those that nobody asked about.
    """
    conclusions = consult(knowledge, answers, engine)
    sheet = sheet_of(knowledge, answers, conclusions, look_ahead=False)
    told = {sign.id for sign in signs_told(knowledge, sheet)}
    findings = {v: dict(_derived(knowledge, conclusions, v)) for v in _findings(knowledge)}
    behind = {id: rule for derived in findings.values() for id, rule in derived.items()}
    order = dict.fromkeys((*conclusions.fired, *conclusions.rules, *behind))
    rules = {id: _rule(conclusions, knowledge.rules[id]) for id in conclusions.rules}
    whole = Trace(
        painrules=sheet.painrules,
        engine=engine,
        conditions=sheet.conditions,
        answers=tuple(_matched(conclusions, v) for v in sorted(conclusions.facts) if question_of(v) != "finding"),
        unsure=tuple(sorted(answers.unsure)),
        findings=tuple(
            TracedFinding(
                item_of(v), knowledge.findings[item_of(v)], str(conclusions.facts[v] or "unknown"), tuple(own)
            )
            for v, own in findings.items()
        ),
        rules=tuple({**behind, **rules}[id] for id in order),
        urgent=tuple(
            TracedSign(sign.id, sign.level, sign.certain, sign.id in told, sign.action)
            for sign in sheet.urgent
            if sign.id in told or possible_signs
        ),
        options=tuple(_option(knowledge, conclusions, option) for option in sheet.options),
    )
    return _without_unused(whole)


def _findings(knowledge: KnowledgeBase) -> list[str]:
    return [f"finding:{id}" for id in knowledge.finding_rules]


def _derived(knowledge: KnowledgeBase, conclusions: Conclusions, finding: str) -> Iterator[tuple[str, TracedRule]]:
    for rule, facts in derivations(knowledge, conclusions, finding):
        yield rule.id, _rule(conclusions, rule, facts)


def _rule(conclusions: Conclusions, rule: Rule, facts: Iterable[str] | None = None) -> TracedRule:
    conclusion = conclusions.rules.get(rule.id)
    holds: Holds = "impossible" if conclusion is None else "certain" if conclusion.certain else "possible"
    matched = facts if facts is not None else conclusion.matched if conclusion is not None else ()
    return TracedRule(
        id=rule.id,
        effect=rule.effect,
        holds=holds,
        facts=tuple(_matched(conclusions, variable) for variable in sorted(matched)),
        finding=rule.finding,
        text=rule.entry.because,
        sources=rule.entry.sources,
    )


def _matched(conclusions: Conclusions, variable: str) -> Matched:
    because = because_of(conclusions.facts, variable)
    return Matched(variable, because.question, because.answer)


def _option(knowledge: KnowledgeBase, conclusions: Conclusions, option: Option) -> TracedOption:
    medicines = {reason.rule: reason.medicines for reason in option.reasons}
    speaking = [rule.id for rule in knowledge.rules_of_modality.get(option.id, ()) if rule.id in conclusions.rules]
    effects = []
    for id in dict.fromkeys((*medicines, *speaking)):  # reasons come first, the strongest at the top
        rule = knowledge.rules[id]
        status = status_given(rule, option.id, conclusions.rules[id].certain or None)
        decides = rule.effect in CERTAIN_STATUS and status == option.status
        effects.append(Effected(id, status, decides, medicines.get(id, ())))
    against = [said.source for said in option.evidence if said.direction == "against"]
    guidelines = [id for id in against if knowledge.sources[id].kind in GUIDELINE_KINDS]
    return TracedOption(
        id=option.id,
        name=option.name,
        category=option.category,
        status=option.status,
        guidelines=option.guidelines,
        against=tuple(sorted(set(guidelines))) if option.status == "advised_against" else (),
        rules=tuple(sorted(effects, key=lambda effected: not effected.decides)),
    )


def _without_unused(whole: Trace) -> Trace:
    """The same without the answers, findings and rules that no option and no sign rests on."""
    rules = {rule.id: rule for rule in whole.rules}
    findings = {finding.id: finding for finding in whole.findings}
    used = dict.fromkeys(sign.rule for sign in whole.urgent)
    used |= dict.fromkeys(effected.rule for option in whole.options for effected in option.rules)
    waiting, variables = list(used), set[str]()
    while waiting:
        for fact in rules[waiting.pop()].facts:
            variables.add(fact.variable)
            if fact.question == "finding":
                new = [id for id in findings[item_of(fact.variable)].rules if id not in used]
                used |= dict.fromkeys(new)
                waiting += new
    answers = tuple(fact for fact in whole.answers if fact.variable in variables)
    return replace(
        whole,
        answers=answers,
        unsure=tuple(id for id in whole.unsure if any(fact.question == id for fact in answers)),
        findings=tuple(finding for finding in whole.findings if f"finding:{finding.id}" in variables),
        rules=tuple(rule for rule in whole.rules if rule.id in used),
    )
