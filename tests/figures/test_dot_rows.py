"""Each run is a dot in the row of its name."""

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import dot_rows

SERIES = {
    "before": {"first": [1.0, 2.0], "second": 3.0},
    "after": {"second": [4.0], "third": [5.0, 6.0, 7.0]},
}


def test_the_dots_stand_in_the_rows_of_their_names():
    axes = dot_rows(SERIES, "accuracy").axes[0]
    before, after = axes.lines
    assert [label.get_text() for label in axes.get_yticklabels()] == [
        "first",
        "second",
        "third",
    ]
    np.testing.assert_array_equal(before.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(before.get_ydata(), [0, 0, 1])
    np.testing.assert_array_equal(after.get_xdata(), [4, 5, 6, 7])
    np.testing.assert_array_equal(after.get_ydata(), [1, 2, 2, 2])


def test_the_first_row_is_at_the_top_and_the_series_are_named():
    axes = dot_rows(SERIES, "accuracy", bounds={"chance": 0.1}).axes[0]
    low, high = axes.get_ylim()
    assert low > high
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["before", "after", "chance"]
    assert set(axes.lines[2].get_xdata()) == {0.1}


def test_one_series_needs_no_legend():
    axes = dot_rows({"runs": {"a": [1, 10]}}, "time (s)", x_scale="log").axes[0]
    assert axes.get_legend() is None
    assert (axes.get_xlabel(), axes.get_xscale()) == ("time (s)", "log")
    assert pyplot.get_fignums() == []


def test_no_row_is_refused():
    with pytest.raises(ValueError, match="none"):
        dot_rows({"runs": {}}, "x")
