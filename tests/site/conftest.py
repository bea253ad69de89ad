"""The built book, its pages, and small books that are built to go wrong."""

import json
import shutil
import zipfile

import edition_files
import pytest
from building import ROOT, Book
from filelock import FileLock
from playwright.sync_api import sync_playwright
from serving import serving
from study_room import StudyRoom


@pytest.fixture(scope="session")
def once(tmp_path_factory, testrun_uid):
    """Lets one of the processes that run the tests do what all of them need."""
    shared = tmp_path_factory.getbasetemp().parent

    def do(name, work):
        done = shared / f"{name}-{testrun_uid}"
        with FileLock(f"{done}.lock"):
            if not done.exists():
                work()
                done.touch()

    return do


@pytest.fixture(scope="session")
def book(once):
    """The book itself, brought up to date."""
    real = Book(ROOT)

    def build():
        code, output = real.build()
        assert code == 0, output

    once("book", build)
    return real


@pytest.fixture(scope="session")
def server():
    """The address where the book is served, once it is built."""
    with serving(Book(ROOT).html) as address:
        yield address


@pytest.fixture(scope="session")
def served(book, server):
    """The address of the built book on a server.

    What a page keeps is tested there: of a page from the disk, a busy Chromium forgets
    it now and then.
    """
    return server


@pytest.fixture(scope="session")
def epub(book, once):
    """The pages of the EPUB, made anew."""
    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    once("epub", lambda: edition_files.make("epub"))
    return edition_files.epub_pages()


@pytest.fixture(scope="session")
def zips(book, once):
    """The zips of programs and of notebooks, made anew."""
    once("zips", lambda: edition_files.make("zip"))
    names = ("dlbook-scripts", "dlbook-notebooks")
    return [zipfile.ZipFile(edition_files.EDITIONS / f"{name}.zip") for name in names]


@pytest.fixture
def small_book(tmp_path):
    """An empty book with a front page and a ledger, to write chapters into."""
    small = Book(tmp_path)
    toctree = "# A book\n\n```{toctree}\n:glob:\n\n/chapters/*\nledger\n```\n"
    small.write("docs/index.md", toctree)
    small.write("docs/ledger.md", "# Ledger\n\n```{ledger}\n```\n")
    return small


@pytest.fixture(scope="session")
def pages(book):
    return book.pages()


@pytest.fixture(scope="session")
def chapters(pages):
    found = {name: page for name, page in pages.items() if name.startswith("chapters/")}
    assert len(found) == len(list((ROOT / "chapters").glob("*.py"))) > 0
    return found


@pytest.fixture(scope="session")
def deck(book):
    """The book's data, as its scripts read them."""
    text = (book.html / "_static/deck.js").read_text("utf-8")
    return json.loads(text.removeprefix("window.dlbookDeck = ").removesuffix(";\n"))


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed (apt-get install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium)
        yield started
        started.close()


@pytest.fixture
def tab(browser, server):
    """A tab as wide as a telephone, that notes what goes wrong in it."""
    page = browser.new_page(viewport={"width": 400, "height": 800})
    page.troubles = []
    page.on("console", lambda message: _note(page, message.type, message.text))
    page.on("pageerror", lambda error: page.troubles.append(str(error)))
    page.on("requestfailed", lambda request: _note_failure(page, request))
    page.on("request", lambda request: _note_request(page, request.url, server))
    yield page
    page.close()


@pytest.fixture
def room(served, tab):
    """The study room, where nothing may go wrong."""
    yield StudyRoom(served, tab)
    assert not tab.troubles


def _note(page, kind, text):
    if kind in ("error", "warning"):
        page.troubles.append(text)


def _note_failure(page, request):
    # A page that is left while a picture loads drops it, and that is no fault of its.
    if request.failure != "net::ERR_ABORTED":
        page.troubles.append(f"{request.url}: {request.failure}")


def _note_request(page, url, server):
    if not url.startswith(("file:", "data:", "blob:", f"{server}/")):
        page.troubles.append(f"asks {url}")
