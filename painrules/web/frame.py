"""What is around every page: the head, the way to the content, and how to delete everything."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from starlette.responses import HTMLResponse, RedirectResponse, Response

from painrules.knowledge import KnowledgeBase
from painrules.surfaces.blocks import Block, Heading, language_lines, with_language_told
from painrules.surfaces.html import content, style, text
from painrules.web.posted import RefusedError

ALWAYS = {"/keep": "next.keep", "/end": "web.end"}
"""What can be done at any moment: an interview can be broken off and taken up again."""


def framed(
    knowledge: KnowledgeBase, title: str, body: str, *, in_session: bool, status: int = 200, wide: bool = False
) -> Response:
    """A page with this body, which is HTML."""
    words = knowledge.wording
    ways = "".join(f'<a href="{to}">{text(words[label])}</a> ' for to, label in ALWAYS.items())
    told = [text(line) for line in language_lines(knowledge)]
    language = "".join(f'<p class="quiet">{line}</p>' for line in told if line not in body)
    end = f"<footer><p>{ways}</p></footer>" if in_session else ""
    return HTMLResponse(
        f"""\
<!DOCTYPE html>
<html lang="{text(knowledge.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{text(title)}</title>
<link rel="icon" href="/favicon.ico">
<link rel="stylesheet" href="/style.css">
<script src="/page.js" defer></script>
</head>
<body{' class="wide"' if wide else ""}>
<a class="skip" href="#content">{text(words["skip_link"])}</a>
<main id="content" tabindex="-1">
{body}
{language}
</main>
{end}
</body>
</html>
""",
        status,
    )


def page_of(
    knowledge: KnowledgeBase, blocks: Iterable[Block], *, before: str = "", after: str = "", wide: bool = False
) -> Response:
    """A page of blocks, with HTML before and after them."""
    blocks = with_language_told(knowledge, blocks)
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    return framed(knowledge, title, f"{before}\n{content(blocks)}\n{after}", in_session=True, wide=wide)


def note(knowledge: KnowledgeBase, title: str, *lines: str, status: int = 200) -> Response:
    """A short page of a few sentences, with the way to the start page."""
    paragraphs = "\n".join(f"<p>{text(line)}</p>" for line in lines)
    way = f"<p>{link(knowledge.wording['web.start_page'], '/', 'first')}</p>"
    body = f"<h1>{text(title)}</h1>\n{paragraphs}\n{way}"
    return framed(knowledge, title, body, in_session=False, status=status)


def refusal(knowledge: KnowledgeBase, error: RefusedError) -> Response:
    """The page that says why a request was refused."""
    words = knowledge.wording
    return note(knowledge, words["web.refused"], words[error.wording], status=error.status)


def link(label: str, to: str, look: str = "") -> str:
    """A link that looks like a button."""
    return f'<a class="button {look}" href="{text(to)}">{text(label)}</a>'


def go_to(path: str) -> Response:
    """Send the browser to another page after a change."""
    return RedirectResponse(path, 303)


STATIC = {"/style.css": "text/css", "/page.js": "text/javascript", "/favicon.ico": "image/svg+xml"}


def static(path: str) -> Response:
    """One of the few files that pages use."""
    if path == "/style.css":
        return Response(style() + _own("web.css"), media_type=STATIC[path])
    return Response(_own("page.js" if path == "/page.js" else "icon.svg"), media_type=STATIC[path])


@cache
def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
