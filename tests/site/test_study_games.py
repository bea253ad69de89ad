"""Match and Sort, from their beginning to their end."""

import re

import bs4
import pytest


def front(room):
    return room.tab.locator(".study-front").inner_text()


def piece(room, kind, term):
    pieces = room.tab.locator(f"button[data-kind={kind}]").all()
    return next(each for each in pieces if each.get_attribute("data-term") == term)


@pytest.mark.parametrize("way", ["click", "keyboard"])
def test_a_game_of_match_ends_with_its_time(room, way):
    room.open("match")
    terms = room.tab.locator("button[data-kind=term]")
    names = [each.get_attribute("data-term") for each in terms.all()]
    assert len(names) == min(6, len(room.deck["terms"]))

    def choose(kind, term):
        target = piece(room, kind, term)
        target.click() if way == "click" else target.press("Enter")

    choose("term", names[0])
    choose("definition", names[1])
    assert room.tab.get_by_role("status").inner_text() == "Not a pair."
    for name in names:
        choose("definition", name)
        choose("term", name)
    text = room.panel("match").inner_text()
    assert re.search(r"All pairs in \d+\.\d s, 1 mistake\.", text)
    (kept,) = room.state["matches"]
    assert kept["mistakes"] == 1
    room.click("Another game")
    assert terms.count() == len(names)


def test_the_terms_and_definitions_of_match_are_those_of_the_glossary(room):
    room.open("match")
    glossary = {each["term"]: each["definition"] for each in room.deck["terms"]}
    for kind in ("term", "definition"):
        pieces = room.tab.locator(f"button[data-kind={kind}]").all()
        assert len(pieces) > 1
        for each in pieces:
            name = each.get_attribute("data-term")
            expected = name if kind == "term" else words(glossary[name])
            assert words(each.inner_html()) == words(expected)


def words(html):
    """A text without its formulas, which the page sets in another way."""
    text = bs4.BeautifulSoup(html, "html.parser")
    for formula in text.select(".math"):
        formula.decompose()
    return " ".join(text.get_text().split())


def test_sort_asks_the_unknown_again_until_none_is_left(room):
    room.open("sort")
    part = room.deck["questions"][0]["part"]
    options = room.tab.locator("[name=selection] option")
    values = [each.get_attribute("value") for each in options.all()]
    whole = f"part:{part}"
    chapter = f"chapter:{room.deck['questions'][0]['chapter']}"
    choice = whole if whole in values else chapter
    room.tab.locator("[name=selection]").select_option(choice)
    room.click("Sort ")
    unknown = front(room)
    room.tab.keyboard.press("ArrowLeft")
    known = 0
    while front(room) != unknown:
        if known == 1:
            room.open("sort")  # The piles survive it.
            room.click("Known →")
        else:
            room.tab.locator(".study-card").press("ArrowRight")
        known += 1
    assert f"1 to sort, 0 unknown, {known} known" in room.panel("sort").inner_text()
    room.click("← Unknown")
    assert front(room) == unknown
    room.click("Show the answer")
    room.click("Known →")
    text = room.panel("sort").inner_text()
    assert "None left" in text
    assert re.search(rf"You know {known + 1} cards?\.", text)
