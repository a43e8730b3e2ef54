"""What the page of a campaign counts: each message as one thing, and all of them as the whole bar."""

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.page import page_of
from tests.doors import Progress
from viber_messaging.admin.campaign.counts import SEGMENTS, bar, large
from viber_messaging.admin.campaign.progress import WATCHED, figures
from viber_messaging.models import Campaign, Message
from viber_messaging.states import MessageState


def test_each_state_is_in_one_part_of_the_bar():
    states = [state for _name, part in SEGMENTS for state in part]
    assert sorted(states) == sorted(MessageState)


@pytest.mark.parametrize("count", [1, 3, 7, 333])
def test_the_parts_add_up_to_the_whole_whatever_is_rounded(count: int):
    found = Progress(by_state=dict.fromkeys(MessageState, count))
    parts = list(bar(found, found.total))
    assert sum(part["width"] for part in parts) == 1000
    assert [part["x"] for part in parts[1:]] == [part["x"] + part["width"] for part in parts[:-1]]


@pytest.mark.django_db
def test_what_failed_or_is_not_confirmed_is_not_counted_as_sent():
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="running")
    Campaign.objects.update(expanded_at=timezone.now())
    states = ["accepted", "delivered", "read", "failed", "rejected", "undelivered", "unconfirmed", "queued"]
    for number, state in enumerate(states):
        message = Message(campaign=campaign, phone=f"+38097123450{number}", sender="SMSTest", text="Hi", state=state)
        Message.objects.bulk_create([message])
    campaign.refresh_from_db()
    assert figures(campaign)["texts"]["summary"] == "3 of 8 sent, 3 not reached, 1 unconfirmed"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "minutes", "is_live"),
    [("accepted", 5, True), ("delivered", 5, True), ("read", 5, False), ("accepted", 90, False)],
)
def test_the_bar_moves_on_while_phones_still_answer_after_the_last_was_sent(state: str, minutes: int, is_live: bool):
    assert timedelta(minutes=5) < WATCHED < timedelta(minutes=90)
    finished_at = timezone.now() - timedelta(minutes=minutes)
    campaign = Campaign(name="Spring", sender="SMSTest", text="Hi", state="finished", finished_at=finished_at)
    Campaign.objects.bulk_create([campaign])
    campaign = Campaign.objects.get()
    Message.objects.bulk_create(
        [Message(campaign=campaign, phone="+380971234501", sender="SMSTest", text="Hi", state=state)]
    )
    assert figures(campaign)["is_live"] is is_live


STATES = ["accepted", "delivered", "read", "read", "failed", "rejected", "undelivered", "unconfirmed", "queued"]


@pytest.fixture
def sent(make_message: Callable[..., Message]) -> Campaign:
    """A campaign with messages in many states, and one of another campaign in each."""
    campaigns = [
        Campaign(name=name, sender="SMSTest", text="Hi, {name}", state="finished", expanded_at=timezone.now())
        for name in ("Spring", "Other")
    ]
    Campaign.objects.bulk_create(campaigns)
    for campaign in Campaign.objects.all():
        for number, state in enumerate(STATES):
            make_message(campaign=campaign, state=state, phone=f"+38097123450{number}")
    return Campaign.objects.get(name="Spring")


def large_of(client: Client, campaign: Campaign) -> dict[str, tuple[str, int, str]]:
    """Return the link, the number and the share of each large figure on a campaign's page."""
    page = unescape(page_of(client, reverse("admin:viber_messaging_campaign_change", args=[campaign.pk])))
    found = re.findall(r'<a href="([^"]*)" data-large="(\w+)">(\d+)</a> <small[^>]*>([^<]*)</small>', page)
    return {name: (url, int(count), share) for url, name, count, share in found}


def test_each_large_figure_is_a_number_a_share_and_the_list_behind_it(admin_client: Client, sent: Campaign):
    found = large_of(admin_client, sent)
    assert {name: (count, share) for name, (_url, count, share) in found.items()} == {
        "sent": (4, "44 %"), "delivered": (3, "33 %"), "read": (2, "22 %"), "unreached": (3, "33 %"),
    }  # fmt: skip
    for url, count, _share in found.values():
        assert len(admin_client.get(url).context["cl"].result_list) == count


def test_whom_an_sms_reached_instead_is_no_one_who_was_not_reached(
    admin_client: Client, sent: Campaign, make_message: Callable[..., Message]
):
    before = Message.objects.get(campaign=sent, state="undelivered")
    make_message(campaign=sent, channel="sms", fallback_of=before, state="delivered", phone=before.phone)
    found = large_of(admin_client, sent)
    assert (found["unreached"][1], found["delivered"][1]) == (2, 4)
    for url, count, _share in found.values():
        assert len(admin_client.get(url).context["cl"].result_list) == count


def test_who_may_see_no_messages_sees_the_figures_without_links(log_in: Callable[..., Client], sent: Campaign):
    page = page_of(log_in("view_campaign"), reverse("admin:viber_messaging_campaign_change", args=[sent.pk]))
    assert '<span data-large="sent">4</span>' in page
    assert "message/?campaign" not in page


@pytest.mark.parametrize(
    ("count", "total", "share"), [(0, 9, "0 %"), (1, 1000, "1 %"), (999, 1000, "99 %"), (7, 7, "100 %"), (0, 0, "")]
)
def test_a_share_is_0_only_of_none_and_100_only_of_all(count: int, total: int, share: str):
    assert next(iter(large(Progress(by_state={MessageState.READ: count}), total)))["share"] == share


def test_counts_of_nothing_are_hidden(admin_client: Client, sent: Campaign):
    url = reverse("admin:viber_messaging_campaign_change", args=[sent.pk])
    found = re.findall(r'data-hides-zero( hidden)?>.*?data-text="(\w+)"', page_of(admin_client, url))
    assert {name for is_hidden, name in found if not is_hidden} == {
        "accepted",
        "failed",
        "rejected",
        "undelivered",
        "unconfirmed",
        "queued",
    }


def test_the_message_is_shown_as_on_a_phone(admin_client: Client, sent: Campaign):
    page = page_of(admin_client, reverse("admin:viber_messaging_campaign_change", args=[sent.pk]))
    assert '<p class="viber-bubble-text">Hi, [name]</p>' in page
