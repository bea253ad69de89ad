"""GRU beside its formula, and what its gates do."""

import numpy as np
import pytest
from keras import ops

from dlbook.layers import GRU

from .inputs import arrays, assert_close, numbers


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


@pytest.mark.parametrize("reset_after", [False, True])
def test_two_gates_mix_the_state_with_a_candidate(reset_after):
    layer = GRU(3, return_sequences=True, reset_after=reset_after)
    layer.build((None, 4, 2))
    w, u, b, b_h = arrays([(2, 9), (3, 9), (9,), (9,)], seed=1)
    layer.set_weights([w, u, np.stack([b, b_h]) if reset_after else b])
    b_h = b_h if reset_after else 0 * b_h
    (x,) = arrays(((2, 4, 2),), seed=2)
    y, h = np.zeros((2, 4, 3)), np.zeros((2, 3))
    for t in range(4):
        a = x[:, t] @ w + b
        z = sigmoid(a[:, :3] + h @ u[:, :3] + b_h[:3])
        r = sigmoid(a[:, 3:6] + h @ u[:, 3:6] + b_h[3:6])
        inner = r * (h @ u[:, 6:] + b_h[6:]) if reset_after else (r * h) @ u[:, 6:]
        y[:, t] = h = z * h + (1 - z) * np.tanh(a[:, 6:] + inner)
    assert_close(numbers(layer(x)), [y], 1e-5)


def test_an_open_update_gate_keeps_the_state():
    layer = GRU(2)
    layer.build((None, 10, 2))
    w, u, b = layer.get_weights()
    b[0, :2] = 50
    layer.set_weights([w, u, b])
    (x,), start = arrays(((1, 10, 2),)), np.array([[0.5, -3.0]], "float32")
    y = numbers(layer(x, initial_state=[ops.array(start)]))[0]
    np.testing.assert_allclose(y, start, rtol=1e-5)
