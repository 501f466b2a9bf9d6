"""The pages of matrix, plan, compare and coverage in a real browser: what axe finds, and whether they fit."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.test_commands import SAMPLE, run

CASE = "back_pain_and_kidneys"
PAGES = {
    "matrix": ["matrix", "--category", "lifestyle"],
    "plan": ["plan", CASE],
    "people": ["compare", CASE, "urgent.yaml"],
    "treatments": ["compare", "acupuncture", "tens", "--answers", str(SAMPLE)],
    "coverage": ["coverage", "--condition", "sciatica", "--category", "physical"],
}
SIGNS = """[...document.querySelectorAll('.key > span, td[class]')].map(
    cell => getComputedStyle(cell)).filter(style => style.backgroundColor != 'rgba(0, 0, 0, 0)').map(
    style => [style.color, style.backgroundColor])"""

OVER_HEADINGS = """(() => {
    const frame = document.querySelector('.wide'), seen = [];
    frame.scrollIntoView();
    for (let top = 0; top < frame.scrollHeight - frame.clientHeight; top += 15) {
        frame.scrollTo(300, top);
        const box = [...document.querySelectorAll('thead th')].map(head => head.getBoundingClientRect())
            .find(box => box.top <= frame.getBoundingClientRect().top + 2 && box.left > 250);
        if (box) seen.push(document.elementFromPoint(box.left + 10, box.top + 60).closest('thead, tbody').tagName);
    }
    return seen;
})()"""


def contrast(ink: str, ground: str) -> float:
    light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: str) -> float:
    red, green, blue = (int(part) / 255 for part in colour[4:-1].split(","))
    parts = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in (red, green, blue)]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_the_page_fits(browser: Browser, name: str, tmp_path: Path) -> None:
    (tmp_path / "urgent.yaml").write_text("conditions: [sciatica]\nanswers: {saddle_numbness: yes}\n")
    done = run(*PAGES[name], "--format", "html", "--output", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    # The page forbids every script; axe is one, so it needs a context that sets this aside.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto((tmp_path / "page.html").as_uri())
        results = Axe().run(page)
        assert results.violations_count == 0, results.generate_report()
        assert len(results.response["passes"]) > 12, "axe did look"
        for ink, ground in page.evaluate(SIGNS):  # axe says nothing of single letters
            assert contrast(ink, ground) >= 4.5, (scheme, ink, ground)
    assert set(asked) == {(tmp_path / "page.html").as_uri()}
    page.set_viewport_size({"width": 400, "height": 800})
    wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= seen
    if name == "matrix":
        page.evaluate("document.querySelector('.wide').scrollTo(300, 200)")
        row, head = page.evaluate(
            "['tbody th[scope=row]', 'thead th + th'].map(one => document.querySelector(one).getBoundingClientRect())"
        )
        frame = page.evaluate("document.querySelector('.wide').getBoundingClientRect()")
        assert abs(row["x"] - frame["x"]) <= 2, "names stay in sight"
        assert abs(head["y"] - frame["y"]) <= 2, "so do headings"
        assert set(page.evaluate(OVER_HEADINGS)) == {"THEAD"}, "and nothing passes over them"
    context.close()
