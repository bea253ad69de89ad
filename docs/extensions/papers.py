"""`published`: what a paper states, and the claims of the book that measure it;
`papers`: all statements of the page as tables, one for each part of the book.

The numbers are the claims' own, so that a table never says what no chapter measured.
A claim may be followed by what its sentence is about, where only its chapter says so:
`:claims: one-claim, another [the plain network]`.
"""

import re

from docutils import nodes
from docutils.parsers.rst import directives
from extensions import claims, collected, papers_table
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
_CLAIM = re.compile(r"(\S+)(?:\s+\[(.+)\])?")


class Statement(nodes.General, nodes.Element):
    """A paper's statement, kept aside until every chapter's claims are known."""


class Tables(nodes.General, nodes.Element):
    """Stands for the tables until then."""


class Published(SphinxDirective):
    """One statement: what the paper reports is the content, its key the argument."""

    required_arguments = 1
    has_content = True
    option_spec = dict.fromkeys(
        ("theirs", "ours", "outcome", "claims", "because"),
        directives.unchanged_required,
    )

    def run(self):
        self._check_options()
        statement = Statement(
            key=self.arguments[0],
            outcome=self.options["outcome"],
            claims=[self._claim(text) for text in self.options["claims"].split(",")],
        )
        self.set_source_info(statement)
        cite = f"{{cite:t}}`{self.arguments[0]}`"
        # A part of the statement each, in the order in which the table reads them.
        inline = [cite, *(self.options.get(k, "") for k in papers_table.SAID)]
        parsed = [self.parse_inline(text) for text in inline]
        statement += [nodes.paragraph("", "", *children) for children, _ in parsed]
        reported = nodes.container()
        self.state.nested_parse(self.content, self.content_offset, reported)
        statement += reported
        return [statement, *(m for _, messages in parsed for m in messages)]

    def _claim(self, text):
        """A claim's name, and what its sentence is about or None."""
        if match := _CLAIM.fullmatch(text.strip()):
            return match.groups()
        raise self.error(f"Names of claims stand between commas. Received: {text!r}.")

    def _check_options(self):
        key = self.arguments[0]
        required = self.option_spec.keys() - {"because"}
        if missing := sorted(required - self.options.keys()):
            raise self.error(f"The statement of {key} lacks {', '.join(missing)}.")
        outcome = self.options["outcome"]
        if outcome not in papers_table.OUTCOMES:
            allowed = ", ".join(papers_table.OUTCOMES)
            raise self.error(f"An outcome is one of {allowed}. Received: {outcome}.")
        if outcome != "reproduced" and "because" not in self.options:
            raise self.error(f"The outcome of {key} is {outcome}: say :because: what.")


class PapersDirective(SphinxDirective):
    def run(self):
        collected.follow(self.env, claims.KEY)
        return [Tables()]


class FillTables(SphinxPostTransform):
    """Moves the statements into the tables; links are resolved afterwards."""

    default_priority = 5

    def run(self, **_):
        statements = list(self.document.findall(Statement))
        for statement in statements:
            statement.parent.remove(statement)
        measured = {
            claim["name"]: (page, claim)
            for page, claim in collected.entries(self.env, claims.KEY)
        }
        kept = [s for s in statements if _is_measured(s, measured)]
        for tables in list(self.document.findall(Tables)):
            tables.replace_self(papers_table.tables(self.env, kept, measured))


def _is_measured(statement, measured):
    """Whether all its claims exist; a missing one stops the build, by a warning."""
    missing = [name for name, _ in statement["claims"] if name not in measured]
    for name in missing:
        message = "No chapter makes the claim %s, named for %s."
        logger.warning(message, name, statement["key"], location=statement)
    return not missing


def setup(app):
    for node in (Statement, Tables):
        app.add_node(node)
    app.add_directive("published", Published)
    app.add_directive("papers", PapersDirective)
    app.add_post_transform(FillTables)
    app.setup_extension("extensions.claims")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
