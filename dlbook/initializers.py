"""Initializers: the values that weights start from.

Glorot's and He's keep the size of a signal about the same from layer to layer. They
need to know how many inputs a unit sums (fan-in) and how many outputs an input reaches
(fan-out), and differ in which of the two they balance and in the distribution.

From the same seed they draw the values of Keras's own on the same backend.
"""

import math
import random
from abc import ABC, abstractmethod

import keras
from keras import ops

from dlbook.arguments import number

__all__ = [
    "fans",
    "Zeros",
    "RandomNormal",
    "GlorotUniform",
    "GlorotNormal",
    "HeUniform",
    "HeNormal",
]

# The standard deviation of a standard normal variable that is redrawn beyond ±2:
# 1 − 4 φ(2) / (2 Φ(2) − 1) is its variance, φ the density and Φ the distribution.
_CUT_DEVIATION = math.sqrt(
    1 - 4 * math.exp(-2) / math.sqrt(2 * math.pi) / math.erf(math.sqrt(2))
)


def fans(shape):
    """How many inputs a unit sums, and how many outputs an input reaches.

    Args:
        shape: the shape of the weights. The last two axes of a kernel are input and
            output, the others its window: (..., channels in, channels out).

    Returns:
        (fan-in, fan-out): for a matrix its two sides, for a convolution those times
        the size of the window, for a vector twice its length. None is below 1.

    Example:
        >>> fans((64, 10)), fans((3, 3, 16, 32))
        ((64, 10), (144, 288))
    """
    if len(shape) < 2:
        fan_in = fan_out = math.prod(shape)
    else:
        *window, channels_in, channels_out = shape
        fan_in = math.prod(window) * channels_in
        fan_out = math.prod(window) * channels_out
    return max(1, int(fan_in)), max(1, int(fan_out))


@keras.saving.register_keras_serializable("dlbook")
class Zeros(keras.Initializer):
    """All weights start at 0::

        wᵢ = 0

    Right for biases. A kernel of zeros leaves the units of a layer equal for ever,
    since they get equal gradients.

    Example:
        >>> float(ops.sum(ops.abs(Zeros()((2, 3)))))
        0.0

    Source: Goodfellow et al. (2016), section 8.4.
    """

    def __call__(self, shape, dtype=None):
        return ops.zeros(shape, dtype or keras.config.floatx())


class _Random(keras.Initializer, ABC):
    """A seed, and a distribution of a given size (`draw`)."""

    def __init__(self, seed=None):
        if isinstance(seed, dict):
            seed = keras.saving.deserialize_keras_object(seed)
        allowed = type(None), int, keras.random.SeedGenerator
        if isinstance(seed, bool) or not isinstance(seed, allowed):
            raise ValueError(
                "`seed` must be a whole number, a keras.random.SeedGenerator or None. "
                f"Received: seed={seed!r}."
            )
        self._given_seed = seed
        # Python's generator is the one that keras.utils.set_random_seed sets for this.
        self.seed = random.randint(1, 10**9) if seed is None else seed

    def get_config(self):
        """The seed as it was given."""
        return {"seed": keras.saving.serialize_keras_object(self._given_seed)}


@keras.saving.register_keras_serializable("dlbook")
class RandomNormal(_Random):
    """Independent normal weights, of one size whatever the layer::

        w ~ N(mean, stddev²)

    Not truncated. Without a relation to the fans a signal grows or dies from layer to
    layer by about stddev √fan-in; see `GlorotNormal` and `HeNormal`.

    Args:
        mean: in (−∞, ∞), in units of w.
        stddev: the standard deviation, in [0, ∞), in units of w.
        seed: a whole number; a `keras.random.SeedGenerator`, which gives new values at
            each call; or None for a seed drawn at construction. The first and the last
            give the same values at every call with the same shape.

    Input: the shape of the weights and a dtype, Keras's `floatx` if None.
    Output: a tensor of that shape and dtype.

    Raises:
        ValueError: when an argument is out of range (Keras accepts any).

    Example:
        >>> tuple(RandomNormal(stddev=0.1, seed=1)((2, 3)).shape)
        (2, 3)

    Source: Krizhevsky et al. (2012), section 5, with stddev = 0.01.
    """

    def __init__(self, mean=0.0, stddev=0.05, seed=None):
        super().__init__(seed)
        self.mean = number("mean", mean, "(-inf, inf)")
        self.stddev = number("stddev", stddev, "[0, inf)")

    def __call__(self, shape, dtype=None):
        return keras.random.normal(shape, self.mean, self.stddev, dtype, self.seed)

    def get_config(self):
        """Mean, standard deviation and seed."""
        return {"mean": self.mean, "stddev": self.stddev, **super().get_config()}


