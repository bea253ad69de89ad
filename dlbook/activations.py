"""Activations: functions of one tensor, each of which knows its derivative.

They go wherever Keras takes an activation, and are saved by their registered name::

    layer = keras.layers.Dense(32, activation=dlbook.activations.gelu)

`sigmoid.derivative(x)` is σ′(x), and takes what `sigmoid` takes. It is the derivative
that backpropagation multiplies by, so at a kink, such as that of `relu` at 0, it is the
one from the left. `softmax` mixes its inputs: its derivative is a Jacobian matrix.

No exponential is taken of a positive number, so nothing overflows, float16 included.
Input and output have one shape and one dtype; whole numbers become floats.
"""

import contextlib
import math

import keras
from keras import ops

from dlbook.arguments import number

__all__ = ["sigmoid", "tanh", "relu", "leaky_relu", "elu", "gelu", "softmax"]

_registered = keras.saving.register_keras_serializable("dlbook")


def _real(x):
    """x as a tensor of floats; whole numbers become Keras's `floatx`."""
    x = ops.convert_to_tensor(x)
    is_float = "float" in keras.backend.standardize_dtype(x.dtype)
    return x if is_float else ops.cast(x, keras.config.floatx())


def _derivative_of(activation):
    """Hangs the decorated function on its activation."""

    def attach(derivative):
        activation.derivative = derivative
        return derivative

    return attach


def _with_logits(y, x):
    """y, from which Keras's losses on TensorFlow can go back to x.

    Without it a change of one word in a model would change its loss at saturation.
    """
    with contextlib.suppress(AttributeError):  # JAX's arrays take no attribute.
        y._keras_logits = x
    return y


@_registered
def sigmoid(x):
    """The logistic function, from (−∞, ∞) to (0, 1)::

        σ(x)  = 1 / (1 + e⁻ˣ) = eˣ / (1 + eˣ)
        σ′(x) = σ(x) (1 − σ(x)) = σ(x) σ(−x) ≤ 1/4

    Of the two forms each x takes the one whose exponent is not positive.

    Args:
        x: a tensor of any shape.

    Example:
        >>> float(sigmoid(0.0)), float(sigmoid.derivative(0.0))
        (0.5, 0.25)

    Source: Goodfellow et al. (2016), equation 3.30.
    """
    x = _real(x)
    positive = x > 0
    e = ops.exp(ops.where(positive, -x, x))
    y = ops.where(positive, ops.ones_like(e), e) / (1 + e)
    return _with_logits(y, x)


@_derivative_of(sigmoid)
def _sigmoid_derivative(x):
    """σ(x) σ(−x), which keeps its digits where 1 − σ(x) would lose them."""
    return sigmoid(x) * sigmoid(-_real(x))


@_registered
def tanh(x):
    """The hyperbolic tangent, from (−∞, ∞) to (−1, 1)::

        tanh x  = (1 − e⁻²ˣ) / (1 + e⁻²ˣ) = 2 σ(2x) − 1
        tanh′ x = 1 − tanh² x = 4 σ(2x) σ(−2x) ≤ 1

    Computed from the size of x, and from eˣ − 1 by `expm1`, which keeps the digits of
    a small x.

    Args:
        x: a tensor of any shape.

    Example:
        >>> float(tanh(0.0)), float(tanh.derivative(0.0))
        (0.0, 1.0)

    Source: Goodfellow et al. (2016), section 6.3.2.
    """
    x = _real(x)
    # Not |x|, through which no gradient would pass at 0.
    sign = ops.where(x < 0, -ops.ones_like(x), ops.ones_like(x))
    d = ops.expm1(-2 * sign * x)
    return -sign * d / (2 + d)


@_derivative_of(tanh)
def _tanh_derivative(x):
    """4 σ(2x) σ(−2x), which keeps its digits where 1 − tanh² x would lose them."""
    return 4 * sigmoid.derivative(2 * _real(x))


