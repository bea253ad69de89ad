"""Lines lead from place to place."""

import numpy as np
import pytest

from dlbook.figures import rank_changes

FIRST = {"a": 5.0, "b": 9.0, "c": 1.0}
SECOND = {"c": 30.0, "a": 20.0, "b": 10.0}


def test_each_line_leads_from_the_first_place_to_the_second():
    (axes,) = rank_changes({"left": FIRST, "right": SECOND}).axes
    places = [line.get_ydata().tolist() for line in axes.lines]
    assert places == [[2, 2], [1, 3], [3, 1]]  # a, b, c; the largest is first
    top, bottom = sorted(axes.get_ylim())
    assert axes.get_ylim() == (bottom, top)  # Place 1 is above.
    assert [text.get_text() for text in axes.get_xticklabels()] == ["left", "right"]


def test_only_marked_things_have_a_name_and_a_colour():
    (axes,) = rank_changes({"left": FIRST, "right": SECOND}, marked=["b"]).axes
    grey, color, _ = (line.get_color() for line in axes.lines)
    assert color != grey
    named = [(text.get_text(), text.xy[1]) for text in axes.texts if text.get_text()]
    assert named == [("b", 1), ("b", 3)]


def test_equal_scores_keep_their_order():
    same = dict.fromkeys("abc", 1.0)
    (axes,) = rank_changes({"left": same, "right": same}).axes
    np.testing.assert_array_equal(
        [line.get_ydata()[0] for line in axes.lines], [1, 2, 3]
    )


@pytest.mark.parametrize(
    "scores",
    [
        {"left": FIRST},
        {"left": FIRST, "right": {"a": 1}},
        dict.fromkeys(["one", "two", "three"], FIRST),
    ],
    ids=["one ranking", "other things", "three rankings"],
)
def test_two_rankings_of_the_same_things_are_needed(scores):
    with pytest.raises(ValueError, match="Two rankings of the same things"):
        rank_changes(scores)
