"""Each curve has a panel, and all share their axes."""

import numpy as np
import pytest

from dlbook.figures import curve_panels

X = np.array([0.0, 1.0, 2.0])


def test_each_panel_shows_its_series_under_its_name():
    series = {"a": X**2, "b": -X, "c": X}
    panels = curve_panels(X, series, "time (s)", "height (m)", columns=2).axes
    for panel, (name, values) in zip(panels, series.items(), strict=False):
        assert panel.get_title() == name
        np.testing.assert_array_equal(panel.lines[0].get_xdata(), X)
        np.testing.assert_array_equal(panel.lines[0].get_ydata(), values)
    assert not panels[3].axison
    assert panels[0].get_ylim() == panels[2].get_ylim()


def test_labels_stand_at_the_left_and_below():
    panels = curve_panels(X, {"a": X, "b": X}, "time (s)", "height (m)").axes
    assert [panel.get_ylabel() for panel in panels[:2]] == ["height (m)", ""]
    assert [panel.get_xlabel() for panel in panels[:2]] == ["time (s)"] * 2


def test_a_series_of_another_length_is_refused():
    with pytest.raises(ValueError, match="'b'"):
        curve_panels(X, {"a": X, "b": X[1:]}, "x", "y")
