"""The study room's page: its tabs, its choice of cards, its progress."""

import json
import re

import pytest
from study_room import StudyRoom, record, state

MODES = ["flashcards", "learn", "test", "match", "sort", "progress"]
DAY = 86_400_000


@pytest.mark.parametrize("mode", MODES)
def test_each_way_has_an_address_and_fits_a_telephone(book, tab, mode):
    room = StudyRoom(book.html.as_uri(), tab)  # The book may be opened from the disk.
    room.open(mode)
    for other in MODES:
        assert room.panel(other).is_visible() == (other == mode)
    chosen = room.tab.locator("[role=tab][aria-selected=true]")
    assert chosen.get_attribute("aria-controls") == mode
    assert room.panel(mode).inner_text().strip()
    assert room.fits()
    assert not tab.troubles


def test_the_arrow_keys_go_from_tab_to_tab(room):
    room.open("nothing-of-the-kind")
    assert room.panel("flashcards").is_visible()
    room.tab.locator("#tab-flashcards").focus()
    for key, mode in [("ArrowRight", "learn"), ("End", "progress"), ("Home", MODES[0])]:
        room.tab.keyboard.press(key)
        assert room.panel(mode).is_visible()
        assert room.tab.url.endswith(f"#{mode}")
        assert room.tab.evaluate("document.activeElement.id") == f"tab-{mode}"


def test_the_choice_of_cards_is_kept_and_holds_in_every_way(room):
    room.open()
    chapter = room.deck["questions"][-1]["chapter"]
    count = sum(each["chapter"] == chapter for each in room.deck["questions"])
    room.tab.locator("[name=selection]").select_option(f"chapter:{chapter}")
    assert f"0 done, {count} to go" in room.panel("flashcards").inner_text()
    room.open("sort")
    assert re.search(rf"Sort {count} cards?\b", room.panel("sort").inner_text())
    assert room.state["settings"]["selection"] == f"chapter:{chapter}"


def test_progress_counts_what_was_seen_is_due_and_is_known(room):
    room.open()
    question = room.deck["questions"][0]
    titles = {each["name"]: each["title"] for each in room.deck["chapters"]}
    total = sum(q["chapter"] == question["chapter"] for q in room.deck["questions"])
    now = room.tab.evaluate("Date.now()")
    kept = record(reviewed=now, due=now + 5 * DAY)
    name = f"question:{question['id']}"

    def row():
        room.write(json.dumps(state({name: kept})))
        room.open("progress")
        assert room.fits()
        title = titles[question["chapter"]]
        head = room.tab.get_by_role("rowheader", name=title, exact=True)
        return head.locator("xpath=..").locator("td").all_inner_texts()

    assert row()[:4] == [str(total), "1", "0", "1"]
    kept |= {"phase": "learning", "step": 1}
    assert row()[:4] == [str(total), "1", "0", "0"]
    kept["due"] = now - 1000
    assert row() == [str(total), "1", "1", "0", "now"]
