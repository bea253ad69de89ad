"""Links between the reference and the chapters, found in the chapters' own imports."""

from docutils import nodes
from extensions import collected, imports
from extensions.links import link
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

_KEY = "imports"


def note_imports(app, docname, source):
    if app.env.doc2path(docname).suffix == ".py":
        for name in imports.imported_names(source[0]):
            collected.add(app.env, _KEY, name)


def add_used_in(app, what, name, obj, options, lines):
    """Ends the description of each public class and function with its chapters."""
    if what in ("class", "exception", "function"):
        lines += ["", f".. used-in:: {name}", ""]


class Links(nodes.General, nodes.Element):
    """Stands for a line of links until every chapter is read."""


class UsedIn(SphinxDirective):
    required_arguments = 1

    def run(self):
        collected.follow(self.env, _KEY)
        return [Links(part=self.arguments[0])]


class PartsUsed(SphinxDirective):
    def run(self):
        return [Links(page=self.env.docname)]


class FillLinks(SphinxPostTransform):
    """Turns each line into links, which are resolved afterwards, as all are."""

    default_priority = 5

    def run(self, **_):
        for line in list(self.document.findall(Links)):
            found = collected.entries(self.env, _KEY)
            if "part" in line:
                pages = [page for page, name in found if name == line["part"]]
                links = [link("doc", f"/{page}") for page in pages]
                title = "Used in: "
            else:
                known = self.env.domains.python_domain.objects
                names = [n for page, n in found if page == line["page"] and n in known]
                names = [n for n in names if known[n].objtype != "module"]
                links = [_part(name) for name in names]
                title = "Parts of dlbook used here: "
            line.replace_self(_paragraph(title, links) if links else [])


def _paragraph(title, links):
    line = nodes.paragraph("", title, classes=["parts"])
    for position, target in enumerate(links):
        line += [nodes.Text(", ")] * bool(position) + [target]
    return [line]


def _part(name):
    return link("obj", name, name.removeprefix("dlbook."), domain="py")


def setup(app):
    app.add_node(Links)
    app.add_directive("used-in", UsedIn)
    app.add_directive("parts-used", PartsUsed)
    app.add_post_transform(FillLinks)
    app.connect("source-read", note_imports)
    app.connect("autodoc-process-docstring", add_used_in, priority=900)
    app.setup_extension("extensions.collected")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
