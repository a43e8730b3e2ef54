"""The buttons on a message's page, and its story."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.conftest import change_url
from tests.doors import OTHER_ACCOUNT, REFERENCE_TAKEN, TOO_OLD_TO_RESEND
from viber_messaging.admin.message.actions.buttons import possible_actions
from viber_messaging.admin.message.actions.table import ACTIONS, BUTTONS
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]


def act_url(message: Message) -> str:
    return reverse("admin:viber_messaging_message_act", args=[message.pk])


def press(client: Client, message: Message, action: str) -> str:
    page = client.post(act_url(message), {"action": action}, follow=True)
    assert page.redirect_chain == [(change_url(message), 302)]
    message.refresh_from_db()
    return page.content.decode()


def test_every_button_is_an_action_of_the_list_and_every_state_is_thought_of():
    assert set(BUTTONS) == {action.name for action in ACTIONS if action.button}
    offered = {state: list(possible_actions(Message(state=state))) for state in MessageState}
    assert offered[MessageState.DRAFT] == offered[MessageState.SENDING] == offered[MessageState.READ] == []
    assert offered[MessageState.QUEUED] == ["cancel_selected"]
    assert offered[MessageState.UNCONFIRMED] == ["refresh_selected"]


def test_what_was_in_doubt_for_too_long_offers_all_that_a_person_can_decide(make_message: MakeMessage, db: None):
    message = Message(state=MessageState.UNCONFIRMED, error=TOO_OLD_TO_RESEND)
    assert list(possible_actions(message)) == ["refresh_selected", "mark_sent", "send_again"]


def test_what_may_have_been_sent_with_another_account_offers_to_say_that_it_is_the_same():
    message = Message(state=MessageState.UNCONFIRMED, error=OTHER_ACCOUNT)
    assert list(possible_actions(message)) == ["refresh_selected", "trust_account", "mark_sent", "send_again"]


@pytest.mark.parametrize(
    "fields",
    [
        {"state": "cancelled", "status_code": 104, "accepted_at": timezone.now()},
        {"state": "rejected", "status_code": 206, "msg_id": "1234"},
        {"state": "failed", "status_code": 208, "error": REFERENCE_TAKEN},
    ],
)
def test_what_the_gateway_has_had_is_copied_and_not_sent_again(
    inline: Sandbox, staff: Client, make_message: MakeMessage, fields: dict[str, Any]
):
    message = make_message(**fields)
    page = staff.get(change_url(message)).content.decode()
    assert "retry_selected" not in page
    assert f'class="button" href="{reverse("admin:viber_messaging_message_add")}?copy={message.pk}"' in page
    assert "the gateway has already received it" in press(staff, message, "retry_selected")
    assert message.state == fields["state"]
    assert inline.submissions[message.reference] == 0


def test_a_failed_message_is_sent_again_from_its_page(inline: Sandbox, staff: Client, make_message: MakeMessage):
    message = make_message(state=MessageState.FAILED)
    page = staff.get(change_url(message)).content.decode()
    assert 'value="retry_selected"' in page
    assert "1 message was processed" in press(staff, message, "retry_selected")
    assert message.state == MessageState.ACCEPTED


def test_pressing_twice_does_it_once(inline: Sandbox, staff: Client, make_message: MakeMessage):
    message = make_message(state=MessageState.FAILED)
    press(staff, message, "retry_selected")
    assert "not changed" in press(staff, message, "retry_selected")
    assert inline.submissions[message.reference] == 1


def test_a_queued_message_is_cancelled_from_its_page(gateway: Sandbox, staff: Client, make_message: MakeMessage):
    message = make_message()
    press(staff, message, "cancel_selected")
    assert message.state == MessageState.CANCELLED


def test_a_button_needs_the_permission_to_send(
    log_in: Callable[..., Client], make_message: MakeMessage, gateway: Sandbox
):
    message = make_message()
    reader = log_in("view_message", name="reader")
    assert "cancel_selected" not in reader.get(change_url(message)).content.decode()
    assert reader.post(act_url(message), {"action": "cancel_selected"}).status_code == 403
    message.refresh_from_db()
    assert message.state == MessageState.QUEUED


@pytest.mark.parametrize("action", ["", "delete_selected", "get_queryset", "save_model"])
def test_only_the_buttons_can_be_pressed(staff: Client, draft: Message, action: str):
    assert staff.post(act_url(draft), {"action": action}).status_code == 404


def test_nothing_is_done_by_opening_the_address(staff: Client, draft: Message):
    assert staff.get(act_url(draft)).status_code == 405


def test_the_story_tells_who_did_what_in_the_order_that_it_happened(
    inline: Sandbox, staff: Client, sender: Any, form: Callable[..., dict[str, Any]]
):
    staff.post(reverse("admin:viber_messaging_message_add"), form(_send="1", phone="+380990000203"))
    message = Message.objects.get()
    press(staff, message, "retry_selected")
    page = staff.get(change_url(message)).content.decode()
    story = page[page.index('id="viber-story-title"') :]
    assert story.index("Created") < story.index("olena") < story.index("Attempt 1")
    assert story.index("Attempt 1") < story.index("Retried") < story.index("Attempt 2")


def test_the_story_tells_who_sent_a_draft_and_says_nothing_twice(staff: Client, draft: Message, form: Any, inline: Any):
    staff.post(change_url(draft), form(phone=draft.phone, text=draft.text, _save="1"))
    staff.post(change_url(draft), form(phone=draft.phone, text=draft.text, _send="1"))
    page = staff.get(change_url(draft))
    titles = [event.title for event in page.context["viber_story"]]
    assert "Send was pressed" in titles
    assert not {"Added.", "No fields changed."} & set(titles)
    assert next(event.detail for event in page.context["viber_story"] if event.title == "Send was pressed") == "olena"


def test_the_story_ends_with_what_will_happen_by_itself(gateway: Sandbox, staff: Client, make_message: MakeMessage):
    message = make_message(next_attempt_at=timezone.now() + timedelta(minutes=5))
    page = staff.get(change_url(message)).content.decode()
    assert "viber-event-ahead" in page
    assert page.index("It will be sent") > page.index("Queued")


def test_the_story_of_a_delivered_message_ends_with_its_delivery(
    gateway: Sandbox, staff: Client, make_message: MakeMessage, clock: Any
):
    message = make_message()
    doors.work()
    clock.shift(60)
    gateway.advance(60)
    doors.work()
    page = staff.get(change_url(message)).content.decode()
    assert page.index("Accepted by the gateway") < page.index("<strong>Delivered")
