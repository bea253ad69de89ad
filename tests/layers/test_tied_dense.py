"""TiedDense: one matrix, two uses, before and after saving."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.layers import Dense, TiedDense
from dlbook.measures import gradients

X = np.random.default_rng(0).normal(size=(20, 5)).astype("float32")


def autoencoder(dense=Dense, **options):
    """5 inputs, a code of 2 and back through the transposed matrix."""
    x = keras.Input((5,))
    encoder = dense(2, activation="tanh", name="encoder", **options)
    decoder = TiedDense(encoder, name="decoder")
    return keras.Model(x, decoder(encoder(x)))


@pytest.mark.parametrize("dense", [Dense, keras.layers.Dense])
def test_it_multiplies_by_the_transposed_matrix(dense):
    model = autoencoder(dense)
    w, b = model.get_layer("encoder").get_weights()
    decoder = model.get_layer("decoder")
    c = np.arange(5.0, dtype="float32")
    decoder.bias.assign(c)
    expected = np.tanh(X @ w + b) @ w.T + c
    np.testing.assert_allclose(model.predict_on_batch(X), expected, atol=1e-5)


def test_the_matrix_counts_once():
    model = autoencoder()
    assert model.count_params() == 5 * 2 + 2 + 5
    assert len(model.trainable_weights) == 3


def test_the_gradient_is_the_sum_of_both_uses():
    model = autoencoder()
    encoder = model.get_layer("encoder")
    w, b = encoder.kernel, encoder.bias
    x = ops.array(X)
    fixed = ops.array(encoder.get_weights()[0])

    def loss(first, second):
        code = ops.tanh(ops.matmul(x, first) + b)
        return ops.mean((ops.matmul(code, ops.transpose(second)) - x) ** 2)

    (tied,) = gradients(lambda: ops.mean((model(x) - x) ** 2), [w])
    (down,) = gradients(lambda: loss(w, fixed), [w])
    (up,) = gradients(lambda: loss(fixed, w), [w])
    np.testing.assert_allclose(tied, down + up, atol=1e-6)
    assert min(np.abs(down).max(), np.abs(up).max()) > 0.01


def test_a_saved_model_still_shares_its_matrix(tmp_path):
    model = autoencoder()
    model.compile("adam", "mse")
    model.fit(X, X, verbose=0)
    model.save(tmp_path / "tied.keras")
    loaded = keras.saving.load_model(tmp_path / "tied.keras")
    assert loaded.count_params() == model.count_params()
    assert loaded.get_layer("decoder").encoder is loaded.get_layer("encoder")
    for each in (model, loaded):
        each.fit(X, X, shuffle=False, verbose=0)
    ours, theirs = (each.predict_on_batch(X) for each in (model, loaded))
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_training_keeps_both_uses_equal():
    model = autoencoder()
    model.compile(keras.optimizers.SGD(0.5), "mse")
    before = model.get_layer("encoder").get_weights()[0]
    losses = model.fit(X, X, epochs=30, verbose=0).history["loss"]
    assert losses[-1] < 0.9 * losses[0]
    w, b = model.get_layer("encoder").get_weights()
    c = model.get_layer("decoder").bias
    assert np.abs(w - before).max() > 0.1
    expected = np.tanh(X @ w + b) @ w.T + ops.convert_to_numpy(c)
    np.testing.assert_allclose(model.predict_on_batch(X), expected, atol=1e-5)


def test_without_a_shift_it_has_no_weight_of_its_own():
    encoder = Dense(2)
    encoder.build((None, 5))
    layer = TiedDense(encoder, use_bias=False)
    layer.build((None, 2))
    assert layer.bias is None
    assert [w.shape for w in layer.weights] == [(5, 2), (2,)]


@pytest.mark.parametrize("encoder", [None, "dense", keras.layers.Flatten()], ids=str)
def test_what_is_no_dense_layer_is_refused(encoder):
    with pytest.raises(ValueError, match="`encoder` must be a Dense layer"):
        TiedDense(encoder)


def test_an_encoder_without_weights_is_refused():
    with pytest.raises(ValueError, match=r"`encoder` \(early\) has no weights yet"):
        TiedDense(Dense(2, name="early")).build((None, 2))
