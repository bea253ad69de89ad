"""MaxPooling2D: of each window, the largest pixel."""

import keras
from keras import ops

from dlbook.layers.pooling2d import Pooling2D


@keras.saving.register_keras_serializable("dlbook")
class MaxPooling2D(Pooling2D):
    """The largest number under the window, for each channel on its own::

        y[i, j, c] = max over m, n of x[i s + m, j s + n, c]

    with stride s. The gradient goes to that pixel alone; of several that are equally
    large, to the first, row by row. Same words and defaults as
    `keras.layers.MaxPooling2D`.

    Args:
        pool_size: height and width of the window: a whole number from 1, or two.
        strides: s, how far apart two windows are, in pixels; None: `pool_size`.
        padding: "valid": the window stays inside; "same": there are as many windows as
            pixels / s, rounded up, and what lies outside the image is never the
            largest.
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        **options: see `Layer`.

    Input: (batch, height, width, channels). Output: (batch, rows, columns, channels).

    Raises:
        ValueError: when an argument is out of range, or the window does not fit.

    Example:
        >>> x = keras.ops.reshape(keras.ops.arange(16.0), (1, 4, 4, 1))
        >>> keras.ops.convert_to_numpy(MaxPooling2D()(x))[0, :, :, 0].tolist()
        [[5.0, 7.0], [13.0, 15.0]]

    Source: Zhou & Chellappa (1988); Goodfellow et al. (2016), section 9.3.
    """

    def call(self, inputs):
        """y = max over the window."""
        p = self.patches(inputs, self.pool_size, fill=-float("inf"))
        n = self.pool_size[0] * self.pool_size[1]
        p = ops.reshape(p, (*ops.shape(p)[:3], n, p.shape[-1]))  # (batch, i, j, n, c)
        # ops.max would share the gradient out among equals.
        first = ops.one_hot(ops.argmax(p, axis=3), n, axis=3, dtype="bool")
        return self.as_given(ops.sum(ops.where(first, p, 0), axis=3))
