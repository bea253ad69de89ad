"""Marks every test of this folder for TensorFlow, JAX and torch alike."""

from pathlib import Path

import pytest


def pytest_collection_modifyitems(items):
    """Adds the mark `backends`, which `make test-backends` selects."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.backends)
