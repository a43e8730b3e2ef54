"""A button that a person may not press is explained where it would stand."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.page import page_of
from viber_messaging.models import Campaign, Message, Sender

MESSAGES = ("view_message", "add_message", "change_message")
CAMPAIGNS = ("view_campaign", "add_campaign", "change_campaign")


@pytest.fixture
def writer(log_in: Callable[..., Client]) -> Client:
    """Someone who may write everything, and send nothing."""
    return log_in(*MESSAGES, *CAMPAIGNS, name="writer")


@pytest.fixture
def sending(log_in: Callable[..., Client]) -> Client:
    return log_in(*MESSAGES, *CAMPAIGNS, "send_message", "send_campaign", name="sending")


def url(one: Message | Campaign) -> str:
    return reverse(f"admin:viber_messaging_{one._meta.model_name}_change", args=[one.pk])


@pytest.fixture
def pages(make_message: Callable[..., Message], sender: Sender) -> dict[str, str]:
    """Return the pages by what they would say."""
    campaigns = {state: Campaign.objects.create(name=state, sender="SMSTest", text="Hi", state=state)
                 for state in ("draft", "running", "finished")}  # fmt: skip
    return {
        "can send this draft": reverse("admin:viber_messaging_message_add"),
        "can review and start this campaign": url(campaigns["draft"]),
        "can pause, resume or cancel this campaign": url(campaigns["running"]),
        "can do this: Cancel": url(make_message(state="queued")),
    }


def test_who_may_not_send_is_told_so(writer: Client, pages: dict[str, str]):
    for sentence, page in pages.items():
        assert f" {sentence}" in page_of(writer, page), sentence


def test_who_may_send_sees_the_button_alone(sending: Client, pages: dict[str, str]):
    for page in pages.values():
        assert "Only users who may" not in page_of(sending, page), page


def test_what_nobody_can_do_needs_no_word(writer: Client, pages: dict[str, str]):
    assert "Only users who may" not in page_of(writer, url(Campaign.objects.get(name="finished")))


def test_a_draft_says_it_once(writer: Client, make_message: Callable[..., Message]):
    assert page_of(writer, url(make_message(state="draft"))).count("Only users who may send") == 1
