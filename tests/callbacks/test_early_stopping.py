"""Beside Keras's: the same epoch, the same weights; and what Keras's lacks."""

import math
import pickle
import warnings

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlbook.callbacks import EarlyStopping

from .scripted import epoch_of_weights, network, run

pytestmark = pytest.mark.backends
NAN = math.nan
MODEL = network()


def outcome(cls, values, stop_after=None, **options):
    """Everything that the built-in also says about a run, and the weights left."""
    callback = cls(restore_best_weights=True, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns of each epoch without a value.
        epochs = run(MODEL, callback, values, "val_loss", stop_after=stop_after)
    said = (callback.wait, callback.best, callback.best_epoch, callback.stopped_epoch)
    return epochs, said, epoch_of_weights(MODEL)


SAME = {
    "gets better always": ([3, 2, 1], {}),
    "never gets better": ([1, 2, 3, 4], {"patience": 2}),
    "never gets better, without patience": ([1, 2, 3], {}),
    "is best at the last": ([3, 4, 5, 1], {"patience": 3}),
    "is NaN later": ([3, 2, NAN, NAN, 1], {"patience": 2}),
    "is NaN in between": ([3, 2, NAN, 1, 4, 4], {"patience": 2}),
    "is infinite later": ([3, math.inf, 2, 3, 3], {"patience": 2}),
    "gets better by too little": ([3, 2.9, 2.8, 2.7], {"min_delta": 0.5}),
    "gets better by little, three times": (
        [3, 2.8, 2.4, 2.4, 2.4],
        {"min_delta": 0.5, "patience": 2},
    ),
    "is allowed a negative difference": ([3, 2.9, 2.8], {"min_delta": -0.5}),
    "never beats the baseline": ([5, 4, 4.5, 3, 2], {"baseline": 1, "patience": 3}),
    "beats the baseline": ([5, 0.5, 2, 2, 2, 2], {"baseline": 1, "patience": 3}),
    "beats the baseline by too little": (
        [5, 0.9, 2, 2, 2, 2],
        {"baseline": 1, "patience": 2, "min_delta": 0.2},
    ),
    "is looked at late": ([0, 0, 3, 2, 4, 4], {"start_from_epoch": 2, "patience": 1}),
    "is never looked at": ([1, 2, 3], {"start_from_epoch": 9}),
    "is to be large": ([1, 3, 2, 2, 2], {"mode": "max", "patience": 2}),
    "comes every second epoch": ([None, 3, None, 4, None, 5], {"patience": 2}),
    "is constant": ([1, 1, 1], {"patience": 1}),
}


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.replace(" ", "-"))
def test_it_does_what_keras_does_when_the_quantity(case):
    values, options = SAME[case]
    theirs = outcome(keras.callbacks.EarlyStopping, values, **options)
    assert outcome(EarlyStopping, values, **options) == theirs


def test_it_does_what_keras_does_when_another_callback_stops_training():
    values, options = [3, 1, 2, 2, 2, 2], {"patience": 3, "stop_after": 2}
    theirs = outcome(keras.callbacks.EarlyStopping, values, **options)
    assert outcome(EarlyStopping, values, **options) == theirs
    assert theirs == (3, (1, 1, 1, 0), 1)


@settings(max_examples=60)
@given(
    values=st.lists(st.integers(0, 9), min_size=1, max_size=12),
    patience=st.integers(0, 4),
    min_delta=st.integers(0, 2),
    baseline=st.none() | st.integers(0, 9),
    start_from_epoch=st.integers(0, 3),
    mode=st.sampled_from(["min", "max", "auto"]),
)
def test_it_does_what_keras_does_with_any_finite_values(values, **options):
    theirs = outcome(keras.callbacks.EarlyStopping, values, **options)
    assert outcome(EarlyStopping, values, **options) == theirs


@pytest.mark.parametrize("first", [NAN, math.inf, -math.inf])
@pytest.mark.parametrize("mode", ["min", "max"])
def test_a_value_that_is_not_finite_is_never_the_best(first, mode):
    sign = -1 if mode == "max" else 1
    values = [first, *(sign * value for value in (3, 2, 1, 4, 4))]
    ours = outcome(EarlyStopping, values, patience=2, mode=mode)
    assert ours == (6, (2, sign * 1, 3, 5), 3)


