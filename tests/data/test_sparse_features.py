"""Features are as frequent as they are said to be, and the rule draws the classes."""

import math

import numpy as np
import pytest

from dlbook.data import sparse_features


def test_a_frequent_feature_is_in_half_of_the_examples_a_rare_one_in_a_fiftieth():
    x, _, _, _ = sparse_features(20_000, frequent=4, rare=6, seed=1)
    assert set(np.unique(x)) == {0.0, 1.0}
    counted = [sum(column) / len(column) for column in x.T]
    assert counted[:4] == pytest.approx([0.5] * 4, abs=0.02)
    assert counted[4:] == pytest.approx([0.02] * 6, abs=0.005)


def test_features_are_independent_of_each_other():
    x, _, _, _ = sparse_features(20_000, frequent=2, rare=0)
    both = sum(a * b for a, b in x) / len(x)
    assert both == pytest.approx(0.25, abs=0.02)


def test_rare_features_weigh_three_times_as_much():
    _, _, w, _ = sparse_features(2, frequent=4000, rare=4000)
    assert math.sqrt(sum(w[:4000] ** 2) / 4000) == pytest.approx(1, rel=0.05)
    assert math.sqrt(sum(w[4000:] ** 2) / 4000) == pytest.approx(3, rel=0.05)
    assert abs(np.mean(w)) < 0.1


def test_the_share_of_class_1_is_the_logistic_function_of_the_score():
    x, y, w, b = sparse_features(40_000, frequent=5, rare=5, seed=2)
    score = np.array([math.fsum(w * row) + b for row in x])
    assert score.mean() == pytest.approx(0, abs=1e-9)
    for low, high in [(-3, -1), (-1, 0), (0, 1), (1, 3)]:
        here = (low < score) & (score < high)
        expected = np.mean([1 / (1 + math.exp(-each)) for each in score[here]])
        assert y[here].mean() == pytest.approx(expected, abs=0.03)


def test_the_seed_decides_all():
    first, again, other = (sparse_features(50, seed=s) for s in (1, 1, 2))
    for one, two, three in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one, two)
        assert not np.array_equal(one, three)


@pytest.mark.parametrize(
    ("word", "value"), [("examples", 0), ("frequent", -1), ("rare", 1.5)]
)
def test_impossible_features_are_refused(word, value):
    with pytest.raises(ValueError, match=f"`{word}`.*{value}"):
        sparse_features(**{word: value})


def test_no_feature_at_all_is_refused():
    with pytest.raises(ValueError, match="`rare`=0"):
        sparse_features(frequent=0, rare=0)
