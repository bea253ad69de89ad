"""Learn: a session from its beginning to its summary."""

import json

from study_room import record, state


def front(room):
    return room.tab.locator(".study-front").inner_text()


def fronts(room):
    return [question["question"] for question in room.deck["questions"]]


def press_until(room, key, condition):
    matches = "condition => document.activeElement.matches(condition)"
    for _ in range(200):
        if room.tab.evaluate(matches, condition):
            return
        room.tab.keyboard.press(key)
    raise AssertionError(f"No {key} leads to {condition}.")


def test_learn_with_the_keyboard_alone(room):
    room.open("learn")
    keyboard = room.tab.keyboard
    press_until(room, "Tab", "#tab-learn")
    press_until(room, "Tab", "#learn [name=new-per-day]")
    keyboard.press("Control+a")
    keyboard.type("3")
    keyboard.press("Shift+Tab")
    assert "0 cards due, 3 new." in room.panel("learn").inner_text()
    keyboard.press("Enter")
    asked = []
    for _ in range(6):  # Three new cards: each once, and once more after ten minutes.
        asked.append(front(room))
        keyboard.press("Space")
        keyboard.press("3")
    assert asked == fronts(room)[:3] * 2
    text = room.panel("learn").inner_text()
    assert "Done for now" in text
    assert "6 answers in" in text
    assert "0 again, 0 hard, 6 good, 0 easy" in text
    assert room.tab.evaluate("document.activeElement.textContent") == "Done for now"
    assert {each["phase"] for each in room.state["cards"].values()} == {"review"}
    press_until(room, "Tab", "#learn button:first-of-type")
    keyboard.press("Enter")
    assert "Nothing to learn now." in room.panel("learn").inner_text()


def test_learn_asks_the_due_cards_before_new_ones(room):
    room.open("learn")
    *_, before, last = room.deck["questions"]
    cards = {f"question:{last['id']}": record(due=2000)}
    cards[f"question:{before['id']}"] = record(due=3000)
    later = 4 * 10**12  # the year 2096
    first = room.deck["questions"][0]
    cards[f"question:{first['id']}"] = record(due=later)
    room.write(json.dumps(state(cards)))
    room.open("learn")
    assert "2 cards due, " in room.panel("learn").inner_text()
    room.click("Begin")
    for expected in (last, before):
        assert front(room) == expected["question"]
        room.click("Show the answer")
        room.click("Good")
    assert room.tab.locator(".study-front", has_text=first["question"]).count() == 0
