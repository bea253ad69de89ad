"""Writes every page anew when the list of pages changes, since every sidebar shows it.

Sphinx writes only the pages that changed themselves; the others would go on without a
new chapter, and with a link to one that is gone.
"""

import shutil
from pathlib import Path


def rewrite_all(app, env):
    titles = {page: title.astext() for page, title in env.titles.items()}
    contents = (titles, dict(env.toctree_includes))
    if contents == getattr(env, "dlbook_contents", None):
        return []
    env.dlbook_contents = contents
    # Viewcode keeps its pages as long as the module they show is the same.
    shutil.rmtree(Path(app.outdir, "_modules"), ignore_errors=True)
    return sorted(env.found_docs)


def setup(app):
    app.connect("env-updated", rewrite_all)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
