"""`shown-figure`: what a chapter shows, with its number, its caption and its alt text.

A chapter's `show` emits two outputs: the image, then this directive as Markdown. The
two meet here, after the page is parsed. The image comes from the notebook's outputs,
which the execution cache keeps. `animate` emits a player in the image's place.
"""

from docutils import nodes
from docutils.parsers.rst import directives
from extensions.players import is_player
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
_CLASS = "shown-figure"


class ShownFigure(SphinxDirective):
    """A numbered figure that waits for the image of the output before it."""

    required_arguments = 1
    has_content = True
    option_spec = {"alt": directives.unchanged}

    def run(self):
        name = self.arguments[0]
        where = self.get_location()
        if not self.options.get("alt"):
            logger.warning("The figure %s has no alt text.", name, location=where)
        if "$" in self.options.get("alt", ""):
            logger.warning(
                "The figure %s has TeX in its alt text.", name, location=where
            )
        if not self.content:
            logger.warning("The figure %s has no caption.", name, location=where)
        figure = nodes.figure(alt=self.options.get("alt", ""), classes=[_CLASS])
        self.set_source_info(figure)
        self.options["name"] = name
        self.add_name(figure)
        figure += self._caption()
        return [figure]

    def _caption(self):
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        first, *rest = parsed.children or [nodes.paragraph()]
        caption = nodes.caption(first.rawsource, "", *first.children)
        self.set_source_info(caption)
        return [caption, nodes.legend("", *rest)] if rest else [caption]


class TakeImage(SphinxTransform):
    """Moves the image of the output before a figure into the figure."""

    # Before Sphinx collects the images that it has to copy.
    default_priority = 100

    def apply(self, **_):
        for figure in list(self.document.findall(_is_shown_figure)):
            output = _output_before(figure)
            shown = list(output.findall(_is_picture)) if output else []
            if not shown:
                logger.warning(
                    "The figure %s has no image: no output with one comes before it.",
                    " ".join(figure["names"]),
                    location=figure,
                )
                continue
            picture, alt = shown[0], figure.attributes.pop("alt")
            if isinstance(picture, nodes.image):
                picture["alt"] = alt
                # The theme puts a white card behind images without the first class.
                picture["classes"] += ["dark-light", _CLASS]
            picture.parent.remove(picture)
            figure.insert(0, picture)
            output.parent.remove(output)


def _is_shown_figure(node):
    return isinstance(node, nodes.figure) and _CLASS in node["classes"]


def _is_picture(node):
    return is_player(node) or isinstance(node, nodes.image)


def _output_before(figure):
    output = figure
    while output is not None and output.get("nb_element") != "mime_bundle":
        output = output.parent if isinstance(output.parent, nodes.Element) else None
    before = output.previous_sibling() if output is not None else None
    return before if before is not None and "nb_element" in before else None


def setup(app):
    app.add_directive("shown-figure", ShownFigure)
    app.add_transform(TakeImage)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
