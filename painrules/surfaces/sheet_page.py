"""A sheet as a page.

Urgent signs come first. Each category shows what may be talked about, then what is usually avoided, then what is
advised against. A long category is folded, but an option that is shown always carries its strongest reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from painrules.alternatives import CERTAIN_STATUS
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase
from painrules.sheet import LEVELS, Because, Evidence, Option, Reason, Sheet, Urgent, unanswered_signs
from painrules.surfaces.blocks import (
    Alarm,
    Block,
    Entry,
    Heading,
    Notes,
    Paragraph,
    about_the_content,
    difference_sentence,
    frequency_lines,
    language_lines,
    made_from,
)

if TYPE_CHECKING:
    from painrules.diary import Diary

SHOWN_PER_CATEGORY = 6
MOST_QUESTIONS_NAMED = 3
MOST_OPTIONS_NAMED = 2
MOST_ALARMS = 3
"""Urgent signs that the person has, each in a box of its own; more of them share one for each level."""
SYMBOLS = {"option": "o", "with_care": "!", "check_first": "?", "held_back": "x", "advised_against": "-"}
FILLS = dict(zip(SYMBOLS, ("#d7eedd", "#fbe3a6", "#f2b65a", "#d98078", "#c795d0"), strict=True))
"""Of statuses in pictures, mildest first: dark ink on each of them reaches a contrast of 4.5:1."""


def page(
    knowledge: KnowledgeBase,
    sheet: Sheet,
    *,
    everything: bool = False,
    diary: Diary | None = None,
    unfold: str = "show_all",
) -> Iterator[Block]:
    """The blocks of a page. `everything` unfolds all options, reasons and sources; `unfold`: words on how to do it."""
    words = knowledge.wording
    yield Heading(words["title"], 1)
    names = ", ".join(knowledge.conditions[condition].name for condition in sheet.conditions)
    yield Paragraph(f"{words['for']} {names}", "strong")
    yield from urgent_signs(knowledge, sheet)
    yield from (Paragraph(line, "strong") for line in language_lines(knowledge))
    yield Paragraph(words["purpose"])
    if sheet.options:
        yield Paragraph(words["order"], "quiet")
    else:
        yield Paragraph(words["nothing_found"])
    for category in knowledge.categories.values():
        options = [option for option in sheet.options if option.category == category.id]
        if options:
            yield Heading(category.name)
            yield from _category(knowledge, options, everything)
    yield from _without_treatment(knowledge, sheet)
    if diary:
        from painrules.surfaces.diary_page import my_diary

        yield from my_diary(knowledge, diary)
    yield from questions_to_ask(knowledge, sheet)
    if sheet.next_questions:
        yield Heading(words["unknown_heading"])
        for question in sheet.next_questions:
            yield Entry(knowledge.questions[question].ask)
    if everything:
        yield Heading(words["sources_heading"], tone="quiet")
        for source in sheet.sources:
            yield Entry(f"{source.id}: {source.body}. {source.title}" + (f", {source.year}" if source.year else ""))
    elif sheet.options:
        yield Paragraph(words[unfold], "quiet")
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_from(knowledge, sheet.painrules)


# --- urgent signs --------------------------------------------------------------------------------------------------


def urgent_signs(knowledge: KnowledgeBase, sheet: Sheet) -> Iterator[Block]:
    """The urgent signs that the person has, then those that nobody asked about."""
    words = knowledge.wording
    certain = [sign for sign in sheet.urgent if sign.certain]
    if certain:
        yield Heading(words["urgent_heading"])
    if len(certain) <= MOST_ALARMS:
        for sign in certain:
            said = ", ".join(said_text(knowledge, because) for because in sign.because)
            lines = (sign.text, sign.action) + ((f"{words['because']}: {said}.",) if said else ())
            yield Alarm(words[f"level.{sign.level}"], lines)
    else:  # many boxes would bury the first: one for each level says the same
        for level in LEVELS:
            told = [sign for sign in certain if sign.level == level]
            lines = tuple(f"{' '.join(sign.text for sign in told if sign.action == action)} {action}"
                          for action in dict.fromkeys(sign.action for sign in told))  # fmt: skip
            if told:
                yield Alarm(words[f"level.{level}"], lines)
    possible = [sign for sign in sheet.urgent if not sign.certain]
    signs = {sign.id: unanswered_signs(knowledge, sign) for sign in possible}
    for sign in possible:
        # The sign itself was named; what is open is only whether something else makes it more urgent.
        if not signs[sign.id] and sign.named:
            said = ", ".join(said_text(knowledge, one) for one in sign.because if one.answer != "unknown")
            open_ = ", ".join(
                _unique_names(knowledge, (one.question for one in sign.because if one.answer == "unknown"))
            )
            answers = f"{words['because']}: {said}. {words['depends_on']} {open_}."
            lines = (sign_text(knowledge, sign), sign.action, answers)
            yield Alarm(words[f"level.{sign.level}"], lines)
    if any(signs[sign.id] or not sign.named for sign in possible):
        yield Heading(words["urgent_unknown_heading"])
        yield Paragraph(words["urgent_unknown_intro"], "quiet")
        yield from _signs_to_know(knowledge, possible, signs)
    elif not sheet.urgent:
        yield Paragraph(words["urgent_none"])


def alarm(knowledge: KnowledgeBase, sign: Urgent, notes: Notes | None = None, lead: str = "") -> Alarm:
    """A sign that the person told of, in short."""
    mark = notes.mark(sign.sources) if notes else ""
    action = f"{lead}{knowledge.wording[f'level.{sign.level}']}"
    return Alarm(action, (f"{sign_text(knowledge, sign)}{mark}", sign.action))


def sign_lines(knowledge: KnowledgeBase, sign: Urgent) -> tuple[str, str]:
    """A sign that was just told: what to do, and what it can mean; where it is only possible, that comes first."""
    text = sign_text(knowledge, sign)
    return (sign.action, text) if sign.certain else (text, sign.action)


def sign_text(knowledge: KnowledgeBase, sign: Urgent) -> str:
    """The text of a sign that the person told of, which says so where the sign is only possible."""
    return lead_of(knowledge, certain=sign.certain) + sign.text


def lead_of(knowledge: KnowledgeBase, *, certain: bool) -> str:
    """What stands before the text of a rule that only may hold."""
    return "" if certain else f"{knowledge.wording['possible']} "


def _signs_to_know(
    knowledge: KnowledgeBase, possible: Iterable[Urgent], signs: Mapping[str, list[str]]
) -> Iterator[Block]:
    shown: set[str] = set()
    for level in LEVELS:
        lines = []
        for sign in possible:
            if sign.level == level:
                # One sign often belongs to several illnesses; it is read once, at its most urgent.
                new = [question for question in signs[sign.id] if question not in shown]
                shown.update(new)
                lines += [knowledge.questions[question].ask for question in new]
                # It rests on other questions, and none of them was answered: its text says what to look for.
                lines += [] if signs[sign.id] or sign.named else [sign.text]
        if lines:
            yield Paragraph(f"{knowledge.wording[f'level.{level}']}:", "strong")
            yield from (Entry(line) for line in lines)


def _without_treatment(knowledge: KnowledgeBase, sheet: Sheet) -> Iterator[Block]:
    words = knowledge.wording
    yield Heading(words["without_heading"])
    yield Paragraph(words["without_intro"])
    told = {text.condition for text in sheet.without_treatment}
    for text in sheet.without_treatment:
        yield Entry(f"{knowledge.conditions[text.condition].name}: {text.text}")
    for condition in sheet.conditions:
        if condition not in told:
            yield Entry(f"{knowledge.conditions[condition].name}: {words['without_unknown']}")


def questions_to_ask(knowledge: KnowledgeBase, sheet: Sheet) -> Iterator[Block]:
    """The questions to take along, each with the options it is about."""
    if sheet.questions_to_ask:
        yield Heading(knowledge.wording["ask_heading"])
    for number, ask in enumerate(sheet.questions_to_ask, 1):
        about = [option.name for option in sheet.options if ask in option.ask]
        rest = len(about) - MOST_OPTIONS_NAMED
        more = f"; {knowledge.wording['and_more'].format(count=rest)}" if rest > 0 else ""
        reasons = [reason for option in sheet.options for reason in option.reasons if reason.ask == ask]
        # It speaks as the person, who may not have said so.
        certain = any(reason.certain for reason in reasons)
        asked = ask if certain else knowledge.wording["ask_if_it_applies"].format(ask=ask)
        yield Entry(f"{asked} ({'; '.join(about[:MOST_OPTIONS_NAMED])}{more})", f"{number}.")


# --- options -------------------------------------------------------------------------------------------------------


def _category(knowledge: KnowledgeBase, options: list[Option], everything: bool) -> Iterator[Block]:
    words = knowledge.wording
    open_ = [option for option in options if option.status not in ("held_back", "advised_against")]
    shown = open_ if everything else first_and_marked(open_, SHOWN_PER_CATEGORY)
    for option in shown:
        yield _entry(knowledge, option, everything)
    if rest := [option for option in open_ if option not in shown]:
        names = "; ".join(f"{option.name} ({words[f'status.{option.status}']})" for option in rest)
        yield Paragraph(words["more"].format(count=len(rest), names=names), "quiet")
    for option in options:
        if option.status == "held_back":
            yield _entry(knowledge, option, everything)
    against = [option for option in options if option.status == "advised_against"]
    if everything:
        yield from (_entry(knowledge, option, everything) for option in against)
    elif against:
        yield Paragraph(f"{words['against_list']} {'; '.join(option.name for option in against)}.")


def first_and_marked(options: list[Option], count: int) -> list[Option]:
    """The first options, and those that the person wants to talk about: these are never folded away."""
    return [option for number, option in enumerate(options) if number < count or option.talk_about]


def _entry(knowledge: KnowledgeBase, option: Option, everything: bool) -> Entry:
    details = list(_all_details(knowledge, option) if everything else _short_details(knowledge, option))
    return Entry(option.name, SYMBOLS[option.status], tag(knowledge, option), option.status, tuple(details))


def tag(knowledge: KnowledgeBase, option: Option) -> str:
    """An option's status in words, what guidelines say, and what the person told about it."""
    words = knowledge.wording
    tags = [words[f"status.{option.status}"], words[f"guidelines.{option.guidelines}"]]
    if option.evidence and all(said.scope == "some_kinds" for said in option.evidence):
        tags.append(words["some_kinds"])
    if option.tried:
        tags.append(words[f"tried.{option.tried}"])
    tags += [words[fit] for fit in ("fits", "does_not_fit") if getattr(option, fit)]
    if option.talk_about:
        tags.append(words["talk_about"])
    return "; ".join(tags)


