"""Sphinx's EPUB, with the parts of the book in its contents and what EPUB 3.3 asks."""

import re
from posixpath import normpath
from xml.etree import ElementTree

from sphinx import addnodes
from sphinx.builders.epub3 import Epub3Builder, NavPoint

# Names, punctuation and space: more than half of all elements of the book.
_UNCOLOURED = re.compile(r'<span class="(?:n|o|p|w)">([^<]*)</span>')
_PACKAGE = "http://www.idpf.org/2007/opf"
# What a reader is told before opening the book, in the words of schema.org.
ACCESSIBILITY = [
    ("accessMode", "textual"),
    ("accessMode", "visual"),
    ("accessModeSufficient", "textual"),
    ("accessibilityFeature", "alternativeText"),
    ("accessibilityFeature", "MathML"),
    ("accessibilityFeature", "readingOrder"),
    ("accessibilityFeature", "structuralNavigation"),
    ("accessibilityFeature", "tableOfContents"),
    ("accessibilityHazard", "none"),
    (
        "accessibilitySummary",
        "Every figure has an alternative text with the measured numbers, and every "
        "formula is MathML with its TeX as alternative text.",
    ),
]


class BookEpub(Epub3Builder):
    """The EPUB of the book."""

    supported_data_uri_images = False

    def get_toc(self):
        """Sphinx joins paths that lead up from the folder of the root document."""
        super().get_toc()
        for node in self.refnodes:
            node["refuri"] = normpath(node["refuri"])

    def build_navlist(self, navnodes):
        """Puts the pages of each part under the part's title."""
        points = {point.refuri: point for point in super().build_navlist(navnodes)}
        root = self.get_target_uri(self.config.root_doc)
        parts = [points.pop(root)._replace(text="About this edition")]
        front_page = self.env.get_doctree(self.config.root_doc)
        for toctree in front_page.findall(addnodes.toctree):
            names = [name for _, name in toctree["entries"]]
            pages = [points.pop(self.get_target_uri(name)) for name in names]
            parts.append(NavPoint(toctree["caption"], pages[0].refuri, pages))
        return parts

    def toc_metadata(self, level, navpoints):
        """Names the book in the old contents, too, by its identifier."""
        named = {"uid": self.config.epub_identifier}
        return super().toc_metadata(level, navpoints) | named

    def build_content(self):
        super().build_content()
        path = self.outdir / "content.opf"
        ElementTree.register_namespace("", _PACKAGE)
        ElementTree.register_namespace("dc", "http://purl.org/dc/elements/1.1/")
        package = ElementTree.parse(path)
        _say_accessibility(package.find(f"{{{_PACKAGE}}}metadata"))
        for item in package.iter(f"{{{_PACKAGE}}}item"):
            self._say_properties(item)
        package.write(path, encoding="utf-8", xml_declaration=True)

    def _say_properties(self, item):
        """A page with formulas has to say so, and so has the picture of the cover."""
        href = item.get("href")
        if href == self.config.epub_cover[0]:
            item.set("properties", "cover-image")
        elif href.endswith(".xhtml") and item.get("properties") != "nav":
            page = (self.outdir / href).read_text(encoding="utf-8")
            if "<math " in page:
                item.set("properties", "mathml")


def _say_accessibility(metadata):
    for name, value in ACCESSIBILITY:
        meta = ElementTree.SubElement(metadata, f"{{{_PACKAGE}}}meta")
        meta.set("property", f"schema:{name}")
        meta.text = value


def lighten(app, pagename, templatename, context, doctree):
    """Drops marks in code that have no colour."""
    context["body"] = _UNCOLOURED.sub(r"\1", context.get("body", ""))


def setup(app):
    app.connect("html-page-context", lighten)
    app.add_builder(BookEpub, override=True)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
