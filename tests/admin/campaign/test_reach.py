"""A campaign whose messages go by Viber, and by SMS where Viber did not reach: who got it by which way."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import SENDING
from tests.admin.page import page_of
from viber_messaging.admin.campaign.progress import figures
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup
from viber_messaging.sandbox import Sandbox

Make = Callable[..., Message]

PAIRS = {
    "Viber": ("delivered", None),
    "SMS": ("undelivered", "delivered"),
    "deleted, SMS": ("cancelled", "delivered"),
    "both": ("delivered", "delivered"),
    "refused": ("rejected", None),
    "neither": ("undelivered", "undelivered"),
    "deleted, neither": ("cancelled", "failed"),
    "under way": ("undelivered", "accepted"),
    "cancelled": ("cancelled", None),
}
"""States of the Viber message and of the SMS, by the name of its recipient."""


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    return log_in(*SENDING, "view_campaign", "send_campaign", "add_recipientgroup", "export_recipient")


@pytest.fixture
def campaign(gateway: Sandbox, make_message: Make, make_sms: Make, configure: Any) -> Campaign:
    """A finished one, with a recipient for each pair."""
    configure(DISPATCH="worker")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", sms_text="Hi", state="finished")
    for place, (name, (viber, sms)) in enumerate(PAIRS.items()):
        person = Recipient.objects.create(phone=f"+38097123450{place}", name=name)
        fields: dict[str, Any] = {"campaign": campaign, "recipient": person, "phone": person.phone}
        if sms is None:
            make_message(state=viber, **fields)
        else:
            make_sms({"state": viber, **fields}, state=sms, recipient=person)
    return campaign


def url(campaign: Campaign, page: str) -> str:
    return reverse(f"admin:viber_messaging_campaign_{page}", args=[campaign.pk])


def test_people_are_counted_once_by_the_way_that_reached_them(campaign: Campaign):
    texts = figures(campaign)["texts"]
    found = {name: int(texts[f"reached_by_{name}"]) for name in ("viber", "sms", "both", "none")}
    assert found == {"viber": 1, "sms": 2, "both": 1, "none": 4}
    assert texts["sms_under_way"] == "1"
    assert sum(found.values()) + 1 == len(PAIRS)


def test_the_page_and_its_figures_say_so(staff: Client, campaign: Campaign):
    assert 'data-text="reached_by_sms">2<' in page_of(staff, url(campaign, "change"))
    assert staff.get(url(campaign, "progress")).json()["texts"]["reached_by_sms"] == "2"


def test_a_campaign_without_sms_says_nothing_of_them(gateway: Sandbox, staff: Client):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="finished")
    assert "SMS under way" not in page_of(staff, url(campaign, "change"))
    assert "reached_by_sms" not in staff.get(url(campaign, "progress")).json()["texts"]


def test_an_sms_under_way_keeps_the_page_alive(campaign: Campaign):
    Message.objects.exclude(channel="sms", state="accepted").delete()
    assert figures(campaign)["is_live"]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("delivered", {"Viber", "SMS", "deleted, SMS", "both"}),
        ("not_delivered", {"refused", "neither", "deleted, neither"}),
    ],
)
def test_a_group_holds_each_person_by_either_way(staff: Client, campaign: Campaign, who: str, names: set[str]):
    staff.post(url(campaign, "act"), {"do": "group", "who": who, "name": "Those"})
    group = RecipientGroup.objects.get(name="Those")
    assert set(group.recipients.values_list("name", flat=True)) == names


def test_the_file_of_who_did_not_get_it_leaves_out_whom_an_sms_reached(staff: Client, campaign: Campaign):
    answer = staff.post(url(campaign, "export"), {"who": "unreached", "format": "csv"})
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()[1:]  # type: ignore[attr-defined]
    assert len(lines) == 3
    assert all("SMS" not in line.split(";")[1] for line in lines)
