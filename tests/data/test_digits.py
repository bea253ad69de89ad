"""The digits are scikit-learn's, each in one of the two parts."""

from collections import Counter

import numpy as np
import pytest
from fresh_process import run
from sklearn import datasets

from dlbook.data import load_digits

DIGEST = """
import hashlib
from dlbook.data import load_digits
parts = [array.tobytes() for part in load_digits() for array in part]
print(hashlib.sha256(b"".join(parts)).hexdigest())
"""


def counted(images, labels):
    """How often each pair of ink dots (64 numbers, 0 to 16) and label occurs."""
    return Counter(
        (*np.ravel(image).astype(int).tolist(), int(label))
        for image, label in zip(images, labels, strict=True)
    )


@pytest.mark.parametrize("held_out", [10, 450, 1787])
def test_every_scan_is_in_one_part_with_its_label(held_out):
    (x_train, y_train), (x_test, y_test) = load_digits(held_out)
    assert len(x_test) == held_out
    ink = np.concatenate([x_train, x_test]) * 16
    assert np.array_equal(ink, ink.astype(int))
    raw = datasets.load_digits()
    both = counted(ink, np.concatenate([y_train, y_test]))
    assert both == counted(raw.images, raw.target)


@pytest.mark.parametrize("held_out", [10, 100, 450, 1787])
def test_both_parts_keep_the_share_of_each_digit(held_out):
    parts = [np.bincount(labels) for _, labels in load_digits(held_out)]
    shares = sum(parts) / 1797
    for counts in parts:
        assert counts.min() > 0
        assert np.abs(counts - shares * counts.sum()).max() < 1


def test_pixels_are_float32_from_0_to_1_and_labels_are_integers():
    for images, labels in load_digits():
        assert images.shape == (len(labels), 64)
        assert images.dtype == np.float32
        assert labels.dtype == np.int64
        assert (images.min(), images.max()) == (0, 1)


def test_the_images_do_not_come_in_the_order_of_their_writers():
    (x_train, _), _ = load_digits()
    raw = [tuple(image.ravel()) for image in datasets.load_digits().images]
    order = [raw.index(tuple(image * 16)) for image in x_train[:50]]
    assert order != sorted(order)


def test_a_new_process_splits_them_the_same():
    exec(DIGEST, {"print": (here := []).append})
    assert run(DIGEST).split() == here


@pytest.mark.parametrize("held_out", [9, 0, -450, 1788, float("nan")])
def test_parts_too_small_for_ten_digits_are_refused(held_out):
    with pytest.raises(ValueError, match=rf"10 and 1787.*held_out={held_out}"):
        load_digits(held_out)
