"""Gives the edition the parts and chapters of the site, in the order of its front page.

The toctrees of `docs/index.md` say what the book holds; nothing else does.
"""

import re
from pathlib import PurePosixPath

INDEX = "docs/index.md"
MARK = "<!-- the contents of the site -->"
_TOCTREE = re.compile(r"^```\{toctree\}\n(.*?)^```$", re.M | re.S)


def toctrees(text):
    """All `(caption, docnames)` of a page in Markdown.

    >>> toctrees("```{toctree}\\n:caption: Part\\n:hidden:\\n\\n/chapters/01\\n```\\n")
    [('Part', ['/chapters/01'])]
    """
    return [_read(lines.splitlines()) for lines in _TOCTREE.findall(text)]


def _read(lines):
    options = [line for line in lines if line.startswith(":")]
    caption = next(line for line in options if line.startswith(":caption:"))
    names = [line.strip() for line in lines if line.strip() and line not in options]
    return caption.removeprefix(":caption:").strip(), names


def _contents(app):
    """The toctrees of the front page, with names as seen from the book's folder."""
    text = (app.srcdir / INDEX).read_text(encoding="utf-8")
    for caption, names in toctrees(text):
        yield caption, [str(PurePosixPath("/docs", name))[1:] for name in names]


def choose_pages(app, config):
    """Reads what the front page lists; the configuration excludes some of it."""
    for _, names in _contents(app):
        config.include_patterns += [f"{name}.*" for name in names]


def fill(app, docname, source):
    """Puts the toctrees in the place of the mark, each under its own heading."""
    if docname != app.config.root_doc:
        return
    app.env.note_dependency(INDEX)
    known = app.env.found_docs
    parts = [
        _part(caption, [name for name in names if name in known])
        for caption, names in _contents(app)
        if not known.isdisjoint(names)
    ]
    source[0] = source[0].replace(MARK, "\n".join(parts))


def _part(caption, names):
    entries = "\n".join(f"/{name}" for name in names)
    options = f":caption: {caption}\n:maxdepth: 1"
    return f"## {caption}\n\n```{{toctree}}\n{options}\n\n{entries}\n```\n"


def setup(app):
    app.connect("config-inited", choose_pages)
    app.connect("source-read", fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
