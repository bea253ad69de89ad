"""How a scalar changes with the inputs."""

from dlbook.measures.gradients import compiled, gradient, numbers, tensor, untouched


def input_gradients(function, inputs):
    """The gradient of a scalar with respect to the inputs::

        ∂ function(x) / ∂x

    Args:
        function: takes a tensor x and returns a scalar tensor, such as
            `lambda x: ops.sum(model(x)[:, 3])`. The model is built, and not touched.
        inputs: x, an array of numbers of any shape.

    Returns:
        An array shaped as x, in units of the scalar by x.

    Raises:
        ValueError: when the function returns anything but a scalar.

    Example:
        >>> from keras import ops
        >>> input_gradients(lambda x: ops.sum(x**3), [1.0, 2.0]).tolist()
        [3.0, 12.0]
    """

    @compiled
    def slope(x):
        return gradient(lambda x: untouched(lambda: function(*x)), x)

    return numbers(slope([tensor(inputs)]))[0]
