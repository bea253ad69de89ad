"""How large a model is: its parameters, and the multiply-adds of one example."""

from math import prod
from typing import NamedTuple

from keras import ops, tree

from dlbook.measures.gradients import traced, untouched
from dlbook.measures.layer_calls import outputs_through
from dlbook.measures.multiply_add_rules import multiply_adds_rule


class LayerSize(NamedTuple):
    """What one call of a layer costs; a layer that is called twice has two rows.

    Example:
        >>> import keras
        >>> model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)])
        >>> layer_sizes(model)[0].parameters
        18
    """

    layer: str  # the layer's name
    kind: str  # its class
    output_shape: tuple  # without the batch
    parameters: int  # weights of every kind; 0 where an earlier row has counted them
    multiply_adds: int  # for one example


def layer_sizes(model, input_shape=None):
    """The parameters and multiply-adds of each layer, in the order of the calls.

    A multiply-add is one product that is added to a sum: n of them in a dot product of
    n numbers. Counted are the sums: matrix products, convolutions (padding included),
    attention, average pooling. What works on each number alone (biases, activations,
    gates, normalization, dropout) and what compares or looks up (max pooling,
    embeddings) counts 0. A forward pass of a batch of one is run to see the shapes.

    Args:
        model: a built Keras layer or model of Keras's or dlbook's layers.
        input_shape: shape of one example, without the batch, or a list of them; not
            needed where the model knows it.

    Returns:
        A list of `LayerSize`s; the columns' sums are the model's.

    Raises:
        ValueError: when a layer has weights of its own and no rule to count them by, or
            when the model does not know its input's shape.

    Example:
        >>> from keras import Input, Sequential, layers
        >>> model = Sequential([Input((8, 8, 1)), layers.Conv2D(4, 3), layers.ReLU()])
        >>> [row[1:] for row in layer_sizes(model)]
        [('Conv2D', (6, 6, 4), 40, 1296), ('ReLU', (6, 6, 4), 0, 0)]
    """
    rows, seen = [], set()

    def note(layer, arguments, output):
        weights = [weight for weight in layer.weights if id(weight) not in seen]
        seen.update(map(id, weights))
        shapes = tree.map_structure(lambda x: tuple(ops.shape(x)[1:]), output)
        rule = multiply_adds_rule(layer)
        count = int(rule(layer, arguments, output)) if rule else 0
        names = layer.name, type(layer).__name__
        rows.append(LayerSize(*names, shapes, number_of_parameters(weights), count))
        return output

    example = _example(model, input_shape)
    with outputs_through(note, _counted_layers(model)):
        traced(lambda: untouched(lambda: model(example)))
    return rows


def multiply_adds(model, input_shape=None):
    """The multiply-adds of one example's forward pass: the sum over `layer_sizes`.

    Args:
        model, input_shape: as for `layer_sizes`.

    Returns:
        A whole number. A multiply-add is two operations (FLOPs) where these are
        counted; training costs about three times a forward pass.

    Example:
        >>> import keras
        >>> multiply_adds(keras.Sequential([keras.Input((5,)), keras.layers.Dense(3)]))
        15
    """
    return sum(row.multiply_adds for row in layer_sizes(model, input_shape))


def number_of_parameters(variables):
    """How many numbers the variables hold.

    Args:
        variables: such as `model.trainable_variables`, or `model.weights` for all that
            are saved, moving averages included.

    Example:
        >>> import keras
        >>> number_of_parameters([keras.Variable([[1.0, 2.0]]), keras.Variable(0.0)])
        3
    """
    return sum(prod(variable.shape) for variable in variables)


def _counted_layers(layer):
    """The layers that a rule counts, and those that have neither weights nor parts."""
    if multiply_adds_rule(layer):
        return [layer]
    parts = layer._flatten_layers(include_self=False, recursive=False)
    found = {id(each): each for part in parts for each in _counted_layers(part)}
    inside = {id(weight) for part in parts for weight in part.weights}
    if any(id(weight) not in inside for weight in layer.weights):
        raise ValueError(
            f"Layer {layer.name!r} has weights of its own and no rule for its "
            f"multiply-adds. Received: a layer of class {type(layer).__name__}."
        )
    return list(found.values()) or [layer]


def _example(model, input_shape):
    """Zeros shaped as one example: a batch of one."""
    known = getattr(model, "inputs", None)
    if input_shape is not None:
        shapes = input_shape if isinstance(input_shape, list) else [input_shape]
        dtypes = [x.dtype for x in known] if known else [None] * len(shapes)
    elif known:
        shapes, dtypes = [x.shape[1:] for x in known], [x.dtype for x in known]
    else:
        shapes, dtypes = [(None,)], [None]
    if any(None in shape for shape in shapes):
        raise ValueError(
            "What a model costs depends on all of its input's shape. Received: "
            f"input_shape={input_shape!r}. Give that of one example."
        )
    pairs = zip(shapes, dtypes, strict=True)
    zeros = [ops.zeros((1, *shape), dtype) for shape, dtype in pairs]
    return zeros if len(zeros) > 1 else zeros[0]
