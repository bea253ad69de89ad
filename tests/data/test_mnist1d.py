"""The signals are the published ones, made without touching anybody's generators."""

import random

import numpy as np
from mnist1d.data import get_templates

from dlbook.data import load_mnist1d


def test_the_parts_have_the_published_sizes_and_types():
    (x_train, y_train), (x_test, y_test) = load_mnist1d()
    assert (x_train.shape, x_test.shape) == ((4000, 40), (1000, 40))
    assert {x_train.dtype, x_test.dtype} == {np.dtype("float32")}
    assert {y_train.dtype, y_test.dtype} == {np.dtype("int64")}
    assert np.bincount(np.concatenate([y_train, y_test])).tolist() == [500] * 10
    both = np.concatenate([x_train, x_test])
    np.testing.assert_allclose([both.mean(), both.std()], [0, 1], atol=1e-4)


def test_the_numbers_are_those_of_the_published_file():
    (x_train, _), _ = load_mnist1d()
    # As printed of the first signal by the package itself, from its seed 42.
    first = [-0.33200567, -0.47191037, -0.77869708, -1.00974083]
    np.testing.assert_allclose(x_train[0, :4], first, rtol=1e-6)


def test_a_signal_fits_the_template_of_its_class_best():
    (x, y), _ = load_mnist1d()
    templates = get_templates()["x"]
    # At every place and two widths: the correlation with what the label says.
    score = np.zeros((len(x), 10))
    for width in (8, 10):
        grid = np.linspace(0, 11, width)
        for shift in range(40 - width + 1):
            part = x[:, shift : shift + width]
            part = part - part.mean(1, keepdims=True)
            for digit in range(10):
                shape = np.interp(grid, np.arange(12), templates[digit])
                shape = shape - shape.mean()
                fit = part @ shape / np.linalg.norm(shape)
                score[:, digit] = np.maximum(score[:, digit], fit)
    assert np.mean(score.argmax(axis=1) == y) > 0.3  # By chance 0.1.


def test_the_generators_of_the_program_go_on_as_if_nothing_was():
    random.seed(1)
    np.random.seed(1)
    expected = random.random(), np.random.random()
    random.seed(1)
    np.random.seed(1)
    load_mnist1d()
    assert (random.random(), np.random.random()) == expected


def test_two_calls_give_the_same_and_not_the_same_arrays():
    (one, _), _ = load_mnist1d()
    (other, _), _ = load_mnist1d()
    np.testing.assert_array_equal(one, other)
    assert one is not other
