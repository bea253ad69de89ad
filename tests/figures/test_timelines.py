"""Each span is a bar from its begin to its end, in the row of its name."""

import pytest
from matplotlib import pyplot

from dlbook.figures import timelines

PANELS = {
    "in turn": {"load": [(0.0, 1.0), (3.0, 4.0)], "compute": [(1.0, 3.0)]},
    "ahead": {"compute": [(1.0, 3.5)]},
}


def bars(axes):
    """(row, begin, end, colour) of each bar."""
    names = [label.get_text() for label in axes.get_yticklabels()]
    for bar in axes.patches:
        middle = bar.get_y() + bar.get_height() / 2
        begin, end = bar.get_x(), bar.get_x() + bar.get_width()
        yield names[round(middle)], begin, end, bar.get_facecolor()


def test_the_bars_begin_and_end_with_their_spans():
    first, second = timelines(PANELS, "time (ms)").axes
    places = [bar[:3] for bar in bars(first)]
    assert places == [("load", 0, 1), ("load", 3, 4), ("compute", 1, 3)]
    assert [bar[:3] for bar in bars(second)] == [("compute", 1, 3.5)]
    assert (first.get_title(), second.get_title()) == ("in turn", "ahead")
    assert second.get_xlabel() == "time (ms)"
    assert pyplot.get_fignums() == []


def test_a_row_has_its_colour_in_all_panels_and_the_first_is_at_the_top():
    first, second = timelines(PANELS, "s").axes
    colors = {bar[0]: bar[3] for bar in bars(first)}
    assert colors["load"] != colors["compute"]
    assert next(bars(second))[3] == colors["compute"]
    low, high = first.get_ylim()
    assert low > high


@pytest.mark.parametrize("spans", [[1.0, 2.0], [(1.0, 2.0, 3.0)], [(2.0, 1.0)]])
def test_spans_that_are_no_pairs_in_order_are_refused(spans):
    with pytest.raises(ValueError, match="'load' needs spans"):
        timelines({"a": {"load": spans}}, "s")
