"""Where weights start: moments against theory, values against the built-in."""

import math

import keras
import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook import initializers
from dlbook.initializers import RandomNormal, Zeros, fans

pytestmark = pytest.mark.backends

SCALED = ["GlorotUniform", "GlorotNormal", "HeUniform", "HeNormal"]
RANDOM = ["RandomNormal", *SCALED]
# A matrix, and the kernel of a convolution over two axes.
SHAPES = [(300, 100), (3, 3, 20, 100)]
# Their fan-ins are 300 and 180, their fan-outs 100 and 900.
VARIANCES = {"Glorot": [2 / 400, 2 / 1080], "He": [2 / 300, 2 / 180]}


def drawn(name, shape, **words):
    return ops.convert_to_numpy(getattr(initializers, name)(**words)(shape))


@pytest.mark.parametrize("position", range(len(SHAPES)))
@pytest.mark.parametrize("name", SCALED)
def test_mean_and_variance_are_those_of_theory(name, position):
    w = drawn(name, SHAPES[position], seed=7).astype("float64").ravel()
    variance = VARIANCES[name.removesuffix("Uniform").removesuffix("Normal")][position]
    assert abs(w.mean()) < 4 * math.sqrt(variance / w.size)
    # No distribution here has a kurtosis over 3, so var(w²) ≤ 2 variance².
    assert w.var() == pytest.approx(variance, rel=4 * math.sqrt(2 / w.size))


@pytest.mark.parametrize("name", SCALED)
def test_the_shape_of_the_distribution_is_the_one_named(name):
    w = drawn(name, (300, 100), seed=3).astype("float64").ravel()
    variance = 2 / 400 if "Glorot" in name else 2 / 300
    if "Uniform" in name:
        r = math.sqrt(3 * variance)
        expected = scipy.stats.uniform(-r, 2 * r)
    else:
        s = math.sqrt(variance) / scipy.stats.truncnorm(-2, 2).std()
        expected = scipy.stats.truncnorm(-2, 2, scale=s)
    assert scipy.stats.kstest(w, expected.cdf).pvalue > 1e-3
    assert np.abs(w).max() <= expected.support()[1] * (1 + 1e-6)


def test_random_normal_is_normal_and_not_truncated():
    w = drawn("RandomNormal", (200, 200), mean=0.5, stddev=2.0, seed=5).ravel()
    expected = scipy.stats.norm(0.5, 2.0)
    assert scipy.stats.kstest(w.astype("float64"), expected.cdf).pvalue > 1e-3
    assert np.abs(w - 0.5).max() > 3.5 * 2


@pytest.mark.parametrize(
    ("shape", "dtype"),
    [
        ((7,), None),
        ((4, 6), "float32"),
        ((4, 6), "bfloat16"),
        ((3, 3, 2, 4), "float32"),
    ],
)
@pytest.mark.parametrize("name", RANDOM)
@settings(max_examples=5)
@given(seed=st.integers(0, 2**31 - 1))
def test_the_same_seed_gives_the_values_of_the_builtin(name, shape, dtype, seed):
    ours = getattr(initializers, name)(seed=seed)(shape, dtype)
    theirs = getattr(keras.initializers, name)(seed=seed)(shape, dtype)
    assert ours.dtype == theirs.dtype
    pair = (ops.convert_to_numpy(ops.cast(w, "float32")) for w in (ours, theirs))
    np.testing.assert_allclose(*pair, rtol=1e-6)


@pytest.mark.parametrize("name", RANDOM)
def test_one_random_seed_for_everything_gives_the_values_of_the_builtin(name):
    values = []
    for module in (initializers, keras.initializers):
        keras.utils.set_random_seed(11)
        values.append(ops.convert_to_numpy(getattr(module, name)()((4, 6))))
    np.testing.assert_allclose(*values, rtol=1e-6)


