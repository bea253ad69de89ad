"""How long functions take, compared fairly on a machine that does other work too."""

import time

import numpy as np


def median_times(functions, repeats=15, *, seed=0):
    """The median time of a call of each function.

    The functions take turns, so a busy moment meets all of them. Each turn has its own
    random order: a small batch timed always after a large one would find its data gone
    from the processor's cache. One turn more comes first and is not counted, since
    in it functions may be compiled.

    Args:
        functions: a list of functions without arguments. A function must have ended
            when it returns: on a backend that computes in the background let it
            convert its result to NumPy.
        repeats: how many calls of each are timed.
        seed: of the random orders.

    Returns:
        An array `(functions,)`, in seconds. The median ignores the few calls that
        something else delayed; compare two times of one array, as a ratio.

    Raises:
        ValueError: when there is no function, or `repeats` is below 1.

    Example:
        >>> import time
        >>> long, short = median_times([lambda: time.sleep(0.01), lambda: None])
        >>> bool(long > short)
        True
    """
    functions = list(functions)
    if not functions or repeats < 1:
        raise ValueError(
            "Timing needs at least one function, called at least once. "
            f"Received: {len(functions)} functions, repeats = {repeats}."
        )
    times = np.empty((repeats + 1, len(functions)))
    random = np.random.default_rng(seed)
    for turn in times:
        for k in random.permutation(len(functions)):
            begin = time.perf_counter()
            functions[k]()
            turn[k] = time.perf_counter() - begin
    return np.median(times[1:], axis=0)
