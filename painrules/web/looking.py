"""A person's page: to look at in several ways, to add marks to, to take along, and to keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from msgspec.structs import replace
from starlette.responses import Response

from painrules.answers import TRIED, Tried
from painrules.comparing import FEWEST, MOST, compare_treatments
from painrules.interview import Reply, next_step
from painrules.surfaces import forms
from painrules.surfaces.blocks import with_words_explained
from painrules.surfaces.comparison import comparison_page
from painrules.surfaces.files import FileFormat, answers_file, page_file
from painrules.surfaces.forms import Form
from painrules.surfaces.html import text
from painrules.surfaces.pdf import PdfMissingError, needed
from painrules.surfaces.sheet_page import page
from painrules.surfaces.take_along import take_along
from painrules.web.fields import Button, button_html, hidden, summary
from painrules.web.frame import framed, go_to, link, page_of
from painrules.web.menu import form_page, menu, sheet_of
from painrules.web.posted import RefusedError, ticked
from painrules.web.visits import Visit

FILES: Mapping[str, tuple[FileFormat, str]] = {
    "pdf": ("pdf", "application/pdf"),
    "html": ("html", "text/html"),
    "md": ("markdown", "text/markdown"),
    "json": ("json", "application/json"),
}


def sheet_page(visit: Visit) -> Response:
    """The sheet."""
    return _sheet_page(visit, everything=False)


def everything_page(visit: Visit) -> Response:
    """The sheet with every option, reason and source."""
    return _sheet_page(visit, everything=True)


def _sheet_page(visit: Visit, *, everything: bool) -> Response:
    if not visit.person.answers.conditions:
        return go_to("/where")
    blocks = page(visit.knowledge, sheet_of(visit), everything=everything, unfold="web.unfold")
    jump = f'<p class="screen"><a href="#next">{text(visit.knowledge.wording["next.title"])}</a></p>'
    explained = with_words_explained(visit.knowledge, blocks)
    return page_of(visit.knowledge, explained, before=jump, after=menu(visit, "/everything" if everything else ""))


# --- marks ---------------------------------------------------------------------------------------------------------


def talk_about_page(visit: Visit) -> Response:
    """Which options to talk about."""
    form = _talk_about(visit)
    return form_page(visit, form, Reply(form.chosen), "/talk-about", [_save(visit)])


def talk_about(visit: Visit) -> Response:
    """Take the marks."""
    marked = ticked(_talk_about(visit), visit.posted).chosen
    visit.person.change(lambda answers: replace(answers, talk_about=marked))
    return go_to("/sheet")


def _talk_about(visit: Visit) -> Form:
    marked = visit.person.answers.talk_about
    return forms.of_treatments(visit.knowledge, sheet_of(visit), "next.which_talk_about", marked)


def _save(visit: Visit) -> Button:
    return Button("go", visit.knowledge.wording["web.save"], "first")


def tried_page(visit: Visit) -> Response:
    """Which options were tried."""
    form = _tried(visit)
    return form_page(visit, form, Reply(form.chosen), "/tried", [_next(visit)])


def tried(visit: Visit) -> Response:
    """Go on to how it went with each."""
    visit.person.wish = replace(visit.person.wish, tried=ticked(_tried(visit), visit.posted).chosen)
    return go_to("/tried/how")


def _tried(visit: Visit) -> Form:
    return forms.of_treatments(visit.knowledge, sheet_of(visit), "next.which_tried", list(visit.person.answers.tried))


def _next(visit: Visit) -> Button:
    return Button("go", visit.knowledge.wording["web.go_on"], "first")


def results_page(visit: Visit) -> Response:
    """How it went with each of the treatments that were tried."""
    offered = {option.id for option in sheet_of(visit).options}
    treatments = [id for id in visit.person.wish.tried if id in offered]
    return _results_page(visit, treatments, visit.person.answers.tried)


def _results_page(visit: Visit, treatments: Sequence[str], told: Mapping[str, str], missing: str = "") -> Response:
    words, names = visit.knowledge.wording, visit.knowledge.modalities
    mistake = words["interview.tried.how"].format(name=names[missing].name) if missing else ""
    body = [
        *summary(words, mistake, f"{missing}-{TRIED[0]}"),
        f"<h1>{text(words['web.how_it_went'])}</h1>",
        '<form method="post" action="/tried/how" autocomplete="off" novalidate>',
        hidden("token", visit.person.token),
        *([] if treatments else [f"<p>{text(words['web.tried_nothing'])}</p>"]),
    ]
    for id in treatments:
        described = ' aria-describedby="mistake"' if id == missing else ""
        body.append(f'{hidden("asks", id)}<fieldset class="group"{described}><legend>{text(names[id].name)}</legend>')
        if id == missing:
            body.append(f'<p class="mistake" id="mistake">{text(words["web.error"])}: {text(mistake)}</p>')
        body += ['<ul class="choices">', *(_result(visit, id, result, told) for result in TRIED), "</ul></fieldset>"]
    body.append(f'<p class="buttons">{button_html(_save(visit))}</p></form>')
    body.append(f"<p>{link(words['web.back'], '/tried')}</p>")
    title = f"{words['web.error']}: {words['web.how_it_went']}" if missing else words["web.how_it_went"]
    return framed(visit.knowledge, title, "\n".join(body), in_session=True, status=422 if missing else 200)


def _result(visit: Visit, id: str, result: Tried, told: Mapping[str, str]) -> str:
    on = " checked" if told.get(id) == result else ""
    key = f"{text(id)}-{result}"
    box = f'<input type="radio" id="{key}" name="result-{text(id)}" value="{result}"{on}>'
    label = f'<label for="{key}">{text(visit.knowledge.wording[f"interview.tried.{result}"])}</label>'
    return f'<li><span class="line">{box}{label}</span></li>'


def results(visit: Visit) -> Response:
    """Take how it went; what the form does not name was not tried."""
    found: dict[str, Tried] = {}
    treatments = visit.posted.all("asks", visit.knowledge.modalities)
    for id in treatments:
        for result in visit.posted.all(f"result-{id}", TRIED):
            found[id] = cast(Tried, result)
    missing = next((id for id in treatments if id not in found), "")
    if missing:
        return _results_page(visit, treatments, found, missing)
    visit.person.change(lambda answers: replace(answers, tried=found))
    return go_to("/sheet")


# --- side by side ----------------------------------------------------------------------------------------------------


def compare_page(visit: Visit) -> Response:
    """Which options to see side by side."""
    return form_page(visit, _compare(visit), Reply(), "/compare", [_next(visit)])


def compare(visit: Visit) -> Response:
    """Go on to the comparison."""
    said = ticked(_compare(visit), visit.posted)
    if not FEWEST <= len(said.chosen) <= MOST:
        mistake = visit.knowledge.wording["next.how_many"].format(low=FEWEST, high=MOST)
        return form_page(visit, _compare(visit), said, "/compare", [_next(visit)], mistake=mistake)
    visit.person.wish = replace(visit.person.wish, compared=said.chosen)
    return go_to("/compare/seen")


def _compare(visit: Visit) -> Form:
    return forms.of_treatments(visit.knowledge, sheet_of(visit), "next.which_compare", ())


def compared_page(visit: Visit) -> Response:
    """The options side by side."""
    chosen, answers = visit.person.wish.compared, visit.person.answers
    if not FEWEST <= len(chosen) <= MOST:
        return go_to("/compare")
    blocks = comparison_page(
        visit.knowledge, compare_treatments(visit.knowledge, list(chosen), answers, "reference")
    )  # fmt: skip
    return page_of(
        visit.knowledge, with_words_explained(visit.knowledge, blocks), after=menu(visit, "/compared"), wide=True
    )


# --- to take along, and to keep --------------------------------------------------------------------------------------


def take_along_page(visit: Visit) -> Response:
    """The page for the visit, to print or to download."""
    words = visit.knowledge.wording
    blocks = take_along(visit.knowledge, visit.person.answers, sheet_of(visit))
    offered = [ending for ending in FILES if ending != "json" and (ending != "pdf" or _pdf_possible())]
    links = (link(words["web.download"].format(kind=words[f"web.kind.{e}"]), f"/page.{e}") for e in offered)
    buttons = f'<p class="buttons" data-print="{text(words["web.print"])}">{"".join(links)}</p>'
    top = f'<div class="screen"><p>{text(words["web.print_how"])}</p>{buttons}</div>'
    return page_of(visit.knowledge, blocks, before=top, after=menu(visit, "/take-along"))


def _pdf_possible() -> bool:
    try:
        needed()
    except PdfMissingError:
        return False
    return True


def file(visit: Visit) -> Response:
    """The page as a file to download."""
    ending = visit.path["ending"]
    if ending not in FILES or (ending == "pdf" and not _pdf_possible()):
        raise RefusedError(404, "web.missing")
    format_, media_type = FILES[ending]
    sheet = sheet_of(visit)
    if format_ == "pdf":
        with visit.site.one_pdf:
            made = page_file(visit.knowledge, visit.person.answers, sheet, format_)
    else:
        made = page_file(visit.knowledge, visit.person.answers, sheet, format_)
    return _download(made, media_type, f"page.{ending}")


def keep_page(visit: Visit) -> Response:
    """What it means to keep the answers, and the way to do it."""
    words = visit.knowledge.wording
    if not visit.person.answers.conditions:
        return go_to("/where")
    body = [
        f"<h1>{text(words['next.keep'])}</h1>",
        f"<p>{text(words['web.keep_means'])}</p>",
        f"<p>{text(words['web.keep_again'])}</p>",
        f'<p class="buttons">{link(words["web.keep_now"], "/answers.yaml", "first")}',
        *([link(words["web.urgent_go_on"], "/question")] if next_step(visit.knowledge, visit.person.progress) else []),
        f"{link(words['web.to_sheet'], '/sheet')}</p>",
    ]
    return framed(visit.knowledge, words["next.keep"], "\n".join(body), in_session=True)


def answers(visit: Visit) -> Response:
    """The answers as a file to download."""
    if not visit.person.answers.conditions:
        raise RefusedError(409, "web.no_condition")
    return _download(answers_file(visit.person.answers), "application/yaml", "answers.yaml")


def _download(made: bytes, media_type: str, name: str) -> Response:
    return Response(made, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
