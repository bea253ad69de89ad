"""Every source that a docstring names is in the bibliography."""

import inspect
import re
import unicodedata
from pathlib import Path

import pytest
from pybtex.database import parse_file

import dlbook

BIBLIOGRAPHY = parse_file(Path(__file__).parents[1] / "docs" / "references.bib")


def plain(text):
    """Without accents, braces and TeX's commands for them."""
    text = unicodedata.normalize("NFKD", re.sub(r"\\.|[{}]", "", text))
    return text.encode("ascii", "ignore").decode()


PUBLISHED = {
    (plain(entry.persons["author"][0].last_names[-1]), entry.fields["year"])
    for entry in BIBLIOGRAPHY.entries.values()
}
PARTS = {f"dlbook.{name}": getattr(dlbook, name) for name in dlbook.__all__}
DOCSTRINGS = {
    f"{part}.{name}": inspect.getdoc(getattr(module, name)) or ""
    for part, module in PARTS.items()
    for name in getattr(module, "__all__", [])
}
CITED = {
    name: re.findall(r"([^();:]*)\((\d{4})\)", doc.partition("Source:")[2])
    for name, doc in DOCSTRINGS.items()
}


@pytest.mark.parametrize("name", [name for name in CITED if CITED[name]])
def test_each_cited_source_is_in_the_bibliography(name):
    for authors, year in CITED[name]:
        words = plain(authors).replace(",", " ").split()
        assert any((word, year) in PUBLISHED for word in words), (authors, year)


def test_docstrings_cite():
    assert sum(map(len, CITED.values())) > 50
