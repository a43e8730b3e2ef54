"""A Viber message and the SMS instead of it: each says so, leads to the other, and tells the story of both."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.conftest import LIST, SENDING, change_url
from tests.admin.page import page_of
from viber_messaging.admin.message.other_half import RECALLS, SMS_STATES
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState, Recall

Make = Callable[..., Message]
NO_VIBER = "+380990000105"
MARK = 'class="viber-sms">SMS'


def test_every_state_of_an_sms_and_every_answer_to_a_recall_has_a_sentence():
    assert set(SMS_STATES) == set(MessageState)
    assert set(RECALLS) == set(Recall) - {Recall.NONE}


def test_an_sms_is_marked_in_the_list(gateway: Sandbox, staff: Client, make_sms: Make):
    make_sms()
    assert page_of(staff, reverse(LIST)).count(MARK) == 1


def test_a_list_without_sms_has_no_mark_and_no_filter(gateway: Sandbox, staff: Client, make_message: Make):
    make_message(state="undelivered")
    page = page_of(staff, reverse(LIST))
    assert MARK not in page
    assert "channel=" not in page


def test_more_sms_take_no_more_queries(gateway: Sandbox, staff: Client, make_sms: Make):
    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page_of(staff, reverse(LIST))
        return len(queries)

    make_sms()
    count()
    few = count()
    for number in range(5):
        make_sms({"phone": f"+38097123456{number}"})
    assert count() == few


def test_each_leads_to_the_other(gateway: Sandbox, staff: Client, make_sms: Make):
    sms = make_sms()
    viber = sms.fallback_of
    assert viber is not None
    assert change_url(sms) in page_of(staff, change_url(viber))
    assert change_url(viber) in page_of(staff, change_url(sms))


@pytest.mark.parametrize(
    ("viber", "sms", "sentence"),
    [
        ("undelivered", "queued", "Viber did not reach the recipient. An SMS instead waits to be sent."),
        ("cancelled", "accepted", "Viber did not reach the recipient. An SMS was sent instead."),
        ("undelivered", "delivered", "An SMS was sent instead, and delivered."),
        ("delivered", "delivered", "The recipient got both this message and an SMS."),
        ("delivered", "cancelled", "The message was delivered. The SMS instead was cancelled."),
        ("accepted", "accepted", "The gateway has the message and delivers it. An SMS was sent instead."),
    ],
)
def test_the_viber_message_says_what_became_of_the_sms(
    gateway: Sandbox, configure: Any, staff: Client, make_sms: Make, viber: str, sms: str, sentence: str
):
    configure(DISPATCH="worker")
    made = make_sms({"state": viber, "status_code": None}, state=sms)
    assert sentence in page_of(staff, change_url(made.fallback_of))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("viber", "sms", "sentence"),
    [
        ("undelivered", "accepted", "This SMS goes instead of a Viber message that did not reach the recipient."),
        ("delivered", "delivered", "Viber reached the recipient after all."),
    ],
)
def test_the_sms_says_why_it_goes(gateway: Sandbox, staff: Client, make_sms: Make, viber: str, sms: str, sentence: str):
    assert sentence in page_of(staff, change_url(make_sms({"state": viber}, state=sms)))


def test_an_sms_that_viber_was_faster_than_says_so_once(gateway: Sandbox, staff: Client, make_sms: Make):
    why = "Viber reached the recipient before this SMS was sent."
    page = page_of(staff, change_url(make_sms({"state": "delivered"}, state="cancelled", error=why)))
    assert page.count(why) == 1
    assert "after all" not in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "If Viber does not reach the recipient, an SMS goes instead."),
        ({"sms_after": 30}, "If Viber has not delivered it within 30 minutes"),
        ({"recall": Recall.ASKED}, "The gateway was asked to delete it"),
        ({"recall": Recall.LATE}, "It was too late for the gateway to delete it."),
        ({"recall": Recall.CALLED_OFF}, "A person cancelled it, so no SMS goes instead."),
    ],
)
def test_an_accepted_message_says_when_an_sms_would_go(
    gateway: Sandbox, staff: Client, make_message: Make, fields: dict[str, Any], sentence: str
):
    message = make_message(state="accepted", sms_text="Привіт", **fields)
    assert sentence in page_of(staff, change_url(message))


def test_both_pages_tell_one_story_of_two_ways(
    gateway: Sandbox, configure: Any, clock: Any, staff: Client, make_message: Make
):
    configure(DISPATCH="worker")
    viber = make_message(phone=NO_VIBER, sms_text="Привіт по SMS")
    doors.work()
    for _ in range(3):
        gateway.advance(100)
        clock.shift(100)
        doors.work()
    sms = Message.objects.get(fallback_of=viber)
    stories = [staff.get(change_url(one)).context["viber_story"] for one in (viber, sms)]
    assert stories[0] == stories[1]
    told = [(event.way, event.look) for event in stories[0]]
    ends = [
        ("Viber", "accepted"),
        ("Viber", "undelivered"),
        ("SMS", "queued"),
        ("SMS", "accepted"),
        ("SMS", "delivered"),
    ]
    assert [one for one in dict.fromkeys(told) if one in ends] == ends
    assert ("SMS", "draft") not in told


def test_an_sms_is_not_copied_because_the_form_writes_viber_messages(
    gateway: Sandbox, log_in: Callable[..., Client], make_sms: Make
):
    staff, sms = log_in(*SENDING), make_sms(text="Лише SMS", state="failed")
    add = reverse("admin:viber_messaging_message_add")
    assert "?copy=" not in page_of(staff, change_url(sms))
    assert "?copy=" in page_of(staff, change_url(sms.fallback_of))  # type: ignore[arg-type]
    assert "Лише SMS" not in page_of(staff, f"{add}?copy={sms.pk}")


def test_a_viber_message_is_not_deleted_while_its_sms_is_under_way(gateway: Sandbox, staff: Client, make_sms: Make):
    sms = make_sms(state="accepted")
    url = reverse("admin:viber_messaging_message_delete", args=[sms.fallback_of_id])
    page = staff.post(url, {"post": "yes"}, follow=True).content.decode()
    assert "This message was not deleted: it is on its way." in page
    assert Message.objects.count() == 2


def test_an_sms_whose_viber_message_was_deleted_is_shown(gateway: Sandbox, staff: Client, make_sms: Make):
    sms = make_sms()
    staff.post(reverse("admin:viber_messaging_message_delete", args=[sms.fallback_of_id]), {"post": "yes"})
    page = page_of(staff, change_url(sms))
    assert Message.objects.count() == 1
    assert MARK in page
    assert "instead of a Viber message" not in page


def test_an_sms_that_was_too_late_is_in_time_again_once_a_person_retries_it(
    gateway: Sandbox, configure: Any, log_in: Callable[..., Client], make_sms: Make, act: Callable[..., str]
):
    configure(DISPATCH="inline")
    staff = log_in(*SENDING, "send_sms")
    expired = timezone.now() - timedelta(hours=1)
    sms = make_sms(
        state="cancelled", expires_at=expired, error="It was too late for this SMS (the setting SMS_EXPIRES)."
    )
    act(staff, "retry_selected", sms)
    sms.refresh_from_db()
    assert sms.state == "accepted"
    assert sms.error == ""


def test_a_retry_does_not_send_what_viber_delivered_meanwhile(
    gateway: Sandbox, configure: Any, log_in: Callable[..., Client], make_sms: Make, act: Callable[..., str]
):
    configure(DISPATCH="inline")
    staff = log_in(*SENDING, "send_sms")
    sms = make_sms({"state": "delivered"}, state="failed")
    page = act(staff, "retry_selected", sms)
    sms.refresh_from_db()
    assert sms.state == "cancelled"
    assert "1 cancelled" in page
    assert not gateway.accepted


def test_a_story_of_one_way_names_no_way(gateway: Sandbox, staff: Client, make_message: Make):
    page = staff.get(change_url(make_message(state="delivered")))
    assert {event.way for event in page.context["viber_story"]} == {""}
