"""Reads what `python docs/editions` made."""

import subprocess
import sys
import zipfile
from xml.etree import ElementTree

import bs4
from building import ROOT

EDITIONS = ROOT / "build" / "editions"
EPUB = ROOT / "build" / "epub"


def make(*names):
    """Makes some editions, of the book as it was built last."""
    command = [sys.executable, "docs/editions", *names]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def epub_pages():
    """Names and parsed pages of the EPUB: each is XML, or the parser objects."""
    with zipfile.ZipFile(EDITIONS / "dlbook.epub") as archive:
        names = [name for name in archive.namelist() if name.endswith(".xhtml")]
        texts = {name: archive.read(name).decode() for name in names}
    for text in texts.values():
        ElementTree.fromstring(text)
    return {name: parse(text) for name, text in texts.items()}


def parse(text):
    return bs4.BeautifulSoup(text, "html.parser")


def package():
    """The EPUB's own description, parsed."""
    with zipfile.ZipFile(EDITIONS / "dlbook.epub") as archive:
        return ElementTree.fromstring(archive.read("content.opf"))


def shorten(folder):
    """Leaves of each page but one its title and first lines, so that it prints fast."""
    chapters = folder.glob("chapters/*.xhtml")
    whole, *others = sorted(chapters, key=lambda page: page.stat().st_size)
    for page in [*others, *folder.glob("docs/*.xhtml")]:
        text = parse(page.read_text(encoding="utf-8"))
        for part in text.select_one("main > section").find_all(recursive=False)[3:]:
            part.decompose()
        page.write_text(str(text), encoding="utf-8")
    return parse(whole.read_text(encoding="utf-8"))
