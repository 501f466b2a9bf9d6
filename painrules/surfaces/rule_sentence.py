"""A rule as one sentence, made from the expression that the engines evaluate; and a page about a rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec import Struct

from painrules.expressions import All, Any, Between, Expression, Not, OneOf, item_of, question_of, variables
from painrules.knowledge import KnowledgeBase, Rule
from painrules.surfaces.blocks import Block, Entry, Heading, Notes, Paragraph
from painrules.surfaces.sheet_page import answer_words, short_name


def rule_sentence(knowledge: KnowledgeBase, rule: Rule) -> str:
    """What a rule says, in one sentence."""
    words, speaker = knowledge.wording, _Speaker(knowledge)
    whole = rule.when
    when = speaker.said(whole)
    if rule.entry.unless and isinstance(whole, All):  # the form that `language.folded` gives to a rule with exceptions
        exceptions = [speaker.grouped(part.part if isinstance(part, Not) else Not(part)) for part in whole.parts[1:]]
        joined = f" {words['explain.or']} ".join(exceptions)
        when = words["explain.unless"].format(when=speaker.said(whole.parts[0]), exception=joined)
    if rule.finding is not None:
        return words["explain.finding"].format(about=knowledge.findings[rule.finding], when=when)
    if rule.entry.level is not None:
        return words["explain.sign"].format(effect=words[f"level.{rule.entry.level}"], when=when)
    effect = words[rule.entry.fit] if rule.entry.fit else words[f"effect.{rule.effect}"]
    about = ", ".join(targets(knowledge, rule))
    return words["explain.option"].format(about=about, effect=effect[0].lower() + effect[1:], when=when)


def targets(knowledge: KnowledgeBase, rule: Rule) -> list[str]:
    """The names of what a rule applies to, as its author wrote it."""
    target = rule.entry.applies_to
    if target is None:
        return []
    medicines = {medicine.id: medicine.name for one in knowledge.modalities.values() for medicine in one.medicines}
    return [
        *(knowledge.categories[id].name for id in _each(target.category)),
        *(knowledge.classes[id].name for id in _each(target.class_)),
        *(knowledge.modalities[id].name for id in _each(target.modality)),
        *(medicines[id] for id in _each(target.medicine)),
    ]


def _each(ids: str | Sequence[str]) -> Sequence[str]:
    return (ids,) if isinstance(ids, str) else ids


class _Speaker(Struct, frozen=True):
    """Expressions in words."""

    knowledge: KnowledgeBase

    def said(self, expression: Expression) -> str:
        """All of an expression."""
        words = self.knowledge.wording
        if isinstance(expression, (OneOf, Between)):
            return self.test([expression], wanted=True)
        if isinstance(expression, Not):
            if isinstance(expression.part, OneOf):
                return self.test([expression.part], wanted=False)
            return words["explain.not"].format(part=self.grouped(expression.part))
        if not expression.parts:
            return words["explain.always" if isinstance(expression, All) else "explain.never"]
        parts = self.any_of(expression.parts) if isinstance(expression, Any) else map(self.grouped, expression.parts)
        joint = words["explain.and" if isinstance(expression, All) else "explain.or"]
        return f", {joint} ".join(parts)

    def grouped(self, expression: Expression) -> str:
        """The same, in brackets where it would run into what stands around it."""
        said = self.said(expression)
        several = isinstance(expression, (All, Any)) and len(expression.parts) > 1
        return f"({said})" if several and not self.one_question(expression) else said

    def one_question(self, expression: Expression) -> bool:
        """Whether it is any of several items of one question, which is said in one breath."""
        return isinstance(expression, Any) and len(list(self.any_of(expression.parts))) == 1

    def any_of(self, parts: Sequence[Expression]) -> Iterator[str]:
        """Alternatives, those that are items of one question together."""
        items: dict[str, list[OneOf | Between]] = {}
        for number, part in enumerate(parts):
            many = isinstance(part, OneOf) and item_of(part.variable) and question_of(part.variable) != "finding"
            if isinstance(part, OneOf) and many:
                items.setdefault(question_of(part.variable), []).append(part)
            elif isinstance(part, (OneOf, Between)):
                items[str(number)] = [part]
            else:
                items[str(number)] = []
        for key, tests in items.items():
            yield self.test(tests, wanted=True) if tests else self.grouped(parts[int(key)])

    def test(self, tests: Sequence[OneOf | Between], *, wanted: bool) -> str:
        """One test, or any of several items of one question."""
        words, first = self.knowledge.wording, tests[0]
        question, item = question_of(first.variable), item_of(first.variable)
        if isinstance(first, Between):
            limits = [
                words[f"explain.{name}"].format(limit=answer_words(self.knowledge, question, f"{limit:g}"))
                for name, limit in (("at_least", first.at_least), ("below", first.below))
                if limit is not None
            ]
            values = f" {words['explain.and']} ".join(limits)
            return words["explain.is"].format(name=_quoted(short_name(self.knowledge, question)), values=values)
        if item and "yes" not in first.values:
            wanted = not wanted
        if question == "finding":
            return self.is_true(self.knowledge.findings[item], wanted)
        if not item and self.knowledge.questions[question].kind == "yes_no":
            return self.is_true(self.knowledge.questions[question].ask.rstrip("."), wanted is ("yes" in first.values))
        items = [item_of(test.variable) for test in tests] if item else self.in_order(question, first)
        if question == "condition":
            names = [self.knowledge.conditions[id].name for id in items]
            return words["explain.pain" if wanted else "explain.not_pain"].format(values=self.either(names))
        values = self.either([answer_words(self.knowledge, question, id) for id in items])
        verb = "includes" if item else "is"
        return words[f"explain.{verb}{'' if wanted else '_not'}"].format(
            name=_quoted(short_name(self.knowledge, question)), values=values
        )

    def in_order(self, question: str, test: OneOf) -> list[str]:
        """The values of a test in the order of the question."""
        return [answer for answer in self.knowledge.questions[question].answers if answer in test.values]

    def is_true(self, name: str, wanted: bool) -> str:
        """A statement that is true or not."""
        return self.knowledge.wording["explain.true" if wanted else "explain.not_true"].format(name=name)

    def either(self, names: Sequence[str]) -> str:
        """One of some names."""
        return f" {self.knowledge.wording['explain.or']} ".join(map(_quoted, names))


def _quoted(name: str) -> str:
    return f'"{name}"'


# --- the page --------------------------------------------------------------------------------------------------------


def findings_of(knowledge: KnowledgeBase, rule: Rule) -> list[Rule]:
    """The rules of the findings that a rule uses, and of those that these use."""
    found: dict[str, Rule] = {}
    waiting = [rule]
    while waiting:
        for variable in sorted(variables(waiting.pop().when)):
            if question_of(variable) == "finding":
                new = [one for one in knowledge.finding_rules[item_of(variable)] if one.id not in found]
                found |= {one.id: one for one in new}
                waiting += new
    return list(found.values())


def rule_page(knowledge: KnowledgeBase, rule: Rule) -> Iterator[Block]:
    """The blocks of a page about one rule."""
    words, notes, entry = knowledge.wording, Notes(knowledge), rule.entry
    yield Heading(rule.id, 1)
    yield Paragraph(rule_sentence(knowledge, rule), "strong")
    reported = f" ({words['reported_by']})" if entry.reported_by else ""
    for lead, text in (
        (words["explain.reason"], entry.because and f"{entry.because}{notes.mark(entry.sources, entry.reported_by)}"),
        (words["explain.ask"], entry.ask),
        ("", entry.action),
        (words["explain.speaks_of"], "; ".join(sorted(knowledge.modalities[id].name for id in rule.modalities))),
        (words["explain.place"], entry.place and f"{entry.place}{reported}"),
        (words["explain.file"], knowledge.files.get(rule.id, "")),
    ):
        if text:
            yield Paragraph(f"{lead} {text}".strip())
    if entry.unless:
        yield Heading(words["explain.exceptions"])
        for exception in entry.unless:
            yield Entry(f"{exception.id}: {exception.because}{notes.mark(exception.sources)}".rstrip(": "))
    if uses := findings_of(knowledge, rule):
        yield Heading(words["explain.uses"])
        yield from (Entry(f"{rule_sentence(knowledge, one)} ({one.id})") for one in uses)
    yield from notes.blocks()
