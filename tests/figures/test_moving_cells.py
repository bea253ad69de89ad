"""Each frame shows its own numbers, and frames those that are new."""

import numpy as np
import pytest
from contrast import contrast
from matplotlib.colors import to_rgba

from dlbook.figures import moving_cells

VALUES = [[[0, 1], [0, 0]], [[0, 1], [0.5, 0]]]
TEXTS = [[["a", "b"], ["c", "d"]], [["a", "b"], ["new", "d"]]]


def drawn(frame):
    moving = moving_cells(
        VALUES, TEXTS, ["before", "after"], ["r1", "r2"], ["c1", "c2"], "parts"
    )
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes[0]


@pytest.mark.parametrize("frame", [0, 1])
def test_a_frame_shows_its_values_and_texts_where_they_belong(frame):
    axes = drawn(frame)
    assert axes.images[0].get_array().tolist() == VALUES[frame]
    for word in axes.texts:
        column, row = word.get_position()
        assert word.get_text() == TEXTS[frame][row][column]
    assert axes.get_title() == ["before", "after"][frame]
    assert [label.get_text() for label in axes.get_yticklabels()] == ["r1", "r2"]


def test_only_what_is_new_is_framed():
    def framed(axes):
        nothing = to_rgba("none")
        boxes = {word.get_text(): word.get_bbox_patch() for word in axes.texts}
        return [name for name, box in boxes.items() if box.get_edgecolor() != nothing]

    assert framed(drawn(0)) == []
    assert framed(drawn(1)) == ["new"]


def test_numbers_and_frames_can_be_read_on_every_colour():
    values = np.stack([np.zeros((1, 21)), np.linspace(0, 1, 21)[None]])
    texts = np.array([[["old"] * 21], [["new"] * 21]])
    moving = moving_cells(values, texts, ["0", "1"], ["r"], ["c"] * 21, "parts")
    moving._draw_frame(1)
    moving._draw_was_started = True
    axes = moving._fig.axes[0]
    for word, value in zip(axes.texts, values[1, 0], strict=True):
        ground = axes.images[0].cmap(value)
        for color in (word.get_color(), word.get_bbox_patch().get_edgecolor()):
            assert contrast(color, ground) >= 4.5


@pytest.mark.parametrize(
    ("values", "texts"), [(VALUES[:1], TEXTS), (VALUES, TEXTS[0]), (VALUES[0], TEXTS)]
)
def test_what_does_not_fit_the_names_and_titles_is_refused(values, texts):
    with pytest.raises(ValueError, match="2 rows and 2 columns in 2 frames"):
        moving_cells(values, texts, ["a", "b"], ["r", "s"], ["c", "d"], "parts")
