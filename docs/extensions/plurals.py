"""Lets a docstring write `Layer`s, which reStructuredText otherwise cannot read."""

import re

_PLURAL = re.compile(r"(?<!`)(`[\w.]+`)s\b")


def part_plurals(app, what, name, obj, options, lines):
    lines[:] = [_PLURAL.sub(r"\1\\ s", line) for line in lines]


def setup(app):
    app.connect("autodoc-process-docstring", part_plurals)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