@_registered
def relu(x, negative_slope=0.0, max_value=None, threshold=0.0):
    """The rectified linear unit; with the defaults max(x, 0)::

        relu(x)  = x                    where x > threshold, at most max_value
                   a (x − threshold)    elsewhere, with a = negative_slope
        relu′(x) = 1                    where threshold < x ≤ max_value
                   0                    where x > max_value
                   a                    elsewhere, and so 0 at x = 0

    Args:
        x: a tensor of any shape.
        negative_slope: a in [0, ∞), without a unit.
        max_value: the largest value in (0, ∞), in units of x; None for no bound.
        threshold: in [0, ∞), in units of x. Above 0 the function jumps there.

    Raises:
        ValueError: when an argument is out of range (Keras's function accepts any).

    Example:
        >>> [float(y) for y in relu([-2.0, 0.0, 3.0])]
        [0.0, 0.0, 3.0]

    Source: Nair & Hinton (2010); Glorot, Bordes & Bengio (2011), section 3.1.
    """
    a, threshold = _relu_arguments(negative_slope, max_value, threshold)
    x = _real(x)
    y = ops.where(x <= threshold, _sloped(x, a, threshold), x)
    return y if max_value is None else ops.where(y > max_value, max_value, y)


@_derivative_of(relu)
def _relu_derivative(x, negative_slope=0.0, max_value=None, threshold=0.0):
    a, threshold = _relu_arguments(negative_slope, max_value, threshold)
    x = _real(x)
    ones = ops.ones_like(x)
    slope = ops.where(x <= threshold, a * ones, ones)
    return slope if max_value is None else ops.where(x > max_value, 0 * ones, slope)


def _relu_arguments(negative_slope, max_value, threshold):
    if max_value is not None:
        number("max_value", max_value, "(0, inf)", "None is for no bound.")
    a = number("negative_slope", negative_slope, "[0, inf)")
    return a, number("threshold", threshold, "[0, inf)")


def _sloped(x, a, threshold):
    """a (x − threshold); where a = 0, zeros even for an infinite x."""
    return a * (x - threshold) if a else ops.zeros_like(x)


@_registered
def leaky_relu(x, negative_slope=0.2):
    """A rectified linear unit that lets a part of the negative side through::

        leaky_relu(x)  = x      where x > 0
                         a x    elsewhere, with a = negative_slope
        leaky_relu′(x) = 1      where x > 0
                         a      elsewhere

    Keras's default of a is 0.2 here, and 0.3 in its layer. Papers use 0.01.

    Args:
        x: a tensor of any shape.
        negative_slope: a in [0, ∞), without a unit.

    Raises:
        ValueError: when the slope is out of range (Keras's function accepts any).

    Example:
        >>> float(leaky_relu(-10.0)), float(leaky_relu(-10.0, negative_slope=0.5))
        (-2.0, -5.0)

    Source: Maas, Hannun & Ng (2013), section 2, with a = 0.01.
    """
    return relu(x, negative_slope=negative_slope)


@_derivative_of(leaky_relu)
def _leaky_relu_derivative(x, negative_slope=0.2):
    return relu.derivative(x, negative_slope=negative_slope)


@_registered
def elu(x, alpha=1.0):
    """The exponential linear unit, which bends to −α on the negative side::

        elu(x)  = x             where x > 0
                  α (eˣ − 1)    elsewhere
        elu′(x) = 1             where x > 0
                  α eˣ          elsewhere

    Args:
        x: a tensor of any shape.
        alpha: α in [0, ∞), in units of x.

    Raises:
        ValueError: when α is out of range (Keras's function accepts any).

    Example:
        >>> float(elu(-1e4)), float(elu(2.0))
        (-1.0, 2.0)

    Source: Clevert, Unterthiner & Hochreiter (2016), equation 15.
    """
    alpha = number("alpha", alpha, "[0, inf)")
    x = _real(x)
    negative = ops.where(x > 0, ops.zeros_like(x), x)
    return ops.where(x > 0, x, alpha * ops.expm1(negative))


