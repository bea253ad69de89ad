"""Under each chapter's title: how long it takes, and the command that runs it."""

from docutils import nodes
from extensions import chapter_facts
from extensions.folded import folded
from sphinx.transforms.post_transforms import SphinxPostTransform


class AddRunBox(SphinxPostTransform):
    """Puts the line after the title, when the run's time is known."""

    default_priority = 5

    def run(self, **_):
        name = self.env.docname
        facts = chapter_facts.facts(self.env).get(name)
        title = self.document.next_node(nodes.title)
        if facts and title:
            section = title.parent
            section.insert(section.index(title) + 1, _box(name, facts))


def _box(name, facts):
    summary = f"{chapter_facts.in_words(facts)} · Run this chapter"
    commands = f"make .venv/installed-book  # once\n.venv/bin/python {name}.py\n"
    content = [
        nodes.paragraph("", "In the folder of the book:"),
        nodes.literal_block(commands, commands, language="bash"),
        nodes.paragraph("", "", *_what_happens()),
    ]
    return folded([nodes.Text(summary)], content, "run-box")


def _what_happens():
    return [
        nodes.Text(
            "It prints each claim with what it measured and saves its figures under "
        ),
        nodes.literal("", "build/figures/"),
        nodes.Text("; with "),
        nodes.literal("", "--show"),
        nodes.Text(" it opens them too. Change a number and run it again."),
    ]


def setup(app):
    app.add_post_transform(AddRunBox)
    app.setup_extension("extensions.chapter_facts")
    app.setup_extension("extensions.folded")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
