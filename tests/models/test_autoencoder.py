"""The autoencoder: its halves, and PCA where it is linear."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.measures import gradients
from dlbook.models import Autoencoder

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
X = (RANDOM.normal(size=(40, 6)) * [3, 2, 1, 0.5, 0.3, 0.1]).astype("float32")


def numbers(tensor):
    return ops.convert_to_numpy(tensor)


def test_the_output_is_the_decoder_of_the_encoder():
    model = Autoencoder(6, 2, units=(5, 3), activation="tanh")
    weights = [RANDOM.normal(size=w.shape).astype("float32") for w in model.weights]
    model.set_weights(weights)
    shapes = [(6, 5), (5, 3), (3, 2), (2, 3), (3, 5), (5, 6)]
    assert [w.shape for w in weights[::2]] == shapes
    h = X.astype("float64")
    for depth, (kernel, bias) in enumerate(
        zip(weights[::2], weights[1::2], strict=True)
    ):
        h = h @ kernel + bias
        if depth == 2:
            np.testing.assert_allclose(
                numbers(model.encoder(X)), h, rtol=1e-4, atol=1e-4
            )
        # The code and the reconstruction are linear.
        h = h if depth in (2, 5) else np.tanh(h)
    np.testing.assert_allclose(numbers(model(X)), h, rtol=1e-4, atol=1e-4)


def test_the_linear_one_is_at_rest_at_the_principal_components():
    model = Autoencoder(6, 2)
    mean = X.mean(axis=0, dtype="float64")
    _, values, rows = np.linalg.svd(X - mean, full_matrices=False)
    axes = rows[:2].T
    model.set_weights([axes, -mean @ axes, axes.T, mean])

    def loss():
        return ops.mean((model(X) - ops.convert_to_tensor(X)) ** 2)

    assert float(numbers(loss())) == pytest.approx(
        (values[2:] ** 2).sum() / X.size, rel=1e-4
    )
    for slope in gradients(loss, model.trainable_variables):
        np.testing.assert_allclose(slope, 0, atol=1e-5)
    # The wrong components are not as low.
    model.set_weights([rows[1:3].T, -mean @ rows[1:3].T, rows[1:3], mean])
    assert float(numbers(loss())) > 2 * (values[2:] ** 2).sum() / X.size


def test_trained_it_comes_close_to_pca():
    model = Autoencoder(6, 2, seed=1)
    model.compile(keras.optimizers.Adam(0.05), "mse")
    rows = np.tile(X, (150, 1))
    model.fit(rows, rows, batch_size=40, shuffle=False, verbose=0)
    values = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    best = (values[2:] ** 2).sum() / X.size
    reached = float(numbers(ops.mean((model(X) - ops.convert_to_tensor(X)) ** 2)))
    assert best * 0.9999 < reached < best * 1.1


def test_a_seed_repeats_and_no_two_kernels_start_alike():
    keras.utils.set_random_seed(1)
    first = Autoencoder(4, 4, units=(4,), seed=3).get_weights()
    keras.utils.set_random_seed(2)
    again = Autoencoder(4, 4, units=(4,), seed=3).get_weights()
    for one, other in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, other)
    assert len({kernel.tobytes() for kernel in first[::2]}) == 4


def test_it_comes_back_from_a_file(tmp_path):
    words = {"inputs": 6, "code": 2, "units": (5,), "activation": "gelu", "seed": 9}
    model = Autoencoder(**words, name="narrow")
    before = ops.convert_to_numpy(model(X))
    model.save(tmp_path / "narrow.keras")
    again = keras.saving.load_model(tmp_path / "narrow.keras")
    config = again.get_config()
    assert {word: config[word] for word in words} == words
    assert (type(again), again.name) == (Autoencoder, "narrow")
    np.testing.assert_allclose(
        ops.convert_to_numpy(again(X)), before, rtol=1e-6, atol=1e-7
    )


def test_its_shape_is_known_before_it_runs():
    x = keras.Input((6,))
    assert Autoencoder(6, 2)(x).shape == (None, 6)


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"inputs": 0, "code": 2}, "inputs"),
        ({"inputs": 6, "code": 2.5}, "code"),
        ({"inputs": 6, "code": 2, "units": (5, 0)}, "units"),
        ({"inputs": 6, "code": 2, "seed": -1}, "seed"),
    ],
)
def test_bad_arguments_are_named(words, name):
    with pytest.raises(ValueError, match=f"`{name}`"):
        Autoencoder(**words)
