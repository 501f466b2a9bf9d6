"""A person with a browser without scripts: follows links, fills in forms, and keeps a cookie. For tests and the bench."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

from tests.people import Somebody

Fields = list[tuple[str, str]]


@dataclass
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


class Client:
    """One browser at `http://127.0.0.1:port`."""

    def __init__(self, port: int):
        self.port = port
        self.host = f"127.0.0.1:{port}"
        self.cookie = ""
        self.seen: list[str] = []
        """Every address that was asked for."""
        self.page = Response(0, {}, b"")
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Response:
        """One request, with the headers of a browser unless others are given."""
        sent = {"Host": self.host, "Origin": f"http://{self.host}", "Sec-Fetch-Site": "same-origin"}
        if self.cookie:
            sent["Cookie"] = self.cookie
        sent |= {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        sent |= headers or {}
        self.seen.append(path)
        sent = {name: value for name, value in sent.items() if value}
        try:
            self._connection.request(method, path, body, sent)
            got = self._connection.getresponse()
        except http.client.RemoteDisconnected:  # it was idle too long; a browser opens another one, too
            self._connection.request(method, path, body, sent)
            got = self._connection.getresponse()
        response = Response(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        if "set-cookie" in response.headers:
            self.cookie = response.headers["set-cookie"].split(";")[0]
        return response

    def get(self, path: str) -> Response:
        """Open an address, and go where it leads."""
        self.page = self.ask("GET", path)
        while self.page.status == 303:
            self.page = self.ask("GET", self.page.headers["location"])
        return self.page

    def post(self, path: str, fields: Fields, headers: Mapping[str, str] | None = None) -> Response:
        """Send a form, and go where it leads."""
        self.page = self.ask("POST", path, urlencode(fields).encode(), headers)
        return self.get(self.page.headers["location"]) if self.page.status == 303 else self.page

    def send(self, button: str, *fields: tuple[str, str]) -> Response:
        """Press a button of the form on the page, with these fields besides the hidden ones."""
        form = form_in(self.page.text, button)
        return self.post(form.action, [*form.hidden, *fields, ("do", button)])

    def bring(self, name: str, content: bytes) -> Response:
        """Bring an answers file along, from the start page."""
        form = form_in(self.get("/").text, "bring")
        parts = [f'--x\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n'.encode() for k, v in form.hidden]
        parts.append(f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode())
        body = b"".join((*parts, content, b"\r\n--x--\r\n"))
        self.page = self.ask("POST", form.action, body, {"Content-Type": "multipart/form-data; boundary=x"})
        return self.get(self.page.headers["location"]) if self.page.status == 303 else self.page

    def start(self, *conditions: str) -> Response:
        """Start, and choose kinds of pain."""
        self.get("/")
        self.send("begin")
        return self.send("go", *(("line", id) for id in conditions))

    def interview(self, person: Somebody) -> None:
        """Answer every question as this person, to the sheet."""
        self.start(*person.conditions)
        while not self.page.headers.get("location") and "/question/" in self.seen[-1]:
            self.reply(person)
            if self.seen[-1] == "/urgent":
                self.get("/question")

    def reply(self, person: Somebody) -> Response:
        """Answer the question on the page."""
        form = form_in(self.page.text, "go")
        asks = [value for name, value in form.hidden if name == "asks"]
        told: list[Any] = [person.knows[id] for id in asks]
        if form.unsure:
            fields = [("line", id) for id, value in zip(asks, told, strict=True) if value == "yes"]
            fields += [("unsure", id) for id, value in zip(asks, told, strict=True) if value is None]
            return self.send("go" if fields else "none", *fields)
        (value,) = told
        if value is None:
            return self.send("not_sure")
        if isinstance(value, float):
            return self.send("go", ("number", f"{value:g}"))
        if isinstance(value, frozenset):
            return self.send("go" if value else "none", *(("line", id) for id in sorted(value)))
        return self.send("go", ("line", asks[0] if value == "yes" and value not in form.lines else value))


@dataclass
class Seen:
    """A form of a page."""

    action: str
    hidden: Fields = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    ticked: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    number: str | None = None
    buttons: list[str] = field(default_factory=list)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Seen] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Seen(found["action"]))
        elif tag == "button" and "name" in found:
            self.forms[-1].buttons.append(found["value"])
        elif tag == "input":
            form, value = self.forms[-1], found.get("value", "")
            if found["type"] == "hidden":
                form.hidden.append((found["name"], value))
            elif found["type"] in ("checkbox", "radio"):
                (form.unsure if found["name"] == "unsure" else form.lines).append(value)
                form.ticked += [value] if "checked" in found else []
            elif found["type"] == "text":
                form.number = value


def form_in(html: str, button: str) -> Seen:
    """The form of a page that has this button."""
    parser = _Forms()
    parser.feed(html)
    return next(form for form in parser.forms if button in form.buttons)
