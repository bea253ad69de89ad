"""What the rules promise for every stream of gradients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from dlbook.optimizers import SGD, Adagrad, Adam, Nadam, RMSprop

from .counterparts import OURS, VARIANTS, label
from .descent import descend_eagerly

sizes, signs = st.floats(0.0625, 4.0, width=32), st.sampled_from([-1.0, 1.0])
gradients = st.tuples(sizes, signs).map(np.prod)
streams = arrays.arrays("float32", (4, 3), elements=gradients)
factors = st.floats(1e-3, 1e3)
few = settings(max_examples=15)
FROM_ZERO = {"initial_accumulator_value": 0.0}


def assert_same_path(path, other):
    np.testing.assert_allclose(path, other, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("adaptive", "words"),
    [(Adam, {}), (RMSprop, {}), (Nadam, {}), (Adagrad, FROM_ZERO)],
)
@few
@given(stream=streams, factor=factors)
def test_without_epsilon_the_unit_of_the_gradients_does_not_matter(
    adaptive, words, stream, factor
):
    words = {"learning_rate": 0.1, "epsilon": 0.0} | words
    path = descend_eagerly(adaptive(**words), stream)
    scaled = descend_eagerly(adaptive(**words), stream * np.float32(factor))
    assert_same_path(path, scaled)
    assert np.abs(np.diff(path, axis=0)).max() > 0.01


@few
@given(stream=streams, factor=factors)
def test_the_path_of_sgd_scales_with_its_gradients(stream, factor):
    path = descend_eagerly(SGD(0.1, momentum=0.9), stream)
    scaled = descend_eagerly(SGD(0.1, momentum=0.9), stream * np.float32(factor))
    assert_same_path(path, scaled / np.float32(factor))


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=label)
@settings(max_examples=5)
@given(stream=streams, order=st.permutations(range(3)))
def test_coordinates_do_not_know_of_each_other(name, variant, stream, order):
    path = descend_eagerly(OURS[name](0.1, **variant), stream)
    permuted = descend_eagerly(OURS[name](0.1, **variant), stream[:, order])
    np.testing.assert_array_equal(path[:, order], permuted)


@pytest.mark.parametrize(("name", "variant"), VARIANTS, ids=label)
def test_gradients_of_zero_move_nothing(name, variant):
    path = descend_eagerly(OURS[name](0.1, **variant), np.zeros((3, 2), "float32"))
    np.testing.assert_array_equal(path, 0)


@few
@given(stream=streams)
def test_adams_first_step_is_as_long_as_the_learning_rate(stream):
    first = descend_eagerly(Adam(0.1, epsilon=0.0), stream[:1])[1]
    np.testing.assert_allclose(first, -0.1 * np.sign(stream[0]), rtol=1e-6)
