"""A clock that a function moves by itself says what must have been measured."""

import numpy as np
import pytest

from dlbook.measures import median_times


@pytest.fixture
def clock(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("time.perf_counter", lambda: now[0])
    return now


def takes(clock, durations, calls, name):
    remaining = iter(durations)

    def function():
        clock[0] += next(remaining)
        calls.append(name)

    return function


def test_is_the_median_of_all_calls_but_the_first(clock):
    calls = []
    slow = takes(clock, [100, 4, 6, 5], calls, "slow")
    fast = takes(clock, [0, 1, 50, 2], calls, "fast")
    np.testing.assert_array_equal(median_times([slow, fast], repeats=3), [5, 2])


def test_each_turn_calls_all_in_an_order_of_its_own(clock):
    calls = []
    functions = [takes(clock, [1] * 41, calls, name) for name in "abc"]
    median_times(iter(functions), repeats=40)
    turns = {"".join(calls[k : k + 3]) for k in range(0, len(calls), 3)}
    assert len(calls) == 3 * 41
    assert turns == {"abc", "acb", "bac", "bca", "cab", "cba"}
    again = len(calls)
    functions = [takes(clock, [1] * 41, calls, name) for name in "abc"]
    median_times(functions, repeats=40, seed=1)
    assert calls[:again] != calls[again:]


@pytest.mark.parametrize(("functions", "repeats"), [([], 3), ([print], 0)])
def test_nothing_to_time_is_refused(functions, repeats):
    with pytest.raises(ValueError, match=f"{len(functions)} functions.* = {repeats}"):
        median_times(functions, repeats)
