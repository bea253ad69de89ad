"""RBF: a unit that answers to what is near its centre."""

import math

import keras
import numpy as np
from keras import ops

from dlbook.arguments import number, whole_number
from dlbook.layers.k_means import k_means, squared_distances
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class RBF(Layer):
    """Gaussian units: 1 at their centre, near 0 some widths away::

        φ_k(x) = exp(−‖x − c_k‖² / (2 σ_k²))

    An RBF network is this layer and a linear `Dense` behind it. Once the centres c and
    the widths σ stand, its output weights are a least-squares problem. `adapt` sets c
    and σ from data; training may then move both (`trainable=False` keeps them). The
    weight is log σ, so σ stays positive. Distances are taken in float32 at least. Keras
    has no such layer.

    Args:
        units: how many centres; a whole number from 1.
        width: σ > 0 at the start, in units of x. With n inputs of variance 1, x and a
            random centre lie about √(2n) apart: a width far below that sees nothing.
        **options: words of the weights `centers` (random_normal of deviation 1) and
            `log_widths`; see `Layer`.

    Input: (batch, ..., inputs). Output: (batch, ..., units), in (0, 1].

    Raises:
        ValueError: when `units` or `width` is out of range; when `adapt` gets fewer
            different points than units.

    Example:
        >>> layer = RBF(2)
        >>> layer.adapt([[0.0], [1.0], [8.0], [9.0]], seed=0)
        >>> phi = layer(keras.ops.array([[0.5], [8.5]]))
        >>> keras.ops.convert_to_numpy(phi).max(axis=1).tolist()
        [1.0, 1.0]

    Source: Broomhead & Lowe (1988); `adapt`: Moody & Darken (1989), section 2.
    """

    hyperparameters = ("units", "width")
    initializers = {
        "centers": {"class_name": "RandomNormal", "config": {"stddev": 1.0}},
        "log_widths": None,
    }

    def __init__(self, units, width=1.0, **options):
        width = number("width", width, "(0, inf)")
        start = keras.initializers.Constant(math.log(width))
        super().__init__(**{"log_widths_initializer": start} | options)
        self.width = width
        self.units = whole_number("units", units, 1)
        self.supports_masking = True

    def build(self, input_shape):
        """Makes c (units, inputs) and log σ (units,)."""
        self.centers = self.make_weight("centers", (self.units, input_shape[-1]))
        self.log_widths = self.make_weight("log_widths", (self.units,))
        axes = {-1: input_shape[-1]}
        self.input_spec = keras.layers.InputSpec(min_ndim=2, axes=axes)

    def adapt(self, data, seed=None):
        """Puts the centres where k-means finds them, with widths to their neighbours.

        Each σ is the root mean square distance to the two nearest other centres; of a
        single unit, that of the data to its centre.

        Args:
            data: an array (points, inputs).
            seed: of k-means' start; None: a new one.
        """
        data = np.asarray(data, "float64")  # (points, inputs)
        if not self.built:
            self.build(data.shape)
        centers = k_means(data, self.units, seed)
        square = np.sort(squared_distances(centers, centers), axis=1)[:, 1:3]
        if self.units == 1:
            square = squared_distances(centers, data)
        mean_square = np.maximum(square.mean(axis=1), keras.config.epsilon())
        self.centers.assign(centers)
        self.log_widths.assign(np.log(mean_square) / 2)

    def call(self, inputs):
        """φ = exp(−‖x − c‖² / (2 σ²)) of each unit."""
        dtype = keras.backend.result_type(inputs.dtype, "float32")
        x = ops.expand_dims(ops.cast(inputs, dtype), -2)  # (batch, ..., 1, inputs)
        c = ops.cast(self.centers, dtype)  # (units, inputs)
        sigma = ops.exp(ops.cast(self.log_widths, dtype))  # (units,)
        square = ops.sum((x - c) ** 2, axis=-1)  # (batch, ..., units)
        return ops.cast(ops.exp(-square / (2 * sigma**2)), self.compute_dtype)

    def compute_output_shape(self, input_shape):
        """(batch, ..., units)."""
        return (*input_shape[:-1], self.units)
