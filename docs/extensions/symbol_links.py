"""Links the symbols in a chapter's text to the notation: the first of each section.

What a symbol means travels with the link, as with `extensions.glossary_links`. A letter
means different things in different chapters: a section of the notation begins with a
comment, `% chapters: 05_backpropagation ...`, and speaks of these only. Of the sections
that have a symbol, the one with the fewest chapters says what it means. Where it has
several meanings there, all are shown.
"""

import re
from collections import defaultdict

from docutils import nodes
from extensions.glossary_links import (
    Linked,
    in_tex,
    is_in_running_text,
    rewriting_chapters,
)
from sphinx.transforms.post_transforms import SphinxPostTransform

NOTATION = "docs/notation"


class LinkSymbols(SphinxPostTransform):
    """Marks formulas in running text that are a symbol of the notation, and no more."""

    default_priority = 5
    formats = ("html",)

    def run(self, **_):
        here = self.env.docname
        if not here.startswith("chapters/") or NOTATION not in self.env.found_docs:
            return
        page = self.app.builder.get_relative_uri(here, NOTATION)
        symbols = _symbols(self.env.get_doctree(NOTATION), here.rpartition("/")[2])
        seen, formulas = set(), list(self.document.findall(nodes.math))
        for formula in filter(is_in_running_text, formulas):
            symbol, section = _one_spelling(formula.astext()), formula.parent.parent
            if symbol in symbols and (symbol, section) not in seen:
                seen.add((symbol, section))
                formula.replace_self(_linked(formula, page, symbols[symbol]))


def _symbols(notation, chapter):
    """The sections and meanings of each symbol, as pairs of an id and a text."""
    found = defaultdict(dict)
    for row in notation.findall(_is_row):
        symbols, _, meaning, shape, unit = row.children
        section = row.parent.parent.parent.parent
        chapters = _chapters(section)
        if chapter not in chapters:
            continue
        said = f"{_said(symbols)}: {_said(meaning)}. Shape: {_said(shape)}. "
        said += "" if unit.astext() == "–" else f"Unit: {_said(unit)}. "
        entry = section["ids"][0], f"{said}({section[0].astext()})"
        for each in symbols.findall(nodes.math):
            of_scope = found[_one_spelling(each.astext())]
            of_scope.setdefault(len(chapters), []).append(entry)
    return {symbol: of_scope[min(of_scope)] for symbol, of_scope in found.items()}


def _chapters(section):
    """The chapters that a section of the notation speaks of."""
    comment = next(section.findall(nodes.comment))
    return comment.astext().removeprefix("chapters:").split()


def _is_row(node):
    return isinstance(node, nodes.row) and isinstance(node.parent, nodes.tbody)


def _said(cell):
    return "".join(in_tex(node) for part in cell for node in part.children)


def _one_spelling(formula):
    return formula.replace(" ", "").replace("{", "").replace("}", "")


def _linked(formula, page, meanings):
    (section, _), *_ = meanings
    definition = "\n".join(said for _, said in meanings)
    link = {"address": f"{page}#{section}", "definition": definition}
    link |= {"spoken": _spoken(formula.astext()), "classes": ["notation-symbol"]}
    return Linked("", "", formula.deepcopy(), **link)


def _spoken(formula):
    """Its TeX in words: a formula that MathJax has drawn gives a link no name."""
    words = re.sub(r"\\text|[{}]", "", formula).replace("\\", " ")
    return " ".join(words.split())


def setup(app):
    app.setup_extension("extensions.glossary_links")
    app.add_post_transform(LinkSymbols)
    app.connect("env-updated", rewriting_chapters(NOTATION))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
