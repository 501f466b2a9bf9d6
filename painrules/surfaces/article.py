"""Pages to read: all about one condition or treatment, the guide to a visit, and the words explained."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from painrules.entries import CONDITION_ASPECTS, MODALITY_ASPECTS
from painrules.evidence import Statement, difference, verdict
from painrules.evidence import statements as statements_of
from painrules.knowledge import KnowledgeBase
from painrules.sheet import LEVELS, VERDICTS
from painrules.surfaces.blocks import (
    Block,
    Entry,
    Heading,
    Notes,
    Paragraph,
    about_the_content,
    checked_sentence,
    difference_sentence,
    frequency_lines,
    made_with,
)
from painrules.unanswered import asked_for

ABOUT_EVIDENCE = (1, 2, 3, 4, 5)
"""The lines on where the content comes from, as numbered in the wording."""


def about_condition(knowledge: KnowledgeBase, id: str) -> Iterator[Block]:
    """What a kind of pain is, its urgent signs, how it is found out, and which treatments there are to talk about."""
    words, condition, notes = knowledge.wording, knowledge.conditions[id], Notes(knowledge)
    yield Heading(condition.name, 1)
    if condition.also_called:
        yield Paragraph(f"{words['also_called']} {', '.join(condition.also_called)}.", "quiet")
    if condition.icd11:
        yield Paragraph(f"ICD-11 {condition.icd11}", "quiet")
    yield from _signs(knowledge, id, notes)
    yield from _aspects(knowledge, id, CONDITION_ASPECTS, notes)
    yield Heading(words["treatments_heading"])
    yield Paragraph(words["order"], "quiet")
    offered = statements_of(knowledge, [id])
    for category in knowledge.categories.values():
        own = [modality for modality in offered if knowledge.category_of(modality) == category.id]
        if own:
            yield Paragraph(f"{category.name}:", "strong")
            for verdict_ in VERDICTS:
                names = sorted(knowledge.modalities[m].name for m in own if verdict(knowledge, offered[m]) == verdict_)
                if names:
                    yield Entry(f"{'; '.join(names)}.", tag=words[f"guidelines.{verdict_}"])
    yield Paragraph(words["see_sheet"], "quiet")
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


def about_modality(knowledge: KnowledgeBase, id: str, found_as: str = "") -> Iterator[Block]:
    """What a treatment is, what it is like, who needs care with it, what guidelines say of it, and its medicines.

    `found_as`: the name by which the reader found it, such as a brand.
    """
    words, modality, notes = knowledge.wording, knowledge.modalities[id], Notes(knowledge)
    yield Heading(modality.name, 1)
    if modality.also_called:
        yield Paragraph(f"{words['also_called']} {', '.join(modality.also_called)}.", "quiet")
    if found_as and found_as not in (modality.name, *modality.also_called):
        yield Paragraph(words["found_as"].format(name=found_as))
    yield from _aspects(knowledge, id, MODALITY_ASPECTS, notes)
    counted = knowledge.frequencies_of.get(id, ())
    if counted:
        yield Heading(words["numbers_heading"])
        for frequency in counted:
            name = knowledge.conditions[frequency.condition].name
            lines = frequency_lines(knowledge, frequency)
            yield Entry(f"{name}: {lines[0]}{notes.mark([frequency.source], frequency.reported_by)}", details=lines[1:])
    yield from _hazards(knowledge, id, notes)
    yield Heading(words["guidelines_heading"])
    said = False
    for condition in knowledge.conditions.values():
        own = [r for r in knowledge.recommendations_of.get(condition.id, ()) if r.modality == id]
        current = [Statement(r, condition.id, "itself") for r in own if knowledge.is_current(r.source)]
        if current:
            said = True
            verdict_ = verdict(knowledge, current)
            differ = difference(knowledge, id, current)
            details = (difference_sentence(knowledge, differ),) if differ else ()
            yield Entry(condition.name, tag=words[f"guidelines.{verdict_}"], details=details)
    if not said:
        yield Paragraph(words["no_statement"])
    yield Paragraph(words["see_evidence"].format(id=id), "quiet")
    yield from _medicine_names(knowledge, id, notes)
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


def about_painrules(knowledge: KnowledgeBase) -> Iterator[Block]:
    """Who made this, who paid, where the content comes from, and what is not known about it."""
    words = knowledge.wording
    yield Heading(words["about.title"], 1)
    yield Paragraph(words["about.purpose"])
    yield Heading(words["about.makers"])
    yield Paragraph(words["made_by"])
    yield Paragraph(words["about.declared"])
    yield Heading(words["about.evidence"])
    yield Paragraph(checked_sentence(knowledge))
    for number in ABOUT_EVIDENCE:
        yield Entry(words[f"about.evidence.{number}"])


def visit_guide(knowledge: KnowledgeBase, chapters: Iterable[str]) -> Iterator[Block]:
    """The guide to a visit: who pain specialists are, what happens, and how to prepare."""
    words, notes = knowledge.wording, Notes(knowledge)
    yield Heading(words["visit_title"], 1)
    yield Paragraph(words["purpose"])
    for chapter in chapters:
        yield Heading(knowledge.chapters[chapter].title)
        for text in knowledge.visit.values():
            if text.chapter == chapter:
                where = f"{text.country}: " if text.country else ""
                yield Entry(f"{where}{text.text}{notes.mark(text.sources, text.reported_by)}")
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


def word_list(knowledge: KnowledgeBase, ids: Iterable[str]) -> Iterator[Block]:
    """Medical words and what they mean."""
    notes = Notes(knowledge)
    yield Heading(knowledge.wording["words_heading"], 1)
    for id in ids:
        word = knowledge.words[id]
        yield Entry(f"{word.word}: {word.means.rstrip('.')}.{notes.mark(word.sources, word.reported_by)}")
    yield from notes.blocks()


def _aspects(knowledge: KnowledgeBase, id: str, aspects: Iterable[str], notes: Notes) -> Iterator[Block]:
    for aspect in aspects:
        texts = knowledge.explained(id, aspect)
        if texts:
            yield Heading(knowledge.wording[f"aspect.{aspect}"])
            for text in texts:
                yield Paragraph(f"{text.text}{notes.mark(text.sources, text.reported_by)}")


def _medicine_names(knowledge: KnowledgeBase, modality: str, notes: Notes) -> Iterator[Block]:
    medicines = knowledge.medicine_names_of.get(modality, ())
    if medicines:
        yield Heading(knowledge.wording["medicine_names_heading"])
        yield Paragraph(knowledge.wording["medicine_names_differ"], "quiet")
    for medicine in medicines:
        also = f" ({', '.join(medicine.also)})" if medicine.also else ""
        brands = f": {', '.join(medicine.brands)}" if medicine.brands else ""
        note = f" {medicine.note}" if medicine.note else ""
        yield Entry(f"{medicine.name}{also}{brands}.{note}{notes.mark(medicine.sources)}")


def _signs(knowledge: KnowledgeBase, condition: str, notes: Notes) -> Iterator[Block]:
    words = knowledge.wording
    signs = [r for r in knowledge.rules.values() if r.effect == "urgent" and asked_for(knowledge, r, [condition])]
    if signs:
        yield Heading(words["urgent_unknown_heading"])
    for level in LEVELS:
        at_level = [rule for rule in signs if rule.entry.level == level]
        at_level.sort(key=lambda rule: "any" in rule.entry.ask_if)  # those of this pain first
        if at_level:
            yield Paragraph(f"{words[f'level.{level}']}:", "strong")
        for rule in at_level:
            mark = notes.mark(rule.entry.sources, rule.entry.reported_by)
            yield Entry(f"{rule.entry.action} {rule.entry.because}{mark}")


def _hazards(knowledge: KnowledgeBase, modality: str, notes: Notes) -> Iterator[Block]:
    words = knowledge.wording
    rules = sorted(knowledge.rules_of_modality.get(modality, ()), key=lambda rule: rule.id)
    if rules:
        yield Heading(words["hazards_heading"])
    for effect in ("hold", "check", "caution", "note"):
        own = [rule for rule in rules if rule.effect == effect]
        if own:
            yield Paragraph(f"{words[f'effect.{effect}']}:", "strong")
        for rule in own:
            yield Entry(f"{rule.entry.because}{notes.mark(rule.entry.sources, rule.entry.reported_by)}")
