"""BatchNormalization: every feature with mean 0 and deviation 1, over the batch."""

import keras
from keras import ops

from dlbook.arguments import number
from dlbook.layers.layer import Layer


@keras.saving.register_keras_serializable("dlbook")
class BatchNormalization(Layer):
    """Standardises each feature over the batch, then gives it a free scale and shift::

        μ  = mean of x over every axis but the feature's
        σ² = mean of (x − μ)² over the same
        y  = γ (x − μ) / √(σ² + ε) + β

        moving mean     ← m · moving mean     + (1 − m) μ
        moving variance ← m · moving variance + (1 − m) σ²

    In training μ and σ² are the batch's, and the gradient goes through both; otherwise,
    and when `trainable=False`, the moving ones stand in their place. As in Keras, the
    moving variance takes the σ² that divides by n; the paper and PyTorch take n − 1
    there. Numbers of half precision are computed in float32. Without Keras's `renorm`
    and `synchronized`.

    Args:
        axis: the feature axis; negative ones count from the end.
        momentum: m in [0, 1], the memory of the moving statistics. PyTorch's is 1 − m.
        epsilon: ε ≥ 0, in units of x².
        center: whether there is a β.
        scale: whether there is a γ.
        moving_mean_initializer: where the moving mean starts.
        moving_variance_initializer: where the moving variance starts.
        **options: words of the weights `gamma` (ones) and `beta` (zeros); see `Layer`.

    Input: any shape. Output: the same. A mask has the input's shape without the last
    axis; what it hides is not counted in μ and σ².

    Raises:
        ValueError: when `momentum` or `epsilon` is out of range (Keras accepts any), or
            the input has no such axis.

    Example:
        >>> x = keras.ops.array([[1.0], [5.0]])
        >>> y = BatchNormalization(epsilon=0)(x, training=True)
        >>> keras.ops.convert_to_numpy(y).tolist()
        [[-1.0], [1.0]]

    Source: Ioffe & Szegedy (2015), Algorithms 1 and 2.
    """

    hyperparameters = (
        *("axis", "momentum", "epsilon", "center", "scale"),
        *("moving_mean_initializer", "moving_variance_initializer"),
    )
    initializers = {"gamma": "ones", "beta": "zeros"}

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        **options,
    ):
        super().__init__(**options)
        self.axis = int(axis)
        self.momentum = number("momentum", momentum, "[0, 1]")
        self.epsilon = number("epsilon", epsilon, "[0, inf)")
        self.center = bool(center)
        self.scale = bool(scale)
        self.moving_mean_initializer = moving_mean_initializer
        self.moving_variance_initializer = moving_variance_initializer
        self.supports_masking = True

    def build(self, input_shape):
        """Makes γ, β and the moving statistics, all (features,)."""
        rank = len(input_shape)
        if not -rank <= self.axis < rank:
            raise ValueError(
                f"`axis` must be one of the input's {rank} axes. Received: "
                f"axis={self.axis}, an input of shape {tuple(input_shape)}."
            )
        features, own = (input_shape[self.axis],), {"autocast": False}
        self.gamma = self.make_weight("gamma", features, **own) if self.scale else None
        self.beta = self.make_weight("beta", features, **own) if self.center else None
        for name in ("moving_mean", "moving_variance"):
            start = getattr(self, f"{name}_initializer")
            moving = self.add_weight(features, start, trainable=False, name=name, **own)
            setattr(self, name, moving)
        axes = {self.axis: input_shape[self.axis]}
        self.input_spec = keras.layers.InputSpec(ndim=rank, axes=axes)

    def call(self, inputs, training=False, mask=None):
        """y = γ (x − μ) / √(σ² + ε) + β."""
        x = ops.cast(inputs, keras.backend.result_type(inputs.dtype, "float32"))
        if training and self.trainable:
            mu, variance = self._moments(x, mask)
            self._remember(mu, variance)
        else:
            mu = self._along_axis(self.moving_mean, x)
            variance = self._along_axis(self.moving_variance, x)
        y = (x - mu) / ops.sqrt(variance + self.epsilon)
        if self.scale:
            y = self._along_axis(self.gamma, x) * y
        if self.center:
            y = y + self._along_axis(self.beta, x)
        return ops.cast(y, self.compute_dtype)

    def _moments(self, x, mask):
        """μ and σ², of size 1 along all axes but the features'."""
        others = list(range(len(x.shape)))
        del others[self.axis]
        if mask is None:
            mu = ops.mean(x, others, keepdims=True)
            return mu, ops.mean((x - mu) ** 2, others, keepdims=True)
        if len(mask.shape) != len(x.shape) - 1:
            raise ValueError(
                "The mask needs the input's shape without its last axis. Received: a "
                f"mask of shape {mask.shape} and an input of shape {x.shape}."
            )
        counted = ops.expand_dims(mask, -1) & ops.ones_like(x, dtype="bool")
        n = ops.sum(ops.cast(counted, x.dtype), others, keepdims=True)
        n = ops.maximum(n, 1)  # All masked: 0 instead of 0/0.
        mu = ops.sum(ops.where(counted, x, 0), others, keepdims=True) / n
        square = ops.where(counted, (x - mu) ** 2, 0)
        return mu, ops.sum(square, others, keepdims=True) / n

    def _remember(self, mu, variance):
        for moving, now in ((self.moving_mean, mu), (self.moving_variance, variance)):
            now = ops.cast(ops.reshape(now, moving.shape), moving.dtype)
            moving.assign(self.momentum * moving + (1 - self.momentum) * now)

    def _along_axis(self, weight, x):
        shape = [1] * len(x.shape)
        shape[self.axis] = -1
        return ops.reshape(ops.cast(weight, x.dtype), shape)

    def compute_output_shape(self, input_shape):
        """As the input."""
        return input_shape
