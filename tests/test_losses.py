"""Each loss beside its formula, the built-in, and the largest numbers."""

import fresh_process
import keras
import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import ops

from dlbook import activations, initializers, losses, regularizers
from dlbook.losses import (
    BinaryCrossentropy,
    CategoricalCrossentropy,
    ContrastiveLoss,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from dlbook.measures import input_gradients

pytestmark = pytest.mark.backends

CASES = [
    ("MeanSquaredError", {}),
    ("BinaryCrossentropy", {}),
    ("BinaryCrossentropy", {"label_smoothing": 0.3}),
    ("BinaryCrossentropy", {"from_logits": True}),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.3}),
    ("CategoricalCrossentropy", {}),
    ("CategoricalCrossentropy", {"label_smoothing": 0.3}),
    ("CategoricalCrossentropy", {"from_logits": True}),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.3}),
    ("SparseCategoricalCrossentropy", {}),
    ("SparseCategoricalCrossentropy", {"from_logits": True}),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 1}),
    ("ContrastiveLoss", {"margin": 0.7}),
]
BESIDE_KERAS = [case for case in CASES if case[0] != "ContrastiveLoss"]
every_case = pytest.mark.parametrize(("name", "options"), CASES)
beside_keras = pytest.mark.parametrize(("name", "options"), BESIDE_KERAS)
few = settings(max_examples=10)
shapes = st.sampled_from([(6, 4), (2, 3, 4)])
seeds = st.integers(0, 1000)


def numbers(tensor):
    return ops.convert_to_numpy(ops.cast(tensor, "float32"))


def batch(name, options, shape=(6, 4), seed=0):
    """Targets and predictions as the loss takes them."""
    random = np.random.default_rng(seed)
    y_pred = random.normal(0, 3, shape).astype("float32")
    classes = random.integers(shape[-1], size=shape[:-1])
    if name == "ContrastiveLoss":
        return random.integers(2, size=shape[:-1]), np.abs(y_pred[..., 0]) / 3
    if name == "SparseCategoricalCrossentropy":
        y_true = classes
    elif name == "CategoricalCrossentropy":
        y_true = np.eye(shape[-1], dtype="float32")[classes]
    elif name == "BinaryCrossentropy":
        y_true = random.integers(2, size=shape).astype("float32")
    else:
        return random.normal(size=shape).astype("float32"), y_pred
    if not options.get("from_logits"):
        binary = name == "BinaryCrossentropy"
        y_pred = scipy.special.expit(y_pred) if binary else softmax(y_pred)
    return y_true, y_pred


def softmax(z):
    return scipy.special.softmax(z, -1)


def by_loops(name, y_true, y_pred, from_logits=False, label_smoothing=0.0, **more):
    """The loss of each example, number by number, in float64."""
    rows = np.asarray(y_pred, "float64").reshape(-1, y_pred.shape[-1])
    K, s, found = rows.shape[1], label_smoothing, []
    if name == "SparseCategoricalCrossentropy":
        name, y_true = "CategoricalCrossentropy", np.eye(K)[y_true]
        y_true[..., more.get("ignore_class", K) :][..., :1] = 0
    for y, p in zip(y_true.reshape(-1, K), rows, strict=True):
        if name == "MeanSquaredError":
            found.append(sum((a - b) ** 2 for a, b in zip(y, p, strict=True)) / K)
        elif name == "BinaryCrossentropy":
            p = scipy.special.expit(p) if from_logits else p
            y = [(1 - s) * a + s / 2 for a in y]
            terms = zip(y, p, strict=True)
            found.append(
                -sum(a * np.log(b) + (1 - a) * np.log(1 - b) for a, b in terms) / K
            )
        else:
            p = softmax(p) if from_logits else p / p.sum()
            terms = zip(y, p, strict=True)
            found.append(-sum(((1 - s) * a + s / K) * np.log(b) for a, b in terms))
    return np.reshape(found, y_pred.shape[:-1])


