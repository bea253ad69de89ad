"""`tally` and `chapter-map`: what the book holds, for its front page."""

from collections import Counter

from docutils import nodes
from extensions import chapter_facts, claims, collected, contents, links, questions
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


class Tally(nodes.General, nodes.Element):
    """Stands for the line of numbers until every chapter is read."""


class ChapterMap(nodes.General, nodes.Element):
    """Stands for the map until every chapter is read."""


class Placeholder(SphinxDirective):
    """Leaves an empty node that is filled when all pages are known."""

    node = None

    def run(self):
        for key in (chapter_facts.KEY, claims.KEY, questions.CARDS):
            collected.follow(self.env, key)
        return [self.node()]


class TallyDirective(Placeholder):
    node = Tally


class ChapterMapDirective(Placeholder):
    node = ChapterMap


class Fill(SphinxPostTransform):
    """Puts numbers and map in their places; links are resolved afterwards."""

    default_priority = 5

    def run(self, **_):
        for place in list(self.document.findall(Tally)):
            place.replace_self(_tally(self.env))
        for place in list(self.document.findall(ChapterMap)):
            place.replace_self(_map(self.env))


def _tally(env):
    chapters = sum(len(names) for _, names in contents.parts(env))
    counted = [
        (chapters, "chapters, each a program", "chapters"),
        (len(collected.entries(env, claims.KEY)), "claims measured", "docs/ledger"),
        (len(collected.entries(env, questions.CARDS)), "questions", "docs/questions"),
    ]
    items = [
        nodes.list_item("", nodes.paragraph("", "", *_counted(*each)))
        for each in counted
    ]
    return nodes.bullet_list("", *items, classes=["tally"])


def _counted(number, what, target):
    number = nodes.strong("", f"{number:,}")
    kind = "doc" if "/" in target else "ref"
    where = f"/{target}" if kind == "doc" else target
    return [number, nodes.Text(" "), links.link(kind, where, what)]


def _map(env):
    facts = chapter_facts.facts(env)
    counts = Counter(page for page, _ in collected.entries(env, claims.KEY))
    parts = [
        _part(
            title,
            [_chapter(env, name, facts.get(name), counts[name]) for name in chapters],
        )
        for title, chapters in contents.parts(env)
    ]
    return nodes.container("", *parts, classes=["chapter-map"])


def _part(title, chapters):
    part = nodes.section(ids=[nodes.make_id(f"part-{title}")])
    part += [nodes.title("", title), nodes.bullet_list("", *chapters)]
    return part


def _chapter(env, name, facts, count):
    link = links.link("doc", f"/{name}", contents.title(env, name))
    words = [chapter_facts.in_words(facts)] if facts else []
    line = " · ".join([*words, f"{count} claims"])
    return nodes.list_item(
        "",
        nodes.paragraph("", "", link),
        nodes.paragraph("", line, classes=["chapter-facts"]),
        chapter=name,
    )


def setup(app):
    for node in (Tally, ChapterMap):
        app.add_node(node)
    app.add_directive("tally", TallyDirective)
    app.add_directive("chapter-map", ChapterMapDirective)
    app.add_post_transform(Fill)
    app.setup_extension("extensions.chapter_facts")
    app.setup_extension("extensions.questions")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
