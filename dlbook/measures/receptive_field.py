"""How much of its input a unit sees: by arithmetic, and by gradient."""

from typing import NamedTuple

import numpy as np
from keras import ops

from dlbook.measures.input_gradients import input_gradients


class ReceptiveField(NamedTuple):
    """What one unit of a layer sees of the model's input, in pixels or steps.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.layers.Conv1D(1, 3, strides=2)])
        >>> receptive_fields(model)[0].jump
        (2,)
    """

    layer: str  # the layer's name
    size: tuple  # r, along each dimension
    jump: tuple  # j, how far apart the fields of two neighbours begin


def receptive_fields(model):
    """The receptive field of each layer that has a window, by its arithmetic::

        rₗ = rₗ₋₁ + d (k − 1) jₗ₋₁,     jₗ = jₗ₋₁ s,     r₀ = j₀ = 1

    with window k, stride s and dilation d. Padding does not change it; at the border
    part of the field lies outside the input.

    Args:
        model: a model whose layers follow one another, such as `keras.Sequential`.
            Counted are convolutions, locally connected layers and pooling; the other
            layers up to the last of these must work on each pixel alone.

    Returns:
        A list of `ReceptiveField`s, first layer first.

    Example:
        >>> import keras
        >>> layers = [keras.layers.Conv2D(1, 3), keras.layers.MaxPooling2D(2)]
        >>> [field.size for field in receptive_fields(keras.Sequential(layers))]
        [(3, 3), (4, 4)]

    Source: Dumoulin & Visin (2016); Araujo, Norris & Sim (2019), equation 2.
    """
    fields, size, jump = [], 1, 1
    for layer in model.layers:
        window = getattr(layer, "kernel_size", getattr(layer, "pool_size", None))
        if window is None:
            continue
        dilation = getattr(layer, "dilation_rate", 1)
        size = size + np.multiply(dilation, np.subtract(window, 1)) * jump
        jump = np.multiply(jump, layer.strides)
        pair = (tuple(np.atleast_1d(each).tolist()) for each in (size, jump))
        fields.append(ReceptiveField(layer.name, *pair))
    return fields


def effective_receptive_field(function, inputs, position=None, seed=0):
    """How strongly each place of the input moves one unit, by gradient::

        Eₚ = mean over examples and channels of |∂(Σ_c u_c y_c) / ∂xₚ|,   u_c ~ N(0, 1)

    for the units y_c at one position. Its places above 0 are those that the unit can
    see; most of its weight lies in the middle.

    Args:
        function: a built layer or model with channels last, `(batch, ..., features)` →
            `(batch, ..., channels)`, such as the model up to the last convolution.
        inputs: x, an array of examples. Behind ReLU or max pooling an example shows
            only the places that it switches on: give dozens.
        position: where the unit is, such as `(4, 4)`; the middle if not given.
        seed: of u.

    Returns:
        E, an array of the shape of an example without its features, in units of y by x.

    Raises:
        ValueError: when the output has no such position.

    Example:
        >>> shift = lambda x: x[:, :-2] + x[:, 2:]
        >>> field = effective_receptive_field(shift, np.ones((1, 5, 1)), position=(0,))
        >>> (field > 0).tolist()
        [True, False, True, False, False]

    Source: Luo, Li, Urtasun & Zemel (2016), section 2.
    """
    random = np.random.default_rng(seed)

    def at_position(x):
        y = function(x)
        extent = tuple(y.shape[1:-1])
        place = tuple(n // 2 for n in extent) if position is None else tuple(position)
        if len(place) != len(extent) or not all(
            0 <= p < n for p, n in zip(place, extent, strict=True)
        ):
            raise ValueError(
                f"`position` must lie in the output, {extent}. "
                f"Received: position={position!r}."
            )
        u = ops.convert_to_tensor(random.normal(size=y.shape[-1]), y.dtype)
        return ops.sum(y[(slice(None), *place)] * u)  # (batch, channels) → scalar

    slope = input_gradients(at_position, inputs)
    return np.abs(slope).astype("float64").mean(axis=(0, -1))
