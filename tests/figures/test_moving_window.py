"""Each frame shows where the window stands, and what has come out by then."""

import numpy as np
import pytest

from dlbook.figures import moving_window

IMAGE = np.arange(35.0).reshape(5, 7)
KERNEL = np.array([[1.0, -2.5, 0.0], [0.5, 1.0, 1.0]])
OUTPUT = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, 6.0]])


def drawn(frame):
    moving = moving_window(IMAGE, KERNEL, OUTPUT, strides=(3, 2), x_label="grey")
    moving._draw_frame(frame)
    moving._draw_was_started = True
    return moving._fig.axes


@pytest.mark.parametrize(("frame", "row", "column"), [(1, 0, 1), (4, 1, 1), (5, 1, 2)])
def test_the_frames_stand_around_the_patch_and_around_its_number(frame, row, column):
    image, _, output = drawn(frame)
    (patch,), (number,) = image.patches, output.patches
    assert patch.get_xy() == (2 * column - 0.5, 3 * row - 0.5)
    assert (patch.get_height(), patch.get_width()) == KERNEL.shape
    assert number.get_xy() == (column - 0.5, row - 0.5)
    assert (number.get_height(), number.get_width()) == (1, 1)


@pytest.mark.parametrize(("frame", "filled"), [(0, 6), (1, 2), (4, 5), (5, 6)])
def test_the_map_holds_what_has_come_out_and_at_first_all(frame, filled):
    values = np.ma.filled(drawn(frame)[2].images[0].get_array(), np.nan).ravel()
    assert values[:filled].tolist() == OUTPUT.ravel()[:filled].tolist()
    assert np.isnan(values[filled:]).all()


def test_kernel_and_image_are_shown_as_they_are():
    image, kernel, output = drawn(0)
    assert image.images[0].get_array().tolist() == IMAGE.tolist()
    assert kernel.images[0].get_array().tolist() == KERNEL.tolist()
    assert kernel.images[0].get_clim() == (-2.5, 2.5)
    assert "/".join(text.get_text() for text in kernel.texts) == "1/−2.5/0/0.5/1/1"
    assert output.get_xlabel() == "grey"


@pytest.mark.parametrize("strides", [(4, 2), (3, 3)])
def test_a_window_that_leaves_the_image_is_refused(strides):
    with pytest.raises(ValueError, match=r"leaves an image \(5, 7\)"):
        moving_window(IMAGE, KERNEL, OUTPUT, strides)
