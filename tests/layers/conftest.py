"""What the tests of this folder share: the mark, and how JAX compiles."""

from pathlib import Path

import keras
import pytest


def pytest_collection_modifyitems(items):
    """Adds the mark `backends`, which `make test-backends` selects."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.backends)


@pytest.fixture(scope="package", autouse=True)
def quick_compilation():
    """JAX compiles each small operation anew: better at once than well."""
    if keras.backend.backend() != "jax":
        yield
        return
    import jax

    jax.config.update("jax_disable_most_optimizations", True)
    yield
    jax.config.update("jax_disable_most_optimizations", False)
