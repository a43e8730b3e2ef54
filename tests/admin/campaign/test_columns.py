"""The first page of a person who may see campaigns, and no messages."""

from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client

from tests.admin.page import page_of
from viber_messaging.admin.campaign.columns import MOST_CAMPAIGNS
from viber_messaging.models import Campaign, Message

INDEX = "/admin/viber_messaging/"


@pytest.fixture
def marketer(log_in: Callable[..., Client]) -> Client:
    return log_in("view_campaign", "add_campaign", name="marketer")


def test_it_shows_the_newest_campaigns_and_what_became_of_them(
    marketer: Client, make_message: Callable[..., Message], db: None
):
    spring = Campaign.objects.create(name="Spring", sender="Shop", text="Hi", state="finished")
    make_message(state="accepted", campaign=spring)
    page = unescape(page_of(marketer, INDEX))
    assert f'href="{INDEX}campaign/{spring.pk}/change/">Spring</a>' in page
    assert "finished" in page
    assert "1 of 1 sent" in page
    assert "New campaign" in page
    assert "shown to users who may view messages" in page


def test_it_says_so_if_there_are_none(marketer: Client, db: None):
    assert "There are no campaigns yet." in page_of(marketer, INDEX)


def test_it_asks_as_often_for_many_as_for_one(marketer: Client, django_assert_max_num_queries: Callable, db: None):
    for number in range(MOST_CAMPAIGNS + 2):
        Campaign.objects.create(name=f"C{number}", sender="Shop", text="Hi", state="running")
    with django_assert_max_num_queries(12):
        page = page_of(marketer, INDEX)
    assert "C9" in page
    assert "C1</a>" not in page


def test_others_see_what_they_saw(log_in: Callable[..., Client], staff: Client, db: None):
    for client in (staff, log_in("view_recipient", name="clerk")):
        assert "The newest campaigns" not in page_of(client, INDEX)
