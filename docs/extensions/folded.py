"""What a reader unfolds: HTML's own `details`, which needs no script."""

from docutils import nodes


class Folded(nodes.General, nodes.Element):
    """A `Summary`, and after it what is hidden until the reader asks for it."""


class Summary(nodes.General, nodes.TextElement):
    """The line that is always shown."""


def folded(summary, content, css_class):
    """Nodes of one line, and the nodes that are folded behind it."""
    return Folded("", Summary("", "", *summary), *content, classes=[css_class])


def content(node):
    """What a `Folded` hides."""
    return node.children[1:]


def _tags(name):
    def visit(self, node):
        self.body.append(self.starttag(node, name, ""))

    def depart(self, node):
        self.body.append(f"</{name}>\n")

    return visit, depart


def setup(app):
    app.add_node(Folded, html=_tags("details"))
    app.add_node(Summary, html=_tags("summary"))
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
