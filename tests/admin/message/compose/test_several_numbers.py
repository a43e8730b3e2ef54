"""One message to several numbers, separated by commas."""

import re
import threading
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.delivery.faults import deadlocks
from viber_messaging.admin.message.compose.form import MOST_PHONES
from viber_messaging.api import opt_out
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

ADD = "admin:viber_messaging_message_add"
NUMBERS = "097 123-45-67, 0501234567; +380631234567, 0971234567"
PHONES = ["+380501234567", "+380631234567", "+380971234567"]

Form = Callable[..., dict[str, Any]]


def post(client: Client, data: dict[str, Any]) -> str:
    return unescape(client.post(reverse(ADD), data, follow=True).content.decode())


def hidden(page: str) -> dict[str, str]:
    """What the page's own form would post."""
    return dict(re.findall(r'<input type="hidden" name="(?!csrf)(\w+)" value="([^"]*)">', page))


def phones_of_all() -> list[str]:
    return sorted(Message.objects.values_list("phone", flat=True))


@pytest.fixture(autouse=True)
def _sender(sender: Sender) -> None:
    """There is a sender."""


def test_the_exact_number_is_asked_before_anything_is_sent(inline: Sandbox, staff: Client, form: Form):
    page = post(staff, form(phone=NUMBERS, _send="1"))
    assert 'value="Send 3 messages"' in page
    assert "The message is sent to each of 3 numbers; repeated numbers are counted once." in page
    assert "<li>+380971234567</li>" in page
    assert not Message.objects.exists()
    told = post(staff, hidden(page) | {"_send": "1"})
    assert "3 messages were processed: 3 accepted." in told
    assert phones_of_all() == PHONES
    assert len(inline.accepted) == 3
    assert {message.text for message in Message.objects.all()} == {"Привіт"}
    assert {message.created_by.get_username() for message in Message.objects.all() if message.created_by} == {"olena"}
    assert LogEntry.objects.count() == 3


def test_one_wrong_number_is_named_and_nothing_is_sent(inline: Sandbox, staff: Client, form: Form):
    page = post(staff, form(phone="097 123-45-67, 12345, 044 123-45-67", _send="1", several="2"))
    assert "Number 2, “12345”:" in page
    assert "Number 3, “044 123-45-67”:" in page
    assert 'value="097 123-45-67, 12345, 044 123-45-67"' in page
    assert not Message.objects.exists()


def test_a_second_press_sends_nothing(inline: Sandbox, staff: Client, form: Form):
    data = hidden(post(staff, form(phone=NUMBERS, _send="1", ticket="t" * 22))) | {"_send": "1"}
    post(staff, data)
    assert "Nothing was sent twice" in post(staff, data)
    assert phones_of_all() == PHONES
    assert len(inline.accepted) == 3


def test_a_deadlock_between_two_presses_loses_nothing(inline: Sandbox, staff: Client, form: Form):
    data = form(phone=NUMBERS, _send="1", ticket="t" * 22, several="3")
    with deadlocks(Message, "INSERT", times=1):
        post(staff, data)
    assert phones_of_all() == PHONES
    assert len(inline.accepted) == 3


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one in-memory database cannot serve two threads")
def test_two_presses_at_once_are_one_sending(inline: Sandbox, staff: Client, form: Form):
    data = form(phone=NUMBERS, _send="1", ticket="t" * 22, several="3")
    barrier = threading.Barrier(2)

    def press() -> None:
        client = Client()
        client.cookies = staff.cookies
        barrier.wait()
        client.post(reverse(ADD), data)
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert phones_of_all() == PHONES


def test_a_number_that_was_not_agreed_to_is_asked_again(inline: Sandbox, staff: Client, form: Form):
    assert 'value="Send 3 messages"' in post(staff, form(phone=NUMBERS, _send="1", several="2"))
    assert not Message.objects.exists()


def test_who_opted_out_is_counted_before_and_sent_nothing(inline: Sandbox, staff: Client, form: Form):
    opt_out("+380501234567")
    opt_out("+380971234567")
    page = post(staff, form(phone=NUMBERS, _send="1"))
    assert "2 of them opted out and receive nothing." in page
    assert 'value="Send 1 message"' in page
    told = post(staff, hidden(page) | {"_send": "1"})
    assert "1 message was processed: 1 accepted." in told
    assert "2 messages are not sent: the recipients opted out." in told
    assert [message.phone for message in inline.accepted.values()] == ["+380631234567"]


def test_the_message_can_be_changed_before_it_is_sent(inline: Sandbox, staff: Client, form: Form):
    data = form(phone=NUMBERS, _send="1", text="A & B", scheduled_at_0="2030-01-02", scheduled_at_1="10:00")
    page = post(staff, hidden(post(staff, data)) | {"_edit": "1"})
    assert f'value="{NUMBERS}"' in page
    assert "A & B</textarea>" in page
    assert 'value="2030-01-02"' in page
    assert not Message.objects.exists()


@pytest.mark.parametrize("button", ["_save", "_test", "_continue", "nothing"])
def test_a_draft_has_one_phone(inline: Sandbox, staff: Client, form: Form, button: str):
    assert "A draft has one phone number." in post(staff, form(phone=NUMBERS, **{button: "1"}))
    assert not Message.objects.exists()


def test_more_than_a_form_takes_is_led_to_a_campaign(inline: Sandbox, staff: Client, form: Form):
    numbers = ",".join(f"+3809712{number:05}" for number in range(MOST_PHONES + 1))
    assert "create a campaign" in post(staff, form(phone=numbers, _send="1"))
    assert f"Send {MOST_PHONES} messages" in post(staff, form(phone=numbers[:-14], _send="1"))


def test_one_number_with_a_comma_behind_it_is_one_number(inline: Sandbox, staff: Client, form: Form):
    post(staff, form(phone="097 123-45-67, ", _send="1"))
    assert phones_of_all() == ["+380971234567"]


def test_only_those_who_may_send_are_asked(inline: Sandbox, log_in: Callable[..., Client], form: Form):
    client = log_in("view_message", "add_message", "change_message")
    assert client.post(reverse(ADD), form(phone=NUMBERS, _send="1", several="3")).status_code == 403
    other = log_in("view_message", "send_message", name="other")
    assert other.post(reverse(ADD), form(phone=NUMBERS, _send="1", several="3")).status_code == 403
    assert not Message.objects.exists()


def test_the_preview_counts_them(inline: Sandbox, staff: Client, form: Form):
    address = reverse("admin:viber_messaging_message_preview")
    notes = staff.post(address, form(phone=NUMBERS)).json()["notes"]
    assert notes["phone"] == {"text": "3 numbers", "level": ""}
    assert staff.post(address, form(phone="0971234567, 1")).json()["notes"]["phone"]["level"] == "bad"
