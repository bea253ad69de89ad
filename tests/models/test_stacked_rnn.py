"""Recurrent networks in a stack are what each of them is alone."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import GRUCell, LSTMCell, SimpleRNNCell
from dlbook.models import StackedRNN
from dlbook.optimizers import SGD

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(6, 5, 3)).astype("float32")
Y = RANDOM.normal(size=(6, 2)).astype("float32")


def drawn(kind, **words):
    """A cell of four units whose weights, biases too, are drawn."""
    cell = kind(4, **words)
    cell.build((None, 3))
    for weight in cell.weights:
        weight.assign(RANDOM.normal(size=weight.shape))
    return cell


def alone(stack, cell, k):
    """Network k as a model of its own."""
    readout = keras.layers.Dense(2)
    model = keras.Sequential(
        [keras.Input(X.shape[1:]), keras.layers.RNN(cell), readout]
    )
    weights = [ops.convert_to_numpy(w)[k] for w in (stack.readout, stack.offset)]
    readout.set_weights(weights)
    return model


def cells_of_all_kinds():
    kinds = (SimpleRNNCell, LSTMCell, LSTMCell, GRUCell)
    return [drawn(kind) for kind in kinds]


@pytest.mark.backends
@pytest.mark.parametrize(
    "cells",
    [
        cells_of_all_kinds(),
        [drawn(GRUCell, reset_after=False) for _ in range(2)],
        [drawn(SimpleRNNCell, use_bias=False, activation="relu") for _ in range(2)],
    ],
    ids=["all kinds", "reset before", "without biases"],
)
def test_each_network_answers_as_if_alone(cells):
    stack = StackedRNN(cells, outputs=2)
    together = ops.convert_to_numpy(stack(X))
    assert together.shape == (6, len(cells), 2)
    for k, cell in enumerate(cells):
        single = ops.convert_to_numpy(alone(stack, cell, k)(X))
        np.testing.assert_allclose(together[:, k], single, atol=1e-5)


@pytest.mark.backends
def test_each_network_trains_as_if_alone():
    cells = cells_of_all_kinds()
    stack = StackedRNN(cells, outputs=2)
    singles = [alone(stack, cell, k) for k, cell in enumerate(cells)]
    stack.compile(SGD(0.1), StackedRNN.squared_error, run_eagerly=True)
    stack.fit(X, Y, batch_size=3, epochs=1, shuffle=False, verbose=0)
    together = ops.convert_to_numpy(stack(X))

    def squared_error(y, y_hat):
        return ops.sum((y_hat - y) ** 2, axis=1)

    for k, single in enumerate(singles):
        single.compile(SGD(0.1), squared_error, run_eagerly=True)
        single.fit(X, Y, batch_size=3, epochs=1, shuffle=False, verbose=0)
        trained = ops.convert_to_numpy(single(X))
        np.testing.assert_allclose(together[:, k], trained, atol=1e-4)


def test_the_loss_of_one_output_adds_up_over_the_networks():
    y, y_hat = ops.array([[1.0], [3.0]]), ops.array([[[1.0], [2.0]], [[0.0], [4.0]]])
    for each in (y_hat, y_hat[..., 0]):  # As it is, and as Keras hands it on.
        loss = ops.convert_to_numpy(StackedRNN.squared_error(y, each))
        np.testing.assert_allclose(loss, [1, 10])


def test_cells_that_do_not_fit_are_refused():
    other = SimpleRNNCell(5)
    other.build((None, 3))
    with pytest.raises(ValueError, match="one number of inputs and one of units"):
        StackedRNN([drawn(SimpleRNNCell), other], outputs=1)
    with pytest.raises(ValueError, match="0 cells"):
        StackedRNN([], outputs=1)
    with pytest.raises(ValueError, match="must not drop"):
        StackedRNN([drawn(GRUCell, dropout=0.5)], outputs=1)
    apart = [drawn(kind) for kind in (GRUCell, LSTMCell, GRUCell)]
    with pytest.raises(ValueError, match="next to each other"):
        StackedRNN(apart, outputs=1)
    unlike = [drawn(SimpleRNNCell, activation=name) for name in ("tanh", "relu")]
    with pytest.raises(ValueError, match="the same words"):
        StackedRNN(unlike, outputs=1)
