"""The page of all questions, and the glossary: from the chapters, and back to them."""

import pytest

CARD, ENTRY = ".interview-card[id]", "section.question"
CHAPTER = """# %% [markdown]
# # A chapter
# %%
from dlbook.page import quote

quote("number", {number})
# %% [markdown]
# :::{{interview-card}} How many?
# :id: how-many
#
# There are {{glue:text}}`number`, as in {{doc}}`02_two`.
# :::
"""
OTHER = """# %% [markdown]
# # Another chapter
#
# :::{{popular-answer}} {said}
# :verdict: wrong
# :question: how-many
#
# There are more.
# :::
"""


@pytest.fixture(scope="session")
def entries(pages):
    return pages["docs/questions.html"].select(ENTRY)


def _link(chapter, box):
    return f"../{chapter}#{box['id']}"


def test_every_card_of_the_chapters_has_one_entry_and_each_leads_to_the_other(
    chapters, entries
):
    cards = {_link(name, card) for name in chapters for card in _cards(chapters[name])}
    leading = [entry.select_one(".question-place a")["href"] for entry in entries]
    assert len(cards) > 10
    assert sorted(leading) == sorted(cards)
    for name in chapters:
        for card in _cards(chapters[name]):
            back = card.select_one(".interview-card-index a")["href"]
            assert back == f"../docs/questions.html#{card['id']}", name


def _cards(page):
    return page.select(CARD)


def test_an_entry_says_what_its_card_says(chapters, entries):
    cards = {card["id"]: card for page in chapters.values() for card in _cards(page)}
    for entry in entries:
        card = cards[entry["id"]]
        title, *said, _ = card.find_all(recursive=False)
        assert _words(title) in _words(entry.select_one("h3"))
        shown = entry.select_one(".question-answer")
        summary, *answer, _ = shown.find_all(recursive=False)
        assert list(map(_words, answer)) == list(map(_words, said)), entry["id"]
        assert summary.get_text() == "Thirty-second answer"


def _words(tag):
    return " ".join(tag.get_text().split())


def test_every_popular_answer_stands_under_its_question_with_its_claims(
    chapters, entries
):
    told = [
        (_words(box.select_one(".popular-answer-title")), _claims(box))
        for page in chapters.values()
        for box in page.select(".popular-answer")
        if _is_answered(box, entries)
    ]
    shown = [
        (_words(answer.summary), _claims(answer))
        for entry in entries
        for answer in entry.select(".question-popular")
    ]
    assert sorted(shown) == sorted(told)
    assert len(shown) > 50


def _is_answered(box, entries):
    questions = {entry["id"] for entry in entries}
    links = box.select(".popular-answer-evidence a[href*='#question-']")
    return any(link["href"].partition("#")[2] in questions for link in links)


def _claims(box):
    links = box.select(".popular-answer-evidence a[href*='#claim-']")
    return [link["href"].partition("#")[2] for link in links]


def test_no_identifier_stands_twice(pages):
    for name in ("docs/questions.html", "docs/glossary.html"):
        ids = [tag["id"] for tag in pages[name].select("article [id]")]
        assert len(ids) == len(set(ids)), name


def test_each_term_of_the_glossary_ends_with_the_chapter_that_teaches_it(pages):
    glossary = pages["docs/glossary.html"].select_one("dl.glossary")
    terms = glossary.find_all("dt", recursive=False)
    definitions = glossary.find_all("dd", recursive=False)
    assert len(terms) == len(definitions) >= 70
    names = [term.get_text().rstrip("#¶").casefold() for term in terms]
    assert names == sorted(names)
    for term, definition in zip(names, definitions, strict=True):
        said, chapter = definition.find_all("p", recursive=False)
        assert chapter.a["href"].startswith("../chapters/"), term
        assert said.get_text().count(". ") <= 1, term


def test_the_index_follows_chapters_that_change(small_book):
    index = "# A book\n\n```{toctree}\n:glob:\n\n/chapters/*\nledger\nquestions\n```\n"
    small_book.write("docs/index.md", index)
    small_book.write("docs/questions.md", "# Questions\n\n```{questions}\n```\n")
    for number, said in ((7, "None."), (8, "None."), (8, "Few.")):
        small_book.write("chapters/01_one.py", CHAPTER.format(number=number))
        small_book.write("chapters/02_two.py", OTHER.format(said=said))
        code, output = small_book.build()
        assert code == 0, output
        entry = small_book.page("docs/questions.html").select_one("#question-how-many")
        assert f"There are {number}" in _words(entry.select_one(".question-answer"))
        assert _words(entry.select_one(".question-popular summary")) == f"wrong {said}"
        assert (
            entry.select_one(".question-answer a")["href"] == "../chapters/02_two.html"
        )
        deck = (small_book.html / "_static/deck.js").read_text("utf-8")
        assert said in deck


def test_each_answer_shows_a_figure_of_its_chapter(chapters, entries):
    for entry in entries:
        box = entry.select_one(".question-answer .question-figure")
        chapter = entry.select_one(".question-place a")["href"].partition("#")[0]
        figures = chapters[chapter.removeprefix("../")].select("figure.shown-figure")
        shown = [figure for figure in figures if figure.img["src"] == box.img["src"]]
        assert len(shown) == 1, entry["id"]
        assert box.img["alt"] == shown[0].img["alt"]
        assert _words(box) in _words(shown[0].figcaption)
