"""Wrong arguments are refused, with a message that says how to mend them."""

import math
from decimal import Decimal
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from dlbook.arguments import number, one_of, whole_number, whole_numbers


def accepts(value, interval, check=number):
    try:
        check("x", value, interval)
    except ValueError:
        return False
    return True


@given(
    low=st.integers(-50, 50),
    width=st.integers(0, 50),
    left=st.sampled_from("[("),
    right=st.sampled_from(")]"),
    value=st.integers(-60, 110),
)
def test_an_interval_holds_the_integers_of_the_same_range(
    low, width, left, right, value
):
    high = low + width
    integers = range(low + (left == "("), high + (right == "]"))
    assert accepts(value, f"{left}{low}, {high}{right}") == (value in integers)


@pytest.mark.parametrize("end", [-2.5, 0.0, 1.0, 1e-7, 1e6])
def test_an_end_belongs_to_the_interval_only_under_a_square_bracket(end):
    inside, outside = math.nextafter(end, math.inf), math.nextafter(end, -math.inf)
    assert [accepts(x, f"[{end}, inf)") for x in (outside, end, inside)] == [0, 1, 1]
    assert [accepts(x, f"({end}, inf)") for x in (outside, end, inside)] == [0, 0, 1]
    assert [accepts(x, f"(-inf, {end}]") for x in (outside, end, inside)] == [1, 1, 0]
    assert [accepts(x, f"(-inf, {end})") for x in (outside, end, inside)] == [1, 0, 0]


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_an_accepted_float_comes_back_unchanged(value):
    assert number("x", value, "(-inf, inf)") == value


@pytest.mark.parametrize(
    "half",
    [np.float32(0.5), np.float16(0.5), np.array(0.5), Fraction(1, 2), Decimal("0.5")],
)
def test_any_real_number_comes_back_as_a_float(half):
    assert number("x", half, "[0, 1)") == 0.5
    assert type(number("x", half, "[0, 1)")) is float
    assert type(number("x", 1, "[0, 1]")) is float


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("nan")])
def test_what_is_not_finite_lies_in_no_half_open_interval(value):
    assert not accepts(value, "[0, inf)")
    assert not accepts(value, "(-inf, inf)")


@pytest.mark.parametrize("value", ["0.5", b"1", True, None, [0.5], 1j, {}, object()])
@pytest.mark.parametrize("check", [number, whole_number])
def test_what_is_not_a_real_number_is_refused(value, check):
    interval = "[0, 1]" if check is number else 0
    assert not accepts(value, interval, check)


@given(value=st.integers(-100, 100), at_least=st.integers(-100, 100))
def test_a_whole_number_is_accepted_from_the_smallest_one_on(value, at_least):
    assert accepts(value, at_least, whole_number) == (value >= at_least)


@pytest.mark.parametrize("three", [3, 3.0, np.int64(3), np.float32(3)])
def test_a_whole_number_comes_back_as_an_int(three):
    assert whole_number("x", three, 1) == 3
    assert type(whole_number("x", three, 1)) is int


@pytest.mark.parametrize("value", [2.5, math.inf, math.nan, np.float32(1.001)])
def test_a_fraction_is_no_whole_number(value):
    assert not accepts(value, 1, whole_number)


@pytest.mark.parametrize(
    ("check", "value", "bound", "expected"),
    [
        (number, 1.5, "[0, 1)", "a number in [0, 1). Received: beta=1.5. Halve it."),
        (number, "a", "[0, 1)", "a number in [0, 1). Received: beta='a'. Halve it."),
        (whole_number, 0, 2, "a number in [2, inf). Received: beta=0. Halve it."),
        (whole_number, 2.5, 2, "a whole number from 2. Received: beta=2.5. Halve it."),
    ],
)
def test_the_message_names_argument_value_expectation_and_remedy(
    check, value, bound, expected
):
    with pytest.raises(ValueError, match=r"`beta` must be") as refusal:
        check("beta", value, bound, hint="Halve it.")
    assert str(refusal.value) == f"`beta` must be {expected}"
    with pytest.raises(ValueError, match=r"[^ ]$"):
        check("beta", value, bound)


@pytest.mark.parametrize("value", [3, (3, 3), [3, np.int64(3)], 3.0])
def test_one_whole_number_stands_for_all_and_comes_as_a_tuple(value):
    found = whole_numbers("size", value, 2, 1)
    assert found == (3, 3)
    assert [type(each) for each in found] == [int, int]


@pytest.mark.parametrize("value", [(3,), (3, 3, 3), (), 0, (3, 0), "33", None, (3, "")])
def test_too_many_and_too_small_whole_numbers_are_refused(value):
    with pytest.raises(ValueError, match=r"`size` must be a .*number.*Received: "):
        whole_numbers("size", value, 2, 1)


@pytest.mark.parametrize("value", ["b", 2])
def test_a_choice_is_one_of_the_choices(value):
    assert one_of("x", value, ("a", "b", 1, 2)) == value


@pytest.mark.parametrize("value", ["c", "", None, True, 2.0, ["a"]])
def test_another_choice_is_refused_with_the_choices(value):
    with pytest.raises(ValueError, match=r"`x` must be one of \['a', 1, 2\]. Received"):
        one_of("x", value, ("a", 1, 2))
