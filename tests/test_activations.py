"""Each activation beside its formula, the built-in, and its own derivative."""

import itertools

import keras
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from keras import ops

from dlbook import activations
from dlbook.measures import input_gradients

pytestmark = pytest.mark.backends

VARIANTS = [
    ("sigmoid", {}),
    ("tanh", {}),
    ("relu", {}),
    ("relu", {"negative_slope": 0.3}),
    ("relu", {"max_value": 2.1}),
    ("relu", {"threshold": 0.7}),
    ("relu", {"negative_slope": 0.3, "max_value": 2.1, "threshold": 0.7}),
    ("leaky_relu", {}),
    ("leaky_relu", {"negative_slope": 0.01}),
    ("elu", {}),
    ("elu", {"alpha": 2.5}),
    ("gelu", {}),
    ("gelu", {"approximate": True}),
    ("softmax", {}),
    ("softmax", {"axis": 0}),
]
EACH = [variant for variant in VARIANTS if not variant[1]]
OF_ONE_NUMBER = [variant for variant in VARIANTS if variant[0] != "softmax"]
SIGMOID_OF_ONE = 1 / (1 + np.exp(-1))

every_variant = pytest.mark.parametrize(("name", "options"), VARIANTS)
each = pytest.mark.parametrize("name", activations.__all__)
few = settings(max_examples=10)
grids = arrays.arrays(
    "float32",
    st.sampled_from([(4, 3), (2, 3, 4)]),
    elements=st.floats(-20, 20, width=32),
)


def numbers(tensor):
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def two_roads(name, options):
    ours, theirs = getattr(activations, name), getattr(keras.activations, name)
    return lambda x: ours(x, **options), lambda x: theirs(x, **options)


def float64_formula(name, x, negative_slope=None, alpha=1.0, approximate=False, **more):
    """The formula by NumPy and SciPy, in float64."""
    below, cap = more.get("threshold", 0.0), more.get("max_value", np.inf)
    slope = {"relu": 0.0, "leaky_relu": 0.2}.get(name)
    slope = slope if negative_slope is None else negative_slope
    cubic = np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)
    # 1 + tanh u as 2 σ(2u), which does not cancel on the left.
    share = scipy.special.expit(2 * cubic) if approximate else scipy.special.ndtr(x)
    return {
        "sigmoid": lambda: scipy.special.expit(x),
        "tanh": lambda: np.tanh(x),
        "relu": lambda: np.where(x > below, np.fmin(x, cap), slope * (x - below)),
        "leaky_relu": lambda: np.where(x > 0, x, slope * x),
        "elu": lambda: np.where(x > 0, x, alpha * np.expm1(x)),
        "gelu": lambda: x * share,
    }[name]()


@pytest.mark.parametrize(("name", "options"), OF_ONE_NUMBER)
def test_it_is_its_formula(name, options):
    x = np.linspace(-30, 30, 241)
    y = getattr(activations, name)(x.astype("float32"), **options)
    expected = float64_formula(name, x, **options)
    # 1 + erf cancels on the left, in Keras as well.
    atol = 1e-6 if name == "gelu" else 1e-30
    np.testing.assert_allclose(numbers(y), expected, rtol=2e-6, atol=atol)


