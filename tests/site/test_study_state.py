"""What the study room keeps of its reader, and what it does where it cannot."""

import json

import pytest
from study_room import KEY, StudyRoom, record, state


@pytest.fixture(autouse=True)
def accepting(tab):
    tab.on("dialog", lambda dialog: dialog.accept())


def test_answers_survive_a_reload_and_an_export_an_emptying_and_an_import(room):
    room.open("learn")
    room.tab.locator("[name=new-per-day]").fill("7")
    room.tab.locator("[name=new-per-day]").press("Tab")
    room.open()
    for rating in ("Good", "Again", "Easy"):
        room.click("Show the answer")
        room.click(rating)
    before = room.state
    assert len(before["cards"]) == 3
    assert before["settings"]["newPerDay"] == 7
    room.open("progress")
    assert room.state == before
    with room.tab.expect_download() as download:
        room.click("Export")
    exported = download.value.path().read_text("utf-8")
    assert json.loads(exported) == before
    room.click("Clear everything")
    assert room.state["cards"] == {}
    assert "3 cards" in room.put_in(exported)
    assert room.state == before
    room.open()
    assert room.state == before
    assert not room.tab.troubles


WRONG = json.dumps(state({"question:a": record(due="soon")}))
BROKEN = ["half a st{te", "[]", json.dumps(state({}, version=99)), WRONG]


@pytest.mark.parametrize("raw", BROKEN)
def test_a_state_that_cannot_be_read_is_kept_aside_and_the_reader_is_told(room, raw):
    room.open()
    room.write(raw)
    room.open()
    told = room.tab.get_by_role("alert").inner_text()
    assert "cannot be read" in told
    keys = room.tab.evaluate("Object.keys(localStorage)")
    (copy,) = [key for key in keys if key.startswith(f"{KEY}.copy.")]
    assert copy in told
    assert room.tab.evaluate("key => localStorage[key]", copy) == raw
    assert room.state["cards"] == {}
    with room.tab.expect_download() as download:
        room.click("Download it")
    assert download.value.path().read_text("utf-8") == raw
    room.open()
    assert room.tab.get_by_role("alert").inner_text() == ""
    assert not room.tab.troubles


# Other scripts of the page, the theme's among them, are served as ever.
REFUSALS = {
    "no storage": """if (location.protocol !== "about:") {
      const real = window.localStorage;
      Object.defineProperty(window, "localStorage", { get() {
        if (new Error().stack.includes("_static/study/")) throw new DOMException("no");
        return real;
      } });
    }""",
    "no room in it": """{
      const { setItem } = Storage.prototype;
      Storage.prototype.setItem = function (key, value) {
        if (key.startsWith("dlbook")) throw new DOMException("", "QuotaExceededError");
        return setItem.call(this, key, value);
      };
    }""",
}


@pytest.mark.parametrize("how", REFUSALS)
def test_without_storage_the_page_works_and_says_that_nothing_is_kept(room, how):
    room.tab.add_init_script(REFUSALS[how])
    room.open()
    assert "keeps nothing" in room.tab.get_by_role("alert").inner_text()
    room.click("Show the answer")
    room.click("Easy")
    assert "1 done" in room.panel("flashcards").inner_text()
    room.tab.locator("#tab-progress").click()
    with room.tab.expect_download() as download:
        room.click("Export")
    assert len(json.loads(download.value.path().read_text("utf-8"))["cards"]) == 1
    assert not room.tab.troubles


def test_a_copy_that_finds_no_room_leaves_the_original_where_it_is(room):
    room.open()
    room.write("half a st{te")
    refused = REFUSALS["no room in it"].replace('"dlbook"', '"dlbook.study.copy"')
    room.tab.add_init_script(refused)
    room.open()
    assert "keeps nothing" in room.tab.get_by_role("alert").inner_text()
    room.click("Show the answer")
    room.click("Easy")
    assert room.tab.evaluate(f"localStorage['{KEY}']") == "half a st{te"


def test_two_tabs_do_not_write_over_each_other(served, browser):
    context = browser.new_context()
    one, other = (StudyRoom(served, context.new_page()) for _ in range(2))
    for room in (one, other):
        room.open()
    one.click("Show the answer")
    one.click("Easy")
    other.click("Skip")
    other.click("Show the answer")
    other.click("Hard")
    assert len(other.state["cards"]) == 2
    one.open()
    assert len(one.state["cards"]) == 2
    context.close()
