"""Runs the chapters: in this Python, with this dlbook, and anew when it changes."""

import hashlib
import json
import os
from importlib import metadata
from pathlib import Path

from ipykernel import kernelspec

ROOT = Path(__file__).resolve().parents[2]

# What a kernel needs to know, and what it must not inherit from the machine.
KERNEL_ENVIRONMENT = {
    "KERAS_BACKEND": "tensorflow",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "PYTHONHASHSEED": "0",
    "PYTHONPATH": str(ROOT),
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}


def salt(root):
    """A hash of what a chapter's outputs depend on besides the chapter itself.

    MyST-NB looks a chapter up by its own cells, so outputs would otherwise survive a
    change of the library that made them.
    """
    files = (path for path in (root / "dlbook").rglob("*") if path.is_file())
    sources = sorted(path for path in files if "__pycache__" not in path.parts)
    digest = hashlib.sha256(repr(KERNEL_ENVIRONMENT["KERAS_BACKEND"]).encode())
    results = sorted((root / "benchmarks").glob("*.json"))
    for path in [*sources, *results, root / "constraints.txt"]:
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes() if path.exists() else b"")
    for package in ("keras", KERNEL_ENVIRONMENT["KERAS_BACKEND"], "numpy"):
        digest.update(f"{package} {metadata.version(package)}".encode())
    return digest.hexdigest()[:16]


def write_kernel(folder):
    """Writes a kernelspec that is this Python, whatever the machine calls `python3`.

    What C++ writes to file descriptor 2 (the backend's start-up log) goes to the
    terminal and not into the page; Python's own stderr does reach the page, where
    `nb_output_stderr` makes it an error.
    """
    kernel = kernelspec.get_kernel_dict()
    kernel["argv"] += [
        "--IPKernelApp.capture_fd_output=False",
        # Else it warns, for each chapter, that it talks to this process over plain TCP.
        "--IPKernelApp.log_level=ERROR",
    ]
    kernel["env"] = KERNEL_ENVIRONMENT
    path = folder / "kernels" / "python3" / "kernel.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kernel, indent=1), encoding="utf-8")


def prepare(app, config):
    """Points MyST-NB to the kernel, and to the cache that belongs to this library.

    A new cache path is a changed setting, which makes Sphinx read every chapter again.
    """
    build = Path(app.outdir).parent.resolve()
    write_kernel(build / "jupyter")
    known = os.environ.get("JUPYTER_PATH", "").split(os.pathsep)
    others = [path for path in known if path and path != str(build / "jupyter")]
    os.environ["JUPYTER_PATH"] = os.pathsep.join([str(build / "jupyter"), *others])
    config.nb_execution_cache_path = str(build / "executed" / salt(ROOT))


def build_font_cache(app, env, docnames):
    """Lets matplotlib find its fonts here, where its notice of doing so is no error."""
    if any(app.env.doc2path(name).suffix == ".py" for name in docnames):
        import matplotlib.font_manager  # noqa: F401


def setup(app):
    app.connect("config-inited", prepare)
    app.connect("env-before-read-docs", build_font_cache)
    # Two processes would both create the cache's database, and one of them would fail.
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": True}
