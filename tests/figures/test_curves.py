"""A curve shows the numbers it was given, and nothing stays open."""

import io

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import curves

X = np.array([1.0, 10.0, 100.0])
RUNS = np.array([[1.0, 5.0, 3.0], [3.0, 4.0, 2.0], [5.0, 9.0, 1.0]])


def axes_of(series, **options):
    return curves(X, series, "rate (θ²/loss)", "loss (nats)", **options).axes[0]


def test_the_line_is_the_series():
    (line,) = axes_of({"Adam": [3, 1, 2]}).lines
    np.testing.assert_array_equal(line.get_xdata(), X)
    np.testing.assert_array_equal(line.get_ydata(), [3, 1, 2])


def test_several_runs_become_their_mean_in_a_band_from_lowest_to_highest():
    axes = axes_of({"Adam": RUNS})
    (line,), (band,) = axes.lines, axes.collections
    np.testing.assert_array_equal(line.get_ydata(), [3, 6, 2])
    corners = {tuple(corner) for corner in band.get_paths()[0].vertices}
    assert corners == {(1, 1), (10, 4), (100, 1), (1, 5), (10, 9), (100, 3)}
    assert tuple(band.get_facecolor()[0][:3]) == pytest.approx(
        [int(line.get_color()[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )


@pytest.mark.parametrize("values", [RUNS[0], RUNS[:1]], ids=["one series", "one run"])
def test_a_single_run_has_no_band(values):
    axes = axes_of({"Adam": values})
    assert len(axes.lines) == 1
    assert not axes.collections


def test_the_axes_say_what_they_show():
    axes = axes_of({"Adam": X}, x_scale="log", y_scale="linear")
    assert axes.get_xlabel() == "rate (θ²/loss)"
    assert axes.get_ylabel() == "loss (nats)"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert axes_of({"Adam": X}, y_scale="log").get_yscale() == "log"


def test_names_stand_in_a_legend_when_there_are_several():
    legend = axes_of({"Adam": X, "a": X, "b": X}).get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["Adam", "a", "b"]
    assert axes_of({"Adam": X}).get_legend() is None


def test_names_that_are_no_optimizers_are_told_apart():
    lines = axes_of(dict.fromkeys("abcdef", X)).lines
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 6
    assert len({line.get_color() for line in lines}) == 6


def test_a_bound_is_a_thin_line_at_its_height_with_its_name():
    axes = axes_of({"Adam": X}, bounds={"promised": 2.5, "chance": 0.1})
    heights = [set(line.get_ydata()) for line in axes.lines[1:]]
    assert heights == [{2.5}, {0.1}]
    assert [(text.get_text(), text.xy[1]) for text in axes.texts] == [
        ("promised", 2.5),
        ("chance", 0.1),
    ]
    assert axes.lines[1].get_linewidth() < axes.lines[0].get_linewidth()


@pytest.mark.parametrize(("markers", "marker"), [(True, "o"), (False, "None")])
def test_points_are_marked_when_asked(markers, marker):
    (line,) = axes_of({"Adam": X}, markers=markers).lines
    assert line.get_marker() == marker


@pytest.mark.parametrize("shape", [(), (2,), (4,), (3, 1), (2, 2), (2, 3, 3), (0,)])
def test_a_series_without_a_value_for_each_position_is_refused(shape):
    with pytest.raises(ValueError, match="each of the 3 positions") as error:
        axes_of({"Adam": X, "loss of b": np.ones(shape)})
    assert "'loss of b'" in str(error.value)
    assert str(shape) in str(error.value)


def test_the_figure_can_be_saved_and_none_stays_open():
    figure = curves(X, {"Adam": RUNS, "b": X}, "x", "y", x_scale="log")
    file = io.StringIO()
    figure.savefig(file, format="svg")
    assert "</svg>" in file.getvalue()
    assert pyplot.get_fignums() == []


@pytest.mark.parametrize(
    ("x", "whole"), [([1, 2, 3, 4], True), ([1.0, 2, 3, 4], False)]
)
def test_whole_numbers_have_whole_ticks(x, whole):
    figure = curves(x, {"Adam": [3, 1, 2, 4]}, "layer", "loss (nats)")
    figure.draw_without_rendering()
    ticks = figure.axes[0].get_xticks()
    assert np.all(ticks == np.round(ticks)) == whole


@pytest.mark.parametrize(
    ("values", "side"),
    [([1, 2, 2.6], "left"), ([2.6, 2, 1], "right"), ([1, 2, 1], "right")],
)
def test_a_bounds_name_stands_where_no_curve_passes(values, side):
    (name,) = axes_of({"Adam": values}, bounds={"promised": 2.5}).texts
    assert name.get_horizontalalignment() == side
