"""The book's Sphinx project. Its source directory is the repository's root, so that
chapters are read where they stand: `sphinx-build -W -c docs . build/book`."""

import os
import sys
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
sys.path[:0] = [str(HERE), str(ROOT)]

# The reference is made by importing dlbook, and so Keras, into this process.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

project = "dlbook"
author = "the dlbook authors"
language = "en"
root_doc = "docs/index"
include_patterns = ["docs/**", "chapters/**"]
exclude_patterns = [
    "build",
    ".*",
    "**/__pycache__",
    "**/.ipynb_checkpoints",
    "docs/conf.py",
    "docs/editions",
    "docs/extensions",
    "docs/static",
    "docs/templates",
]
extensions = [
    "myst_nb",
    "notfound.extension",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx-mathjax-offline",
    "sphinx_copybutton",
    "sphinx_design",
    "sphinxcontrib.bibtex",
    "sphinxext.opengraph",
    "extensions.execution",
    "extensions.parallel",
    "extensions.strictness",
    "extensions.figures",
    "extensions.players",
    "extensions.citations",
    "extensions.claims",
    "extensions.ledger",
    "extensions.papers",
    "extensions.chapter_facts",
    "extensions.front_page",
    "extensions.run_box",
    "extensions.questions",
    "extensions.question_index",
    "extensions.question_links",
    "extensions.deck",
    "extensions.anki_deck",
    "extensions.glossary_links",
    "extensions.symbol_links",
    "extensions.parts",
    "extensions.descriptions",
    "extensions.downloads",
    "extensions.editions",
    "extensions.leftovers",
    "extensions.sidebars",
    "extensions.sources",
    "extensions.plurals",
    "extensions.signatures",
]

# Chapters. Markdown in an output is read as the book's own, so that figures and
# claims reach the page as directives.
nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_render_markdown_format = "myst"
nb_mime_priority_overrides = [("*", "text/markdown", 1)]
nb_execution_mode = "cache"
nb_execution_timeout = 120
nb_execution_raise_on_error = True
nb_execution_show_tb = True
nb_output_stderr = "error"
nb_merge_streams = True
nb_code_prompt_show = "Show the code"
nb_code_prompt_hide = "Hide the code"
myst_enable_extensions = [
    "amsmath",
    "attrs_block",
    "attrs_inline",
    "colon_fence",
    "deflist",
    "dollarmath",
    "substitution",
]
myst_heading_anchors = 3
# Numbers run through the whole book, so that a chapter's place may change.
numfig = True
numfig_secnum_depth = 0
numfig_format = {"figure": "Figure %s", "table": "Table %s"}
math_number_all = False
math_eqref_format = "Equation {number}"
copybutton_exclude = ".linenos, .gp, .go"
bibtex_bibfiles = [str(HERE / "references.bib")]
bibtex_reference_style = "author_year"
bibtex_default_style = "alpha"

# The reference: what a part's face lists in `__all__`, with docstrings as they stand.
autodoc_default_options = {
    "members": True,
    "imported-members": True,
    "member-order": "bysource",
    "show-inheritance": True,
}
autodoc_inherit_docstrings = False
autodoc_typehints = "none"
autodoc_preserve_defaults = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
default_role = "py:obj"
add_module_names = False

# Where the book will stand on the web: `DLBOOK_URL=https://… make book`. What names
# whole addresses is made only then: sitemap, canonical links, cards for social media.
html_baseurl = os.environ.get("DLBOOK_URL", "")
ogp_site_url = html_baseurl
ogp_enable_meta_description = False  # extensions.descriptions does it.
ogp_social_cards = {
    "enable": bool(html_baseurl),
    "image": str(HERE / "static/logo.png"),
    "line_color": "#0f5bc4",
    "font": "DejaVu Sans",
}
notfound_urls_prefix = urlsplit(html_baseurl).path or "/"
sitemap_url_scheme = "{link}"
sitemap_excludes = ["index.html", "search.html", "genindex.html", "404.html"]
if html_baseurl:
    extensions.append("sphinx_sitemap")

# The look.
html_theme = "sphinx_book_theme"
html_title = "dlbook"
html_logo = html_favicon = "static/logo.svg"
html_static_path = ["static"]
html_css_files = ["book.css", "print.css"]
html_js_files = [
    ("reading.js", {"defer": "defer"}),
    ("glossary/hover.js", {"defer": "defer"}),
    ("players.js", {"defer": "defer"}),
    ("print.js", {"defer": "defer"}),
]
templates_path = ["templates"]
# Light or dark as the reader's system is; without it the theme warns in the console.
html_context = {"default_mode": "auto"}
html_additional_pages = {"index": "front_door.html"}
html_theme_options = {
    "show_toc_level": 2,
    "use_fullscreen_button": False,
    "navbar_persistent": [],
    "secondary_sidebar_items": {"**": ["page-toc"], "docs/index": []},
    "logo": {"text": "dlbook", "alt_text": "dlbook, front page"},
}
