"""A thousand float32 steps stay within 1e-5 of Keras's own optimizer.

Most of the 1e-5 is Keras's: it computes 1 − βᵗ in float32 with a rounded β, which alone
is wrong by 1.3e-5 at β = 0.999. For Adam its ε is mapped, see `counterparts`.
"""

import keras
import pytest

from dlbook import optimizers

from .counterparts import BUILTINS, OURS, VARIANTS, label
from .descent import descend
from .streams import gaps, random_streams


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=label)
def test_a_thousand_steps_follow_the_builtin_at_every_scale(name, variant):
    streams = random_streams()
    ours = descend(OURS[name](**variant), streams)
    theirs = descend(BUILTINS[name](**variant), streams)
    assert max(gaps(ours, theirs)) < 1e-5


def test_adam_leaves_the_builtin_where_gradients_are_near_epsilon():
    streams = random_streams()
    theirs = descend(keras.optimizers.Adam(), streams)
    smallest, *_, largest = gaps(descend(optimizers.Adam(), streams), theirs)
    assert smallest > 0.01
    assert largest < 1e-5


@pytest.mark.parametrize("name", OURS)
def test_words_and_defaults_are_those_of_the_builtin(name):
    ours = OURS[name]().get_config()
    theirs = getattr(keras.optimizers, name)().get_config()
    assert ours == theirs | {"name": name.lower()}
