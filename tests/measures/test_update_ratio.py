"""Update ratios: against a loop."""

import math

import keras
import numpy as np
import pytest

from dlbook.measures import path_update_ratios, training_path, update_ratios
from dlbook.models import mlp

from .networks import X, Y

pytestmark = pytest.mark.backends


def loop(before, after):
    ratios = []
    for start, end in zip(before, after, strict=True):
        a, b = start.astype("float64").ravel(), end.astype("float64").ravel()
        length = math.dist(a, 0 * a)
        ratios.append(math.dist(a, b) / length if length else math.inf)
    return ratios


def test_on_a_training_path_each_step_of_each_variable_has_one():
    model = mlp(4, (5,), 3, seed=1)
    shapes = [weight.shape for weight in model.get_weights()]
    path = training_path(model, keras.optimizers.SGD(0.1), X, Y, 3, batch_size=6)
    ends = np.cumsum([math.prod(shape) for shape in shapes])[:-1]
    rows = [np.split(row, ends) for row in path]
    expected = [loop(*rows[t : t + 2]) for t in range(3)]
    found = path_update_ratios(path, model.trainable_variables)
    assert found.shape == (3, 4)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert np.isinf(found[0, 1])  # The bias began at 0.


def test_a_weight_that_stays_has_ratio_0_and_one_that_leaves_0_infinity():
    found = update_ratios([[0.0, 0.0], [0.0], [2.0]], [[0.0, 0.0], [1e-9], [1.0]])
    np.testing.assert_array_equal(found, [0, np.inf, 0.5])


def test_float32_weights_are_subtracted_in_float64():
    before, after = np.float32([1.0]), np.float32([1.0000001])
    exact = float(after[0]) - 1
    assert update_ratios([before], [after]) == pytest.approx([exact], rel=1e-12)


@pytest.mark.parametrize("after", [[[1.0]], [[1.0], [1.0]], [[1.0, 1.0], [[1.0]]]])
def test_weights_of_other_shapes_are_refused(after):
    with pytest.raises(ValueError, match="same shapes"):
        update_ratios([[1.0, 2.0], [3.0]], after)


@pytest.mark.parametrize("shape", [(3, 4), (5,), (2, 3, 5)])
def test_a_path_of_other_weights_is_refused(shape):
    with pytest.raises(ValueError, match=r"\(steps \+ 1, 5\)"):
        path_update_ratios(np.zeros(shape), [keras.Variable(np.zeros((5, 1)))])