@_derivative_of(elu)
def _elu_derivative(x, alpha=1.0):
    alpha = number("alpha", alpha, "[0, inf)")
    x = _real(x)
    negative = ops.where(x > 0, ops.zeros_like(x), x)
    return ops.where(x > 0, ops.ones_like(x), alpha * ops.exp(negative))


@_registered
def gelu(x, approximate=False):
    """The Gaussian error linear unit: x times the share of a normal variable below x::

        gelu(x)  = x Φ(x),           Φ(x) = ½ (1 + erf(x / √2))
        gelu′(x) = Φ(x) + x Φ′(x),   Φ′(x) = e^(−x²/2) / √(2π)

    `approximate=True` replaces Φ, as BERT's and GPT-2's code did::

        Φ(x)  ≈ ½ (1 + tanh u),           u  = √(2/π) (x + 0.044715 x³)
        Φ′(x) ≈ ½ (1 − tanh² u) u′,       u′ = √(2/π) (1 + 0.134145 x²)

    which is off by 5e-4 at most.

    Args:
        x: a tensor of any shape.
        approximate: whether to use the second form.

    Example:
        >>> round(float(gelu(1.0)), 4), round(float(gelu(1.0, approximate=True)), 4)
        (0.8413, 0.8412)

    Source: Hendrycks & Gimpel (2016), section 2.
    """
    x = _real(x)
    return x * _normal_below(x, approximate)


@_derivative_of(gelu)
def _gelu_derivative(x, approximate=False):
    x = _real(x)
    z = ops.clip(x, -10.0, 10.0)
    if approximate:
        density = 0.5 * tanh.derivative(_u(z)) * _U * (1 + 3 * 0.044715 * z**2)
    else:
        density = ops.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return _normal_below(x, approximate) + z * density


_U = math.sqrt(2 / math.pi)


def _u(x):
    return _U * (x + 0.044715 * x**3)


def _normal_below(x, approximate):
    """Φ(x). Beyond ±10 it is 0 or 1 in every dtype, and x³ might overflow."""
    z = ops.clip(x, -10.0, 10.0)
    return 0.5 * (1 + (tanh(_u(z)) if approximate else ops.erf(z / math.sqrt(2))))


@_registered
def softmax(x, axis=-1):
    """Positive numbers that sum to 1, in the ratios of eˣ::

        sᵢ       = e^(xᵢ − m) / Σⱼ e^(xⱼ − m),    m = maxⱼ xⱼ
        ∂sᵢ/∂xⱼ  = sᵢ (δᵢⱼ − sⱼ)                 δᵢⱼ = 1 if i = j, else 0

    m changes no value, since it cancels, and keeps the exponents from being positive.

    Args:
        x: a tensor (..., n, ...), the n along `axis`.
        axis: a whole number, the axis that sums to 1.

    Returns:
        A tensor of the shape of x; of `softmax.derivative`, the Jacobian: i and j are
        its last two axes, (..., n, n), and `axis` is gone from its place.

    Example:
        >>> [round(float(s), 3) for s in softmax([1.0, 2.0, 3.0])]
        [0.09, 0.245, 0.665]
        >>> tuple(softmax.derivative([1.0, 2.0, 3.0]).shape)
        (3, 3)

    Source: Goodfellow et al. (2016), section 6.2.2.3.
    """
    x = _real(x)
    m = ops.stop_gradient(ops.max(x, axis=axis, keepdims=True))
    e = ops.exp(x - m)
    return _with_logits(e / ops.sum(e, axis=axis, keepdims=True), x)


@_derivative_of(softmax)
def _softmax_derivative(x, axis=-1):
    s = ops.moveaxis(softmax(x, axis), axis, -1)  # (..., n)
    identity = ops.eye(s.shape[-1], dtype=s.dtype)  # (n, n)
    return s[..., :, None] * (identity - s[..., None, :])  # (..., n, n)