class _Scaled(_Random):
    """Weights of mean 0, whose variance depends on the fans."""

    @staticmethod
    @abstractmethod
    def variance(fan_in, fan_out):
        """The formula."""

    def uniform(self, shape, dtype):
        limit = math.sqrt(3 * self.variance(*fans(shape)))
        return keras.random.uniform(shape, -limit, limit, dtype, self.seed)

    def truncated_normal(self, shape, dtype):
        # Cutting makes the deviation smaller; dividing by what is left restores it.
        stddev = math.sqrt(self.variance(*fans(shape))) / _CUT_DEVIATION
        return keras.random.truncated_normal(shape, 0.0, stddev, dtype, self.seed)


class _Glorot(_Scaled):
    @staticmethod
    def variance(fan_in, fan_out):
        return 2 / (fan_in + fan_out)


class _He(_Scaled):
    @staticmethod
    def variance(fan_in, fan_out):
        return 2 / fan_in


@keras.saving.register_keras_serializable("dlbook")
class GlorotUniform(_Glorot):
    """Keras's default: uniform, for units that are nearly linear around 0::

        w ~ U(−r, r),    r = √(6 / (fan-in + fan-out))
        Var w = r² / 3 = 2 / (fan-in + fan-out)

    1/fan-in would keep the signal, 1/fan-out the gradient: this lies between. Also
    called Xavier. A sigmoid, whose slope is at most 1/4, still shrinks the gradient.

    Args:
        seed: a whole number, a `keras.random.SeedGenerator` or None; see
            `RandomNormal`.

    Input: the shape of the weights and a dtype, Keras's `floatx` if None.
    Output: a tensor of that shape and dtype.

    Raises:
        ValueError: when the seed is none of these.

    Example:
        >>> bool(ops.max(ops.abs(GlorotUniform(seed=1)((50, 10)))) <= 0.1**0.5)
        True

    Source: Glorot & Bengio (2010), equation 16.
    """

    def __call__(self, shape, dtype=None):
        return self.uniform(shape, dtype)


@keras.saving.register_keras_serializable("dlbook")
class GlorotNormal(_Glorot):
    """As `GlorotUniform`, from a normal distribution::

        w ~ N(0, s²), redrawn beyond ±2 s
        Var w = 2 / (fan-in + fan-out)

    s is 1.137 times the root of that variance, since what is cut off is missing from
    it: √Var w = 0.8796 s. So do Keras and TensorFlow; PyTorch does not truncate.

    Args:
        seed: a whole number, a `keras.random.SeedGenerator` or None; see
            `RandomNormal`.

    Input: the shape of the weights and a dtype, Keras's `floatx` if None.
    Output: a tensor of that shape and dtype.

    Raises:
        ValueError: when the seed is none of these.

    Example:
        >>> tuple(GlorotNormal(seed=1)((3, 3, 16, 32)).shape)
        (3, 3, 16, 32)

    Source: Glorot & Bengio (2010), equation 12, which gives the variance.
    """

    def __call__(self, shape, dtype=None):
        return self.truncated_normal(shape, dtype)


@keras.saving.register_keras_serializable("dlbook")
class HeUniform(_He):
    """Uniform, for rectified units::

        w ~ U(−r, r),    r = √(6 / fan-in)
        Var w = r² / 3 = 2 / fan-in

    A rectifier passes half of a symmetric signal's square: the 2 makes up for it.

    Args:
        seed: a whole number, a `keras.random.SeedGenerator` or None; see
            `RandomNormal`.

    Input: the shape of the weights and a dtype, Keras's `floatx` if None.
    Output: a tensor of that shape and dtype.

    Raises:
        ValueError: when the seed is none of these.

    Example:
        >>> bool(ops.max(ops.abs(HeUniform(seed=1)((60, 5)))) <= 0.1**0.5)
        True

    Source: He et al. (2015), equation 10, which gives the variance.
    """

    def __call__(self, shape, dtype=None):
        return self.uniform(shape, dtype)


@keras.saving.register_keras_serializable("dlbook")
class HeNormal(_He):
    """As `HeUniform`, from a normal distribution::

        w ~ N(0, s²), redrawn beyond ±2 s
        Var w = 2 / fan-in

    s is larger than √Var w by the same factor as in `GlorotNormal`. The paper does not
    truncate, nor does PyTorch's `kaiming_normal_`.

    Args:
        seed: a whole number, a `keras.random.SeedGenerator` or None; see
            `RandomNormal`.

    Input: the shape of the weights and a dtype, Keras's `floatx` if None.
    Output: a tensor of that shape and dtype.

    Raises:
        ValueError: when the seed is none of these.

    Example:
        >>> tuple(HeNormal(seed=1)((64, 32)).shape)
        (64, 32)

    Source: He et al. (2015), equation 10.
    """

    def __call__(self, shape, dtype=None):
        return self.truncated_normal(shape, dtype)
