"""Images keep their numbers, and share one scale."""

import numpy as np
import pytest

from dlbook.figures import image_grid

IMAGES = np.arange(-6.0, 18.0).reshape(6, 2, 2)


def panels(figure):
    return [axes for axes in figure.axes if axes.images]


def test_each_image_is_shown_under_its_name():
    shown = panels(image_grid(IMAGES, list("abcdef"), columns=4))
    assert [axes.get_title() for axes in shown] == list("abcdef")
    for axes, image in zip(shown, IMAGES, strict=True):
        np.testing.assert_array_equal(axes.images[0].get_array(), image)


@pytest.mark.parametrize(
    ("images", "signed", "scale"),
    [
        (IMAGES, True, (-17, 17)),
        (IMAGES, False, (-6, 17)),
        (IMAGES + 8, False, (0, 25)),
    ],
)
def test_all_share_one_scale_of_colours(images, signed, scale):
    shown = panels(image_grid(images, list("abcdef"), signed=signed))
    assert {axes.images[0].get_clim() for axes in shown} == {scale}


def test_signed_images_have_zero_in_the_middle_of_blue_and_red():
    colors = panels(image_grid(IMAGES, list("abcdef"), signed=True))[0].images[0].cmap
    low, middle, high = colors([0.1, 0.5, 0.9])
    assert low[2] > low[0]
    assert high[0] > high[2]
    assert np.ptp(middle[:3]) < 0.01


def test_the_scale_says_what_it_stands_for():
    figure = image_grid(IMAGES, list("abcdef"), label="weight")
    assert "weight" in [axes.get_ylabel() for axes in figure.axes]


@pytest.mark.parametrize(("images", "names"), [(IMAGES[0], "ab"), (IMAGES, "abc")])
def test_a_name_for_each_image_is_needed(images, names):
    with pytest.raises(ValueError, match=rf"{len(names)} names"):
        image_grid(images, list(names))
