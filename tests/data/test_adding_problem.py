"""Two numbers are marked, early enough, and the answer is their sum."""

import numpy as np
import pytest

from dlbook.data import adding_problem


def test_the_answer_is_half_plus_a_quarter_of_the_marked_numbers():
    x, y = adding_problem(200, 30, seed=3)
    for sequence, answer in zip(x, y, strict=True):
        marked = [number for number, mark in sequence if mark]
        assert len(marked) == 2
        assert answer[0] == pytest.approx(0.5 + sum(marked) / 4, abs=1e-6)


def test_every_mark_lies_before_the_middle_and_one_among_the_first_ten():
    x, _ = adding_problem(3000, 40)
    marks = [np.flatnonzero(sequence[:, 1]) for sequence in x]
    assert all(early < 10 and late < 20 for early, late in marks)
    assert {early for early, _ in marks} == set(range(10))
    assert {late for _, late in marks} == set(range(1, 20))


def test_the_second_mark_is_at_each_free_time_equally_often():
    x, _ = adding_problem(20_000, 8, seed=1)  # Both of the four times before 4.
    pairs, counts = np.unique(x[:, :4, 1], axis=0, return_counts=True)
    assert len(pairs) == 6
    np.testing.assert_allclose(counts / 20_000, 1 / 6, atol=0.01)


def test_guessing_a_half_costs_a_24th():
    x, y = adding_problem(50_000, 20)
    assert np.mean((y - 0.5) ** 2) == pytest.approx(1 / 24, rel=0.03)
    assert x.dtype == y.dtype == np.float32
    assert np.abs(x[:, :, 0]).max() <= 1
    assert x[:, :, 0].mean() == pytest.approx(0, abs=0.01)


def test_the_seed_decides_all():
    (x, y), (again, _), (other, _) = (adding_problem(5, 10, seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(x, again)
    assert not np.array_equal(x, other)
    assert y.shape == (5, 1)


@pytest.mark.parametrize(("word", "value"), [("length", 3), ("examples", 0)])
def test_impossible_sequences_are_refused(word, value):
    with pytest.raises(ValueError, match=f"`{word}`.*{value}"):
        adding_problem(**{"examples": 10, "length": 10, word: value})
