"""The multimodal picture of one person as a page: categories as columns, then aims, then what stands apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from painrules.knowledge import KnowledgeBase
from painrules.multimodal import AIMS, Aim, Multimodal, Part
from painrules.surfaces.blocks import (
    Block,
    Board,
    Column,
    Entry,
    Heading,
    Notes,
    Paragraph,
    about_the_content,
    made_with,
)
from painrules.surfaces.sheet_page import SHOWN_PER_CATEGORY, SYMBOLS, alarm, reason_line

BESIDES_PAIN: tuple[Aim, ...] = ("sleep", "mood")


def multimodal_page(knowledge: KnowledgeBase, picture: Multimodal, *, everything: bool = False) -> Iterator[Block]:
    """The blocks of the page. Long columns are folded unless everything is wished for."""
    words, notes = knowledge.wording, Notes(knowledge)
    yield Heading(words["plan.title"], 1)
    names = ", ".join(knowledge.conditions[condition].name for condition in picture.conditions)
    yield Paragraph(f"{words['for']} {names}", "strong")
    for sign in picture.urgent:
        yield alarm(knowledge, sign, notes)
    if not picture.urgent:
        yield Paragraph(words["no_sign_named"])
    yield Paragraph(words["plan.purpose"])
    if not picture.columns:
        yield Paragraph(words["nothing_found"])
    elif picture.open:
        yield Heading(words["plan.options"])
        yield Paragraph(words["order"], "quiet")
        yield Board(tuple(columns(knowledge, picture, everything)))
        yield from _aims(knowledge, picture)
        yield from _sleep_and_mood(knowledge, picture, notes)
    yield from _apart(knowledge, picture, notes)
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


def columns(knowledge: KnowledgeBase, picture: Multimodal, everything: bool) -> Iterator[Column]:
    """The options of each category that do not stand apart."""
    for id, parts in picture.columns.items():
        open_ = [part for part in parts if not part.apart]
        shown = open_ if everything else first_parts(open_)
        rest = len(open_) - len(shown)
        more = knowledge.wording["and_more"].format(count=rest) if rest else ""
        if open_:
            yield Column(knowledge.categories[id].name, tuple(_entry(knowledge, part) for part in shown), more)


def first_parts(parts: Sequence[Part]) -> list[Part]:
    """The first options of a category and those that the person wants to talk about."""
    return [part for number, part in enumerate(parts) if number < SHOWN_PER_CATEGORY or part.option.talk_about]


def _entry(knowledge: KnowledgeBase, part: Part) -> Entry:
    words, option = knowledge.wording, part.option
    marks = [words[f"tried.{option.tried}"]] if option.tried else []
    marks += [words["talk_about"]] if option.talk_about else []
    details = (aims_words(knowledge, part), *(f"{mark.capitalize()}." for mark in marks))
    return Entry(option.name, SYMBOLS[option.status], words[f"status.{option.status}"], option.status, details)


def aims_words(knowledge: KnowledgeBase, part: Part) -> str:
    """What an option aims for, in words."""
    words = knowledge.wording
    aims = ", ".join(words[f"aim.{entry.aim}"] for entry in part.aims)
    return words["plan.aims"].format(aims=aims) if aims else words["plan.no_aim"]


def _aims(knowledge: KnowledgeBase, picture: Multimodal) -> Iterator[Block]:
    """For each aim how many options of which categories have it; that none has it is said too."""
    words = knowledge.wording
    yield Heading(words["plan.aims_heading"])
    yield Paragraph(words["plan.aims_from"], "quiet")
    for aim in AIMS:
        counts = {}
        for id, parts in picture.columns.items():
            having = [part for part in parts if not part.apart and any(entry.aim == aim for entry in part.aims)]
            counts[id] = len(having)
        told = "; ".join(f"{knowledge.categories[id].name} {count}" for id, count in counts.items() if count)
        yield Entry(f"{words[f'aim.{aim}'].capitalize()}: {told or words['plan.none']}")
    unknown = sum(not part.aims for part in picture.open)
    if unknown:
        yield Paragraph(words["plan.unknown"].format(count=unknown), "quiet")


def _sleep_and_mood(knowledge: KnowledgeBase, picture: Multimodal, notes: Notes) -> Iterator[Block]:
    """What the texts say of sleep and mood, as it is more than a word can tell."""
    words = knowledge.wording
    if not set(BESIDES_PAIN) <= set(picture.nothing_for):
        yield Heading(words["plan.sleep_and_mood"])
    for part in picture.open:
        aims = [entry for entry in part.aims if entry.aim in BESIDES_PAIN]
        if aims:
            names = ", ".join(words[f"aim.{entry.aim}"] for entry in aims)
            sources = tuple(dict.fromkeys(id for entry in aims for id in entry.sources))
            texts = [text for text in knowledge.explained(part.option.id, "how_it_may_help") if text.aims]
            yield Entry(
                part.option.name,
                tag=f"{names}{notes.mark(sources)}",
                details=tuple(f"{text.text}{notes.mark(text.sources, text.reported_by)}" for text in texts),
            )
    yield Paragraph(words["plan.silence"], "quiet")


def _apart(knowledge: KnowledgeBase, picture: Multimodal, notes: Notes) -> Iterator[Block]:
    words = knowledge.wording
    if picture.apart:
        yield Heading(words["plan.apart"])
    for part in held_back(picture):
        option = part.option
        tag, reasons = words[f"status.{option.status}"], part.reasons
        lines = tuple(reason_line(knowledge, reason, notes) for reason in reasons)
        yield Entry(option.name, SYMBOLS[option.status], tag, option.status, lines)
    names = [f"{part.option.name}{notes.mark(against(part))}" for part in advised_against(picture)]
    if names:
        yield Paragraph(f"{words['against_list']} {'; '.join(names)}.")


def held_back(picture: Multimodal) -> list[Part]:
    """Options that are usually avoided, each with a rule as its reason."""
    return [part for part in picture.apart if part.option.status == "held_back"]


def advised_against(picture: Multimodal) -> list[Part]:
    """Options that guidelines advise against."""
    return [part for part in picture.apart if part.option.status == "advised_against"]


def against(part: Part) -> tuple[str, ...]:
    """The sources that advise against an option."""
    return tuple(dict.fromkeys(said.source for said in part.option.evidence if said.direction == "against"))
