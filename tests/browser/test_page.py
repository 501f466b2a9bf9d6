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
DIARY = (
    "date,pain,headache,week_pain,enjoyment,activity\n"
    "2026-10-01,8,yes,8,8,8\n2026-10-20,4,no,,,\n2026-11-17,10,yes,,,\n2026-11-18,0,no,6,7,8\n"
)


@pytest.fixture(scope="module", params=["sample", "urgent", "everything", "diary"])
def file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "page.html"
    answers = URGENT if request.param == "urgent" else SAMPLE.read_bytes()
    more = {"everything": ["--all"], "diary": ["--diary", "--diary-file", str(path.with_name("diary.csv"))]}
    path.with_name("diary.csv").write_text(DIARY)
    done = run("explore", "--answers", "-", "--format", "html", "--output", str(path), *more.get(request.param, []),
               given=answers)  # fmt: skip
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


CHART = "[...document.querySelectorAll('.chart svg')].map(svg => [...svg.querySelectorAll('rect')].map(rect => rect.getBoundingClientRect().width))"


@pytest.mark.parametrize("file", ["diary"], indirect=True)
@pytest.mark.parametrize("width", [320, 900])
def test_the_chart_says_in_words_what_it_draws(page: Page, file: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    page.goto(file.as_uri())
    assert page.get_by_role("img").count() == 3
    for value in ("8.0", "4.0", "5.0"):
        assert page.get_by_role("img", name=f"pain (0-10): {value}").count() == 1
    drawn = page.evaluate(CHART)
    assert [round(bar / track, 2) for track, bar in drawn] == [0.8, 0.4, 0.5]
    assert min(track for track, _ in drawn) >= 40, "there is a picture to see"
    assert page.get_by_text("no record").first.is_visible()
    assert page.get_by_role("columnheader", name="days recorded").is_visible() == (width == 900)
    told = page.evaluate("getComputedStyle(document.querySelector('[data-column]'), '::before').content")
    assert ("headache days" in told or "data-column" in told) == (width == 320), (
        "in a narrow window each cell says what it is"
    )


@pytest.mark.parametrize("file", ["diary"], indirect=True)
@pytest.mark.parametrize(("scheme", "media", "color"), [("light", "screen", "rgb(42, 93, 147)"),
                         ("dark", "screen", "rgb(143, 189, 240)"), ("dark", "print", "rgb(42, 93, 147)")])  # fmt: skip
def test_the_chart_has_the_colours_of_the_page(page: Page, file: Path, scheme: str, media: str, color: str) -> None:
    page.emulate_media(media=media, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    assert page.evaluate("getComputedStyle(document.querySelector('.chart .bar')).fill") == color
