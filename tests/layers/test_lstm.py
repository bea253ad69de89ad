"""LSTM beside its formula, and what its gates do."""

import numpy as np
import pytest
from keras import ops

from dlbook.layers import LSTM, LSTMCell
from dlbook.measures import input_gradients

from .inputs import arrays, assert_close, numbers


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def test_four_gates_move_two_states():
    layer = LSTM(3, return_sequences=True, return_state=True)
    layer.build((None, 4, 2))
    w, u, b = arrays([(2, 12), (3, 12), (12,)], seed=1)
    layer.set_weights([w, u, b])
    (x,) = arrays(((2, 4, 2),), seed=2)
    y, h, c = np.zeros((2, 4, 3)), np.zeros((2, 3)), np.zeros((2, 3))
    for t in range(4):
        z = x[:, t] @ w + h @ u + b
        i, f, o = sigmoid(z[:, :3]), sigmoid(z[:, 3:6]), sigmoid(z[:, 9:])
        c = f * c + i * np.tanh(z[:, 6:9])
        y[:, t] = h = o * np.tanh(c)
    assert_close(numbers(layer(x)), [y, h, c], 1e-5)


def test_an_open_forget_gate_keeps_the_state_and_passes_its_gradient_whole():
    layer = LSTM(2, return_state=True)
    layer.build((None, 30, 2))
    w, u, b = layer.get_weights()
    b[:4] = [-50, -50, 50, 50]  # Nothing comes in, nothing is forgotten.
    layer.set_weights([w, u, b])
    (x,) = arrays(((1, 30, 2),))
    h, start = np.zeros((1, 2), "float32"), np.array([[0.5, -3.0]], "float32")

    def last(c):
        return layer(x, initial_state=[ops.array(h), c])[2]

    np.testing.assert_allclose(numbers(last(ops.array(start)))[0], start, rtol=1e-5)
    slope = input_gradients(lambda c: ops.sum(last(c)), start)
    np.testing.assert_allclose(slope, [[1, 1]], rtol=1e-5)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({}, [0, 0, 1, 1, 0, 0, 0, 0]),
        ({"bias_initializer": "ones"}, [1] * 8),
        ({"unit_forget_bias": False}, [0] * 8),
        ({"unit_forget_bias": False, "bias_initializer": "ones"}, [1] * 8),
    ],
    ids=str,
)
def test_the_forget_gate_starts_open_unless_told_otherwise(words, expected):
    cell = LSTMCell(2, **words)
    cell.build((None, 3))
    np.testing.assert_array_equal(cell.get_weights()[2], expected)
