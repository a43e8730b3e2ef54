"""Four eyes: who wrote a campaign cannot approve it, and an edit takes the approval back."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from tests import doors
from tests.delivery.conftest import MakeCampaign
from viber_messaging.delivery.campaign import approval
from viber_messaging.models import Campaign, RecipientGroup
from viber_messaging.states import CampaignState

Crowd = Callable[..., RecipientGroup]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _approval_is_asked_for(configure: Callable[..., None]) -> None:
    configure(CAMPAIGN_APPROVAL=True)


@pytest.fixture
def people() -> list[User]:
    return [User.objects.create_user(name) for name in ("author", "editor", "other")]


@pytest.fixture
def draft(crowd: Crowd, make_campaign: MakeCampaign, people: list[User]) -> Campaign:
    author, editor, _ = people
    draft = make_campaign(crowd(1), state=CampaignState.DRAFT, start_at=None, created_by=author)
    approval.note_writer(draft, editor)
    return draft


def test_who_wrote_it_cannot_approve_it(draft: Campaign, people: list[User]):
    assert [approval.approve(draft, person) for person in people] == [False, False, True]
    assert (draft.approved_by, approval.is_approved(draft)) == (people[2], True)


def test_without_an_approval_it_is_not_started(draft: Campaign, people: list[User]):
    with pytest.raises(ValidationError):
        doors.start(draft)
    approval.approve(draft, people[2])
    assert doors.start(draft)


def test_a_site_that_does_not_ask_for_it_needs_none(draft: Campaign, configure: Callable[..., None]):
    configure(CAMPAIGN_APPROVAL=False)
    assert doors.start(draft)


@pytest.mark.parametrize(
    "edit",
    [
        lambda draft: draft.groups.add(RecipientGroup.objects.create(name="More")),
        lambda draft: Campaign.objects.filter(pk=draft.pk).update(text="Other"),
        lambda draft: Campaign.objects.filter(pk=draft.pk).update(start_at="2030-01-01T00:00:00+00:00"),
        lambda draft: Campaign.objects.filter(pk=draft.pk).update(sender="Other"),
    ],
)
def test_an_edit_takes_the_approval_back(draft: Campaign, people: list[User], edit: Callable[[Campaign], Any]):
    approval.approve(draft, people[2])
    edit(draft)
    fresh = Campaign.objects.get()
    assert not approval.is_approved(fresh)
    with pytest.raises(ValidationError):
        doors.start(fresh)


def test_an_edit_that_a_stale_copy_does_not_know_of_is_not_started(draft: Campaign, people: list[User]):
    approval.approve(draft, people[2])
    stale = Campaign.objects.get()
    Campaign.objects.update(text="Other")
    with pytest.raises(ValidationError):
        doors.start(stale)


def test_what_has_been_started_needs_no_approval(draft: Campaign, people: list[User]):
    Campaign.objects.update(state=CampaignState.RUNNING)
    draft.refresh_from_db()
    assert not approval.approve(draft, people[2])


def test_every_writer_counts_and_not_the_last_alone(draft: Campaign, people: list[User]):
    author, editor, other = people
    approval.note_writer(draft, author)
    assert [approval.approve(draft, person) for person in (editor, author)] == [False, False]
    approval.note_writer(draft, other)
    assert not approval.approve(draft, other)


def test_after_an_approval_only_later_writers_count(draft: Campaign, people: list[User]):
    author, editor, other = people
    approval.approve(draft, other)
    Campaign.objects.update(text="Other")
    approval.note_writer(draft, editor)
    draft.refresh_from_db()
    assert [approval.approve(draft, person) for person in (editor, author)] == [False, True]


def test_what_was_edited_since_it_was_read_is_not_approved_and_its_writer_is_kept(draft: Campaign, people: list[User]):
    stale = Campaign.objects.get()
    Campaign.objects.update(text="Other")
    approval.note_writer(draft, people[0])
    assert not approval.approve(stale, people[2])
    assert set(Campaign.objects.get().writers) == {str(people[0].pk), str(people[1].pk)}


def test_saving_a_stale_copy_keeps_the_writers(draft: Campaign, people: list[User]):
    stale = Campaign.objects.get()
    approval.note_writer(draft, people[2])
    stale.name = "Other"
    stale.save()
    assert str(people[2].pk) in Campaign.objects.get().writers
