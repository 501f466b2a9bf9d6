"""What every request must pass before a page sees it, and what every response carries.

A page of another site, or of another port of this computer, may try to use the browser of someone who has this page
open. So a request is refused unless it names an address of ours as host (against DNS rebinding) and the browser does
not say that it comes from elsewhere; one that changes something must say that it comes from here.

Programs that are no browser say nothing of where they come from, and the API (below `/api/`) is for them. There a
request must be JSON instead: no form of another site can be, its scripts may send none without asking first, and what
they ask with (OPTIONS) is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

METHODS = ("GET", "HEAD", "POST")
API = "/api/"
MOST_BYTES = 256 * 1024
"""Of a posted form. It must stay below the size (1 MiB) from which Starlette keeps an uploaded file on disk."""
POLICY = "; ".join(
    ("default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "form-action 'self'",
     "base-uri 'none'", "frame-ancestors 'none'")
)  # fmt: skip
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With 'no-referrer' browsers send 'Origin: null' with a form, and it could not be told where it comes from.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

Refuse = Callable[[str, int, str], Response]
"""An answer to a path, with a status, that says in words (named by id) why a request is refused."""


class Guard:
    """An ASGI application around another one."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str], refuse: Refuse):
        self._app, self._hosts, self._refuse = app, frozenset(hosts), refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
            await send(message)

        refused = self._fault(scope["method"], scope["path"], Headers(scope=scope))
        answer = self._refuse(scope["path"], *refused) if refused else self._app
        await answer(scope, receive, send_with_headers)

    def _fault(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        """The status and the words for what is wrong with a request."""
        host = headers.getlist("host")
        if len(host) != 1 or host[0].lower() not in self._hosts:
            return 421, "web.refused.host"
        if method not in METHODS:
            return 405, "web.refused.method"
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "web.refused.origin"
        if method == "POST":
            here = f"http://{host[0].lower()}"
            if headers.get("origin", here if path.startswith(API) else "").lower() != here:
                return 403, "web.refused.origin"
            if path.startswith(API) and not _is_json(headers.get("content-type", "")):
                return 415, "web.refused.json"
            length = headers.get("content-length", "")
            if not length.isascii() or not length.isdigit():
                return 411, "web.refused.form"
            if int(length[:12]) > MOST_BYTES:
                return 413, "web.refused.large"
        return None


def _is_json(content_type: str) -> bool:
    return content_type.partition(";")[0].strip().lower() == "application/json"
