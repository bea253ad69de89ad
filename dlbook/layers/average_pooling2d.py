"""AveragePooling2D: of each window, the mean."""

import keras
from keras import ops

from dlbook.layers.pooling2d import Pooling2D


@keras.saving.register_keras_serializable("dlbook")
class AveragePooling2D(Pooling2D):
    """The mean under the window, for each channel on its own::

        y[i, j, c] = mean over m, n of x[i s + m, j s + n, c]

    with stride s. With padding "same" the mean is over the pixels, not over the zeros
    that stand around the image. So it is in `keras.layers.AveragePooling2D` too,
    except on torch: there Keras 3.15 repeats the pixels at the border where the padding
    is odd. Same words as Keras's. Half precision is summed in float32.

    Args:
        pool_size: height and width of the window: a whole number from 1, or two.
        strides: s, how far apart two windows are, in pixels; None: `pool_size`.
        padding: "valid": the window stays inside; "same": there are as many windows as
            pixels / s, rounded up.
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        **options: see `Layer`.

    Input: (batch, height, width, channels). Output: (batch, rows, columns, channels).

    Raises:
        ValueError: when an argument is out of range, or the window does not fit.

    Example:
        >>> x = keras.ops.reshape(keras.ops.arange(9.0), (1, 3, 3, 1))
        >>> y = AveragePooling2D(padding="same")(x)
        >>> keras.ops.convert_to_numpy(y)[0, :, :, 0].tolist()
        [[2.0, 3.5], [6.5, 8.0]]

    Source: LeCun et al. (1998), section II.B, there with a scale and a shift.
    """

    def call(self, inputs):
        """y = mean over the window."""
        x = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        axes = (3, 4)  # of (batch, i, j, m, n, channels)
        total = ops.sum(self.patches(x, self.pool_size), axis=axes)
        pixels = ops.sum(self.patches(ops.ones_like(x), self.pool_size), axis=axes)
        return ops.cast(self.as_given(total / pixels), self.compute_dtype)
