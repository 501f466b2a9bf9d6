"""The HTTP API for programs on this computer: an answers file in, a sheet out, as JSON; nothing is kept.

Nothing changes by a request, and no session or cookie counts: there is nothing for another site to forge, so there is
no token either. What a request must pass before it comes here stands in `guard`. Every fault is a problem of RFC 9457.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from anyio import CapacityLimiter, to_thread
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from painrules.answers import Answers, answers_in, changes_in, questions_in
from painrules.catalogue import QuestionRow, condition_row, modality_row, question_row
from painrules.entries import as_mapping
from painrules.interview import Progress, next_step, signs_to_tell
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError, Document, Problem, escaped, visible
from painrules.reading_json import read_json
from painrules.sheet import Urgent, explore
from painrules.surfaces import forms
from painrules.web.guard import API
from painrules.web.visits import WORKERS, report
from painrules.what_if import what_if, with_changes

BASE = f"{API}v1"
NAME = "request"
"""What problems call what was posted."""


class RefusedError(Exception):
    """A request that says something we do not know; `text` says what would be right."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


class Mistake(Struct, frozen=True):
    """One thing that is wrong in what was posted."""

    field: str
    """Such as `answers.age`; empty: all of it."""
    message: str
    hint: str
    """What would be right."""


class ScreenShown(Struct, frozen=True):
    """The part of the interview that questions belong to."""

    id: str
    title: str
    intro: str


class NextQuestions(Struct, frozen=True):
    """What to ask together, and why."""

    screen: ScreenShown
    title: str
    why: str
    questions: tuple[QuestionRow, ...]
    """One question, or lines to tick that are all yes or no."""
    left: int
    """Steps that may still follow, this one included."""


class Next(Struct, frozen=True):
    """Where an interview stands."""

    urgent: tuple[Urgent, ...]
    """Signs that the answers so far make certain: to be told at once, before anything else is asked."""
    possible: tuple[Urgent, ...]
    """Signs that an answer points to while something else about them is open: to be told at once too, as possible.

    What only an age or a medicine makes possible waits for the questions that settle it; the sheet tells it.
    """
    ask: NextQuestions | None
    """Nothing: no question that is left can change the sheet."""


Posted = Callable[[KnowledgeBase, Document], Any]
Got = Callable[[KnowledgeBase], Any]


def sheet(knowledge: KnowledgeBase, document: Document) -> Any:
    """The sheet of a person, as `painrules explore --format json` prints it."""
    return explore(knowledge, answers_in(document, knowledge), "reference").as_plain()


def next_questions(knowledge: KnowledgeBase, document: Document) -> Any:
    """What to ask next, for answers so far; `skipped`, beside them, names questions that are not to be asked."""
    answers, skipped = _answers_and(knowledge, document, "skipped")
    step = next_step(knowledge, Progress(answers, frozenset(questions_in(skipped, "skipped", knowledge))))
    told = signs_to_tell(knowledge, answers)
    certain, possible = (tuple(sign for sign in told if sign.certain is sure) for sure in (True, False))
    if step is None:
        return as_mapping(Next(certain, possible, None))
    form = forms.of_step(knowledge, step)
    screen = ScreenShown(step.screen.id, step.screen.title, step.screen.intro)
    rows = tuple(question_row(knowledge, question) for question in step.questions)
    return as_mapping(Next(certain, possible, NextQuestions(screen, form.title, form.why, rows, step.left)))


def what_if_changed(knowledge: KnowledgeBase, document: Document) -> Any:
    """What other answers, which stand in `changes` beside the answers of a person, would change."""
    answers, changes = _answers_and(knowledge, document, "changes")
    changed = with_changes(answers, changes_in(changes, "changes", knowledge))
    return what_if(knowledge, answers, changed, "reference").as_plain()


def _answers_and(knowledge: KnowledgeBase, document: Document, more: str) -> tuple[Answers, Document]:
    """The answers in a request, and what stands beside them in one more part."""
    if not isinstance(document.data, dict):
        return answers_in(document, knowledge), document
    data = {key: value for key, value in document.data.items() if key != more}
    return answers_in(Document(document.file, data), knowledge), document.part(more)


