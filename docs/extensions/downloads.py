"""Each chapter's page offers its executed notebook, beside the program it came from."""

from pathlib import Path

import jupyter_cache
import nbformat
from sphinx.util import logging

logger = logging.getLogger(__name__)


def offer_notebook(app, pagename, templatename, context, doctree):
    """Puts the executed notebook where the theme's download button looks for it.

    MyST-NB writes the notebook without its outputs when they come from the cache, so
    they are put back from there.
    """
    settings = app.env.mystnb_config
    written = Path(settings.output_folder, f"{pagename}.ipynb")
    if doctree is None or not written.exists():
        return
    notebook = nbformat.read(written, as_version=4)
    cache = jupyter_cache.get_cache(settings.execution_cache_path)
    try:
        _, notebook = cache.merge_match_into_notebook(notebook)
    except KeyError:
        logger.warning("The outputs of %s are gone: delete the build folder.", pagename)
    copy = Path(app.outdir, "_sources", f"{pagename}.ipynb")
    copy.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook, copy)
    context["ipynb_source"] = f"{pagename}.ipynb"


def setup(app):
    app.connect("html-page-context", offer_notebook)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
