"""`questions`: every interview card of the book, with the popular answers to it.

Cards and answers stand in the chapters; the index shows copies of them, so that each
is written once.
"""

import copy
from collections import defaultdict

from docutils import nodes
from extensions import collected, contents, links, questions
from extensions.folded import folded
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join, logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
PAGE = "docs/questions"
PICTURE = "question-figure"


class QuestionIndex(nodes.General, nodes.Element):
    """Stands for the index until every chapter is read."""


class Questions(SphinxDirective):
    def run(self):
        collected.follow(self.env, questions.CARDS)
        collected.follow(self.env, questions.ANSWERS)
        # The formulas come later, but Sphinx decides by this page's own text whether
        # it loads MathJax.
        return [QuestionIndex("", nodes.math())]


class FillIndex(SphinxPostTransform):
    """Copies what the chapters say; links and citations are resolved afterwards."""

    default_priority = 4

    def run(self, **_):
        for index in list(self.document.findall(QuestionIndex)):
            pages = _pages(self.env)
            answers = _answers_by_question(pages)
            index.replace_self(
                [
                    _part(title, [_entry(self.env, card, answers) for card in cards])
                    for title, cards in _cards_by_part(pages)
                ]
            )


def _pages(env):
    """All `(part, docname, doctree)` of chapters, in the order of the book."""
    found = [(part, name) for part, names in contents.parts(env) for name in names]
    return [(part, name, env.get_doctree(name)) for part, name in found]


def _cards_by_part(pages):
    parts = defaultdict(list)
    for part, docname, doctree in pages:
        for card in questions.boxes(doctree, "question"):
            parts[part].append((docname, card))
    return parts.items()


def _answers_by_question(pages):
    answers = defaultdict(list)
    for _, docname, doctree in pages:
        for box in questions.boxes(doctree, "popular"):
            answers[box["popular"]["question"]].append((docname, box))
    return answers


def _part(title, entries):
    part = nodes.section(ids=[nodes.make_id(f"part-{title}")], classes=["questions"])
    part += [nodes.title("", title), *entries]
    return part


def _entry(env, card, answers):
    """A section with the question, its place in the book, and what is folded."""
    docname, box = card
    name = box["question"]
    entry = nodes.section(ids=[questions.anchor(name)], classes=["question"])
    entry.attributes |= {"question": name, "chapter": docname}
    title, *said = _copies(env, docname, box)
    said += _picture(env, docname, box)
    entry += nodes.title("", "", *title.children)
    entry += _place(env, docname, name)
    entry += folded([nodes.Text("Thirty-second answer")], said, "question-answer")
    entry += [_popular(env, *answer) for answer in answers[name]]
    return entry


def _place(env, docname, name):
    link = links.link("ref", questions.anchor(name), contents.title(env, docname))
    return nodes.paragraph("", "Chapter: ", link, classes=["question-place"])


def _picture(env, docname, box):
    """The card's figure with its caption; it has its number in the chapter."""
    if not (name := box["figure"]):
        return []
    for figure in env.get_doctree(docname).findall(nodes.figure):
        if name in figure["names"] and isinstance(figure[0], nodes.image):
            image, caption, *_ = _copies(env, docname, figure)
            image["loading"] = "lazy"
            said = nodes.paragraph("", "", *caption.children)
            return [nodes.container("", image, said, classes=[PICTURE])]
    logger.warning("A card names %s: no figure that stands still.", name, location=box)
    return []


def _popular(env, docname, box):
    """A saying with its verdict; why so, and the claims, are folded."""
    title, *said = _copies(env, docname, box)
    evidence = questions.measured_in(box["popular"]["claims"])
    node = folded(title.children, [*said, evidence], "question-popular")
    text = "".join(part.astext() for part in title.children[1:]).strip()
    node.attributes |= {"popular": box["popular"], "text": text}
    return node


def _copies(env, docname, box):
    """A box's own nodes, as they have to be on another page."""
    for child in box.children:
        if "popular-answer-evidence" not in child.get("classes", ()):
            yield _copy(env, docname, child)


def _copy(env, docname, child):
    node = child.deepcopy()
    for part in node.findall(nodes.Element):
        part["ids"] = []
        if isinstance(part, addnodes.pending_xref):
            if part["reftype"] == "doc":
                part["reftarget"] = f"/{docname_join(docname, part['reftarget'])}"
            part["refdoc"] = env.docname
    return node


def changed(app, env):
    """The index shows figures of chapters, with captions that refer to other figures.

    They change without a word of a card: when a chapter is read again, or one before it
    has more figures.
    """
    names = [name for _, names in contents.parts(env) for name in names]
    read = {name: env.all_docs[name] for name in names}
    state = copy.deepcopy((env.toc_fignumbers, read))
    if state == getattr(env, "dlbook_index_state", None):
        return []
    env.dlbook_index_state = state
    return sorted(collected.followers(env, questions.CARDS))


def setup(app):
    app.add_node(QuestionIndex)
    app.add_directive("questions", Questions)
    app.add_post_transform(FillIndex)
    # After Sphinx has numbered the figures.
    app.connect("env-get-updated", changed, priority=900)
    app.setup_extension("extensions.questions")
    app.setup_extension("extensions.folded")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
