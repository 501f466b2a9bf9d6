"""A trace as a page: for each option a tree from its status back over rules and findings to the answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from painrules.entries import Level
from painrules.expressions import item_of, question_of
from painrules.knowledge import KnowledgeBase
from painrules.sheet import LEVELS, Because
from painrules.surfaces.blocks import (
    Alarm,
    Block,
    Branch,
    Derivation,
    Heading,
    Paragraph,
    about_the_content,
    language_lines,
    made_from,
)
from painrules.surfaces.derivation_picture import svg
from painrules.surfaces.sheet_page import SYMBOLS, lead_of, said_text, short_name, with_medicines
from painrules.trace import Effected, Matched, Trace, TracedFinding, TracedOption, TracedRule

FEW = 3
"""Rules shown of each option where the options were not named."""
KNOWN, UNKNOWN, FOLLOWS, SIGN = "=", "?", "*", "!"


def trace_page(knowledge: KnowledgeBase, name: str, trace: Trace, *, all_rules: bool) -> Iterator[Block]:
    """The blocks of the page: signs first, then options by category; `all_rules`: also those that change nothing."""
    words, tree = knowledge.wording, TraceWords(knowledge, trace)
    yield Heading(words["trace.title"].format(name=name), 1)
    yield Paragraph(f"{words['for']} {tree.pains()}", "strong")
    yield from tree.alarms()
    yield Paragraph(words["trace.purpose"])
    yield Paragraph(words["trace.symbols"], "quiet")
    if trace.urgent:
        yield Heading(words["trace.urgent"])
    yield from tree.signs()
    if not trace.options:
        yield Paragraph(words["trace.no_options"])
    for category in knowledge.categories.values():
        options = [option for option in trace.options if option.category == category.id]
        if options:
            yield Heading(category.name)
            yield from (tree.option(option, None if all_rules else FEW) for option in options)
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_from(knowledge, trace.painrules)


def trace_picture(knowledge: KnowledgeBase, name: str, trace: Trace, *, all_rules: bool) -> str:
    """The trees of the page as a picture (SVG), those of signs before every word."""
    words, signs = knowledge.wording, list(TraceWords(knowledge, trace).signs())
    blocks = trace_page(knowledge, name, trace, all_rules=all_rules)
    options = [block for block in blocks if isinstance(block, Derivation) and block not in signs]
    says = " ".join((*language_lines(knowledge), words["trace.purpose"], words["trace.symbols"]))
    return svg(words["trace.title"].format(name=name), says, signs, options)


class TraceWords(Struct, frozen=True):
    """A trace in words."""

    knowledge: KnowledgeBase
    trace: Trace

    # --- trees -------------------------------------------------------------------------------------------------------

    def option(self, option: TracedOption, most: int | None) -> Derivation:
        """An option: its status, and at most so many of its rules."""
        shown = option.rules[:most]
        children = [self._guidelines(option)] if option.against else []
        children += [self._effected(effected) for effected in shown]
        if rest := len(option.rules) - len(shown):
            text = self.knowledge.wording["trace.more"].format(count=rest, id=option.id)
            children.append(Branch("more", "", text))
        root = Branch(
            "status",
            self.knowledge.wording["trace.status"],
            option.name,
            self.status(option.status),
            SYMBOLS[option.status],
            (self.decision(option),),
            option.status,
            children=tuple(children),
        )
        return self._derivation(root)

    def alarms(self) -> Iterator[Alarm]:
        """The signs that the person told of."""
        for sign in self.trace.urgent:
            if sign.told:
                text = lead_of(self.knowledge, certain=sign.certain) + self.rule(sign.rule).text
                yield Alarm(self.knowledge.wording[f"level.{sign.level}"], (text, sign.action))

    def signs(self) -> Iterator[Derivation]:
        """The urgent signs, those of each level together, certain ones apart from possible ones."""
        for certain, told in ((True, True), (False, True), (False, False)):
            for level in LEVELS:
                kind = (level, certain, told)
                ids = [sign.rule for sign in self.trace.urgent if (sign.level, sign.certain, sign.told) == kind]
                if ids:
                    yield self._derivation(self._level(level, certain, told, ids))

    def _level(self, level: Level, certain: bool, told: bool, ids: Iterable[str]) -> Branch:
        words = self.knowledge.wording
        symbol = SIGN if certain else UNKNOWN
        lead = lead_of(self.knowledge, certain=certain or not told)
        return Branch(
            "status",
            words["trace.status"],
            words[f"level.{level}"],
            words["trace.signs_held" if certain else "trace.signs_open"],
            symbol,
            status="held_back" if certain else "check_first",
            sure=certain,
            children=tuple(self._rule(self.rule(id), symbol, lead=lead, decides=certain) for id in ids),
        )

    def _derivation(self, root: Branch) -> Derivation:
        words = self.knowledge.wording
        heads = (words["trace.answers"], words["trace.findings"], words["trace.rules"], words["trace.status"])
        return Derivation(heads, root, words["trace.picture"].format(name=root.text, status=root.tag))

    def _effected(self, effected: Effected) -> Branch:
        rule = self.rule(effected.rule)
        symbol = SYMBOLS[effected.status]
        return self._rule(rule, symbol, effected.status, effected.medicines, decides=effected.decides)

    def _rule(
        self,
        rule: TracedRule,
        symbol: str,
        status: str = "",
        medicines: Sequence[str] = (),
        *,
        decides: bool,
        lead: str = "",
    ) -> Branch:
        words = self.knowledge.wording
        text = lead + with_medicines(self.knowledge, rule.text, medicines)
        if fit := self.knowledge.rules[rule.id].entry.fit:
            text = f"{words[fit].capitalize()}."
        return Branch(
            "rule",
            words["trace.rule"],
            rule.id,
            self.rule_tag(rule, status, decides=decides),
            symbol,
            tuple(filter(None, (text, self.knowledge.rules[rule.id].entry.action))),
            status,
            rule.holds != "possible",
            decides,
            self._facts(rule.facts),
        )

    def _guidelines(self, option: TracedOption) -> Branch:
        """What guidelines say, where that gives the status: they speak of the kind of pain."""
        words, knowledge = self.knowledge.wording, self.knowledge
        pains = tuple(
            Branch("answer", words["trace.answer"], knowledge.conditions[id].name, symbol=KNOWN)
            for id in self.trace.conditions
        )
        return Branch(
            "rule",
            words["trace.rule"],
            words["trace.guidelines"],
            self.tags(words[f"guidelines.{option.guidelines}"], words["trace.decides"]),
            SYMBOLS[option.status],
            (", ".join(dict.fromkeys(knowledge.sources[id].body for id in option.against)),),
            option.status,
            decides=True,
            children=pains,
        )

    def _facts(self, facts: Iterable[Matched]) -> tuple[Branch, ...]:
        """Findings with what they follow from, and answers, those to one question together."""
        findings, answers = list[Branch](), dict[str, list[Matched]]()
        for fact in facts:
            if question_of(fact.variable) == "finding":
                findings.append(self._finding(item_of(fact.variable)))
            else:
                answers.setdefault(fact.question, []).append(fact)
        return (*(self._answer(question, given) for question, given in answers.items()), *findings)

    def _answer(self, question: str, given: Iterable[Matched]) -> Branch:
        facts = tuple(given)
        unknown = all(fact.answer == "unknown" for fact in facts)
        symbol = UNKNOWN if unknown else KNOWN
        return Branch(
            "answer", self.knowledge.wording["trace.answer"], self.said(facts), symbol=symbol, sure=not unknown
        )

    def _finding(self, id: str) -> Branch:
        words, finding = self.knowledge.wording, self.finding(id)
        rules = [self.rule(rule) for rule in finding.rules]
        by = words["trace.by"].format(rules=", ".join(finding.rules))
        unknown = finding.answer == "unknown"
        facts = dict.fromkeys(fact for rule in rules for fact in rule.facts)
        return Branch(
            "finding",
            words["trace.finding"],
            finding.name,
            self.finding_answer(finding),
            UNKNOWN if unknown else FOLLOWS,
            (by,),
            sure=not unknown,
            children=self._facts(facts),
        )

    # --- words -------------------------------------------------------------------------------------------------------

    def rule(self, id: str) -> TracedRule:
        """A rule by its id."""
        return next(rule for rule in self.trace.rules if rule.id == id)

    def pains(self) -> str:
        """The kinds of pain that the person has."""
        return ", ".join(self.knowledge.conditions[id].name for id in self.trace.conditions)

    def status(self, status: str) -> str:
        """The name of a status."""
        return self.knowledge.wording[f"status.{status}"]

    def rule_tag(self, rule: TracedRule, status: str, *, decides: bool) -> str:
        """Whether a rule holds, what it leads to, and whether it decides."""
        words = self.knowledge.wording
        holds = words[f"trace.holds.{rule.holds}"]
        leads = self.status(status) if status and status != "option" else ""
        return self.tags(holds, leads, words["trace.decides"] if decides and status else "")

    def tags(self, *tags: str) -> str:
        """What is there of some tags."""
        return "; ".join(filter(None, tags))

    def fact_words(self, facts: Sequence[Matched]) -> str:
        """Facts of one question, or a finding, in words."""
        if question_of(facts[0].variable) != "finding":
            return self.said(facts)
        finding = self.finding(item_of(facts[0].variable))
        return f"{finding.name}: {self.finding_answer(finding)}"

    def finding(self, id: str) -> TracedFinding:
        """A finding by its id."""
        return next(finding for finding in self.trace.findings if finding.id == id)

    def finding_answer(self, finding: TracedFinding) -> str:
        """Whether it is so, in words."""
        return self.knowledge.wording["trace.not_known" if finding.answer == "unknown" else finding.answer]

    def said(self, facts: Iterable[Matched]) -> str:
        """Answers to one question in words."""
        facts = tuple(facts)
        question = facts[0].question
        if question == "condition":
            return ", ".join(dict.fromkeys(self._pain(fact) for fact in facts))
        if all(fact.answer == "unknown" for fact in facts):
            why = "unsure" if question in self.trace.unsure else "not_answered"
            return f"{short_name(self.knowledge, question)}: {self.knowledge.wording[why]}"
        told = dict.fromkeys(said_text(self.knowledge, Because(question, fact.answer)) for fact in facts)
        lead = f"{short_name(self.knowledge, question)}: "
        return lead + ", ".join(text.removeprefix(lead) for text in told)

    def _pain(self, fact: Matched) -> str:
        if fact.answer == "unknown":
            name = self.knowledge.conditions[item_of(fact.variable)].name.lower()
            return f"{name}: {self.knowledge.wording['not_answered']}"
        return said_text(self.knowledge, Because("condition", fact.answer))

    def decision(self, option: TracedOption) -> str:
        """Why the option has its status, in a sentence."""
        words = self.knowledge.wording
        if option.against:
            return words["status_means.advised_against"]
        deciding = [self.rule(effected.rule) for effected in option.rules if effected.decides]
        if not deciding:
            return words["status_means.option"]
        count = {"count": len(deciding)}
        if all(rule.holds == "possible" for rule in deciding):
            return words["trace.open_one" if len(deciding) == 1 else "trace.open"].format(**count)
        return words["trace.decided_one" if len(deciding) == 1 else "trace.decided"].format(**count)
