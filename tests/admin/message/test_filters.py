"""The filters of the list of messages."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from tests.admin.conftest import LIST, SENDING
from viber_messaging.admin.message.filters import LAST_CAMPAIGNS
from viber_messaging.models import Campaign, Message

MakeMessage = Callable[..., Message]

KYIV = ZoneInfo("Europe/Kyiv")


def listed(client: Client, **query: Any) -> set[int]:
    page: Any = client.get(reverse(LIST), query)
    return {message.pk for message in page.context["cl"].result_list}


def campaign_of(name: str) -> Campaign:
    return Campaign.objects.create(name=name, sender="SMSTest", text="Text")


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    """Someone who may see campaigns, too."""
    return log_in(*SENDING, "view_campaign")


def test_by_campaign(staff: Client, make_message: MakeMessage):
    spring, autumn = campaign_of("Spring"), campaign_of("Autumn")
    message = make_message(state="draft", campaign=spring)
    make_message(state="draft", campaign=autumn)
    assert listed(staff, campaign=spring.pk) == {message.pk}


def test_the_last_campaigns_are_offered_and_the_chosen_one(staff: Client):
    campaigns = [campaign_of(f"Campaign {number}.") for number in range(LAST_CAMPAIGNS + 2)]
    page = staff.get(reverse(LIST), {"campaign": campaigns[0].pk}).content.decode()
    assert "Campaign 0." in page
    assert "Campaign 1." not in page
    assert all(f"Campaign {number}." in page for number in range(2, LAST_CAMPAIGNS + 2))


def test_by_channel(staff: Client, make_sms: MakeMessage):
    sms = make_sms()
    assert listed(staff, channel="sms") == {sms.pk}
    assert listed(staff, channel="viber") == {sms.fallback_of.pk}


def test_by_channel_is_not_offered_by_a_site_that_sends_no_sms(
    staff: Client, make_sms: MakeMessage, configure: Callable[..., None]
):
    make_sms()
    assert "channel=sms" in staff.get(reverse(LIST)).content.decode()
    configure(SMS=False)
    assert "channel=sms" not in staff.get(reverse(LIST)).content.decode()


def test_by_the_gateways_code(staff: Client, make_message: MakeMessage):
    refused = make_message(state="rejected", status_code=203)
    unknown = make_message(state="unconfirmed", status_code=777)
    make_message(state="delivered", status_code=102)
    assert listed(staff, code="203") == {refused.pk}
    assert listed(staff, code="777") == {unknown.pk}


@pytest.mark.parametrize(
    "query", [{"code": "abc"}, {"code": "9" * 30}, {"campaign": "1 OR 1"}, {"campaign": "9" * 30}, {"sender": "x"}]
)
def test_a_filter_that_means_nothing_finds_nothing(staff: Client, make_message: MakeMessage, query: dict[str, str]):
    make_message(state="draft")
    assert listed(staff, **query) == set()


@pytest.fixture
def messages_of_a_month(make_message: MakeMessage) -> dict[str, int]:
    """Messages of some days, at the ends of the local day; by the local time."""
    moments = {
        "today's first": datetime(2026, 11, 20, 0, 0, tzinfo=KYIV),
        "yesterday's last": datetime(2026, 11, 19, 23, 59, 59, tzinfo=KYIV),
        "yesterday's first": datetime(2026, 11, 19, 0, 0, tzinfo=KYIV),
        "seven days": datetime(2026, 11, 14, 0, 0, tzinfo=KYIV),
        "thirty days": datetime(2026, 10, 22, 0, 0, tzinfo=KYIV),
        "older": datetime(2026, 10, 21, 23, 59, tzinfo=KYIV),
    }
    return {name: make_message(state="draft", created_at=moment).pk for name, moment in moments.items()}


@pytest.mark.parametrize(
    ("query", "count"),
    [({"day": "today"}, 1), ({"day": "7"}, 4), ({"day": "30"}, 5), ({}, 6), ({"day": "nonsense"}, 6)],
)
def test_by_day_in_the_sites_time_zone(
    staff: Client, messages_of_a_month: dict[str, int], query: dict[str, str], count: int
):
    # In UTC it is still the 19th.
    with time_machine.travel(datetime(2026, 11, 20, 0, 30, tzinfo=KYIV), tick=False):
        assert listed(staff, **query) == set(list(messages_of_a_month.values())[:count])
        yesterday = {messages_of_a_month[name] for name in ("yesterday's last", "yesterday's first")}
        assert listed(staff, day="yesterday") == yesterday


@pytest.mark.parametrize(
    ("days", "names"),
    [
        ({"from": "2026-11-20"}, {"today's first"}),
        ({"from": "2026-11-19", "to": "2026-11-19"}, {"yesterday's last", "yesterday's first"}),
        ({"to": "2026-10-21"}, {"older"}),
        ({"from": "2026-10-22", "to": "2026-10-22"}, {"thirty days"}),
        ({"from": "2026-11-20", "to": "2026-11-01"}, set()),
    ],
)
def test_between_two_days(staff: Client, messages_of_a_month: dict[str, int], days: dict[str, str], names: set[str]):
    assert listed(staff, **days) == {messages_of_a_month[name] for name in names}


@pytest.mark.parametrize("day", ["31.12.2026", "2026-02-31", "9999-12-31", "0001-01-01", "'"])
def test_a_day_of_no_calendar_is_no_filter(staff: Client, make_message: MakeMessage, day: str):
    message = make_message(state="draft")
    assert listed(staff, **{"from": day, "to": day}) == {message.pk}


def test_the_days_keep_the_other_filters(staff: Client):
    page = staff.get(reverse(LIST), {"state__exact": "failed", "day": "today"}).content.decode()
    form = page[page.index('for="viber-from"') - 300 : page.index('for="viber-from"')]
    assert '<input type="hidden" name="state__exact" value="failed">' in form
    assert 'name="day"' not in form


def test_filters_work_together(staff: Client, make_message: MakeMessage):
    message = make_message(state="failed", status_code=208, sender="Kvitka")
    make_message(state="failed", status_code=208)
    old = make_message(state="failed", status_code=208, sender="Kvitka")
    Message.objects.filter(pk=old.pk).update(created_at=message.created_at - timedelta(days=3))
    assert listed(staff, state__exact="failed", code="208", sender="Kvitka", day="today") == {message.pk}


def test_no_list_counts_facets_or_reads_the_days_of_a_table():
    ours = [one for model, one in admin.site._registry.items() if model._meta.app_label == "viber_messaging"]
    assert len(ours) == 7
    for one in ours:
        assert one.show_facets is admin.ShowFacets.NEVER
        assert not one.show_full_result_count
        assert not one.date_hierarchy
