"""A grid has a colour and a text for each value."""

import numpy as np
import pytest
from contrast import contrast

from dlbook.figures import labelled_grids

A = np.array([[0.0, -0.5, 1.0], [0.25, np.nan, 0.5]])
B = np.array([[0.2, 0.4]])


def words(panel):
    return {tuple(text.get_position()): text.get_text() for text in panel.texts}


def test_the_picture_is_the_values_and_the_texts_are_theirs():
    panel = labelled_grids({"a": A, "b": B}, "share").axes[0]
    np.testing.assert_array_equal(panel.images[0].get_array().filled(np.nan), A)
    assert words(panel)[1, 0] == "−0.50"
    assert words(panel)[0, 1] == "0.25"
    assert words(panel)[1, 1] == ""
    assert panel.get_title() == "a"


def test_texts_may_be_given():
    texts = {"b": [["left", "right"]]}
    first, second, scale = labelled_grids({"a": A, "b": B}, "share", texts).axes
    assert words(second) == {(0, 0): "left", (1, 0): "right"}
    assert words(first)[0, 0] == "0.00"
    assert scale.get_ylabel() == "share"


def test_all_grids_have_one_scale():
    panels = labelled_grids({"a": A, "b": B}, "share", low=-2, high=3).axes[:2]
    assert [panel.images[0].get_clim() for panel in panels] == [(-2, 3), (-2, 3)]


def test_a_text_can_be_read_on_every_colour():
    shares = np.linspace(0, 1, 21)[None]
    panel = labelled_grids({"a": shares}, "share").axes[0]
    for text, share in zip(panel.texts, shares[0], strict=True):
        assert contrast(text.get_color(), panel.images[0].cmap(share)) >= 4.5


@pytest.mark.parametrize("texts", [[["x"]], [["x", "y"], ["z", "u"]]])
def test_texts_of_another_shape_are_refused(texts):
    with pytest.raises(ValueError, match="'b'"):
        labelled_grids({"b": B}, "share", texts={"b": texts})


def test_rows_and_columns_may_have_names():
    names = {"rows": ["SGD", "Adam"], "columns": ["0.1", "1", "10"], "x_label": "rate"}
    figure = labelled_grids({"a": A, "b": A}, "share", **names)
    figure.draw_without_rendering()
    first, second, _ = figure.axes
    assert [tick.get_text() for tick in first.get_yticklabels()] == names["rows"]
    assert [tick.get_text() for tick in second.get_xticklabels()] == names["columns"]
    assert [panel.get_xlabel() for panel in (first, second)] == ["rate", "rate"]
    assert not any(tick.get_visible() for tick in second.get_yticklabels())
