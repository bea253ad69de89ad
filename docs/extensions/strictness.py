"""A build that warned is forgotten, so that the next one warns again.

Sphinx repeats no warning for a page it need not read again. With `-W` alone, a second
build of a wrong book would therefore succeed.
"""

from sphinx.application import ENV_PICKLE_FILENAME


def forget_if_warned(app, exception):
    if exception or app._warncount:
        (app.doctreedir / ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def setup(app):
    app.connect("build-finished", forget_if_warned, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
