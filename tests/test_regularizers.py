"""The lasso, the ridge and the elastic net."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import ops

from dlbook import regularizers
from dlbook.measures import input_gradients
from dlbook.regularizers import L1, L1L2, L2

pytestmark = pytest.mark.backends

WORDS = {"L1": ["l1"], "L2": ["l2"], "L1L2": ["l1", "l2"]}
CASES = [(name, word) for name, words in WORDS.items() for word in words]
factors = st.floats(0, 2, width=32)
weights = arrays.arrays("float32", (3, 4), elements=st.floats(-5, 5, width=32))


def built(name, l1, l2, module=regularizers):
    given_factors = {"l1": l1, "l2": l2}
    return getattr(module, name)(**{w: given_factors[w] for w in WORDS[name]})


@pytest.mark.parametrize("name", WORDS)
@settings(max_examples=8)
@given(w=weights, l1=factors, l2=factors)
def test_the_penalty_is_its_formula_and_that_of_the_builtin(name, w, l1, l2):
    penalty = float(built(name, l1, l2)(w))
    parts = {"l1": l1 * np.abs(w).sum(), "l2": l2 * (w.astype("float64") ** 2).sum()}
    assert penalty == pytest.approx(sum(parts[p] for p in WORDS[name]), 1e-5, 1e-6)
    theirs = built(name, l1, l2, keras.regularizers)(ops.convert_to_tensor(w))
    assert penalty == pytest.approx(float(theirs), rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("name", WORDS)
def test_the_derivative_is_the_one_of_the_docstring(name):
    w, l1, l2 = np.float32([-2, -0.5, 0, 0.25, 3]), 0.3, 0.7
    slopes = {"l1": l1 * np.sign(w), "l2": 2 * l2 * w}
    found = input_gradients(built(name, l1, l2), w)
    expected = sum(slopes[word] for word in WORDS[name])
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def trained(regularizer, optimizer, steps):
    """The weights (1, 3) after steps in which only the penalty pulls."""
    layer = keras.layers.Dense(3, use_bias=False, kernel_regularizer=regularizer)
    model = keras.Sequential([keras.Input((1,)), layer])
    layer.set_weights([np.float32([[0.5, -1.0, 0.04]])])
    model.compile(optimizer, "mse")
    zeros = np.zeros((steps, 1), "float32"), np.zeros((steps, 3), "float32")
    model.fit(*zeros, batch_size=1, verbose=0)
    return layer.get_weights()[0][0]


def test_ridge_under_sgd_shrinks_each_weight_by_the_same_factor():
    rate, factor, steps = 0.1, 0.5, 5
    expected = np.float32([0.5, -1.0, 0.04]) * (1 - 2 * rate * factor) ** steps
    found = trained(L2(factor), keras.optimizers.SGD(rate), steps)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    decay = keras.optimizers.SGD(rate, weight_decay=2 * factor)
    np.testing.assert_allclose(trained(None, decay, steps), expected, rtol=1e-5)
    adam = trained(L2(factor), keras.optimizers.Adam(rate), steps)
    assert abs(adam[0] / expected[0] - 1) > 0.1


@pytest.mark.parametrize("optimizer", ["SGD", "Adam"])
def test_lasso_under_sgd_and_adam_gives_small_weights_and_no_zeros(optimizer):
    rate = {"SGD": 0.03, "Adam": 0.003}[optimizer]
    found = trained(L1(0.3), getattr(keras.optimizers, optimizer)(rate), steps=400)
    assert (found != 0).all()
    assert (np.abs(found) < 0.02).all()


@pytest.mark.parametrize("name", WORDS)
def test_half_precision_is_summed_in_float32(name):
    w = ops.cast(ops.full((100,), 1000.0), "float16")
    penalty = built(name, 0.5, 0.25)(w)
    sums = {"l1": 0.5 * 1e5, "l2": 0.25 * 1e8}
    assert float(penalty) == pytest.approx(sum(sums[word] for word in WORDS[name]))
    assert keras.backend.standardize_dtype(penalty.dtype) == "float32"


@pytest.mark.parametrize("policy", ["float32", "mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", WORDS)
def test_a_layer_adds_it_for_weights_and_outputs(name, policy):
    penalty = built(name, 0.5, 0.25)
    words = {"kernel_regularizer": penalty, "activity_regularizer": penalty}
    layer = keras.layers.Dense(2, kernel_initializer="ones", dtype=policy, **words)
    layer(np.full((4, 3), 2.0, "float32"))  # outputs of 6
    one, six = (float(built(name, 0.5, 0.25)([[x]])) for x in (1.0, 6.0))
    found = sorted(float(ops.convert_to_numpy(loss)) for loss in layer.losses)
    assert found == pytest.approx(sorted([6 * one, 2 * six]))


@pytest.mark.parametrize("name", WORDS)
def test_the_config_holds_every_factor_and_builds_the_same_again(name):
    regularizer = built(name, 0.25, 0.5)
    expected = {"l1": 0.25, "l2": 0.5}
    assert regularizer.get_config() == {word: expected[word] for word in WORDS[name]}
    config = keras.regularizers.serialize(regularizer)
    assert config["registered_name"] == f"dlbook>{name}"
    copy = keras.regularizers.deserialize(config)
    assert type(copy) is type(regularizer)
    assert copy.get_config() == regularizer.get_config()


def test_the_defaults_are_those_of_keras():
    for name in WORDS:
        theirs = getattr(keras.regularizers, name)().get_config()
        assert getattr(regularizers, name)().get_config() == pytest.approx(theirs)
    assert regularizers.ElasticNet is L1L2


@pytest.mark.parametrize("value", [-0.1, float("nan"), float("inf"), "0.1", None])
@pytest.mark.parametrize(("name", "word"), CASES)
def test_a_factor_out_of_range_is_refused(name, word, value):
    with pytest.raises(ValueError, match=rf"`{word}` must be a number in \[0, inf\)"):
        getattr(regularizers, name)(**{word: value})
