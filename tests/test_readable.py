"""How a measured number is written."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dlbook import page

SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (-3, "−3"),
        (0.98765, "0.988"),
        (0.001, "0.001"),
        (0.000999, "9.99×10⁻⁴"),
        (12.345, "12.3"),
        (999.96, "1,000"),
        (1234.5678, "1,235"),
        (40000, "40,000"),
        (99_999.6, "10⁵"),
        (123_456_789, "123,456,789"),
        (1e-5, "10⁻⁵"),
        (-2.34e-7, "−2.34×10⁻⁷"),
        (2e12, "2×10¹²"),
        (5e-324, "4.94×10⁻³²⁴"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_a_number_is_written_as_one_reads_it(value, text):
    assert page.readable(value) == text


@given(st.floats(-1e300, 1e300), st.integers(3, 6))
def test_what_is_read_is_the_number_to_as_many_digits(value, digits):
    assume(value == 0 or abs(value) > 1e-300)
    text = page.readable(value, digits)
    assert read(text) == pytest.approx(value, rel=0.51 * 10 ** (1 - digits))
    assert "e" not in text


def read(text):
    """The number that a text stands for."""
    text = text.replace("−", "-").replace(",", "")
    power = re.search(r"×?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$", text)
    if not power:
        return float(text)
    mantissa = text[: power.start()]
    one = "" if mantissa.strip("-") else "1"
    return float(f"{mantissa}{one}e{power[1].translate(SUPERSCRIPTS)}")