def conditions(knowledge: KnowledgeBase) -> Any:
    """Every kind of pain."""
    return [as_mapping(condition_row(knowledge, id)) for id in knowledge.conditions]


def modalities(knowledge: KnowledgeBase) -> Any:
    """Every treatment."""
    return [as_mapping(modality_row(knowledge, id)) for id in knowledge.modalities]


def questions(knowledge: KnowledgeBase) -> Any:
    """Every question that the interview can ask."""
    return [as_mapping(question_row(knowledge, question)) for question in knowledge.questions.values()]


def sources(knowledge: KnowledgeBase) -> Any:
    """Every source."""
    return [as_mapping(source) for source in knowledge.sources.values()]


POSTED: Mapping[str, Posted] = {"/sheet": sheet, "/next": next_questions, "/what-if": what_if_changed}
GOT: Mapping[str, Got] = {
    "/conditions": conditions,
    "/modalities": modalities,
    "/questions": questions,
    "/sources": sources,
}
DESCRIBED = "/openapi.json"


def routes(knowledge: Mapping[str, KnowledgeBase]) -> list[Route]:
    """The addresses of the API, for content by language."""
    limiter = CapacityLimiter(WORKERS)

    def endpoint(make: Callable[[KnowledgeBase, bytes], Any]) -> Callable[[Request], object]:
        async def answer(request: Request) -> Response:
            asked, raw = dict(request.query_params), await request.body()
            return await to_thread.run_sync(_made, make, knowledge, asked, raw, limiter=limiter)

        return answer

    def posted(make: Posted) -> Callable[[KnowledgeBase, bytes], Any]:
        return lambda known, raw: make(known, read_json(raw, NAME))

    def got(make: Got) -> Callable[[KnowledgeBase, bytes], Any]:
        return lambda known, _: make(known)

    def described(known: KnowledgeBase) -> Any:
        from painrules.web.openapi import document

        return document(known, tuple(knowledge))

    return [
        Route(BASE + DESCRIBED, endpoint(got(described)), methods=["GET"]),
        *(Route(BASE + path, endpoint(posted(make)), methods=["POST"]) for path, make in POSTED.items()),
        *(Route(BASE + path, endpoint(got(make)), methods=["GET"]) for path, make in GOT.items()),
    ]


def _made(
    make: Callable[[KnowledgeBase, bytes], Any],
    knowledge: Mapping[str, KnowledgeBase],
    asked: Mapping[str, str],
    raw: bytes,
) -> Response:
    first = next(iter(knowledge.values()))
    try:
        language = asked.get("language", first.language)
        if asked.keys() - {"language"} or language not in knowledge:
            raise RefusedError(f"After '?' only language={' or '.join(knowledge)} may stand.")
        return _json(make(knowledge[language], raw))
    except RefusedError as error:
        return problem(400, error.text)
    except ContentError as error:
        mistakes = [_mistake(one) for one in error.problems]
        return problem(422, first.wording["web.refused.content"], mistakes)
    except Exception as error:  # whatever it is
        report(error)
        return problem(500, first.wording["web.failed"])


def _mistake(one: Problem) -> Mistake:
    place = f"line {one.line}, column {one.column}: " if (one.line, one.column) != (1, 1) else ""
    return Mistake(one.field, visible(place + one.message), visible(one.hint))


def problem(status: int, detail: str, mistakes: list[Mistake] | None = None) -> Response:
    """Why a request cannot be answered, and what in it is wrong."""
    errors = {"errors": [as_mapping(one) for one in mistakes]} if mistakes else {}
    data = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail, **errors}
    return _json(data, status, "application/problem+json")


def _json(data: Any, status: int = 200, kind: str = "application/json") -> Response:
    return Response(escaped(json.dumps(data, ensure_ascii=False)), status, media_type=kind)
