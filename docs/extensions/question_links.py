"""From each interview card back to its entry on the page of all questions."""

from docutils import nodes
from extensions import question_index, questions
from sphinx.transforms.post_transforms import SphinxPostTransform


class LinkIndex(SphinxPostTransform):
    """Ends each card in a chapter with a link to its entry in the index."""

    default_priority = 5

    def run(self, **_):
        if question_index.PAGE not in self.env.found_docs:
            return
        page = self.app.builder.get_relative_uri(self.env.docname, question_index.PAGE)
        for card in questions.boxes(self.document, "question"):
            uri = f"{page}#{questions.anchor(card['question'])}"
            link = nodes.reference("", "All questions", refuri=uri, internal=True)
            card += nodes.paragraph("", "", link, classes=["interview-card-index"])


def setup(app):
    app.add_post_transform(LinkIndex)
    app.setup_extension("extensions.question_index")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
