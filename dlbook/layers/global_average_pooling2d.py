"""GlobalAveragePooling2D: of each channel, the mean."""

import keras
from keras import ops

from dlbook.layers.layer import Layer
from dlbook.layers.windowed import known_format


@keras.saving.register_keras_serializable("dlbook")
class GlobalAveragePooling2D(Layer):
    """The mean over the image, for each channel on its own::

        y[c] = mean over i, j of x[i, j, c]

    The mean tells how much of a thing there is, and no longer where. The image may be
    of any size. Same words and defaults as `keras.layers.GlobalAveragePooling2D`. Half
    precision is summed in float32.

    Args:
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        keepdims: whether height and width stay, of size 1.
        **options: see `Layer`.

    Input: (batch, height, width, channels). Output: (batch, channels), or with
    `keepdims` (batch, 1, 1, channels).

    Raises:
        ValueError: when `data_format` is neither of the two.

    Example:
        >>> x = keras.ops.reshape(keras.ops.arange(8.0), (1, 2, 2, 2))
        >>> keras.ops.convert_to_numpy(GlobalAveragePooling2D()(x)).tolist()
        [[3.0, 4.0]]

    Source: Lin, Chen & Yan (2014), section 3.2.
    """

    hyperparameters = ("data_format", "keepdims")

    def __init__(self, data_format=None, keepdims=False, **options):
        super().__init__(**options)
        self.data_format = known_format(data_format)
        self.keepdims = bool(keepdims)
        self.input_spec = keras.layers.InputSpec(ndim=4)

    @property
    def _image_axes(self):
        return (1, 2) if self.data_format == "channels_last" else (2, 3)

    def call(self, inputs):
        """y = mean over the image."""
        return ops.mean(inputs, self._image_axes, self.keepdims)  # (batch, channels)

    def compute_output_shape(self, input_shape):
        """(batch, channels), with ones where height and width stay."""
        axes, one = self._image_axes, (1,) if self.keepdims else ()
        sizes = [one if a in axes else (n,) for a, n in enumerate(input_shape)]
        return sum(sizes, ())