@beside_keras
@pytest.mark.parametrize("shape", [(6, 4), (2, 3, 4)])
def test_each_example_costs_what_the_formula_says(name, options, shape):
    y_true, y_pred = batch(name, options, shape)
    found = getattr(losses, name)(**options, reduction=None)(y_true, y_pred)
    expected = by_loops(name, y_true, y_pred, **options)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-4, atol=1e-6)


@beside_keras
@few
@given(shape=shapes, seed=seeds)
def test_the_value_is_that_of_the_builtin(name, options, shape, seed):
    y_true, y_pred = batch(name, options, shape, seed)
    ours, theirs = (getattr(m, name)(**options) for m in (losses, keras.losses))
    values = float(ours(y_true, y_pred)), float(theirs(y_true, ops.array(y_pred)))
    assert values[0] == pytest.approx(values[1], rel=1e-5, abs=1e-6)


@beside_keras
def test_the_gradient_is_that_of_the_builtin(name, options):
    y_true, y_pred = batch(name, options, (2, 3, 4))
    ours, theirs = (getattr(m, name)(**options) for m in (losses, keras.losses))
    both = input_gradients(
        lambda y: ours(y_true, y[0]) + theirs(y_true, y[1]), np.stack([y_pred, y_pred])
    )
    np.testing.assert_allclose(*both, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    "reduction", ["sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", None]
)
@pytest.mark.parametrize("masked", [False, True])
@beside_keras
def test_weights_masks_and_reductions_are_those_of_the_builtin(
    name, options, masked, reduction
):
    y_true, y_pred = batch(name, options, (2, 3, 4))
    weights, found = np.float32([[1, 2, 0.5], [0, 3, 1]]), []
    for module in (losses, keras.losses):
        loss = getattr(module, name)(**options, reduction=reduction)
        tensor = ops.convert_to_tensor(y_pred)
        if masked:
            mask = np.array([[True, False, True], [True, True, False]])
            tensor = with_mask(tensor, mask)
        found += [numbers(loss(y_true, tensor, w)) for w in (None, weights)]
    np.testing.assert_allclose(found[0], found[2], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(found[1], found[3], rtol=1e-5, atol=1e-6)
    assert reduction == "mean_with_sample_weight" or (found[0] != found[1]).any()


def with_mask(tensor, mask):
    """The tensor as a layer that knows a mask returns it."""

    class Masked(keras.layers.Layer):
        def call(self, inputs):
            return inputs * 1

        def compute_mask(self, inputs, previous=None):
            return ops.convert_to_tensor(mask)

    return Masked(dtype="float32")(tensor)


def test_what_is_ignored_neither_costs_nor_counts():
    y, p = np.array([0, -1, 1]), np.float32([[0.5, 0.5], [0.1, 0.9], [0.75, 0.25]])
    loss = SparseCategoricalCrossentropy(ignore_class=-1)
    assert float(loss(y, p)) == pytest.approx((np.log(2) + np.log(4)) / 2, rel=1e-5)
    assert float(loss(y[:, None], p)) == float(loss(y, p))
    each = SparseCategoricalCrossentropy(ignore_class=-1, reduction=None)(y, p)
    assert numbers(each)[1] == 0
    gradient = input_gradients(lambda p: loss(y, p), p)
    assert not gradient[1].any()
    assert gradient[[0, 2]].any(axis=1).all()
    assert float(loss(np.array([-1, -1, -1]), p)) == 0


@pytest.mark.parametrize("sparse", [False, True])
def test_the_classes_may_stand_on_another_axis(sparse):
    y_true, y_pred = batch("SparseCategoricalCrossentropy", {}, (2, 3, 4))
    one_hot = np.eye(4, dtype="float32")[y_true]
    words = {"from_logits": True, "reduction": None}
    if sparse:
        last = SparseCategoricalCrossentropy(**words)(y_true, y_pred)
        first = SparseCategoricalCrossentropy(**words, axis=1)(
            y_true[:, None], np.moveaxis(y_pred, -1, 1)
        )
    else:
        words["label_smoothing"] = 0.3
        last = CategoricalCrossentropy(**words)(one_hot, y_pred)
        first = CategoricalCrossentropy(**words, axis=1)(
            np.moveaxis(one_hot, -1, 1), np.moveaxis(y_pred, -1, 1)
        )
    np.testing.assert_allclose(numbers(first), numbers(last), rtol=1e-6)


def test_the_binary_mean_may_be_taken_over_another_axis():
    y_true, y_pred = batch("BinaryCrossentropy", {}, (2, 3, 4))
    found = BinaryCrossentropy(axis=1, reduction=None)(y_true, y_pred)
    swapped = np.swapaxes(y_true, 1, 2), np.swapaxes(y_pred, 1, 2)
    expected = by_loops("BinaryCrossentropy", *swapped)
    np.testing.assert_allclose(numbers(found), expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("dtype", "smoothing"),
    [("float16", 0.0), ("float16", 0.1), ("bfloat16", 0.0), ("float32", 0.0)],
)
@pytest.mark.parametrize("name", ["BinaryCrossentropy", "CategoricalCrossentropy"])
def test_extreme_logits_cost_their_distance_and_keep_their_gradient(
    name, smoothing, dtype
):
    loss = getattr(losses, name)(
        from_logits=True, label_smoothing=smoothing, dtype=dtype
    )
    # Eight examples: their sum, 80,000 or 160,000, is more than float16 can hold.
    z = np.float32([[1e4, -1e4]] * 8)
    wrong = np.float32([[0, 1]] * 8)
    s, binary = smoothing / 2, name == "BinaryCrossentropy"
    cost = (1e4 if binary else 2e4) * (1 - s)
    assert float(loss(wrong, z)) == pytest.approx(cost, rel=0.01)
    assert float(loss(1 - wrong, z)) == pytest.approx(2e4 * s / (1 + binary), rel=0.01)
    slope = (1 - s) / 8 / (1 + binary)
    found = input_gradients(lambda z: loss(wrong, z), z)
    np.testing.assert_allclose(found, [[slope, -slope]] * 8, rtol=0.01)
    assert keras.backend.standardize_dtype(loss(wrong, z).dtype) == dtype


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize(
    ("loss", "y", "shares"),
    [
        (BinaryCrossentropy, [[1, 0]], [0, 1, 1 / 2]),
        (CategoricalCrossentropy, [[1, 0]], [0, 1, 1]),
        (SparseCategoricalCrossentropy, [0], [0, 1, 1]),
    ],
)
def test_certain_probabilities_cost_at_most_minus_log_epsilon(loss, y, shares, dtype):
    y, p = np.repeat(y, 3, 0), np.float32([[1, 0], [0, 1], [0, 0]])
    found = loss(dtype=dtype, reduction=None)(y, p)
    expected = -np.log(1e-7) * np.array(shares)
    np.testing.assert_allclose(numbers(found), expected, rtol=0.02, atol=1e-5)
    assert np.isfinite(input_gradients(lambda p: loss(dtype=dtype)(y, p), p)).all()


def test_a_sure_mistake_has_a_gradient_only_from_logits():
    wrong = np.float32([[1.0]])
    given = BinaryCrossentropy(from_logits=True), BinaryCrossentropy()
    found = [
        input_gradients(lambda v, f=f: f(wrong, v), [[v]])
        for f, v in zip(given, (-1e4, 0.0), strict=True)
    ]
    assert [float(g[0, 0]) for g in found] == [-1, 0]


def test_the_gradient_at_a_logit_of_zero_is_a_half():
    loss = BinaryCrossentropy(from_logits=True)
    found = input_gradients(lambda z: loss([[1.0], [0.0]], z), [[0.0], [0.0]])
    np.testing.assert_allclose(found, [[-0.25], [0.25]], rtol=1e-6)


@settings(max_examples=3)  # JAX compiles each gradient.
@given(seed=seeds, margin=st.floats(0.125, 3))
def test_contrastive_loss_is_its_formula_in_a_loop(seed, margin):
    y, D = batch("ContrastiveLoss", {}, (6, 4), seed)
    loss, cost, slope = ContrastiveLoss(margin), [], []
    for unlike, d in zip(y, D.astype("float64"), strict=True):
        if unlike:
            cost.append(0.5 * max(0.0, margin - d) ** 2)
            slope.append(-max(0.0, margin - d))
        else:
            cost.append(0.5 * d**2)
            slope.append(d)
    each = ContrastiveLoss(margin, reduction=None)(y, D)
    np.testing.assert_allclose(numbers(each), cost, rtol=1e-4, atol=1e-6)
    assert float(loss(y, D)) == pytest.approx(np.mean(cost), rel=1e-5)
    weights = np.float32([1, 2, 0, 4, 5, 6])
    expected = np.mean(weights * cost)
    assert float(loss(y, D, weights)) == pytest.approx(expected, rel=1e-5)
    column = loss(y[:, None], D[:, None], weights)
    assert float(column) == pytest.approx(expected, rel=1e-5)
    found = input_gradients(lambda D: loss(y, D), D)
    np.testing.assert_allclose(found, np.divide(slope, 6), rtol=1e-4, atol=1e-6)


def test_a_column_fits_a_flat_batch_in_both_directions():
    y, p = np.float32([0, 1, 1]), np.float32([0.25, 0.5, 1.5])
    for loss in (MeanSquaredError(), ContrastiveLoss()):
        assert float(loss(y, p[:, None])) == pytest.approx(float(loss(y[:, None], p)))
    expected = np.mean((y - p) ** 2)
    assert float(MeanSquaredError()(y, p[:, None])) == pytest.approx(expected)
    deep = MeanSquaredError()(np.ones((2, 3, 1)), np.zeros((2, 3)))
    assert float(deep) == 1


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow",
    reason="JAX has to be asked for float64, torch reads a list as float32",
)
def test_the_numbers_of_a_list_are_not_rounded_on_their_way_to_float64():
    loss = MeanSquaredError(dtype="float64")([[0.1]], [[0.0]])
    assert float(loss) == pytest.approx(0.01, rel=1e-12)


