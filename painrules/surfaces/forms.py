"""What the interview asks, as forms for any surface to draw: a title, lines to choose from, and other things to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from painrules.answers import TRIED, Answers
from painrules.entries import MEDICINES_TAKEN, Question
from painrules.interview import Command, Reply, Step, Why
from painrules.knowledge import KnowledgeBase
from painrules.likeness import matching
from painrules.sheet import Sheet

MOST_QUESTIONS_OFFERED = 15
Kind = Literal["number", "one", "some", "each"]
"""A number; one line; any lines or none; or yes, no or not sure of every line."""
Said: TypeAlias = "Reply | Command"
ALL: frozenset[Command] = frozenset({"back", "skip", "not_sure", "done", "quit"})


class Line(Struct, frozen=True):
    """Something to choose."""

    id: str
    text: str
    also: tuple[str, ...] = ()
    """Other names by which people look for it."""
    under: str = ""
    """The heading it stands under, in a long form."""


class Form(Struct, frozen=True):
    """One thing to ask."""

    title: str
    kind: Kind
    lines: tuple[Line, ...] = ()
    why: str = ""
    """Why it is asked, in one sentence."""
    help: str = ""
    unit: str = ""
    may: frozenset[Command] = ALL
    """What the person can do instead of answering."""
    chosen: tuple[str, ...] = ()
    """Lines that are chosen already."""
    limits: tuple[float, float] = (0, 0)
    """The least and the greatest number."""
    heading: str = ""
    """The part of the interview it belongs to."""
    intro: str = ""
    """What is said of that part when it begins."""
    progress: str = ""
    """How far the interview is."""

    @property
    def groups(self) -> tuple[str, ...]:
        """The headings, in reading order."""
        return tuple(dict.fromkeys(line.under for line in self.lines if line.under))


def of_step(knowledge: KnowledgeBase, step: Step, asked: int = 0) -> Form:
    """The form of a step of the interview, after so many others were asked."""
    progress = knowledge.wording["interview.progress"].format(number=asked + 1, most=asked + step.left)
    form = _of_questions(knowledge, step)
    return replace(form, heading=step.screen.title, intro=step.screen.intro, progress=progress)


def _of_questions(knowledge: KnowledgeBase, step: Step) -> Form:
    first = step.questions[0]
    why = why_asked(knowledge, step.why) if step.why.count else ""
    if step.is_checklist:
        lines = tuple(Line(question.id, question.ask) for question in step.questions)
        helps = "\n".join(f"{question.ask}: {question.help}" for question in step.questions if question.help)
        return Form(knowledge.wording["interview.which"], "each", lines, why, helps)
    kinds: dict[str, Kind] = {"number": "number", "one_of": "one", "many_of": "some"}
    values = _values(knowledge, first)
    return Form(first.ask, kinds[first.kind], values, why, first.help, _unit(first), limits=_limits(first))


def _values(knowledge: KnowledgeBase, question: Question) -> tuple[Line, ...]:
    # 'None of these' is said of many at once; of one question it is an answer like the others.
    values = [value for value in question.values if value.id != "none" or question.kind == "one_of"]
    names = _names_of_medicines(knowledge) if question.id == MEDICINES_TAKEN else {}
    return tuple(Line(value.id, value.say, names.get(value.id, ())) for value in values)


@lru_cache(maxsize=2)
def _names_of_medicines(knowledge: KnowledgeBase) -> dict[str, tuple[str, ...]]:
    """The names of all medicines that each line stands for, such as `Advil (ibuprofen)`."""
    names: dict[str, tuple[str, ...]] = {}
    for medicine in knowledge.medicine_names.values():
        shown = tuple(map(medicine.shown_as, medicine.names))
        for line in medicine.takes:
            names[line] = names.get(line, ()) + shown
    return names


def _unit(question: Question) -> str:
    return question.unit or f"{question.minimum or 0:g}-{question.maximum or 0:g}" if question.kind == "number" else ""


def _limits(question: Question) -> tuple[float, float]:
    return question.minimum or 0, question.maximum or 0


def of_question(knowledge: KnowledgeBase, id: str) -> tuple[Step, Form]:
    """One question by itself, to try another answer."""
    question = knowledge.questions[id]
    step = Step(knowledge.screens[question.screen], (question,), 1, Why("status", 0))
    form = _of_questions(knowledge, step)
    if step.is_checklist:
        lines = (Line(id, knowledge.wording["yes"]), Line("no", knowledge.wording["no"]))
        form = Form(question.ask, "one", lines, help=question.help)
    return step, form


def why_asked(knowledge: KnowledgeBase, why: Why) -> str:
    """Why something is asked, in one sentence."""
    name = knowledge.modalities[why.options[0]].name if why.options else ""
    one = ".one" if why.count == 1 and why.kind in ("status", "reasons") else ""
    return knowledge.wording[f"interview.why.{why.kind}{one}"].format(count=why.count, name=name)


def of_conditions(knowledge: KnowledgeBase, answers: Answers) -> Form:
    """Which kinds of pain; the last line of each group is for those who do not know which kind."""
    groups: dict[str, list[Line]] = {}
    for id, condition in knowledge.conditions.items():
        root = [id, *knowledge.ancestors(id)][-1]
        groups.setdefault(root, [])
        if id != root:
            groups[root].append(Line(id, condition.name, condition.also_called, knowledge.conditions[root].name))
    for root, lines in groups.items():
        name, also = knowledge.conditions[root].name, knowledge.conditions[root].also_called
        text = f"{name}: {knowledge.wording['interview.kind_unknown']}" if lines else name
        lines.append(Line(root, text, (name, *also), name))
    every = tuple(line for lines in groups.values() for line in lines)
    return Form(knowledge.wording["interview.where"], "some", every, may=frozenset({"quit"}), chosen=answers.conditions)


def of_treatments(knowledge: KnowledgeBase, sheet: Sheet, title: str, chosen: Sequence[str]) -> Form:
    """Some of the person's options, by category."""
    lines = []
    for option in sheet.options:
        modality = knowledge.modalities[option.id]
        names = (*modality.also_called, *(medicine.name for medicine in modality.medicines))
        lines.append(Line(option.id, option.name, names, knowledge.categories[option.category].name))
    return Form(knowledge.wording[title], "some", tuple(lines), may=frozenset({"back"}), chosen=tuple(chosen))


