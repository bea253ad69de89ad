"""The linear edition: the chapters and lists of the book, without what needs a script.

It is the site's own project with less in it, and is read from the same pages:
`sphinx-build -W -b epub -c docs/editions . build/epub`.
"""

import re
import runpy
import sys
from pathlib import Path

EDITIONS = Path(__file__).resolve().parent
_site = runpy.run_path(str(EDITIONS.parent / "conf.py"))
globals().update({name: _site[name] for name in _site if not name.startswith("_")})
sys.path.insert(0, str(EDITIONS.parent))

# What helps only on a site: the reference, its links, and what belongs to web pages.
_SITE_ONLY = {
    "extensions.anki_deck",
    "extensions.deck",
    "extensions.descriptions",
    "extensions.downloads",
    "extensions.editions",
    "extensions.front_page",
    "extensions.glossary_links",
    "extensions.leftovers",
    "extensions.players",
    "extensions.run_box",
    "extensions.sidebars",
    "extensions.signatures",
    "extensions.sources",
    "extensions.symbol_links",
    "notfound.extension",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_last_updated_by_git",
    "sphinx_sitemap",
    "sphinxext.opengraph",
}
extensions = [name for name in _site["extensions"] if name not in _SITE_ONLY]
extensions += [
    "editions.cover",
    "editions.epub",
    "editions.linear",
    "editions.mathml",
    "editions.site_contents",
]

root_doc = "docs/editions/book"
include_patterns = [f"{root_doc}.md"]  # And what the site's toctrees list.
exclude_patterns = [
    f"docs/{name}.md" for name in ("study", "playground", "editions", "use")
]
exclude_patterns += ["docs/api"]

html_math_renderer = "mathml"
html_additional_pages = {}
html_logo = html_favicon = None
html_static_path = [str(EDITIONS / "static")]
html_css_files = []
html_js_files = []
templates_path = [str(EDITIONS / "templates")]
pygments_style = "friendly"

_package = (EDITIONS.parents[1] / "dlbook" / "__init__.py").read_text(encoding="utf-8")
version = re.search(r'^__version__ = "(.+)"', _package, re.M)[1]
title = "dlbook: the deep-learning textbook that checks itself"
epub_basename = "dlbook"
epub_title = title
epub_description = (
    "A deep-learning textbook whose claims are measured by its own build: executed "
    "chapters, and Keras components written out by hand."
)
epub_contributor = epub_author = epub_publisher = "The dlbook authors"
epub_copyright = "Text and figures: CC BY 4.0. Code: Apache-2.0."
# Drawn once: a reader's device knows by it that a newer file is the same book.
epub_uid = "dlbook-identifier"
epub_identifier = "urn:uuid:5d0c1c3e-9a4e-4b7e-9c1f-6f2d0a51a7b4"
epub_cover = ("_static/cover.png", "epub-cover.html")
epub_css_files = ["edition.css"]
epub_tocscope = "includehidden"
epub_tocdup = False
epub_tocdepth = 2
epub_show_urls = "no"
epub_use_index = False
