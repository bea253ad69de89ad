"""A chapter on paper."""

import io

import pypdf
import pytest
from building import open_page
from playwright.sync_api import expect

CHAPTER = "chapters/12_adam.html"


@pytest.fixture
def dark(book, browser):
    page = browser.new_page(
        color_scheme="dark", viewport={"width": 1280, "height": 900}
    )
    open_page(page, book.html / CHAPTER)
    yield page
    page.close()


def test_a_dark_page_is_printed_in_dark_ink_and_stays_dark(dark):
    ink = "getComputedStyle(document.querySelector('article p')).color"
    dark.evaluate(f"addEventListener('beforeprint', () => window.printed = {ink})")
    night = dark.evaluate(ink)
    dark.pdf()
    printed = dark.evaluate("window.printed")
    assert max(_levels(printed)) < 128 < min(_levels(night))
    assert dark.evaluate(ink) == night


def _levels(colour):
    return [int(part) for part in colour.removeprefix("rgb(")[:-1].split(",")]


def test_paper_has_no_buttons_and_no_lines_that_are_cut_off(dark):
    text = "".join(
        page.extract_text() for page in pypdf.PdfReader(io.BytesIO(dark.pdf())).pages
    )
    assert "Show the code" not in text
    dark.emulate_media(media="print")
    expect(dark.locator(".anim-buttons").first).to_be_hidden()
    wide = "code => code.some(each => each.scrollWidth > each.clientWidth)"
    assert not dark.locator("article pre").evaluate_all(wide)
