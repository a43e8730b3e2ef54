"""Texts from cells: stored as they are, but for what no message could carry."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.gateway.codec import find_unsendable
from viber_messaging.spreadsheets.values.cells import cleaned, on_one_line, text_of

RAW = [
    "<script>alert(1)</script>",
    '=HYPERLINK("http://x")',
    "@SUM(A1)",
    "a\u202eb",
    "Д'Артаньян",
    "😀",
    "_x0041_",
    "-5",
]


@pytest.mark.parametrize("text", RAW)
def test_what_is_only_dangerous_elsewhere_is_kept(text: str) -> None:
    assert cleaned(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "Оле\x00на К",
        "Оле\ud800на К",
        "Оле_x000B_на К",
        "Оле\x0b\x0cна К\n",
        " Оле_x0000_\x00на К\xa0",
        "Оле\ufffeна К",
    ],
)
def test_what_no_message_could_carry_becomes_a_space(text: str) -> None:
    assert cleaned(text) == "Оле на К"


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "a\rb", "a_x000D_\nb", "a_x000D_b", "a_x000a_b\n"])
def test_a_line_break_is_one_however_it_is_written(text: str) -> None:
    assert cleaned(text) == "a\nb"
    assert on_one_line(cleaned(text)) == "a b"


def test_spaces_inside_a_text_stay() -> None:
    assert cleaned(" a  b\xa0c\t") == "a  b\xa0c"


@given(st.text(alphabet=st.characters()) | st.text(alphabet="\x00\x0b_x00B\ud800 \n1\ufffe"))
def test_a_cleaned_text_can_be_sent_and_is_clean(text: str) -> None:
    assert not find_unsendable(cleaned(text))
    assert cleaned(cleaned(text)) == cleaned(text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        ("", ""),
        (30, "30"),
        (30.0, "30"),
        (2.5, "2.5"),
        (0.1 + 0.2, "0.3"),
        (123456789012345.0, "123456789012345"),
        (True, "TRUE"),
        (datetime.datetime(2026, 11, 23), "23.11.2026"),
        (datetime.datetime(2026, 11, 23, 9, 5), "23.11.2026 09:05"),
        (datetime.date(2026, 11, 23), "23.11.2026"),
        (datetime.time(9, 5), "09:05"),
        (datetime.timedelta(hours=30, minutes=5), "30:05"),
        (datetime.timedelta(minutes=-90), "-1:30"),
    ],
)
def test_a_value_is_written_as_excel_shows_it(value: object, text: str) -> None:
    assert text_of(value) == text
