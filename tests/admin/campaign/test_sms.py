"""The SMS of a campaign in the admin: who may write it, who may start a campaign with one."""

from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.campaign.test_admin import EVERYTHING, NAME, filled, press, stamp, url
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox

SMS = {"sms_text": "{name}, чекаємо", "sms_sender": "Shop", "sms_after": "30"}


@pytest.fixture
def boss(log_in: Callable[..., Client]) -> Client:
    """Someone who may do everything except send SMS."""
    return log_in(*EVERYTHING, name="boss")


@pytest.fixture
def spender(log_in: Callable[..., Client]) -> Client:
    return log_in(*EVERYTHING, "send_sms", name="petro")


@pytest.fixture
def group(db: None) -> RecipientGroup:
    group = RecipientGroup.objects.create(name="Friends")
    for number in range(3):
        group.recipients.create(phone=f"+38097123456{number}", name=f"N{number}")
    return group


@pytest.fixture
def draft(group: RecipientGroup, sender: Sender, gateway: Sandbox) -> Campaign:
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Привіт", sms_text="Чекаємо, {name}")
    campaign.groups.set([group])
    return campaign


def text_of(response: Any) -> str:
    return unescape(response.content.decode())


def test_an_sms_is_written_with_the_campaign(spender: Client, group: RecipientGroup, sender: Sender):
    spender.post(reverse(f"{NAME}add"), filled(group, **SMS, _save="1"))
    campaign = Campaign.objects.get()
    assert (campaign.sms_text, campaign.sms_sender, campaign.sms_after) == ("{name}, чекаємо", "Shop", 30)


def test_without_the_permission_none_is_accepted(boss: Client, group: RecipientGroup, sender: Sender):
    boss.post(reverse(f"{NAME}add"), filled(group, **SMS, _save="1"))
    assert Campaign.objects.get().sms_text == ""


def test_a_campaign_keeps_its_sms_if_somebody_else_saves_it(boss: Client, draft: Campaign, group: RecipientGroup):
    boss.post(url(draft), filled(group, text="Вітаю", sms_text="", _save="1"))
    draft.refresh_from_db()
    assert (draft.text, draft.sms_text) == ("Вітаю", "Чекаємо, {name}")


def test_who_may_not_send_sms_cannot_start_it(boss: Client, draft: Campaign):
    page = text_of(boss.get(url(draft, "review")))
    assert "Only a user who may send SMS can start this campaign" in page
    assert 'value="start"' not in page
    assert "Only a user who may send SMS" in press(boss, draft, "start", stamp=stamp(boss, draft))
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_who_may_send_sms_starts_it(spender: Client, draft: Campaign):
    press(spender, draft, "start", stamp=stamp(spender, draft))
    draft.refresh_from_db()
    assert draft.state == "running"


def test_a_test_message_of_others_carries_no_sms(boss: Client, spender: Client, draft: Campaign, gateway: Sandbox):
    press(boss, draft, "trial", phone="050 111 22 33")
    assert Message.objects.get().sms_text == ""
    press(spender, draft, "trial", phone="050 111 22 33")
    assert Message.objects.latest("pk").sms_text == "Чекаємо, N0"


def test_a_started_campaign_shows_its_sms(boss: Client, draft: Campaign):
    Campaign.objects.update(state="running")
    assert "Чекаємо, {name}" in text_of(boss.get(url(draft)))


def test_copy_as_new_keeps_the_sms(spender: Client, draft: Campaign):
    form = spender.get(reverse(f"{NAME}add") + f"?copy={draft.pk}").context["adminform"].form
    assert form["sms_text"].value() == "Чекаємо, {name}"
