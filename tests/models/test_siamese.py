"""The Siamese model: one trunk, two inputs, a distance that NumPy agrees with."""

import keras
import numpy as np
import pytest
from keras import ops

from dlbook.measures import gradients
from dlbook.models import Siamese, mlp

pytestmark = pytest.mark.backends

RANDOM = np.random.default_rng(0)
A, B = RANDOM.normal(size=(2, 8, 4)).astype("float32")
DISTANCES = {
    "euclidean": lambda a, b: np.sqrt(((a - b) ** 2).sum(axis=1)),
    "manhattan": lambda a, b: np.abs(a - b).sum(axis=1),
    "cosine": lambda a, b: (
        1 - (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    ),
}


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_distance_is_that_of_the_codes(distance):
    trunk = mlp(4, (5,), 3, activation="tanh")
    model = Siamese(trunk, distance)
    codes = [ops.convert_to_numpy(trunk(x)).astype("float64") for x in (A, B)]
    found = ops.convert_to_numpy(model((A, B)))
    assert found.shape == (8, 1)
    expected = DISTANCES[distance](*codes)
    np.testing.assert_allclose(found[:, 0], expected, rtol=1e-4, atol=1e-6)
    swapped, same = (ops.convert_to_numpy(model(pair)) for pair in ((B, A), (A, A)))
    np.testing.assert_allclose(swapped, found, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(same, 0, atol=1e-6)


@pytest.fixture(params=["float32", "mixed_float16"])
def policy(request):
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("distance", DISTANCES)
def test_the_gradient_is_finite_also_where_both_are_the_same(distance, policy):
    model = Siamese(mlp(4, (5,), 3), distance)
    model.build(((None, 4), (None, 4)))
    d = model((A, A))
    assert keras.backend.standardize_dtype(d.dtype) == policy.removeprefix("mixed_")
    found = gradients(lambda: ops.sum(model((A, A))), model.trainable_variables)
    assert all(np.isfinite(g).all() for g in found)


def test_the_cosine_of_a_code_of_zeros_is_0():
    model = Siamese(keras.layers.Rescaling(1.0), "cosine")
    found = ops.convert_to_numpy(model((0 * A, B)))
    np.testing.assert_array_equal(found, np.ones((8, 1)))


def test_the_trunk_is_one_and_its_gradient_the_sum_of_both_sides():
    trunk = mlp(4, (), 3)
    model = Siamese(trunk)
    model.build(((None, 4), (None, 4)))
    assert [w is v for w, v in zip(model.weights, trunk.weights, strict=True)] == [
        True,
        True,
    ]
    found = gradients(lambda: ops.sum(model((A, B)) ** 2), model.trainable_variables)
    kernel = trunk.get_weights()[0].astype("float64")
    # d² = ‖(a − b) W‖², so its slope is 2 (a − b)ᵀ (a − b) W; the bias drops out.
    expected = 2 * (A - B).T @ (A - B) @ kernel
    np.testing.assert_allclose(found[0], expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[1], 0, atol=1e-5)


def test_it_learns_which_pairs_belong_together():
    classes = RANDOM.integers(2, size=(2, 64))
    pairs = tuple(np.eye(4, dtype="float32")[c] for c in classes)
    same = (classes[0] == classes[1]).astype("float32")[:, None]

    def contrastive(y, d):
        return y * d**2 + (1 - y) * ops.maximum(1 - d, 0) ** 2

    model = Siamese(mlp(4, (), 2, seed=3))
    model.compile(keras.optimizers.Adam(0.05), contrastive)
    rows = [np.tile(each, (40, 1)) for each in (*pairs, same)]
    model.fit(tuple(rows[:2]), rows[2], batch_size=64, shuffle=False, verbose=0)
    d = ops.convert_to_numpy(model(pairs))
    assert d[same == 1].max() < 0.1
    assert d[same == 0].min() > 0.8


def test_it_comes_back_from_a_file(tmp_path):
    model = Siamese(mlp(4, (5,), 3), "manhattan", name="twins")
    before = ops.convert_to_numpy(model((A, B)))
    model.save(tmp_path / "twins.keras")
    again = keras.saving.load_model(tmp_path / "twins.keras")
    assert (type(again), again.name, again.distance) == (Siamese, "twins", "manhattan")
    after = ops.convert_to_numpy(again((A, B)))
    np.testing.assert_allclose(after, before, rtol=1e-6, atol=1e-7)


def test_its_shape_is_known_before_it_runs():
    a, b = keras.Input((4,)), keras.Input((4,))
    assert Siamese(mlp(4, (), 3))((a, b)).shape == (None, 1)


def test_a_distance_without_a_name_is_refused():
    with pytest.raises(ValueError, match="`distance` must be one of"):
        Siamese(mlp(4, (), 3), "hamming")
