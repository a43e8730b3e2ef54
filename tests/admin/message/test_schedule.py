"""The time at which a message shall be delivered: typed, refused, told."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.conftest import change_url
from tests.admin.page import page_of
from viber_messaging.models import Message

ADD = "admin:viber_messaging_message_add"
Form = Callable[..., dict[str, Any]]


def errors_of(client: Client, fields: dict[str, Any]) -> list[str]:
    response = client.post(reverse(ADD), fields)
    assert response.status_code == 200
    assert not Message.objects.exists()
    return list(response.context["adminform"].form.errors["scheduled_at"])


def at(day: str, time: str) -> dict[str, str]:
    return {"scheduled_at_0": day, "scheduled_at_1": time, "_send": "1"}


@pytest.mark.parametrize(
    ("zone", "day", "time", "sentence"),
    [
        (
            "Europe/Kyiv",
            "2027-03-28",
            "03:30",
            "This time does not exist in Europe/Kyiv, because the clocks go forward",
        ),
        (
            "Europe/Kyiv",
            "2026-10-25",
            "03:30",
            "This time occurs twice in Europe/Kyiv, because the clocks go back",
        ),
        (
            "America/New_York",
            "2027-03-14",
            "02:30",
            "This time does not exist in America/New_York, because the clocks go forward",
        ),
        (
            "America/New_York",
            "2026-11-01",
            "01:30",
            "This time occurs twice in America/New_York, because the clocks go back",
        ),
        ("UTC", "2026-10-25", "00:30", "This time occurs twice in Europe/Kyiv, because the clocks go back"),
        ("Europe/Kyiv", "9999-12-31", "23:59", "Choose a time in this century."),
        ("Europe/Kyiv", "0001-01-01", "00:00", "Choose a time in this century."),
        ("America/New_York", "9999-12-31", "23:59", "Choose a time in this century."),
    ],
)
def test_a_time_that_cannot_be_told_is_refused_at_its_field(
    staff: Client, sender: Any, form: Form, zone: str, day: str, time: str, sentence: str
):
    with timezone.override(zone):
        (error,) = errors_of(staff, form(**at(day, time)))
    assert error.startswith(sentence)


def test_a_half_of_a_time_is_refused_as_ever(staff: Client, sender: Any, form: Form):
    assert errors_of(staff, form(**at("2030-01-01", ""))) == ["Enter a valid time."]


def test_without_the_gateways_time_zone_the_form_tells_it(
    staff: Client, sender: Any, form: Form, configure: Callable[..., None]
):
    configure(TIME_ZONE="Europe/Atlantis")
    (error,) = errors_of(staff, form(**at("2030-01-01", "12:00")))
    assert "does not know the gateway's time zone" in error


def send(client: Client, moment: datetime, form: Form) -> str:
    local = timezone.localtime(moment)
    response = client.post(reverse(ADD), form(**at(f"{local:%Y-%m-%d}", f"{local:%H:%M}")), follow=True)
    page = unescape(response.content.decode())
    assert "Accepted by the gateway" in page
    return page


def test_a_time_that_has_passed_is_told_after_the_message_was_sent_at_once(
    staff: Client, sender: Any, form: Form, inline: Any
):
    page = send(staff, timezone.now() - timedelta(days=1), form)
    assert "The chosen time has passed, so the message is sent immediately." in page


def test_a_time_to_come_is_no_matter_for_a_warning(staff: Client, sender: Any, form: Form, inline: Any):
    assert "has passed" not in send(staff, timezone.now() + timedelta(days=1), form)


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 23, 59, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_message_with_an_impossible_time_can_be_looked_at(
    staff: Client, make_message: Callable[..., Message], gateway: Any, moment: datetime
):
    message = make_message(scheduled_at=moment)
    with timezone.override("America/New_York" if moment.year == 1 else "Europe/Kyiv"):
        assert page_of(staff, change_url(message))


def shown_on(client: Client, message: Message) -> tuple[str, str]:
    """Return the page of a message, and the time on its phone."""
    page = unescape(page_of(client, change_url(message)))
    return page, page.partition('<p class="viber-bubble-time">')[2].partition("</p>")[0]


def test_a_scheduled_message_shows_one_time_in_the_zone_of_the_staff(staff: Client, make_message: Any):
    at_ten = datetime(2096, 12, 30, 10, tzinfo=UTC)
    page, phone = shown_on(staff, make_message(state="accepted", scheduled_at=at_ten))
    assert phone == "12/30/2096 12:00"
    assert "<li>Scheduled at: 12/30/2096 12:00</li>" in page
    assert "10:00:00+00:00" not in page


def test_the_phone_of_a_sent_message_shows_when_it_was_sent(staff: Client, make_message: Any):
    message = make_message(state="delivered")
    Message.objects.update(queued_at=datetime(2026, 3, 1, 7, 5, tzinfo=UTC))
    assert shown_on(staff, message)[1] == "03/01/2026 09:05"
    Message.objects.update(accepted_at=datetime(2026, 3, 1, 7, 30, tzinfo=UTC))
    assert shown_on(staff, message)[1] == "03/01/2026 09:30"
