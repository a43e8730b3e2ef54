"""What anybody may write into the address of a page."""

import pytest

from viber_messaging.admin.pages.address import number_in


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("007", 7), ("9" * 18, 10**18 - 1)])
def test_digits_are_a_number(text: str, number: int):
    assert number_in(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", " 1", "1e3", "７", "٣", "²", "9" * 19, "abc"])
def test_nothing_else_is_one(text: str):
    assert number_in(text) is None


def test_a_field_may_take_fewer_digits():
    assert [number_in("1234", most_digits=3), number_in("123", most_digits=3)] == [None, 123]