@pytest.mark.parametrize(
    ("loss", "y_true", "y_pred"),
    [
        (MeanSquaredError, (4, 1), (4, 3)),
        (MeanSquaredError, (3,), (3, 3)),
        (BinaryCrossentropy, (4, 2), (4, 3)),
        (CategoricalCrossentropy, (4,), (4, 3)),
        (CategoricalCrossentropy, (4, 2), (4, 3)),
        (SparseCategoricalCrossentropy, (5,), (4, 3)),
        (SparseCategoricalCrossentropy, (4, 3), (4, 3)),
        (ContrastiveLoss, (4,), (5,)),
    ],
)
def test_shapes_that_do_not_fit_are_refused(loss, y_true, y_pred):
    with pytest.raises(ValueError, match="must fit"):
        loss()(np.ones(y_true), np.full(y_pred, 0.5))


@pytest.mark.parametrize(
    ("loss", "word", "value"),
    [
        (BinaryCrossentropy, "label_smoothing", -0.1),
        (BinaryCrossentropy, "label_smoothing", 1.1),
        (CategoricalCrossentropy, "label_smoothing", float("nan")),
        (SparseCategoricalCrossentropy, "ignore_class", 0.5),
        (ContrastiveLoss, "margin", 0),
        (ContrastiveLoss, "margin", None),
        (MeanSquaredError, "reduction", "average"),
    ],
)
def test_a_bad_argument_is_refused_by_its_name(loss, word, value):
    with pytest.raises(ValueError, match=word):
        loss(**{word: value})


