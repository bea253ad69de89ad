"""The record holds the weights before training and after every step."""

import keras
import numpy as np
import pytest

from dlbook.callbacks import WeightHistory
from dlbook.optimizers import Adam

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(25, 3)).astype("float32")
Y = X @ [[1.0], [-2.0], [0.5]]
start = keras.initializers.HeNormal


def network():
    """With weights that are not trained: the averages of the normalisation."""
    return keras.Sequential(
        [
            keras.Input((3,)),
            # A bias would have no gradient: the normalisation subtracts it.
            keras.layers.Dense(4, use_bias=False, kernel_initializer=start(1)),
            keras.layers.BatchNormalization(),
            keras.layers.Dense(1, kernel_initializer=start(2)),
        ]
    )


def compiled():
    model = network()
    model.compile(Adam(0.01), "mse")
    return model


def recorded(model, epochs, history):
    model.fit(X, Y, 10, epochs, callbacks=[history], shuffle=False, verbose=0)
    return history.weights


def trained(model):
    """The trainable weights of `network`, from all its weights, as one row."""
    kernel, gamma, beta, _, _, out, out_bias = model.get_weights()
    rows = (kernel, gamma, beta, out, out_bias)
    return np.concatenate([row.ravel() for row in rows])


def test_row_t_holds_the_trainable_weights_after_step_t():
    history = recorded(compiled(), 2, WeightHistory())
    twin = compiled()
    by_hand = [trained(twin)]
    for _ in range(2):
        for begin in (0, 10, 20):
            twin.train_on_batch(X[begin : begin + 10], Y[begin : begin + 10])
            by_hand.append(trained(twin))
    assert history.dtype == np.float32
    assert history.shape == (7, twin.count_params() - 2 * 4)
    np.testing.assert_allclose(history, by_hand, rtol=1e-4, atol=1e-6)
    assert np.all(np.abs(np.diff(history, axis=0)).max(axis=1) > 1e-3)


def test_a_second_fit_starts_anew_from_where_the_first_ended():
    model, history = compiled(), WeightHistory()
    first = recorded(model, 2, history)
    second = recorded(model, 1, history)
    assert (len(first), len(second)) == (7, 4)
    np.testing.assert_array_equal(second[0], first[-1])
    np.testing.assert_array_equal(second[-1], trained(model))


def test_before_training_nothing_is_recorded():
    assert len(WeightHistory().weights) == 0


def test_steps_that_it_could_not_see_are_refused():
    model = network()
    model.compile(Adam(0.01), "mse", steps_per_execution=2)
    with pytest.raises(ValueError, match="steps_per_execution"):  # torch: by Keras.
        recorded(model, 1, WeightHistory())


def test_frozen_weights_are_left_out():
    model = network()
    model.layers[0].trainable = False
    model.compile(Adam(0.01), "mse")
    history = recorded(model, 1, WeightHistory())
    assert history.shape[1] == 2 * 4 + 4 + 1


def test_rows_that_were_handed_out_do_not_change_later():
    model, history = compiled(), WeightHistory()
    first = recorded(model, 1, history)
    kept = first.copy()
    recorded(model, 1, history)
    np.testing.assert_array_equal(first, kept)
