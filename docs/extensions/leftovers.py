"""Removes the pages of chapters that are gone; Sphinx only ever adds pages."""

from pathlib import Path


def remove_leftovers(app, exception):
    if exception or app.builder.name != "html":
        return
    for folder in ("chapters", "docs"):
        for page in Path(app.outdir, folder).rglob("*.html"):
            name = page.relative_to(app.outdir).with_suffix("").as_posix()
            if name not in app.env.found_docs:
                page.unlink()


def setup(app):
    app.connect("build-finished", remove_leftovers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
