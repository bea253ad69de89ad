"""Takes an optimizer down streams of gradients, in one loop that is compiled.

A thousand eager steps take seconds in TensorFlow and JAX. Torch runs them eagerly.
"""

import keras
import numpy as np


def descend(optimizer, streams, names=None, dtype="float32", start=0.0):
    """The weights before, between and after the steps.

    Args:
        optimizer: any Keras optimizer, not yet built.
        streams: arrays (steps, ...), one for each variable.
        names: the variables' names.
        dtype: the variables' dtype.
        start: where each weight starts.

    Returns:
        One array (steps + 1, ...) for each variable. With an averaging optimizer the
        last row is the average that Keras writes into the model after `fit`.
    """
    names = names or [f"weight_{i}" for i in range(len(streams))]
    variables = [
        keras.Variable(np.full(stream.shape[1:], start), dtype=dtype, name=name)
        for stream, name in zip(streams, names, strict=True)
    ]
    begin = [_numpy(variable) for variable in variables]
    optimizer.build(variables)
    between = _LOOPS[keras.backend.backend()](optimizer, streams, variables)
    optimizer.finalize_variable_values(variables)
    return [
        np.concatenate([first[None], rows[:-1], _numpy(variable)[None]])
        for first, rows, variable in zip(begin, between, variables, strict=True)
    ]


def descend_eagerly(optimizer, stream, start=0.0):
    """The same for a few steps on one stream, without compiling anything."""
    variable = keras.Variable(np.full_like(stream[0], start), dtype=stream.dtype)
    path = [_numpy(variable)]
    for gradient in stream:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        path.append(_numpy(variable))
    return np.stack(path)


def _numpy(variable):
    return np.array(keras.ops.convert_to_numpy(variable))


def _cast(streams, variables):
    pairs = zip(streams, variables, strict=True)
    return [keras.ops.cast(stream, variable.dtype) for stream, variable in pairs]


def _tensorflow(optimizer, streams, variables):
    import tensorflow as tf

    @tf.function
    def loop(*gradients):
        rows = [tf.TensorArray(v.value.dtype, size=len(streams[0])) for v in variables]
        for step in tf.range(len(streams[0])):
            optimizer.apply([g[step] for g in gradients], variables)
            pairs = zip(rows, variables, strict=True)
            rows = [row.write(step, variable.value) for row, variable in pairs]
        return [row.stack() for row in rows]

    return [rows.numpy() for rows in loop(*_cast(streams, variables))]


def _jax(optimizer, streams, variables):
    import jax

    def step(carried, gradients):
        weights, state = carried
        weights, state = optimizer.stateless_apply(state, gradients, weights)
        return (weights, state), weights

    begin = [v.value for v in variables], [v.value for v in optimizer.variables]
    loop = jax.jit(lambda begin, stacked: jax.lax.scan(step, begin, stacked))
    (weights, state), rows = loop(begin, _cast(streams, variables))
    changed = [*variables, *optimizer.variables]
    for variable, value in zip(changed, [*weights, *state], strict=True):
        variable.assign(value)
    return [np.array(row) for row in rows]


def _torch(optimizer, streams, variables):
    rows = [[] for _ in variables]
    for gradients in zip(*_cast(streams, variables), strict=True):
        optimizer.apply(gradients, variables)
        for row, variable in zip(rows, variables, strict=True):
            row.append(_numpy(variable))
    return [np.stack(row) for row in rows]


_LOOPS = {"tensorflow": _tensorflow, "jax": _jax, "torch": _torch}
