"""What the tests of several callbacks need."""

import signal

import pytest


@pytest.fixture
def ctrl_c_is_as_before():
    """Python's own handler at the beginning, and again at the end.

    A program in the background starts with Ctrl-C ignored, and a `fit` that failed in
    another test may have left its own handler.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    after = signal.signal(signal.SIGINT, before)
    assert after == signal.default_int_handler
