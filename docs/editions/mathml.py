"""Formulas as MathML, which a page shows without a script.

MathJax translates them, in a browser, while the book is built: what the site shows is
what the editions show. (latex2mathml 3.81 misreads `aligned` and `\\big\\langle`.)
"""

from contextlib import ExitStack
from xml.etree import ElementTree

from docutils import nodes
from editions import chromium
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

logger = logging.getLogger(__name__)
_NAMESPACE = "http://www.w3.org/1998/Math/MathML"
_TRANSLATE = "([tex, display]) => MathJax.tex2mmlPromise(tex, {display})"
_ACCENTS = set("^¯ˉ~˜˙.→")


class Translator:
    """Translates TeX in a browser that starts with the first formula."""

    def __init__(self):
        self.open, self.page, self.known = ExitStack(), None, {}

    def mathml(self, tex, display):
        formula = (tex.strip(), display)
        if formula not in self.known:
            self.known[formula] = tidy(self._translate(*formula), tex)
        return self.known[formula]

    def _translate(self, tex, display):
        if self.page is None:
            self.page = self.open.enter_context(chromium.page())
            chromium.load_mathjax(self.page)
        found = self.page.evaluate(_TRANSLATE, [tex, display])
        if "<merror" in found or 'mathcolor="red"' in found:
            logger.warning("MathJax cannot read the formula %s", tex)
        return found


def tidy(mathml, tex):
    """Without MathJax's notes to itself, and with the TeX as its alternative text."""
    formula = ElementTree.fromstring(mathml)
    for part in formula.iter():
        part.tag = part.tag.removeprefix(f"{{{_NAMESPACE}}}")
        notes = [name for name in part.attrib if name.startswith("data-")]
        for name in [*notes, "class"]:
            part.attrib.pop(name, None)
        if part.tag not in ("mo", "mi", "mn", "mtext"):
            part.text = part.tail = None  # Line breaks, which MathJax indents with.
        if part.tag == "mover" and part[1].text in _ACCENTS:
            part.set("accent", "true")
        part.tail = None
    formula.set("xmlns", _NAMESPACE)
    formula.set("alttext", " ".join(tex.split()))
    return ElementTree.tostring(formula, "unicode")


def visit_inline(self, node):
    formula = self.builder.app.formulas.mathml(node.astext(), False)
    self.body.append(f'<span class="math">{formula}</span>')
    raise nodes.SkipNode


def visit_block(self, node):
    self.body.append(self.starttag(node, "div", CLASS="math"))
    if node["number"]:
        number = get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})</span>')
    formula = self.builder.app.formulas.mathml(node.astext(), True)
    self.body.append(f"{formula}</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.formulas = Translator()
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("build-finished", lambda *_: app.formulas.open.close())
    # One browser answers one process.
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": False}
