"""Regularizers: penalties on weights or outputs, added to the loss."""

import keras
from keras import ops

from dlbook.arguments import number

__all__ = ["L1", "L2", "L1L2", "ElasticNet"]


def _full_precision(x):
    """x, from half precision as float32, where a sum of squares has room."""
    x = ops.convert_to_tensor(x)
    half = keras.backend.standardize_dtype(x.dtype) in ("float16", "bfloat16")
    return ops.cast(x, "float32") if half else x


def _size(w):
    """Σ |wᵢ|. The derivative of `ops.absolute` at 0 is 1 on JAX, and here 0 on all."""
    return ops.sum(w * ops.stop_gradient(ops.sign(w)))


@keras.saving.register_keras_serializable("dlbook")
class L1L2(keras.Regularizer):
    """The elastic net: the lasso's penalty and the ridge's together::

        Ω(w)    = l1 Σ |wᵢ| + l2 Σ wᵢ²
        ∂Ω/∂wᵢ  = l1 sign(wᵢ) + 2 l2 wᵢ        with sign(0) = 0

    Of two equal features the lasso may pick one; the elastic net shares the weight
    between them, since l2 makes the sum strictly convex. Statistics writes ½ l2, and
    calls the factors λα and λ(1 − α).

    Half precision is summed in float32, and the penalty is float32; Keras sums in
    float16, where the square of 256 already overflows.

    Args:
        l1: in [0, ∞), in units of the loss by w.
        l2: in [0, ∞), in units of the loss by w².

    Input shape: any. Output shape: a scalar.

    Raises:
        ValueError: when a factor is out of range.

    Example:
        >>> float(L1L2(l1=0.5, l2=0.25)([[1.0, -2.0]]))
        2.75

    Source: Zou & Hastie (2005), equation 3, there for a linear model.
    """

    def __init__(self, l1=0.0, l2=0.0):
        self.l1 = number("l1", l1, "[0, inf)")
        self.l2 = number("l2", l2, "[0, inf)")

    def __call__(self, x):
        w = _full_precision(x)
        return self.l1 * _size(w) + self.l2 * ops.sum(ops.square(w))

    def get_config(self):
        """The factors."""
        return {"l1": self.l1, "l2": self.l2}


ElasticNet = L1L2  # What statistics calls it; `L1L2` is Keras's word.


@keras.saving.register_keras_serializable("dlbook")
class L1(keras.Regularizer):
    """The lasso: a penalty on absolute values::

        Ω(w)    = l1 Σ |wᵢ|
        ∂Ω/∂wᵢ  = l1 sign(wᵢ)                  with sign(0) = 0

    Its pull does not weaken near 0, so at the minimum many weights are exactly 0. SGD
    and Adam do not get there: a step of α l1 jumps over 0 and back, and leaves weights
    of about that size. Exact zeros take a proximal step, as the lasso's solvers do.

    Args:
        l1: in [0, ∞), in units of the loss by w.

    Input shape: any. Output shape: a scalar, float32 for half precision.

    Raises:
        ValueError: when the factor is out of range.

    Example:
        >>> float(L1(0.5)([[1.0, -2.0]]))
        1.5

    Source: Tibshirani (1996), equation 1, in the form with a multiplier.
    """

    def __init__(self, l1=0.01):
        self.l1 = number("l1", l1, "[0, inf)")

    def __call__(self, x):
        return self.l1 * _size(_full_precision(x))

    def get_config(self):
        """The factor."""
        return {"l1": self.l1}


@keras.saving.register_keras_serializable("dlbook")
class L2(keras.Regularizer):
    """The ridge: a penalty on squares::

        Ω(w)    = l2 Σ wᵢ²
        ∂Ω/∂wᵢ  = 2 l2 wᵢ

    Its pull weakens with the weight, so it shrinks every weight and zeroes none. Under
    plain SGD it multiplies each weight by 1 − 2 α l2 a step, as `weight_decay` = 2 l2
    does; under Adam, which divides by the gradient's size, it does not. Keras has no ½
    before l2, most papers do.

    Args:
        l2: in [0, ∞), in units of the loss by w².

    Input shape: any. Output shape: a scalar, float32 for half precision.

    Raises:
        ValueError: when the factor is out of range.

    Example:
        >>> float(L2(0.5)([[1.0, -2.0]]))
        2.5

    Source: Hoerl & Kennard (1970), equation 2.1; for networks, Goodfellow et al.
    (2016), section 7.1.1.
    """

    def __init__(self, l2=0.01):
        self.l2 = number("l2", l2, "[0, inf)")

    def __call__(self, x):
        return self.l2 * ops.sum(ops.square(_full_precision(x)))

    def get_config(self):
        """The factor."""
        return {"l2": self.l2}
