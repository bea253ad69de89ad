"""`ledger`: all claims of the book in one table."""

import itertools
import operator

from docutils import nodes
from extensions import claims, collected, tables
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class Ledger(nodes.General, nodes.Element):
    """Stands for the table until every chapter is read."""


class LedgerDirective(SphinxDirective):
    def run(self):
        collected.follow(self.env, claims.KEY)
        return [Ledger()]


class FillLedger(SphinxPostTransform):
    """Puts the table in its place; its links are resolved afterwards, as all are."""

    default_priority = 5

    def run(self, **_):
        for ledger in list(self.document.findall(Ledger)):
            found = collected.entries(self.env, claims.KEY)
            pages = itertools.groupby(found, key=operator.itemgetter(0))
            groups = [
                (_chapter(page), [_cells(claim) for _, claim in group])
                for page, group in pages
            ]
            header = ["Chapter", "Claim", "Measured", "Claimed", "Verdict"]
            ledger.replace_self(tables.grouped_table(header, groups, "ledger"))


def _chapter(docname):
    """A link to a chapter, with the chapter's title as its text."""
    return addnodes.pending_xref(
        "",
        nodes.inline(),
        refdomain="std",
        reftype="doc",
        reftarget=f"/{docname}",
        refexplicit=False,
        refwarn=True,
    )


def _cells(claim):
    texts = (claim["measured"], claim["bound"], "holds")
    return [claims.link(claim["name"], claim["sentence"]), *map(nodes.Text, texts)]


def setup(app):
    app.add_node(Ledger)
    app.add_directive("ledger", LedgerDirective)
    app.add_post_transform(FillLedger)
    app.setup_extension("extensions.claims")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
