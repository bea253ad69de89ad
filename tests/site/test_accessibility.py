"""WCAG 2.2, levels A and AA, as far as axe-core can tell, on light and dark pages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from building import ROOT

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.py"))
# Coloured words of code and drawn symbols, thousands a page, are alike everywhere: the
# page of Adam is looked at with them, and stands for all.
WITH_ALL = "chapters/12_adam.html"
SIMPLIFY = """() => {
  const code = document.querySelectorAll(".highlight pre");
  code.forEach((block) => (block.textContent = block.textContent));
  const formulas = document.querySelectorAll("mjx-container");
  formulas.forEach((formula) => formula.replaceWith(formula.textContent));
}"""


@pytest.fixture(scope="module")
def wide(browser):
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    yield page
    page.close()


def _violations(page, rules):
    options = {"resultTypes": ["violations"], "runOnly": rules}
    found = Axe().run(page, options=options).response["violations"]
    return [(each["id"], each["nodes"][0]["html"][:200]) for each in found]


def _violations_day_and_night(wide, book, name):
    wide.goto((book.html / name).as_uri())
    wide.add_style_tag(content="* { transition: none !important }")
    if name != WITH_ALL:
        wide.evaluate(SIMPLIFY)
    found = []
    for theme, rules in (("light", LEVELS), ("dark", COLOURS)):
        wide.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        found += _violations(wide, rules)
    return found


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_has_no_violation(book, wide, chapter):
    assert _violations_day_and_night(wide, book, f"chapters/{chapter}.html") == []


def test_no_other_page_has_a_violation(book, wide):
    names = [name for name in book.pages() if not name.startswith("chapters/")]
    # Of the pages of the library's source, which are alike, one.
    sources = [name for name in names if name.startswith("_modules/")]
    for name in {*names} - {*sources[1:], "index.html"}:
        assert _violations_day_and_night(wide, book, name) == [], name


def test_a_violation_is_found(wide):
    wide.set_content("<html lang=en><title>A page</title><main><img src=a></main>")
    assert [rule for rule, _ in _violations(wide, LEVELS)] == ["image-alt"]
