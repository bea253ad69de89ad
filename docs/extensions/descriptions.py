"""A page's description for search engines: its first words, formulas left out."""

import html
import textwrap

from docutils import nodes

_LENGTH = 200


def describe(app, pagename, templatename, context, doctree):
    """Puts the description where the extension for social media finds it."""
    if not doctree or not (text := _first_words(doctree)):
        return
    context["metatags"] += f'<meta name="description" content="{html.escape(text)}">\n'
    context["meta"] = (context["meta"] or {}) | {"og:description": text}


def _first_words(doctree):
    """Of the paragraphs of running text, or where there are none, of those in boxes."""
    page = doctree.next_node(nodes.section)
    if page is None:
        return ""
    plain = list(filter(_is_plain, page.findall(nodes.paragraph)))
    running = [paragraph for paragraph in plain if paragraph.parent is page]
    words = " ".join(paragraph.astext() for paragraph in running or plain)
    return textwrap.shorten(words, _LENGTH, placeholder=" …")


def _is_plain(paragraph):
    return not paragraph.next_node(nodes.math)


def setup(app):
    # Before the extension for social media, which would take formulas as words.
    app.connect("html-page-context", describe, priority=400)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