@pytest.mark.parametrize("dtype", [None, "float16", "mixed_bfloat16"])
@every_case
def test_the_config_holds_every_argument_and_builds_the_same_again(
    name, options, dtype
):
    make = getattr(losses, name)
    loss = make(**options, reduction="sum", name="mine", dtype=dtype)
    config = loss.get_config()
    given = {**options, "reduction": "sum", "name": "mine", "dtype": dtype}
    assert given.items() <= config.items()
    assert keras.saving.get_registered_name(make) == f"dlbook>{name}"
    copy = keras.losses.deserialize(keras.losses.serialize(loss))
    assert type(copy) is make
    assert copy.get_config() == config
    y_true, y_pred = batch(name, options)
    assert float(copy(y_true, y_pred)) == float(loss(y_true, y_pred))


@beside_keras
def test_the_defaults_are_those_of_keras(name, options):
    ours, theirs = (getattr(m, name)().get_config() for m in (losses, keras.losses))
    assert theirs.items() <= ours.items() | {("ignore_class", None)}


def test_a_compiled_model_learns_each_under_mixed_policies():
    x = np.random.default_rng(1).normal(size=(32, 4)).astype("float32")
    outputs, targets, inputs = [], [], keras.Input((4,))
    for case, (name, options) in enumerate(CASES):
        units = 1 if name == "ContrastiveLoss" else 4
        activation = None if options.get("from_logits") else LAST[name]
        policy = ["mixed_float16", "mixed_bfloat16"][case % 2]
        words = {"dtype": policy, "kernel_initializer": "zeros"}
        outputs.append(keras.layers.Dense(units, activation, **words)(inputs))
        targets.append(batch(name, options, (32, 4))[0])
    model = keras.Model(inputs, outputs)
    each = [getattr(losses, name)(**options) for name, options in CASES]
    jit = keras.backend.backend() != "torch"
    model.compile(keras.optimizers.SGD(0.05), each, jit_compile=jit)
    history = model.fit(x, targets, 32, verbose=0, epochs=4).history
    assert len(history) == len(CASES) + 1
    for costs in history.values():
        assert 0 <= costs[-1] < costs[0]


