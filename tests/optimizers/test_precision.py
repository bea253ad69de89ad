"""Weights of two, four and eight bytes."""

import contextlib

import keras
import numpy as np
import pytest

from . import formulas
from .counterparts import FORMULAS, KINDS, OURS, VARIANTS, label
from .descent import descend
from .streams import gaps, random_streams
from .training import train

EACH = [("SGD", {"momentum": 0.9}), *((name, {}) for name in OURS)]
RATES = dict.fromkeys(OURS, 1e-3) | {"Adagrad": 0.02, "Adadelta": 1.0}


@pytest.fixture
def float64():
    """float64 as Keras's default type; JAX has to be asked for it as well."""
    with contextlib.ExitStack() as stack:
        if keras.backend.backend() == "jax":
            import jax

            stack.enter_context(jax.enable_x64(True))
        keras.config.set_floatx("float64")
        stack.callback(keras.config.set_floatx, "float32")
        yield


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=label)
def test_float64_weights_follow_the_formula_to_twelve_digits(name, variant):
    streams = [stream.astype("float64") for stream in random_streams(steps=200)]
    paths = descend(OURS[name](0.01, **variant), streams, dtype="float64")
    rule = FORMULAS[name]
    reference = [formulas.path(rule, s, 0.01, "float64", **variant) for s in streams]
    assert max(gaps(paths, reference)) < 1e-12


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize(("name", "variant"), EACH, ids=label)
def test_half_precision_weights_are_the_rounded_float32_ones(name, variant, dtype):
    """Keras's own Adam never moves a bfloat16 weight: its β₂ = 0.999 rounds to 1."""
    streams = [rounded(s, dtype) for s in random_streams(200, scales=(1e-3, 1.0))]
    full = descend(OURS[name](RATES[name], **variant), streams)
    half = descend(OURS[name](RATES[name], **variant), streams, dtype=dtype)
    for full_path, half_path in zip(full, half, strict=True):
        np.testing.assert_array_equal(
            half_path.astype("float32"), rounded(full_path, dtype)
        )
        assert half_path[-1].all()


@pytest.mark.parametrize("name", OURS)
def test_a_small_step_from_a_large_weight_is_not_lost(name):
    """At 1, bfloat16 numbers are 2⁻⁷ apart; each step is far less."""
    steady = [np.ones((100, 2), "float32")]
    (path,) = descend(OURS[name](RATES[name]), steady, dtype="bfloat16", start=1.0)
    assert (path[-1].astype("float32") < 0.95).all()


@pytest.mark.parametrize("name", OURS)
def test_weight_decay_is_not_lost(name):
    """At α w = 2⁻¹⁰, Keras's bfloat16 weights do not decay."""
    still = [np.zeros((100, 2), "float32")]
    optimizer = OURS[name](2.0**-5, weight_decay=2.0**-5)
    (path,) = descend(optimizer, still, dtype="bfloat16", start=1.0)
    np.testing.assert_array_equal(
        path.astype("float32")[:, 0],
        rounded((1 - 2.0**-10) ** np.arange(101), "bfloat16"),
    )


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
@pytest.mark.parametrize("name", KINDS)
def test_a_network_learns_under_a_mixed_policy(name, policy):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        model, weights = train(OURS[name](), epochs=2)
    finally:
        keras.config.set_dtype_policy(before)
    scaled = isinstance(model.optimizer, keras.optimizers.LossScaleOptimizer)
    assert scaled == (policy == "mixed_float16")
    _, full = train(OURS[name](), epochs=2)
    learned, moved = weights[-1] - weights[0], full[-1] - full[0]
    assert np.linalg.norm(learned - moved) < 0.1 * np.linalg.norm(moved)


def rounded(values, dtype):
    """Values as the type holds them, as float32."""
    half = keras.ops.cast(keras.ops.convert_to_tensor(values), dtype)
    return keras.ops.convert_to_numpy(keras.ops.cast(half, "float32"))
