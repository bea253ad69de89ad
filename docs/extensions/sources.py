"""Shows viewcode where dlbook's source is, so that it need not import the backend.

It would import every module in every build, only to ask whether its page is old.
"""

from pathlib import Path

from sphinx.pycode import ModuleAnalyzer

ROOT = Path(__file__).resolve().parents[2]


def find_source(app, modname):
    path = ROOT.joinpath(*modname.split("."))
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    analyzer = ModuleAnalyzer.for_file(file, modname)
    return analyzer.code, analyzer.find_tags()


def setup(app):
    app.setup_extension("sphinx.ext.viewcode")
    app.connect("viewcode-find-source", find_source)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
