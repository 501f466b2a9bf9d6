"""The page to take along in a real browser: Debian's Chromium, without a network and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.test_commands import SAMPLE, run

URGENT = b"conditions: [low_back_pain_chronic]\nanswers: {saddle_numbness: yes, kidney_disease: severe}"


@pytest.fixture(scope="module", params=["sample", "urgent", "everything"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    answers = URGENT if request.param == "urgent" else SAMPLE.read_bytes()
    more = ["--all"] if request.param == "everything" else []
    done = run("explore", "--answers", "-", "--format", "html", "--output", str(path), *more, given=answers)
    assert done.returncode == 0, done.stderr
    return path


@pytest.mark.parametrize(
    ("media", "scheme"), [("screen", "light"), ("screen", "dark"), ("print", "light"), ("print", "dark")]
)
def test_axe_finds_nothing(browser: Browser, file: Path, media: str, scheme: str) -> None:
    # The page forbids every script; axe is one, so it needs a context that sets this aside.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    page.emulate_media(media=media, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) > 15, "axe did look"
    context.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab as of a careful person: no scripts of the page's own."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_axe_would_find_something(browser: Browser, file: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.html"
    broken.write_text(file.read_text().replace("--ink: #1b1b1b", "--ink: #ccc").replace('<html lang="en">', "<html>"))
    context = browser.new_context(bypass_csp=True)
    tab = context.new_page()
    tab.goto(broken.as_uri())
    found = {violation["id"] for violation in Axe().run(tab).response["violations"]}
    assert {"color-contrast", "html-has-lang"} <= found
    context.close()


@pytest.mark.parametrize("width", [320, 640, 1280])
@pytest.mark.parametrize("media", ["screen", "print"])
def test_nothing_scrolls_sideways(page: Page, file: Path, width: int, media: str) -> None:
    """320 px wide is also what a window of 1280 px shows at 400 % zoom."""
    page.emulate_media(media=media)  # type: ignore[arg-type]
    page.set_viewport_size({"width": width, "height": 256})
    page.goto(file.as_uri())
    # Scripts of the page are off; those of the test are not.
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen


def test_nothing_is_asked_of_any_other_place(page: Page, file: Path) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri(), wait_until="networkidle")
    assert asked == [file.as_uri()]
    assert complaints == []
    assert page.evaluate("getComputedStyle(document.body).maxWidth") == "832px", "its own style is let in"


def test_the_policy_lets_no_script_run(browser: Browser, file: Path, tmp_path: Path) -> None:
    attacked = tmp_path / "attacked.html"
    attack = (
        "<script>document.title = 'taken'</script><style>body { display: none }</style><img src='http://127.0.0.1:9/x'>"
    )
    attacked.write_text(file.read_text().replace("<main", f"{attack}<main"))
    tab = browser.new_page()
    refused: list[str | None] = []
    tab.on("requestfailed", lambda request: refused.append(request.failure))
    tab.goto(attacked.as_uri())
    assert tab.title() == "Options to discuss with a pain specialist"
    assert tab.evaluate("getComputedStyle(document.body).display") == "block"
    assert refused == ["csp"]
    tab.close()


def test_keyboard_and_landmarks(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    assert page.get_by_role("main").count() == 1
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("region").count() == page.get_by_role("heading", level=2).count()
    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Go to the content")
    assert page.evaluate("document.activeElement.className") == "skip"
    box = link.bounding_box()
    assert box is not None
    assert box["y"] >= 0, "it is seen when it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_every_status_is_told_in_words(page: Page, file: Path) -> None:
    page.goto(file.as_uri())
    statuses = page.locator(".status").all_inner_texts()
    assert statuses
    for status in statuses:
        assert re.match(r"option|with care|check first|usually avoided|advised against", status)
