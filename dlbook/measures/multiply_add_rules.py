"""The rules by which the multiply-adds of a layer are counted, from its shapes."""

from math import isqrt, prod

from keras import ops, tree


def multiply_adds_rule(layer):
    """The rule for a layer: (layer, arguments, output) → multiply-adds.

    It goes by the name of the layer's class, or of the nearest class it derives from:
    Keras's layers and dlbook's share their names.

    Args:
        layer: a Keras layer. Its rule is given the arguments of a call by name, and the
            output, with a batch of one example.

    Returns:
        The rule, or `None` where there is none.

    Example:
        >>> import keras
        >>> rule, x = multiply_adds_rule(keras.layers.Dense(3)), keras.ops.zeros((1, 5))
        >>> rule(None, {"inputs": x}, keras.ops.zeros((1, 3)))
        15
    """
    for kind in type(layer).__mro__:
        if kind.__name__ in _RULES:
            return _RULES[kind.__name__]
    return None


def _size(tensor):
    return prod(ops.shape(tensor)[1:])


def _input(arguments):
    return tree.flatten(next(iter(arguments.values())))[0]


def _nothing(layer, arguments, output):
    return 0


def _dense(layer, arguments, output):
    """A dot product with all features for each number that comes out."""
    return _size(output) * ops.shape(_input(arguments))[-1]


def _highway(layer, arguments, output):
    return 2 * _dense(layer, arguments, output)


def _einsum(layer, arguments, output):
    """Each index stands in two of input, kernel and output."""
    return isqrt(_size(output) * _size(_input(arguments)) * prod(layer.kernel.shape))


def _convolution(layer, arguments, output):
    """A window over all channels of a group for each number that comes out."""
    return _size(output) * prod(layer.kernel.shape[:-1])


def _depthwise(layer, arguments, output):
    """A window over one channel for each number that comes out."""
    return _size(output) * prod(layer.kernel.shape[:-2])


def _transposed(layer, arguments, output):
    """Each number that goes in is spread over a window of all filters."""
    return _size(_input(arguments)) * prod(layer.kernel.shape[:-1])


def _locally_connected(layer, arguments, output):
    """Each place has a kernel of its own, so each weight acts once."""
    return prod(layer.kernel.shape)


def _average(layer, arguments, output):
    return _size(output) * prod(layer.pool_size)


def _global_average(layer, arguments, output):
    return _size(_input(arguments))


def _recurrent(layer, arguments, output):
    """Each step multiplies by all kernels."""
    kernels = ("kernel", "recurrent_kernel")
    sizes = [prod(w.shape) for w in layer.weights if w.name in kernels]
    return ops.shape(_input(arguments))[1] * sum(sizes)


def _cell(layer, arguments, output):
    return prod(layer.kernel.shape) + prod(layer.recurrent_kernel.shape)


def _attention(layer, arguments, output):
    """Four products by kernels, and two with every pair of query and key.

    Pairs that a mask forbids are computed all the same.
    """
    queries = ops.shape(_input(arguments))[1]
    keys = ops.shape(arguments.get("value", _input(arguments)))[1]
    kernels = [w.shape for w in layer.weights if len(w.shape) == 3]
    query, key, value, out = kernels  # (features, heads, size), the last turned round
    projections = queries * (prod(query) + prod(out)) + keys * (prod(key) + prod(value))
    return projections + queries * keys * (prod(query[1:]) + prod(value[1:]))


_KINDS = {
    _dense: "Dense TiedDense Perceptron RBF",
    _highway: "Highway",
    _einsum: "EinsumDense",
    _convolution: "Conv1D Conv2D Conv3D",
    _depthwise: "DepthwiseConv1D DepthwiseConv2D",
    _transposed: "Conv1DTranspose Conv2DTranspose Conv3DTranspose",
    _locally_connected: "LocallyConnected1D LocallyConnected2D",
    _average: "AveragePooling1D AveragePooling2D AveragePooling3D",
    _global_average: "GlobalAveragePooling1D GlobalAveragePooling2D",
    _recurrent: "RNN SimpleRNN LSTM GRU",
    _cell: "SimpleRNNCell LSTMCell GRUCell",
    _attention: "MultiHeadAttention SelfAttention",
    _nothing: "Embedding PReLU BatchNormalization LayerNormalization Normalization "
    "GroupNormalization RMSNormalization",
}
_RULES = {name: rule for rule, names in _KINDS.items() for name in names.split()}
