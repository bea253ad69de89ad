"""The promises that every public layer keeps; see also the other `test_every_*`."""

import json

import keras
import numpy as np
import pytest

from dlbook import layers

from .cases import CASES
from .inputs import any_batch, assert_close, called, is_shape, numbers, symbols, tensors

each = pytest.mark.parametrize("case", CASES, ids=str)
REFUSED = [
    (case, word, value)
    for case in CASES
    for word, values in case.refused.items()
    for value in values
]


def test_every_public_layer_has_a_case():
    public = {name for name in layers.__all__ if isinstance(_public(name), type)}
    assert {case.name for case in CASES} == public - {"Layer"}


@each
def test_the_config_is_plain_data_and_builds_the_same_layer(case):
    layer = case.layer(name="named", trainable=False)
    config = layer.get_config()
    json.dumps(config)
    assert (config["name"], config["trainable"]) == ("named", False)
    again = type(layer).from_config(json.loads(json.dumps(config)))
    assert json.dumps(again.get_config()) == json.dumps(config)


@pytest.mark.parametrize("case", [c for c in CASES if not c.make], ids=str)
def test_the_config_holds_what_the_constructor_was_given(case):
    config = case.layer().get_config()
    for word, value in case.arguments.items():
        kept = config[word]
        assert kept == value or value in str(kept["class_name"] + _snake(kept))


@each
def test_it_is_registered_under_its_public_name(case):
    layer_class = _public(case.name)
    assert keras.saving.get_registered_name(layer_class) == f"dlbook>{case.name}"
    assert layer_class.__name__ == case.name


@each
def test_weights_have_the_names_and_shapes_of_the_table(case):
    weights = called(case).weights
    for weight, (name, shape) in zip(weights, case.weights.items(), strict=True):
        assert f"/{weight.path}".endswith(f"/{name}")
        assert tuple(weight.shape) == shape


@each
def test_shapes_are_known_before_a_number_is(case):
    eager = [y.shape for y in numbers(called(case)(*tensors(case.shapes)))]
    computed = case.layer()
    computed.build(*_build_shapes(case.shapes))
    assert _flat(computed.compute_output_shape(*case.shapes)) == eager
    unknown = [(None, *shape[1:]) for shape in eager]
    assert _flat(computed.compute_output_shape(*any_batch(case.shapes))) == unknown
    symbolic = keras.tree.flatten(case.layer()(*symbols(case.shapes)))
    assert [tuple(y.shape) for y in symbolic] == unknown


@each
def test_training_changes_what_it_computes_only_where_it_should(case):
    x = tensors(case.shapes, seed=1)
    plain, training, inference = (
        numbers(called(case)(*x, **flag))
        for flag in ({}, {"training": True}, {"training": False})
    )
    same = [np.allclose(a, b) for a, b in zip(training, inference, strict=True)]
    assert all(same) != case.trains
    for one, other in zip(plain, inference, strict=True):
        np.testing.assert_array_equal(one, other)


@each
def test_the_same_global_seed_gives_the_same_layer(case):
    first, second, third = (called(case, seed).get_weights() for seed in (1, 1, 2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)
    random = [w for w in first if np.unique(w).size > 1]
    assert not random or any((a != b).any() for a, b in zip(first, third, strict=True))


@pytest.mark.parametrize("case", [c for c in CASES if c.seed], ids=str)
def test_its_own_seed_makes_training_reproducible(case):
    x = tensors(case.shapes)
    first, second, other = (_with_the_same_weights(case, x, s) for s in (5, 5, 6))
    for _ in range(2):
        before = numbers(first(*x, training=True))[0]
        again = numbers(second(*x, training=True))[0]
        np.testing.assert_array_equal(before, again)
        assert (before != numbers(other(*x, training=True))[0]).any()
    assert (before != numbers(first(*x, training=True))[0]).any()


def _with_the_same_weights(case, x, seed):
    """The layer with this seed, after a first call."""
    keras.utils.set_random_seed(0)
    layer = case.layer(seed=seed)
    layer(*x)
    return layer


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@each
def test_mixed_precision_rounds_and_nothing_more(case, dtype):
    full = numbers(called(case)(*tensors(case.shapes)))
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(f"mixed_{dtype}")
    try:
        layer = called(case)
        half = layer(*tensors(case.shapes))
    finally:
        keras.config.set_dtype_policy(before)
    assert {weight.dtype for weight in layer.weights} <= {"float32"}
    kinds = {keras.backend.standardize_dtype(y.dtype) for y in keras.tree.flatten(half)}
    assert kinds == {dtype}
    assert_close(numbers(half), full, {"float16": 1e-2, "bfloat16": 5e-2}[dtype])


@pytest.mark.parametrize(("case", "word", "value"), REFUSED, ids=str)
def test_an_argument_out_of_range_is_refused_by_its_name(case, word, value):
    named = rf"{word.rsplit('_')[-1]}\b"
    with pytest.raises(ValueError, match=named):
        case.layer(**{word: value})


@each
def test_an_unknown_word_is_refused_by_its_name(case):
    with pytest.raises((ValueError, TypeError), match="unitz"):
        case.layer(unitz=3)


def _public(name):
    return getattr(layers, name)


def _snake(config):
    name = config["class_name"]
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


def _build_shapes(shapes):
    """What `build` is given: the shape of the first argument."""
    return shapes[:1]


def _flat(shapes):
    if is_shape(shapes):
        return [tuple(shapes)]
    return [shape for node in shapes for shape in _flat(node)]
