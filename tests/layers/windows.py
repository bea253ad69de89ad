"""Windows over images, place by place in NumPy, and their geometry drawn at random."""

from itertools import product

import numpy as np
from hypothesis import strategies as st


def views(x, sizes, strides, dilations=(1, 1), padding="valid"):
    """For each place what the window sees there, {offset: pixel}, without padding."""
    axes = [
        _seen(*numbers, padding)
        for numbers in zip(x.shape[1:], sizes, strides, dilations, strict=False)
    ]
    for place in product(*(range(len(seen)) for seen in axes)):
        pixels = product(*(seen[at] for seen, at in zip(axes, place, strict=True)))
        pairs = [tuple(zip(*pixel, strict=True)) for pixel in pixels]
        yield place, {offset: x[(slice(None), *at)] for offset, at in pairs}


def _seen(length, size, stride, dilation, padding):
    """For each place along an axis the pairs (offset, position) inside the image."""
    reach = dilation * (size - 1)
    starts = range(0, length - reach, stride)
    if padding == "same":
        count = len(range(0, length, stride))
        missing = (count - 1) * stride + reach + 1 - length
        first = -(max(missing, 0) // 2)
        starts = range(first, first + count * stride, stride)
    steps = [(m, m * dilation) for m in range(size)]
    return [
        [(m, start + step) for m, step in steps if 0 <= start + step < length]
        for start in starts
    ]


def over_places(x, function, **geometry):
    """An image with the function's value at each place; it gets place and view."""
    found = {place: function(place, view) for place, view in views(x, **geometry)}
    extent = np.max(list(found), axis=0) + 1
    stacked = np.stack([found[place] for place in np.ndindex(*extent)], axis=1)
    return stacked.reshape(len(x), *extent, -1)


@st.composite
def geometries(draw, rank=2, most_places=3):
    """Sizes and strides of a window, and the shape of images that it fits into."""
    sizes = [draw(st.integers(1, 3)) for _ in range(rank)]
    # Not a stride beyond the window: TensorFlow 2.21 then corrupts memory on the CPU.
    strides = [draw(st.integers(1, size)) for size in sizes]
    more = [draw(st.integers(0, most_places)) for _ in range(rank)]
    lengths = [size + rest for size, rest in zip(sizes, more, strict=True)]
    shape = (draw(st.integers(1, 2)), *lengths, draw(st.sampled_from([2, 4])))
    return tuple(sizes), tuple(strides), shape


def first_or_last(x_or_shape, data_format):
    """The channels, which stand last, where the data format has them."""
    if data_format == "channels_last":
        return x_or_shape
    if isinstance(x_or_shape, tuple):
        batch, *axes, channels = x_or_shape
        return (batch, channels, *axes)
    return np.moveaxis(x_or_shape, -1, 1)


PADDING = st.sampled_from(["valid", "same"])
FORMAT = st.sampled_from(["channels_last", "channels_first"])
