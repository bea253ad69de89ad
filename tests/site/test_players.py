"""Animations come when the reader nears them: a chapter's beginning is light."""

import gzip
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest


def test_frames_lie_beside_the_pages(book, chapters):
    players = 0
    for name, page in chapters.items():
        for player in page.select(".animation"):
            folder = (book.html / name).parent
            assert (folder / player["data-frames"]).stat().st_size > 10_000
            first = (folder / player.img["src"]).read_bytes()
            assert first.startswith(b"\x89PNG")
            players += 1
        assert "data:image/png" not in str(page), name
    assert players > 5


def test_a_player_plays_once_it_is_near(book, tab):
    tab.goto((book.html / "chapters/05_backpropagation.html").as_uri())
    player = tab.locator(".animation").last
    slider = player.locator("input[type=range]")
    frames = player.get_attribute("data-frames")
    assert tab.locator(f"script[src='{frames}']").count() == 0
    player.scroll_into_view_if_needed()
    shown = "([img]) => img.src.startsWith('data:')"
    tab.wait_for_function(shown, arg=[player.locator("img").element_handle()])
    first = player.locator("img").get_attribute("src")
    slider.evaluate("s => { s.value = s.max / 2; s.dispatchEvent(new Event('input')) }")
    assert player.locator("img").get_attribute("src") != first
    assert not tab.troubles


def _heaviest(chapters, number):
    return sorted(chapters, key=lambda name: -len(str(chapters[name])))[:number]


@pytest.mark.parametrize("place", range(3))
def test_the_first_load_of_the_longest_chapters_is_under_a_megabyte(
    book, browser, chapters, place
):
    page = browser.new_page()
    asked = set()
    page.on("request", lambda request: asked.add(urlsplit(request.url)))
    page.goto((book.html / _heaviest(chapters, 3)[place]).as_uri())
    page.wait_for_function("window.MathJax?.startup?.promise")
    page.evaluate("MathJax.startup.promise")
    page.close()
    files = {Path(unquote(url.path)) for url in asked if url.scheme == "file"}
    assert len(files) > 10
    # As servers send them.
    assert sum(len(gzip.compress(file.read_bytes())) for file in files) < 1e6
