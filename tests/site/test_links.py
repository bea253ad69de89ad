"""Where the pages lead, and what they ask for."""

import re
from urllib.parse import unquote, urldefrag

ELSEWHERE = re.compile(r"^([a-z]+:)?//", re.IGNORECASE)
LOADED = ["link", "script", "img", "iframe", "source", "object", "audio", "video"]


def test_no_page_asks_another_host_for_anything(book, pages):
    asked = []
    for name, page in pages.items():
        for tag in page.find_all(LOADED):
            keys = ("href", "src", "data", "srcset")
            asked += [(name, tag[key]) for key in keys if tag.get(key)]
        asked += [(name, url) for url in _urls_in_css(str(page.find_all("style")))]
    for sheet in (book.html / "_static").rglob("*.css"):
        asked += [(sheet.name, url) for url in _urls_in_css(sheet.read_text("utf-8"))]
    assert len(asked) > 100
    assert not [(name, url) for name, url in asked if ELSEWHERE.match(url)]


def _urls_in_css(text):
    found = re.findall(r"""url\(\s*['"]?([^'")]+)|@import\s+['"]([^'"]+)""", text)
    return [url or imported for url, imported in found]


def test_every_internal_link_leads_somewhere(book, pages):
    anchors = {
        name: {tag["id"] for tag in page.select("[id]")} for name, page in pages.items()
    }
    broken = []
    for name, page in pages.items():
        for tag in page.select("a[href], link[href], script[src], img[src]"):
            url = tag.get("href") or tag.get("src")
            outside = url is not None and re.match(r"^([a-z]+:|//)", url)
            if not outside and not _leads(book, anchors, name, url or ""):
                broken.append((name, url))
    assert not broken


def _leads(book, anchors, name, url):
    path, anchor = urldefrag(url)
    page = book.html / name
    target = page.parent.joinpath(unquote(path.split("?")[0])) if path else page
    inside = target.resolve().relative_to(book.html.resolve()).as_posix()
    known = anchors.get(inside, ())
    return target.is_file() and (not anchor or unquote(anchor) in known)


def test_the_front_door_leads_to_the_front_page(book):
    refresh = book.page("index.html").select_one("meta[http-equiv=refresh]")
    assert refresh["content"] == "0; url=docs/index.html"
    page = book.page("docs/index.html")
    assert page.html["lang"] == "en"
    assert len(page.select_one("meta[name=description]")["content"]) > 50
