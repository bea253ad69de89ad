"""The tables of `papers`: what papers state beside what the book's claims measured."""

from collections import Counter

from docutils import nodes
from extensions import claims, contents
from extensions.tables import table

OUTCOMES = ("reproduced", "partly", "not reproduced", "not comparable")
SAID = ("theirs", "ours", "because")
_HEADER = ("What a paper reports", "What this book measures", "Scale", "Outcome")


def tables(env, statements, measured):
    """The sum of all outcomes, and a section with a table for each part of the book.

    Args:
        env: Sphinx's environment, which knows the parts.
        statements: nodes with `outcome`, `claims` (pairs of a name, and what its
            sentence is about or None), and as children the paper, the three
            texts of `SAID`, and what is reported.
        measured: pairs of page and claim, by the claim's name.
    """
    order = [page for _, pages in contents.parts(env) for page in pages]
    by_page = {page: [] for page in order}
    for statement in statements:
        name, _ = statement["claims"][0]
        page, _ = measured[name]
        by_page.setdefault(page, []).append(_row(statement, measured))
    sections = [_sum(statements)]
    for title, pages in contents.parts(env):
        if rows := [row for page in pages for row in by_page.pop(page)]:
            sections.append(_part(title, rows))
    # A chapter that the front page does not list.
    if rows := [row for page in sorted(by_page) for row in by_page[page]]:
        sections.append(_part("Other chapters", rows))
    return sections


def _sum(statements):
    times = Counter(statement["outcome"] for statement in statements)
    counted = [f"{times[outcome]} {outcome}" for outcome in OUTCOMES if times[outcome]]
    text = f"Statements: {len(statements)}. Of these: {', '.join(counted) or 'none'}."
    return nodes.paragraph("", text, classes=["papers-sum"])


def _part(title, rows):
    part = nodes.section(ids=[nodes.make_id(f"papers-{title}")], classes=["papers"])
    part += [nodes.title("", title), table(_HEADER, rows, "papers")]
    return part


def _row(statement, measured):
    cite, theirs, ours, because, reported = statement.children
    cite["classes"].append("paper")
    theirs.insert(0, nodes.strong("", "Theirs: "))
    ours.insert(0, nodes.strong("", "Ours: "))
    outcome = statement["outcome"]
    verdict = ["verdict", f"verdict-{outcome.replace(' ', '-')}"]
    badge = nodes.paragraph("", "", nodes.inline("", outcome, classes=verdict))
    reason = [because] if because.children else []
    found = [_measured(measured[name][1], about) for name, about in statement["claims"]]
    cells = [[cite, *reported.children], found, [theirs, ours], [badge, *reason]]
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def _measured(claim, about):
    value = nodes.strong("", claim["measured"])
    link = claims.link(claim["name"], claim["sentence"])
    about = f"[{about}] " if about else ""
    return nodes.paragraph("", about, link, nodes.Text(" Measured: "), value)
