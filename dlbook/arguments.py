"""Checks of constructor arguments: a wrong one is refused where it is written."""


def number(name, value, interval, hint=""):
    """The argument as a float, if it lies in the interval.

    Args:
        name: the argument's name, for the message.
        value: what the caller passed: any real number, NumPy's included.
        interval: as in mathematics: "[0, 1)" holds 0 and not 1, "[0, inf)" every
            finite number from 0. NaN is in no interval.
        hint: a sentence that says how to mend it.

    Raises:
        ValueError: names the argument, what came and what was expected.
    """
    low, high = (float(end) for end in interval[1:-1].split(","))
    try:
        real = float("nan") if isinstance(value, (bool, str, bytes)) else float(value)
    except (TypeError, ValueError, OverflowError):
        real = float("nan")
    above = real >= low if interval[0] == "[" else real > low
    below = real <= high if interval[-1] == "]" else real < high
    if above and below:
        return real
    message = f"`{name}` must be a number in {interval}. Received: {name}={value!r}."
    raise ValueError(f"{message} {hint}".strip())


def whole_number(name, value, at_least, hint=""):
    """The argument as an int, if it is a whole number that is large enough.

    Raises:
        ValueError: names the argument, what came and what was expected.
    """
    real = number(name, value, f"[{at_least}, inf)", hint)
    if real == int(real):
        return int(real)
    expected = f"`{name}` must be a whole number from {at_least}."
    raise ValueError(f"{expected} Received: {name}={value!r}. {hint}".strip())


def whole_numbers(name, value, count, at_least, hint=""):
    """The argument as a tuple of so many ints: one number for all, or one for each.

    Raises:
        ValueError: names the argument, what came and what was expected.
    """
    each = value if isinstance(value, (list, tuple)) else [value] * count
    if len(each) != count:
        expected = f"`{name}` must be a whole number, or {count} of them."
        raise ValueError(f"{expected} Received: {name}={value!r}. {hint}".strip())
    return tuple(whole_number(name, one, at_least, hint) for one in each)


def one_of(name, value, choices):
    """The argument, if it is one of the choices.

    Raises:
        ValueError: names the argument, what came and what was expected.
    """
    if any(type(value) is type(choice) and value == choice for choice in choices):
        return value
    raise ValueError(
        f"`{name}` must be one of {list(choices)}. Received: {name}={value!r}."
    )
