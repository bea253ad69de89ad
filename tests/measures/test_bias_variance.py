"""Bias and variance: against every set of models there is, and a loop."""

from itertools import product

import numpy as np
import pytest

from dlbook.measures import bias_variance

TRUTH = np.array([1.0, -2.0, 0.5])
VALUES = np.array([[0.0, -1.0, 2.0], [3.0, -1.5, 0.0], [1.0, -4.0, 0.5]])


@pytest.mark.parametrize("models", [2, 3])
def test_over_all_models_that_can_be_drawn_both_are_right_on_average(models):
    """Models are drawn with replacement from three: bias and variance are known."""
    drawn = [VALUES[list(rows)] for rows in product(range(3), repeat=models)]
    found = bias_variance(drawn, TRUTH)
    bias = VALUES.mean(axis=0) - TRUTH
    assert np.mean(found.squared_bias) == pytest.approx(np.mean(bias**2))
    assert np.mean(found.variance) == pytest.approx(np.mean(VALUES.var(axis=0)))


def test_together_they_are_the_mean_squared_error():
    found = bias_variance(VALUES, TRUTH)
    errors = [(VALUES[k, x] - TRUTH[x]) ** 2 for k in range(3) for x in range(3)]
    # Of these very three models: their own mean is nearer to them than the true one.
    expected = found.squared_bias + found.variance
    assert expected == pytest.approx(np.mean(errors))


def test_a_shift_of_all_models_is_bias_and_a_spread_is_variance():
    shifted = bias_variance(np.tile(TRUTH + 3, (4, 1)), TRUTH)
    assert shifted == pytest.approx((9, 0))
    spread = bias_variance([TRUTH - 1, TRUTH + 1], TRUTH)
    assert spread == pytest.approx((-1, 2))


def test_leading_axes_are_sets_of_models():
    sets = np.stack([[VALUES, VALUES + 1], [2 * VALUES, -VALUES]])  # (2, 2, 3, 3)
    found = bias_variance(sets, TRUTH)
    assert found.variance.shape == found.squared_bias.shape == (2, 2)
    for i, j in product(range(2), repeat=2):
        alone = bias_variance(sets[i, j], TRUTH)
        assert found.squared_bias[i, j] == pytest.approx(alone.squared_bias)
        assert found.variance[i, j] == pytest.approx(alone.variance)


@pytest.mark.parametrize("shape", [(3,), (1, 3), (2, 4), (2, 2)])
def test_too_few_models_or_other_points_are_refused(shape):
    with pytest.raises(ValueError, match="two models") as error:
        bias_variance(np.zeros(shape), TRUTH)
    assert str(shape) in str(error.value)
