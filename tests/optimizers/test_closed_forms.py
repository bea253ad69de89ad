"""The rules by another road, see `closed_forms`."""

import pytest

from .closed_forms import CLOSED_FORMS
from .counterparts import OURS

CASES = [(name, check) for name, checks in CLOSED_FORMS.items() for check in checks]


@pytest.mark.parametrize(
    ("name", "check"), CASES, ids=lambda case: getattr(case, "__name__", "")
)
def test_the_closed_form_holds(name, check):
    check(OURS[name])
