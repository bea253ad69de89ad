"""Chromium without a window, and the MathJax that the site has too."""

import importlib.util
import shutil
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

HOW_TO_INSTALL = (
    "The EPUB and the PDF need Chromium. Install it with `apt-get install chromium`, "
    "or with `.venv/bin/playwright install chromium`."
)


@contextmanager
def page():
    """A page of a browser that is closed at the end."""
    with sync_playwright() as playwright:
        try:
            found = shutil.which("chromium")
            browser = playwright.chromium.launch(executable_path=found)
        except Error as error:
            raise RuntimeError(HOW_TO_INSTALL) from error
        with browser:
            yield browser.new_page()


def load_mathjax(page):
    """Loads MathJax into a page: from TeX and MathML, to pages."""
    package = importlib.util.find_spec("sphinx-mathjax-offline")
    folder = Path(package.origin).parent / "static" / "mathjax"
    if page.url == "about:blank":
        # Only a page from disk may load from disk; this is the folder's listing.
        page.goto(folder.as_uri())
    page.add_script_tag(url=(folder / "tex-mml-chtml.js").as_uri())
    page.evaluate("MathJax.startup.promise")
