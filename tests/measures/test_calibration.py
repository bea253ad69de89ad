"""The calibration error, by a loop over bins and by cases with a known answer."""

import numpy as np
import pytest

from dlbook.measures import calibration_error, reliability

RANDOM = np.random.default_rng(0)
P = RANDOM.random(500)
Y = (RANDOM.random(500) < P**2).astype(int)


@pytest.mark.parametrize("bins", [1, 7, 10])
def test_a_loop_over_the_bins_gives_the_same(bins):
    predicted, happened, examples = reliability(Y, P, bins)
    error = 0
    for i in range(bins):
        rows = [n for n in range(500) if i / bins <= P[n] < (i + 1) / bins]
        assert examples[i] == len(rows)
        assert predicted[i] == pytest.approx(sum(P[n] for n in rows) / len(rows))
        assert happened[i] == pytest.approx(sum(Y[n] for n in rows) / len(rows))
        error += abs(sum(P[n] - Y[n] for n in rows)) / 500
    assert calibration_error(Y, P, bins) == pytest.approx(error)


def test_coin_tosses_called_certain_are_off_by_a_half():
    y = np.arange(100) % 2
    assert calibration_error(y, np.ones(100)) == pytest.approx(0.5)
    assert calibration_error(y, np.full(100, 0.5)) == 0


def test_true_probabilities_are_nearly_calibrated_and_their_squares_are_not():
    p = RANDOM.random(20_000)
    y = RANDOM.random(20_000) < p
    assert calibration_error(y, p) < 0.02
    assert calibration_error(y, p**2) > 0.1


def test_a_bin_without_examples_counts_nothing():
    predicted, happened, examples = reliability([0, 1], [0.1, 1.0], 4)
    assert examples.tolist() == [1, 0, 0, 1]
    assert np.isnan(predicted[1:3]).all()
    assert np.isnan(happened[1:3]).all()
    assert calibration_error([0, 1], [0.1, 1.0], 4) == pytest.approx(0.05)


@pytest.mark.parametrize("p", [[0.5], [[0.5, 0.5]], 0.5])
def test_one_probability_for_each_example_is_asked_for(p):
    with pytest.raises(ValueError, match="one number for each example"):
        calibration_error([0, 1], p)


@pytest.mark.parametrize("p", [-0.1, 1.5, np.nan])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="holds probabilities"):
        reliability([0, 1], [0.5, p])