@pytest.mark.parametrize(("name", "options"), OF_ONE_NUMBER)
def test_its_derivative_is_the_slope_of_its_formula(name, options):
    # Not at the kinks 0, 0.7 and 2.1, nor within h of them.
    x, h = np.linspace(-9.05, 9.05, 182), 1e-5
    ends = (float64_formula(name, x + side, **options) for side in (h, -h))
    slope = np.subtract(*ends) / (2 * h)
    derivative = getattr(activations, name).derivative(x.astype("float32"), **options)
    np.testing.assert_allclose(numbers(derivative), slope, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("axis", [-1, 0, 1])
def test_softmax_and_its_jacobian_are_their_formula(axis):
    x = np.random.default_rng(0).normal(0, 3, (2, 3, 4))
    s = scipy.special.softmax(x, axis)
    y = activations.softmax(x.astype("float32"), axis=axis)
    np.testing.assert_allclose(numbers(y), s, rtol=2e-6)
    jacobian = activations.softmax.derivative(x.astype("float32"), axis=axis)
    rows = np.moveaxis(s, axis, -1).reshape(-1, s.shape[axis])
    expected = np.stack([np.diag(row) - np.outer(row, row) for row in rows])
    flat = numbers(jacobian).reshape(expected.shape)
    np.testing.assert_allclose(flat, expected, rtol=1e-5, atol=1e-7)
    assert jacobian.shape == (*np.moveaxis(s, axis, -1).shape, s.shape[axis])


@every_variant
@few
@given(x=grids)
def test_values_are_those_of_the_builtin(name, options, x):
    ours, theirs = two_roads(name, options)
    np.testing.assert_allclose(numbers(ours(x)), numbers(theirs(x)), 1e-5, 1e-6)


@every_variant
def test_gradients_are_those_of_the_builtin(name, options):
    # None is at a kink, where the backends of Keras differ.
    x = np.random.default_rng(0).normal(0, 4, (2, 3, 40)).astype("float32")
    u = ops.cos(ops.reshape(ops.arange(x.size, dtype="float32"), x.shape))
    ours, theirs = two_roads(name, options)
    both = input_gradients(
        lambda x: ops.sum(ours(x[0]) * u) + ops.sum(theirs(x[1]) * u), np.stack([x, x])
    )
    np.testing.assert_allclose(*both, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(("name", "options"), OF_ONE_NUMBER)
def test_the_derivative_is_what_backpropagation_multiplies_by(name, options):
    x = np.float32([-40, -3, -0.5, -0.0, 0.0, 0.5, 0.7, 1, 2.1, 2.5, 40])
    f = getattr(activations, name)
    found = input_gradients(lambda x: ops.sum(f(x, **options)), x)
    derivative = numbers(f.derivative(x, **options))
    np.testing.assert_allclose(derivative, found, rtol=1e-5, atol=1e-6)


def test_at_a_kink_the_derivative_is_the_one_from_the_left():
    derivatives = [
        activations.relu.derivative(0.0),
        activations.leaky_relu.derivative(0.0),
        activations.elu.derivative(0.0, alpha=2.5),
        activations.relu.derivative(1.5, threshold=1.5, negative_slope=0.25),
        activations.relu.derivative(1.5, max_value=1.5),
        activations.relu.derivative(1.75, max_value=1.5),
    ]
    assert [float(d) for d in derivatives] == pytest.approx([0, 0.2, 2.5, 0.25, 1, 0])


LIMITS = {
    "sigmoid": ([0, 1], [0, 0]),
    "tanh": ([-1, 1], [0, 0]),
    "relu": ([0, 1e4], [0, 1]),
    "leaky_relu": ([-2e3, 1e4], [0.2, 1]),
    "elu": ([-1, 1e4], [0, 1]),
    "gelu": ([0, 1e4], [0, 1]),
    "softmax": ([0, 1], [0, 0]),
}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize(("name", "options"), [*EACH, ("gelu", {"approximate": True})])
def test_ten_thousand_is_no_trouble_in_any_dtype(name, options, dtype):
    f = getattr(activations, name)
    x = ops.cast(ops.convert_to_tensor([-1e4, 1e4]), dtype)
    y, slope = f(x, **options), f.derivative(x, **options)
    gradient = input_gradients(lambda x: ops.sum(f(x, **options)), x)
    assert keras.backend.standardize_dtype(y.dtype) == dtype
    assert keras.backend.standardize_dtype(slope.dtype) == dtype
    limits = (*LIMITS[name], LIMITS[name][1])
    for found, limit in zip((y, slope, gradient), limits, strict=True):
        found, limit = np.float32(numbers(found)), np.asarray(limit)
        limit = limit[:, None] if found.ndim == 2 else limit
        np.testing.assert_allclose(found, limit + 0 * found, rtol=0.01, atol=1e-3)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@every_variant
def test_half_precision_is_the_rounded_float32_value(name, options, dtype):
    f = getattr(activations, name)
    x = ops.cast(ops.reshape(ops.linspace(-12.0, 12.0, 98), (2, 49)), dtype)
    half, full = f(x, **options), f(ops.cast(x, "float32"), **options)
    unit = {"float16": 2**-10, "bfloat16": 2**-7}[dtype]
    np.testing.assert_allclose(numbers(half), numbers(full), rtol=4 * unit, atol=unit)


@each
def test_nan_passes_through(name):
    assert np.isnan(numbers(getattr(activations, name)([np.nan, np.nan]))).all()


def test_small_numbers_keep_their_digits():
    tiny = np.float32([1e-6, -1e-6, 1e-20])
    np.testing.assert_allclose(numbers(activations.tanh(tiny)), tiny, rtol=1e-6)
    np.testing.assert_allclose(numbers(activations.elu(tiny)), tiny, rtol=1e-6)


def test_the_tails_of_the_derivatives_keep_their_digits():
    x = np.float32([-30, 30])
    expected = np.exp([-30.0, -30.0])
    sigmoid, tanh = activations.sigmoid, activations.tanh
    np.testing.assert_allclose(numbers(sigmoid.derivative(x)), expected, rtol=1e-5)
    np.testing.assert_allclose(numbers(tanh.derivative(x / 2)), 4 * expected, rtol=1e-5)


def test_lists_and_whole_numbers_are_taken():
    assert float(activations.sigmoid(1)) == pytest.approx(SIGMOID_OF_ONE)
    assert numbers(activations.relu([[-1, 2]])).tolist() == [[0, 2]]
    for name in activations.__all__:
        theirs = getattr(keras.activations, name)(np.float32([1, -2]))
        np.testing.assert_allclose(
            numbers(getattr(activations, name)([1, -2])), numbers(theirs), rtol=1e-5
        )


@each
def test_symbolic_tensors_of_unknown_batch_keep_shape_and_dtype(name):
    f = getattr(activations, name)
    x = keras.Input((3, 5), dtype="float16")
    assert (f(x).shape, f(x).dtype) == ((None, 3, 5), "float16")
    model = keras.Model(x, f(x))
    batch = np.linspace(-2, 2, 30, dtype="float16").reshape(2, 3, 5)
    np.testing.assert_allclose(numbers(model(batch)), numbers(f(batch)), rtol=2e-3)


@each
def test_a_layer_takes_it_and_its_config_brings_it_back(name):
    f = getattr(activations, name)
    layer = keras.layers.Dense(3, activation=f)
    assert keras.saving.get_registered_name(f) == f"dlbook>{name}"
    assert keras.layers.Dense.from_config(layer.get_config()).activation is f
    assert keras.activations.deserialize(keras.activations.serialize(f)) is f


def test_all_run_compiled_under_mixed_policies():
    inputs, branches = keras.Input((3,)), []
    policies = ["mixed_float16", "mixed_bfloat16"]
    pairs = list(itertools.product(activations.__all__, policies))
    for name, policy in pairs:
        f = getattr(activations, name)
        words = {"kernel_initializer": "identity", "dtype": policy}
        branches.append(keras.layers.Dense(3, activation=f, **words)(inputs))
    model = keras.Model(inputs, branches)
    model.compile(jit_compile=keras.backend.backend() != "torch")
    x = np.linspace(-3, 3, 12, dtype="float32").reshape(4, 3)
    for (name, _), y in zip(pairs, model.predict(x, verbose=0), strict=True):
        expected = numbers(getattr(keras.activations, name)(x))
        np.testing.assert_allclose(np.float32(y), expected, rtol=0.02, atol=0.02)


@pytest.mark.parametrize(
    ("name", "loss", "pull"),
    [
        ("sigmoid", keras.losses.BinaryCrossentropy(), 0.5),
        ("softmax", keras.losses.CategoricalCrossentropy(), 1.0),
    ],
)
def test_the_losses_of_keras_find_the_logits_as_behind_the_builtin(name, loss, pull):
    z, y = np.float32([[-40, 20]]), np.float32([[1, 0]])
    ours, theirs = (
        input_gradients(lambda z, f=f: loss(y, f(z)), z) for f in two_roads(name, {})
    )
    np.testing.assert_allclose(ours, theirs, atol=1e-6)
    if keras.backend.backend() == "tensorflow":
        assert ours[0, 0] == pytest.approx(-pull)


def test_the_approximate_gelu_is_off_by_half_a_thousandth():
    x = np.linspace(-6, 6, 1201, dtype="float32")
    gelu = activations.gelu
    gap = np.abs(numbers(gelu(x)) - numbers(gelu(x, approximate=True))).max()
    assert 4e-4 < gap < 5e-4


@pytest.mark.parametrize(
    ("name", "argument", "value"),
    [
        ("relu", "negative_slope", -0.1),
        ("relu", "negative_slope", "steep"),
        ("relu", "max_value", 0),
        ("relu", "max_value", float("nan")),
        ("relu", "threshold", -1),
        ("leaky_relu", "negative_slope", float("inf")),
        ("elu", "alpha", -1.0),
        ("elu", "alpha", None),
    ],
)
def test_a_bad_argument_is_refused_by_its_name(name, argument, value):
    f = getattr(activations, name)
    for function in (f, f.derivative):
        with pytest.raises(ValueError, match=f"`{argument}` must be a number in"):
            function([1.0], **{argument: value})
