"""The error of a backend whose device has no memory left."""

import importlib
import os

WORDS = "there is no room for 64 gigabytes"


def error():
    """As the backend of Keras raises it."""
    backend = importlib.import_module(os.environ["KERAS_BACKEND"])
    match backend.__name__:
        case "tensorflow":
            return backend.errors.ResourceExhaustedError(None, None, f"OOM: {WORDS}")
        case "jax":
            return backend.errors.JaxRuntimeError(f"RESOURCE_EXHAUSTED: {WORDS}")
        case "torch":
            return backend.OutOfMemoryError(f"CUDA out of memory: {WORDS}")
