"""Builds a book, the real one or a small one, and reads its pages."""

import os
import subprocess
import sys
from pathlib import Path

import bs4

ROOT = Path(__file__).resolve().parents[2]


def open_page(tab, path):
    """Opens a built page, and waits until its formulas are set."""
    tab.goto(path.as_uri())
    if tab.locator("script[src*=mathjax]").count():
        tab.wait_for_function("window.MathJax?.startup?.promise")
        tab.evaluate("MathJax.startup.promise")


class Book:
    """A Sphinx project that is built with the configuration of the book."""

    def __init__(self, source):
        self.source = source
        self.html = source / "build" / "book"

    def build(self):
        folders = ["-d", self.source / "build" / "doctrees", self.source, self.html]
        command = [sys.executable, "-m", "sphinx", "-W", "-c", ROOT / "docs", *folders]
        # A kernel that sees this variable treats its output otherwise.
        unseen = "PYTEST_CURRENT_TEST"
        environment = {k: v for k, v in os.environ.items() if k != unseen}
        done = subprocess.run(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    def write(self, path, text):
        path = self.source / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def page(self, name):
        text = (self.html / name).read_text(encoding="utf-8")
        return bs4.BeautifulSoup(text, "html.parser")

    def pages(self, pattern="**/*.html"):
        """Names and parsed pages, without those that only a server shows."""
        names = (path.relative_to(self.html) for path in self.html.glob(pattern))
        left_out = ("_static", "404.html")
        kept = (name.as_posix() for name in names if name.parts[0] not in left_out)
        return {name: self.page(name) for name in sorted(kept)}
