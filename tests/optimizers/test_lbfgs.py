"""L-BFGS beside BFGS with its matrix, SciPy's, and gradient descent."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from dlbook.data import load_digits
from dlbook.measures import gradient_function
from dlbook.models import mlp
from dlbook.optimizers import LBFGS, SGD
from dlbook.optimizers.lbfgs import two_loop
from dlbook.optimizers.line_search import wolfe_step


def quadratic(size, seed=0):
    """½ θᵀAθ − bᵀθ with curvatures from 1 to 100: A, b and the function."""
    random = np.random.default_rng(seed)
    rotation, _ = np.linalg.qr(random.normal(size=(size, size)))
    a = rotation * np.logspace(0, 2, size) @ rotation.T
    b = random.normal(size=size)
    return a, b, lambda theta: (theta @ a @ theta / 2 - b @ theta, a @ theta - b)


def dense_direction(g, pairs):
    """−H g with the matrix H."""
    identity = np.eye(len(g))
    s, y = pairs[-1]
    h = identity * (s @ y) / (y @ y)
    for s, y in pairs:
        left = identity - np.outer(s, y) / (y @ s)
        h = left @ h @ left.T + np.outer(s, s) / (y @ s)
    return -h @ g


@settings(max_examples=15)
@given(size=st.integers(1, 6), count=st.integers(1, 4), seed=st.integers(0, 99))
def test_the_two_loops_multiply_by_the_matrix_of_bfgs(size, count, seed):
    a, g, _ = quadratic(size, seed)
    steps = np.random.default_rng(seed + 1).normal(size=(count, size))
    pairs = [(s, a @ s) for s in steps]
    np.testing.assert_allclose(
        two_loop(g, pairs), dense_direction(g, pairs), rtol=1e-7, atol=1e-9
    )
    s, y = pairs[-1]
    np.testing.assert_allclose(two_loop(y, pairs), -s, rtol=1e-7, atol=1e-9)


def test_without_a_pair_it_is_the_steepest_descent():
    np.testing.assert_array_equal(two_loop(np.array([1.0, -2.0]), []), [-1.0, 2.0])


def test_with_exact_line_searches_a_quadratic_takes_as_many_steps_as_weights():
    a, b, function = quadratic(8)
    theta, pairs = np.zeros(8), []
    for _ in range(8):
        g = function(theta)[1]
        assert np.abs(g).max() > 1e-6
        p = two_loop(g, pairs)
        s = p * -(g @ p) / (p @ a @ p)
        pairs.append((s, a @ s))
        theta = theta + s
    np.testing.assert_allclose(theta, np.linalg.solve(a, b), atol=1e-10)


def test_a_quadratic_is_solved():
    a, b, function = quadratic(8)
    theta, losses = LBFGS(tolerance=1e-9).minimize(function, np.zeros(8))
    np.testing.assert_allclose(theta, np.linalg.solve(a, b), atol=1e-6)
    assert (np.diff(losses) < 0).all()
    assert len(losses) < 40


def test_rosenbrocks_valley_is_followed_as_by_scipy():
    def function(theta):
        return optimize.rosen(theta), optimize.rosen_der(theta)

    start = np.array([-1.2, 1.0, -0.5, 2.0])
    theta, losses = LBFGS(memory=5, tolerance=1e-8).minimize(function, start)
    theirs = optimize.minimize(function, start, jac=True, method="L-BFGS-B")
    np.testing.assert_allclose(theta, 1.0, atol=1e-7)
    assert len(losses) < 2 * theirs.nit


@pytest.mark.parametrize("scale", [1e-3, 0.3, 1.0, 1e3])
def test_the_line_search_fulfils_both_conditions(scale):
    """On a valley that is also too high beyond, whatever the direction's length."""

    def function(theta):
        return -np.sin(theta[0]) + 0.01 * theta[0] ** 2, np.array(
            [-np.cos(theta[0]) + 0.02 * theta[0]]
        )

    theta, p = np.zeros(1), np.array([scale])
    loss, g = function(theta)
    a, there, slope = wolfe_step(function, theta, p, loss, g)
    assert (there, slope) == function(theta + a * p)
    assert there <= loss + 1e-4 * a * (g @ p)
    assert slope @ p >= 0.9 * (g @ p)


