"""Handwritten digits: the book's small, real data set."""

import numpy as np


def load_digits(held_out=450):
    """Scans of handwritten digits, split into a part to learn from and one to judge by.

    1,797 digits, written by 13 people on a form and extracted with preprocessing
    programs of the NIST. Each 32 × 32 bitmap was cut into 4 × 4 blocks; a pixel is the
    number of ink dots in its block, 0 to 16, here divided by 16. The split keeps the
    share of each digit, and is the same in every run. Both parts hold digits of the
    same writers: the accuracy says how well further digits of these people are read,
    not those of a stranger.

    Args:
        held_out: how many images to hold out of training, 10 to 1,787.

    Returns:
        `(x_train, y_train), (x_test, y_test)` as Keras's `load_data()` does: images
        float32 `(images, 64)` in [0, 1], row by row; labels int64 `(images,)`, 0 to 9.

    Raises:
        ValueError: when the parts would be too small to hold every digit.

    Example:
        >>> (x_train, y_train), (x_test, y_test) = load_digits()
        >>> x_train.shape, x_test.shape
        ((1347, 64), (450, 64))

    Source: Alpaydin & Kaynak (1998), the test part, as scikit-learn ships it.
    """
    from sklearn import datasets, model_selection

    if not 10 <= held_out <= 1787:
        raise ValueError(
            "`held_out` must be between 10 and 1787, so that each part can hold all "
            f"ten digits. Received: held_out={held_out!r}."
        )
    images, labels = datasets.load_digits(return_X_y=True)
    x_train, x_test, y_train, y_test = model_selection.train_test_split(
        (images / 16).astype(np.float32),
        labels,
        test_size=held_out,
        stratify=labels,
        random_state=0,
    )
    return (x_train, y_train), (x_test, y_test)
