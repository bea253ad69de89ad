"""What a reader's browser makes of the built book, read from disk."""

import pytest
from building import open_page

# A window of 1,280 pixels at 400 % and at 200 %, and a telephone.
WIDTHS = (320, 640, 400)
# Those too that wait for the reader. One that is broken raises.
LOAD_IMAGES = """() => Promise.all([...document.images].map((image) => {
  image.loading = "eager";
  return image.decode();
}))"""


def _open(tab, path):
    open_page(tab, path)
    assert not tab.troubles, path


def test_every_page_loads_whole_without_complaint_and_with_its_formulas_set(book, tab):
    formulas = 0
    for name in _names(book):
        _open(tab, book.html / name)
        tab.evaluate(LOAD_IMAGES)
        assert all(_fits(tab, width) for width in WIDTHS), name
        bare = ":is(span, div).math:not(:has(mjx-container))"
        assert tab.locator(bare).count() == 0, name
        assert tab.locator("mjx-merror").count() == 0, name
        formulas += tab.locator("mjx-container").count()
    assert formulas > 50


def _fits(tab, width):
    """Whether nothing but what scrolls inside itself is wider than the page."""
    tab.set_viewport_size({"width": width, "height": 800})
    root = "document.documentElement"
    return tab.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def _names(book):
    return [name for name in book.pages() if name != "index.html"]


def test_the_front_door_opens(book, tab):
    tab.goto((book.html / "index.html").as_uri())
    tab.wait_for_url("**/docs/index.html")
    assert "textbook" in tab.locator("article h1").inner_text()


def test_search_finds_a_chapter(book, tab):
    tab.goto((book.html / "search.html").as_uri() + "?q=rmsprop")
    tab.locator("#search-results li a[href*='chapters/']").first.wait_for()


@pytest.mark.parametrize(("theme", "inverted"), [("light", False), ("dark", True)])
def test_figures_change_ink_with_the_page(book, tab, theme, inverted):
    tab.add_init_script(f"localStorage.mode = localStorage.theme = '{theme}'")
    name = next(name for name in book.pages("chapters/*.html"))
    _open(tab, book.html / name)
    figure = tab.locator("figure img.shown-figure").first
    assert (
        "invert(1)" in figure.evaluate("i => getComputedStyle(i).filter")
    ) == inverted
