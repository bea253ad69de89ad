"""Shows what a constructor takes, where Keras hides it.

Keras's layers and models have a `__new__` of `*args, **kwargs`, and autodoc asks that
first.
"""

import inspect

from sphinx.util.inspect import stringify_signature


def constructor(app, what, name, obj, options, signature, returned):
    if what != "class" or signature != "(*args, **kwargs)":
        return None
    _, *parameters = inspect.signature(obj.__init__).parameters.values()
    return stringify_signature(inspect.Signature(parameters)), None


def setup(app):
    app.connect("autodoc-process-signature", constructor)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
