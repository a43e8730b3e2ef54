"""What a campaign holds, and refuses to hold."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from viber_messaging.models import Campaign, CampaignChanged, Message
from viber_messaging.states import CampaignState, MessageState

MakeMessage = Callable[..., Message]

pytestmark = pytest.mark.django_db


def campaign(**fields: Any) -> Campaign:
    return Campaign(**({"name": "Spring", "sender": "SMSTest", "text": "Привіт, {name}!"} | fields))


BUTTON = {"type": "button", "image": "https://a.example/a.png", "url": "https://a.example/", "button": "Go"}


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"text": "{0.__class__}"}, "text"),
        ({"text": "{name"}, "text"),
        ({"text": " "}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"text": "x" * 1000 + "{name}"}, None),
        ({"text": "x" * 1001 + "{name}"}, "text"),
        ({**BUTTON, "button": "{"}, "button"),
        ({**BUTTON, "button": "x" * 20}, "button"),
        ({**BUTTON, "button": "{name|a long default of over 19}"}, None),
        ({**BUTTON, "url": "https://a.example/?who={name}"}, None),
        ({**BUTTON, "url": "https://a.example/?who={name.x}"}, "url"),
        ({**BUTTON, "url": "https://{name}/"}, "url"),
        ({**BUTTON, "image": "https://a.example/{name}.png"}, None),
        ({"type": "image"}, "image"),
        ({"quiet_from": time(21)}, "quiet_until"),
        ({"quiet_from": time(21), "quiet_until": time(21)}, "quiet_until"),
        ({"quiet_from": time(21), "quiet_until": time(9)}, None),
    ],
)
def test_what_is_wrong_is_told_at_its_field(fields: dict[str, Any], wrong: str | None):
    written = campaign(**fields)
    if wrong is None:
        written.full_clean()
        return
    with pytest.raises(ValidationError) as raised:
        written.full_clean()
    assert set(raised.value.message_dict) == {wrong}


def test_a_phone_has_one_message_in_a_campaign(make_message: MakeMessage):
    first, second = campaign(), campaign()
    first.save()
    second.save()
    make_message(campaign=first, state=MessageState.DRAFT)
    make_message(campaign=second, state=MessageState.DRAFT)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_message(campaign=first, state=MessageState.DRAFT)


def test_without_a_campaign_a_phone_has_any_number(make_message: MakeMessage):
    for _ in range(3):
        make_message(campaign=None, state=MessageState.DRAFT)


def test_a_campaign_with_messages_cannot_be_deleted_from_under_them(make_message: MakeMessage):
    written = campaign()
    written.save()
    make_message(campaign=written, state=MessageState.DRAFT)
    with pytest.raises(ProtectedError):
        written.delete()


def test_a_draft_can_be_edited():
    written = campaign()
    written.save()
    written.text = "Other"
    written.save()
    assert Campaign.objects.get().text == "Other"


@pytest.mark.parametrize("state", [state for state in CampaignState if state != CampaignState.DRAFT])
def test_what_was_started_says_what_it_said(state: CampaignState):
    written = campaign()
    written.save()
    Campaign.objects.update(state=state)
    written.text = "Other"
    with pytest.raises(CampaignChanged):
        written.save()
    assert Campaign.objects.get().text == "Привіт, {name}!"


def test_saving_never_takes_a_campaign_back():
    written = campaign()
    written.save()
    Campaign.objects.update(state=CampaignState.PAUSED, cursor=7)
    written.save()
    assert Campaign.objects.values_list("state", "cursor").get() == (CampaignState.PAUSED, 7)


def test_an_unknown_state_is_refused_by_the_database():
    with pytest.raises(IntegrityError), transaction.atomic():
        campaign(state="levitating").save()
