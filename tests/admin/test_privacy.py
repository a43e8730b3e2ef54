"""Phones and texts stay where they belong: in no error mail, log or address."""

import logging
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import django
import pytest
from django.contrib.admin import site
from django.core import mail
from django.test import Client
from django.urls import reverse

from viber_messaging.models import Campaign, ConsentChange, Message, Recipient, RecipientGroup, SendAttempt, Sender
from viber_messaging.states import AttemptOutcome

# In pieces, because an error mail shows the lines of this file.
DIGITS = "38097-1234567".replace("-", "")
TEXT = "a text for one pair_of eyes".replace("_", " ")


@pytest.fixture
def error_mails(settings: Any) -> list[Any]:
    """Mail what goes wrong to the site's admins, as Django does where DEBUG is off."""
    olena = "olena@example.com"
    settings.ADMINS = [olena] if django.VERSION >= (6, 0) else [("Olena", olena)]
    settings.MAILERS = {"default": {"BACKEND": "django.core.mail.backends.locmem.EmailBackend"}}  # Django 6.1 on
    return mail.outbox


CRASHES = {
    "viber_messaging.admin.saving.insert": ("message_add", "_send"),
    "viber_messaging.admin.trial.insert": ("message_add", "_test"),
    "viber_messaging.admin.previewing.screen_of": ("message_preview", ""),
    "viber_messaging.admin.opting.consent.opt_out": ("recipient_opt_out_list", "_confirm"),
}


@pytest.mark.parametrize("place", CRASHES)
def test_an_error_mail_shows_neither_phone_nor_text_nor_key(
    admin_client: Client,
    sender: Sender,
    form: Callable[..., dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
    error_mails: list[Any],
    gateway: Any,
    place: str,
    caplog: pytest.LogCaptureFixture,
):
    def crash(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("a bug in a library")

    page, button = CRASHES[place]
    monkeypatch.setattr(place, crash)
    admin_client.raise_request_exception = False
    typed = form(phone=f"+{DIGITS}", text=TEXT, numbers=f"+{DIGITS}", trial_phone=f"+{DIGITS}", **{button: "1"})
    assert admin_client.post(reverse(f"admin:viber_messaging_{page}"), typed).status_code == 500
    [letter] = error_mails
    told = "\n".join([letter.subject, letter.body, *(content for content, _type in letter.alternatives), caplog.text])
    assert "a bug in a library" in told
    for secret in (DIGITS, TEXT, gateway.key):
        assert secret not in told


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
            seen += page.status_code == 200
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
