"""What the page of every chapter must keep."""

import re

import nbformat
from building import ROOT

NOISE = re.compile(r"oneDNN|cuda|absl|cpu_feature_guard|WARNING|Traceback", re.I)


def test_every_figure_has_a_number_a_caption_and_alt_text(book, chapters):
    numbers = []
    for name, page in chapters.items():
        figures = page.select("article figure")
        assert figures, f"{name} shows no figure"
        for figure in figures:
            where = f"{name}#{figure.get('id')}"
            numbers.append(figure.select_one(".caption-number").get_text(strip=True))
            assert len(figure.select_one(".caption-text").get_text()) > 20, where
            image = figure.select_one("img")
            assert len(image["alt"]) > 20, where
            assert not image["alt"].endswith(".svg"), where
            if figure.select_one(".animation"):
                continue
            assert (book.html / name).parent.joinpath(image["src"]).exists(), where
        images = page.select("article img")
        assert len(images) == len(figures), f"{name} has images outside of figures"
    assert numbers == [f"Figure {1 + place}" for place in range(len(numbers))]


def test_the_ledger_holds_every_claim_of_the_pages_and_no_other(pages, chapters):
    boxes = [
        f"../{name}#{box['id']}"
        for name, page in chapters.items()
        for box in page.select(".claim")
    ]
    links = pages["docs/ledger.html"].select("table.ledger a[href*='#claim-']")
    assert [link["href"] for link in links] == boxes
    assert len(boxes) > 10


def test_a_claim_reads_the_same_in_the_ledger_and_on_its_page(pages, chapters):
    boxes = {
        box["id"]: box for page in chapters.values() for box in page.select(".claim")
    }
    for row in pages["docs/ledger.html"].select("table.ledger tbody tr"):
        claim = row.find_all("td")[-5:-1]
        name = claim[0].a["href"].split("#")[1]
        sentence, measured, bound, verdict = (td.get_text(strip=True) for td in claim)
        text = boxes[name].get_text()
        assert sentence.replace("'", "’") in text
        assert f"Measured {measured}, claimed {bound}." in text
        assert verdict == "holds"


def test_no_log_of_the_backend_is_on_a_page(chapters):
    for name, page in chapters.items():
        outputs = page.select(".cell_output")
        assert outputs, name
        assert not page.select(".stderr, .traceback"), name
        assert not [out for out in outputs if NOISE.search(out.get_text())], name


def test_each_chapter_offers_its_program_and_its_executed_notebook(book, chapters):
    for name, page in chapters.items():
        stem = name.removesuffix(".html")
        offered = {link["href"] for link in page.select("a[href*='_sources/']")}
        assert offered == {f"../_sources/{stem}.py", f"../_sources/{stem}.ipynb"}
        program = (book.html / "_sources" / f"{stem}.py").read_text("utf-8")
        assert program == (ROOT / f"{stem}.py").read_text("utf-8")
        notebook = nbformat.read(book.html / "_sources" / f"{stem}.ipynb", as_version=4)
        assert any(cell.get("outputs") for cell in notebook.cells)


def test_the_ledger_says_what_a_claim_makes_of_popular_answers(pages, chapters):
    expected = {}
    for name, page in chapters.items():
        for box in page.select(".popular-answer"):
            verdict = box.select_one(".verdict").get_text()
            for link in box.select("a[href*='#claim-']"):
                href = link["href"].removeprefix("../chapters/").rpartition("/")[2]
                where = href if not href.startswith("#") else name[9:] + href
                expected.setdefault(f"../chapters/{where}", set()).add(verdict)
    found = {}
    for row in pages["docs/ledger.html"].select("table.ledger tbody tr"):
        cells = row.find_all("td")
        if badges := {badge.get_text() for badge in cells[-1].select(".verdict")}:
            found[cells[-5].a["href"]] = badges
    assert found == expected != {}


def test_the_ledger_says_seeds_and_seconds_of_each_chapter(pages, chapters):
    runs = pages["docs/ledger.html"].select(".ledger-run")
    assert len(runs) == len(chapters)
    for run in runs:
        assert re.fullmatch(r"(Seeds [\d, ]+\. )?Ran in \d+ s\.", run.get_text())
    assert sum("Seeds 0, 1, 2." in run.get_text() for run in runs) > len(runs) / 2
