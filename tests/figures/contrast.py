"""How well a colour can be told from the one behind it, in both themes."""

import numpy as np
from matplotlib.colors import to_rgb


def contrast(one, other):
    """The lower of the contrasts on a light and on a dark page, from 1 to 21."""
    return min(_ratio(page(one), page(other)) for page in (to_rgb, inverted))


def inverted(color):
    """As the dark page shows it: invert(1) and hue-rotate(180deg), as CSS has them."""
    red, green, blue = 0.213, 0.715, 0.072
    turn = 2 * np.array([[red, green, blue]] * 3) - np.eye(3)
    return np.clip(turn @ (1 - np.array(to_rgb(color))), 0, 1)


def _ratio(*colors):
    dark, light = sorted(map(_luminance, colors))
    return (light + 0.05) / (dark + 0.05)


def _luminance(color):
    """By the Web Content Accessibility Guidelines 2.2."""
    c = np.array(color)
    c = np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4)
    return c @ [0.2126, 0.7152, 0.0722]
