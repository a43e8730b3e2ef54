"""Phones and texts stay where they belong: in no log and no address."""

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from tests.admin.page import LANDMARK
from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome

DIGITS, TEXT = "380971234567", "a text for one pair of eyes"


@pytest.fixture
def crowded(gateway: Any, make_message: Callable[..., Message], sender: Sender) -> list[Any]:
    """One of each, with a phone that must not become part of any address."""
    message = make_message(state="draft", phone=f"+{DIGITS}")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Text")
    group = RecipientGroup.objects.create(name="Friends")
    group.recipients.add(Recipient.objects.create(phone=f"+{DIGITS}", name="Олена"))
    campaign.groups.add(group)
    now = message.created_at
    attempt = SendAttempt.objects.create(
        message=message, number=1, started_at=now, finished_at=now, outcome=AttemptOutcome.ACCEPTED
    )
    consent = ConsentChange.objects.create(phone=f"+{DIGITS}", is_opted_out=False, source="code")
    return [message, campaign, group, group.recipients.get(), attempt, consent, sender]


def test_no_address_on_any_page_holds_a_phone(admin_client: Client, crowded: list[Any]):
    seen = 0
    for item in crowded:
        for pattern in site._registry[type(item)].get_urls():
            if not pattern.name or "token" in str(pattern.pattern):
                continue
            args = [item.pk] if "object_id" in str(pattern.pattern) else []
            page = admin_client.get(reverse(f"admin:{pattern.name}", args=args))
            seen += LANDMARK in page.content.decode()
            for address in re.findall(r'(?:href|action|src|formaction|data-url)="([^"]*)"', page.content.decode()):
                assert DIGITS[3:] not in unquote(address), f"{address} at {pattern.name}"
    assert seen > 30


def test_the_log_of_a_send_holds_neither_phone_nor_text(
    admin_client: Client, sender: Sender, form: Callable[..., dict[str, Any]], inline: Any, caplog: Any
):
    caplog.set_level(logging.DEBUG)
    admin_client.post(reverse("admin:viber_messaging_message_add"), form(phone=f"+{DIGITS}", text=TEXT, _send="1"))
    attempt = SendAttempt.objects.values().get()
    assert inline.accepted
    told = "\n".join(record.getMessage() for record in caplog.records if record.name.startswith("viber_messaging"))
    for secret in (DIGITS, TEXT, inline.key):
        assert secret not in told
        assert secret not in repr(attempt)
