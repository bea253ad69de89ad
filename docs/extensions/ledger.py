"""`ledger`: all claims of the book in one table, with the seeds and seconds of its
chapters and the popular answers that a claim speaks for or against."""

import itertools
import operator
from collections import defaultdict

from docutils import nodes
from extensions import chapter_facts, claims, collected, links, questions, tables
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

_HEADER = ["Chapter", "Claim", "Measured", "Claimed", "Verdict", "Popular answer"]


class Ledger(nodes.General, nodes.Element):
    """Stands for the table until every chapter is read."""


class LedgerDirective(SphinxDirective):
    def run(self):
        for key in (claims.KEY, questions.ANSWERS, chapter_facts.KEY):
            collected.follow(self.env, key)
        return [Ledger()]


class FillLedger(SphinxPostTransform):
    """Puts the table in its place; its links are resolved afterwards, as all are."""

    default_priority = 5

    def run(self, **_):
        for ledger in list(self.document.findall(Ledger)):
            found = collected.entries(self.env, claims.KEY)
            facts = chapter_facts.facts(self.env)
            verdicts = _verdicts(self.env)
            groups = [
                (
                    _chapter(page, facts.get(page)),
                    [_cells(c, verdicts) for _, c in group],
                )
                for page, group in itertools.groupby(found, operator.itemgetter(0))
            ]
            ledger.replace_self(tables.grouped_table(_HEADER, groups, "ledger"))


def _verdicts(env):
    """The verdicts on the popular answers that each claim was measured for."""
    verdicts = defaultdict(set)
    for _, answer in collected.entries(env, questions.ANSWERS):
        for name in answer.get("claims", "").split(","):
            verdicts[name.strip()].add(answer["verdict"])
    return verdicts


def _chapter(docname, facts):
    """A link to a chapter, whose title is its text, and what the run used."""
    link = links.link("doc", f"/{docname}")
    if not facts:
        return link
    run = nodes.inline("", _run(facts), classes=["ledger-run"])
    return nodes.inline("", "", link, nodes.Text(" "), run)


def _run(facts):
    seeds = ", ".join(map(str, facts["seeds"]))
    seconds = facts["seconds"]
    said = [f"Seeds {seeds}."] if seeds else []
    return " ".join([*said, f"Ran in {seconds:.0f} s."] if seconds else said)


def _cells(claim, verdicts):
    texts = (claim["measured"], claim["bound"], "holds")
    found = sorted(verdicts[claim["name"]], key=questions.VERDICTS.index)
    badges = [nodes.inline("", v, classes=["verdict", f"verdict-{v}"]) for v in found]
    return [
        claims.link(claim["name"], claim["sentence"]),
        *map(nodes.Text, texts),
        nodes.inline("", "", *badges),
    ]


def setup(app):
    app.add_node(Ledger)
    app.add_directive("ledger", LedgerDirective)
    app.add_post_transform(FillLedger)
    app.setup_extension("extensions.claims")
    app.setup_extension("extensions.questions")
    app.setup_extension("extensions.chapter_facts")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
