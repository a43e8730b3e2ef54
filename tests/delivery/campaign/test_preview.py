"""What a campaign would send: the page before the start tells what then happens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign, phone
from tests.moments import Moments
from viber_messaging.api import forget
from viber_messaging.delivery.campaign.preview import TRIALS_A_DAY, preview, trial
from viber_messaging.delivery.campaign.texts import Obstacle
from viber_messaging.models import Message, Recipient, RecipientGroup
from viber_messaging.states import CampaignState

Crowd = Callable[..., RecipientGroup]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _small(configure: Callable[..., None], moments: Moments) -> None:
    configure(DISPATCH="worker")
    moments.set("recipients in a batch of a preview", 3)


def mixed(crowd: Crowd) -> list[RecipientGroup]:
    groups = [
        crowd(1, opted_out_at=timezone.now()),
        crowd(2, first=2000000, name="", attributes={"city": "Львів"}),
        crowd(3, first=3000000, attributes={"city": "x" * 1000}),
        crowd(4, first=4000000, attributes={"city": "Львів"}),
        crowd(1, first=5000000),
        crowd(0, "Also"),
    ]
    groups[-1].recipients.set(Recipient.objects.filter(phone__startswith="+380974"))
    return [groups[0], groups[-1]]


def test_everybody_is_counted_once_and_by_kind(crowd: Crowd, make_campaign: MakeCampaign):
    found = preview(make_campaign(*mixed(crowd), text="{name} {city}"))
    assert (found.audience, found.repeats, found.to_send) == (11, 4, 4)
    assert found.left_out == {Obstacle.OPTED_OUT: 1, Obstacle.INCOMPLETE: 3, Obstacle.TOO_LONG: 3}
    assert found.missing == {"name": 2, "city": 1}


def test_the_count_before_is_the_count_after(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(*mixed(crowd), text="{name} {city}")
    found = preview(campaign)
    doors.expand(1000)
    campaign.refresh_from_db()
    assert campaign.messages.count() == found.to_send
    assert campaign.audience_count == found.audience
    assert campaign.too_long_count == found.left_out[Obstacle.TOO_LONG]


def test_the_first_real_texts_are_shown(crowd: Crowd, make_campaign: MakeCampaign):
    found = preview(make_campaign(*mixed(crowd), text="{name}: {city}"), samples=2)
    assert [sample.filled.fields["text"] for sample in found.samples] == ["N0: Львів", "N1: Львів"]
    assert found.samples[0].phone == phone(4000000)
    assert set(found.spoilt) == set(Obstacle)


def test_without_placeholders_nothing_can_be_missing(crowd: Crowd, make_campaign: MakeCampaign):
    found = preview(make_campaign(*mixed(crowd), text="Привіт"))
    assert (found.to_send, found.missing) == (10, {})


def test_a_preview_writes_nothing(crowd: Crowd, make_campaign: MakeCampaign):
    preview(make_campaign(crowd(5), state=CampaignState.DRAFT))
    assert not Message.objects.exists()


def test_a_trial_shows_what_the_phones_owner_would_get(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(3), state=CampaignState.DRAFT)
    Recipient.objects.create(phone="+380501234567", name="Оля")
    assert trial(campaign, "050 123-45-67").text == "Привіт, Оля!"


def test_a_trial_to_a_stranger_shows_what_the_first_recipient_would_get(crowd: Crowd, make_campaign: MakeCampaign):
    assert trial(make_campaign(crowd(3)), "0501234567").text == "Привіт, N0!"


def test_a_trial_without_anybody_shows_the_names_of_the_gaps(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(0), text="{name}, {місто}, {day|today}")
    assert trial(campaign, "0501234567").text == "[name], [місто], [day]"


def test_a_trial_is_not_of_the_campaign(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(3))
    for _ in range(2):
        trial(campaign, phone(1000000)).save()
    doors.expand(10)
    assert (campaign.messages.count(), Message.objects.count()) == (3, 5)


@pytest.mark.parametrize(("number", "fields"), [("123", {}), ("0501234567", {"text": "x" * 999 + "{name}"})])
def test_a_trial_that_cannot_be_sent_is_told(
    crowd: Crowd, make_campaign: MakeCampaign, number: str, fields: dict[str, Any]
):
    with pytest.raises(ValidationError):
        trial(make_campaign(crowd(0), **fields), number)


def test_a_trial_belongs_to_the_person_whose_data_it_shows(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(3))
    first = Recipient.objects.earliest("pk")
    shown = trial(campaign, "0501234567")
    assert (shown.recipient, shown.about) == (first, campaign)
    assert trial(campaign, Recipient.objects.latest("pk").phone).recipient == Recipient.objects.latest("pk")
    assert trial(make_campaign(RecipientGroup.objects.get(), text="Hello"), "0501234567").recipient is None


def test_the_person_is_erased_from_trials_too(crowd: Crowd, make_campaign: MakeCampaign):
    message = trial(make_campaign(crowd(3)), "0501234567")
    message.state = "rejected"
    message.save()
    forget(Recipient.objects.earliest("pk").phone)
    message.refresh_from_db()
    assert "N0" not in message.text


def test_so_many_trials_a_day_and_no_more(crowd: Crowd, make_campaign: MakeCampaign):
    campaign = make_campaign(crowd(1))
    for _number in range(TRIALS_A_DAY):
        trial(campaign, "0501234567").save()
    with pytest.raises(ValidationError, match="reached the limit of 20 test messages"):
        trial(campaign, "0501234567")
    Message.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert trial(campaign, "0501234567")
