"""Flashcards: an answer, a rating, and when the card comes back."""

import re

DAY = 86_400_000


def front(room):
    return room.tab.locator(".study-front").inner_text()


def test_a_button_says_when_the_card_comes_back(room):
    room.open()
    shown = front(room)
    room.click("Show the answer")
    label = room.tab.locator("[data-rating='4']").inner_text()
    days = int(re.search(r"(\d+) days", label)[1])
    room.tab.keyboard.press("4")
    (kept,) = room.state["cards"].values()
    assert kept["due"] - kept["reviewed"] == days * DAY
    assert front(room) != shown
    said = room.tab.get_by_role("status").inner_text()
    assert said == f"Easy: it comes back in {days} days."


def test_undo_takes_a_rating_back(room):
    room.open()
    seen = []
    for key in "13":
        seen.append(front(room))
        room.click("Show the answer")
        room.tab.keyboard.press(key)
    assert len(room.state["cards"]) == 2
    for shown in reversed(seen):
        room.click("Undo")
        assert front(room) == shown
    assert room.state["cards"] == {}
    assert room.tab.get_by_role("button", name="Undo").count() == 0
    assert f"{len(seen) - 2} done" in room.panel("flashcards").inner_text()


def test_a_forgotten_card_comes_once_more(room):
    room.open()
    chapter = room.deck["questions"][0]["chapter"]
    room.tab.locator("[name=selection]").select_option(f"chapter:{chapter}")
    first, left = front(room), room.panel("flashcards").inner_text()
    count = int(re.search(r"(\d+) to go", left)[1])
    for key in "1" + "3" * count:
        last = front(room)
        room.click("Show the answer")
        room.tab.keyboard.press(key)
    assert last == first
    assert "All done" in room.panel("flashcards").inner_text()


def test_the_formulas_of_an_answer_are_set(room):
    room.open()
    cards = room.deck["questions"]
    place = next(k for k, each in enumerate(cards) if "\\(" in each["answer"])
    for _ in range(place):
        room.click("Skip")
    assert front(room) == cards[place]["question"]
    room.click("Show the answer")
    room.tab.locator(".study-back mjx-container").first.wait_for()
    assert room.tab.locator(".study-back .math:not(:has(mjx-container))").count() == 0
    assert room.tab.locator("mjx-merror").count() == 0
    assert room.fits()


def test_keys_act_on_the_card_alone(room):
    room.open()
    room.tab.keyboard.press("Space")
    room.tab.keyboard.press("3")
    assert room.tab.locator(".study-back").count() == 0
    assert room.state["cards"] == {}
