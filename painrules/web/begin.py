"""The start page, answers brought along in a file, and the end."""

from __future__ import annotations

from starlette.responses import Response

from painrules.answers import Answers, read_answers
from painrules.interview import signs_to_tell
from painrules.knowledge import KnowledgeBase
from painrules.reading import ContentError
from painrules.surfaces.blocks import about_the_content, language_lines
from painrules.surfaces.html import text
from painrules.web.fields import Button, button_html, hidden
from painrules.web.frame import framed, go_to, link, note
from painrules.web.posted import RefusedError
from painrules.web.sessions import IDLE_HOURS
from painrules.web.visits import Visit


def start_page(visit: Visit, language: str | None = None) -> Response:
    """What this is and is not, and the ways to start."""
    return _start_page(visit, visit.site.knowledge[language] if language else visit.knowledge)


def _start_page(visit: Visit, knowledge: KnowledgeBase, problems: tuple[str, ...] = ()) -> Response:
    words = knowledge.wording
    token = hidden("token", visit.session.token) if visit.session else ""
    language = hidden("language", knowledge.language)
    begin = Button("begin", words["web.start_anew" if visit.session else "web.start"], "" if visit.session else "first")
    body = [
        f"<h1>{text(words['title'])}</h1>",
        *_problems(words["web.file_problems"], problems),
        f'<p class="strong">{text(words["web.urgent_first"])}</p>',
        *(f'<p class="strong">{text(line)}</p>' for line in language_lines(knowledge)),
        f"<p>{text(words['web.what'])}</p>",
        f"<p>{text(words['purpose'])}</p>",
        f"<p>{text(words['web.privacy'].format(hours=IDLE_HOURS))}</p>",
        *([f"<p>{link(words['web.resume'], '/question', 'first')}</p>"] if visit.session else []),
        f'<form method="post" action="/begin"><p class="buttons">{token}{language}{button_html(begin)}</p>',
        *([f'<p class="quiet">{text(words["web.start_anew_means"])}</p>'] if visit.session else []),
        "</form>",
        *_other_languages(visit, knowledge),
        f"<details{' open' if problems else ''}><summary>{text(words['web.bring'])}</summary>",
        '<form method="post" action="/bring" enctype="multipart/form-data">',
        f'{token}{language}<p><label for="file">{text(words["web.file"])}</label></p>',
        '<p><input type="file" id="file" name="file" accept=".yaml,.yml,.json"></p>',
        f'<p class="buttons">{button_html(Button("bring", words["web.open_file"]))}</p></form></details>',
        f"<details><summary>{text(words['limits_heading'])}</summary>",
        *(f"<p>{text(words[f'limits.{number}'])}</p>" for number in (1, 2)),
        f"<p>{text(about_the_content(knowledge))}</p>",
        "</details>",
    ]
    status = 422 if problems else 200
    title = f"{words['web.error']}: {words['title']}" if problems else words["title"]
    return framed(knowledge, title, "\n".join(body), in_session=visit.session is not None, status=status)


def _problems(title: str, problems: tuple[str, ...]) -> list[str]:
    if not problems:
        return []
    lines = (f"<li>{text(problem)}</li>" for problem in problems)
    where = f'<p class="strong"><a href="#file">{text(title)}</a></p>'
    return ['<div class="mistakes" role="alert" tabindex="-1" autofocus>', where, "<ul>", *lines, "</ul></div>"]


def _other_languages(visit: Visit, knowledge: KnowledgeBase) -> list[str]:
    others = [other for other in visit.site.knowledge.values() if other is not knowledge]
    links = (
        f'<a class="button" href="/{text(other.language)}" lang="{text(other.language)}" '
        f'hreflang="{text(other.language)}">{text(other.wording["language_name"])}</a>'
        for other in others
    )
    return [f'<p class="buttons">{" ".join(links)}</p>'] if others else []


def begin(visit: Visit) -> Response:
    """A new session; one that the browser had before is forgotten."""
    return _with_session(visit, _chosen_language(visit).language, Answers(), "/where")


def bring(visit: Visit) -> Response:
    """A new session with the answers of a file."""
    knowledge = _chosen_language(visit)
    words = knowledge.wording
    if not visit.posted.file:
        return _start_page(visit, knowledge, (words["web.no_file"],))
    try:
        answers = read_answers(visit.posted.file, words["web.file"], knowledge)
    except ContentError as error:
        return _start_page(visit, knowledge, tuple(map(str, error.problems)))
    signs = signs_to_tell(knowledge, answers)
    return _with_session(visit, knowledge.language, answers, "/urgent" if signs else "/question")


def _chosen_language(visit: Visit) -> KnowledgeBase:
    chosen = visit.site.knowledge.get(visit.posted.one("language"))
    if chosen is None:
        raise RefusedError(400, "web.refused.form")
    return chosen


def _with_session(visit: Visit, language: str, answers: Answers, path: str) -> Response:
    if visit.session:
        visit.site.sessions.end(visit.session.id)
    session = visit.site.sessions.begin(language, answers)
    response = go_to(path)
    response.set_cookie(visit.site.cookie, session.id, path="/", httponly=True, samesite="strict")
    return response


def end_page(visit: Visit) -> Response:
    """Whether the person is sure."""
    words, session = visit.knowledge.wording, visit.person
    body = [
        f"<h1>{text(words['web.end_sure'])}</h1>",
        f"<p>{text(words['web.end_means'])}</p>",
        f'<form method="post" action="/end"><p class="buttons">{hidden("token", session.token)}',
        button_html(Button("end", words["web.end"], "first")),
        link(words["web.keep_on"], "/question"),
        "</p></form>",
    ]
    return framed(visit.knowledge, words["web.end_sure"], "\n".join(body), in_session=False)


def end(visit: Visit) -> Response:
    """Forget the session."""
    words = visit.knowledge.wording
    visit.site.sessions.end(visit.person.id)
    response = note(visit.knowledge, words["web.ended"], words["web.ended_means"])
    response.delete_cookie(visit.site.cookie, path="/", httponly=True, samesite="strict")
    return response
