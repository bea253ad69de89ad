"""The autoencoder: through a narrow code and back."""

import keras

from dlbook.arguments import whole_number
from dlbook.models.mlp import mlp


@keras.saving.register_keras_serializable("dlbook")
class Autoencoder(keras.Model):
    """Two multi-layer perceptrons, trained to return their input::

        c = encoder(x)                      the code
        x̂ = decoder(c)                      the reconstruction

    The decoder has the encoder's widths in reverse order. With `units=()` both are
    linear maps, and the best they can do in mean squared error is what PCA does: the
    code spans the first principal components, though not along them.

    Args:
        inputs: number of features of x.
        code: number of features of c.
        units: widths of the encoder's hidden layers, such as `(64, 32)`.
        activation: of the hidden layers, by name or as a function; code and
            reconstruction have none.
        seed: of the kernels, as for `mlp`; the decoder draws others than the encoder.
        **options: `name`, `dtype` and what else `keras.Model` takes.

    Input: (batch, inputs). Output: (batch, inputs), in units of x.

    Raises:
        ValueError: when a number of features is not a whole number from 1.

    Example:
        >>> model = Autoencoder(64, 2, units=(16,))
        >>> x = keras.ops.zeros((5, 64))
        >>> model.encoder(x).shape == (5, 2), model(x).shape == (5, 64)
        (True, True)

    Source: Hinton & Salakhutdinov (2006); the linear one: Baldi & Hornik (1989).
    """

    def __init__(self, inputs, code, units=(), activation="relu", seed=0, **options):
        super().__init__(**options)
        self.inputs_size = whole_number("inputs", inputs, 1)
        self.code = whole_number("code", code, 1)
        self.units = tuple(whole_number("units", width, 1) for width in units)
        self.activation = keras.activations.get(activation)
        self.seed = whole_number("seed", seed, 0)
        depth = len(self.units) + 1
        there, back = (inputs, self.units, code), (code, self.units[::-1], inputs)
        self.encoder = mlp(*there, self.activation, self.seed)
        self.decoder = mlp(*back, self.activation, self.seed + depth)

    def build(self, input_shape):
        """Nothing is left to build: both halves know their shapes."""
        self.built = True

    def call(self, inputs, training=None):
        """x̂, (batch, inputs)."""
        c = self.encoder(inputs, training=training)  # (batch, code)
        return self.decoder(c, training=training)  # (batch, inputs)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape

    def get_config(self):
        """The words of the constructor."""
        return super().get_config() | {
            "inputs": self.inputs_size,
            "code": self.code,
            "units": self.units,
            "activation": keras.activations.serialize(self.activation),
            "seed": self.seed,
        }
