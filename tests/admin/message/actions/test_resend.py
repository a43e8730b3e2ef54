"""Everything that failed lately is sent again from the first page: asked once, with the number and the reasons."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.page import page_of
from tests.doors import TOO_OLD_TO_RESEND
from viber_messaging.api import opt_out
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]
RESEND = "admin:viber_messaging_message_resend"


@pytest.fixture
def failed(gateway: Sandbox, make_message: MakeMessage) -> list[Message]:
    """Three that may succeed; the others would fail again, are not wanted any more, or are too old."""
    hopeful = [make_message(state="rejected", status_code=202) for _ in range(2)] + [make_message(state="failed")]
    make_message(state="rejected", status_code=203)
    make_message(state="delivered")
    make_message(state="failed", error=TOO_OLD_TO_RESEND)
    make_message(state="failed", phone="+380501112233")
    opt_out("+380501112233", source="test")
    old = make_message(state="failed")
    Message.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    return hopeful


def test_the_question_tells_how_many_would_be_sent_and_why_others_are_left_out(failed: list[Message], staff: Client):
    page = unescape(page_of(staff, reverse(RESEND)))
    assert "3 messages will be sent again" in page
    assert "Left out, because they would fail again" in page
    assert "203" in page.partition("Left out")[2]
    assert set(Message.objects.filter(pk__in=[each.pk for each in failed]).values_list("state", flat=True)) == {
        "rejected",
        "failed",
    }


def test_exactly_those_are_sent_again_once_their_number_is_confirmed(failed: list[Message], staff: Client):
    staff.post(reverse(RESEND), {"_confirm": "3"})
    assert set(Message.objects.filter(state="queued")) == set(failed)


def test_a_number_that_grew_meanwhile_is_asked_again(failed: list[Message], staff: Client):
    response = staff.post(reverse(RESEND), {"_confirm": "2"}, follow=True)
    assert "There are more messages than a moment ago." in response.content.decode()
    assert not Message.objects.filter(state="queued").exists()


def test_nothing_is_done_by_looking_and_nothing_without_permission(
    failed: list[Message], staff: Client, log_in: Callable[..., Client]
):
    staff.get(reverse(RESEND), {"_confirm": "3"})
    reader = log_in("view_message", name="reader")
    assert reader.get(reverse(RESEND)).status_code == 403
    assert reader.post(reverse(RESEND), {"_confirm": "3"}).status_code == 403
    assert not Message.objects.filter(state="queued").exists()


def test_an_empty_list_of_failures_offers_no_button(gateway: Sandbox, staff: Client):
    page = page_of(staff, reverse(RESEND))
    assert "None of the failed messages can be sent again" in page
    assert "button default" not in page
    response = staff.post(reverse(RESEND), {"_confirm": "3"}, follow=True)
    assert "There is nothing that can be sent again." in response.content.decode()
