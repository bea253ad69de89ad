"""Gradients are slopes: against finite differences of the same loss in NumPy."""

import keras
import numpy as np
import pytest
from keras import layers, ops

from dlbook.measures import gradient_norms, gradients, input_gradients
from dlbook.models import mlp

from .networks import X, Y, central_differences, cross_entropy, softmax_loss

pytestmark = pytest.mark.backends


@pytest.fixture(scope="module")
def model():
    return mlp(4, (5,), 3, activation="tanh", seed=1)


def test_weights_gradients_are_finite_differences(model):
    found = gradients(lambda: cross_entropy(Y, model(X)), model.trainable_variables)
    weights = [weight.astype("float64") for weight in model.get_weights()]
    for k, weight in enumerate(weights):

        def loss(changed, k=k):
            return softmax_loss([*weights[:k], changed, *weights[k + 1 :]], X)

        expected = central_differences(loss, weight)
        np.testing.assert_allclose(found[k], expected, rtol=1e-4, atol=1e-6)


def test_the_input_s_gradient_is_a_finite_difference(model):
    found = input_gradients(lambda x: cross_entropy(Y, model(x)), X)
    weights = [weight.astype("float64") for weight in model.get_weights()]
    expected = central_differences(lambda x: softmax_loss(weights, x), X)
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_gradients_are_what_one_step_of_descent_takes_away():
    tokens = keras.Input((5,), dtype="int32")
    x = layers.Embedding(7, 4)(tokens)
    x = layers.SimpleRNN(3)(x)
    model = keras.Model(tokens, layers.Dense(1)(layers.BatchNormalization()(x)))
    random = np.random.default_rng(0)
    x, y = random.integers(5, size=(6, 5)), random.normal(size=(6, 1))

    def loss():
        return ops.mean((ops.cast(y, "float32") - model(x, training=True)) ** 2)

    found = gradients(loss, model.trainable_variables)
    before = [ops.convert_to_numpy(v) for v in model.trainable_variables]
    eager = keras.backend.backend() != "jax"  # There, compiling is what is quick.
    model.compile(keras.optimizers.SGD(1.0), "mse", run_eagerly=eager)
    model.train_on_batch(x, y)
    assert np.all(found[0][5:] == 0)
    for g, start, end in zip(found, before, model.trainable_variables, strict=True):
        assert g.shape == start.shape
        step = start - ops.convert_to_numpy(end)
        np.testing.assert_allclose(g, step, rtol=1e-3, atol=1e-5)


def test_the_model_is_not_touched_and_two_calls_agree():
    stack = [layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(2)]
    model = keras.Sequential([keras.Input((4,)), *stack])
    before = [ops.convert_to_numpy(variable) for variable in model.variables]

    def loss():
        return ops.mean(model(X, training=True) ** 2)

    first, second = (gradients(loss, model.trainable_variables) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    for old, variable in zip(before, model.variables, strict=True):
        np.testing.assert_array_equal(old, ops.convert_to_numpy(variable))


def test_what_the_scalar_does_not_depend_on_has_gradient_0():
    used, unused = keras.Variable([1.0, -2.0]), keras.Variable([[3.0]])
    found = gradients(lambda: ops.sum(used**3), [used, unused])
    np.testing.assert_allclose(found[0], [3.0, 12.0], rtol=1e-6)
    np.testing.assert_array_equal(found[1], [[0.0]])
    np.testing.assert_array_equal(gradients(lambda: ops.sum(used), [unused])[0], [[0]])


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_a_gradient_has_the_dtype_of_its_variable(dtype):
    theta = keras.Variable([1.0, -2.0], dtype=dtype)
    (found,) = gradients(lambda: ops.sum(theta**2), [theta])
    assert found.dtype == dtype
    np.testing.assert_array_equal(found.astype("float32"), [2.0, -4.0])


def test_whole_numbers_as_inputs_are_taken_as_floats():
    found = input_gradients(lambda x: ops.sum(x**2), np.array([[1, 3]]))
    np.testing.assert_array_equal(found, [[2.0, 6.0]])


def test_only_a_scalar_has_a_gradient(model):
    for take in (
        lambda: gradients(lambda: model(X), model.trainable_variables),
        lambda: input_gradients(model, X),
    ):
        with pytest.raises(ValueError, match=r"shape \(6, 3\)"):
            take()


def test_norms_are_those_of_the_gradients_and_make_the_global_one(model):
    variables = model.trainable_variables

    def loss():
        return cross_entropy(Y, model(X))

    found = gradients(loss, variables)
    norms = gradient_norms(loss, variables)
    squares = [sum(float(g) ** 2 for g in each.ravel()) for each in found]
    np.testing.assert_allclose(norms, np.sqrt(squares), rtol=1e-6)
    assert np.linalg.norm(norms) == pytest.approx(np.sqrt(sum(squares)), rel=1e-6)
