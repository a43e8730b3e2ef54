"""How long a Retry-After header asks us to wait."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.gateway.request_outcome import wait_seconds


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("17", 17),
        (" 17 ", 17),
        ("1.5", 1.5),
        ("0", 1),
        ("-5", 1),
        ("1e12", 3600),
        ("inf", 3600),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 1),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 3600),
        ("Thu, 01 Jan 1970 00:00:00 -0000", 1),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Someday, 99 Foo 2026 25:61:00 GMT", None),
    ],
)
def test_a_wait_is_between_a_second_and_an_hour_or_not_told(header: str, seconds: float | None):
    assert wait_seconds(header) == seconds


def test_a_wait_until_a_date_is_counted_from_now():
    header = format_datetime(datetime.now(UTC) + timedelta(seconds=100), usegmt=True)
    assert wait_seconds(header) == pytest.approx(100, abs=2)


@given(st.text())
def test_nothing_in_the_header_raises(header: str):
    seconds = wait_seconds(header)
    assert seconds is None or 1 <= seconds <= 3600
