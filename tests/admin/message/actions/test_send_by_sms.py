"""*Send by SMS*: the deed of a person for whom Viber did not reach."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import LIST, SENDING, change_url
from tests.admin.page import page_of
from viber_messaging.api import opt_out
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

Make = Callable[..., Message]
Act = Callable[..., str]

ACTION = "send_by_sms"
UNICODE_PART = 67


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    """Someone who may send SMS, too."""
    return log_in(*SENDING, "send_sms")


@pytest.fixture
def undelivered(make_message: Make) -> Make:
    return lambda **fields: make_message(**{"state": "undelivered", "status_code": 105, **fields})


def sms() -> list[Message]:
    return list(Message.objects.filter(channel="sms").order_by("pk"))


def test_who_was_not_reached_gets_the_text_by_sms_at_once(inline: Sandbox, staff: Client, act: Act, undelivered: Make):
    message = undelivered()
    page = act(staff, ACTION, message)
    assert "1 message was processed: 1 accepted." in page
    assert [(one.fallback_of, one.state, one.text) for one in sms()] == [(message, "accepted", message.text)]
    assert inline.times_accepted(sms()[0].reference) == 1


def test_the_text_for_an_sms_comes_first(inline: Sandbox, staff: Client, act: Act, undelivered: Make):
    act(staff, ACTION, undelivered(sms_text="По SMS"))
    assert [one.text for one in sms()] == ["По SMS"]


def test_twice_sends_one(inline: Sandbox, staff: Client, act: Act, undelivered: Make):
    message = undelivered()
    act(staff, ACTION, message)
    page = act(staff, ACTION, message)
    assert "1 message was not changed: an SMS was already sent instead." in page
    assert len(sms()) == 1


def test_each_that_gets_none_is_counted_under_its_reason(
    inline: Sandbox, staff: Client, act: Act, undelivered: Make, make_message: Make
):
    phones = [f"+38097123456{number}" for number in range(4)]
    opt_out(phones[1], source="code")
    given = [
        undelivered(phone=phones[0]),
        undelivered(phone=phones[1]),
        undelivered(phone=phones[2], text="Ж" * UNICODE_PART * 6),
        make_message(phone=phones[3], state="delivered"),
    ]
    page = act(staff, ACTION, *given)
    assert "1 message was processed" in page
    assert "1 message was not changed: the recipient opted out and receives no more messages." in page
    assert "1 message was not changed: the text is too long for an SMS." in page
    assert "1 message was not changed: only Viber messages that were not delivered" in page
    assert [one.fallback_of for one in sms()] == [given[0]]


def test_the_question_names_the_number_and_the_parts(gateway: Sandbox, staff: Client, act: Act, undelivered: Make):
    given = [undelivered(phone=f"+38097123456{number}", sms_text="Ж" * UNICODE_PART * 2) for number in range(3)]
    given.append(undelivered(phone="+380971234569", text="Ж" * UNICODE_PART * 6))
    page = act(staff, ACTION, *given, _confirm="")
    assert 'viber-figure">3<' in page
    assert 'viber-figure">6<' in page
    assert "too long for an SMS: 1" in page
    assert "Send 3 SMS" in page
    assert not sms()


def test_it_stands_in_the_history_of_the_viber_message(inline: Sandbox, staff: Client, act: Act, undelivered: Make):
    message = undelivered()
    act(staff, ACTION, message)
    assert [(entry.object_id, entry.get_change_message()) for entry in LogEntry.objects.all()] == [
        (str(message.pk), "Sent by SMS")
    ]


def test_the_button_is_there_once(inline: Sandbox, staff: Client, undelivered: Make):
    message = undelivered()
    assert f'value="{ACTION}"' in page_of(staff, change_url(message))
    staff.post(reverse("admin:viber_messaging_message_act", args=[message.pk]), {"action": ACTION})
    assert f'value="{ACTION}"' not in page_of(staff, change_url(message))
    assert f'value="{ACTION}"' not in page_of(staff, change_url(sms()[0]))


def test_it_takes_its_own_permission_and_no_other(inline: Sandbox, log_in: Callable[..., Client], undelivered: Make):
    message = undelivered()
    url = reverse("admin:viber_messaging_message_act", args=[message.pk])
    sender, texter = log_in(*SENDING, name="sender"), log_in("view_message", "send_sms", name="texter")
    assert f'value="{ACTION}"' not in page_of(sender, change_url(message))
    assert sender.post(url, {"action": ACTION}).status_code == 403
    assert not sms()
    assert f'value="{ACTION}"' in page_of(texter, change_url(message))
    assert texter.post(url, {"action": ACTION}).status_code == 302
    assert len(sms()) == 1


def test_it_is_not_offered_by_a_site_that_sends_no_sms(
    inline: Sandbox, staff: Client, act: Act, undelivered: Make, configure: Any
):
    message = undelivered()
    configure(SMS=False)
    assert f'value="{ACTION}"' not in page_of(staff, reverse(LIST)) + page_of(staff, change_url(message))
    act(staff, ACTION, message)
    assert not sms()


def test_what_a_refresh_queues_is_sent_in_the_same_request(
    inline: Sandbox, staff: Client, act: Act, make_message: Make, clock: Any
):
    message = make_message(phone="+380990000105", sms_text="По SMS")
    inline.advance(100)
    clock.shift(100)
    act(staff, "refresh_selected", message)
    message.refresh_from_db()
    assert message.state == "undelivered"
    assert [one.state for one in sms()] == ["accepted"]