def strongest(option: Option) -> Iterator[Reason]:
    """The reason that gives an option its status and, when that one only may apply, the strongest one that does."""
    reasons = [reason for reason in option.reasons if reason.effect in CERTAIN_STATUS]
    certain = [reason for reason in reasons if reason.certain]
    yield from certain[:1]
    if reasons and reasons[0] not in certain[:1]:
        yield reasons[0]


def _short_details(knowledge: KnowledgeBase, option: Option) -> Iterator[str]:
    """The reasons that matter most, else the first note, and what the status depends on."""
    words = knowledge.wording
    for reason in list(strongest(option)) or [reason for reason in option.reasons if reason.certain][:1]:
        yield reason_told(knowledge, reason)
    if option.depends_on and option.status != "held_back":
        named = _unique_names(knowledge, option.depends_on)
        rest = len(named) - MOST_QUESTIONS_NAMED
        more = f" (+{rest})" if rest > 0 else ""
        yield f"{words['depends_on']} {', '.join(named[:MOST_QUESTIONS_NAMED])}{more}."
    if option.difference:
        yield difference_sentence(knowledge, option.difference)


def _all_details(knowledge: KnowledgeBase, option: Option) -> Iterator[str]:
    words = knowledge.wording
    for aspect in ("what_it_is", "after_a_test", "how_it_may_help", "common_harms", "serious_harms"):
        for text in knowledge.explained(option.id, aspect):
            yield f"{text.text} [{', '.join(text.sources)}]"
    conditions = {said.condition for said in option.evidence}
    for frequency in knowledge.frequencies_of.get(option.id, ()):
        if frequency.condition in conditions:
            yield f"{' '.join(frequency_lines(knowledge, frequency))} [{frequency.source}]"
    for reason in option.reasons:
        said = ", ".join(said_text(knowledge, because) for because in reason.because)
        sources = f" [{', '.join(reason.sources)}]" if reason.sources else ""
        yield f"{reason_told(knowledge, reason)} ({reason.rule}; {said}){sources}"
    if option.difference:
        yield difference_sentence(knowledge, option.difference)
    for said_by in option.evidence:
        yield _evidence(knowledge, said_by)
    for change in option.would_change:
        other = f"{short_name(knowledge, change.question)} = {answer_words(knowledge, change.question, change.to)}"
        yield f"{words['change']} {other} -> {words[f'status.{change.status}']}"


