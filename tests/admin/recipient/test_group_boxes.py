"""Groups as checkboxes: what stands beside each, in which order, and what many of them cost."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.page import page_of
from viber_messaging.models import Campaign, RecipientGroup, Sender

ADD = "admin:viber_messaging_campaign_add"


@pytest.fixture
def writer(log_in: Callable[..., Client], sender: Sender) -> Client:
    return log_in("view_campaign", "add_campaign", "change_campaign")


def make_group(name: str, people: int) -> RecipientGroup:
    group = RecipientGroup.objects.create(name=name)
    for number in range(people):
        group.recipients.create(phone=f"+38097{group.pk:04}{number:03}")
    return group


def boxes(page: str) -> list[tuple[str, str, bool]]:
    """Return the name, the number and whether it is checked, of each box from top to bottom."""
    found = re.findall(r'<input type="checkbox" name="groups"([^>]*)>\s*(.*?) <span[^>]*>(.*?)</span>', unescape(page))
    return [(name, count, "checked" in attributes) for attributes, name, count in found]


def test_beside_each_group_stands_how_many_can_receive_messages(writer: Client):
    make_group("Empty", 0)
    gone = make_group("Friends <3", 3).recipients.first()
    gone.opted_out_at = timezone.now()
    gone.save()
    assert boxes(page_of(writer, reverse(ADD))) == [("Empty", "0", False), ("Friends <3", "2", False)]


def test_those_that_are_checked_stand_first(writer: Client):
    _first, last = make_group("A", 1), make_group("Z", 2)
    assert boxes(page_of(writer, f"{reverse(ADD)}?groups={last.pk}")) == [("Z", "2", True), ("A", "1", False)]
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi")
    campaign.groups.add(last)
    page = page_of(writer, reverse("admin:viber_messaging_campaign_change", args=[campaign.pk]))
    assert boxes(page) == [("Z", "2", True), ("A", "1", False)]


def test_hundreds_cost_as_many_queries_as_one(writer: Client):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page_of(writer, reverse(ADD))
        return len(captured)

    make_group("One", 1)
    queries()
    few = queries()
    RecipientGroup.objects.bulk_create([RecipientGroup(name=f"G{number}") for number in range(400)])
    assert queries() == few


def test_without_any_group_it_is_told_where_they_come_from(writer: Client):
    assert "There are no groups yet." in page_of(writer, reverse(ADD))
    make_group("Friends", 0)
    assert "There are no groups yet." not in page_of(writer, reverse(ADD))


@pytest.mark.parametrize("key", ["0", "abc", str(2**63)])
def test_a_group_that_does_not_exist_is_told_at_the_field(writer: Client, key: str):
    data = {"name": "Spring", "groups": [key], "sender": "SMSTest", "type": "text", "text": "Hi"}
    assert "groups" in writer.post(reverse(ADD), data).context["adminform"].form.errors
    assert not Campaign.objects.exists()
