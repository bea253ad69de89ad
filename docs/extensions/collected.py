"""What pages tell the whole book, kept right when only some of them are read again.

Under a key (`claims`, `cards`, `imports`) each page may add entries. A page that
follows a key shows all its entries, and is written anew when any of them changes.
"""

import copy


def add(env, key, entry):
    """Adds an entry on behalf of the page being read."""
    _entries(env).setdefault(key, {}).setdefault(env.docname, []).append(entry)


def follow(env, key):
    """Says that the page being read shows all entries under a key."""
    _followers(env).setdefault(key, set()).add(env.docname)


def entries(env, key):
    """All `(docname, entry)` under a key: by page, then as they stand on the page."""
    pages = _entries(env).get(key, {})
    return [(page, entry) for page in sorted(pages) for entry in pages[page]]


def followers(env, key):
    """The pages that show all entries under a key."""
    return set(_followers(env).get(key, ()))


def _entries(env):
    return env.__dict__.setdefault("dlbook_entries", {})


def _followers(env):
    return env.__dict__.setdefault("dlbook_followers", {})


def forget(app, env, docname):
    for pages in _entries(env).values():
        pages.pop(docname, None)
    for followers in _followers(env).values():
        followers.discard(docname)


def merge(app, env, docnames, other):
    for key, pages in _entries(other).items():
        read = {page: pages[page] for page in docnames if page in pages}
        _entries(env).setdefault(key, {}).update(read)
    for key, followers in _followers(other).items():
        _followers(env).setdefault(key, set()).update(followers & set(docnames))


def outdated_followers(app, env):
    """The pages to write anew: their own text is the same, what they show is not."""
    before = getattr(env, "dlbook_written", {})
    now = copy.deepcopy(_entries(env))
    env.dlbook_written = now
    keys = now.keys() | before.keys()
    changed = [key for key in keys if now.get(key) != before.get(key)]
    return sorted(set().union(*(_followers(env).get(key, ()) for key in changed)))


def setup(app):
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", outdated_followers)
    return {
        "version": "1",
        "env_version": 1,
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }
