"""The page of papers: each row leads to its claims and its paper, and is found."""

from urllib.parse import urldefrag

import pytest

OUTCOMES = ["reproduced", "partly", "not reproduced", "not comparable"]
ROWS = "table.papers tbody tr"


def _words(tag):
    """Its text, with straight quotes as in the source."""
    return " ".join(tag.get_text().replace("’", "'").split())


def test_each_row_of_the_book_shows_claims_as_their_chapters_do(pages):
    rows = pages["docs/papers.html"].select(ROWS)
    assert len(rows) >= 20
    for row in rows:
        measured = row.select("td:nth-of-type(2) p")
        assert measured
        for line in measured:
            link = line.select_one("a[href*='#claim-']")
            path, name = urldefrag(link["href"].removeprefix("../"))
            claim = pages[path].find(id=name)
            assert _words(link) in _words(claim), name
            assert line.strong.get_text() == claim.strong.get_text(), name


def test_each_row_names_its_paper_and_its_outcome(pages):
    page = pages["docs/papers.html"]
    known = {tag["id"] for tag in pages["docs/bibliography.html"].select("[id]")}
    outcomes = []
    for row in page.select(ROWS):
        cited = row.select(".paper a")
        assert cited
        for link in cited:
            assert link["href"].partition("#")[2] in known, row
        verdict = row.select_one(".verdict").get_text()
        outcomes.append(verdict)
        reasons = row.select("td:last-child p:not(:has(.verdict))")
        assert reasons or verdict == "reproduced", row
    total = _words(page.select_one(".papers-sum"))
    told = [f"{outcomes.count(outcome)} {outcome}" for outcome in OUTCOMES]
    assert total == f"Statements: {len(outcomes)}. Of these: {', '.join(told)}."


@pytest.fixture
def papers(book, tab):
    tab.goto((book.html / "docs/papers.html").as_uri())
    return tab


def test_an_outcome_leaves_the_statements_that_have_it(papers):
    status = papers.locator("form.filter [role=status]")
    assert status.inner_text() == f"{papers.locator(ROWS).count()} statements"
    for outcome in OUTCOMES:
        papers.get_by_label("Outcome").select_option(label=outcome)
        shown = papers.locator(ROWS).locator("visible=true")
        badges = shown.locator(".verdict").all_inner_texts()
        assert badges == [outcome] * shown.count() != []
        assert status.inner_text().startswith(f"{len(badges)} of ")
    assert not papers.troubles


def test_papers_are_found_by_part_and_by_words(papers):
    name = papers.locator("section.papers h2").last.evaluate("h => h.firstChild.data")
    papers.get_by_label("Part of the book").select_option(name)
    assert papers.locator("section.papers").locator("visible=true").count() == 1
    papers.get_by_role("button", name="Show all").click()
    papers.get_by_label("Search the papers").fill("kingma 2015")
    shown = papers.locator(ROWS).locator("visible=true")
    found = shown.locator(".paper").all_inner_texts()
    assert found == ["Kingma and Ba [2015]"] * len(found) != []
    root = "document.documentElement"
    assert papers.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