def of_result(knowledge: KnowledgeBase, modality: str) -> Form:
    """How a treatment went that was tried."""
    words = knowledge.wording
    lines = tuple(Line(result, words[f"interview.tried.{result}"]) for result in TRIED)
    title = words["interview.tried.how"].format(name=knowledge.modalities[modality].name)
    return Form(title, "one", lines, may=frozenset({"back"}))


def of_other_answers(knowledge: KnowledgeBase, sheet: Sheet) -> Form:
    """The questions of which another answer would change most options."""
    matters = Counter(change.question for option in sheet.options for change in option.would_change)
    # What is a sign that needs care by itself, such as thoughts of ending one's life, is nothing to play with.
    signs = {knowledge.questions_of_rule[rule.id] for rule in knowledge.rules.values() if rule.effect == "urgent"}
    offered = [knowledge.questions[id] for id, _ in matters.most_common() if frozenset({id}) not in signs]
    lines = tuple(Line(question.id, question.ask) for question in offered[:MOST_QUESTIONS_OFFERED])
    return Form(knowledge.wording["what_if.which"], "one", lines, may=frozenset({"back"}))


class Found(Struct, frozen=True):
    """A name by which people look for something, and the lines it stands for: a medicine can belong to several."""

    name: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The name, and what it stands for where that is another text."""
        texts = [line.text for line in self.lines if line.text != self.name]
        return f"{self.name} - {'; '.join(texts)}" if texts else self.name


def find(form: Form, words: str) -> list[Found]:
    """What some words mean: names that hold them, or else names like them; the likest first, the same lines once."""
    named: dict[str, list[Line]] = {}
    for line in form.lines:
        for name in (line.text, *line.also):
            named.setdefault(name, []).append(line)
    scores = matching(words, named)
    best: dict[tuple[Line, ...], Found] = {}
    for name in sorted(scores, key=lambda name: (-scores[name], len(name), name)):
        best.setdefault(tuple(named[name]), Found(name, tuple(named[name])))
    return list(best.values())


def chosen_names(form: Form, ids: Iterable[str]) -> str:
    """The texts of some lines, in one line."""
    wanted = set(ids)
    return "; ".join(line.text for line in form.lines if line.id in wanted)
