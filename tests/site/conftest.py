"""The built book, its pages, and small books that are built to go wrong."""

import pytest
from building import ROOT, Book


@pytest.fixture(scope="session")
def book():
    """The book itself, brought up to date."""
    real = Book(ROOT)
    code, output = real.build()
    assert code == 0, output
    return real


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
