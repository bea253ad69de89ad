"""The tests, tested: one line of a rule is made wrong, and a check has to notice."""

import importlib
import inspect

import pytest

from .closed_forms import CLOSED_FORMS
from .configs import CONFIGS
from .counterparts import OURS
from .faults import FAULTS

CASES = [(name, fault) for name, faults in FAULTS.items() for fault in faults]


def with_fault(optimizer_class, right, wrong):
    """The class, from its own file with one piece of it exchanged."""
    source = inspect.getsource(importlib.import_module(optimizer_class.__module__))
    assert source.count(right) == 1, f"{right!r} is not in the file exactly once."
    # The real class stays the registered one.
    source = source.replace("@keras.saving.register_keras_serializable", "#")
    namespace = {"__name__": "a_file_with_a_fault"}
    exec(source.replace(right, wrong), namespace)
    return namespace[optimizer_class.__name__]


def failed_checks(optimizer_class):
    """The names of the checks that do not hold."""
    failed = []
    for check in [*CLOSED_FORMS[optimizer_class.__name__], *CONFIGS]:
        try:
            check(optimizer_class)
        except AssertionError:
            failed.append(check.__name__)
    return failed


@pytest.mark.parametrize(("name", "fault"), CASES)
def test_a_fault_in_one_line_is_noticed(name, fault):
    assert failed_checks(with_fault(OURS[name], *FAULTS[name][fault]))


@pytest.mark.parametrize("name", OURS)
def test_nothing_is_noticed_without_a_fault(name):
    same = "\nimport keras\n"
    assert failed_checks(with_fault(OURS[name], same, same)) == []
