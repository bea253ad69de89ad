"""The PDF: one page made of all of the EPUB's, and what Chromium prints of it."""

import re
import shutil
import subprocess
import sys

import edition_files
import pytest
from building import ROOT
from edition_files import EPUB

sys.path.insert(0, str(ROOT / "docs"))
from editions import one_page

PRINT = """import sys
from pathlib import Path
from editions import pdf
pdf.write(Path(sys.argv[1]), Path(sys.argv[2]), "dlbook: a title", "An author")
"""


@pytest.fixture(scope="session")
def joined(epub):
    """The page that is printed, of the whole book."""
    return edition_files.parse(one_page.join(EPUB, "dlbook"))


@pytest.fixture(scope="session")
def printed(epub, tmp_path_factory):
    """The PDF of a book whose chapters are cut, all but one: a minute for all is long.

    It is printed in a process of its own, since this one may have a browser open.
    """
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    folder = tmp_path_factory.mktemp("printed") / "epub"
    shutil.copytree(EPUB, folder)
    whole = edition_files.shorten(folder)
    file = folder.parent / "dlbook.pdf"
    command = [sys.executable, "-c", PRINT, folder, file]
    subprocess.run(command, cwd=ROOT / "docs", check=True)
    return pypdf.PdfReader(file), whole


def test_each_id_of_the_joined_page_is_the_only_one_and_each_link_finds_its_own(joined):
    ids = [element["id"] for element in joined.find_all(id=True)]
    assert len(set(ids)) == len(ids)
    links = {link["href"] for link in joined.select("a[href^='#']")}
    assert {link[1:] for link in links} <= set(ids)
    assert len(links) > 100
    others = joined.select("a[href]:not([href^='#'])")
    assert all(re.match("https?://|mailto:", link["href"]) for link in others)


def test_the_joined_page_holds_every_page_and_every_picture(joined, epub):
    pages = [page for page in epub.values() if page.main]
    assert len(joined.find_all("article")) == len(pages)
    assert len(joined.find_all("m:math")) == sum(len(p.find_all("math")) for p in pages)
    for image in joined.select("article img"):
        assert (EPUB / image["src"]).exists(), image["src"]


def test_the_outline_of_the_pdf_names_parts_and_their_chapters(printed, joined):
    reader, _ = printed
    parts = [item for item in reader.outline if not isinstance(item, list)]
    names = [_words(part.title) for part in parts]
    expected = joined.select("h1.part, article > section > h1")
    assert names == [_words(heading.get_text()) for heading in expected]
    chapters = [_words(item.title) for item in _second_level(reader.outline)]
    for heading in joined.select("article > section > h2"):
        assert _words(heading.get_text()) in chapters
    places = [reader.get_destination_page_number(part) for part in parts]
    assert places == sorted(set(places))


def _second_level(outline):
    below = [item for item in outline if isinstance(item, list)]
    return [item for items in below for item in items if not isinstance(item, list)]


def _words(text):
    return re.sub(r"\s", "", text)


def test_the_pdf_has_pages_of_a4_numbers_text_and_links_within(printed):
    reader, whole = printed
    assert len(reader.pages) > 40
    for page in reader.pages:
        assert [round(side) for side in page.mediabox[2:]] == [595, 842]
    text = [_words(page.extract_text()) for page in reader.pages]
    for number, said in list(enumerate(text, start=1))[1:]:
        assert said.endswith(str(number)) or said.startswith(str(number)), number
    claim = _words(whole.select_one(".claim p").get_text())[1:60]
    assert claim in "".join(text)
    notes = [note for page in reader.pages for note in page.get("/Annots", [])]
    links = [note.get_object() for note in notes]
    assert any("/Dest" in link for link in links)
    assert not [link for link in links if "file:" in str(link.get("/A"))]


def test_the_pdf_says_what_it_is_and_is_tagged(printed):
    reader, _ = printed
    assert (reader.metadata.title, reader.metadata.author) == (
        "dlbook: a title",
        "An author",
    )
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("en")
    assert root["/PageMode"] == "/UseOutlines"
