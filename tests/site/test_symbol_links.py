"""Symbols in the chapters' text, with what the notation says of them beside them."""

import re

import pytest
from building import ROOT, open_page

LINK = "a.notation-symbol"


def test_a_symbol_is_linked_once_a_section_to_where_it_is_explained(pages, chapters):
    sections = {each["id"] for each in pages["docs/notation.html"].select("section")}
    linked = 0
    for name, page in chapters.items():
        for section in page.select("article section"):
            links = section.select(f":scope > p {LINK}")
            symbols = [_letters(link.get_text()) for link in links]
            assert len(symbols) == len(set(symbols)), name
            for link, symbol in zip(links, symbols, strict=True):
                address, _, anchor = link["href"].partition("#")
                assert address == "../docs/notation.html"
                assert anchor in sections
                assert re.fullmatch(r"[\w ^*']+", link["aria-label"]), name
                assert symbol in _letters(link["data-definition"]), (name, symbol)
            linked += len(links)
    assert linked > 100


def test_each_section_of_the_notation_names_chapters_that_there_are():
    chapters = {path.stem for path in (ROOT / "chapters").glob("*.py")}
    text = (ROOT / "docs/notation.md").read_text("utf-8")
    for section in text.split("\n## ")[1:]:
        comment = " ".join(re.findall(r"^% (.+)$", section, re.M))
        named = comment.removeprefix("chapters: ").split()
        assert comment.startswith("chapters: "), section.partition("\n")[0]
        assert {*named} <= chapters, {*named} - chapters
        assert len({*named}) == len(named)


def _letters(formula):
    return re.sub(r"[\s{}]|\\\(|\\\)", "", formula)


@pytest.mark.parametrize(
    ("chapter", "symbol", "meanings"),
    [
        ("12_adam", r"\(m\)", ["moving mean of the gradients"]),
        ("09_momentum_and_curvature", r"\(v\)", ["the velocity", "any vector"]),
    ],
)
def test_all_meanings_of_a_symbol_are_told(chapters, chapter, symbol, meanings):
    links = chapters[f"chapters/{chapter}.html"].select(LINK)
    said = next(a["data-definition"] for a in links if a.get_text() == symbol)
    assert len(said.splitlines()) == len(meanings)
    for line, meaning in zip(said.splitlines(), meanings, strict=True):
        assert meaning in line


def test_the_keyboard_shows_what_a_symbol_means(book, tab):
    open_page(tab, book.html / "chapters/12_adam.html")
    tab.locator(LINK).first.focus()
    tip = tab.locator("#glossary-tip")
    tip.locator("mjx-container").first.wait_for()
    assert "Shape" in tip.inner_text()
    assert not tab.troubles
