"""What layers share that look at their input through a window."""

import keras
from keras import ops

from dlbook.arguments import one_of, whole_numbers
from dlbook.layers.layer import Layer
from dlbook.layers.patches import Window, patches


def known_format(data_format):
    """Where the channels stand, checked; None: where Keras's config says."""
    if data_format is None:
        return keras.config.image_data_format()
    return one_of("data_format", data_format, ("channels_last", "channels_first"))


class Windowed(Layer):
    """A layer that looks through a window, at every `strides`-th place.

    It works with channels last; an input with channels first is turned round on its way
    in, and the output on its way out.

    Args:
        strides: how far apart two places are, along each axis.
        padding: "valid" or "same".
        data_format: where the channels stand; None: where Keras's config says.
        **options: see `Layer`.
    """

    rank = 2  # how many axes the window has
    dilation_rate = (1, 1)

    def __init__(self, strides, padding, data_format, **options):
        super().__init__(**options)
        self.strides = whole_numbers("strides", strides, self.rank, 1)
        padding = padding.lower() if isinstance(padding, str) else padding
        self.padding = one_of("padding", padding, ("valid", "same"))
        self.data_format = known_format(data_format)
        self.input_spec = keras.layers.InputSpec(ndim=self.rank + 2)

    @property
    def channel_axis(self):
        """Where the channels stand."""
        return -1 if self.data_format == "channels_last" else 1

    def fix_channels(self, input_shape):
        """How many channels there are; from now on every input has as many."""
        channels = input_shape[self.channel_axis]
        axes = {self.channel_axis: channels}
        self.input_spec = keras.layers.InputSpec(ndim=self.rank + 2, axes=axes)
        return channels

    def patches(self, inputs, sizes, fill=0):
        """What a window of these sizes sees: (batch, *places, *window, channels)."""
        x = ops.moveaxis(inputs, self.channel_axis, -1)
        return patches(x, self._windows(sizes), fill)

    def as_given(self, y):
        """The channels where the input has them."""
        return ops.moveaxis(y, -1, self.channel_axis)

    def shape_of_places(self, input_shape, sizes, channels=None):
        """The output's shape, with so many channels; None: as many as the input."""
        batch, *axes = input_shape
        own = axes.pop(self.channel_axis if self.channel_axis < 0 else 0)
        windows = zip(self._windows(sizes), axes, strict=True)
        shape = [window.places(length) for window, length in windows]
        at = len(shape) if self.channel_axis < 0 else 0
        shape.insert(at, own if channels is None else channels)
        return (batch, *shape)

    def _windows(self, sizes):
        each = zip(sizes, self.strides, self.dilation_rate, strict=True)
        return [Window(*numbers, self.padding) for numbers in each]
