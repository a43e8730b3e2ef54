"""The SMS of a campaign in the admin: who may write it, who may start a campaign with one."""

from collections.abc import Callable
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.campaign.test_admin import EVERYTHING, NAME, filled, press, stamp, url
from viber_messaging.models import Campaign, Connection, Message, Recipient, RecipientGroup, Sender
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


def test_on_a_site_without_sms_anybody_starts_it(boss: Client, draft: Campaign, configure: Callable[..., None]):
    configure(SMS=False, SMS_EXPIRES=300)
    Campaign.objects.update(sms_after=30)
    press(boss, draft, "trial", phone="050 111 22 33")
    press(boss, draft, "start", stamp=stamp(boss, draft))
    draft.refresh_from_db()
    assert (draft.state, Message.objects.get().sms_text) == ("running", "")


def test_a_test_message_of_others_carries_no_sms(boss: Client, spender: Client, draft: Campaign, gateway: Sandbox):
    press(boss, draft, "trial", phone="050 111 22 33")
    assert Message.objects.get().sms_text == ""
    press(spender, draft, "trial", phone="050 111 22 33")
    assert Message.objects.latest("pk").sms_text == "Чекаємо, N0"


def test_a_started_campaign_shows_its_sms(boss: Client, draft: Campaign):
    Campaign.objects.update(state="running")
    assert "Чекаємо, {name}" in text_of(boss.get(url(draft)))


def test_a_finished_campaign_can_be_cancelled_while_its_sms_may_go(
    spender: Client, draft: Campaign, make_message: Callable[..., Message]
):
    Campaign.objects.update(state="finished")
    assert 'value="cancel"' not in text_of(spender.get(url(draft)))
    make_message(state="accepted", campaign=draft, sms_text="SMS")
    assert 'value="cancel"' in text_of(spender.get(url(draft)))
    assert "No more SMS will be sent." in press(spender, draft, "cancel")
    assert 'value="cancel"' not in text_of(spender.get(url(draft)))


def test_copy_as_new_keeps_the_sms(spender: Client, draft: Campaign):
    form = spender.get(reverse(f"{NAME}add") + f"?copy={draft.pk}").context["adminform"].form
    assert form["sms_text"].value() == "Чекаємо, {name}"


def review(client: Client, campaign: Campaign) -> str:
    return text_of(client.get(url(campaign, "review")))


def test_the_review_shows_the_sms_and_how_many_there_are_at_most(spender: Client, draft: Campaign, gateway: Sandbox):
    page = review(spender, draft)
    assert page.count("viber-bubble-sms") == 3
    assert "At most 3 SMS, parts: 3." in page
    assert "The price is unknown for parts: 3." in page
    assert gateway.request_count == 0


def test_the_prices_are_asked_once_an_operator_and_kept(spender: Client, draft: Campaign, gateway: Sandbox):
    assert "The gateway told the prices of SMS." in unescape(press(spender, draft, "prices"))
    page = review(spender, draft)
    assert "They cost at most 2.85 UAH." in page
    assert "unknown" not in page
    assert gateway.request_count == 1


@pytest.mark.parametrize("has_placeholders", [True, False])
def test_each_part_counts(spender: Client, draft: Campaign, gateway: Sandbox, has_placeholders: bool):
    Campaign.objects.update(sms_text="ї" * 71 + (" {name}" if has_placeholders else ""))
    press(spender, draft, "prices")
    page = review(spender, draft)
    assert "At most 3 SMS, parts: 6." in page
    assert "They cost at most 5.70 UAH." in page


def test_people_who_opted_out_cost_nothing(spender: Client, draft: Campaign):
    Campaign.objects.update(sms_text="Hi")
    Recipient.objects.filter(phone="+380971234560").update(opted_out_at="2026-01-01T00:00Z")
    assert "At most 2 SMS, parts: 2." in review(spender, draft)


def test_a_price_that_the_gateway_does_not_tell_is_said(
    spender: Client, draft: Campaign, group: RecipientGroup, gateway: Sandbox
):
    gateway.fail_all("lost-answer", command="prices")
    assert "The prices could not be read." in unescape(press(spender, draft, "prices"))
    assert "The price is unknown for parts: 3." in review(spender, draft)


@pytest.mark.parametrize(
    ("balance", "low", "warning"),
    [
        (Decimal(2), None, "The known balance is not enough for all of them."),
        (Decimal(100), 98, "The balance may fall below 98.00 UAH (the setting LOW_BALANCE)."),
        (Decimal(100), 97, ""),
    ],
)
def test_a_balance_that_would_not_suffice_is_warned_of(
    spender: Client,
    draft: Campaign,
    gateway: Sandbox,
    configure: Callable[..., None],
    balance: Decimal,
    low: float | None,
    warning: str,
):
    configure(LOW_BALANCE=low)
    press(spender, draft, "prices")
    Connection.objects.update_or_create(
        pk=Connection.SINGLETON,
        defaults={"balance_amount": balance, "balance_currency": "UAH", "balance_at": timezone.now()},
    )
    page = review(spender, draft)
    assert warning in page
    assert ("viber-cost-warns" in page) is bool(warning)


def test_afterwards_the_campaign_says_what_its_sms_cost_at_most(
    spender: Client, draft: Campaign, make_message: Callable[..., Message], gateway: Sandbox
):
    Campaign.objects.update(state="finished")
    parent = make_message(state="undelivered", campaign=draft)
    make_message(
        state="delivered", channel="sms", fallback_of=parent, campaign=draft, sms_count=2, accepted_at=timezone.now()
    )
    assert "Accepted: 1 SMS, parts: 2. The price is unknown for parts: 2." in " ".join(
        text_of(spender.get(url(draft))).replace("<span>", "").replace("</span>", "").split()
    )
    press(spender, draft, "prices")
    assert "They cost at most 1.90 UAH." in text_of(spender.get(url(draft)))


def test_a_campaign_without_sms_says_nothing_of_them(spender: Client, draft: Campaign):
    Campaign.objects.update(sms_text="")
    assert "SMS, if Viber reaches nobody" not in review(spender, draft)
    Campaign.objects.update(state="finished")
    assert "viber-sms-cost-title" not in text_of(spender.get(url(draft)))
