"""The web application: which address leads to which page, or to the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from painrules.knowledge import KnowledgeBase
from painrules.web import api, asking, begin, looking, other_answers
from painrules.web.frame import STATIC, refusal, static
from painrules.web.guard import API, METHODS, Guard
from painrules.web.posted import RefusedError
from painrules.web.visits import Answering, Site, answering

PAGES: Mapping[str, Answering] = {
    "/": begin.start_page,
    "/end": begin.end_page,
    "/where": asking.where_page,
    "/question": asking.current_question,
    "/question/{number}": asking.question_page,
    "/urgent": asking.urgent_page,
    "/sheet": looking.sheet_page,
    "/everything": looking.everything_page,
    "/talk-about": looking.talk_about_page,
    "/tried": looking.tried_page,
    "/tried/how": looking.results_page,
    "/compare": looking.compare_page,
    "/compare/seen": looking.compared_page,
    "/what-if": other_answers.choose_what_if_page,
    "/what-if/answer": other_answers.what_if_answer_page,
    "/what-if/seen": other_answers.what_if_seen_page,
    "/change": other_answers.choose_change_page,
    "/change/answer": other_answers.change_answer_page,
    "/take-along": looking.take_along_page,
    "/page.{ending}": looking.file,
    "/keep": looking.keep_page,
    "/answers.yaml": looking.answers,
}
CHANGES: Mapping[str, Answering] = {
    "/begin": begin.begin,
    "/bring": begin.bring,
    "/end": begin.end,
    "/where": asking.where,
    "/question/{number}": asking.question,
    "/talk-about": looking.talk_about,
    "/tried": looking.tried,
    "/tried/how": looking.results,
    "/compare": looking.compare,
    "/what-if": other_answers.choose_what_if,
    "/what-if/answer": other_answers.what_if_answer,
    "/change": other_answers.choose_change,
    "/change/answer": other_answers.change_answer,
}


def application(knowledge: Mapping[str, KnowledgeBase], hosts: Iterable[str], cookie: str) -> ASGIApp:
    """The application for content by language (the first is the one to start with), at these hosts (`name:port`)."""
    site = Site(knowledge, cookie)
    first = knowledge[site.language]

    async def static_file(request: Request) -> Response:
        return static(request.url.path)

    def refused(path: str, status: int, wording: str) -> Response:
        if path.startswith(API):
            return api.problem(status, first.wording[wording])
        return refusal(first, RefusedError(status, wording))

    def refused_at_once(path: str, status: int, wording: str) -> Response:
        answer = refused(path, status, wording)
        answer.headers.update({"Allow": ", ".join(METHODS)} if status == 405 else {})
        return answer

    async def missing(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        answer = refused(request.url.path, status, "web.refused.method" if status == 405 else "web.missing")
        answer.headers.update(getattr(error, "headers", None) or {})  # which methods there are
        return answer

    routes = [*(Route(path, static_file, methods=["GET"]) for path in STATIC), *api.routes(knowledge)]
    for language in knowledge:
        start = partial(begin.start_page, language=language)
        routes.append(Route(f"/{language}", answering(site, start), methods=["GET"]))
    for path in (*PAGES, *(path for path in CHANGES if path not in PAGES)):
        routes += [Route(path, answering(site, PAGES[path]), methods=["GET"])] if path in PAGES else []
        routes += [Route(path, answering(site, CHANGES[path]), methods=["POST"])] if path in CHANGES else []
    app = Starlette(routes=routes, exception_handlers={404: missing, 405: missing})
    return Guard(app, hosts, refused_at_once)
