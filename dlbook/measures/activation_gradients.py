"""How a loss changes with what the layers inside a model return."""

from keras import ops

from dlbook.measures.gradients import compiled, gradient, numbers, traced, untouched
from dlbook.measures.layer_calls import outputs_through


def activation_gradients(function, layers):
    """The gradient of a scalar with respect to the outputs of layers::

        δₗ = ∂ function() / ∂hₗ

    Each layer is made to return hₗ + εₗ with εₗ = 0, and the derivative is that by εₗ.
    So it works in any model, whatever way round the layer there is.

    Args:
        function: takes nothing and returns a scalar tensor, such as
            `lambda: loss(y, model(x))`. The model is built, and not touched.
        layers: layers that the function calls once each, with a tensor as output.

    Returns:
        A list of arrays shaped as the layers' outputs, the batch included. Where the
        scalar is a mean over B examples, each row is 1/B of its example's gradient.

    Raises:
        ValueError: when the function does not call each layer once, or does not return
            a scalar.

    Example:
        >>> import keras, numpy
        >>> double, model = keras.layers.Rescaling(2.0), keras.layers.Rescaling(3.0)
        >>> x = numpy.ones((1, 2))
        >>> activation_gradients(lambda: ops.sum(model(double(x)) ** 2), [double])
        [array([[36., 36.]], dtype=float32)]

    Source: Rumelhart, Hinton & Williams (1986), who call them δ.
    """
    order = {id(layer): k for k, layer in enumerate(layers)}
    epsilons = _zeros_as_outputs(function, layers)

    def shifted(epsilons):
        def add(layer, arguments, h):
            return h + epsilons[order[id(layer)]]

        with outputs_through(add, layers):
            return untouched(function)

    return numbers(compiled(lambda epsilons: gradient(shifted, epsilons))(epsilons))


def _zeros_as_outputs(function, layers):
    """A tensor of zeros shaped as the output of each layer."""
    seen = {id(layer): [] for layer in layers}

    def note(layer, arguments, h):
        seen[id(layer)].append((h.shape, h.dtype))
        return h

    with outputs_through(note, layers):
        traced(lambda: untouched(function))
    for layer in layers:
        if len(calls := seen[id(layer)]) != 1:
            raise ValueError(
                "The gradient is that of one output. Received: a function that calls "
                f"layer {layer.name!r} {len(calls)} times."
            )
    return [ops.zeros(*seen[id(layer)][0]) for layer in layers]
