"""The parts of the book and their chapters, as the front page's toctrees list them."""

from sphinx import addnodes

_CHAPTERS = "chapters/"


def parts(env):
    """All `(title, docnames)`: one for each toctree that lists chapters, in order."""
    front_page = env.get_doctree(env.config.root_doc)
    for toctree in front_page.findall(addnodes.toctree):
        names = [name for _, name in toctree["entries"] if name in env.found_docs]
        chapters = [name for name in names if name.startswith(_CHAPTERS)]
        if chapters:
            yield toctree.get("caption") or "Chapters", chapters


def title(env, docname):
    """A page's title as plain text."""
    return env.titles[docname].astext()
