"""A thousand steps of a real network: the same gradients, then each on its own.

Two hundred for the optimizers that share the state and the bookkeeping of another, and
on JAX and torch, where a thousand random gradients have to do (`test_formula.py`).
"""

import keras
import pytest

from . import formulas
from .counterparts import BUILTINS, FORMULAS, OURS
from .descent import descend
from .streams import gaps
from .training import recording, train

# At its default rate Adadelta moves hardly further than float32 rounds.
OPTIONS = {name: {} for name in OURS} | {"Adadelta": {"learning_rate": 1.0}}
EPOCHS = dict.fromkeys(OURS, 10)
if keras.config.backend() == "tensorflow":
    EPOCHS |= dict.fromkeys(["SGD", "RMSprop", "Adam"], 50)


@pytest.fixture(scope="module", params=OURS)
def trained(request):
    """A name, the gradients of each step in training, and the weights on the way."""
    name = request.param
    optimizer = recording(OURS[name], EPOCHS[name])(**OPTIONS[name])
    _, weights = train(optimizer, EPOCHS[name])
    return name, [tape.numpy() for tape in optimizer.tape], weights


def test_on_the_gradients_of_a_network_it_follows_formula_and_builtin(trained):
    name, streams, _ = trained
    assert all(stream[-1].any() for stream in streams)
    optimizer = OURS[name](**OPTIONS[name])
    ours, rate = descend(optimizer, streams), float(optimizer.learning_rate)
    reference = [formulas.path(FORMULAS[name], stream, rate) for stream in streams]
    assert max(gaps(ours, reference)) < 1e-6
    assert max(gaps(ours, descend(BUILTINS[name](**OPTIONS[name]), streams))) < 1e-5


def test_a_network_learns_the_same_with_it_as_with_the_builtin(trained):
    name, _, weights = trained
    _, theirs = train(BUILTINS[name](**OPTIONS[name]), EPOCHS[name])
    assert max(gaps([weights], [theirs])) < 1e-5
