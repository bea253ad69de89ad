"""`editions`: the other forms of the book, those that are made as downloads."""

import os
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

EDITIONS = {
    "dlbook.epub": "EPUB, for e-readers and telephones; formulas are MathML",
    "dlbook.pdf": "PDF, A4, for printing and for reading with a pen",
    "dlbook-notebooks.zip": "the chapters as executed Jupyter notebooks",
    "dlbook-scripts.zip": "the chapters as Python programs",
}


class Editions(SphinxDirective):
    """A list of the editions, with a link to each that lies beside the site."""

    def run(self):
        self.env.note_reread()  # Files come and go while this page stays as it is.
        folder = Path(self.env.app.outdir).parent / "editions"
        items = [self._item(folder / name, what) for name, what in EDITIONS.items()]
        return [nodes.bullet_list("", *items)]

    def _item(self, path, what):
        if path.exists():
            name, size = self._link(path), f" ({path.stat().st_size / 1e6:.1f} MB)"
        else:
            name, size = nodes.literal("", path.name), ""
        line = nodes.paragraph("", "", name, nodes.Text(f"{size}: {what}"))
        return nodes.list_item("", line)

    def _link(self, path):
        target = f"/{Path(os.path.relpath(path, self.env.srcdir)).as_posix()}"
        text = nodes.literal("", path.name)
        return addnodes.download_reference("", "", text, reftarget=target)


def setup(app):
    app.add_directive("editions", Editions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
