"""Links the first use of each term in a chapter to the glossary.

The definition travels with the link, so that a script can show it where the reader is:
a page that is read from disk may not fetch another one.
"""

import html
import re

from docutils import nodes
from extensions import deck
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

# Words that chapters also use in their everyday sense, or in another technical one.
_ALSO_OTHERWISE = {
    *("batch", "bias", "cost", "depth", "edge", "gain", "gate", "iteration", "knee"),
    *("margin", "penalty", "sharpness", "update", "velocity", "weight"),
}


class Linked(nodes.Inline, nodes.TextElement):
    """A word or symbol, with its entry's address and definition as text and TeX."""


class LinkTerms(SphinxPostTransform):
    """Marks words of running text; titles, links, code and boxes stay as they are."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        here = self.env.docname
        if here.startswith("chapters/") and deck.GLOSSARY in self.env.found_docs:
            page = self.app.builder.get_relative_uri(here, deck.GLOSSARY)
            terms = dict(_terms(self.env, page))
            for text in list(self.document.findall(nodes.Text)):
                if is_in_running_text(text):
                    _link_terms(text, terms)


def _terms(env, page):
    """What is said of each term, by its name in lower case."""
    for glossary in env.get_doctree(deck.GLOSSARY).findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            *names, definition = item.children
            said = {
                "address": f"{page}#{names[0]['ids'][0]}",
                "definition": "".join(map(in_tex, definition[0].children)),
            }
            for name in (name.astext() for name in names):
                if name not in _ALSO_OTHERWISE:
                    yield name.lower(), said


def in_tex(node):
    """A node as text, and a formula as TeX."""
    text = node.astext()
    return rf"\({text}\)" if isinstance(node, nodes.math) else text


def is_in_running_text(node):
    """Whether it stands in a paragraph of a section, not in a box, a list, a title."""
    paragraph = node.parent
    return isinstance(paragraph, nodes.paragraph) and isinstance(
        paragraph.parent, nodes.section
    )


def _link_terms(text, terms):
    """Puts links into a text, and takes their terms off the list."""
    if not terms:
        return
    words = "|".join(map(re.escape, sorted(terms, key=len, reverse=True)))
    parts, end = [], 0
    for found in re.finditer(rf"(?<![\w-])({words})(?=s?(?![\w-]))", text, re.I):
        if said := terms.pop(found[1].lower(), None):
            parts.append(nodes.Text(text[end : found.start()]))
            parts.append(Linked("", found[1], classes=["glossary-term"], **said))
            end = found.end()
    if parts:
        text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def visit_linked(self, node):
    # Docutils would put the lines of a definition into one.
    data = {"href": node["address"], "data-definition": node["definition"]}
    data |= {"class": " ".join(node["classes"])}
    if "spoken" in node:
        data["aria-label"] = node["spoken"]
    said = " ".join(f'{name}="{html.escape(data[name])}"' for name in sorted(data))
    self.body.append(f"<a {said}>")


def depart_linked(self, node):
    self.body.append("</a>")


def rewriting_chapters(page):
    """A listener by which all chapters are written anew when a page was read again."""

    def changed(app, env):
        known = env.__dict__.setdefault("dlbook_linked", {})
        before, known[page] = known.get(page), env.all_docs.get(page)
        if known[page] == before:
            return []
        return [name for name in env.found_docs if name.startswith("chapters/")]

    return changed


def setup(app):
    app.add_node(Linked, html=(visit_linked, depart_linked))
    app.add_post_transform(LinkTerms)
    app.connect("env-updated", rewriting_chapters(deck.GLOSSARY))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
