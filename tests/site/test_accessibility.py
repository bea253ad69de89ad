"""WCAG 2.2, levels A and AA, as far as axe-core can tell, on light and dark pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Thousands of coloured words, in a few colours, and of drawn symbols: the page of Adam
# is looked at with them, and stands for all.
ALIKE = {"exclude": [[".highlight pre"], ["mjx-container"]]}
WITH_ALL = "chapters/12_adam.html"


@pytest.fixture(scope="module")
def wide(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def _violations(page, rules, context):
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = Axe().run(page, context=context, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def test_no_page_has_a_violation(book, wide):
    troubles = {}
    for name in _looked_at(book):
        wide.goto((book.html / name).as_uri())
        wide.add_style_tag(content="* { transition: none !important }")
        context = None if name == WITH_ALL else ALIKE
        for theme, rules in (("light", LEVELS), ("dark", COLOURS)):
            wide.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
            if found := _violations(wide, rules, context):
                troubles[name, theme] = found
    assert troubles == {}


def _looked_at(book):
    """Every page; of the pages of the library's source, which are alike, one."""
    sources = list(book.pages("_modules/**/*.html"))
    others = [name for name in book.pages() if name not in {*sources, "index.html"}]
    assert WITH_ALL in others
    return [*others, sources[-1]]


def test_a_violation_is_found(wide):
    wide.set_content("<html lang=en><title>A page</title><main><img src=a></main>")
    assert [rule for rule, _ in _violations(wide, LEVELS, None)] == ["image-alt"]
