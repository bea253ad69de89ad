"""The first step, exactly: it shows what bias correction and ε are worth."""

import numpy as np
import pytest

from dlbook.optimizers import Adam, AdamW

from .descent import descend_eagerly
from .test_precision import float64  # noqa: F401

GRADIENTS = np.array([[1e-7, -1e-5, 1e-3, -1.0, 30.0, -1e4]])


def first_step(adam, dtype):
    """At Keras's defaults, and its exact value −α g/(|g| + ε), for numbers so held."""
    g, alpha = GRADIENTS.astype(dtype), float(np.dtype(dtype).type(0.001))
    exact = -alpha * g.astype("float64") / (np.abs(g.astype("float64")) + 1e-7)
    return descend_eagerly(adam(), g)[1], exact[0]


@pytest.mark.parametrize("adam", [Adam, AdamW])
def test_adams_is_exact_to_1e_6(adam):
    """Keras's is −0.99999326 α: it rounds β₂ before it raises it."""
    step, exact = first_step(adam, "float32")
    np.testing.assert_allclose(step, exact, rtol=1e-6)


@pytest.mark.usefixtures("float64")
@pytest.mark.parametrize("adam", [Adam, AdamW])
def test_adams_is_exact_to_1e_12_in_float64(adam):
    step, exact = first_step(adam, "float64")
    np.testing.assert_allclose(step, exact, rtol=1e-12)