LAST = {
    "MeanSquaredError": None,
    "BinaryCrossentropy": "sigmoid",
    "CategoricalCrossentropy": "softmax",
    "SparseCategoricalCrossentropy": "softmax",
    "ContrastiveLoss": "softplus",
}
LOAD = """
import sys
import keras
import numpy as np
import dlbook.activations, dlbook.initializers, dlbook.losses, dlbook.regularizers

model = keras.saving.load_model(f"{sys.argv[1]}/model.keras")
names = [type(loss).__name__ for loss in model.loss]
assert names == dlbook.losses.__all__
assert all(type(loss).__module__ == "dlbook.losses" for loss in model.loss)
_, first, *others = model.layers
assert first.activation is dlbook.activations.gelu
assert all(layer.activation is dlbook.activations.sigmoid for layer in others)
assert type(first.kernel_initializer) is dlbook.initializers.HeNormal
assert type(first.kernel_regularizer) is dlbook.regularizers.L1L2
with np.load(f"{sys.argv[1]}/data.npz") as saved:
    targets = [saved[name] for name in names]
    costs = model.evaluate(saved["x"], targets, verbose=0)
    np.testing.assert_allclose(costs, saved["costs"], rtol=1e-6)
    for y_pred, name in zip(model(saved["x"]), names):
        y_pred = keras.ops.convert_to_numpy(y_pred)
        before = saved[f"{name}_output"]
        np.testing.assert_allclose(y_pred, before, rtol=1e-6, atol=1e-7)
"""


def test_a_saved_model_comes_back_in_a_new_process(tmp_path):
    x = np.random.default_rng(0).normal(size=(8, 4)).astype("float32")
    inputs = keras.Input((4,))
    hidden = keras.layers.Dense(
        5,
        activation=activations.gelu,
        kernel_initializer=initializers.HeNormal(seed=1),
        kernel_regularizer=regularizers.L1L2(0.01, 0.02),
    )(inputs)
    sizes = [1 if name == "ContrastiveLoss" else 3 for name in losses.__all__]
    layers = [keras.layers.Dense(n, activation=activations.sigmoid) for n in sizes]
    model = keras.Model(inputs, [layer(hidden) for layer in layers])
    model.compile(loss=[getattr(losses, name)() for name in losses.__all__])
    targets = [batch(name, {}, (8, 3))[0] for name in losses.__all__]
    costs = model.evaluate(x, targets, verbose=0)
    outputs = {
        f"{n}_output": numbers(y) for n, y in zip(losses.__all__, model(x), strict=True)
    }
    known = dict(zip(losses.__all__, targets, strict=True))
    model.save(tmp_path / "model.keras")
    np.savez(tmp_path / "data.npz", x=x, costs=costs, **known, **outputs)
    fresh_process.run(LOAD, tmp_path)
