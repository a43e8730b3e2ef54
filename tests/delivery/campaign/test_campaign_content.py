"""Every field of a campaign's content reaches its messages, the review, the rehearsal, the test and a copy."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments
from viber_messaging.admin.campaign import review
from viber_messaging.delivery.campaign import preview
from viber_messaging.models import Campaign, Message, RecipientGroup, Sender
from viber_messaging.models.mixins.content import CONTENT_FIELDS

FIELDS = {
    "sender": "Kvitka",
    "type": "button",
    "text": "Text",
    "button": "To the shop",
    "url": "https://page.url",
    "image": "https://image.url/image.png",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign(crowd: Callable[..., RecipientGroup], make_campaign: MakeCampaign) -> Campaign:
    return make_campaign(crowd(1), **FIELDS)


@pytest.fixture
def shown(moments: Moments) -> Iterator[list[Any]]:
    """What is shown on the phone's screen."""
    found: list[Any] = []
    for moment in ("the screen of a review", "the screen of a campaign's preview"):
        moments.replace(moment, lambda content, *_args: found.append(content), must_come=False)
    return found


def content(message: Any) -> dict[str, str]:
    return {name: getattr(message, name) for name in CONTENT_FIELDS}


def test_these_are_all_fields():
    assert set(FIELDS) == set(CONTENT_FIELDS)


def test_messages_have_the_whole_content(campaign: Campaign):
    doors.expand(10)
    assert content(Message.objects.get()) == FIELDS


def test_a_test_message_has_the_whole_content(campaign: Campaign):
    assert content(preview.trial(campaign, "+380971234567")) == FIELDS


def test_the_review_shows_the_whole_content(campaign: Campaign, shown: list[Any], admin_user: Any, rf: Any):
    request = rf.get("/")
    request.user = admin_user
    assert len(review.review(campaign, request).shown) == 1
    assert [content(message) for message in shown] == [FIELDS]


def test_the_rehearsal_shows_the_whole_content(campaign: Campaign, shown: list[Any], admin_client: Client):
    Sender.objects.create(name="Kvitka")
    page = {**FIELDS, "name": "Spring", "groups": [campaign.groups.get().pk]}
    assert admin_client.post(reverse("admin:viber_messaging_campaign_preview"), page).status_code == 200
    assert [content(message) for message in shown] == [FIELDS]


def test_a_copy_begins_with_the_whole_content(campaign: Campaign, admin_client: Client):
    page = admin_client.get(f"{reverse('admin:viber_messaging_campaign_add')}?copy={campaign.pk}")
    initial = page.context["adminform"].form.initial
    assert {name: initial[name] for name in CONTENT_FIELDS} == FIELDS
