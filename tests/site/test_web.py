"""What search engines, social media and a server need of the book."""

import os
import re
from xml.etree import ElementTree

import pytest

URL = "https://book.example/dl/"


@pytest.fixture
def published(small_book, monkeypatch):
    """A small book that knows where it will stand."""
    monkeypatch.setitem(os.environ, "DLBOOK_URL", URL)
    small_book.write("docs/other.md", "# Other\n\nWhat the other page is about.\n")
    small_book.write("docs/index.md", "# A book\n\n```{toctree}\nother\n```\n")
    (small_book.source / "docs/ledger.md").unlink()
    code, output = small_book.build()
    assert code == 0, output
    return small_book


def _meta(page):
    tags = page.select("meta[property], meta[name]")
    return {tag.get("property") or tag.get("name"): tag["content"] for tag in tags}


def test_a_published_book_has_a_sitemap(published):
    places = ElementTree.parse(published.html / "sitemap.xml").iter()
    found = {place.text for place in places if place.tag.endswith("loc")}
    assert found == {f"{URL}docs/index.html", f"{URL}docs/other.html"}


def test_a_published_page_has_a_card_for_social_media(published):
    meta = _meta(published.page("docs/other.html"))
    assert meta["og:title"] == "Other"
    assert meta["og:url"] == f"{URL}docs/other.html"
    card = published.html / meta["og:image"].removeprefix(URL)
    assert card.read_bytes().startswith(b"\x89PNG")


def test_every_page_has_a_description_of_its_own(chapters):
    said = [_meta(page)["description"] for page in chapters.values()]
    assert len(set(said)) == len(said)
    for text in said:
        assert 80 < len(text) <= 200
        assert "min to read" not in text
        assert not re.search(r"\\\w|\$", text), text


def test_the_404_page_is_whole_wherever_it_is_shown(served, browser):
    page = browser.new_page()
    failed = []
    page.on("response", lambda r: r.ok or failed.append(r.url))
    page.goto(f"{served}/chapters/no_such_page.html")
    title = page.locator("article h1").inner_text()
    page.locator("nav a", has_text="Adam").first.click()
    page.wait_for_url(f"{served}/chapters/12_adam.html")
    page.close()
    assert title
    assert failed == [f"{served}/chapters/no_such_page.html"]
