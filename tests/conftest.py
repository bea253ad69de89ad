"""What every test stands on: a backend, no screen, the same examples each run."""

import importlib
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["MPLBACKEND"] = "agg"

import hypothesis
import pytest

# No deadline: the first example of a test may compile. The same examples in every run:
# a red build is then about the last change.
hypothesis.settings.register_profile("repeatable", deadline=None, derandomize=True)
hypothesis.settings.load_profile("repeatable")


def pytest_report_header():
    return f"backend: {os.environ['KERAS_BACKEND']}"


def pytest_runtest_setup(item):
    if item.get_closest_marker("gpu") and not _a_gpu_is_seen():
        pytest.skip(f"{os.environ['KERAS_BACKEND']} sees no GPU on this machine")


def _a_gpu_is_seen():
    backend = importlib.import_module(os.environ["KERAS_BACKEND"])
    match backend.__name__:
        case "tensorflow":
            return bool(backend.config.list_physical_devices("GPU"))
        case "jax":
            return backend.default_backend() == "gpu"
        case "torch":
            return backend.cuda.is_available()
