"""What went by Viber and what went by SMS, counted apart, so that each person is counted once."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of
from viber_messaging.models import Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox

Make = Callable[..., Message]

REPORT = "admin:viber_messaging_message_report"


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    return log_in("view_message", "export_recipient", "add_recipient", "add_recipientgroup", "view_recipient")


@pytest.fixture
def sent(gateway: Sandbox, make_message: Make, make_sms: Make) -> None:
    """One that Viber delivered, one that an SMS reached, and one that neither reached."""
    make_message(state="delivered", phone="+380971234500")
    make_sms({"phone": "+380971234501"})
    make_sms({"phone": "+380971234502"}, state="undelivered")


def report(staff: Client, **scope: str) -> Any:
    days = {"first": "2026-01-01", "last": "2026-12-31"}
    return staff.get(reverse(REPORT), days | scope)


@pytest.fixture(autouse=True)
def day(clock: Any) -> None:
    """A day of the year that is reported."""


def test_a_report_counts_each_person_once(staff: Client, sent: None):
    assert report(staff).context["period"].total == 3
    assert report(staff, channel="sms").context["period"].total == 2


def test_a_report_breaks_down_by_channel(staff: Client, sent: None):
    context = report(staff).context
    title, _heading, rows, hint = context["columns"][0][0]
    assert title == "By channel"
    assert [(row.name, row.total, row.rate) for row in rows] == [("Viber", 3, 33), ("SMS", 2, 50)]
    assert "counted as well" in hint


def test_without_sms_a_report_has_no_channels(gateway: Sandbox, staff: Client, make_message: Make):
    make_message(state="delivered")
    page = report(staff)
    assert "By channel" not in page.content.decode()
    assert "Channel" not in page.content.decode()


def test_a_group_of_a_report_leaves_out_whom_an_sms_reached(staff: Client, sent: None):
    data = {"first": "2026-01-01", "last": "2026-12-31", "name": "Those", "who": "not_delivered"}
    staff.post(reverse("admin:viber_messaging_message_report_group"), data)
    assert [str(person.phone) for person in RecipientGroup.objects.get().recipients.all()] == ["+380971234502"]
    assert Recipient.objects.count() == 1


@pytest.mark.parametrize(("channel", "count"), [("viber", 3), ("sms", 2)])
def test_the_messages_of_a_report_are_those_of_its_channel(staff: Client, sent: None, channel: str, count: int):
    data = {"first": "2026-01-01", "last": "2026-12-31", "who": "all", "format": "csv", "channel": channel}
    answer: Any = staff.post(reverse("admin:viber_messaging_message_report_messages"), data)
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert len(lines) - 1 == count
    assert "Channel" in lines[0]


def test_the_first_page_counts_viber_and_names_the_sms_beside(staff: Client, sent: None):
    page = page_of(staff, reverse("admin:app_list", args=["viber_messaging"]))
    assert "of 3 messages" in page
    assert "by Viber; beside them 2 SMS, 50 % delivered" in page
