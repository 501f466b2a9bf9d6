"""Teaching cases as pages: the list of all, and one with its story, what to learn, and what the person's page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from painrules.alternatives import Status
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Option, Sheet
from painrules.surfaces.blocks import Block, Entry, Heading, Notes, Paragraph, about_the_content, made_from
from painrules.surfaces.sheet_page import SYMBOLS, reason_line, strongest, urgent_signs
from painrules.surfaces.take_along import answers_given, joined, screens_of, signs_denied, tried_and_wished
from painrules.teaching import TeachingCase, differences, groups_of, shown_in

ORDER: tuple[Status, ...] = ("held_back", "check_first", "with_care", "option", "advised_against")
"""What depends on the person most comes first; what guidelines advise against does not depend on the person."""

MOST_UNSURE_NAMED = 5


def case_list(knowledge: KnowledgeBase, cases: Sequence[TeachingCase]) -> Iterator[Block]:
    """The cases by group of pain, each under the first it belongs to."""
    words = knowledge.wording
    yield Heading(words["case.list_title"], 1)
    yield Paragraph(words["case.made_up_all"])
    if not cases:
        yield Paragraph(words["case.none_found"])
    for condition in knowledge.conditions.values():
        own = [case for case in cases if groups_of(knowledge, case)[0] == condition.id]
        if own:
            yield Heading(condition.name)
        for case in own:
            names = "; ".join(knowledge.conditions[id].name for id in case.person.conditions)
            yield Entry(case.title, tag=words["case.own"] if case.own else "", details=(f"{case.id}: {names}",))


def case_page(knowledge: KnowledgeBase, case: TeachingCase, sheet: Sheet, *, answers: bool) -> Iterator[Block]:
    """One case. `answers`: with what belongs into a good answer to each point."""
    words, notes = knowledge.wording, Notes(knowledge)
    yield Heading(case.title, 1)
    yield Paragraph(f"{words['case.made_up']} {words['for']} {_names(knowledge, sheet)}", "strong")
    yield Paragraph(f"{case.story}{notes.mark(case.sources)}")
    if case.sheet is not None and differences(case, shown_in(sheet)):
        yield Paragraph(words["case.changed"], "strong")
    if case.goals:
        yield Heading(words["case.goals"])
    yield from map(Entry, case.goals)
    if case.discuss:
        yield Heading(words["case.discuss"])
    for number, point in enumerate(case.discuss, 1):
        yield Entry(point.ask, f"{number}.", details=point.think_of if answers else ())
    if case.discuss and not answers:
        yield Paragraph(words["case.answers_hidden"], "quiet")
    yield from _answers(knowledge, case, sheet)
    yield Heading(words["case.sheet"])
    yield Paragraph(words["case.sheet_speaks"], "quiet")
    yield from urgent_signs(knowledge, sheet)
    yield Heading(words["options_heading"])
    for status in ORDER:
        yield from _with_status(knowledge, status, [o for o in sheet.options if o.status == status], notes)
    yield from notes.short_blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_from(knowledge, sheet.painrules)


def _names(knowledge: KnowledgeBase, sheet: Sheet) -> str:
    return ", ".join(knowledge.conditions[condition].name for condition in sheet.conditions)


def _answers(knowledge: KnowledgeBase, case: TeachingCase, sheet: Sheet) -> Iterator[Block]:
    words, person = knowledge.wording, case.person
    yield Heading(words["case.person"])
    told, said_no = answers_given(knowledge, person)
    for question, said in told:
        yield Entry(question.ask, tag=said)
    signs = sum(question.urgent == "yes" for question in said_no)
    others = [question for question in said_no if question.urgent != "yes"]
    if others:
        yield Paragraph(words["said_no_more"].format(count=len(others), screens=screens_of(knowledge, others)))
    if signs:
        yield Paragraph(signs_denied(knowledge, person, sheet, signs))
    unsure = [question for question in knowledge.questions.values() if question.id in person.unsure]
    if len(unsure) > MOST_UNSURE_NAMED:
        yield Paragraph(words["not_sure_of"].format(count=len(unsure), screens=screens_of(knowledge, unsure)))
    elif unsure:
        yield Paragraph(f"{words['not_sure']} {joined(question.ask for question in unsure)}")
    if not (told or said_no or unsure):
        yield Paragraph(words["nothing_told"])
    yield from tried_and_wished(knowledge, person)


def _with_status(knowledge: KnowledgeBase, status: Status, options: Iterable[Option], notes: Notes) -> Iterator[Block]:
    """The options of one status; those that have it for the same reason stand together, most of them first."""
    words = knowledge.wording
    names: dict[tuple[str, ...], list[str]] = {}
    for option in options:
        reasons = strongest(option) if status not in ("option", "advised_against") else ()
        names.setdefault(tuple(reason_line(knowledge, reason, notes) for reason in reasons), []).append(option.name)
    if names:
        yield Heading(f"{words[f'status.{status}'].capitalize()} ({sum(map(len, names.values()))})", 3)
        yield Paragraph(words[f"status_means.{status}"], "quiet")
    for lines, alike in sorted(names.items(), key=lambda entry: -len(entry[1])):
        yield Entry("; ".join(alike), SYMBOLS[status], status=status, details=lines)