@pytest.mark.parametrize("name", RANDOM)
def test_a_seed_repeats_itself_and_a_generator_goes_on(name):
    make = getattr(initializers, name)
    repeating, going_on = make(seed=1), make(seed=keras.random.SeedGenerator(1))
    first, second = (ops.convert_to_numpy(repeating((4, 6))) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (first != drawn(name, (4, 6), seed=2)).any()
    first, second = (ops.convert_to_numpy(going_on((4, 6))) for _ in range(2))
    assert (first != second).all()
    assert (drawn(name, (4, 6)) != drawn(name, (4, 6))).all()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((), (1, 1)),
        ((9,), (9, 9)),
        ((64, 10), (64, 10)),
        ((5, 8, 2), (40, 10)),
        ((3, 3, 16, 32), (144, 288)),
        ((2, 3, 4, 5, 6), (120, 144)),
        ((0, 0), (1, 1)),
    ],
)
def test_fans_count_inputs_of_a_unit_and_outputs_of_an_input(shape, expected):
    assert fans(shape) == expected


def test_a_signal_keeps_its_size_through_eight_rectified_layers():
    """Half of the square is lost in each rectifier, and the 2 of He restores it."""
    x = np.random.default_rng(0).normal(size=(100, 300))
    sizes = {}
    for name in ("HeNormal", "GlorotNormal"):
        h = x
        for layer in range(8):
            h = np.maximum(h @ drawn(name, (300, 300), seed=layer), 0)
        sizes[name] = np.mean(h**2) / np.mean(np.maximum(x, 0) ** 2)
    assert 0.4 < sizes["HeNormal"] < 2.5
    assert sizes["GlorotNormal"] == pytest.approx(sizes["HeNormal"] / 2**8, rel=0.01)


@pytest.mark.parametrize("dtype", [None, "float16", "bfloat16", "int32"])
def test_zeros_are_zeros_of_the_dtype(dtype):
    zeros = Zeros()((2, 3), dtype)
    assert keras.backend.standardize_dtype(zeros.dtype) == (dtype or "float32")
    assert tuple(zeros.shape) == (2, 3)
    assert not ops.convert_to_numpy(ops.cast(zeros, "float32")).any()


@pytest.mark.parametrize("seed", [None, 5, "a generator"])
@pytest.mark.parametrize("name", ["Zeros", *RANDOM])
def test_the_config_brings_the_initializer_back(name, seed):
    words = {} if name == "Zeros" else {"seed": seed}
    if seed == "a generator":
        words = {word: keras.random.SeedGenerator(5) for word in words}
    initializer = getattr(initializers, name)(**words)
    layer = keras.layers.Dense(2, kernel_initializer=initializer)
    config = layer.get_config()["kernel_initializer"]
    assert config["registered_name"] == f"dlbook>{name}"
    copy = keras.layers.Dense.from_config(layer.get_config()).kernel_initializer
    assert type(copy) is type(initializer)
    assert copy.get_config() == initializer.get_config()
    if seed is not None:
        values = [ops.convert_to_numpy(i((4, 6))) for i in (initializer, copy)]
        np.testing.assert_array_equal(*values)


def test_the_config_of_random_normal_holds_mean_and_deviation():
    config = RandomNormal(mean=1, stddev=0.25, seed=3).get_config()
    assert config == {"mean": 1.0, "stddev": 0.25, "seed": 3}
    assert RandomNormal().get_config() == keras.initializers.RandomNormal().get_config()


@pytest.mark.parametrize("name", RANDOM)
@pytest.mark.parametrize("seed", ["5", 1.5, True])
def test_a_seed_that_is_none_is_refused(name, seed):
    with pytest.raises(ValueError, match=f"`seed` must be .*seed={seed!r}"):
        getattr(initializers, name)(seed=seed)


@pytest.mark.parametrize(
    ("word", "value"), [("stddev", -1), ("stddev", math.nan), ("mean", math.inf)]
)
def test_random_normal_refuses_what_is_no_size(word, value):
    with pytest.raises(ValueError, match=f"`{word}` must be a number in"):
        RandomNormal(**{word: value})
