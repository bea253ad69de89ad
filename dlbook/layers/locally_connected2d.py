"""LocallyConnected2D: a window of weights at each place of an image, of its own."""

import keras

from dlbook.layers.locally_connected import LocallyConnected


@keras.saving.register_keras_serializable("dlbook")
class LocallyConnected2D(LocallyConnected):
    """A convolution that shares no weights::

        y[i, j, f] = a(b[i, j, f]
                       + Σ_m Σ_n Σ_c x[i s + m, j s + n, c] W[i, j, m, n, c, f])

    with stride s. It suits images whose parts stand still, such as faces, and needs as
    many times the weights of `Conv2D` as there are places. Keras 3 has dropped it; this
    one takes the words of Keras 2 and the weights of its default, `implementation=1`,
    with channels first too. A model that Keras 2 has saved is read by::

        known = {"LocallyConnected2D": LocallyConnected2D}
        keras.models.load_model("old.h5", custom_objects=known)

    As in Keras 2, glorot_uniform takes the places for part of the window: at P places
    the weights start √P times smaller than they would for one window. Give a
    `kernel_initializer` to change it.

    Args:
        filters: how many numbers come out at each place.
        kernel_size: height and width of the window: a whole number from 1, or two.
        strides: s, how far apart two places are, in pixels: one number, or two.
        padding: "valid": the window stays inside; "same": zeros stand around the image,
            and there are as many places as pixels / s, rounded up.
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        activation: a, a name or a function; None: the identity.
        use_bias: whether there is a b.
        implementation: 1, 2 or 3, and all the same here. In Keras 2 the three computed
            one result with kernels of different shape; 1 refused padding "same".
        **options: words of the weights `kernel` (glorot_uniform) and `bias` (zeros),
            such as `kernel_initializer`, `kernel_regularizer`, `kernel_constraint`;
            see `Layer`.

    Input: (batch, height, width, channels), all known but the batch. Output: (batch,
    rows, columns, filters).

    Raises:
        ValueError: when an argument is out of range; when the input's height, width or
            channels are unknown, or the window does not fit.

    Example:
        >>> layer = LocallyConnected2D(4, 3)
        >>> layer(keras.ops.ones((2, 8, 8, 1))).shape == (2, 6, 6, 4)
        True
        >>> [tuple(weight.shape) for weight in layer.weights]
        [(36, 9, 4), (6, 6, 4)]

    Source: LeCun (1989), section 5; Goodfellow et al. (2016), equation 9.9.
    """
