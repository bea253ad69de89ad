"""LocallyConnected1D: a window of weights at each time, of its own."""

import keras

from dlbook.layers.locally_connected import LocallyConnected


@keras.saving.register_keras_serializable("dlbook")
class LocallyConnected1D(LocallyConnected):
    """A convolution over time that shares no weights::

        y[t, f] = a(b[t, f] + Σ_m Σ_c x[t s + m, c] W[t, m, c, f])

    with stride s. All else is as in `LocallyConnected2D`.

    Args:
        filters: how many numbers come out at each time.
        kernel_size: the window's length; a whole number from 1.
        strides: s, how far apart two places are, in steps.
        padding: "valid": the window stays inside; "same": zeros stand around the input,
            and there are as many places as steps / s, rounded up.
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        activation: a, a name or a function; None: the identity.
        use_bias: whether there is a b.
        implementation: 1, 2 or 3, and all the same here; see `LocallyConnected2D`.
        **options: words of the weights `kernel` (glorot_uniform) and `bias` (zeros),
            such as `kernel_initializer`, `kernel_regularizer`, `kernel_constraint`;
            see `Layer`.

    Input: (batch, time, channels), all known but the batch. Output: (batch, places,
    filters).

    Raises:
        ValueError: when an argument is out of range; when the input's length or
            channels are unknown, or the window does not fit.

    Example:
        >>> layer = LocallyConnected1D(4, 3)
        >>> layer(keras.ops.ones((2, 8, 5))).shape == (2, 6, 4)
        True
        >>> [tuple(weight.shape) for weight in layer.weights]
        [(6, 15, 4), (6, 4)]

    Source: Goodfellow et al. (2016), equation 9.9.
    """

    rank = 1
    dilation_rate = (1,)
