"""A sheet is in the book's style, and leaves matplotlib as it was."""

import matplotlib
import pytest
from fresh_process import run
from matplotlib import pyplot

from dlbook.figures.canvas import canvas

WITHOUT_MATPLOTLIB = """
import sys
sys.modules["matplotlib"] = None
try:
    import dlbook.figures
except ImportError as error:
    print(error)
"""


def ticks(axes):
    return [t for a in (axes.xaxis, axes.yaxis) for t in a.get_major_ticks()]


def test_ticks_that_are_made_on_drawing_are_in_the_book_s_style_too():
    with canvas() as (figure, axes):
        axes.plot([0, 1e6], [0, 1e-3])
    figure.draw_without_rendering()
    assert len(ticks(axes)) > 8
    assert {tick.label1.get_fontsize() for tick in ticks(axes)} == {9}
    assert {tick.gridline.get_color() for tick in ticks(axes)} == {"#d8d8d8"}
    assert not axes.spines["top"].get_visible()
    assert axes.xaxis.label.get_color() == "#222222"


@pytest.mark.parametrize("failing", [False, True])
def test_matplotlib_s_settings_are_what_they_were(failing):
    before = matplotlib.rcParams.copy()
    try:
        with canvas():
            assert matplotlib.rcParams["grid.color"] == "#d8d8d8"
            matplotlib.rcParams["font.size"] = 30
            assert 1 / (not failing)
    except ZeroDivisionError:
        assert failing
    assert matplotlib.rcParams == before


def test_a_sheet_is_as_wide_as_the_column_and_as_high_as_asked():
    with canvas(rows=2, columns=3, height=2.5, sharex=True) as (figure, axes):
        assert axes.shape == (2, 3)
        assert axes[0, 0].get_shared_x_axes().joined(axes[0, 0], axes[1, 2])
    assert tuple(figure.get_size_inches()) == (6.4, 2.5)


def test_no_figure_stays_open():
    with canvas():
        assert pyplot.get_fignums() == []


def test_without_matplotlib_the_message_says_how_to_install_it():
    assert "pip install matplotlib" in run(WITHOUT_MATPLOTLIB)
