"""A panel shows what the figure of one training shows, on a scale that all share."""

import numpy as np
import pytest

from dlbook.figures import gradient_flow, gradient_flow_panels

PATHS = ["net/a/kernel", "net/a/bias", "net/b/kernel"]
UPDATES = [1, 2]
WELL = {"paths": PATHS, "updates": UPDATES, "norm": [[3.0, 4.0, 1.0], [6.0, 8.0, 0.0]]}
WILD = WELL | {"norm": [[0.0, 1e-9, 1.0], [None, 1e9, 1.0]]}
STILL = WELL | {"norm": np.zeros((2, 3))}
RECORDS = {"well": WELL, "wild": WILD, "still": STILL}


def test_a_panel_has_the_lines_of_the_single_figure():
    single = gradient_flow(WELL).axes[0].lines
    panel = gradient_flow_panels(RECORDS).axes[0]
    assert panel.get_title() == "well"
    for line, expected in zip(panel.lines, single, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), expected.get_ydata())
        assert tuple(line.get_color()) == tuple(expected.get_color())


def test_norms_beyond_the_scale_are_drawn_at_its_ends():
    panel = gradient_flow_panels(RECORDS, low=1e-3, high=1e3).axes[1]
    np.testing.assert_allclose(panel.lines[0].get_ydata(), [1e-3, 1e3])
    low, high = panel.get_ylim()
    assert low < 1e-3
    assert high > 1e3


def test_a_training_without_gradients_says_so():
    figure = gradient_flow_panels(RECORDS)
    texts = [[text.get_text() for text in panel.texts] for panel in figure.axes[:3]]
    assert texts == [[], [], ["no gradient"]]


def test_panels_stand_in_rows_and_what_is_left_over_is_empty():
    figure = gradient_flow_panels(RECORDS, columns=2)
    assert len(figure.axes) == 4
    assert [panel.axison for panel in figure.axes] == [True, True, True, False]


def test_a_record_without_a_norm_for_each_weight_is_refused():
    with pytest.raises(ValueError, match="each update and weight"):
        gradient_flow_panels({"bad": WELL | {"norm": [[1.0], [2.0]]}})
