"""Descending on plain numbers is what the optimizer does to a variable."""

import keras
import numpy as np
import pytest

from dlbook.optimizers import SGD, Adam, RMSprop
from dlbook.training import descend

pytestmark = pytest.mark.backends

# JAX computes in float32 unless told otherwise.
PRECISION = 1e-5 if keras.backend.backend() == "jax" else 1e-12
START = np.array([[2.0, -1.0, 0.5], [0.1, 3.0, -0.2]])
OPTIMIZERS = [
    SGD(0.03),
    SGD(0.03, momentum=0.9),
    SGD(0.03, momentum=0.9, nesterov=True),
    RMSprop(0.03, epsilon=0.3),
    RMSprop(0.03, momentum=0.5, centered=True),
    Adam(0.03, beta_1=0.7, beta_2=0.8, epsilon=0.3),
    Adam(0.03, beta_1=0.0, amsgrad=True),
]


def slope(theta):
    """Of a surface with a hill in the middle."""
    return np.sin(3 * theta) + theta


@pytest.mark.parametrize("curvature", [0.5, 3.0, 20.0, 25.0])
def test_gradient_descent_in_a_bowl_is_a_geometric_sequence(curvature):
    path = descend(SGD(0.1), lambda theta: curvature * theta, [1.0, -2.0], steps=30)
    sequence = (1 - 0.1 * curvature) ** np.arange(31)
    expected = sequence[:, None] * [1.0, -2.0]
    np.testing.assert_allclose(path, expected, rtol=PRECISION, atol=PRECISION)


def test_the_first_step_of_adam_is_known_to_float64():
    path = descend(Adam(0.1, epsilon=0.3), lambda theta: 7 * theta, [0.2, -0.001], 1)
    g = np.array([1.4, -0.007])
    step = -0.1 * g / (np.abs(g) + 0.3)
    np.testing.assert_allclose(path[1] - path[0], step, rtol=PRECISION * 100)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o.name)
def test_the_path_is_that_of_a_variable_the_optimizer_is_applied_to(optimizer):
    variable = keras.Variable(START, dtype="float32")
    twin = type(optimizer).from_config(optimizer.get_config())
    path = [START]
    for _ in range(40):
        gradient = slope(keras.ops.convert_to_numpy(variable))
        twin.apply([keras.ops.convert_to_tensor(gradient)], [variable])
        path.append(np.array(keras.ops.convert_to_numpy(variable)))
    ours = descend(optimizer, slope, START, steps=40)
    np.testing.assert_allclose(ours, np.stack(path), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda o: o.name)
def test_the_optimizer_is_not_changed_and_descends_the_same_again(optimizer):
    config = optimizer.get_config()
    first = descend(optimizer, slope, START, steps=5)
    np.testing.assert_array_equal(descend(optimizer, slope, START, steps=5), first)
    assert (optimizer.built, int(optimizer.iterations)) == (False, 0)
    assert optimizer.get_config() == config


def test_the_start_is_the_first_row_and_is_not_changed():
    start = START.copy()
    path = descend(Adam(0.1), slope, start, steps=3)
    assert (path.shape, path.dtype) == ((4, 2, 3), np.float64)
    np.testing.assert_array_equal(path[0], START)
    np.testing.assert_array_equal(start, START)
    np.testing.assert_array_equal(descend(Adam(0.1), slope, start, steps=0), [START])


def test_the_gradient_is_asked_once_a_step_where_the_path_stands():
    asked = []

    def recorded(theta):
        asked.append(theta)
        return theta

    path = descend(RMSprop(0.1), recorded, [1, 2], steps=4)
    np.testing.assert_array_equal(asked, path[:-1])


@pytest.mark.parametrize(
    ("optimizer", "message"),
    [
        (keras.optimizers.SGD(), "dlbook.optimizers"),
        (SGD(keras.optimizers.schedules.ExponentialDecay(0.1, 1, 0.5)), "one learning"),
        (SGD(lambda: 0.1), "one learning rate"),
    ],
    ids=["of Keras", "schedule", "function"],
)
def test_an_optimizer_that_it_cannot_run_is_refused(optimizer, message):
    with pytest.raises(ValueError, match=message):
        descend(optimizer, np.ones_like, [0.0], steps=1)


def test_a_rate_of_a_tenth_is_a_tenth_and_not_its_float32():
    (_, end) = descend(SGD(0.1), np.ones_like, [0.0], steps=1)
    assert end == pytest.approx(-0.1, rel=max(PRECISION / 10, 1e-15))
