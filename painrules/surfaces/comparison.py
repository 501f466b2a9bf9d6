"""A comparison as a page: one block for each thing to weigh, with the same space and words for every treatment."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from painrules.answers import PREFERENCES
from painrules.comparing import Compared, Comparison, Said
from painrules.knowledge import KnowledgeBase
from painrules.sheet import VERDICTS, Option
from painrules.surfaces.blocks import (
    Block,
    Heading,
    Notes,
    Paragraph,
    SideBySide,
    about_the_content,
    difference_sentence,
    frequency_lines,
    made_with,
)
from painrules.surfaces.sheet_page import alarm, reason_line

MOST_REASONS = 4
CERTAINTIES = ("high", "moderate", "low", "very_low")
Lines = Iterator[str]


def comparison_page(knowledge: KnowledgeBase, comparison: Comparison) -> Iterator[Block]:
    """The blocks of the page, in the order of a decision aid."""
    words, notes = knowledge.wording, Notes(knowledge)
    yield Heading(words["compare.title"], 1)
    if comparison.conditions:
        names = ", ".join(knowledge.conditions[condition].name for condition in comparison.conditions)
        yield Paragraph(f"{words['for']} {names}", "strong")
    for sign in comparison.urgent:
        yield alarm(knowledge, sign, notes)
    if comparison.conditions and not comparison.urgent:
        yield Paragraph(words["no_sign_named"])
    yield Paragraph(words["compare.purpose"])
    yield Paragraph(words["compare.order"], "quiet")
    page = _Page(knowledge, comparison, notes)
    for aspect in ("what_it_is", "what_happens", "how_long"):
        yield page.aspect(aspect)
    if any(treatment.texts["after_a_test"] for treatment in comparison.treatments):
        yield page.row(words["aspect.after_a_test"], page.after_a_test)
    yield page.row(words["aspect.how_it_may_help"], page.help)
    yield page.row(words["compare.sure"], page.sure)
    yield page.row(words["aspect.common_harms"], page.common_harms)
    for aspect in ("serious_harms", "effort", "who_gives_it"):
        yield page.aspect(aspect)
    yield page.row(words["guidelines_heading"], page.guidelines)
    yield page.row(words["compare.for_you"], page.status)
    yield page.row(words["compare.matters"], page.fits)
    yield page.aspect("what_to_ask")
    yield Paragraph(words["compare.nothing"])
    yield from notes.blocks()
    yield Paragraph(about_the_content(knowledge), "quiet")
    yield made_with(knowledge)


class _Page:
    """Rows with one text for each treatment; what we have no text for is said to be not known."""

    def __init__(self, knowledge: KnowledgeBase, comparison: Comparison, notes: Notes):
        self.knowledge, self.words, self.notes = knowledge, knowledge.wording, notes
        self.comparison = comparison
        self.names = tuple(treatment.name for treatment in comparison.treatments)

    def row(self, heading: str, lines: Callable[[Compared], Lines]) -> SideBySide:
        unknown = (self.words["compare.not_known"],)
        texts = tuple(tuple(lines(treatment)) or unknown for treatment in self.comparison.treatments)
        return SideBySide(heading, self.names, texts)

    def aspect(self, aspect: str) -> SideBySide:
        return self.row(self.words[f"aspect.{aspect}"], lambda treatment: self.texts(treatment, aspect))

    def texts(self, treatment: Compared, aspect: str) -> Lines:
        for text in treatment.texts[aspect]:
            yield f"{text.text}{self.notes.mark(text.sources, text.reported_by)}"

    def after_a_test(self, treatment: Compared) -> Lines:
        yield from self.texts(treatment, "after_a_test")
        if not treatment.texts["after_a_test"]:
            yield self.words["compare.no_test"]

    def counted(self, treatment: Compared, kind: str) -> Lines:
        """The numbers of both sides; that there are none is said too."""
        counted = [frequency for frequency in treatment.frequencies if frequency.kind == kind]
        for frequency in counted:
            name = self.knowledge.conditions[frequency.condition].name
            numbers, *about = frequency_lines(self.knowledge, frequency)
            yield f"{name}: {numbers}{self.notes.mark([frequency.source], frequency.reported_by)} {' '.join(about)}"
        if not counted:
            yield self.words["compare.no_numbers"]

    def help(self, treatment: Compared) -> Lines:
        yield from self.texts(treatment, "how_it_may_help")
        yield from self.counted(treatment, "benefit")

    def common_harms(self, treatment: Compared) -> Lines:
        yield from self.texts(treatment, "common_harms")
        yield from self.counted(treatment, "harm")

    def sure(self, treatment: Compared) -> Lines:
        """How guidelines rate their evidence; in general the kinds of pain by the rating given most often."""
        rated = [said for said in treatment.guidelines if said.certainties]
        if self.comparison.conditions:
            for said in rated:
                words = ", ".join(self.words[f"compare.certainty.{word}"] for word in said.certainties)
                yield f"{self.condition(said)}: {words}.{self.notes.mark(said.sources)}"
        else:
            for word in CERTAINTIES:
                names = "; ".join(self.condition(said) for said in rated if said.certainties[0] == word)
                if names:
                    yield f"{self.words[f'compare.certainty.{word}'].capitalize()}: {names}."

    def condition(self, said: Said) -> str:
        return self.knowledge.conditions[said.condition].name

    def guidelines(self, treatment: Compared) -> Lines:
        """For a person's pain who says what; in general the kinds of pain by what guidelines say."""
        if self.comparison.conditions:
            for said in treatment.guidelines:
                verdict = self.words[f"guidelines.{said.verdict}"]
                yield f"{self.condition(said)}: {verdict}.{self.notes.mark(said.sources)}"
                if said.difference:
                    mark = self.notes.mark(said.difference.sources)
                    yield f"{difference_sentence(self.knowledge, said.difference)}{mark}"
        else:
            for verdict_ in VERDICTS:
                names = "; ".join(self.condition(said) for said in treatment.guidelines if said.verdict == verdict_)
                if names:
                    yield f"{self.words[f'guidelines.{verdict_}'].capitalize()}: {names}."
            yield self.words["see_evidence"].format(id=treatment.id)
        if not treatment.guidelines:
            yield self.words["no_statement"]

    def status(self, treatment: Compared) -> Lines:
        if not self.comparison.conditions:
            yield self.words["compare.no_answers"]
        elif treatment.option is None:
            yield self.words["compare.no_option"]
        else:
            yield from self.status_of(treatment.option)

    def status_of(self, option: Option) -> Lines:
        words = self.words
        yield f"{words[f'status.{option.status}'].capitalize()}. {words[f'status_means.{option.status}']}"
        if option.tried:
            yield f"{words[f'tried.{option.tried}'].capitalize()}."
        for reason in option.reasons[:MOST_REASONS]:
            yield reason_line(self.knowledge, reason, self.notes, with_answers=True)
        if (rest := len(option.reasons) - MOST_REASONS) > 0:
            yield f"({words['and_more'].format(count=rest)})"

    def fits(self, treatment: Compared) -> Lines:
        """What the person marked; in general what people weigh and how the treatment fits it."""
        option = treatment.option
        marked = {"fits": option.fits, "does_not_fit": option.does_not_fit} if option else None
        said = {value.id: value.say for value in self.knowledge.questions[PREFERENCES].values}
        for fit in ("fits", "does_not_fit"):
            ids = marked[fit] if marked else getattr(treatment, fit)
            names = "; ".join(said.get(id, id.replace("_", " ")) for id in ids)
            lead = self.words[fit if marked else f"compare.{fit}"].capitalize()
            if names:
                yield f"{lead}: {names}."
        if marked and not any(marked.values()):
            yield self.words["compare.no_mark"]
