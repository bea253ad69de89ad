"""Big Bird: who may look at whom in a long sequence."""

import numpy as np

from dlbook.arguments import whole_number


def big_bird_mask(
    length, block_size=64, window=3, global_blocks=2, random_blocks=3, seed=0
):
    """Who may look at whom in Big Bird: a few blocks for each, instead of all.

    Place i lies in block B(i) = ⌊i / block_size⌋. Query i sees key j where one of these
    is true::

        ∣B(i) − B(j)∣ ≤ (window − 1) / 2                  a window around itself
        B(i) < global_blocks  or  B(j) < global_blocks    some that see all, and all see
        B(j) is one of `random_blocks` blocks drawn for B(i)

    So the pairs grow as the length, not as its square. The random blocks are drawn from
    those that the block does not see already. The window stops at the sequence's ends.
    The global blocks are the first ones; in the paper's code, the first and the last.

    Args:
        length: the number of places; a whole number from 1. The last block may be
            shorter than the others.
        block_size: places in a block; a whole number from 1.
        window: blocks in the window; an odd whole number.
        global_blocks, random_blocks: whole numbers from 0.
        seed: a whole number from 0; the same seed, the same random blocks.

    Returns:
        A NumPy array of booleans, (length, length): query, key.

    Raises:
        ValueError: when an argument is out of range.

    Example:
        >>> big_bird_mask(6, 1, 3, global_blocks=1, random_blocks=0).astype(int)
        array([[1, 1, 1, 1, 1, 1],
               [1, 1, 1, 0, 0, 0],
               [1, 1, 1, 1, 0, 0],
               [1, 0, 1, 1, 1, 0],
               [1, 0, 0, 1, 1, 1],
               [1, 0, 0, 0, 1, 1]])

    Source: Zaheer et al. (2020), section 2 and figure 1; in blocks: appendix D.
    """
    length = whole_number("length", length, 1)
    block_size = whole_number("block_size", block_size, 1)
    if whole_number("window", window, 1) % 2 == 0:
        raise ValueError(f"`window` must be odd. Received: window={window}.")
    global_blocks = whole_number("global_blocks", global_blocks, 0)
    random_blocks = whole_number("random_blocks", random_blocks, 0)
    block = np.arange(length) // block_size  # (length,)
    j = np.arange(block[-1] + 1)  # (blocks,)
    i = j[:, None]  # (blocks, 1)
    seen = abs(i - j) <= window // 2  # (blocks, blocks)
    seen = seen | (i < global_blocks) | (j < global_blocks)
    random = np.random.default_rng(whole_number("seed", seed, 0))
    for row in seen:
        row[random.permutation(np.flatnonzero(~row))[:random_blocks]] = True
    return seen[block][:, block]
