"""`_static/deck.js`: the book's questions, claims and terms as data for its scripts.

The data are a script that sets `window.dlbookDeck`, since a page that is read from disk
may not fetch a file. What pages show is taken from those pages, so links are as seen
from their folder, and formulas are left to MathJax.
"""

import json
from pathlib import Path

from docutils import nodes
from extensions import claims, collected, contents, folded, question_index
from sphinx import addnodes

GLOSSARY = "docs/glossary"


def deck(app):
    """What the study room studies, as plain data."""
    return {
        "chapters": list(_chapters(app)),
        "questions": list(_questions(app)),
        "claims": list(_claims(app)),
        "terms": list(_terms(app)),
    }


def _chapters(app):
    for part, docnames in contents.parts(app.env):
        for docname in docnames:
            yield {
                "name": _name(docname),
                "title": contents.title(app.env, docname),
                "part": part,
                "url": _url(app, docname),
            }


def _questions(app):
    part_of = {chapter["name"]: chapter["part"] for chapter in _chapters(app)}
    for entry in _page(app, question_index.PAGE).findall(nodes.section):
        if "question" not in entry:
            continue
        chapter, anchor = _name(entry["chapter"]), entry["ids"][0]
        answer, *popular = entry.findall(folded.Folded)
        yield {
            "id": entry["question"],
            "question": entry.next_node(nodes.title).astext(),
            "part": part_of[chapter],
            "chapter": chapter,
            "url": f"{_url(app, entry['chapter'])}#{anchor}",
            "answer": _html(app, folded.content(answer)),
            "popular": [_popular(app, answer) for answer in popular],
        }


def _popular(app, answer):
    *explanation, _ = folded.content(answer)  # The last line names the claims.
    return {
        "text": answer["text"],
        "verdict": answer["popular"]["verdict"],
        "explanation": _html(app, explanation),
        "claims": answer["popular"]["claims"],
    }


def _claims(app):
    known = [name for _, names in contents.parts(app.env) for name in names]
    for docname, claim in collected.entries(app.env, claims.KEY):
        if docname in known:
            yield {
                "name": claim["name"],
                "sentence": _html(app, [nodes.Text(claim["sentence"])]),
                "chapter": _name(docname),
                "url": f"{_url(app, docname)}#claim-{claim['name']}",
                "measured": claim["measured"],
                "bound": claim["bound"],
            }


def _terms(app):
    for glossary in _page(app, GLOSSARY).findall(addnodes.glossary):
        for item in glossary.findall(nodes.definition_list_item):
            *terms, definition = item.children
            *sentences, _ = definition.children  # The last line names the chapter.
            yield {
                "term": terms[0].astext(),
                "definition": _html(app, sentences),
                "url": f"{_url(app, GLOSSARY)}#{terms[0]['ids'][0]}",
            }


def _name(docname):
    return docname.rpartition("/")[2]


def _url(app, docname):
    return app.builder.get_relative_uri(question_index.PAGE, docname)


def _page(app, docname):
    """A page with its links resolved; an empty one if the book has none such."""
    if docname not in app.env.found_docs:
        return nodes.Element()
    page = app.env.get_and_resolve_doctree(docname, app.builder, tags=app.tags)
    app.builder.post_process_images(page)  # Where they lie, also if no page is written.
    return page


def _html(app, content):
    rendered = (app.builder.render_partial(node)["fragment"] for node in content)
    return "".join(rendered).strip()


def write(app, exception):
    if exception or app.builder.name != "html":
        return
    made = deck(app)
    data = json.dumps(made, ensure_ascii=False, indent=1)
    path = Path(app.outdir, "_static", "deck.js")
    path.write_text(f"window.dlbookDeck = {data};\n", encoding="utf-8")
    app.emit("deck-made", made)


def setup(app):
    app.add_event("deck-made")
    app.connect("build-finished", write)
    app.setup_extension("extensions.question_index")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
