"""A claim holds when each measured value is within its bounds, and raises when not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlbook.claims import FalseClaim, claim

SENTENCE = "The gap is small."
NAN = float("nan")


@pytest.mark.parametrize(
    ("measured", "bounds"),
    [
        (0.5, {"below": 1}),
        (2, {"above": 1.5}),
        (3, {"equals": 3}),
        (0.5, {"above": 0, "below": 1}),
        (np.float32(0.5), {"below": 1}),
        ([0.5, 0.7, 0.9], {"below": 1}),
        (np.array([[2.0], [3.0]]), {"above": 1}),
        (-1, {"below": 0}),
        (float("inf"), {"above": 1}),
    ],
)
def test_a_true_claim_is_printed(measured, bounds, capsys):
    claim("gap", SENTENCE, measured=measured, **bounds)
    assert capsys.readouterr().out.startswith(f"holds   gap: {SENTENCE} Measured ")


@pytest.mark.parametrize(
    ("measured", "bounds"),
    [
        (1.5, {"below": 1}),
        (1, {"below": 1}),
        (1, {"above": 1}),
        (3.0001, {"equals": 3}),
        (2, {"above": 0, "below": 1}),
        (-1, {"above": 0, "below": 1}),
        ([0.5, 1.5, 0.7], {"below": 1}),
        ([3, 4], {"equals": 3}),
        (NAN, {"below": 1}),
        (NAN, {"above": 1}),
        (NAN, {"equals": NAN}),
        ([0.5, NAN], {"below": 1}),
        (1, {"below": NAN}),
        (0, {"above": 0}),
    ],
)
def test_a_false_claim_raises_and_prints_nothing(measured, bounds, capsys):
    with pytest.raises(FalseClaim, match="The claim gap: The gap is small"):
        claim("gap", SENTENCE, measured=measured, **bounds)
    assert capsys.readouterr().out == ""


@given(st.lists(st.integers(-9, 9), min_size=1), st.integers(-9, 9), st.integers(-9, 9))
def test_the_verdict_is_that_of_every_value(values, low, high):
    truth = all(low < value < high for value in values)
    try:
        claim("gap", SENTENCE, measured=values, above=low, below=high)
    except FalseClaim:
        assert not truth
    else:
        assert truth


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"measured": 0.5, "below": 1e-5}, "Measured 0.5, claimed < 10⁻⁵."),
        ({"measured": 2, "above": 3}, "Measured 2, claimed > 3."),
        ({"measured": 2, "equals": 3}, "Measured 2, claimed = 3."),
        (
            {"measured": [2.5, 7], "above": 1, "below": 4, "unit": "steps"},
            "Measured 2.5, 7 steps, claimed between 1 and 4 steps.",
        ),
        ({"measured": NAN, "below": 1}, "Measured nan, claimed < 1."),
    ],
)
def test_a_false_claim_says_what_was_measured_and_what_was_claimed(words, text):
    with pytest.raises(FalseClaim) as error:
        claim("gap", SENTENCE, **words)
    assert f"The claim gap: {SENTENCE} {text}" in str(error.value)
    assert "mend the experiment, never the number" in str(error.value)


def test_a_false_claim_is_a_failed_assertion():
    assert issubclass(FalseClaim, AssertionError)


@pytest.mark.parametrize("bad", ["", "Gap", "gap_", "the gap", "-gap", "gap--two", "é"])
def test_a_name_that_is_not_words_with_hyphens_is_refused(bad):
    with pytest.raises(ValueError, match="words-with-hyphens") as error:
        claim(bad, SENTENCE, measured=0, below=1)
    assert repr(bad) in str(error.value)


def test_a_claim_without_a_bound_is_refused_since_it_could_not_be_false():
    with pytest.raises(ValueError, match="The claim gap has no bound"):
        claim("gap", SENTENCE, measured=0)


@pytest.mark.parametrize("nothing", [[], np.zeros((0, 3))])
def test_a_claim_about_nothing_is_refused(nothing):
    with pytest.raises(ValueError, match="The claim gap has nothing measured"):
        claim("gap", SENTENCE, measured=nothing, below=1)


def test_a_bound_of_zero_is_a_bound(capsys):
    claim("gap", SENTENCE, measured=0, equals=0)
    assert "claimed = 0." in capsys.readouterr().out
