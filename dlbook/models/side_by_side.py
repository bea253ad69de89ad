"""Several models as one, so that they train together."""

import keras
from keras import ops


def side_by_side(models):
    """K models that meet the same batches, each as if it were alone::

        y[:, k] = modelₖ(x)             k = 1 ... K

    Much of the time that a small network takes is spent around it, once for each call
    of `fit`. Here many share one call. They keep their own weights, and their gradients
    stay what they were if the loss *adds up* the K losses, as
    `StackedMLP.cross_entropy` does; with a mean each would be divided by K. An
    optimizer that clips by the norm of all gradients would mix them. Networks of one
    shape are set up faster in a `StackedMLP`.

    Args:
        models: built models, in a list, with one shape of inputs and one of outputs;
            they train with the model that is returned.

    Returns:
        An uncompiled `keras.Model`, `(batch, ...)` → `(batch, K, ...)`.

    Raises:
        ValueError: when the shapes differ, or there is no model.

    Example:
        >>> from dlbook.models import mlp
        >>> both = side_by_side([mlp(2, (), 1), mlp(2, (8, 8), 1)])
        >>> both.output_shape, both.count_params()
        ((None, 2, 1), 108)
    """
    shapes = {(model.input_shape, model.output_shape) for model in models}
    if len(shapes) != 1:
        raise ValueError(
            "`models` must have one shape of inputs and one of outputs. "
            f"Received {len(models)} models of these shapes: {sorted(shapes)}."
        )
    x = keras.Input(models[0].input_shape[1:])
    return keras.Model(x, ops.stack([model(x) for model in models], axis=1))
