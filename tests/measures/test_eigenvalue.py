"""The top eigenvalue, against LAPACK's."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook.measures import sharpness, top_hessian_eigenvalue, worst_loss_rise

pytestmark = pytest.mark.backends
SIZE = 5
ROTATION, _ = np.linalg.qr(np.random.default_rng(0).normal(size=(SIZE, SIZE)))


def bowl(eigenvalues, center=0.0):
    """½ (θ − c)ᵀ A (θ − c) with these eigenvalues, its variables, and A."""
    a = (ROTATION * np.array(eigenvalues)) @ ROTATION.T
    matrix = ops.convert_to_tensor(a, "float32")
    theta = [keras.Variable(np.zeros(2)), keras.Variable(np.zeros((3, 1)))]

    def loss():
        x = ops.concatenate([theta[0], ops.reshape(theta[1], (-1,))]) - center
        return ops.sum(x * ops.matmul(matrix, x[:, None])[:, 0]) / 2

    return loss, theta, a


@pytest.mark.parametrize(
    ("eigenvalues", "magnitude", "largest"),
    [
        ([1, 2, 3, 0.5, 8], 8, 8),
        ([1, 2, 3, 0.5, -8], -8, 3),
        ([-1, -2, -9, -0.5, -3], -9, -0.5),
        ([0, 0, 0, 0, 4], 4, 4),
    ],
)
def test_it_has_its_sign(eigenvalues, magnitude, largest):
    loss, theta, a = bowl(eigenvalues)
    found = top_hessian_eigenvalue(loss, theta)
    assert found.value == pytest.approx(magnitude, rel=1e-4)
    assert found.converged
    np.testing.assert_allclose(a @ found.vector, magnitude * found.vector, atol=0.02)
    top = top_hessian_eigenvalue(loss, theta, which="largest")
    assert top.value == pytest.approx(largest, rel=1e-3)
    assert sharpness(loss, theta) == top.value


def test_one_that_has_not_converged_says_so():
    loss, theta, a = bowl([1, 1.5, 1.9, 2, 2.1])
    found = top_hessian_eigenvalue(loss, theta, steps=2)
    assert not found.converged
    assert found.steps == 2
    residual = np.linalg.norm(a @ found.vector - found.value * found.vector)
    assert found.residual == pytest.approx(residual, rel=1e-3)
    # Opposite eigenvalues: the vector swings from one to the other for ever.
    swinging = top_hessian_eigenvalue(*bowl([3, -3, 1, 1, 1])[:2])
    assert not swinging.converged
    assert swinging.steps == 200


@given(st.lists(st.floats(-10, 10), min_size=SIZE, max_size=SIZE), st.integers(1, 30))
@settings(max_examples=6)
def test_some_eigenvalue_is_within_the_residual(eigenvalues, steps):
    loss, theta, a = bowl(eigenvalues)
    found = top_hessian_eigenvalue(loss, theta, steps=steps)
    nearest = np.abs(np.linalg.eigvalsh(a) - found.value).min()
    assert nearest <= found.residual + 1e-5
    assert np.linalg.norm(found.vector) == pytest.approx(1)


def test_a_flat_loss_has_0():
    theta = keras.Variable([1.0, 2.0])
    found = top_hessian_eigenvalue(lambda: ops.sum(theta), [theta])
    assert (found.value, found.converged, found.steps) == (0, True, 1)


def test_a_loss_that_is_nan_does_not_converge():
    theta = keras.Variable([1.0, -2.0])
    found = top_hessian_eigenvalue(lambda: ops.sum(ops.log(theta) * np.nan), [theta])
    assert not found.converged
    assert np.isnan(found.value)


@pytest.mark.parametrize(
    "words",
    [{"which": "top"}, {"steps": 0}, {"tolerance": 0}, {"tolerance": 1.0}],
)
def test_bad_arguments_are_named(words):
    theta = keras.Variable([1.0])
    with pytest.raises(ValueError, match=f"`{next(iter(words))}`"):
        top_hessian_eigenvalue(lambda: ops.sum(theta**2), [theta], **words)


def test_from_the_bottom_of_a_bowl_the_loss_rises_by_half_the_top_eigenvalue():
    loss, theta, _ = bowl([1, 2, 3, 0.5, 8])
    assert worst_loss_rise(loss, theta, 0.1) == pytest.approx(0.5 * 0.01 * 8, rel=1e-3)


def test_on_a_slope_it_rises_to_the_highest_point_of_the_circle():
    a, b = keras.Variable(0.0), keras.Variable(0.0)

    def loss():
        return (a - 0.3) ** 2 + 2 * (b + 0.5) ** 2

    turn = np.linspace(0, 2 * np.pi, 100_001)
    x, y = 0.4 * np.cos(turn), 0.4 * np.sin(turn)
    highest = ((x - 0.3) ** 2 + 2 * (y + 0.5) ** 2).max() - (0.09 + 0.5)
    assert worst_loss_rise(loss, [a, b], 0.4) == pytest.approx(highest, rel=1e-4)


@pytest.mark.parametrize("seed", [2, 4, 5])  # Of the last two, −1.
def test_one_climb_begins_uphill_whatever_the_other_draws(seed):
    # Up on both sides: at −1 lies a lower top, where a climb stays that begins there.
    a = keras.Variable(0.0)
    rise = worst_loss_rise(lambda: a + 3 * a**2, [a], 1.0, steps=3, seed=seed)
    assert rise == pytest.approx(4)


def test_from_the_top_of_a_hill_nothing_rises():
    loss, theta, _ = bowl([-1, -2, -3, -0.5, -8])
    assert worst_loss_rise(loss, theta, 0.1, steps=3) == 0


@pytest.mark.parametrize("words", [{"radius": 0}, {"radius": 1, "steps": 0}])
def test_a_ball_has_a_radius_and_a_climb_steps(words):
    theta = keras.Variable([1.0])
    with pytest.raises(ValueError, match=f"`{list(words)[-1]}`"):
        worst_loss_rise(lambda: ops.sum(theta**2), [theta], **words)
