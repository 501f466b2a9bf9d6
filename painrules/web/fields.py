"""A form as HTML: a fieldset whose legend is the question, lines to tick, and buttons that say what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from painrules.interview import Reply
from painrules.surfaces.forms import Form, Line
from painrules.surfaces.html import text

FILTER_FROM = 15
"""Lines of a list from which there is a box to find one by its names (it needs JavaScript)."""
Words = Mapping[str, str]


class Button(Struct, frozen=True):
    """A button that sends the form."""

    value: str
    label: str
    look: str = ""
    """first: the one that goes on; quiet: one that is seldom pressed."""


def buttons_of(words: Words, form: Form) -> Iterator[Button]:
    """The buttons of a form of the interview, the one that the Enter key presses first."""
    many = form.kind in ("each", "some")
    yield Button("go", words["web.ticked" if many else "web.go_on"], "first")
    if many:
        yield Button("none", words["web.none"])
    if "not_sure" in form.may:
        yield Button("not_sure", words["web.not_sure_any" if many else "web.not_sure"])
    if "skip" in form.may:
        yield Button("skip", words["web.skip"], "quiet")
    if "done" in form.may:
        yield Button("done", words["web.done"], "quiet")


def form_html(
    words: Words,
    form: Form,
    said: Reply,
    *,
    action: str,
    token: str,
    buttons: Sequence[Button],
    asks: Iterable[str] = (),
    mistake: str = "",
    lead: str = "",
) -> str:
    """A whole form; `said` is ticked already, `asks` names what it is about, `mistake` tells what to change.

    `lead` is HTML that stands before the question.
    """
    first = "number" if form.kind == "number" else f"line-{form.lines[0].id}"
    return "\n".join(
        (
            *summary(words, mistake, first),
            lead,
            f'<form method="post" action="{text(action)}" autocomplete="off" novalidate>',
            hidden("token", token),
            *(hidden("asks", id) for id in asks),
            *_fieldset(words, form, said, mistake),
            '<p class="buttons">',
            *map(button_html, buttons),
            "</p>",
            *_help(words, form),
            "</form>",
        )
    )


def hidden(name: str, value: str) -> str:
    """A field that is not seen."""
    return f'<input type="hidden" name="{text(name)}" value="{text(value)}">'


def button_html(button: Button) -> str:
    """One button."""
    look = f' class="{button.look}"' if button.look else ""
    return f'<button name="do" value="{text(button.value)}"{look}>{text(button.label)}</button>'


def summary(words: Words, mistake: str, first: str) -> Iterator[str]:
    """What has to be changed, at the top of the page, with the way to the first field of it (its id)."""
    if mistake:
        yield '<div class="mistakes" role="alert" tabindex="-1" autofocus>'
        yield f'<p class="strong">{text(words["web.mistake"])}</p>'
        yield f'<p><a href="#{text(first)}">{text(mistake)}</a></p></div>'


def _fieldset(words: Words, form: Form, said: Reply, mistake: str) -> Iterator[str]:
    parts = {"why": form.why, "empty": form.kind == "each", "mistake": mistake}
    described = " ".join(id for id, there in parts.items() if there)
    describe = f' aria-describedby="{described}"' if described else ""
    if form.kind == "number":
        yield f'<h1><label for="number">{text(form.title)}</label></h1>'
    else:
        yield f"<fieldset{describe}>"
        yield f"<legend><h1>{text(form.title)}</h1></legend>"
    if form.why:
        yield f'<p class="quiet" id="why">{text(form.why)}</p>'
    if form.kind == "each":
        yield f'<p class="quiet" id="empty">{text(words["web.empty_is_no"])}</p>'
    if mistake:
        yield f'<p class="mistake" id="mistake">{text(words["web.error"])}: {text(mistake)}</p>'
    if form.kind == "number":
        invalid = ' aria-invalid="true"' if mistake else ""
        unit = f'<span id="unit">{text(form.unit)}</span>'
        describe = f' aria-describedby="{f"{described} unit".strip()}"'
        yield '<p class="number"><input type="text" inputmode="decimal" id="number" name="number" size="6"'
        yield f' maxlength="20" value="{text(said.number)}"{describe}{invalid}> {unit}</p>'
        return
    yield from _lines(words, form, said)
    yield "</fieldset>"


def _lines(words: Words, form: Form, said: Reply) -> Iterator[str]:
    find = len(form.lines) >= FILTER_FROM
    if find:  # the words of the box stand here, so that the script holds none
        told = {"filter": "web.find", "found": "web.found", "near": "web.near", "none": "web.none_found"}
        attributes = (f'data-{name}="{text(words[id])}"' for name, id in told.items())
        yield f"<div {' '.join(attributes)}>"
    for group in form.groups or ("",):
        if group:
            yield f'<fieldset class="group"><legend>{text(group)}</legend>'
        yield f'<ul class="choices{" each" if form.kind == "each" else ""}">'
        yield from (_line(words, form, line, said) for line in form.lines if line.under == group)
        yield "</ul>"
        if group:
            yield "</fieldset>"
    if find:
        yield "</div>"


def _line(words: Words, form: Form, line: Line, said: Reply) -> str:
    kind = "radio" if form.kind == "one" else "checkbox"
    names = f' data-also="{text("; ".join(line.also))}"' if line.also else ""
    parts = [f"<li{names}>", _tick(kind, "line", line.id, text(line.text), line.id in said.chosen)]
    if form.kind == "each":
        label = f'{text(words["unsure"])}<span class="unseen">: {text(line.text)}</span>'
        parts.append(_tick("checkbox", "unsure", line.id, label, line.id in said.unsure))
    return "".join((*parts, "</li>"))


def _tick(kind: str, name: str, id: str, label: str, checked: bool) -> str:
    """A box to tick with its label, which is HTML."""
    on = " checked" if checked else ""
    of = f'id="{name}-{text(id)}"'
    return (
        f'<span class="{name}"><input type="{kind}" {of} name="{name}" value="{text(id)}"{on}>'
        f'<label for="{name}-{text(id)}">{label}</label></span>'
    )


def _help(words: Words, form: Form) -> Iterator[str]:
    if form.help:
        yield f"<details><summary>{text(words['web.help'])}</summary>"
        yield from (f"<p>{text(line)}</p>" for line in form.help.splitlines())
        yield "</details>"
