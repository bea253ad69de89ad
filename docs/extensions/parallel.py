"""Runs the chapters that changed, as many at a time as there are cores.

MyST-NB runs a chapter when it reads its page, one after the other. Here they run before
any page is read, and MyST-NB finds their outputs in its cache. What fails here is left
to MyST-NB, which runs it again and reports it as its own.
"""

import os
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import jupytext
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn
from jupyter_cache.executors.utils import single_nb_execution
from sphinx.util import logging

logger = logging.getLogger(__name__)


def run_chapters(app, env, docnames):
    """Fills the cache with the outputs of the chapters that will be read."""
    if app.config.nb_execution_mode != "cache":
        return
    cache = get_cache(app.config.nb_execution_cache_path)
    unseen = list(_unseen(app, cache, docnames))
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        running = {
            pool.submit(
                single_nb_execution,
                notebook,
                cwd=str(path.parent),
                timeout=app.config.nb_execution_timeout,
                allow_errors=False,
            ): path
            for path, notebook in unseen
        }
        for done in as_completed(running):
            _keep(cache, running[done], done)


def _unseen(app, cache, docnames):
    """The chapters to run: their paths and notebooks, without outputs."""
    excluded = app.config.nb_execution_excludepatterns
    for name in docnames:
        path = Path(app.env.doc2path(name))
        if path.suffix != ".py" or any(path.match(pattern) for pattern in excluded):
            continue
        notebook = jupytext.reads(path.read_text(encoding="utf-8"), fmt="py:percent")
        try:
            cache.match_cache_notebook(notebook)
        except KeyError:
            yield path, notebook


def _keep(cache, path, done):
    """Writes the outputs into the cache, which only one thread at a time may do."""
    if done.exception() or done.result().err:
        return
    result = done.result()
    seconds = {"execution_seconds": result.time}
    bundle = CacheBundleIn(result.nb, str(path), data=seconds)
    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    logger.info("ran %s in %.0f s", path.name, result.time)


def setup(app):
    # After the kernel is written and matplotlib has found its fonts.
    app.connect("env-before-read-docs", run_chapters, priority=600)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
