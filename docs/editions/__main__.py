"""Makes the editions, all or some: `python docs/editions [epub] [pdf] [zip]`.

`make book` comes first: its executed chapters are what is printed and packed here.
"""

import runpy
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
BUILD = ROOT / "build"
EPUB = BUILD / "epub"
sys.path.insert(0, str(HERE.parent))


def make_epub(target):
    """Builds it anew, since Sphinx packs whatever lies in its folder."""
    shutil.rmtree(EPUB, ignore_errors=True)
    sphinx = [sys.executable, "-m", "sphinx", "-b", "epub", "-qW", "--keep-going"]
    folders = ["-c", HERE, "-d", BUILD / "doctrees-editions", ROOT, EPUB]
    subprocess.run([*sphinx, *folders], check=True)
    shutil.copy(EPUB / "dlbook.epub", target)


def make_pdf(target):
    from editions import pdf

    conf = runpy.run_path(str(HERE / "conf.py"))
    pdf.write(EPUB, target / "dlbook.pdf", conf["epub_title"], conf["epub_author"])


def make_zip(target):
    from editions import archives

    executed = BUILD / "book" / "_sources" / "chapters"
    archives.write(ROOT, ROOT / "chapters", ".py", target / "dlbook-scripts.zip")
    archives.write(ROOT, executed, ".ipynb", target / "dlbook-notebooks.zip")


MAKERS = {"epub": make_epub, "pdf": make_pdf, "zip": make_zip}


def main(names):
    target = BUILD / "editions"
    target.mkdir(parents=True, exist_ok=True)
    for name in names or MAKERS:
        MAKERS[name](target)
    for path in sorted(target.iterdir()):
        size = path.stat().st_size / 1e6
        print(f"{path.relative_to(ROOT)}  {size:.1f} MB")


if __name__ == "__main__":
    main(sys.argv[1:])
