"""One request of a person: the site, their session and what they posted, for a function that makes the page."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Mapping
from hmac import compare_digest
from threading import Lock

from anyio import CapacityLimiter, to_thread
from msgspec import Struct, field
from starlette.requests import Request
from starlette.responses import Response

from painrules.knowledge import KnowledgeBase
from painrules.web.frame import note, refusal
from painrules.web.posted import Posted, RefusedError, read_posted
from painrules.web.sessions import IDLE_HOURS, Session, Sessions

WORKERS = 2
"""Threads that make pages. Python runs one at a time: more of them would only make each other wait."""


class NoSessionError(Exception):
    """The page needs a session, and there is none."""


class Site(Struct, frozen=True):
    """What all visits share. Only `sessions` changes."""

    knowledge: Mapping[str, KnowledgeBase]
    """By language; the first is the one to start with."""
    cookie: str
    """Its name. Browsers send cookies to every port of a host, so the port is part of it."""
    sessions: Sessions = field(default_factory=Sessions)
    one_pdf: Lock = field(default_factory=Lock)
    """WeasyPrint is not known to be safe in several threads."""

    @property
    def language(self) -> str:
        """The language to start with."""
        return next(iter(self.knowledge))


class Visit(Struct, frozen=True):
    """A request."""

    site: Site
    path: Mapping[str, str]
    cookie: str
    """The id of a session, if it is one."""
    session: Session | None
    posted: Posted

    @property
    def person(self) -> Session:
        """The session. Raises NoSessionError."""
        if self.session is None:
            raise NoSessionError
        return self.session

    @property
    def knowledge(self) -> KnowledgeBase:
        """The knowledge base in the language of the person."""
        return self.site.knowledge[self.session.language if self.session else self.site.language]


Answering = Callable[[Visit], Response]


def answering(site: Site, make: Answering) -> Callable[[Request], object]:
    """The endpoint of a page: read the request, then make the page in a thread of its own."""
    limiter = CapacityLimiter(WORKERS)

    async def endpoint(request: Request) -> Response:
        cookie = request.cookies.get(site.cookie, "")
        session = site.sessions.find(cookie) if cookie else None
        visit = Visit(site, request.path_params, cookie, session, Posted())
        try:
            if request.method == "POST":
                visit = Visit(site, request.path_params, cookie, session, await read_posted(request))
                check_token(visit)
        except RefusedError as error:
            return refusal(visit.knowledge, error)
        return await to_thread.run_sync(_made, make, visit, limiter=limiter)

    return endpoint


def check_token(visit: Visit) -> None:
    """Raise RefusedError unless the form is one of this session's. Without a session there is nothing to protect."""
    if visit.session and not compare_digest(visit.posted.one("token").encode(), visit.session.token.encode()):
        raise RefusedError(403, "web.refused.token")


def _made(make: Answering, visit: Visit) -> Response:
    words = visit.knowledge.wording
    try:
        return make(visit)
    except RefusedError as error:
        return refusal(visit.knowledge, error)
    except NoSessionError:
        reasons = words["web.gone_why"].format(hours=IDLE_HOURS)
        title = words["web.gone" if visit.cookie else "web.not_begun"]
        gone = note(visit.knowledge, title, *([reasons] if visit.cookie else []), status=410 if visit.cookie else 404)
        gone.delete_cookie(visit.site.cookie, path="/", httponly=True, samesite="strict")
        return gone
    except Exception as error:  # whatever it is
        report(error)
        return note(visit.knowledge, words["web.failed"], words["web.failed_why"], status=500)


def report(error: Exception) -> None:
    """Say on standard error where the program failed, and nothing else: no answer may get into a log with it."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    print(f"painrules: {type(error).__name__} at {place.filename}:{place.lineno}", file=sys.stderr)
