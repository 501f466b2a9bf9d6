"""A trace in a real browser: text stays in its box with real letters, and everyone gets the picture or the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.test_commands import run
from tests.test_trace import GIVEN

SHOWN = "e => getComputedStyle(e).display != 'none' && e.getBoundingClientRect().height > 1"
OUTSIDE = """
[...document.querySelectorAll('g')].filter(group => group.querySelector(':scope > rect')).flatMap(group => {
  const box = group.querySelector('rect').getBBox();
  return [...group.querySelectorAll('text')].filter(text => {
    const letters = text.getBBox();
    return letters.x < box.x || letters.x + letters.width > box.x + box.width
      || letters.y < box.y || letters.y + letters.height > box.y + box.height;
  }).map(text => text.textContent);
})
"""


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("trace")
    for kind in ("html", "svg"):
        wanted = ("--option", "oral_nsaids", "--option", "craniosacral_therapy", "--urgent")
        done = run("trace", "-", *wanted, "--format", kind, "--output", str(folder / f"t.{kind}"), given=GIVEN)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert (folder / f"t.{kind}").stat().st_mode & 0o777 == 0o600
    return {kind: folder / f"t.{kind}" for kind in ("html", "svg")}


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "dark")])
def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, files: dict[str, Path], width: int, scheme: str
) -> None:
    context = browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(files["html"].as_uri())
    results = Axe().run(page)
    assert results.violations_count == 0, results.generate_report()
    assert len(results.response["passes"]) > 15, "axe did look"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    picture, words = page.locator("svg.derivation").first, page.locator("ul.derivation").first
    assert (picture.evaluate(SHOWN), words.evaluate(SHOWN)) == ((True, False) if width > 800 else (False, True))
    if width > 800:
        assert page.get_by_role("img").count() == page.locator("svg.derivation").count() > 2
        assert page.evaluate(OUTSIDE) == []
        dark = page.locator(".held_back .box").first.evaluate("e => getComputedStyle(e).stroke")
        assert dark == ("rgb(255, 157, 148)" if scheme == "dark" else "rgb(166, 27, 27)")
    context.close()


def test_the_picture_alone(browser: Browser, files: dict[str, Path]) -> None:
    asked: list[str] = []
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(files["svg"].as_uri())
    assert asked == [files["svg"].as_uri()]
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate("document.querySelectorAll('rect').length") > 50
    assert page.locator("title").text_content() == "How the rules got there: Long-lasting low back pain"
    page.close()
