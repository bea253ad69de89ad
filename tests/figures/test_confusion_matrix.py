"""The cells hold the counts, and are as dark as their share of the row."""

import numpy as np
import pytest

from dlbook.figures import confusion_matrix

COUNTS = [[3, 1, 0], [0, 0, 10]]


def drawn():
    return confusion_matrix(COUNTS, ["a", "b"], ["x", "y", "z"], "truth", "said").axes[
        0
    ]


def test_a_cell_says_its_count_and_an_empty_one_nothing():
    words = {tuple(t.get_position()): t.get_text() for t in drawn().texts}
    assert words == {(0, 0): "3", (1, 0): "1", (2, 1): "10"}


def test_colours_are_shares_of_the_row():
    shares = drawn().images[0].get_array()
    np.testing.assert_allclose(shares, [[0.75, 0.25, 0], [0, 0, 1]])


def test_a_row_without_counts_stays_empty():
    axes = confusion_matrix([[0, 0]], ["never"], ["x", "y"]).axes[0]
    np.testing.assert_array_equal(axes.images[0].get_array(), [[0, 0]])


def test_rows_and_columns_have_their_names():
    axes = drawn()
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b"]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["x", "y", "z"]
    assert (axes.get_ylabel(), axes.get_xlabel()) == ("truth", "said")


@pytest.mark.parametrize("counts", [[[1, 2]], [1, 2], np.ones((3, 2)), []])
def test_counts_of_another_shape_are_refused(counts):
    with pytest.raises(ValueError, match="2 rows and 3 columns"):
        confusion_matrix(counts, ["a", "b"], ["x", "y", "z"])