def reason_told(knowledge: KnowledgeBase, reason: Reason) -> str:
    """The text of a reason, which says so where it only may apply."""
    return lead_of(knowledge, certain=reason.certain) + reason_text(knowledge, reason)


def reason_text(knowledge: KnowledgeBase, reason: Reason) -> str:
    """The text of a reason, which names the medicines it is about."""
    return with_medicines(knowledge, reason.text, reason.medicines)


def with_medicines(knowledge: KnowledgeBase, text: str, medicines: Iterable[str]) -> str:
    """A text, with the medicines it is about where it does not name them itself."""
    names = tuple(medicines)
    if all(name.lower() in text.lower() for name in names):
        return text
    return f"{knowledge.wording['about_medicine']} {', '.join(names)}: {text}"


def reason_line(knowledge: KnowledgeBase, reason: Reason, notes: Notes, *, with_answers: bool = False) -> str:
    """A reason with its sources and what is open about it; with the answers behind it where they are wished for."""
    words = knowledge.wording
    line = f"{reason_told(knowledge, reason)}{notes.mark(reason.sources)}"
    said = [said_text(knowledge, because) for because in reason.because if because.answer != "unknown"]
    if with_answers and said:
        line += f" ({words['because']}: {', '.join(said)})"
    unknown = [short_name(knowledge, because.question) for because in reason.because if because.answer == "unknown"]
    return f"{line} {words['depends_on']} {', '.join(unknown)}." if unknown else line


