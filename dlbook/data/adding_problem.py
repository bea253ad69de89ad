"""The adding problem: remember two numbers of a long sequence and add them up."""

import numpy as np

from dlbook.arguments import whole_number


def adding_problem(examples, length, seed=0):
    """Sequences of numbers, two of them marked; what is asked is their sum, scaled::

        xₜ = (uₜ, mₜ),    uₜ ~ U(−1, 1),    mₜ = 1 at two times, else 0
        y = 1/2 + (sum of the two marked uₜ) / 4

    The first mark is at one of the first ten times, the second at another one before
    the middle. So the answer has to be kept over half of the sequence at least. Who
    always answers 1/2 has a mean squared error of 1/24 = 0.042.

    In the paper the length varies by a tenth from sequence to sequence, and the first
    and the last mark are −1.

    Args:
        examples: how many sequences, from 1.
        length: T, the number of times, from 4.
        seed: of all that is drawn.

    Returns:
        `(x, y)`: float32 `(examples, length, 2)` and `(examples, 1)`, y in [0, 1].

    Raises:
        ValueError: when an argument is out of its interval.

    Example:
        >>> x, y = adding_problem(examples=100, length=20)
        >>> x.shape, y.shape, float(x[:, :, 1].sum(axis=1).min())
        ((100, 20, 2), (100, 1), 2.0)

    Source: Hochreiter & Schmidhuber (1997), section 5.4.
    """
    examples = whole_number("examples", examples, 1)
    length = whole_number("length", length, 4)
    random, half = np.random.default_rng(seed), length // 2
    u = random.uniform(-1, 1, (examples, length))
    first = random.integers(min(10, half), size=examples)
    # One of the other times before the middle: the first one's place is left out.
    second = random.integers(half - 1, size=examples)
    second += second >= first
    m = np.zeros((examples, length))
    np.put_along_axis(m, np.stack([first, second], axis=1), 1, axis=1)
    y = 0.5 + (u * m).sum(axis=1, keepdims=True) / 4
    return np.stack([u, m], axis=2).astype("float32"), y.astype("float32")
