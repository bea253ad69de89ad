"""What an optimizer does not take: gradients of another shape, another rule's state."""

import keras
import numpy as np
import pytest

from dlbook.data import load_digits
from dlbook.models import mlp
from dlbook.optimizers import SGD, Adam, AdamW, RMSprop

from .counterparts import OURS


@pytest.mark.parametrize("options", [{}, {"gradient_accumulation_steps": 2}])
@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (2, 3, 1)])
def test_a_gradient_that_would_be_spread_is_refused(shape, options):
    """On JAX and torch, Keras accepts them."""
    weight = keras.Variable(np.ones((2, 3)), name="kernel")
    gradient = keras.ops.ones(shape)
    with pytest.raises(ValueError, match="the shape of its weight") as error:
        SGD(**options).apply([gradient], [weight])
    for part in (f"shape {shape}", "kernel", "(2, 3)"):
        assert part in str(error.value)
    assert (keras.ops.convert_to_numpy(weight) == 1).all()


@pytest.mark.parametrize("name", OURS)
def test_a_weight_without_a_gradient_stays(name):
    weights = [keras.Variable([1.0]), keras.Variable([1.0])]
    optimizer = OURS[name](0.5)
    optimizer.build(weights)
    with pytest.warns(UserWarning, match="Gradients do not exist"):
        optimizer.apply([None, keras.ops.ones((1,))])
    still, moved = (keras.ops.convert_to_numpy(weight)[0] for weight in weights)
    assert still == 1 != moved


def trained(optimizer):
    """A linear model after 20 steps."""
    (x, y), _ = load_digits()
    model = mlp(64, (), 10)
    model.compile(optimizer, "sparse_categorical_crossentropy")
    model.fit(x[:640], y[:640], 32, verbose=0)
    return model


def state(optimizer):
    """All numbers that the optimizer stores, after those that Keras needs."""
    return [keras.ops.convert_to_numpy(v) for v in optimizer.variables[2:]]


FOREIGN = {
    "RMSprop's for SGD's": (RMSprop(), SGD(momentum=0.9)),
    "Keras's, which does not say": (keras.optimizers.RMSprop(), RMSprop()),
    "an average for sums": (
        SGD(use_ema=True),
        SGD(gradient_accumulation_steps=2),
    ),
    "of another size": (RMSprop(), Adam()),
}


@pytest.mark.parametrize("case", FOREIGN)
def test_state_of_another_rule_is_left_out_with_a_warning(case, tmp_path):
    saved, taking = FOREIGN[case]
    source, path = trained(saved), tmp_path / "model.weights.h5"
    source.save_weights(path)
    model = mlp(64, (), 10, seed=1)
    model.compile(taking, "mse")
    model.optimizer.build(model.trainable_variables)
    with pytest.warns(UserWarning, match="Skipping variable loading"):
        model.load_weights(path)
    assert not any(slot.any() for slot in state(model.optimizer))
    for loaded, weight in zip(model.get_weights(), source.get_weights(), strict=True):
        np.testing.assert_array_equal(loaded, weight)


@pytest.mark.parametrize("taking", [Adam, AdamW])
def test_adams_state_is_taken_by_adam_and_by_adamw(taking, tmp_path):
    source, path = trained(Adam()), tmp_path / "model.weights.h5"
    source.save_weights(path)
    model = mlp(64, (), 10)
    model.compile(taking(), "mse")
    model.optimizer.build(model.trainable_variables)
    model.load_weights(path)
    for mine, saved in zip(
        state(model.optimizer), state(source.optimizer), strict=True
    ):
        np.testing.assert_array_equal(mine, saved)
        assert mine.any()
