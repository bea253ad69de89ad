"""Tables as docutils wants them."""

from docutils import nodes


def table(header, rows, css_class):
    """A table of the columns' titles and of `row` nodes; style sheets call it so."""
    group = nodes.tgroup(cols=len(header))
    group += [nodes.colspec(colwidth=1) for _ in header]
    group += nodes.thead("", nodes.row("", *(_entry(nodes.Text(t)) for t in header)))
    group += nodes.tbody("", *rows)
    return nodes.table("", group, classes=[css_class])


def grouped_table(header, groups, css_class):
    """A table in which one cell of the first column spans the rows of its group.

    Args:
        header: the columns' titles.
        groups: pairs of the first column's node, and rows: lists of inline nodes, one
            for each further column.
        css_class: what style sheets call it.
    """
    body = []
    for first, rows in groups:
        entries = [[_entry(cell) for cell in row] for row in rows]
        entries[0].insert(0, _entry(first, morerows=len(rows) - 1))
        body += [nodes.row("", *row) for row in entries]
    return table(header, body, css_class)


def _entry(cell, morerows=0):
    spanning = {"morerows": morerows} if morerows else {}
    return nodes.entry("", nodes.paragraph("", "", cell), **spanning)
