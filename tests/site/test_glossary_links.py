"""Terms in the chapters' text, with their definitions beside them."""

from collections import Counter

import pytest
from building import open_page

PAGE = "chapters/12_adam.html"


def test_each_chapter_links_each_term_once_to_its_entry(pages, chapters):
    entries = {term["id"] for term in pages["docs/glossary.html"].select("dt[id]")}
    for name, page in chapters.items():
        links = page.select("a.glossary-term")
        assert links, name
        words = Counter(link.get_text().lower() for link in links)
        assert set(words.values()) == {1}, name
        for link in links:
            address, _, anchor = link["href"].partition("#")
            assert address == "../docs/glossary.html"
            assert anchor in entries
            assert link.find_parent(["h1", "h2", "h3", "pre", "a", "figure"]) is None


@pytest.fixture
def term(book, tab):
    open_page(tab, book.html / PAGE)
    with_formula = "a.glossary-term[data-definition*='\\\\(']"
    return tab.locator(with_formula).first


def test_a_pointer_shows_the_definition_with_its_formulas(term, tab):
    tip = tab.locator("#glossary-tip")
    assert not tip.is_visible()
    term.hover()
    tip.locator("mjx-container").first.wait_for()
    words = term.get_attribute("data-definition").partition("\\(")[0].strip()
    assert tip.inner_text().startswith(words)
    box = tip.bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= 400
    tip.hover()
    tab.wait_for_timeout(300)
    assert tip.is_visible()
    assert not tab.troubles


def test_the_keyboard_shows_it_and_escape_hides_it(term, tab):
    tip = tab.locator("#glossary-tip")
    term.focus()
    assert tip.is_visible()
    assert term.get_attribute("aria-describedby") == "glossary-tip"
    tab.keyboard.press("Escape")
    assert not tip.is_visible()
    assert term.get_attribute("aria-describedby") is None
