"""What a chapter puts on its page: figures with captions, and numbers for its prose.

A chapter runs in two places. In a notebook, and so in the book, everything travels in
the cell's outputs. As a program it prints its numbers and saves its figures under
`build/figures/`; with `--show` on the command line it opens them as well. Animations
become a player on the page, and a GIF under `build/figures/`.
"""

import html
import io
import json
import math
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

_GLUE = "application/papermill.record/"
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def readable(value, digits=3):
    """A number as one reads it, with a power of ten where that is shorter.

    >>> readable(0.98765), readable(-2.34e-7), readable(40000), readable(1e-5)
    ('0.988', '−2.34×10⁻⁷', '40,000', '10⁻⁵')
    """
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    sign, size = "−" * (number < 0), abs(number)
    if size == int(size) and size < 1e9:
        return f"{sign}{int(size):,}"
    if 1e-3 <= size < 99_999.5:
        digits = max(digits, len(f"{size:.0f}"))
        return f"{sign}{size:,.{digits}g}"
    mantissa, exponent = f"{size:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".")
    power = "10" + str(int(exponent)).translate(_SUPERSCRIPTS)
    return sign + (power if mantissa == "1" else f"{mantissa}×{power}")


def quote(name, value):
    """Makes a measured number available to the prose, by the role `glue:text`.

    Args:
        name: how the prose calls it.
        value: a number, shown as `readable` shows it, or a text that is shown as it is.
    """
    text = str(value) if isinstance(value, str) else readable(value)  # NumPy's too.
    if in_notebook():
        scrapbook = {"name": name, "mime_prefix": _GLUE}
        # In Python's quotes: the role reads it as Python, to which 1,000 is a pair.
        put({f"{_GLUE}text/plain": repr(text)}, {"scrapbook": scrapbook})
    else:
        print(f"number  {name} = {text}")


def show(figure, name, caption, alt):
    """Puts a figure on the page, with a number, a caption and a name to refer to it by.

    Args:
        figure: a matplotlib `Figure`.
        name: its name in the book, unique; the role `numref` links to it.
        caption: what to see in it. MyST Markdown.
        alt: what it shows, in words, for those who cannot see it. It may, and should,
            hold measured numbers.
    """
    if not in_notebook():
        _save(figure, name)
        return
    svg = io.StringIO()
    figure.savefig(svg, format="svg", transparent=True, metadata={"Date": None})
    put({"image/svg+xml": svg.getvalue(), "text/plain": alt})
    _put_caption(name, caption, alt)


def table(rows, name, caption):
    """Puts a table on the page, with a number, a caption and a name to refer to it by.

    Args:
        rows: dicts of column → a text, or a number, shown as `readable` shows it.
        name, caption: as in `show`.
    """
    cells = [list(rows[0])]
    for row in rows:
        values = row.values()
        cells.append([v if isinstance(v, str) else readable(v) for v in values])
    if in_notebook():
        lines = [f"| {' | '.join(line)} |" for line in cells]
        lines.insert(1, "|---" * len(cells[0]) + "|")
        text = directive("table", caption, "\n".join(lines), name=name)
        put({"text/markdown": text, "text/plain": caption})
    else:
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        print(f"table   {name}")
        for line in cells:
            each = zip(line, widths, strict=True)
            print("  ".join(cell.ljust(width) for cell, width in each).rstrip())


def animate(animation, name, caption, alt, seconds=10):
    """Puts an animation on the page: a player that stands still until it is started.

    The player is matplotlib's own. It holds its frames as pictures and asks the network
    for nothing.

    Args:
        animation: a `matplotlib.animation.Animation` of an unshown `Figure`, such as
            `FuncAnimation(figure, draw, frames=40)`. The first frame is what stands on
            the page until the reader presses play, so it should be worth looking at.
        name, caption, alt: as in `show`.
        seconds: how long it plays.
    """
    frames = animation.new_saved_frame_seq()
    per_second = max(1, round(sum(1 for _ in frames) / seconds))
    if in_notebook():
        player = _player(animation, name, alt, per_second)
        put({"text/html": player, "text/plain": alt})
        _put_caption(name, caption, alt)
    else:
        path = _place(name, "gif")
        animation.save(path, writer="pillow", fps=per_second)
        print(f"figure  {path}")


def in_notebook():
    """Whether the code runs in a Jupyter kernel."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    return shell is not None and hasattr(shell, "kernel")


def directive(kind, name, content, /, **options):
    """A MyST directive, which the book turns into a box, a figure or a table row.

    Options are quoted, since MyST reads them as YAML, to which `> 1` is no text.
    """
    quoted = (
        f":{option}: {json.dumps(' '.join(text.split()), ensure_ascii=False)}"
        for option, text in options.items()
    )
    return "\n".join([f":::{{{kind}}} {name}", *quoted, "", content, ":::"])


def put(bundle, metadata=None):
    """Puts a bundle of MIME types to text into the notebook's outputs."""
    from IPython.display import display

    display(bundle, raw=True, metadata=metadata or {})


def _put_caption(name, caption, alt):
    put(
        {
            "text/markdown": directive("shown-figure", name, caption, alt=alt),
            "text/html": f"<p><b>Figure.</b> {html.escape(caption)}</p>",
            "text/plain": caption,
        }
    )


def _player(animation, name, alt, per_second):
    """The animation as HTML, made the page's own.

    Matplotlib names the player by a random number, which would change the page in every
    build, fetches the symbols on the buttons, which the book's theme has, and leaves
    the picture and the slider without a name for who hears the page.
    """
    from matplotlib.animation import HTMLWriter

    writer = HTMLWriter(fps=per_second, embed_frames=True, default_mode="once")
    with TemporaryDirectory() as folder:
        path = Path(folder, "player.html")
        animation.save(path, writer=writer, dpi=130)
        player = path.read_text(encoding="utf-8")
    random_name = re.search(r'id="_anim_img(\w+)"', player)[1]
    player = player.replace(random_name, "_" + re.sub(r"\W", "_", name))
    player = re.sub(r"<link[^>]*>\s*", "", player)
    player = player.replace('type="range" ', 'type="range" aria-label="Frame" ', 1)
    return player.replace("<img ", f'<img alt="{html.escape(alt)}" ', 1)


def _place(name, kind):
    chapter = Path(getattr(sys.modules["__main__"], "__file__", "chapter.py")).stem
    path = Path("build", "figures", chapter, f"{name}.{kind}")
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _save(figure, name):
    path = _place(name, "png")
    figure.savefig(path, dpi=150)
    print(f"figure  {path}")
    if "--show" in sys.argv[1:]:
        from matplotlib import pyplot
        from matplotlib.backends import BackendFilter, backend_registry

        with_window = backend_registry.list_builtin(BackendFilter.INTERACTIVE)
        if pyplot.get_backend().lower() not in map(str.lower, with_window):
            print("no window: matplotlib found no screen or no toolkit; see the file")
            return
        pyplot.figure(figure)
        pyplot.show()
