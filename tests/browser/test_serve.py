"""The local web page in a real browser: Debian's Chromium, with and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.test_commands import SAMPLE
from tests.web.server import Server, serving

GO = "Go on with what I ticked"
Look = Callable[[str], None]
PAGES = {"start", "where", "where: error", "lines", "lines: error", "urgent", "number", "number: error", "one", "some",
         "sheet", "everything", "talk about", "tried", "how it went", "how it went: error", "compare", "compare: error",
         "compared", "what if", "other answer", "what if seen", "take along", "keep", "change", "end", "ended", "not begun",
         "start with a session", "file: error", "another language", "missing"}  # fmt: skip


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


def walk(page: Page, address: str, look: Look) -> None:
    """Go to every kind of page, as a person with a pointer does, and look at each."""
    seen: set[str] = set()

    def show(name: str) -> None:
        if name not in seen:
            seen.add(name)
            look(name)

    page.goto(address)
    show("start")
    page.get_by_role("button", name="Start", exact=True).click()
    show("where")
    page.get_by_role("button", name=GO).click()
    show("where: error")
    page.get_by_label("Long-lasting low back pain").check()
    page.get_by_role("button", name=GO).click()
    show("lines")
    page.get_by_role("button", name=GO).click()
    show("lines: error")
    page.get_by_label("New trouble with passing or holding urine or stool", exact=True).check()
    page.get_by_role("button", name=GO).click()
    show("urgent")
    page.get_by_role("link", name="Go on with the questions").click()
    answer_the_rest(page, show)
    show("sheet")
    for path, name in (("everything", "everything"), ("talk-about", "talk about"), ("take-along", "take along"), ("keep", "keep"), ("change", "change"),
                       ("", "start with a session"), ("es", "another language"), ("nothing", "missing")):  # fmt: skip
        page.goto(f"{address}{path}")
        show(name)
    page.goto(f"{address}tried")
    show("tried")
    page.get_by_label("Acupuncture").check()
    page.get_by_role("button", name="Go on").click()
    show("how it went")
    page.get_by_role("button", name="Put it on my page").click()
    show("how it went: error")
    page.goto(f"{address}compare")
    show("compare")
    page.get_by_role("button", name="Go on").click()
    show("compare: error")
    for name in ("Acupuncture", "Tai chi", "Massage"):
        page.get_by_label(name, exact=True).check()
    page.get_by_role("button", name="Go on").click()
    show("compared")
    page.goto(f"{address}what-if")
    show("what if")
    page.get_by_label("Are you pregnant").check()
    page.get_by_role("button", name="Go on").click()
    show("other answer")
    page.get_by_label("Breastfeeding").check()
    page.get_by_role("button", name="Go on").click()
    show("what if seen")
    page.goto(address)
    page.get_by_text("Go on with answers that you kept in a file").click()
    page.set_input_files(
        "#file", files=[{"name": "me.yaml", "mimeType": "text/plain", "buffer": b"conditions: [gotu]"}]
    )
    page.get_by_role("button", name="Open this file").click()
    show("file: error")
    page.goto(f"{address}end")
    show("end")
    page.get_by_role("button", name="Delete my answers and end").click()
    show("ended")
    page.goto(f"{address}sheet")
    show("not begun")
    assert seen == PAGES


def kind_of(page: Page) -> str:
    for kind, part in (("number", "#number"), ("one", "input[type=radio]"), ("lines", "input[name=unsure]")):
        if page.locator(part).count():
            return kind
    return "some"


def answer_the_rest(page: Page, show: Look = lambda name: None) -> None:
    while "/question" in page.url:
        kind = kind_of(page)
        show(kind)
        if kind == "number":
            if not page.locator(".mistakes").count():
                page.fill("#number", "old")
                with page.expect_navigation():
                    page.get_by_role("button", name="Go on").click()
                show("number: error")
            page.fill("#number", "61")
            with page.expect_navigation():
                page.get_by_role("button", name="Go on").click()
        elif kind == "one":
            page.locator("input[type=radio]").last.check()
            with page.expect_navigation():
                page.get_by_role("button", name="Go on").click()
        else:
            with page.expect_navigation():
                page.get_by_role("button", name="None of these is true").click()
        if page.url.endswith("/urgent"):
            with page.expect_navigation():
                page.get_by_role("link", name="Go on with the questions").click()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Browser, server: Server) -> None:
    # The pages let in no script but their own; axe is another one, so it needs a context that sets this aside.
    context = browser.new_context(bypass_csp=True)
    page = context.new_page()
    axe = Axe()

    def look(name: str) -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            results = axe.run(page)
            assert results.violations_count == 0, f"{name}, {scheme}: {results.generate_report()}"
            assert len(results.response["passes"]) > 10, "axe did look"
        for width in (320, 640):  # 320 px is also what a window of 1280 px shows at 400 % zoom
            page.set_viewport_size({"width": width, "height": 256})
            wide, seen = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
            assert wide <= seen, f"{name} at {width}"
        small = page.evaluate(
            "[...document.querySelectorAll('button, .button, .choices label')].filter(e => e.offsetParent)"
            ".map(e => [e.innerText, e.getBoundingClientRect().height]).filter(([_, height]) => height < 35)"
        )
        assert small == [], name
        page.set_viewport_size({"width": 1280, "height": 800})

    walk(page, f"http://127.0.0.1:{server.port}/", look)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_everything_works_and_nothing_is_asked_of_any_other_place(
    browser: Browser, server: Server, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    address = f"http://127.0.0.1:{server.port}/"
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    walk(page, address, lambda name: expect(page.get_by_role("main")).to_have_count(1))
    assert [url for url in asked if not url.startswith(address)] == []
    assert [text for text in complaints if "status of 4" not in text] == [], "no policy was broken"
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_whole_interview_by_keyboard_alone(browser: Browser, server: Server, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")

    def press_at(part: str, key: str) -> None:
        """Tab on until an element is reached, see that it shows the focus, and press a key."""
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate(f"document.activeElement.matches({part!r})"):
                assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
                page.keyboard.press(key)
                return
        raise AssertionError(f"{part} cannot be reached on {page.url}")

    def send(part: str) -> None:
        with page.expect_navigation():
            press_at(part, "Enter")

    send("button[value=begin]")
    press_at("#line-low_back_pain_chronic", "Space")
    send("button[value=go]")
    press_at("#line-saddle_numbness", "Space")
    press_at("#unsure-new_leg_weakness", "Space") if page.locator("#unsure-new_leg_weakness").count() else None
    send("button[value=go]")
    assert page.url.endswith("/urgent")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    steps = 0
    while not page.url.endswith("/sheet"):
        steps += 1
        if page.url.endswith("/urgent"):
            send("a[href='/question']")
            continue
        kind = kind_of(page)
        if kind == "number":
            press_at("#number", "5")
            page.keyboard.type("5")
            with page.expect_navigation():
                page.keyboard.press("Enter")
        elif kind == "one":
            press_at("input[type=radio]", "Space")
            send("button[value=go]")
        else:
            send("button[value=none]")
    assert steps > 10
    expect(page.get_by_role("heading", level=1)).to_have_text("Options to discuss with a pain specialist")
    send("nav a[href='/take-along']")
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_mistake_has_the_focus_and_leads_to_its_field(browser: Browser, server: Server, scripts: bool) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_role("button", name=GO).click()
    assert page.title().startswith("Error: ")
    expect(page.locator(".mistakes")).to_be_focused()  # the browser moves it a moment after it has loaded
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.type") == "checkbox"
    context.close()


def test_the_list_is_shortened_by_any_name(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label("Gout").check()
    page.get_by_label("Find in this list").fill("Adhesive capsulitis")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    expect(page.get_by_label("Frozen shoulder")).to_be_visible()
    expect(page.get_by_label("Gout")).to_be_visible()  # what is ticked is never out of sight
    expect(page.get_by_role("status")).to_have_text("1 found")
    page.get_by_label("Find in this list").press("Enter")
    assert page.url.endswith("/where"), "Enter in the box does not send the form"
    page.close()


def test_true_and_not_sure_exclude_each_other(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label("Gout").check()
    page.get_by_role("button", name=GO).click()
    true, unsure = page.locator("input[name=line]").first, page.locator("input[name=unsure]").first
    true.check()
    unsure.check()
    expect(true).not_to_be_checked()
    true.check()
    expect(unsure).not_to_be_checked()
    page.close()


def test_back_in_the_browser(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_role("button", name="Start", exact=True).click()
    page.get_by_label("Long-lasting low back pain").check()
    page.get_by_role("button", name=GO).click()
    first = page.locator("input[name=line]").first
    id = first.get_attribute("id")
    first.check()
    page.get_by_role("button", name=GO).click()
    page.get_by_role("link", name="Go on with the questions").click()
    page.get_by_role("button", name="None of these is true").click()
    while not page.locator(f"#{id}").count():
        page.go_back()
    expect(page.locator(f"#{id}")).to_be_checked()
    page.locator(f"#{id}").uncheck()
    page.get_by_role("button", name="None of these is true").click()
    assert re.search(r"/question/\d+$", page.url)
    page.close()


def test_on_paper_stands_the_page_and_nothing_around_it(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_text("Go on with answers that you kept in a file").click()
    page.set_input_files("#file", SAMPLE)
    page.get_by_role("button", name="Open this file").click()
    page.goto(f"http://127.0.0.1:{server.port}/take-along")
    expect(page.get_by_role("button", name="Print this page")).to_be_visible()
    page.emulate_media(media="print")
    for around in ("nav", "footer", "button", "a.button"):
        assert page.locator(f"{around}:visible").count() == 0
    assert page.locator("h1:visible").inner_text() == "Options to discuss with a pain specialist"
    import io

    import pypdf

    assert len(pypdf.PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages) <= 2
    page.close()


def test_a_medicine_is_found_by_a_brand_and_by_a_misspelt_one(browser: Browser, server: Server) -> None:
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{server.port}/")
    page.get_by_role("button", name="Start", exact=True).click()
    find, told = page.get_by_label("Find in this list"), page.get_by_role("status")
    find.fill("migrane")
    expect(told).to_contain_text("No name is spelt like that.")
    expect(page.get_by_label("Migraine", exact=True)).to_be_visible()
    find.fill("qqqq")
    expect(told).to_have_text("Nothing here is like that. Try another word, or empty this box to see the whole list.")
    find.fill("")
    page.get_by_label("Osteoarthritis of the knee").check()
    page.get_by_role("button", name=GO).click()
    while "medicines" not in page.inner_text("h1"):
        page.get_by_role("button", name="Skip this question").click()
    expect(page.get_by_role("link", name="Keep my answers in a file")).to_have_count(1)
    for written in ("eliquis", "elequis"):
        page.get_by_label("Find in this list").fill(written)
        expect(page.locator(".choices li:visible")).to_have_count(1)
        expect(page.get_by_label("Eliquis (apixaban)")).to_be_visible()
    page.close()
