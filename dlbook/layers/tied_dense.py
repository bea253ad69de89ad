"""TiedDense: a decoder that reads its encoder's matrix the other way round."""

import keras
from keras import ops

from dlbook.layers.dense import Dense
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class TiedDense(Layer):
    """A product by another layer's matrix, transposed::

        encoder:  h = f(x W + b)
        decoder:  y = g(h Wᵀ + c)

    W is one variable used twice: its gradient is the sum of both uses, and it counts
    once. An autoencoder loses nearly half its weights by it. Linear, and trained on
    squared error, it has W Wᵀ near the identity on the directions it keeps. Keras has
    no such layer.

    Save the whole model (`model.save`): the file says that the two share one matrix. A
    config of this layer alone holds the encoder's config, so `from_config` and
    `keras.models.clone_model` tie to a copy of the encoder.

    Args:
        encoder: the `Dense` (this library's or Keras's) whose W it takes. It must have
            been called or built before this layer is.
        activation: g, a name or a function; None: the identity.
        use_bias: whether there is a c.
        **options: words of the weight `bias` (zeros); see `Layer`.

    Input: (batch, ..., units of the encoder). Output: (batch, ..., its inputs).

    Raises:
        ValueError: when `encoder` is no dense layer; when it has no weights yet.

    Example:
        >>> x = keras.Input((8,))
        >>> encoder = Dense(2)
        >>> autoencoder = keras.Model(x, TiedDense(encoder)(encoder(x)))
        >>> autoencoder.count_params() == 8 * 2 + 2 + 8
        True

    Source: Vincent et al. (2010), section 3.2: W' = Wᵀ.
    """

    hyperparameters = ("activation", "use_bias")
    initializers = {"bias": "zeros"}

    def __init__(self, encoder, activation=None, use_bias=True, **options):
        super().__init__(**options)
        if not isinstance(encoder, (Dense, keras.layers.Dense)):
            raise ValueError(
                f"`encoder` must be a Dense layer. Received: encoder={encoder!r}."
            )
        self.encoder = encoder
        self.activation = activation
        self.use_bias = bool(use_bias)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes c (inputs of the encoder,)."""
        if not self.encoder.built:
            raise ValueError(
                f"`encoder` ({self.encoder.name}) has no weights yet. Call it on its "
                "input, or build it, before the layer that is tied to it."
            )
        inputs, units = self.encoder.kernel.shape
        self.bias = self.make_weight("bias", (inputs,)) if self.use_bias else None
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes={-1: units})

    def call(self, inputs):
        """y = g(h Wᵀ + c)."""
        z = ops.matmul(inputs, ops.transpose(self.encoder.kernel))  # (batch, ..., x)
        if self.use_bias:
            z = z + self.bias
        return self.activation(z)

    def compute_output_shape(self, input_shape):
        """(batch, ..., inputs of the encoder)."""
        return (*input_shape[:-1], self.encoder.kernel.shape[0])

    def get_config(self):
        """The encoder goes in as a layer; a saved model keeps it shared."""
        encoder = keras.saving.serialize_keras_object(self.encoder)
        return super().get_config() | {"encoder": encoder}

    @classmethod
    def from_config(cls, config):
        """The layer again; its encoder is the model's own where a file says so."""
        encoder = keras.saving.deserialize_keras_object(config["encoder"])
        return cls(**config | {"encoder": encoder})
