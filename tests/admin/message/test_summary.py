"""A message's page: to whom and how it stands, what that means and what to do; then the phone, the story, the rest."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.models import Value
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.conftest import SENDING, change_url
from tests.admin.page import page_of
from viber_messaging.models import Campaign, Message, Recipient, SendAttempt
from viber_messaging.states import AttemptOutcome

MakeMessage = Callable[..., Message]


@pytest.fixture(autouse=True)
def worker_sends(configure: Callable[..., None]) -> None:
    configure(DISPATCH="worker")


@pytest.fixture
def accepted(make_message: MakeMessage) -> Message:
    """A message that the gateway accepted at the first attempt."""
    now = timezone.now()
    message = make_message(state="accepted", status_code=1, msg_id="1234568", accepted_at=now, queued_at=now)
    _attempt(message, AttemptOutcome.ACCEPTED, 1)
    return message


def _attempt(message: Message, outcome: AttemptOutcome, code: int) -> None:
    now = timezone.now()
    SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome=outcome, status_code=code, http_status=200
    )


def text_of(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", markup)).split())


def seen(page: str) -> str:
    """Return the text below the title that is seen before anything is unfolded."""
    below = page[page.index('<div class="viber-summary') :]
    return text_of(re.sub(r"<details.*?</details>|<h2>\+.*?</h2>", "", below, flags=re.DOTALL))


def folded(page: str) -> str:
    begin = page.index('<details class="module viber-technical">')
    return text_of(page[begin : page.index("</details>", begin)])


def test_the_title_is_the_phone_and_the_state(staff: Client, accepted: Message):
    page = page_of(staff, change_url(accepted))
    assert "<h1>+380 97 123 45 67 · accepted</h1>" in page
    assert "<title>+380 97 123 45 67 · accepted |" in page


def test_a_draft_has_such_a_title_and_a_new_message_its_own(staff: Client, draft: Message):
    assert "<h1>+380 97 123 45 67 · draft</h1>" in page_of(staff, change_url(draft))
    assert "<h1>New message</h1>" in page_of(staff, reverse("admin:viber_messaging_message_add"))


def test_an_erased_phone_is_no_phone(staff: Client, make_message: MakeMessage):
    message = make_message(state="delivered")
    Message.objects.filter(pk=message.pk).update(phone=Value("+999000000000001"))
    assert "<h1>+999000000000001 · delivered</h1>" in page_of(staff, change_url(message))


def test_the_meaning_and_the_buttons_stand_above_the_phone_the_story_and_the_facts(staff: Client, accepted: Message):
    page = page_of(staff, change_url(accepted))
    parts = ["viber-summary ", 'class="viber-buttons"', 'id="viber-preview"', "viber-story-title", "viber-technical"]
    places = [page.index(part) for part in parts]
    assert places == sorted(places)


def test_each_fact_is_said_once(staff: Client, accepted: Message):
    page = page_of(staff, change_url(accepted))
    shown = seen(page)
    assert shown.lower().count("accepted") == 1, "in the story; besides, it is in the title"
    assert shown.count("The gateway has the message and delivers it.") == 1
    assert "The gateway received the message." not in shown
    assert shown.count(accepted.text) == 1


def test_technical_facts_are_folded(staff: Client, accepted: Message):
    page = page_of(staff, change_url(accepted))
    facts = [str(accepted.reference), "1234568", "1: The gateway received the message.", "Attempts", "+380971234567"]
    for fact in facts:
        assert fact in folded(page)
        assert fact not in seen(page)


def test_a_refusal_is_told_once_with_what_to_do(staff: Client, make_message: MakeMessage):
    now = timezone.now()
    message = make_message(state="rejected", status_code=203, completed_at=now)
    _attempt(message, AttemptOutcome.REJECTED, 203)
    page: Any = staff.get(change_url(message))
    assert page.context["viber_summary"].meaning == (
        "The gateway refused the message. 203: The gateway does not accept this phone number. "
        "Check the phone number and create a new message."
    )
    titles = [event.title for event in page.context["viber_story"]]
    assert titles == ["Created", "Attempt 1: rejected"]


def test_a_message_is_created_before_it_is_queued_though_its_campaign_looked_at_the_clock_earlier(
    staff: Client, make_message: MakeMessage
):
    message = make_message()
    Message.objects.filter(pk=message.pk).update(queued_at=message.created_at - timedelta(milliseconds=3))
    story = staff.get(change_url(message)).context["viber_story"]
    assert [event.title for event in story] == ["Created", "Queued"]


def test_a_copy_is_offered_in_one_place(staff: Client, make_message: MakeMessage):
    for message in (
        make_message(state="delivered"),
        make_message(state="failed", phone="+380971234568", accepted_at=timezone.now()),
    ):
        assert page_of(staff, change_url(message)).count(f"?copy={message.pk}") == 1


@pytest.fixture
def belonging(make_message: MakeMessage) -> Message:
    """A message of a campaign, to a person."""
    person = Recipient.objects.create(phone="+380971234567", name="Олена")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    return make_message(state="delivered", recipient=person, campaign=campaign)


def test_it_leads_to_the_person_and_the_campaign(log_in: Callable[..., Client], belonging: Message):
    page = page_of(log_in(*SENDING, "view_recipient", "view_campaign"), change_url(belonging))
    person = reverse("admin:viber_messaging_recipient_change", args=[belonging.recipient_id])
    campaign = reverse("admin:viber_messaging_campaign_change", args=[belonging.campaign_id])
    assert f'<a href="{person}">Show the recipient</a>' in page
    assert f'Campaign: <a href="{campaign}">Spring</a>' in page


def test_it_leads_nowhere_that_the_user_may_not_go(staff: Client, belonging: Message):
    page = page_of(staff, change_url(belonging))
    assert "Show the recipient" not in page
    assert "Spring" not in page


def test_the_link_to_the_person_takes_no_query(log_in: Callable[..., Client], belonging: Message):
    def count(client: Client) -> int:
        page_of(client, change_url(belonging))
        with CaptureQueriesContext(connection) as captured:
            page_of(client, change_url(belonging))
        return len(captured)

    assert count(log_in(*SENDING, "view_recipient")) == count(log_in(*SENDING, name="taras"))
