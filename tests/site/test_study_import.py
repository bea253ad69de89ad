"""What the study room takes from a file, and what it refuses."""

import json

import pytest
from study_room import record, state

ATTACK = '<img src="x" onerror="window.attacked = true">'


def test_an_import_keeps_the_newer_review_of_each_card(room):
    room.open("progress")
    newer, older, other = "question:newer", "question:older", "term:other"
    test = {"seed": 1, "right": 2, "of": 10}
    mine = {newer: record(reviewed=1000), older: record(reviewed=2000)}
    theirs = {newer: record(reviewed=3000), older: record(reviewed=1500)}
    theirs[other] = record()
    room.write(json.dumps(state(mine, tests=[{**test, "at": 5}])))
    room.open("progress")
    both = [{**test, "at": 4}, {**test, "at": 5}]
    assert "2 cards" in room.put_in(json.dumps(state(theirs, tests=both)))
    merged = {newer: theirs[newer], older: mine[older], other: theirs[other]}
    assert room.state == state(merged, tests=both)
    assert not room.tab.troubles


def wrong(**changed):
    return json.dumps(state({"question:a": record(**changed)}))


RUBBISH = {
    "no JSON": ("half a file {", "the file is no JSON"),
    "another file": ("[1, 2]", "state: expected an object. Received: [1,2]"),
    "nothing": ("null", "state: expected an object. Received: null"),
    "a later version": (
        json.dumps(state({}, version=2)),
        "state.version: expected a whole number from 1 to 1. Received: 2",
    ),
    "a field too many": (json.dumps(state({}, extra=1)), 'Received: "extra"'),
    "a field too few": (
        json.dumps({k: v for k, v in state({}).items() if k != "tests"}),
        "state.tests: expected a list of at most 100. Received: nothing",
    ),
    "text for a number": (
        wrong(stability="5"),
        'state.cards["question:a"].stability: expected a number from 0.001 to '
        '1000000000. Received: "5"',
    ),
    "no such difficulty": (wrong(difficulty=11), "from 1 to 10. Received: 11"),
    "no such time": (wrong(due=-1), "due: expected a whole number from 0"),
    "no such phase": (wrong(phase="known"), "learning, review or relearning"),
    "a step in no phase": (wrong(step=0), "step: expected null. Received: 0"),
    "no step in a phase": (wrong(phase="learning"), "from 0 to 1. Received: null"),
    "no card": (json.dumps(state({"__proto__": record()})), "the name of a card"),
    "HTML for a card": (json.dumps(state({ATTACK: record()})), "<img src="),
    "HTML for a phase": (wrong(phase=ATTACK), "<img src="),
}


@pytest.mark.parametrize("name", RUBBISH)
def test_a_file_that_is_wrong_is_refused_and_what_was_kept_stays(room, name):
    text, reason = RUBBISH[name]
    room.open("progress")
    room.write(json.dumps(state({"question:mine": record()})))
    room.open("progress")
    before = room.state
    said = room.put_in(text)
    assert said.startswith("Nothing was imported, and yours is as it was: ")
    assert reason in said
    assert room.state == before
    room.open("progress")
    assert room.state == before
    assert not room.tab.troubles


def test_text_of_a_file_is_never_read_as_html(room):
    room.open("progress")
    settings = {"at": 9, "newPerDay": 7, "selection": ATTACK}
    text = json.dumps(state({f"question:{ATTACK}": record()}, settings=settings))
    assert "1 card " in room.put_in(text)
    for mode in ("progress", "flashcards", "learn", "test", "match", "sort"):
        room.open(mode)
        assert room.panel(mode).is_visible()
    assert room.tab.locator("#study img[src=x]").count() == 0
    assert room.tab.evaluate("window.attacked") is None
    assert not room.tab.troubles
