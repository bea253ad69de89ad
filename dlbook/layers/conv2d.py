"""Conv2D: the same small window of weights at every place of an image."""

import keras
from keras import ops

from dlbook.arguments import whole_number, whole_numbers
from dlbook.layers.windowed import Windowed


@keras.saving.register_keras_serializable("dlbook")
class Conv2D(Windowed):
    """A weighted sum of the patch under the window, with the same weights everywhere::

        y[i, j, f] = a(b[f] + Σ_m Σ_n Σ_c x[i s + m d, j s + n d, c] W[m, n, c, f])

    with stride s and dilation d. The patches make a matrix with a row for each place,
    and the sum is its product with the matrix W. This is a cross-correlation: a
    convolution would turn W round; as W is learned, either learns the same. With
    groups, the channels and the filters are cut into that many parts, and part g of
    the filters sees part g of the channels. Same words, defaults and weights as
    `keras.layers.Conv2D`, without its LoRA; strides and dilation may be combined, which
    Keras refuses. The patches need k² times the input's memory for a k × k window.

    Args:
        filters: how many numbers come out at each place; a multiple of `groups`.
        kernel_size: height and width of the window: a whole number from 1, or two.
        strides: s, how far apart two places are, in pixels: one number, or two.
        padding: "valid": the window stays inside; "same": with zeros around the image,
            there are as many places as pixels (with s > 1: pixels / s, rounded up).
        data_format: "channels_last" or "channels_first"; None: as Keras's config says.
        dilation_rate: d, how far apart the window's pixels are: one number, or two.
        groups: into how many parts the channels are cut.
        activation: a, a name or a function; None: the identity.
        use_bias: whether there is a b.
        **options: words of the weights `kernel` (glorot_uniform) and `bias` (zeros),
            such as `kernel_initializer`, `kernel_regularizer`, `kernel_constraint`;
            see `Layer`.

    Input: (batch, height, width, channels). Output: (batch, rows, columns, filters).

    Raises:
        ValueError: when an argument is out of range; when `groups` does not divide the
            filters or the channels; when the window does not fit into the input.

    Example:
        >>> layer = Conv2D(4, 3, padding="same")
        >>> layer(keras.ops.ones((2, 8, 8, 1))).shape == (2, 8, 8, 4)
        True
        >>> layer.count_params()
        40

    Source: LeCun et al. (1989); Goodfellow et al. (2016), equations 9.6 to 9.8.
    """

    hyperparameters = (
        *("filters", "kernel_size", "strides", "padding", "data_format"),
        *("dilation_rate", "groups", "activation", "use_bias"),
    )
    initializers = {"kernel": "glorot_uniform", "bias": "zeros"}

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        data_format=None,
        dilation_rate=(1, 1),
        groups=1,
        activation=None,
        use_bias=True,
        **options,
    ):
        super().__init__(strides, padding, data_format, **options)
        self.filters = whole_number("filters", filters, 1)
        self.kernel_size = whole_numbers("kernel_size", kernel_size, 2, 1)
        self.dilation_rate = whole_numbers("dilation_rate", dilation_rate, 2, 1)
        self.groups = whole_number("groups", groups, 1)
        self.activation = activation
        self.use_bias = bool(use_bias)
        self._check_groups("filters", self.filters)

    def build(self, input_shape):
        """Makes W (height, width, channels / groups, filters) and b (filters,)."""
        channels = self.fix_channels(input_shape)
        if channels is not None:
            self._check_groups("channels", channels)
            channels //= self.groups
        shape = (*self.kernel_size, channels, self.filters)
        self.kernel = self.make_weight("kernel", shape)
        shape = (self.filters,)
        self.bias = self.make_weight("bias", shape) if self.use_bias else None

    def call(self, inputs):
        """y = a(P W + b), with the patches as rows of P; group by group."""
        p = self.patches(inputs, self.kernel_size)  # (batch, i, j, m, n, channels)
        parts = (ops.split(whole, self.groups, axis=-1) for whole in (p, self.kernel))
        # (batch, i, j, m, n, c) by (m, n, c, f): (batch, i, j, f), for each group
        z = [ops.tensordot(p, w, axes=3) for p, w in zip(*parts, strict=True)]
        z = ops.concatenate(z, axis=-1)  # (batch, rows, columns, filters)
        if self.use_bias:
            z = z + self.bias
        return self.activation(self.as_given(z))

    def compute_output_shape(self, input_shape):
        """(batch, rows, columns, filters)."""
        return self.shape_of_places(input_shape, self.kernel_size, self.filters)

    def _check_groups(self, name, count):
        if count % self.groups:
            raise ValueError(
                f"`groups` must divide the {name}. Received: groups={self.groups} and "
                f"{count} {name}."
            )