def _evidence(knowledge: KnowledgeBase, said: Evidence) -> str:
    source = knowledge.sources[said.source]
    words = knowledge.wording
    parts = [said.direction, said.strength, said.role, said.purpose]
    told = [words[f"evidence.{part}"] for part in parts if part and part != "not_stated"]
    if said.certainty != "not_stated":
        told.append(words[f"compare.certainty.{said.certainty}"])
    if said.reported_by:
        told.append(words["reported_by"])
    who = f"{source.body} {source.year}" if source.year else source.body
    condition = knowledge.conditions[said.condition].name.lower()
    sentence = words["evidence.said"].format(who=who, condition=condition, told=", ".join(told))
    return " ".join(filter(None, [sentence, said.limits, f"[{said.source}]"]))


def _unique_names(knowledge: KnowledgeBase, questions: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(short_name(knowledge, question) for question in questions))


def short_name(knowledge: KnowledgeBase, question: str) -> str:
    """What a question asks about, as words within a sentence."""
    if question == "condition":
        return knowledge.wording["two.conditions"]
    known = knowledge.questions.get(question)
    return (known and known.name) or question.replace("_", " ")


def said_text(knowledge: KnowledgeBase, because: Because) -> str:
    """An answer that a reason rests on, in words."""
    if because.question == "condition" and because.answer != "unknown":
        id = because.answer.removeprefix("not ")
        name = knowledge.conditions[id].name.lower() if id in knowledge.conditions else because.answer
        return name if id == because.answer else knowledge.wording["not_this"].format(name=name)
    if because.answer == "unknown":
        return f"{short_name(knowledge, because.question)}: {knowledge.wording['not_answered']}"
    return f"{short_name(knowledge, because.question)}: {answer_words(knowledge, because.question, because.answer)}"


def answer_words(knowledge: KnowledgeBase, question: str, answer: str) -> str:
    """An answer in words, with its unit."""
    known: Question | None = knowledge.questions.get(question)
    if answer in ("yes", "no"):
        return knowledge.wording[answer]
    if answer.startswith("not "):  # an item that a list does not have
        item = answer_words(knowledge, question, answer.removeprefix("not "))
        return knowledge.wording["not_this"].format(name=item)
    if known is not None and knowledge.language != "en":
        # Ids are English words; what the interview says is longer, but translated.
        answer = next((value.say for value in known.values if value.id == answer), answer)
    words = answer.replace("_", " ")
    return with_unit(known, words) if known is not None else words


def with_unit(question: Question, number: str) -> str:
    """A number with what it counts: `67 years`, or its scale: `5 (0-10)`."""
    if question.kind != "number" or not question.unit:
        return number
    return f"{number} ({question.unit})" if question.unit[0].isdigit() else f"{number} {question.unit}"
