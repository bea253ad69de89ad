"""Highway: a layer that learns how much of its input to let pass."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class Highway(Layer):
    """A dense layer H and, by a gate T for each unit, a way around it::

        H = f(x W + b)
        T = sigmoid(x W_T + b_T)
        y = T H + (1 − T) x

    With T near 0 the layer is the identity and passes gradients as they are. It starts
    so: b_T is negative at first, the more so the deeper the network. A residual layer
    is this one with both gates open: y = H + x. Keras 3 has no such layer; Keras 1 had,
    with b_T = −2 too, and no f unless one was given.

    Args:
        activation: f, a name or a function; None: the identity.
        transform_bias: b_T at the start; the paper suggests −1 or −3.
        **options: words of the weights `kernel`, `gate_kernel` (both glorot_uniform)
            and `bias` (zeros); see `Layer`.

    Input: (batch, ..., units). Output: the same.

    Raises:
        ValueError: when `transform_bias` is not a finite number.

    Example:
        >>> closed = Highway(transform_bias=-100)
        >>> y = closed(keras.ops.array([[1.0, -2.0]]))
        >>> keras.ops.convert_to_numpy(y).tolist()
        [[1.0, -2.0]]

    Source: Srivastava R. et al. (2015), equations 3 to 5; b_T: section 2.2.
    """

    hyperparameters = ("activation", "transform_bias")
    initializers = {
        "kernel": "glorot_uniform",
        "bias": "zeros",
        "gate_kernel": "glorot_uniform",
    }

    def __init__(self, activation="relu", transform_bias=-2.0, **options):
        super().__init__(**options)
        self.activation = activation
        self.transform_bias = number("transform_bias", transform_bias, "(-inf, inf)")
        self.supports_masking = True

    def build(self, input_shape):
        """Makes W and W_T (units, units), b and b_T (units,)."""
        units = input_shape[-1]
        self.kernel = self.make_weight("kernel", (units, units))
        self.bias = self.make_weight("bias", (units,))
        self.gate_kernel = self.make_weight("gate_kernel", (units, units))
        start = keras.initializers.Constant(self.transform_bias)
        self.gate_bias = self.add_weight((units,), start, name="gate_bias")
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes={-1: units})

    def call(self, inputs):
        """y = T H + (1 − T) x; every tensor is (batch, ..., units)."""
        h = self.activation(ops.matmul(inputs, self.kernel) + self.bias)
        t = ops.sigmoid(ops.matmul(inputs, self.gate_kernel) + self.gate_bias)
        return t * h + (1 - t) * inputs

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
