"""What papers state beside what claims measured, in small books."""

import re

import pytest

OUTCOMES = ["reproduced", "partly", "not reproduced", "not comparable"]
INDEX = """# A book

```{toctree}
:caption: Part one

/chapters/01_one
```

```{toctree}
:caption: Part two

/chapters/02_two
papers
bibliography
```
"""
CHAPTER = """# A chapter

```{{claim}} {name}
:measured: {measured}
:bound: "> 0"

The {name} is measured.
```
"""
STATEMENT = """
:::{{published}} {key}
---
theirs: a theorem
ours: a sum
outcome: {outcome}
claims: {claims}
---
What {key} reports.
:::
"""


@pytest.fixture
def small_papers(small_book):
    """A book of two parts with a chapter each, whose page of papers is to be written.

    Its chapters are Markdown, since no test here is about running them.
    """
    (small_book.source / "docs/ledger.md").unlink()
    small_book.write("docs/index.md", INDEX)
    small_book.write("docs/bibliography.md", "# Papers\n\n```{bibliography}\n```\n")
    small_book.write("chapters/01_one.md", CHAPTER.format(name="half", measured=0.5))
    small_book.write("chapters/02_two.md", CHAPTER.format(name="third", measured=0.3))
    return small_book


def _write(book, *statements):
    page = "# Papers\n\n```{papers}\n```\n" + "".join(statements)
    book.write("docs/papers.md", page)


def _statement(key, claims, outcome="reproduced"):
    return STATEMENT.format(key=key, claims=claims, outcome=outcome)


def _rows(page):
    return page.select("table.papers tbody tr")


def _words(tag):
    return " ".join(tag.get_text().split())


def test_a_statement_shows_what_its_claim_measured_and_follows_it(small_papers):
    _write(small_papers, _statement("kingma2015adam", "half [one half], third"))
    for measured in (0.5, 0.6):
        chapter = CHAPTER.format(name="half", measured=measured)
        small_papers.write("chapters/01_one.md", chapter)
        code, output = small_papers.build()
        assert code == 0, output
        (row,) = _rows(small_papers.page("docs/papers.html"))
        paper, found, scale, outcome = map(_words, row.find_all("td"))
        assert paper == "Kingma and Ba [2015] What kingma2015adam reports."
        said = f"[one half] The half is measured. Measured: {measured} "
        assert found == said + "The third is measured. Measured: 0.3"
        assert scale == "Theirs: a theorem Ours: a sum"
        assert outcome == "reproduced"
        links = [link["href"] for link in row.select("a[href*='#claim-']")]
        assert links == [
            "../chapters/01_one.html#claim-half",
            "../chapters/02_two.html#claim-third",
        ]


def test_statements_stand_in_the_order_of_the_book(small_papers):
    _write(
        small_papers,
        _statement("he2015delving", "third"),
        _statement("kingma2015adam", "half"),
        _statement("he2016deep", "third"),
    )
    code, output = small_papers.build()
    assert code == 0, output
    page = small_papers.page("docs/papers.html")
    parts = page.select("section.papers")
    titles = [part.h2.get_text().rstrip("#¶") for part in parts]
    assert titles == ["Part one", "Part two"]
    reported = [re.findall(r"What (\w+) reports", _words(part)) for part in parts]
    assert reported == [["kingma2015adam"], ["he2015delving", "he2016deep"]]
    assert _words(page.select_one(".papers-sum")).endswith("Of these: 3 reproduced.")


def test_what_is_wrong_with_a_statement_stops_the_build(small_papers):
    incomplete = ":::{published} he2016deep\n:outcome: reproduced\n\nText.\n:::\n"
    _write(
        small_papers,
        _statement("kingma2015adam", "half, no-such-claim"),
        _statement("keskar2017large", "half", outcome="confirmed"),
        _statement("duchi2011adaptive", "half", outcome="partly"),
        _statement("nobody1900nothing", "half"),
        _statement("zeiler2012adadelta", "half third"),
        incomplete,
    )
    for _ in range(2):
        code, output = small_papers.build()
        assert code != 0
        named = "No chapter makes the claim no-such-claim, named for kingma2015adam"
        assert named in output
        assert f"one of {', '.join(OUTCOMES)}. Received: confirmed" in output
        assert "The outcome of duchi2011adaptive is partly: say :because:" in output
        assert "nobody1900nothing" in output
        assert "stand between commas. Received: 'half third'" in output
        assert "he2016deep lacks claims, ours, theirs" in output
