"""`interview-card`: a question with its thirty-second answer; `popular-answer`: a
sentence often heard, and what the measurement says about it."""

from collections import Counter

from docutils import nodes
from docutils.parsers.rst import directives
from extensions import claims, collected, links
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
CARDS = "cards"
ANSWERS = "answers"
VERDICTS = ("right", "imprecise", "wrong", "unverifiable")


class Box(SphinxDirective):
    """A titled box around parsed Markdown."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def box(self, css_class, *before_title):
        box = nodes.container(classes=[css_class])
        self.set_source_info(box)
        title, messages = self.parse_inline(self.arguments[0])
        classes = [f"{css_class}-title"]
        box += nodes.paragraph("", "", *before_title, *title, classes=classes)
        self.state.nested_parse(self.content, self.content_offset, box)
        return box, messages


class InterviewCard(Box):
    option_spec = {
        "id": directives.unchanged_required,
        # A figure of the chapter, which is shown where there is no chapter around it.
        "figure": directives.unchanged_required,
    }

    def run(self):
        card, messages = self.box("interview-card")
        name = self.options.get("id")
        if not name:
            logger.warning("A card needs an :id:.", location=self.get_location())
            return [card, *messages]
        question = {"id": name, "question": self.arguments[0], "text": card.astext()}
        collected.add(self.env, CARDS, question)
        self.options["name"] = anchor(name)
        self.add_name(card)
        card["question"] = name
        card["figure"] = self.options.get("figure")
        return [card, *messages]


class PopularAnswer(Box):
    option_spec = {
        "verdict": directives.unchanged_required,
        "question": directives.unchanged_required,
        "claims": directives.unchanged_required,
    }

    def run(self):
        verdict = self.options.get("verdict", "none")
        if verdict not in VERDICTS:
            logger.warning(
                "A popular answer's verdict is one of %s. Received: %s.",
                ", ".join(VERDICTS),
                verdict,
                location=self.get_location(),
            )
        badge = nodes.inline("", verdict, classes=["verdict", f"verdict-{verdict}"])
        box, messages = self.box("popular-answer", badge, nodes.Text(" "))
        answer = {"verdict": verdict, **self.options, "text": box.astext()}
        collected.add(self.env, ANSWERS, answer)
        names = self.options.get("claims", "").split(",")
        box["popular"] = {
            "question": self.options.get("question"),
            "verdict": verdict,
            "claims": [name.strip() for name in names if name.strip()],
        }
        box += self._evidence(box["popular"])
        return [box, *messages]

    def _evidence(self, popular):
        line = measured_in(popular["claims"])
        if question := popular["question"]:
            line += nodes.Text(" · Question: " if line.children else "Question: ")
            line += _card(question)
        return [line] if line.children else []


def measured_in(names):
    """A line with links to the claims that speak for a verdict."""
    line = nodes.paragraph(classes=["popular-answer-evidence"])
    for name in names:
        line += nodes.Text(", " if line.children else "Measured in ")
        line += claims.link(name)
    return line


def anchor(question):
    """The name of a question's card on its chapter's page, and in the index."""
    return f"question-{question}"


def _card(question):
    """A link to the question's card; mere text as long as no chapter answers it."""
    text = question.replace("-", " ")
    return links.link("ref", anchor(question), text, warn=False)


def boxes(doctree, attribute):
    """A page's cards, by the attribute `question`, or popular answers, by `popular`."""
    return (box for box in doctree.findall(nodes.container) if attribute in box)


def check_ids(app, env):
    ids = Counter(card["id"] for _, card in collected.entries(env, CARDS))
    for name, times in ids.items():
        if times > 1:
            logger.warning("The question %s has %d cards.", name, times)


def setup(app):
    app.add_directive("interview-card", InterviewCard)
    app.add_directive("popular-answer", PopularAnswer)
    app.connect("env-check-consistency", check_ids)
    app.setup_extension("extensions.collected")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
