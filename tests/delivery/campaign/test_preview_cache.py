"""Counting a large audience: once, and again as soon as something is known to have changed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.moments import Moments
from viber_messaging.delivery.campaign.preview import preview
from viber_messaging.delivery.campaign.preview_cache import count
from viber_messaging.models import Campaign, Recipient, RecipientGroup
from viber_messaging.states import CampaignState

Crowd = Callable[..., RecipientGroup]

pytestmark = pytest.mark.django_db

TEXTS = ["Привіт", "{name}: {city|тут}", "{name}: {city}", "x" * 1000 + "{name}"]


@pytest.fixture(autouse=True)
def _large(moments: Moments) -> None:
    moments.set("recipients of a large campaign", 1)


def queries_of(work: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_recalled_is_what_was_counted(crowd: Crowd, make_campaign: MakeCampaign, text: str):
    campaign = make_campaign(crowd(7, attributes={"city": "Київ"}), crowd(2, first=2000000), text=text)
    first, again = count(campaign), count(campaign)
    assert first.preview == again.preview == preview(campaign)
    assert first.at == again.at


@pytest.mark.parametrize("text", TEXTS)
def test_a_second_look_costs_the_same_however_many_they_are(
    crowd: Crowd, make_campaign: MakeCampaign, moments: Moments, text: str
):
    moments.set("recipients in a batch of a preview", 3)
    few = make_campaign(crowd(3), text=text)
    many = make_campaign(crowd(90, "Many", first=2000000), text=text)
    count(few), count(many)
    assert queries_of(lambda: count(few)) == queries_of(lambda: count(many)) <= 9


def test_without_placeholders_the_first_look_does_too(crowd: Crowd, make_campaign: MakeCampaign, moments: Moments):
    moments.set("recipients in a batch of a preview", 3)
    few, many = make_campaign(crowd(3), text="Hi"), make_campaign(crowd(90, "Many", first=2000000), text="Hi")
    assert queries_of(lambda: preview(few)) == queries_of(lambda: preview(many))


CHANGES: dict[str, Callable[[Campaign, Crowd], Any]] = {
    "the text": lambda campaign, crowd: Campaign.objects.update(text="{name}!"),
    "the groups": lambda campaign, crowd: campaign.groups.add(crowd(1, "Also", first=3000000)),
    "who is in a group": lambda campaign, crowd: campaign.groups.get().recipients.first().groups.clear(),
    "who opted out": lambda campaign, crowd: doors.opt_out([phone(1000000)], source="code"),
    "who opted in": lambda campaign, crowd: doors.opt_in([phone(1000000)], source="code"),
    "who is known": lambda campaign, crowd: Recipient.objects.create(phone="+380501234567"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changes_the_count_lets_it_be_counted_anew(
    crowd: Crowd, make_campaign: MakeCampaign, change: Callable[[Campaign, Crowd], Any]
):
    campaign = make_campaign(crowd(4), text="{name}", state=CampaignState.DRAFT)
    doors.opt_out([phone(1000000)], source="code")
    doors.opt_in([phone(1000001)], source="code")
    before = count(campaign)
    change(campaign, crowd)
    campaign.refresh_from_db()
    assert count(campaign).preview == preview(campaign)
    assert count(campaign).at >= before.at


def test_a_person_may_have_it_counted_anew(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(4), text="{name}")
    count(campaign)
    Recipient.objects.filter(phone=phone(1000000)).update(name="")
    assert count(campaign).preview.to_send == 4
    assert count(campaign, is_anew=True).preview.to_send == 3
    assert count(campaign).preview.to_send == 3


def test_few_are_counted_each_time(crowd: Crowd, make_campaign: MakeCampaign, moments: Moments):
    moments.set("recipients of a large campaign", 5)
    campaign = make_campaign(crowd(4), text="{name}")
    count(campaign)
    Recipient.objects.filter(phone=phone(1000000)).update(name="")
    assert count(campaign).preview.to_send == 3


def test_nothing_personal_is_kept(crowd: Crowd, make_campaign: MakeCampaign, monkeypatch: pytest.MonkeyPatch):
    kept: list[Any] = []
    monkeypatch.setattr(cache, "set", lambda *args: kept.append(args))
    campaign = make_campaign(crowd(4), text="{name}")
    count(campaign)
    assert kept
    for person in Recipient.objects.all():
        assert person.phone not in repr(kept)
        assert repr(person.name) not in repr(kept)
