"""A sheet in the book's style, for a figure function to draw on."""

from contextlib import contextmanager
from pathlib import Path

try:
    from matplotlib import animation, figure, style
except ImportError as error:
    raise ImportError(
        "dlbook.figures draws with matplotlib, which is not installed. "
        "Install it with: pip install matplotlib"
    ) from error

STYLE = Path(__file__).with_name("dlbook.mplstyle")


@contextmanager
def canvas(rows=1, columns=1, height=3.8, **options):
    """An empty figure and its axes, in the book's style while the block lasts.

    The figure is not known to pyplot, so nothing stays open and nothing is shown twice.

    Args:
        rows, columns: of axes.
        height: in inches; the width is that of the page's column.
        **options: of matplotlib's `Figure.subplots`.

    Yields:
        `(figure, axes)`.
    """
    with style.context(STYLE):
        sheet = figure.Figure()
        sheet.set_figheight(height)
        yield sheet, sheet.subplots(rows, columns, **options)


def moving(sheet, draw, frames):
    """An animation whose axes stay where the first frame puts them.

    To lay them out anew takes longer than all else that a frame needs.

    Args:
        sheet: the figure, of `canvas`.
        draw: a function of the number of the frame, 0, 1, ...
        frames: how many there are.

    Returns:
        A matplotlib `FuncAnimation`.
    """
    draw(0)
    sheet.draw_without_rendering()
    sheet.set_layout_engine("none")
    return animation.FuncAnimation(sheet, draw, frames=frames)
