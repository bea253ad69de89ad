"""Links that Sphinx resolves when every page is read."""

from docutils import nodes
from sphinx import addnodes


def link(kind, target, text="", domain="std", warn=True):
    """A link as the role `kind` of a domain makes it.

    Args:
        kind, target: what the role is called, and what it leads to.
        text: what it shows; a page's title if it leads to one and has no text.
        domain: "std", or "py" for a name in Python, which is set as code.
        warn: whether an unknown target is a warning; it is mere text in any case.
    """
    return addnodes.pending_xref(
        "",
        (nodes.literal if domain == "py" else nodes.inline)("", text),
        refdomain=domain,
        reftype=kind,
        reftarget=target,
        refexplicit=bool(text),
        refwarn=warn,
    )
