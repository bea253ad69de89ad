"""Arguments out of range are refused where they are written, and mended in words."""

import numpy as np
import pytest

from dlbook.optimizers import SGD, Adadelta, Adagrad, Adam, AdamW, Nadam, RMSprop

from .counterparts import OURS

NAN, INFINITY = float("nan"), float("inf")
OWN = [
    (Adam, "beta_1", "[0, 1)", [-0.1, 1, 1.5, NAN, "0.9", None]),
    (Adam, "beta_2", "[0, 1)", [-1e-9, 1.0, INFINITY, True]),
    (Adam, "epsilon", "[0, inf)", [-1e-7, NAN, INFINITY, None]),
    (RMSprop, "rho", "[0, 1)", [-0.1, 1.0, NAN]),
    (RMSprop, "momentum", "[0, 1)", [-0.1, 1.0, None]),
    (RMSprop, "epsilon", "[0, inf)", [-1e-7, NAN]),
    (Adagrad, "initial_accumulator_value", "[0, inf)", [-0.1, NAN, INFINITY, None]),
    (Adagrad, "epsilon", "[0, inf)", [-1e-7, NAN]),
    (Adadelta, "rho", "[0, 1)", [-0.1, 1.0, NAN]),
    (Adadelta, "epsilon", "[0, inf)", [-1e-7, INFINITY]),
    (AdamW, "weight_decay", "[0, inf)", [None, INFINITY]),
    (AdamW, "beta_1", "[0, 1)", [1.0]),
    (Nadam, "beta_1", "[0, 1)", [-0.1, 1.0, NAN]),
    (Nadam, "beta_2", "[0, 1)", [-0.1, 1, True]),
    (Nadam, "epsilon", "[0, inf)", [-1e-7, NAN]),
    (SGD, "momentum", "[0, 1)", [-0.1, 1.0, NAN]),
]
GENERIC = {
    "learning_rate": ("[0, inf)", [-0.1, NAN, INFINITY, -INFINITY, "fast", None, True]),
    "weight_decay": ("[0, inf)", [-0.1, NAN]),
    "clipnorm": ("(0, inf)", [0, -1.0, NAN]),
    "clipvalue": ("(0, inf)", [0.0, -1, INFINITY]),
    "global_clipnorm": ("(0, inf)", [0.0, -1.0]),
    "ema_momentum": ("[0, 1]", [-0.1, 1.1, NAN]),
    "loss_scale_factor": ("(0, inf)", [0, -8.0]),
    "gradient_accumulation_steps": ("[2, inf)", [0, 1, -4, NAN]),
}
CASES = [(c, word, i, v) for c, word, i, values in OWN for v in values]
CASES += [
    (c, word, i, v)
    for c in OURS.values()
    for word, (i, values) in GENERIC.items()
    for v in values
]


@pytest.mark.parametrize(("optimizer", "word", "interval", "value"), CASES)
def test_the_message_names_argument_value_and_range(optimizer, word, interval, value):
    with pytest.raises(ValueError, match="must be a number in") as error:
        optimizer(**{word: value})
    for part in (f"`{word}`", interval, f"{word}={value!r}"):
        assert part in str(error.value)


@pytest.mark.parametrize("optimizer", OURS.values())
def test_steps_are_not_accumulated_by_halves(optimizer):
    with pytest.raises(ValueError, match=r"whole number.*_steps=2\.5"):
        optimizer(gradient_accumulation_steps=2.5)


@pytest.mark.parametrize("optimizer", OURS.values())
@pytest.mark.parametrize("rate", [1, np.float32(0.5), np.array(0.25), np.int64(2), 0])
def test_any_real_learning_rate_is_accepted(optimizer, rate):
    assert float(optimizer(learning_rate=rate).learning_rate) == rate


@pytest.mark.parametrize("optimizer", OURS.values())
def test_an_unknown_word_is_refused_by_its_name(optimizer):
    with pytest.raises(ValueError, match="learning_rat"):
        optimizer(learning_rat=0.1)


def test_nesterov_without_momentum_is_refused():
    with pytest.raises(ValueError, match=r"`nesterov` .* momentum above 0") as error:
        SGD(nesterov=True)
    assert "momentum=0.0" in str(error.value)


def test_two_ways_of_clipping_are_refused():
    with pytest.raises(ValueError, match="Only one of"):
        Adam(clipnorm=1.0, clipvalue=1.0)
