"""`claim`: a sentence that the chapter measured, in a box that one can link to."""

from collections import Counter

from docutils import nodes
from docutils.parsers.rst import directives
from extensions import collected, links
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
KEY = "claims"


class Claim(SphinxDirective):
    """A claim that held when the chapter ran: a false one stops the chapter."""

    required_arguments = 1
    has_content = True
    option_spec = {"measured": directives.unchanged, "bound": directives.unchanged}

    def run(self):
        name, sentence = self.arguments[0], " ".join(self.content)
        if missing := self.option_spec.keys() - self.options.keys():
            raise self.error(f"The claim {name} lacks {', '.join(sorted(missing))}.")
        measured, bound = self.options["measured"], self.options["bound"]
        entry = {"name": name, "sentence": sentence, **self.options}
        collected.add(self.env, KEY, entry)
        box = nodes.container(classes=["claim"])
        self.set_source_info(box)
        self.options["name"] = f"claim-{name}"
        self.add_name(box)
        mark = nodes.inline("", "✓", classes=["claim-mark"])
        box += nodes.paragraph("", "", mark, nodes.Text(f" {sentence}"))
        numbers = nodes.paragraph(classes=["claim-numbers"])
        numbers += [nodes.Text("Measured "), nodes.strong("", measured)]
        numbers += [nodes.Text(f", claimed {bound}. "), link(name)]
        box += numbers
        return [box]


def link(name, text=None):
    """A link to a claim; an unknown name is Sphinx's warning of an undefined label."""
    return links.link("ref", f"claim-{name}", text or name)


def check_names(app, env):
    """A name stands for one claim, since links and the ledger go by it."""
    found = [(claim["name"], page) for page, claim in collected.entries(env, KEY)]
    for name, times in Counter(name for name, _ in found).items():
        if times > 1:
            pages = ", ".join(page for other, page in found if other == name)
            logger.warning("The claim %s stands %d times: %s.", name, times, pages)


def setup(app):
    app.add_directive("claim", Claim)
    app.connect("env-check-consistency", check_names)
    app.setup_extension("extensions.collected")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
