"""Numbers as a workbook shows them."""

import pytest

from tests.spreadsheets import files
from viber_messaging.spreadsheets.values.formats import shape_of, shown

ACCOUNT = '_-* #,##0.00\\ _₴_-;\\-* #,##0.00\\ _₴_-;_-* "-"??\\ _₴_-;_-@_-'
PHONE = "[<=9999999]###-####;(###) ###-####"


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ("00000000", 12345, "00012345"),
        ("00000000", 12345.0, "00012345"),
        ("0", 1.23456789012345e15, "1234567890123450"),
        ("0", 380971234567, "380971234567"),
        ("0", 12.5, "13"),
        ("0", -2.5, "-3"),
        ("0", -0.3, "0"),
        ("0.00", 12.5, "12.50"),
        ("0.0#", 1.5, "1.5"),
        ("#", 0, ""),
        ("#,##0.00", 1234.5, "1234.50"),
        ("0,", 12345, "12"),
        ('#,##0.00\\ "₴"', 1234.5, "1234.50 ₴"),
        ("[$₴-422]0.00", 3, "₴3.00"),
        ("#,##0;[Red]-#,##0", -5, "-5"),
        ('0;-0;"нема"', 0, "нема"),
        ("000\\-000", 12345, "012-345"),
        ("+38(0##)###-##-##", 971234567, "+38(097)123-45-67"),
        (PHONE, 5551234, "555-1234"),
        (PHONE, 8005551234, "(800) 555-1234"),
        (ACCOUNT, 12.5, "12.50"),
        (ACCOUNT, -12.5, "-12.50"),
        (ACCOUNT, 0, "-"),
        ("0%", 0.125, "12.5%"),
    ],
)
def test_a_number_is_read_as_it_is_shown(code: str, number: float, text: str) -> None:
    assert shown(number, shape_of(code)) == text


@pytest.mark.parametrize("code", ["", "General", "@", "0.00E+00", "# ?/?", "General;@", "[" * 255, '"' * 99, "0" * 300])
def test_a_format_that_says_nothing_of_digits_leaves_the_number(code: str) -> None:
    assert shown(5.5, shape_of(code)) == 5.5


@pytest.mark.parametrize("number", [1e300, -1e300, 10**400])
def test_a_number_beyond_all_measure_stays_as_it_is(number: float) -> None:
    assert shown(number, shape_of("0.00")) == number


def test_digits_that_are_shown_are_what_a_message_says() -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["phone", "card"])
    book.active.append(["0971234567", 12345])
    book.active["B2"].number_format = "00000000"
    file = files.io.BytesIO()
    book.save(file)
    assert files.values(files.read(file)) == [["0971234567", "00012345"]]
