"""The search for the largest batch: right, and without a trace."""

import full_memory
import keras
import numpy as np
import pytest

from dlbook.training import OutOfMemoryError, find_batch_size
from dlbook.training.batch_size import _largest
from dlbook.training.random_state import random_state

pytestmark = pytest.mark.backends
X, Y = np.ones((5, 3), "float32"), np.ones((5, 1), "float32")


class Limited(keras.layers.Layer):
    """Needs more memory than there is for batches above a limit."""

    def __init__(self, limit, error=None):
        super().__init__()
        self.limit, self.tried = limit, []
        self.error = error or full_memory.error()

    def compute_output_shape(self, shape):
        return shape  # So that `call` sees real batches only.

    def call(self, x):
        size = x.shape[0]
        if size is None:
            return x
        if self.tried[-1:] != [size]:
            self.tried.append(size)
        if size > self.limit:
            raise self.error
        return x


def network(layer):
    keras.utils.set_random_seed(3)
    layers = [keras.layers.Dense(4), keras.layers.Dropout(0.5), keras.layers.Dense(1)]
    model = keras.Sequential([keras.Input((3,)), layer, *layers])
    # A compiled step of TensorFlow does not know how large its batch is.
    eager = keras.backend.backend() == "tensorflow"
    model.compile("adam", "mse", metrics=["mae"], run_eagerly=eager)
    return model


def state(model):
    variables = [*model.variables, *model.optimizer.variables, *model.metrics_variables]
    return [np.array(variable.numpy()) for variable in variables]


def test_it_doubles_and_then_halves_the_interval():
    layer = Limited(13)
    assert find_batch_size(network(layer), X, Y) == 13
    assert [n for n in layer.tried if n > 1] == [2, 4, 8, 16, 12, 14, 13]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"high": 10, "multiple_of": 4}, 8),
        ({"low": 10, "multiple_of": 12}, 12),
        ({"low": 12}, 13),
    ],
)
def test_it_stays_within_what_is_asked(options, expected):
    assert find_batch_size(network(Limited(13)), X, Y, **options) == expected


@pytest.mark.parametrize("limit", range(1, 40))
def test_the_search_finds_every_limit(limit):
    assert _largest(lambda n: n <= limit, 1, 33) == min(limit, 33)


def test_what_trained_before_is_as_it_was():
    model = network(Limited(6))
    model.fit(X, Y, epochs=2, verbose=0)
    before, seeds = state(model), random_state()
    assert find_batch_size(model, X, Y) == 6
    for one, other in zip(state(model), before, strict=True):
        np.testing.assert_array_equal(one, other)
    assert repr(random_state()) == repr(seeds)
    twin = network(Limited(6))
    twin.fit(X, Y, epochs=2, verbose=0)
    for each in (model, twin):
        keras.utils.set_random_seed(8)  # On torch, dropout draws from torch's own.
        each.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    for one, other in zip(state(model), state(twin), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_compiled_step_that_takes_the_variables_with_it_loses_nothing(monkeypatch):
    model = network(Limited(99))
    train = model.train_on_batch

    def fail_above_6(x, y):
        train(x, y)
        if len(x) > 6:
            for variable in model.trainable_variables:
                if keras.backend.backend() == "jax":
                    variable.value.delete()
            raise MemoryError

    monkeypatch.setattr(model, "train_on_batch", fail_above_6)
    before = state(model)[: len(model.variables)]
    assert find_batch_size(model, X, Y) == 6
    for one, other in zip(state(model), before, strict=False):
        np.testing.assert_array_equal(one, other)


def test_not_even_the_smallest_fits():
    with pytest.raises(OutOfMemoryError, match="a batch of 8 examples") as caught:
        find_batch_size(network(Limited(7)), X, Y, low=8)
    assert caught.value.batch_size == 8


def test_another_error_passes_through_and_leaves_the_model_as_it_was():
    model = network(Limited(2, ValueError("other")))
    before = model.get_weights()
    with pytest.raises(ValueError, match="other"):
        find_batch_size(model, X, Y)
    for one, other in zip(model.get_weights(), before, strict=True):
        np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"low": 0}, "`low`"),
        ({"high": 1.5}, "`high`"),
        ({"multiple_of": 0}, "`multiple_of`"),
        ({"low": 5, "high": 4}, "between `low` and `high`"),
        ({"low": 5, "high": 7, "multiple_of": 8}, "between `low` and `high`"),
    ],
)
def test_bad_arguments_are_refused(options, match):
    with pytest.raises(ValueError, match=match):
        find_batch_size(network(Limited(9)), X, Y, **options)


def test_a_model_that_is_not_compiled_is_refused():
    with pytest.raises(ValueError, match=r"model\.compile"):
        find_batch_size(keras.Sequential([keras.layers.Dense(1)]), X, Y)
