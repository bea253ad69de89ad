"""The lines are the layers' norms, and nothing stays open."""

import io

import numpy as np
import pytest
from matplotlib import pyplot

from dlbook.figures import gradient_flow

RECORD = {
    "paths": ["net/a/kernel", "net/a/bias", "net/b/kernel"],
    "updates": [1, 11, 21],
    "norm": [[3.0, 4.0, 1.0], [6.0, 8.0, 0.0], [5.0, None, None]],
}


def axes_of(**changes):
    return gradient_flow(RECORD | changes).axes[0]


def test_a_line_is_the_norm_of_a_layer_s_weights_together():
    first, last = axes_of().lines
    np.testing.assert_array_equal(first.get_xdata(), [1, 11, 21])
    np.testing.assert_allclose(first.get_ydata(), [5, 10, 5])
    np.testing.assert_allclose(last.get_ydata(), [1, np.nan, np.nan])


def test_layers_are_named_in_a_legend_and_go_from_dark_to_light():
    axes = axes_of()
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["net/a", "net/b"]
    dark, light = (sum(line.get_color()[:3]) for line in axes.lines)
    assert dark < light


def test_of_many_layers_the_first_and_the_last_are_named():
    paths = [f"dense_{layer}/kernel" for layer in range(20)]
    axes = axes_of(paths=paths, norm=np.ones((3, 20)))
    assert len(axes.lines) == 20
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["dense_0, the first of 20", "dense_19, the last"]
    first, last = axes.get_legend().get_lines()
    assert tuple(first.get_color()) == tuple(axes.lines[0].get_color())
    assert tuple(last.get_color()) == tuple(axes.lines[19].get_color())


def test_a_thin_line_stands_at_the_update_of_a_finding():
    findings = [{"update": 11}, {"update": None}]
    axes = axes_of(findings=findings)
    (mark,) = axes.lines[2:]
    assert set(mark.get_xdata()) == {11}
    assert mark.get_linewidth() < axes.lines[0].get_linewidth()


def test_the_axes_say_what_they_show():
    axes = axes_of()
    assert axes.get_xlabel() == "update"
    assert axes.get_ylabel() == "gradient norm (loss / weight)"
    assert axes.get_yscale() == "log"


@pytest.mark.parametrize("norm", [[], [[1.0, 2.0]], np.ones((3, 2)), np.ones(3)])
def test_a_record_without_a_norm_for_each_update_and_weight_is_refused(norm):
    with pytest.raises(ValueError, match=r"each update and weight\..*3 updates"):
        axes_of(norm=norm)


def test_the_figure_can_be_saved_and_none_stays_open():
    file = io.StringIO()
    gradient_flow(RECORD).savefig(file, format="svg")
    assert "</svg>" in file.getvalue()
    assert pyplot.get_fignums() == []
