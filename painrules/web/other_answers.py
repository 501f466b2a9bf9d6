"""Another answer to one question: to see what it would change, or to give it."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace
from starlette.responses import Response

from painrules.interview import NotUnderstoodError, Reply, Step, new_urgent_signs, reply_in, start, take
from painrules.surfaces import forms
from painrules.surfaces.blocks import with_words_explained
from painrules.surfaces.forms import Form, Line, Said
from painrules.surfaces.what_if_page import what_if_page
from painrules.web.asking import asked_in
from painrules.web.fields import Button, buttons_of
from painrules.web.frame import go_to, link, page_of
from painrules.web.menu import form_page, menu, sheet_of
from painrules.web.posted import MistakeError, RefusedError, reply_to, ticked
from painrules.web.visits import Visit
from painrules.what_if import what_if


def choose_what_if_page(visit: Visit) -> Response:
    """Which answer to try another way."""
    return _which(visit, _what_if_form(visit), "/what-if")


def choose_what_if(visit: Visit) -> Response:
    """Go on to the other answer."""
    return _chosen(visit, _what_if_form(visit), "/what-if")


def _what_if_form(visit: Visit) -> Form:
    return forms.of_other_answers(visit.knowledge, sheet_of(visit))


def choose_change_page(visit: Visit) -> Response:
    """Which answer to change."""
    return _which(visit, _change_form(visit), "/change")


def choose_change(visit: Visit) -> Response:
    """Go on to the new answer."""
    return _chosen(visit, _change_form(visit), "/change")


def _change_form(visit: Visit) -> Form:
    answers = visit.person.answers
    told = [q for q in visit.knowledge.questions.values() if q.id in answers.known or q.id in answers.unsure]
    lines = tuple(Line(question.id, question.ask) for question in told)
    return Form(visit.knowledge.wording["web.which_change"], "one", lines)


def _which(visit: Visit, form: Form, path: str, said: Reply | None = None, mistake: str = "") -> Response:
    go = Button("go", visit.knowledge.wording["web.go_on"], "first")
    return form_page(visit, form, said or Reply(), path, [go], mistake=mistake)


def _chosen(visit: Visit, form: Form, path: str) -> Response:
    said = ticked(form, visit.posted)
    if len(said.chosen) != 1:
        return _which(visit, form, path, said, visit.knowledge.wording["interview.one_only"])
    visit.person.wish = replace(visit.person.wish, question=said.chosen[0])
    return go_to(f"{path}/answer")


def what_if_answer_page(visit: Visit) -> Response:
    """The question again, for an answer to try."""
    return _answer_page(visit, "/what-if")


def change_answer_page(visit: Visit) -> Response:
    """The question again, for a new answer."""
    return _answer_page(visit, "/change")


def _answer_page(visit: Visit, path: str) -> Response:
    id, answers = visit.person.wish.question, visit.person.answers
    if id not in visit.knowledge.questions:
        return go_to(path)
    step, form = forms.of_question(visit.knowledge, id)
    denied = step.is_checklist and answers.known.get(id) == "no"
    return _ask(visit, path, step, form, Reply(("no",)) if denied else reply_in(step, answers))


def _ask(visit: Visit, path: str, step: Step, form: Form, said: Reply, mistake: str = "") -> Response:
    form = replace(form, may=frozenset({"not_sure"}))
    buttons = [*buttons_of(visit.knowledge.wording, form)]
    asks = [step.questions[0].id]
    return form_page(visit, form, said, f"{path}/answer", buttons, asks=asks, mistake=mistake)


def what_if_answer(visit: Visit) -> Response:
    """Go on to what the answer would change."""

    def seen(step: Step, said: Said) -> Response:
        other = take(step, said, start(visit.person.answers)).answers
        visit.person.wish = replace(visit.person.wish, other=other)
        return go_to("/what-if/seen")

    return _answered(visit, "/what-if", seen)


def change_answer(visit: Visit) -> Response:
    """Take the new answer."""

    def changed(step: Step, said: Said) -> Response:
        before, after = visit.person.go(lambda progress: take(step, said, progress))
        signs = new_urgent_signs(visit.knowledge, before.answers, after.answers)
        return go_to("/urgent" if signs else "/sheet")

    return _answered(visit, "/change", changed)


def _answered(visit: Visit, path: str, then: Callable[[Step, Said], Response]) -> Response:
    words, step = visit.knowledge.wording, asked_in(visit.knowledge, visit.posted)
    if len(step.questions) != 1:
        raise RefusedError(400, "web.refused.form")
    form = replace(forms.of_question(visit.knowledge, step.questions[0].id)[1], may=frozenset({"not_sure"}))
    if visit.posted.one("do") == "not_sure":  # the answer that was given before is ticked, and is to go
        return then(step, "not_sure")
    try:
        return then(step, reply_to(words, form, visit.posted, Reply()))
    except NotUnderstoodError as error:
        mistake = words[error.wording].format(**error.values)
    except MistakeError as error:
        mistake = error.text
    return _ask(visit, path, step, form, ticked(form, visit.posted), mistake)


def what_if_seen_page(visit: Visit) -> Response:
    """What the other answer would change."""
    other, answers = visit.person.wish.other, visit.person.answers
    if other is None or not answers.conditions:
        return go_to("/what-if")
    blocks = what_if_page(visit.knowledge, what_if(visit.knowledge, answers, other, "reference"))
    again = f'<p class="screen">{link(visit.knowledge.wording["what_if.which"], "/what-if")}</p>'
    explained = with_words_explained(visit.knowledge, blocks)
    return page_of(visit.knowledge, explained, after=again + menu(visit, "/what-if"), wide=True)