def test_keras_restores_the_epoch_of_a_first_nan():
    theirs = outcome(keras.callbacks.EarlyStopping, [NAN, 3, 2, 1], patience=2)
    assert (theirs[0], theirs[2]) == (3, 0)


def test_when_all_is_nan_it_stops_and_leaves_the_weights():
    epochs, (_, best, _, stopped), weights = outcome(EarlyStopping, [NAN] * 9)
    assert (epochs, best, stopped, weights) == (2, None, 1, 1)


def test_a_threshold_ends_training_in_the_epoch_that_reaches_it():
    for mode, values in (("min", [5, 3, 2, 1]), ("max", [1, 3, 4, 9])):
        stopping = EarlyStopping(
            mode=mode, stopping_threshold=values[2], patience=9, min_delta=100
        )
        assert run(MODEL, stopping, values) == 3
        assert stopping.reason == {
            "why": "threshold",
            "monitor": "val_loss",
            "epoch": 2,
            "value": values[2],
            "best": values[2],
            "best_epoch": 2,
        }


def test_an_infinite_value_reaches_no_threshold():
    stopping = EarlyStopping(mode="max", stopping_threshold=2, patience=9)
    assert run(MODEL, stopping, [math.inf, 1, 3, 4]) == 3


def test_the_reason_is_none_unless_it_stopped_training():
    stopping = EarlyStopping(patience=1)
    run(MODEL, stopping, [1, 2])
    assert stopping.reason["why"] == "patience"
    assert (stopping.reason["epoch"], stopping.reason["value"]) == (1, 2)
    run(MODEL, stopping, [3, 2, 1])
    assert stopping.reason is None
    assert stopping.best == 1


def test_a_run_cut_anywhere_and_resumed_ends_as_the_straight_one():
    values = [5, 3, 4, 2, 3, 3, 3, 1, 1]
    options = {"patience": 3, "restore_best_weights": True}
    straight = EarlyStopping(**options)
    ended = run(MODEL, straight, values)
    assert (ended, epoch_of_weights(MODEL)) == (7, 3)
    for cut in range(1, ended):
        before, after = EarlyStopping(**options), EarlyStopping(**options)
        run(MODEL, before, values[:cut])
        after.set_state(pickle.loads(pickle.dumps(before.get_state())))
        assert cut + run(MODEL, after, values, initial_epoch=cut) == ended
        assert epoch_of_weights(MODEL) == 3
        assert after.reason == straight.reason


def test_a_state_is_used_for_one_fit_only():
    first, second = EarlyStopping(patience=2), EarlyStopping(patience=2)
    run(MODEL, first, [1, 2])
    second.set_state(first.get_state())
    assert run(MODEL, second, [1, 2, 3, 4], initial_epoch=2) == 1
    assert run(MODEL, second, [5, 6, 7, 8]) == 3


@pytest.mark.parametrize(
    ("argument", "value"),
    [
        ("min_delta", NAN),
        ("patience", -1),
        ("patience", 1.5),
        ("mode", "up"),
        ("baseline", math.inf),
        ("start_from_epoch", -1),
        ("stopping_threshold", "low"),
        ("restore_optimizer", True),
    ],
)
def test_a_bad_argument_is_refused_at_construction(argument, value):
    with pytest.raises(ValueError, match=argument):
        EarlyStopping(**{argument: value})


def test_it_prints_what_keras_prints(capsys):
    printed = []
    for cls in (keras.callbacks.EarlyStopping, EarlyStopping):
        run(MODEL, cls(verbose=1, restore_best_weights=True), [1, 2, 3])
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1] != ""


def test_without_restoring_the_last_weights_stay():
    stopping = EarlyStopping(patience=1)
    run(MODEL, stopping, [1, 2, 3])
    assert stopping.best_weights is None
    np.testing.assert_array_equal(MODEL.get_weights()[0], [[1]])


def test_what_is_good_enough_takes_no_better_ones_place():
    # It was not good enough for the threshold of the run before.
    first = EarlyStopping(patience=9, restore_best_weights=True)
    run(MODEL, first, [3, 1])
    second = EarlyStopping(
        patience=9, restore_best_weights=True, stopping_threshold=2.5
    )
    second.set_state(first.get_state())
    assert run(MODEL, second, [3, 1, 2, 0], initial_epoch=2) == 1
    assert (second.best, second.best_epoch, epoch_of_weights(MODEL)) == (1, 1, 1)
    assert (second.reason["why"], second.reason["value"]) == ("threshold", 2)
