"""What can be done with many messages at once."""

import threading
from html import unescape
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import doors
from tests.admin.conftest import LIST, SENDING
from tests.doors import TOO_OLD_TO_RESEND
from tests.moments import Moments
from viber_messaging.admin.message.actions.table import ACTIONS as TABLE
from viber_messaging.gateway.entities import Reply
from viber_messaging.models import Message
from viber_messaging.states import MessageState

ACTIONS = [action.name for action in TABLE]


def states():
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def test_drafts_and_failed_messages_are_sent_and_the_others_told(staff, make_message, act, inline):
    messages = [make_message(state=state) for state in ("draft", "failed", "delivered")]
    page = act(staff, "send_selected", *messages)
    assert states() == ["accepted", "accepted", "delivered"]
    assert "2 messages were processed: 2 accepted." in page
    assert "1 message was not changed: only drafts and failed messages can be sent." in page


def test_sending_twice_sends_once(staff, draft, act, inline):
    act(staff, "send_selected", draft)
    page = act(staff, "send_selected", draft)
    assert inline.submissions[draft.reference] == 1
    assert "not changed" in page


def test_a_retry_keeps_the_reference(staff, make_message, act, inline):
    message = make_message(state="rejected")
    act(staff, "retry_selected", message)
    assert inline.times_accepted(message.reference) == 1


def test_what_waits_is_cancelled_here_and_what_was_accepted_at_the_gateway(staff, make_message, draft, act, inline):
    accepted = make_message()
    waiting = make_message(state="draft")
    Message.objects.filter(pk=waiting.pk).update(state="queued")
    page = act(staff, "cancel_selected", accepted, waiting, draft)
    assert set(states()) == {"cancelled"}
    assert "3 messages were cancelled." in page


def test_it_is_told_where_the_gateway_does_not_say_whether_it_cancelled(
    staff, make_message, act, inline, moments: Moments
):
    message = make_message()
    moments.replace("the request to delete", lambda self, ids: Reply(results={}, http_status=200))
    page = act(staff, "cancel_selected", message)
    assert "The gateway did not say whether it cancelled 1 message" in page
    assert "could not be cancelled" not in page


def test_what_was_delivered_already_cannot_be_cancelled(staff, make_message, act, inline):
    message = make_message()
    inline.advance(60)
    page = act(staff, "cancel_selected", message)
    assert "1 message could not be cancelled" in page


def test_the_status_is_asked_now(staff, make_message, act, inline):
    message = make_message()
    inline.advance(60)
    page = act(staff, "refresh_selected", message)
    assert states() == ["delivered"]
    assert "The gateway was asked about 1 message: 1 delivered." in page


def test_a_gateway_that_does_not_answer_is_not_told_as_success(staff, make_message, act, inline):
    message = make_message()
    inline.fail_all("garbage")
    page = unescape(act(staff, "refresh_selected", message))
    assert "The gateway could not be asked: The gateway gives no clear answer." in page


def test_a_person_decides_what_nobody_else_can(staff, make_message, act, gateway):
    old = make_message(state="unconfirmed", error=TOO_OLD_TO_RESEND)
    new = make_message(state="unconfirmed")
    page = act(staff, "mark_sent", old, new)
    assert states() == ["accepted", "unconfirmed"]
    assert "1 message was marked as sent." in page
    assert "1 message was not changed" in page


