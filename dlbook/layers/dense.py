"""Dense: every unit sees every input."""

import keras
from keras import ops

from dlbook.arguments import whole_number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class Dense(Layer):
    """A product by a matrix, a shift, and a function of each number::

        y = f(x W + b)

    Without f, any stack of such layers is one such layer. Same words, defaults and
    weights as `keras.layers.Dense`, without its LoRA and quantization.

    Args:
        units: the length of y; a whole number from 1.
        activation: f, a name or a function; None: the identity.
        use_bias: whether there is a b.
        **options: words of the weights `kernel` (glorot_uniform) and `bias` (zeros),
            such as `kernel_initializer`, `kernel_regularizer`, `kernel_constraint`;
            see `Layer`.

    Input: (batch, ..., inputs). Output: (batch, ..., units). Between batch and inputs
    any axes may stand; the same W serves all of them.

    Raises:
        ValueError: when `units` is not a whole number from 1; when an input has another
            size than the first one had.

    Example:
        >>> layer = Dense(3, activation="relu")
        >>> layer(keras.ops.ones((2, 4))).shape == (2, 3), layer.count_params()
        (True, 15)

    Source: Goodfellow et al. (2016), equation 6.34 and section 6.2.
    """

    hyperparameters = ("units", "activation", "use_bias")
    initializers = {"kernel": "glorot_uniform", "bias": "zeros"}

    def __init__(self, units, activation=None, use_bias=True, **options):
        super().__init__(**options)
        self.units = whole_number("units", units, 1)
        self.activation = activation
        self.use_bias = bool(use_bias)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes W (inputs, units) and b (units,)."""
        self.kernel = self.make_weight("kernel", (input_shape[-1], self.units))
        self.bias = self.make_weight("bias", (self.units,)) if self.use_bias else None
        axes = {-1: input_shape[-1]}
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes=axes)

    def call(self, inputs):
        """y = f(x W + b)."""
        z = ops.matmul(inputs, self.kernel)  # (batch, ..., units)
        if self.use_bias:
            z = z + self.bias
        return self.activation(z)

    def compute_output_shape(self, input_shape):
        """(batch, ..., units)."""
        return (*input_shape[:-1], self.units)
