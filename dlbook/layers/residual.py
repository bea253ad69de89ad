"""Residual: layers that learn what to add to their input."""

import keras

from dlbook.arguments import whole_number
from dlbook.layers.dense import Dense
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class Residual(Layer):
    """Some layers F, and a way around them::

        y = x + F(x)            where F keeps the shape
        y = P(x) + F(x)         where it does not

    The first has the gradient ∂y/∂x = I + ∂F/∂x: however small F's is, 1 comes through.
    P is a linear map: every s-th point of an axis that F shortens s-fold, times a
    matrix without a shift if the last axis changes (for images: a 1 × 1 convolution
    with stride s). The activation after the sum that the first paper has, and the
    second one drops, is left to the user. Keras has no such layer.

    Args:
        layers: F, a layer or a list of layers that run one after the other.
        strides: s of the axes between the batch and the last: a whole number from 1, or
            one for each axis. The product of F's own strides.
        **options: see `Layer`.

    Input: (batch, ..., features), as the first layer takes it. Output: as F's.

    Raises:
        ValueError: when `layers` holds anything but layers, or nothing; when `strides`
            is no whole number from 1, or P(x) and F(x) differ in shape.

    Example:
        >>> block = Residual([Dense(8, "relu"), Dense(8)])
        >>> block(keras.ops.ones((2, 8))).shape == (2, 8), block.projection
        (True, None)
        >>> wider = Residual(Dense(16))
        >>> wider(keras.ops.ones((2, 8))).shape == (2, 16), wider.projection.use_bias
        (True, False)

    Source: He et al. (2016a), equations 1 and 2; (2016b), equation 1.
    """

    hyperparameters = ("strides",)

    def __init__(self, layers, strides=1, **options):
        super().__init__(**options)
        layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
        if not layers or not all(isinstance(f, keras.layers.Layer) for f in layers):
            raise ValueError(
                "`layers` must be a layer or a list of at least one. "
                f"Received: layers={layers!r}."
            )
        self.branch = keras.Sequential(layers, name="branch")
        self.branch.supports_masking = True  # Keras says no, and passes masks on.
        if isinstance(strides, (list, tuple)):
            self.strides = [whole_number("strides", s, 1) for s in strides]
        else:
            self.strides = whole_number("strides", strides, 1)
        self.supports_masking = True

    def build(self, input_shape):
        """Builds F, and P where the shapes ask for one."""
        self.branch.build(input_shape)
        shape = self.branch.compute_output_shape(input_shape)
        self._slices = self._every_sth(len(input_shape) - 2)
        kept = keras.KerasTensor(input_shape)[self._slices].shape
        if kept[:-1] != shape[:-1]:
            raise ValueError(
                "The way around has to give as many points as the layers. Received: "
                f"strides={self.strides}, which turns {input_shape} into {kept}, and "
                f"layers that give {shape}. Mend `strides`, or use padding='same'."
            )
        self.projection = None
        if input_shape[-1] != shape[-1]:
            self.projection = Dense(
                shape[-1], use_bias=False, name="projection", dtype=self.dtype_policy
            )
            self.projection.build(input_shape)

    def call(self, inputs, mask=None):
        """y = x + F(x), or P(x) + F(x)."""
        x = inputs[self._slices]  # (batch, ..., features), as many as of F(x)
        if self.projection is not None:
            x = self.projection(x)
        return x + self.branch(inputs, mask=mask)

    def _every_sth(self, axes):
        several = isinstance(self.strides, list)
        strides = self.strides if several else [self.strides] * axes
        if len(strides) != axes:
            raise ValueError(
                f"`strides` needs an entry for each of the {axes} axes between the "
                f"batch and the last. Received: strides={self.strides}."
            )
        return (slice(None), *(slice(None, None, s) for s in strides))

    def compute_mask(self, inputs, previous_mask=None):
        """What the mask says of the points that the way around keeps."""
        if previous_mask is None:
            return None
        return previous_mask[self._slices[: len(previous_mask.shape)]]

    def compute_output_shape(self, input_shape):
        """As F's."""
        return self.branch.compute_output_shape(input_shape)

    def get_config(self):
        """The layers go in as layers."""
        layers = self.branch.layers
        layers = [keras.saving.serialize_keras_object(layer) for layer in layers]
        return super().get_config() | {"layers": layers}

    @classmethod
    def from_config(cls, config):
        """The layer again, around layers made from their own configs."""
        layers = [
            keras.saving.deserialize_keras_object(layer) for layer in config["layers"]
        ]
        return cls(**config | {"layers": layers})
