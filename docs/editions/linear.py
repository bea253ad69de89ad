"""Makes a page of the site one that is read from its first line to its last.

Nothing moves, nothing is folded, and what needs a script is not there.
"""

import html
import re

from docutils import nodes
from extensions.folded import Folded
from extensions.players import first_frame, is_player
from extensions.question_index import PICTURE
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import docname_join

_ALT = re.compile(r'<img alt="([^"]*)"')
MOVES = " On the site this figure moves."


class Linear(SphinxPostTransform):
    """Changes the nodes of a page before the site's own transforms fold them."""

    # Before Sphinx takes pictures out of `data:` addresses, at 150.
    default_priority = 140

    def run(self, **_):
        for player in list(self.document.findall(is_player)):
            _hold_still(player)
        for left_out in list(self.document.findall(_is_for_the_site)):
            left_out.parent.remove(left_out)
        for cell in self.document.findall(_is_hidden_cell):
            _show_or_leave_out(cell)
        for folded in list(self.document.findall(Folded)):
            _unfold(folded, folded.children[0])
        for dropdown in list(self.document.findall(_is_dropdown)):
            _unfold(dropdown, dropdown.children[0])


def _hold_still(player):
    """Puts the first frame, which the site shows too before one presses play."""
    frame = first_frame(player)
    alt = html.unescape(_ALT.search(player.astext())[1])
    figure = player.parent
    picture = nodes.image(uri=frame, candidates={"?": frame}, alt=alt)
    figure.replace(player, picture)
    next(figure.findall(nodes.caption)).append(nodes.inline("", MOVES))


def _is_for_the_site(node):
    """Scripts, and figures that are shown a second time beside a question."""
    repeated = isinstance(node, nodes.container) and PICTURE in node["classes"]
    return repeated or isinstance(node, nodes.raw)


def _is_hidden_cell(node):
    return isinstance(node, nodes.container) and node.get("hide_mode")


def _show_or_leave_out(cell):
    """Shows what an exercise hides; leaves out the code that only draws."""
    if cell.attributes.pop("hide_mode") == "input":
        for code in [c for c in cell if c.get("nb_element") == "cell_code_source"]:
            cell.remove(code)


def _is_dropdown(node):
    container = isinstance(node, nodes.container)
    return container and node.get("design_component") == "dropdown"


def _unfold(folded, summary):
    classes = ["unfolded", *folded["classes"]]
    title = nodes.paragraph("", "", *summary.children, classes=["unfolded-title"])
    box = nodes.container("", title, *folded.children[1:], classes=classes)
    box["ids"] = [*folded["ids"], *summary["ids"]]
    folded.replace_self(box)


def name_site_page(app, env, node, contnode):
    """A link to a page that only the site has becomes its text, or its title."""
    if node.get("reftype") != "doc":
        return None
    page = env.srcdir / f"{docname_join(node['refdoc'], node['reftarget'])}.md"
    if not page.exists():
        return None
    title = page.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# ")
    text = contnode.astext() if node["refexplicit"] else title
    return nodes.inline("", f"{text} (on the site)")


def setup(app):
    app.add_post_transform(Linear)
    app.connect("missing-reference", name_site_page)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
