"""The chapters as programs and as executed notebooks, with the library they import.

Each zip can be installed and run as it is. The same book gives the same bytes.
"""

from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

INSTALL = """Python 3.11, 3.12 or 3.13 on Linux or macOS; in this folder, once:

```sh
python3 -m venv .venv
.venv/bin/pip install -c constraints.txt -e ".[tensorflow,book]"
```
"""
SCRIPTS = """# dlbook: the chapters as programs

{install}
A chapter prints what it measured and saves its figures under `build/figures/`; with
`--show` it opens them too:

```sh
.venv/bin/python chapters/{first}.py
```
"""
NOTEBOOKS = """# dlbook: the chapters as notebooks

The notebooks in `chapters/` hold the outputs of the run that made the book, so they can
be read as they are. To run them:

{install}
```sh
.venv/bin/pip install jupyterlab
.venv/bin/jupyter lab chapters/{first}.ipynb
```
"""


def write(root, chapters, kind, file):
    """Writes a zip of chapters.

    Args:
        root: the folder of the book.
        chapters: the folder of the chapters, one file each.
        kind: the suffix of their files: `.py` or `.ipynb`.
        file: the zip to write.
    """
    paths = sorted(chapters.glob(f"*{kind}"))
    text = {".py": SCRIPTS, ".ipynb": NOTEBOOKS}[kind]
    readme = text.format(install=INSTALL, first=paths[0].stem)
    with ZipFile(file, "w") as archive:
        _add(archive, "README.md", readme.encode())
        for path in paths:
            _add(archive, f"chapters/{path.name}", path.read_bytes())
        for path in sorted(_library(root)):
            _add(archive, path.relative_to(root).as_posix(), path.read_bytes())


def _library(root):
    """What a chapter needs besides itself."""
    for pattern in ("dlbook/**/*", "benchmarks/*.json", "LICENSE*"):
        for path in root.glob(pattern):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path
    yield from (root / "pyproject.toml", root / "constraints.txt")


def _add(archive, name, content):
    entry = ZipInfo(f"{archive_name(archive)}/{name}")  # Its time is always 1980.
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content, compress_type=ZIP_DEFLATED, compresslevel=9)


def archive_name(archive):
    return archive.filename.rpartition("/")[2].removesuffix(".zip")
