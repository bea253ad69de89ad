"""Patches: what a window sees at each of its places, as one tensor."""

from typing import NamedTuple

from keras import ops


class Window(NamedTuple):
    """A window along one axis; `dilation - 1` points are left out between its own."""

    size: int
    stride: int
    dilation: int
    padding: str  # "valid" or "same"

    @property
    def reach(self):
        """How far its last point lies from its first."""
        return self.dilation * (self.size - 1)

    def places(self, length):
        """How many places it has along an axis; None where the length is unknown::

        valid: ⌈(length − reach) / stride⌉        same: ⌈length / stride⌉
        """
        if length is None:
            return None
        room = length - self.reach if self.padding == "valid" else length
        if room < 1:
            raise ValueError(
                f"A window over {self.reach + 1} points finds no place on an axis of "
                f"{length}. Give a larger input or a smaller window."
            )
        return -(-room // self.stride)


def patches(x, windows, fill=0):
    """What the window sees, place by place (im2col)::

        p[b, i, j, m, n, c] = x[b, i s + m d, j s + n d, c]

    with stride s and dilation d; for more axes or fewer alike. Taken by slices: that
    of m holds every s-th point from m d on. Where the padding is "same", the input is
    first surrounded by the fill: half of it before, the odd one after.

    Args:
        x: a tensor (batch, *axes, channels).
        windows: a `Window` for each axis.
        fill: what stands around the input.

    Returns:
        p, a tensor (batch, *places, *window, channels).

    Source: Chellapilla, Puri & Simard (2006), section 3.1.
    """
    for axis, window in enumerate(windows, 1):
        window.places(x.shape[axis])  # At least one, or a ValueError.
        if window.padding == "same":
            x = _surrounded(x, axis, window, fill)
        shifts = (m * window.dilation for m in range(window.size))
        # (batch, *axes, *window, channels): the axis shrinks, the window grows.
        x = ops.stack([_from(x, axis, shift, window) for shift in shifts], axis=-2)
    return x


def _from(x, axis, shift, window):
    # Counted from the end, the last point needs no length.
    points = slice(shift, shift - window.reach or None, window.stride)
    return x[(slice(None),) * axis + (points,)]


def _surrounded(x, axis, window, fill):
    # The last window begins (places − 1) · stride points on, and has to end inside.
    rest = -ops.shape(x)[axis] % window.stride
    missing = window.reach + 1 - window.stride + rest
    is_known = x.shape[axis] is not None
    missing = max(missing, 0) if is_known else ops.maximum(missing, 0)
    width = [(0, 0)] * len(x.shape)
    width[axis] = (missing // 2, missing - missing // 2)
    return ops.pad(x, width, constant_values=fill)
