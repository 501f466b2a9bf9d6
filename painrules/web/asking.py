"""The interview: the kinds of pain, then question by question, with urgent signs told at once.

The address of a question holds its number and nothing else. A posted form names what it asks, so that an old page, or
one in a second tab, answers its own question and no other.
"""

from __future__ import annotations

import re

from msgspec.structs import replace
from starlette.responses import Response

from painrules.interview import (
    NotUnderstoodError,
    Progress,
    Reply,
    Step,
    Why,
    new_urgent_signs,
    next_step,
    reply_in,
    signs_to_tell,
    take,
)
from painrules.knowledge import KnowledgeBase
from painrules.surfaces import forms
from painrules.surfaces.blocks import Alarm, Heading
from painrules.surfaces.forms import Form
from painrules.surfaces.html import content, text
from painrules.surfaces.sheet_page import sign_lines
from painrules.web.fields import Button, buttons_of, form_html
from painrules.web.frame import framed, go_to, link
from painrules.web.posted import MistakeError, Posted, RefusedError, reply_to, ticked
from painrules.web.sessions import trail
from painrules.web.visits import Visit


def where_page(visit: Visit) -> Response:
    """Which kinds of pain."""
    return _where_page(visit, Reply(visit.person.answers.conditions))


def _where_page(visit: Visit, said: Reply, mistake: str = "") -> Response:
    words = visit.knowledge.wording
    form = forms.of_conditions(visit.knowledge, visit.person.answers)
    buttons = [Button("go", words["web.ticked"], "first")]
    body = form_html(
        words, form, said, action="/where", token=visit.person.token, buttons=buttons, mistake=mistake
    )  # fmt: skip
    return _asked(visit, form, body, mistake, wide=True)


def where(visit: Visit) -> Response:
    """Take the kinds of pain."""
    form = forms.of_conditions(visit.knowledge, visit.person.answers)
    said = ticked(form, visit.posted)
    if not said.chosen:
        return _where_page(visit, said, visit.knowledge.wording["web.no_condition"])
    visit.person.go(lambda progress: progress.choose(said.chosen))
    return go_to("/question")


def current_question(visit: Visit) -> Response:
    """Go to the question that comes next."""
    return go_to(f"/question/{len(trail(visit.person.progress)) - 1}")


def question_page(visit: Visit) -> Response:
    """A question by its number: the next one, or one before it with what was answered to it."""
    return _question_page(visit, None)


def _question_page(visit: Visit, said: Reply | None, mistake: str = "") -> Response:
    knowledge, session = visit.knowledge, visit.person
    written, steps = visit.path["number"], trail(session.progress)
    if not re.fullmatch(r"[0-9]{1,6}", written):
        raise RefusedError(404, "web.missing")
    number = int(written)
    if number >= len(steps):
        return go_to("/question")
    if not steps[number].answers.conditions:
        return go_to("/where")
    step = next_step(knowledge, steps[number])
    if step is None:
        return go_to("/sheet")
    words, form = knowledge.wording, form_of(knowledge, step, number)
    progress = f'<span class="quiet">({text(form.progress)})</span>'
    lead = [
        f'<p><span class="screen-title">{text(step.screen.title)}</span> {progress}</p>',
        *([f"<p>{text(words['web.settled'])}</p>"] if step.why.kind in ("reasons", "fits") else []),
        *([f'<p class="quiet">{text(step.screen.intro)}</p>'] if step.screen.intro else []),
    ]
    body = [
        form_html(
            words,
            form,
            given(step, session.progress) if said is None else said,
            action=f"/question/{number}",
            token=session.token,
            buttons=[*buttons_of(words, form)],
            asks=[question.id for question in step.questions],
            mistake=mistake,
            lead="\n".join(lead),
        ),
        f"<p>{link(words['web.back'], f'/question/{number - 1}' if number else '/where')}</p>",
    ]
    return _asked(visit, form, "\n".join(body), mistake)


def _asked(visit: Visit, form: Form, body: str, mistake: str, *, wide: bool = False) -> Response:
    lead = f"{visit.knowledge.wording['web.error']}: " if mistake else ""
    status = 422 if mistake else 200
    return framed(visit.knowledge, f"{lead}{form.title}", body, in_session=True, status=status, wide=wide)


def question(visit: Visit) -> Response:
    """Take what was said to the questions that the form names."""
    knowledge, session = visit.knowledge, visit.person
    step = asked_in(knowledge, visit.posted)
    form = form_of(knowledge, step)
    try:
        said = reply_to(knowledge.wording, form, visit.posted, given(step, session.progress))
        if said == "skip" and any(question.id in session.answers.known for question in step.questions):
            return go_to("/question")  # it was answered before, and stays so
        before, after = session.go(lambda progress: take(step, said, progress)) if said != "done" else (None, None)
    except NotUnderstoodError as error:
        mistake = knowledge.wording[error.wording].format(**error.values)
        return _question_page(visit, ticked(form, visit.posted), mistake)
    except MistakeError as error:
        return _question_page(visit, ticked(form, visit.posted), error.text)
    if before is None or after is None:
        return go_to("/sheet")
    if new_urgent_signs(knowledge, before.answers, after.answers):
        return go_to("/urgent")
    return go_to("/question")


def asked_in(knowledge: KnowledgeBase, posted: Posted) -> Step:
    """The step that a posted form is about. Raises RefusedError when no page of ours asks so."""
    questions = tuple(knowledge.questions[id] for id in posted.all("asks", knowledge.questions))
    screens = {question.screen for question in questions}
    lines = all(question.kind == "yes_no" for question in questions)
    if len(screens) != 1 or not (lines or len(questions) == 1):
        raise RefusedError(400, "web.refused.form")
    return Step(knowledge.screens[screens.pop()], questions, len(questions), Why("status", 0))


def form_of(knowledge: KnowledgeBase, step: Step, asked: int = 0) -> Form:
    """The form of a step, after so many others; a single line to tick is asked as yes or no."""
    form = forms.of_step(knowledge, step, asked)
    if not step.is_checklist or len(step.questions) > 1:
        return form
    return replace(forms.of_question(knowledge, step.questions[0].id)[1], why=form.why, progress=form.progress)


def given(step: Step, progress: Progress) -> Reply:
    """What was answered to a step before, as its form shows it."""
    said = reply_in(step, progress.answers)
    denied = progress.answers.known.get(step.questions[0].id) == "no"
    return Reply(("no",)) if step.is_checklist and len(step.questions) == 1 and denied else said


def urgent_page(visit: Visit) -> Response:
    """The urgent signs that the person told of, and what to do now."""
    knowledge, words = visit.knowledge, visit.knowledge.wording
    signs = signs_to_tell(knowledge, visit.person.answers)
    if not signs:
        return go_to("/question")
    alarms = [Alarm(words[f"level.{sign.level}"], sign_lines(knowledge, sign)) for sign in signs]
    body = [
        f'<div role="alert" tabindex="-1" autofocus>{content([Heading(words["urgent_heading"], 1), *alarms])}</div>',
        f"<p>{text(words['web.urgent_now' if any(sign.level != 'soon' for sign in signs) else 'urgent_soon'])}</p>",
        f'<p class="buttons">{link(words["web.urgent_go_on"], "/question", "first")}',
        f"{link(words['web.done'], '/sheet')}</p>",
    ]
    return framed(knowledge, words["urgent_heading"], "\n".join(body), in_session=True)
