"""SimpleRNN beside its formula."""

import numpy as np

from dlbook.layers import SimpleRNN
from dlbook.measures import input_gradients

from .inputs import arrays, assert_close, numbers


def test_each_time_sees_its_input_and_the_last_output():
    layer = SimpleRNN(3, return_sequences=True)
    layer.build((None, 4, 2))
    w, u, b = arrays([(2, 3), (3, 3), (3,)], seed=1)
    layer.set_weights([w, u, b])
    (x,) = arrays(((2, 4, 2),), seed=2)
    y, h = np.zeros((2, 4, 3)), np.zeros((2, 3))
    for t in range(4):
        y[:, t] = h = np.tanh(x[:, t] @ w + h @ u + b)
    assert_close(numbers(layer(x)), [y], 1e-5)


def test_a_gradient_through_time_is_a_power_of_the_matrix():
    layer = SimpleRNN(2, activation=None, use_bias=False)
    layer.build((None, 5, 2))
    w, u = np.eye(2), np.array([[0.5, 0.25], [0.0, 2.0]])
    layer.set_weights([w, u])
    (x,) = arrays(((1, 5, 2),))
    for unit in range(2):
        slope = input_gradients(lambda x, j=unit: layer(x)[0, j], x)[0]
        for t in range(5):
            expected = np.linalg.matrix_power(u, 4 - t)[:, unit]
            np.testing.assert_allclose(slope[t], expected, rtol=1e-5)
