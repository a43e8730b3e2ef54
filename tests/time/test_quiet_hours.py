"""The hours in which nobody wants to be written to, also when the clocks are put forward or back."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viber_messaging.time.quiet_hours import is_quiet, next_allowed

KYIV = ZoneInfo("Europe/Kyiv")
NIGHT = (time(21), time(9))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KYIV)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-20T20:59:59", "2026-11-20T20:59:59"),
        ("2026-11-20T21:00", "2026-11-21T09:00"),
        ("2026-11-20T23:59:59", "2026-11-21T09:00"),
        ("2026-11-21T00:00", "2026-11-21T09:00"),
        ("2026-11-21T08:59:59.999999", "2026-11-21T09:00"),
        ("2026-11-21T09:00", "2026-11-21T09:00"),
        ("2026-12-31T22:00", "2027-01-01T09:00"),
    ],
)
def test_the_night_ends_at_nine(moment: str, allowed: str):
    assert next_allowed(at(moment), *NIGHT, KYIV) == at(allowed)


def test_the_night_before_the_clocks_go_forward_is_an_hour_shorter():
    evening, morning = at("2027-03-27T21:00"), utc("2027-03-28T06:00")
    assert next_allowed(evening, *NIGHT, KYIV) == morning == at("2027-03-28T09:00")
    assert morning - evening.astimezone(UTC) == timedelta(hours=11)


def test_the_night_before_the_clocks_go_back_is_an_hour_longer():
    evening, morning = at("2026-10-24T21:00"), utc("2026-10-25T07:00")
    assert next_allowed(evening, *NIGHT, KYIV) == morning == at("2026-10-25T09:00")
    assert morning - evening.astimezone(UTC) == timedelta(hours=13)


def test_an_end_that_the_clocks_skip_comes_when_they_are_put_forward():
    assert next_allowed(at("2027-03-27T23:00"), time(22), time(3, 30), KYIV) == utc("2027-03-28T01:00")


def test_an_end_that_the_clocks_show_twice_comes_when_they_first_show_it():
    assert next_allowed(at("2026-10-24T23:00"), time(22), time(3, 30), KYIV) == utc("2026-10-25T00:30")


def test_a_beginning_that_the_clocks_skip_is_reached_with_the_hour_after_it():
    assert not is_quiet(utc("2027-03-28T00:59"), time(3, 30), time(9), KYIV)
    assert is_quiet(utc("2027-03-28T01:00"), time(3, 30), time(9), KYIV)


def test_hours_of_one_day_need_no_midnight():
    assert next_allowed(at("2026-11-20T12:30"), time(12), time(14), KYIV) == at("2026-11-20T14:00")
    assert not is_quiet(at("2026-11-20T02:00"), time(12), time(14), KYIV)


@given(
    st.datetimes(min_value=datetime(2026, 10, 20), max_value=datetime(2026, 10, 30), timezones=st.just(UTC)),
    st.times(),
    st.times(),
)
def test_the_instant_found_is_the_first_that_is_allowed(moment: datetime, quiet_from: time, quiet_until: time):
    quiet_from, quiet_until = (hour.replace(second=0, microsecond=0) for hour in (quiet_from, quiet_until))
    if quiet_from == quiet_until:
        return
    found = next_allowed(moment, quiet_from, quiet_until, KYIV)
    assert found >= moment
    assert not is_quiet(found, quiet_from, quiet_until, KYIV)
    just_before = found - timedelta(microseconds=1)
    assert just_before < moment or is_quiet(just_before, quiet_from, quiet_until, KYIV)
