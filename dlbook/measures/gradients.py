"""Derivatives as numbers: the one place that knows TensorFlow, JAX and torch."""

import keras
from keras import ops


def gradients(function, variables):
    """The gradient of a scalar with respect to a model's variables::

        gₖ = ∂ function() / ∂θₖ

    The model is not touched: what the function would assign (moving averages, seeds)
    is forgotten, so that two calls give the same numbers, dropout included.

    Args:
        function: takes nothing and returns a scalar tensor computed from the variables,
            such as `lambda: loss(y, model(x))`. The model is built.
        variables: θ, a list of `keras.Variable`s, such as `model.trainable_variables`.

    Returns:
        A list of arrays shaped as the variables, in units of the scalar by θ; zeros
        where the scalar does not depend on one. Sparse gradients come as dense arrays.

    Raises:
        ValueError: when the function returns anything but a scalar.

    Example:
        >>> theta = keras.Variable([1.0, 2.0])
        >>> gradients(lambda: ops.sum(theta**2), [theta])[0].tolist()
        [2.0, 4.0]
    """
    return gradient_function(function, variables)()


def gradient_function(function, variables):
    """The gradient as a function of the batch, for many batches of one shape.

    On JAX it is compiled at the first batch, and fast from the second on.

    Args:
        function: takes the arrays of a batch as tensors and returns a scalar tensor,
            such as `lambda x, y: loss(y, model(x))`. The model is built.
        variables: θ, a list of `keras.Variable`s.

    Returns:
        A function of a batch's arrays: the gradients, as from `gradients`, at the
        values that the variables then have.

    Example:
        >>> theta = keras.Variable([1.0, 2.0])
        >>> slope = gradient_function(lambda x: ops.sum(theta * x), [theta])
        >>> slope([3.0, 4.0])[0].tolist()
        [3.0, 4.0]
    """

    @compiled
    def slope(values, batch):
        return gradient(
            lambda values: untouched(lambda: function(*batch), variables, values),
            values,
        )

    def at_batch(*batch):
        values = [tensor(variable) for variable in variables]
        return numbers(slope(values, [ops.convert_to_tensor(each) for each in batch]))

    return at_batch


def tensor(value):
    """The value as a tensor of a float dtype, cut off from where it came from."""
    x = ops.stop_gradient(ops.convert_to_tensor(value))
    is_float = "float" in keras.backend.standardize_dtype(x.dtype)
    return x if is_float else ops.cast(x, keras.config.floatx())


def numbers(tensors):
    """The tensors as NumPy arrays."""
    return [ops.convert_to_numpy(each) for each in tensors]


def untouched(function, variables=(), values=()):
    """The function's result at these values of the variables; no variable changes."""
    with keras.StatelessScope(list(zip(variables, values, strict=True))):
        return function()


def gradient(function, values):
    """The gradient of a scalar function of a list of tensors, as tensors."""
    return value_and_gradient(function, values)[1]


def value_and_gradient(function, values):
    """A scalar function of a list of tensors, and its gradient, as tensors."""
    (scalar,), pull = pullback(lambda values: [function(values)], values)
    if len(scalar.shape):
        raise ValueError(
            "The gradient is that of a scalar. Received: a function that returns a "
            f"tensor of shape {tuple(scalar.shape)}. Take its sum or its mean."
        )
    return scalar, pull([ops.ones_like(scalar)])


def compiled(function):
    """The function of tensors, compiled on JAX, which is slow op by op."""
    if keras.backend.backend() != "jax":
        return function
    import jax

    return jax.jit(function)


def traced(function):
    """Runs the function for the shapes that are seen on the way; JAX computes none."""
    if keras.backend.backend() != "jax":
        return function()
    import jax

    return jax.eval_shape(function)


def pullback(function, values, many=False):
    """What the function returns, and its vector-Jacobian product::

        yₖ = functionₖ(x₁, x₂, ...),     pull(u)ᵢ = Σₖ uₖᵀ ∂yₖ/∂xᵢ

    `pull` may be called again and again, and inside the function of another pullback.

    Args:
        function: takes a list of tensors and returns a list of tensors.
        values: x, a list of tensors.
        many: whether `pull` is for numbers, many of them; JAX then compiles it.

    Returns:
        y, and the function from u to a list of tensors shaped as x.
    """
    return _PULLBACKS[keras.backend.backend()](function, values, many)


def _with_tensorflow(function, values, many):
    import tensorflow as tf

    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        tape.watch(values)
        y = function(values)

    def pull(u):
        found = tape.gradient(y, values, u, tf.UnconnectedGradients.ZERO)
        return [tf.convert_to_tensor(each) for each in found]  # Dense where sparse.

    return y, pull


def _with_jax(function, values, many):
    import jax

    def vjp(values):
        return jax.vjp(function, values)

    y, pull = jax.jit(vjp)(values) if many else vjp(values)
    pull = jax.jit(pull) if many else pull
    return y, lambda u: pull(u)[0]


def _with_torch(function, values, many):
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    # Keras's dropout draws from torch's own generator: its state is given back. Of
    # torch's kernels for attention, only MATH can be differentiated twice.
    with torch.enable_grad(), torch.random.fork_rng(), sdpa_kernel(SDPBackend.MATH):
        x = [value.requires_grad_() for value in values]
        y = function(x)

    def pull(u):
        pairs = [pair for pair in zip(y, u, strict=True) if pair[0].requires_grad]
        if not pairs:
            return [torch.zeros_like(value) for value in x]
        y_of_x, cotangents = zip(*pairs, strict=True)
        return torch.autograd.grad(
            y_of_x, x, cotangents, create_graph=True, materialize_grads=True
        )

    return y, pull


_PULLBACKS = {"tensorflow": _with_tensorflow, "jax": _with_jax, "torch": _with_torch}
