"""A posted form, and what it says in reply to what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct, field
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from painrules.interview import Command, Reply
from painrules.surfaces.forms import Form, Said
from painrules.web.guard import MOST_BYTES

MOST_FIELDS = 1_000
COMMANDS: tuple[Command, ...] = ("skip", "not_sure", "done")


class RefusedError(Exception):
    """A request that no page of ours sends; `wording` names the text that says so."""

    def __init__(self, status: int, wording: str):
        super().__init__(wording)
        self.status, self.wording = status, wording


class MistakeError(ValueError):
    """A reply that the person has to change; `text` says how."""

    def __init__(self, text: str):
        super().__init__(text)
        self.text = text


class Posted(Struct, frozen=True):
    """The fields of a form, in the order in which they stand there, and the content of the file that came with it."""

    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    file: bytes = b""

    def one(self, name: str) -> str:
        """The value of a field; empty when it is missing."""
        return next(iter(self.fields.get(name, ())), "")

    def all(self, name: str, valid: Iterable[str]) -> tuple[str, ...]:
        """The values of a field, each once. Raises RefusedError for one that the form does not offer."""
        found = tuple(dict.fromkeys(self.fields.get(name, ())))
        if not set(found) <= set(valid):
            raise RefusedError(400, "web.refused.form")
        return found


async def read_posted(request: Request) -> Posted:
    """Read the form of a request; it is kept in memory. Raises RefusedError."""
    fields: dict[str, tuple[str, ...]] = {}
    file = b""
    try:
        async with request.form(max_files=1, max_fields=MOST_FIELDS, max_part_size=MOST_BYTES) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    file = await value.read()
                else:
                    fields[name] = (*fields.get(name, ()), value)
    except (HTTPException, UnicodeDecodeError):
        raise RefusedError(400, "web.refused.form") from None
    return Posted(fields, file)


def ticked(form: Form, posted: Posted) -> Reply:
    """What stands in the fields of a form, whichever button was pressed."""
    ids = [line.id for line in form.lines]
    return Reply(posted.all("line", ids), posted.all("unsure", ids), posted.one("number")[:20])


def reply_to(words: Mapping[str, str], form: Form, posted: Posted, before: Reply) -> Said:
    """What the person said with a form that stood as `before` when they saw it. Raises MistakeError, RefusedError.

    Nothing that was ticked is dropped in silence, and an empty form is never taken for "no": there is a button for it.
    """
    button, said = posted.one("do"), ticked(form, posted)
    any_ticked = bool(said.chosen or said.unsure)
    wish = next((command for command in COMMANDS if command == button and command in form.may), None)
    if wish:
        new = said != before and form.kind in ("each", "some")
        if any_ticked and (new or wish == "not_sure"):
            raise MistakeError(words["web.something_ticked"])
        return wish
    if button == "none" and form.kind in ("each", "some"):
        if any_ticked:
            raise MistakeError(words["web.something_ticked"])
        return Reply()
    if button != "go":
        raise RefusedError(400, "web.refused.form")
    if form.kind == "one" and len(said.chosen) != 1:
        raise MistakeError(words["interview.one_only"])
    if form.kind in ("each", "some") and not any_ticked:
        raise MistakeError(words["web.nothing_ticked"])
    return said
