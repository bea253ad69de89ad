"""The reference holds all of dlbook, and is linked with the chapters both ways."""

import ast
import re

from building import ROOT
from sphinx.util.inventory import InventoryFile

IMPORT = r"^from dlbook\.optimizers import (\([^)]*\)|.*$)"
KINDS = ("py:class", "py:function", "py:exception")


def test_everything_that_dlbook_shows_is_in_the_reference(book):
    with (book.html / "objects.inv").open("rb") as stream:
        inventory = InventoryFile.load(stream, "", lambda base, path: path)
    documented = {name for kind in KINDS for name in inventory.get(kind, ())}
    for face in (ROOT / "dlbook").glob("*/__init__.py"):
        names = {f"dlbook.{face.parent.name}.{name}" for name in _public(face)}
        assert names
        assert not names - documented


def _public(face):
    for node in ast.parse(face.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return ast.literal_eval(node.value)
    return []


def test_the_reference_and_the_chapters_link_to_each_other(pages, chapters):
    reference = pages["docs/api/optimizers.html"]
    for name, page in chapters.items():
        program = (ROOT / name).with_suffix(".py").read_text("utf-8")
        imports = re.findall(IMPORT, program, re.MULTILINE)
        for part in ("SGD", "RMSprop", "Adam"):
            imported = part in re.findall(r"\w+", " ".join(imports))
            entry = reference.find(id=f"dlbook.optimizers.{part}").find_parent("dl")
            used_in = [link["href"] for link in entry.select("p.parts a")]
            assert (f"../../{name}" in used_in) == imported
            anchor = f"optimizers.html#dlbook.optimizers.{part}"
            assert bool(page.select(f"p.parts a[href$='{anchor}']")) == imported


def test_every_signature_says_what_it_takes(pages):
    signatures = [
        entry.get_text()
        for name, page in pages.items()
        if name.startswith("docs/api/")
        for entry in page.select("dl.py > dt")
    ]
    assert any("Dense(units, activation=None" in each for each in signatures)
    assert not [each for each in signatures if "(*args" in each]
