"""Which parts of dlbook a chapter imports, read from its own source."""

import ast


def imported_names(source):
    """The full dotted names of all of dlbook that a program imports or reaches.

    >>> imported_names("from dlbook import optimizers as o\\no.Adam()")
    ['dlbook.optimizers', 'dlbook.optimizers.Adam']
    """
    tree = ast.parse(source)
    bound = _bound_names(tree)
    found = set(bound.values())
    for node in ast.walk(tree):
        root, *path = _dotted(node)
        if path and root in bound:
            found.add(".".join([bound[root], *path]))
    return sorted(found)


def _bound_names(tree):
    """The names that imports from dlbook bind, with the full names they stand for."""
    bound = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and _is_ours(node.module or ""):
            for name in node.names:
                bound[name.asname or name.name] = f"{node.module}.{name.name}"
        elif isinstance(node, ast.Import):
            for name in filter(lambda name: _is_ours(name.name), node.names):
                bound[name.asname or "dlbook"] = name.name if name.asname else "dlbook"
    return bound


def _is_ours(module):
    return module.split(".")[0] == "dlbook"


def _dotted(node):
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return [*before, node.attr] if before != [""] else [""]
    return [node.id] if isinstance(node, ast.Name) else [""]
