"""Models side by side are what each of them is alone."""

import keras
import numpy as np
import pytest

from dlbook.models import StackedMLP, mlp, side_by_side
from dlbook.optimizers import SGD

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(40, 6)).astype("float32")
Y = RANDOM.integers(4, size=40)


def models():
    return [mlp(6, (8,), 4, seed=1), mlp(6, (5, 5), 4, activation="tanh", seed=2)]


def trained(model, loss):
    model.compile(SGD(0.3), loss, run_eagerly=keras.backend.backend() != "jax")
    model.fit(X, Y, batch_size=20, epochs=3, shuffle=False, verbose=0)


@pytest.mark.backends
def test_each_model_answers_as_alone():
    pair = models()
    together = keras.ops.convert_to_numpy(side_by_side(pair)(X))
    assert together.shape == (40, 2, 4)
    for k, model in enumerate(pair):
        alone = keras.ops.convert_to_numpy(model(X))
        np.testing.assert_allclose(together[:, k], alone, atol=1e-6)


@pytest.mark.backends
def test_each_model_trains_as_alone():
    together, alone = models(), models()
    trained(side_by_side(together), StackedMLP.cross_entropy)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for ours, single, start in zip(together, alone, models(), strict=True):
        trained(single, loss)
        columns = (model.get_weights() for model in (ours, single, start))
        for stacked, by_itself, before in zip(*columns, strict=True):
            moved = np.linalg.norm(by_itself - before)
            assert moved > 0
            assert np.linalg.norm(stacked - by_itself) < 1e-4 * moved


@pytest.mark.parametrize(
    "others", [[mlp(5, (8,), 4)], [mlp(6, (8,), 3)]], ids=["inputs", "outputs"]
)
def test_models_of_different_shapes_are_refused(others):
    with pytest.raises(ValueError, match="one shape of inputs and one of outputs"):
        side_by_side(models() + others)


def test_no_models_are_refused():
    with pytest.raises(ValueError, match="Received 0 models"):
        side_by_side([])
