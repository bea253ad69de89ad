"""Each frame shows its own curves, on axes that stay."""

import numpy as np
import pytest

from dlbook.figures import moving_curves

X = np.array([1.0, 2.0, 4.0])
SERIES = {"a": [[1, 2, 3], [4, 5, 60]], "b": [[7, 8, 9], [0.1, 2, 3]]}


def drawn(frame, **options):
    moving = moving_curves(X, SERIES, ["low", "high"], "layer", "length", **options)
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes[0]


@pytest.mark.parametrize(("frame", "title"), [(0, "low"), (1, "high")])
def test_a_frame_shows_the_values_and_the_title_of_its_own(frame, title):
    axes = drawn(frame)
    for line, (name, values) in zip(axes.lines, SERIES.items(), strict=True):
        assert line.get_label() == name
        assert np.column_stack(line.get_data()).tolist() == [
            list(point) for point in zip(X, values[frame], strict=True)
        ]
    assert axes.get_title() == title


def test_the_axes_hold_all_frames_unless_limits_are_given():
    assert drawn(0).get_ylim() == drawn(1).get_ylim() == (0.1, 60)
    assert drawn(1, y_scale="log", limits=(1, 10)).get_ylim() == (1, 10)


def test_a_bound_is_a_line_at_its_height_that_the_legend_names():
    axes = drawn(1, bounds={"half": 0.5})
    assert axes.lines[-1].get_ydata() == [0.5, 0.5]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "a",
        "b",
        "half",
    ]


@pytest.mark.parametrize("values", [[1, 2, 3], [[1, 2, 3]], [[1, 2], [3, 4]]])
def test_a_series_that_is_not_a_curve_for_each_frame_is_refused(values):
    with pytest.raises(ValueError, match=r"'b'.*2 titles and 3 positions"):
        moving_curves(X, SERIES | {"b": values}, ["low", "high"], "x", "y")


def test_whole_positions_are_counted_in_ticks():
    layers, titles = np.arange(4), ["low"]
    moving = moving_curves(layers, {"a": [[1, 2, 3, 4]]}, titles, "layer", "length")
    moving._draw_was_started = True
    ticks = moving._fig.axes[0].get_xticks()
    np.testing.assert_array_equal(ticks, np.round(ticks))
