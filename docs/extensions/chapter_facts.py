"""What a chapter asks of its reader and of a machine: minutes, seconds, seeds."""

import ast
import math

from docutils import nodes
from extensions import collected
from myst_nb.sphinx_ import NbMetadataCollector

KEY = "facts"
WORDS_A_MINUTE = 200
SECONDS_A_FIGURE = 15

_NOT_READ_AS_PROSE = (nodes.literal_block, nodes.raw, nodes.comment)


def note_facts(app, doctree):
    """Adds the facts of the chapter being read, for the pages that follow them."""
    name = app.env.docname
    if not name.startswith("chapters/"):
        return
    ran = NbMetadataCollector.get_exec_data(app.env, name) or {}
    path = app.env.doc2path(name)
    program = path.read_text("utf-8") if path.suffix == ".py" else ""
    facts = {
        "minutes": _minutes(doctree),
        "seconds": ran.get("runtime"),
        "seeds": _seeds(program),
    }
    collected.add(app.env, KEY, facts)


def facts(env):
    """The facts of every chapter, by its docname."""
    return dict(collected.entries(env, KEY))


def in_words(facts):
    """The facts in a line, as chapters and the front page say them."""
    parts = [f"{facts['minutes']} min to read"]
    if facts["seconds"] is not None:
        parts.append(f"runs in {facts['seconds']:.0f} s")
    return " · ".join(parts)


def _minutes(doctree):
    words = sum(len(text.split()) for text in doctree.findall(_is_prose))
    figures = sum(1 for _ in doctree.findall(nodes.figure))
    return math.ceil(words / WORDS_A_MINUTE + figures * SECONDS_A_FIGURE / 60)


def _is_prose(node):
    if not isinstance(node, nodes.Text):
        return False
    parent = node.parent
    while parent is not None and not isinstance(parent, _NOT_READ_AS_PROSE):
        parent = parent.parent
    return parent is None


def _seeds(program):
    """What the program first assigns to the name `seeds`; nothing if it never does."""
    for statement in ast.parse(program).body:
        if isinstance(statement, ast.Assign):
            values = _assigned(statement.targets[0], statement.value)
            if "seeds" in values:
                return list(ast.literal_eval(values["seeds"]))
    return []


def _assigned(target, value):
    """Names and what they get, also in `a, b = 1, 2`."""
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
    else:
        pairs = [(target, value)]
    return {name.id: given for name, given in pairs if isinstance(name, ast.Name)}


def setup(app):
    app.connect("doctree-read", note_facts)
    app.setup_extension("extensions.collected")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