@pytest.mark.skipif(connection.vendor == "sqlite", reason="one in-memory database cannot serve two threads")
def test_two_who_send_five_hundred_again_at_the_same_moment_send_each_once(staff, log_in, make_message, act, gateway):
    messages = [make_message(state="draft", phone=f"+38097123{number:04}") for number in range(500)]
    Message.objects.update(state="unconfirmed", error=TOO_OLD_TO_RESEND)

    def press(client):
        act(client, "send_again", *messages)
        connection.close()

    threads = [threading.Thread(target=press, args=[client]) for client in (staff, log_in(*SENDING, name="ivan"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(states()) == {"queued"}
    doors.work()
    assert {gateway.submissions[message.reference] for message in messages} == {1}
    assert set(states()) == {"accepted"}


def test_who_decided_and_when_stands_in_the_messages_history(staff, make_message, act, gateway):
    old = make_message(state="unconfirmed", error=TOO_OLD_TO_RESEND)
    act(staff, "send_again", old)
    history = staff.get(reverse("admin:viber_messaging_message_history", args=[old.pk])).content.decode()
    assert "olena" in history
    assert "Sent again, although it may already have been sent" in history


@pytest.mark.parametrize("action", ACTIONS)
def test_no_action_is_run_without_the_permission(log_in, make_message, act, inline, action):
    client = log_in("view_message", "change_message", "delete_message")
    messages = [make_message(state=state) for state in ("draft", "failed", "accepted", "unconfirmed")]
    before = states()
    page = act(client, action, *messages)
    assert states() == before
    assert inline.request_count == 0
    assert action not in page


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_called_past_the_menu_asks_for_the_permission_itself(log_in, rf, action):
    log_in("view_message")
    request = rf.post("/")
    request.user = User.objects.get()
    ours: Any = admin.site._registry[Message]
    found = ours.get_action(action)
    act = getattr(found, "func", None) or found[0]
    with pytest.raises(PermissionDenied):
        act(ours, request, Message.objects.all())


def test_forged_keys_outside_the_list_change_nothing(staff, make_message, act, gateway):
    draft, failed = make_message(state="draft"), make_message(state="failed")
    data = {"action": "send_selected", "_selected_action": [draft.pk, failed.pk, 10**6], "index": 0}
    staff.post(f"{reverse(LIST)}?state__exact=failed", data)
    assert states() == ["draft", "queued"]


def test_all_pages_at_once_cost_no_query_a_message(staff, make_message, act, gateway):
    def queries(count: int) -> int:
        Message.objects.all().delete()
        drafts = [make_message(state="draft") for _number in range(count)]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            act(staff, "send_selected", drafts[0], select_across="1")
        assert set(states()) == {"queued"}
        return len(captured)

    assert queries(40) <= queries(2) + 3, "a few batches, never one query a message"


def test_what_is_on_its_way_is_not_deleted_and_the_rest_is(staff, make_message, act, gateway):
    kept = [make_message(state=state) for state in ("queued", "sending", "accepted", "unconfirmed")]
    gone = [make_message(state=state) for state in ("draft", "delivered", "failed")]
    page = act(staff, "delete_selected", *kept, *gone)
    assert "4 messages were not deleted: they are on their way." in page
    assert Message.objects.count() == 7
    act(staff, "delete_selected", *kept, *gone, post="yes")
    assert states() == [message.state for message in kept]


@pytest.mark.parametrize("state", MessageState)
def test_one_message_is_deleted_only_where_nothing_is_in_flight(staff, make_message, state):
    message = make_message(state=state)
    url = reverse("admin:viber_messaging_message_delete", args=[message.pk])
    response = staff.post(url, {"post": "yes"})
    in_flight = state in (MessageState.QUEUED, MessageState.SENDING, MessageState.ACCEPTED, MessageState.UNCONFIRMED)
    assert response.status_code == (403 if in_flight else 302)
    assert Message.objects.exists() == in_flight


def test_a_message_is_deleted_together_with_its_attempts(staff, make_message, act, inline):
    message = make_message(phone="+380990000202")
    act(staff, "delete_selected", message, post="yes")
    assert not Message.objects.exists()


def test_actions_run_outside_the_transaction_of_atomic_requests(staff, draft, act, inline, monkeypatch):
    monkeypatch.setitem(connection.settings_dict, "ATOMIC_REQUESTS", True)
    act(staff, "send_selected", draft)
    page = act(staff, "refresh_selected", draft)
    assert "The gateway was asked about 1 message" in page


def test_a_site_that_switched_deleting_off_keeps_it_off(staff, make_message, act, monkeypatch):
    monkeypatch.delitem(admin.site._actions, "delete_selected")
    message = make_message(state="draft")
    assert "delete_selected" not in act(staff, "delete_selected", message, post="yes")
    assert Message.objects.exists()
