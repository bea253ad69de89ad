"""Each box lies inside the one before, and its words are in it alone."""

from itertools import pairwise

import pytest
from matplotlib.patches import FancyBboxPatch

from dlbook.figures import nested_sets

SETS = {"numbers": "such as 1/2", "whole numbers": "such as 1", "primes": "such as 2"}


def boxes_of(axes):
    boxes = [patch for patch in axes.patches if isinstance(patch, FancyBboxPatch)]
    outlines = [box for box in boxes if box.get_edgecolor()[3] > 0]
    return [(b.get_x(), b.get_y(), b.get_width(), b.get_height()) for b in outlines]


def holds(box, x, y):
    left, bottom, width, height = box
    return left < x < left + width and bottom < y < bottom + height


def test_each_box_lies_inside_the_one_before():
    boxes = boxes_of(nested_sets(SETS).axes[0])
    assert len(boxes) == 3
    for outer, (left, bottom, width, height) in pairwise(boxes):
        assert holds(outer, left, bottom)
        assert holds(outer, left + width, bottom + height)


def test_words_stand_in_their_box_and_not_in_the_next():
    axes = nested_sets(SETS).axes[0]
    boxes = boxes_of(axes)
    words = [text.get_text() for text in axes.texts]
    assert words == [word for pair in SETS.items() for word in pair]
    for index, text in enumerate(axes.texts):
        within = [holds(box, *text.get_position()) for box in boxes]
        assert within == [k <= index // 2 for k in range(3)]


@pytest.mark.parametrize("count", [0, 5])
def test_none_and_too_many_are_refused(count):
    with pytest.raises(ValueError, match=f"Received: {count}"):
        nested_sets({str(k): "" for k in range(count)})
