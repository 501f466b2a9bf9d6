"""What other answers would change, as a page: each option now and then, side by side, with the reasons that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from painrules.knowledge import KnowledgeBase
from painrules.sheet import Reason, Urgent
from painrules.surfaces.blocks import Alarm, Block, Entry, Heading, Notes, Paragraph, SideBySide, made_with
from painrules.surfaces.sheet_page import alarm, answer_words, reason_line, sign_text
from painrules.what_if import AnswerChange, OptionChange, WhatIf

MOST_NAMES = 3


def what_if_page(knowledge: KnowledgeBase, found: WhatIf) -> Iterator[Block]:
    """The blocks of the page: signs that are there first, then other answers and what they would change."""
    words, notes = knowledge.wording, Notes(knowledge)
    yield Heading(words["what_if.title"], 1)
    for sign in found.urgent:
        yield alarm(knowledge, sign, notes)
    yield Paragraph(words["what_if.purpose"])
    if not found.answers:
        yield Paragraph(words["what_if.same_answers"])
        yield made_with(knowledge)
        return
    for change in found.answers:
        yield _answers(knowledge, change)
    yield from _signs(knowledge, found.signs_appear, "what_if.signs_appear", notes)
    yield from _signs(knowledge, found.signs_go, "what_if.signs_go", notes)
    if found.options:
        yield Heading(words["what_if.options_heading"])
        yield from (_option(knowledge, change, notes) for change in found.options)
    else:
        yield Paragraph(words["what_if.no_option"])
    if found.fits:
        yield Heading(words["what_if.fits_heading"])
    for marks in dict.fromkeys((fit.before, fit.after) for fit in found.fits):
        names = "; ".join(fit.name for fit in found.fits if (fit.before, fit.after) == marks)
        yield Entry(names, tag=f"{words[marks[0]]} -> {words[marks[1]]}")
    if found.other_reasons:
        names = ", ".join(knowledge.modalities[id].name for id in found.other_reasons[:MOST_NAMES])
        rest = len(found.other_reasons) - MOST_NAMES
        names += f" {words['and_more'].format(count=rest)}" if rest > 0 else ""
        yield Paragraph(words["what_if.other_reasons"].format(count=len(found.other_reasons), names=names))
    yield Paragraph(words["what_if.unchanged"].format(count=found.unchanged), "quiet")
    yield from notes.blocks()
    yield made_with(knowledge)


def _answers(knowledge: KnowledgeBase, change: AnswerChange) -> SideBySide:
    words = knowledge.wording
    question = knowledge.questions[change.question]
    names = (words["what_if.answer_before"], words["what_if.answer_after"])
    return SideBySide(question.ask, names, (given_words(knowledge, change, 0), given_words(knowledge, change, 1)))


def given_words(knowledge: KnowledgeBase, change: AnswerChange, side: int) -> tuple[str, ...]:
    """The answer of one side in words: 0 before, 1 after."""
    words = knowledge.wording
    said = {value.id: value.say for value in knowledge.questions[change.question].values}
    given = (change.before, change.after)[side]
    known = {"unknown": words["not_answered"], "unsure": words["unsure"], **said}
    return tuple(known.get(word) or answer_words(knowledge, change.question, word) for word in given)


def _signs(knowledge: KnowledgeBase, signs: Sequence[Urgent], heading: str, notes: Notes) -> Iterator[Block]:
    words = knowledge.wording
    if signs:
        yield Heading(words[heading])
    for sign in signs:
        lines = (f"{sign_text(knowledge, sign)}{notes.mark(sign.sources)}", sign.action)
        if heading.endswith("appear") and sign.certain:
            yield Alarm(words[f"level.{sign.level}"], lines)
        else:
            yield Entry(lines[0], tag=words[f"level.{sign.level}"], details=lines[1:])


def _option(knowledge: KnowledgeBase, change: OptionChange, notes: Notes) -> SideBySide:
    words = knowledge.wording
    names = (
        f"{words['what_if.now']}: {words[f'status.{change.before}']}",
        f"{words['what_if.then']}: {words[f'status.{change.after}']}",
    )
    texts = tuple(
        _reasons(knowledge, reasons, notes)
        for reasons in (change.no_longer or change.rests_on, change.now or change.rests_on)
    )
    return SideBySide(change.name, names, texts)


def _reasons(knowledge: KnowledgeBase, reasons: Sequence[Reason], notes: Notes) -> tuple[str, ...]:
    if not reasons:
        return (knowledge.wording["what_if.no_reason_left"],)
    return tuple(reason_line(knowledge, reason, notes) for reason in reasons)