def test_the_line_search_comes_back_from_nan():
    def function(theta):
        with np.errstate(invalid="ignore"):
            return (theta - np.log(theta))[0], 1 - 1 / theta

    theta = np.array([3.0])
    loss, g = function(theta)
    p = np.array([-20.0])
    assert 0 < wolfe_step(function, theta, p, loss, g)[0] < 0.15


def test_where_nothing_is_lower_it_takes_no_step():
    wrong = lambda theta: (np.abs(theta).sum(), -np.ones(1))  # noqa: E731
    theta, losses = LBFGS().minimize(wrong, [0.0])
    assert theta == 0
    assert len(losses) == 1


def logistic_regression():
    """A linear model of the digits, its loss with an L2 penalty, and the images."""
    (x, y), _ = load_digits()
    x, y = keras.ops.convert_to_tensor(x[:640]), keras.ops.convert_to_tensor(y[:640])
    model = mlp(64, (), 10)
    entropy = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def loss():
        kernel = model.trainable_variables[0]
        return entropy(y, model(x)) + 0.01 * keras.ops.sum(kernel**2)

    return model, loss


def test_digits_are_learned_in_far_fewer_steps_than_by_descent():
    model, loss = logistic_regression()
    variables = model.trainable_variables
    losses = LBFGS(steps=30).fit(loss, variables, gradient_function)
    assert losses[-1] == pytest.approx(float(keras.ops.convert_to_numpy(loss())))
    descending, slow = logistic_regression()
    slope = gradient_function(slow, descending.trainable_variables)
    optimizer = SGD(1.0)
    for _ in range(60):
        gradients = [keras.ops.convert_to_tensor(g) for g in slope()]
        optimizer.apply(gradients, descending.trainable_variables)
    assert losses[-1] < float(keras.ops.convert_to_numpy(slow())) - 1e-4


def test_the_optimum_of_digits_is_scipys():
    (x, y), _ = load_digits()
    x, y = x[:640].astype("float64"), np.eye(10)[y[:640]]

    def function(theta):
        logits = x @ theta[:640].reshape(64, 10) + theta[640:]
        p = np.exp(logits - logits.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        kernel = x.T @ (p - y) / len(x) + 0.02 * theta[:640].reshape(64, 10)
        loss = -np.log((p * y).sum(axis=1)).mean() + 0.01 * np.sum(theta[:640] ** 2)
        return loss, np.concatenate([kernel.ravel(), (p - y).mean(axis=0)])

    theirs = optimize.minimize(function, np.zeros(650), jac=True, method="L-BFGS-B")
    theta, flat = LBFGS(tolerance=1e-7).minimize(function, np.zeros(650))
    assert flat[-1] == pytest.approx(theirs.fun, abs=1e-7)
    assert len(flat) < 2 * theirs.nit
    model, loss = logistic_regression()
    losses = LBFGS().fit(loss, model.trainable_variables, gradient_function)
    assert losses[-1] == pytest.approx(theirs.fun, abs=1e-5)
    kernel = keras.ops.convert_to_numpy(model.trainable_variables[0])
    np.testing.assert_allclose(kernel.ravel(), theta[:640], atol=1e-2)


@pytest.mark.parametrize(
    ("word", "value"), [("memory", 0), ("steps", 0.5), ("tolerance", -1e-9)]
)
def test_bad_arguments_are_refused(word, value):
    with pytest.raises(ValueError, match=f"`{word}` must be a"):
        LBFGS(**{word: value})


def test_the_defaults_are_ten_pairs_and_a_hundred_steps_to_a_millionth():
    optimizer = LBFGS()
    assert (optimizer.memory, optimizer.steps) == (10, 100)
    assert optimizer.tolerance == 1e-6
