"""The page to take along to a visit: a short one, for paper.

It holds what the person told, the options with their strongest warning, and questions to ask. It is kept to two sheets
of A4 by showing fewer options of each category in full; the rest is named with its status.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import ceil, floor
from typing import Literal, TypeAlias

from painrules.alternatives import STATUSES
from painrules.answers import PREFERENCES, Answers
from painrules.diary import Diary
from painrules.entries import Question
from painrules.knowledge import KnowledgeBase
from painrules.sheet import Option, Sheet
from painrules.surfaces.blocks import (
    Alarm,
    Block,
    Board,
    Chart,
    Derivation,
    Entry,
    Heading,
    Lines,
    Notes,
    Paragraph,
    SideBySide,
    about_the_content,
    difference_sentence,
    language_lines,
    made_from,
    words_in,
)
from painrules.surfaces.diary_page import my_diary
from painrules.surfaces.sheet_page import (
    SYMBOLS,
    questions_to_ask,
    reason_told,
    strongest,
    tag,
    urgent_signs,
    with_unit,
)

FEWEST_LINES, MOST_LINES = 1, 16
"""Lines for notes, at the least and at most."""
Named: TypeAlias = Literal["all", "not denied", "told"]
"""Questions that are named: all of them, those not answered no, or those that the person told something to."""
ATTEMPTS: tuple[tuple[int, int, Named, bool, int], ...] = (
    (5, 5, "all", True, FEWEST_LINES),
    *((shown, shown, "not denied", True, FEWEST_LINES) for shown in (5, 4, 3, 2, 1)),
    (1, 1, "not denied", False, 0),
    (0, 1, "not denied", False, 0),
    (1, 1, "told", False, 0),
    (0, 1, "told", False, 0),
    (0, 0, "told", False, 0),
)
"""How many options of a category are shown in full, and how many of those that are usually avoided; which questions are
named rather than counted; whether words are explained; lines for notes that must be left. The first page with so much
room is taken, or the last."""
PAPER = 132
"""The height of two sheets of A4, in lines of text, with some to spare: the estimate is not exact."""
HEIGHT_OF_NOTE = 2
HEIGHT_OF_BAR = 1.1
LINE, COLUMN, BESIDE_CHART = 112, 56, 46
"""Characters that fit into a line, into a line of one of two columns, and into one beside a chart."""


def take_along(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, diary: Diary | None = None) -> list[Block]:
    """The blocks of the page: as many options in full as two sheets of paper hold."""
    for shown, held, named, explain, wanted in ATTEMPTS:
        blocks = list(_page(knowledge, answers, sheet, diary, shown, held, named, explain))
        lines = floor((PAPER - height(blocks)) / HEIGHT_OF_NOTE)
        if lines >= wanted:
            break
    # Where nothing fits, two sheets matter more than a line to write on, but only if a diary takes its place.
    fewest = 0 if diary and lines < 0 else FEWEST_LINES
    space = Lines(min(max(lines, fewest), MOST_LINES))
    return [space if isinstance(block, Lines) else block for block in blocks]


def _page(
    knowledge: KnowledgeBase,
    answers: Answers,
    sheet: Sheet,
    diary: Diary | None,
    shown: int,
    held: int,
    named: Named,
    explain: bool,
) -> Iterator[Block]:
    words, notes = knowledge.wording, Notes(knowledge)
    body = [
        *_about_me(knowledge, answers, sheet, named),
        *(my_diary(knowledge, diary, notes) if diary else ()),
        *_options(knowledge, answers, sheet, shown, held, notes),
        *tried_and_wished(knowledge, answers),
        *questions_to_ask(knowledge, sheet),
    ]
    yield Heading(words["title"], 1)
    names = ", ".join(knowledge.conditions[condition].name for condition in sheet.conditions)
    yield Paragraph(f"{words['for']} {names}", "strong")
    yield from urgent_signs(knowledge, sheet)
    yield from (Paragraph(line, "strong") for line in language_lines(knowledge))
    yield from body
    yield Heading(words["notes_heading"])
    yield Lines(0)
    yield Heading(words["limits_heading"])
    limits = (words[f"limits.{number}"] for number in (1, 2))
    yield Paragraph(" ".join((*limits, about_the_content(knowledge))))
    used = words_in(knowledge, body) if explain else ()
    if used:
        yield Heading(words["words_heading"], tone="quiet")
    for word in used:
        yield Entry(f"{word.word}: {word.means.rstrip('.')}.")
    yield from notes.short_blocks()
    yield made_from(knowledge, sheet.painrules)


# --- what the person told ------------------------------------------------------------------------------------------


def _about_me(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, named: Named) -> Iterator[Block]:
    words = knowledge.wording
    yield Heading(words["about_me"])
    told, said_no = answers_given(knowledge, answers)
    for question, said in told:
        yield Entry(question.ask, tag=said)
    signs = [question for question in said_no if question.urgent == "yes"]
    others = [question for question in said_no if question.urgent != "yes"]
    # To make room for options: lines that were not ticked are counted, and of lists that nothing is true of named.
    counted = [] if named == "all" else [question for question in others if question.kind == "yes_no"]
    if others[len(counted) :]:
        nothing = joined(question.ask for question in others if question not in counted)
        yield Paragraph(words["said_no"].format(questions=nothing))
    if counted:
        yield Paragraph(words["said_no_more"].format(count=len(counted), screens=screens_of(knowledge, counted)))
    if signs:
        yield Paragraph(signs_denied(knowledge, answers, sheet, len(signs)))
    if not told and not said_no:
        yield Paragraph(words["nothing_told"])
    # Urgent signs that nobody asked about, or that the person is not sure of, stand above.
    above = {because.question for sign in sheet.urgent for because in sign.because if because.answer == "unknown"}
    unsure = [q for q in knowledge.questions.values() if q.id in answers.unsure]
    unsure = [question for question in unsure if question.urgent != "yes" or question.id not in above]
    if unsure and named != "told":
        yield Paragraph(f"{words['not_sure']} {joined(question.ask for question in unsure)}")
    elif unsure:
        yield Paragraph(words["not_sure_of"].format(count=len(unsure), screens=screens_of(knowledge, unsure)))
    open_ = [q for q in map(knowledge.questions.__getitem__, sheet.next_questions) if q.urgent != "yes"]
    if open_:
        yield Paragraph(f"{words['still_open']} {joined(question.ask for question in open_)}")


def answers_given(knowledge: KnowledgeBase, answers: Answers) -> tuple[list[tuple[Question, str]], list[Question]]:
    """The questions that the person told something to, each with the answer in words; and those answered no or none."""
    told: list[tuple[Question, str]] = []
    said_no: list[Question] = []
    for question in knowledge.questions.values():
        answer = answers.known.get(question.id)
        if answer is None or question.id == PREFERENCES:
            continue
        said = _answer(question, answer, knowledge.wording["yes"])
        if (
            answer == frozenset()
            or (question.kind == "yes_no" and answer == "no")
            or said.lower() == knowledge.wording["no"]
        ):
            said_no.append(question)
        else:
            told.append((question, said))
    return told, said_no


def signs_denied(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, count: int) -> str:
    """That the person said no to so many urgent signs: to all of them, or to others than those that may be there."""
    not_sure = any(knowledge.questions[id].urgent == "yes" for id in answers.unsure)
    some = not_sure or any(sign.certain for sign in sheet.urgent)
    return knowledge.wording["said_no_other_signs" if some else "said_no_signs"].format(count=count)


def screens_of(knowledge: KnowledgeBase, questions: Iterable[Question]) -> str:
    """What questions are about."""
    return "; ".join(dict.fromkeys(knowledge.screens[question.screen].title for question in questions))


def joined(asks: Iterable[str]) -> str:
    """Several questions in one line."""
    return "; ".join(asks).replace("?; ", "? ")


def _answer(question: Question, answer: object, yes: str) -> str:
    if isinstance(answer, float):
        return with_unit(question, f"{answer:g}")
    if question.kind == "yes_no":
        return yes
    chosen = answer if isinstance(answer, frozenset) else {answer}
    return "; ".join(value.say for value in question.values if value.id in chosen)


def tried_and_wished(knowledge: KnowledgeBase, answers: Answers) -> Iterator[Block]:
    """What the person tried, and what matters to them."""
    words = knowledge.wording
    if answers.tried:
        yield Heading(words["tried_heading"])
    for modality, result in answers.tried.items():
        yield Entry(knowledge.modalities[modality].name, tag=words[f"tried.{result}"])
    wishes = answers.known.get(PREFERENCES)
    if wishes:
        yield Heading(words["matters_heading"])
        for value in knowledge.questions[PREFERENCES].values:
            if isinstance(wishes, frozenset) and value.id in wishes:
                yield Entry(value.say)


# --- options -------------------------------------------------------------------------------------------------------


def _options(
    knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, shown: int, held: int, notes: Notes
) -> Iterator[Block]:
    words = knowledge.wording
    yield Heading(words["options_heading"])
    if not sheet.options:
        yield Paragraph(words["nothing_found"])
        return
    yield Paragraph(words["order"], "quiet")
    yield from _marked(knowledge, answers, sheet, notes)
    for category in knowledge.categories.values():
        options = [option for option in sheet.options if option.category == category.id and not option.talk_about]
        if options:
            yield Heading(category.name, 3)
            yield from _category(knowledge, options, shown, held, notes)
    yield Paragraph(f"{words['without_heading']}: {words['without_intro']}")
    used = {option.status for option in sheet.options}
    means = [_named(knowledge, status, words[f"status_means.{status}"]) for status in STATUSES if status in used]
    yield Paragraph(f"{words['signs_mean']} {' '.join(means)}", "quiet")


def _marked(knowledge: KnowledgeBase, answers: Answers, sheet: Sheet, notes: Notes) -> Iterator[Block]:
    """What the person wants to talk about, in full and first; also what is no option for this pain."""
    if answers.talk_about:
        yield Heading(knowledge.wording["talk_about_heading"], 3)
    yield from (_entry(knowledge, option, notes) for option in sheet.options if option.talk_about)
    known = {option.id for option in sheet.options}
    for id in answers.talk_about:
        if id not in known:
            yield Entry(knowledge.modalities[id].name, details=(knowledge.wording["compare.no_option"],))


def _category(
    knowledge: KnowledgeBase, options: Sequence[Option], shown: int, held: int, notes: Notes
) -> Iterator[Block]:
    words = knowledge.wording
    avoided = [option for option in options if option.status == "held_back"]
    open_ = [option for option in options if option.status not in ("held_back", "advised_against")]
    in_full = [*open_[:shown], *avoided[:held]]
    for option in in_full:
        yield _entry(knowledge, option, notes)
    folded = [option for option in options if option not in in_full]
    if folded:
        names = {status: "; ".join(o.name for o in folded if o.status == status) for status in STATUSES}
        lines = [_named(knowledge, status, f"{names[status]}.") for status in STATUSES if names[status]]
        yield Entry(words["folded" if in_full else "folded_all"].format(count=len(folded)), "+", details=tuple(lines))


def _named(knowledge: KnowledgeBase, status: str, what: str) -> str:
    return f"{SYMBOLS[status]} {knowledge.wording[f'status.{status}']}: {what}"


def _entry(knowledge: KnowledgeBase, option: Option, notes: Notes) -> Entry:
    reasons = [f"{reason_told(knowledge, one)}{notes.mark(one.sources)}" for one in strongest(option)]
    details = [" ".join(reasons)] if reasons else []
    if option.difference:
        sentence = difference_sentence(knowledge, option.difference)
        details.append(f"{sentence}{notes.mark(option.difference.sources)}")
    return Entry(option.name, SYMBOLS[option.status], tag(knowledge, option), option.status, tuple(details))


# --- how much paper it takes ---------------------------------------------------------------------------------------


def height(blocks: Iterable[Block]) -> float:
    """About how many lines of print these blocks take."""
    lines, small = 0.0, False
    chart, beside = 0.0, 0
    for block in (*blocks, Heading("", 0)):
        if isinstance(block, Heading):
            lines += max(chart, beside)
            chart, beside = 0.0, 0
            small = block.tone == "quiet" or (small and block.level == 3)
            lines += {0: 0.0, 1: 2.5, 2: 2.0}.get(block.level, 1.4)
        elif isinstance(block, Paragraph) and chart:
            beside += _lines(block.text, BESIDE_CHART)
        elif isinstance(block, Paragraph):
            lines += _lines(block.text, LINE)
        elif isinstance(block, Alarm):
            lines += 1.6 + sum(_lines(line, LINE) for line in (block.action, *block.lines))
        elif isinstance(block, Lines):
            lines += HEIGHT_OF_NOTE * block.count
        elif isinstance(block, SideBySide):
            lines += 1.4 + sum(_lines(" ".join(text), LINE) for text in block.texts)
        elif isinstance(block, Chart):
            chart = HEIGHT_OF_BAR * (len(block.bars) + 2)
        elif isinstance(block, Board):
            lines += max((height(column.entries) for column in block.columns), default=0)
        elif isinstance(block, Derivation):
            continue  # the page to take along has none
        elif block.symbol == "+":
            lines += 0.2 + _lines(" ".join((block.text, *block.details)), LINE)
        elif block.status or block.details or (block.symbol[0].isdigit() and not small):
            text = f"{block.lead} {block.tag}"
            lines += 0.2 + sum(_lines(line, LINE) for line in (text, *block.details))
        else:
            lines += (_lines(f"{block.lead} {block.tag}", COLUMN) / 2) * (0.85 if small else 1)
    return lines


def _lines(text: str, width: int) -> int:
    return ceil(len(text) / width)
