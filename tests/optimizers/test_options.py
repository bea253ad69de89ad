"""Every option of Keras's optimizers works on ours, and makes a difference."""

import keras
import numpy as np
import pytest

from .counterparts import BUILTINS, KINDS
from .descent import descend
from .streams import gaps, random_streams

NAMES = ["kernel", "bias", "gain", "shift"]
HALVING = keras.optimizers.schedules.ExponentialDecay(0.01, 100, 0.5)
OPTIONS = {
    "a schedule": {"learning_rate": HALVING},
    "a callable rate": {"learning_rate": lambda: 0.02},
    "weight decay": {"weight_decay": 0.1},
    "clipnorm": {"clipnorm": 1.0},
    "clipvalue": {"clipvalue": 0.5},
    "global_clipnorm": {"global_clipnorm": 1.0},
    "an average": {"use_ema": True, "ema_momentum": 0.9},
    "an average that overwrites": {"use_ema": True, "ema_overwrite_frequency": 10},
    "accumulated gradients": {"gradient_accumulation_steps": 4},
    "a loss scale": {"loss_scale_factor": 1024.0},
}


def final_paths(optimizer, streams):
    return descend(optimizer, streams, NAMES)


@pytest.fixture(scope="module")
def without_options():
    streams = random_streams()
    return {name: final_paths(ours(0.01), streams) for name, ours in KINDS.items()}


@pytest.mark.parametrize("option", OPTIONS)
@pytest.mark.parametrize("name", KINDS)
def test_an_option_works_as_on_the_builtin(name, option, without_options):
    streams, words = random_streams(), {"learning_rate": 0.01} | OPTIONS[option]
    ours = final_paths(KINDS[name](**words), streams)
    assert max(gaps(ours, final_paths(BUILTINS[name](**words), streams))) < 1e-5
    assert max(gaps(ours, without_options[name])) > 1e-3


@pytest.mark.parametrize("name", KINDS)
def test_excluded_weights_do_not_decay(name, without_options):
    paths = []
    for optimizer in (KINDS[name], BUILTINS[name]):
        optimizer = optimizer(learning_rate=0.01, weight_decay=0.1)
        optimizer.exclude_from_weight_decay(var_names=["bias", "shift"])
        paths.append(final_paths(optimizer, random_streams()))
    assert max(gaps(*paths)) < 1e-5
    kernel, bias, gain, shift = gaps(paths[0], without_options[name])
    assert max(bias, shift) < 1e-6 < 1e-3 < min(kernel, gain)


@pytest.mark.parametrize("name", KINDS)
def test_a_loss_scale_leaves_the_path_as_it_was(name):
    """On JAX, Keras's own Nadam goes elsewhere: its product of momenta is lost."""
    streams = random_streams(steps=100)
    scaled = [2.0**15 * stream for stream in streams]
    driven = keras.optimizers.LossScaleOptimizer(KINDS[name](0.01))
    plain = final_paths(KINDS[name](0.01), streams)
    assert max(gaps(final_paths(driven, scaled), plain)) < 1e-6


@pytest.mark.parametrize("name", ["SGD", "RMSprop", "Adam"])
def test_a_loss_scale_optimizer_drives_it_and_skips_an_overflow(name):
    streams = [2.0**15 * stream for stream in random_streams(steps=1000)]
    streams[0][10] = np.inf
    paths = [
        final_paths(
            keras.optimizers.LossScaleOptimizer(inner(0.01), dynamic_growth_steps=500),
            streams,
        )
        for inner in (KINDS[name], BUILTINS[name])
    ]
    assert max(gaps(*paths)) < 1e-5
    np.testing.assert_array_equal(paths[0][1][10], paths[0][1][11])
    assert np.isfinite(paths[0][0]).all()
