"""What is lost with people and groups is told on the page that asks; no campaign loses its audience."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import shown
from tests.moments import Moments
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup

MakeMessage = Callable[..., Message]
PHONE = "+380971234567"
PEOPLE, GROUPS = "admin:viber_messaging_recipient_", "admin:viber_messaging_recipientgroup_"

Press = Callable[..., str]


def single(client: Client, name: str, item: Any, **data: str) -> str:
    url = reverse(f"{name}delete", args=[item.pk])
    answer = client.post(url, data, follow=True) if data else client.get(url)
    return shown(answer)


def bulk(client: Client, name: str, item: Any, **data: str) -> str:
    data = {"action": "delete_selected", "_selected_action": item.pk, "index": "0", **data}
    return str(client.post(reverse(f"{name}changelist"), data, follow=True).content.decode())


@pytest.fixture(params=[single, bulk])
def press(request: pytest.FixtureRequest) -> Press:
    """Open the question, or answer it, for one thing or for a selection."""
    return request.param


@pytest.fixture
def olena(db: None, configure: Callable[..., None]) -> Recipient:
    configure(DISPATCH="worker")
    return Recipient.objects.create(phone=PHONE)


@pytest.fixture
def campaign(olena: Recipient) -> Campaign:
    """A campaign for tomorrow."""
    tomorrow = timezone.now() + timedelta(days=1)
    campaign = Campaign.objects.create(name="Весна", sender="SMSTest", text="Hi", start_at=tomorrow)
    group = RecipientGroup.objects.create(name="Friends")
    group.recipients.add(olena)
    campaign.groups.add(group)
    Campaign.objects.update(state="running")
    return campaign


def test_it_is_told_what_waits_for_a_person(
    admin_client: Client, press: Press, olena: Recipient, make_message: MakeMessage
):
    later = timezone.now() + timedelta(days=1)
    for fields in (
        *[{"state": "queued"}] * 3,
        *[{"state": "accepted", "scheduled_at": later}] * 2,
        {"state": "sending"},
    ):
        make_message(phone=PHONE, **fields)
    page = press(admin_client, PEOPLE, olena)
    assert "3 messages that have not been sent yet will be cancelled." in page
    assert (
        "The gateway holds 2 messages that are scheduled for later. The gateway will be asked to cancel them."
    ) in page
    assert "1 message is being sent or unconfirmed. It may still arrive; it is not sent again." in page
    assert Message.objects.filter(state="queued").count() == 3
    after = press(admin_client, PEOPLE, olena, post="yes")
    assert "will be cancelled" not in after
    assert Message.objects.filter(state="cancelled", error=doors.RECIPIENT_DELETED).count() == 3
    assert not Recipient.objects.exists()


def test_nothing_is_told_where_nothing_waits(
    admin_client: Client, press: Press, olena: Recipient, make_message: MakeMessage
):
    make_message(phone=PHONE, state="delivered")
    assert "will be cancelled" not in press(admin_client, PEOPLE, olena)


@pytest.mark.parametrize("state", ["running", "paused"])
def test_a_group_stays_that_a_started_campaign_needs(
    admin_client: Client, press: Press, campaign: Campaign, state: str
):
    Campaign.objects.update(state=state)
    group = campaign.groups.get()
    for data in ({}, {"post": "yes"}):
        assert "“Весна” was started and still needs this group" in press(admin_client, GROUPS, group, **data)
    assert RecipientGroup.objects.exists()


def test_a_campaign_that_starts_while_the_question_is_read_keeps_its_group(
    admin_client: Client, press: Press, campaign: Campaign, moments: Moments
):
    moments.replace("campaigns to come", lambda groups: Campaign.objects.none())
    moments.replace("the lock of a group's campaigns", lambda groups: Campaign.objects.all())
    page = press(admin_client, GROUPS, campaign.groups.get(), post="yes")
    assert "Nothing was deleted: a campaign to this group was started in the meantime." in page
    assert "uccessfully" not in page
    assert RecipientGroup.objects.exists()


def test_a_group_of_drafts_is_deleted_and_the_page_says_which_lose_it(
    admin_client: Client, press: Press, campaign: Campaign
):
    Campaign.objects.update(state="draft")
    assert "lose the people of the group: “Весна”" in press(admin_client, GROUPS, campaign.groups.get())
    press(admin_client, GROUPS, campaign.groups.get(), post="yes")
    assert not RecipientGroup.objects.exists()


@pytest.mark.parametrize("fields", [{"expanded_at": timezone.now()}, {"state": "finished"}, {"state": "cancelled"}])
def test_a_group_that_is_not_needed_any_more_is_deleted(
    admin_client: Client, press: Press, campaign: Campaign, fields: dict[str, Any]
):
    Campaign.objects.update(**fields)
    press(admin_client, GROUPS, campaign.groups.get(), post="yes")
    assert not RecipientGroup.objects.exists()
