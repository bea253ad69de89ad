"""Beside Keras's own layer, with the same weights: 1e-5, forward and backward."""

import pytest

from .beside import all_gradients, assert_same, pair
from .cases import CASES

BESIDE = [case for case in CASES if case.builtin]
# Of random layers only the inference: the same seed gives other draws than in Keras.
MODES = [(c, training) for c in BESIDE for training in (False, True)[: 2 - c.seed]]
beside = pytest.mark.parametrize("case", BESIDE, ids=str)


@beside
def test_words_and_defaults_are_those_of_the_builtin(case):
    ours = case.layer(name="same").get_config()
    theirs = case.builtin(**case.arguments, name="same").get_config()
    assert ours == {word: theirs[word] for word in ours}


@beside
def test_weights_are_named_and_ordered_as_in_the_builtin(case):
    ours, theirs = pair(case.layer(), case.builtin(**case.arguments), case.shapes)
    assert [w.name for w in ours.weights] == [w.name for w in theirs.weights]
    assert [w.trainable for w in ours.weights] == [w.trainable for w in theirs.weights]


@pytest.mark.parametrize(("case", "training"), MODES, ids=str)
def test_outputs_gradients_and_state_are_those_of_the_builtin(case, training):
    theirs = case.builtin(**case.arguments)
    assert_same(case.layer(), theirs, case.shapes, training=training)


@beside
def test_gradients_are_not_all_zero(case):
    layer, _ = pair(case.layer(), case.builtin(**case.arguments), case.shapes)
    assert all(g.any() for g in all_gradients(layer, case.shapes))
