"""What can be done with a person's page, and the frame of the forms that ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.responses import Response

from painrules.interview import Reply, next_step
from painrules.sheet import Sheet, explore
from painrules.surfaces.forms import Form
from painrules.surfaces.html import text
from painrules.web.fields import Button, form_html
from painrules.web.frame import framed, link
from painrules.web.posted import RefusedError
from painrules.web.visits import Visit

MENU = {
    "/take-along": "web.take_along",
    "/talk-about": "next.talk_about",
    "/tried": "next.tried",
    "/compare": "next.compare",
    "/what-if": "next.what_if",
    "/everything": "web.everything",
    "/question": "web.more_questions",
    "/change": "web.change",
    "/keep": "next.keep",
}


def sheet_of(visit: Visit) -> Sheet:
    """The sheet as it is now. Raises RefusedError while nobody knows which kind of pain it is for.

    The reference engine makes it: durable-rules is not for several threads, and both say the same.
    """
    if not visit.person.answers.conditions:
        raise RefusedError(409, "web.no_condition")
    return explore(visit.knowledge, visit.person.answers, "reference")


def menu(visit: Visit, here: str = "") -> str:
    """What can be done next, from the sheet or from another page of the menu."""
    words = visit.knowledge.wording
    links = {to: label for to, label in MENU.items() if to != here}
    if here:
        links = {"/sheet": "next.show", **links}
    if next_step(visit.knowledge, visit.person.progress) is None:
        del links["/question"]
    items = "".join(f'<li><a class="button" href="{to}">{text(words[label])}</a></li>' for to, label in links.items())
    title = f'<h2 id="next-title">{text(words["next.title"])}</h2>'
    return f'<nav class="screen" id="next" aria-labelledby="next-title">{title}<ul>{items}</ul></nav>'


def form_page(
    visit: Visit,
    form: Form,
    said: Reply,
    action: str,
    buttons: Sequence[Button],
    *,
    mistake: str = "",
    asks: Iterable[str] = (),
) -> Response:
    """A form of these pages, with the way back to the sheet."""
    words = visit.knowledge.wording
    if form.lines or form.kind == "number":
        body = form_html(
            words, form, said, action=action, token=visit.person.token, buttons=buttons, asks=asks, mistake=mistake
        )
    else:
        body = f"<h1>{text(form.title)}</h1><p>{text(words['web.nothing_to_choose'])}</p>"
    back = f"<p>{link(words['web.to_sheet'], '/sheet')}</p>"
    title = f"{words['web.error']}: {form.title}" if mistake else form.title
    status = 422 if mistake else 200
    return framed(visit.knowledge, title, f"{body}\n{back}", in_session=True, status=status, wide=bool(form.groups))
