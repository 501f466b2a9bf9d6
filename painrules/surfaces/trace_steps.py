"""A trace step by step, for a classroom: signs, answers, findings, rules as they fired, the status of each option."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from painrules.expressions import question_of
from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import Block, Entry, Heading, Paragraph, language_lines
from painrules.surfaces.sheet_page import SYMBOLS, lead_of, short_name
from painrules.surfaces.trace_page import FOLLOWS, KNOWN, SIGN, UNKNOWN, TraceWords
from painrules.trace import Matched, Trace, TracedFinding, TracedOption, TracedRule, TracedSign

MOST_AT_ONCE = 6
"""Things in one step: what fits on a screen, or on the wall of a classroom."""


class Step(Struct, frozen=True):
    """What happens, in a sentence, and to what."""

    what: str
    sentence: str
    entries: tuple[Entry, ...]


def steps(knowledge: KnowledgeBase, trace: Trace, *, all_rules: bool) -> list[Step]:
    """All steps in order, a long one as several; `all_rules`: also each rule that only may hold."""
    words, told = knowledge.wording, _Told(TraceWords(knowledge, trace))
    fired = [rule for rule in trace.rules if rule.holds != "impossible" and rule.finding is None]
    shown = [(place, rule) for place, rule in enumerate(fired, 1) if all_rules or rule.holds == "certain"]
    rest = len(fired) - len(shown)
    sentences = [words["trace.step.rules" if fired else "trace.step.no_rules"]]
    sentences += [words["trace.step.more_rules"].format(count=rest)] if rest else []
    stages = []
    if trace.urgent:
        stages.append((words["trace.urgent"], words["trace.step.signs"], tuple(map(told.sign, trace.urgent))))
    stages += [
        (words["trace.answers"], words["trace.step.answers"], told.answers()),
        (
            words["trace.findings"],
            words["trace.step.findings" if trace.findings else "trace.step.no_findings"],
            tuple(map(told.finding, trace.findings)),
        ),
        (words["trace.rules"], " ".join(sentences), tuple(told.rule(rule, place) for place, rule in shown)),
    ]
    if trace.options:
        stages.append((words["trace.option"], words["trace.step.statuses"], tuple(map(told.option, trace.options))))
    return [step for stage in stages for step in _parts(knowledge, *stage)]


def step_page(knowledge: KnowledgeBase, step: Step, number: int, count: int) -> Iterator[Block]:
    """The blocks of one step."""
    yield Heading(knowledge.wording["trace.step"].format(number=number, count=count, what=step.what), 3)
    yield Paragraph(step.sentence)
    yield from step.entries
    yield from (Paragraph(line, "strong") for line in language_lines(knowledge) if number == 1)


def _parts(knowledge: KnowledgeBase, what: str, sentence: str, entries: Sequence[Entry]) -> Iterator[Step]:
    if len(entries) <= MOST_AT_ONCE:
        yield Step(what, sentence, tuple(entries))
        return
    for first in range(0, len(entries), MOST_AT_ONCE):
        part = tuple(entries[first : first + MOST_AT_ONCE])
        place = {"first": first + 1, "last": first + len(part), "all": len(entries)}
        yield Step(knowledge.wording["trace.part"].format(what=what, **place), sentence, part)


class _Told(Struct, frozen=True):
    """Entries for what a step is about."""

    words: TraceWords

    def answers(self) -> tuple[Entry, ...]:
        """The kinds of pain and the known answers, those to one question together; then what is not known."""
        words, asked = self.words.knowledge.wording, self.words.trace.unsure
        questions: dict[str, list[Matched]] = {}
        for fact in self.words.trace.answers:
            questions.setdefault(fact.question, []).append(fact)
        known = {id: [fact for fact in facts if fact.answer != "unknown"] for id, facts in questions.items()}
        told = [Entry(self.words.pains(), KNOWN)]
        told += [Entry(self.words.said(facts), KNOWN) for id, facts in known.items() if facts and id != "condition"]
        open_ = [id for id, facts in known.items() if not facts and id != "condition"]
        for why, ids in (
            ("unsure", [id for id in open_ if id in asked]),
            ("not_answered", [id for id in open_ if id not in asked]),
        ):
            told += (
                [Entry(f"{words[why]}: {', '.join(short_name(self.words.knowledge, id) for id in ids)}", UNKNOWN)]
                if ids
                else []
            )
        return tuple(told)

    def finding(self, finding: TracedFinding) -> Entry:
        """A finding, and the rules and facts that settle it."""
        words = self.words.knowledge.wording
        unknown = finding.answer == "unknown"
        return Entry(
            finding.name,
            UNKNOWN if unknown else FOLLOWS,
            self.words.finding_answer(finding),
            details=tuple(
                f"{id} {words[f'trace.holds.{self.words.rule(id).holds}']}: {self.facts(self.words.rule(id))}"
                for id in finding.rules
            ),
        )

    def rule(self, rule: TracedRule, place: int) -> Entry:
        """A rule that fired, and the facts that it matched."""
        return Entry(
            rule.id,
            f"{place}.",
            self.words.rule_tag(rule, "", decides=False),
            details=tuple(filter(None, (self.facts(rule), rule.text))),
        )

    def facts(self, rule: TracedRule) -> str:
        """The facts of a rule on one line."""
        questions: dict[str, list[Matched]] = {}
        for fact in rule.facts:
            own = fact.variable if question_of(fact.variable) == "finding" else fact.question
            questions.setdefault(own, []).append(fact)
        return "; ".join(map(self.words.fact_words, questions.values()))

    def sign(self, sign: TracedSign) -> Entry:
        """An urgent sign."""
        rule = self.words.rule(sign.rule)
        words = self.words.knowledge.wording
        tag = words["trace.signs_held" if sign.certain else "trace.signs_open"]
        text = lead_of(self.words.knowledge, certain=sign.certain or not sign.told) + rule.text
        details = (words[f"level.{sign.level}"], text, sign.action)
        return Entry(rule.id, SIGN if sign.certain else UNKNOWN, tag, details=details)

    def option(self, option: TracedOption) -> Entry:
        """An option with the status that is now settled, and what settles it."""
        deciding = [effected.rule for effected in option.rules if effected.decides]
        more = self.words.knowledge.wording["trace.first_of"] if len(deciding) > 1 else "{rule}"
        by = [more.format(rule=deciding[0], count=len(deciding))] if deciding else []
        tag = self.words.status(option.status)
        return Entry(option.name, SYMBOLS[option.status], tag, option.status, (self.words.decision(option), *by))
