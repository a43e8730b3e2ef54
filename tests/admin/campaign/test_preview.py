"""A campaign on a phone while it is written: with the first real recipient's values in its placeholders."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.campaign.test_admin import filled
from tests.admin.page import page_of
from viber_messaging.models import Campaign, Recipient, RecipientGroup, Sender

PREVIEW = "admin:viber_messaging_campaign_preview"
ADD = "admin:viber_messaging_campaign_add"
WRITING = ("view_campaign", "add_campaign", "change_campaign", "view_recipient")


@pytest.fixture
def writer(log_in: Callable[..., Client]) -> Client:
    return log_in(*WRITING)


@pytest.fixture
def group(sender: Sender) -> RecipientGroup:
    group = RecipientGroup.objects.create(name="Friends")
    group.recipients.create(phone="+380971234560", name="Out", opted_out_at=timezone.now())
    group.recipients.create(phone="+380971234561", name="")
    group.recipients.create(phone="+380971234562", name="Оля <b>", attributes={"city": "Львів"})
    return group


def shown(client: Client, group: RecipientGroup | None, **fields: Any) -> dict[str, Any]:
    data = filled(group or RecipientGroup(pk=0), **fields)
    if group is None:
        del data["groups"]
    answer = client.post(reverse(PREVIEW), data)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return dict(answer.json())


def test_the_first_who_would_get_it_is_shown_with_all_values(writer: Client, group: RecipientGroup):
    answer = shown(writer, group, text="Привіт, {name}! {city} чекає.")
    assert "Привіт, Оля &lt;b&gt;! Львів чекає." in answer["screen"]
    assert "As +380971234562 would see it." in answer["screen"]
    assert answer["notes"]["text"] == {"text": "29 of 1000 characters.", "level": ""}
    assert not Campaign.objects.exists()


def test_without_a_group_the_names_of_the_placeholders_are_shown(writer: Client, group: RecipientGroup):
    answer = shown(writer, None, text="Привіт, {name}!")
    assert "Привіт, [name]!" in answer["screen"]
    assert "Choose a group" in answer["screen"]


def test_a_value_that_nobody_has_is_told(writer: Client, group: RecipientGroup):
    answer = shown(writer, group, text="{місто}!")
    assert "The first recipients have no value for: місто" in answer["screen"]
    assert "[місто]!" in answer["screen"]


def test_what_is_too_long_once_filled_is_told_at_the_field(writer: Client, group: RecipientGroup):
    answer = shown(writer, group, text="x" * 996 + "{name}")
    assert answer["notes"]["text"] == {"text": "1003 of 1000 characters.", "level": "bad"}


@pytest.mark.parametrize("text", ["{", "{0.__class__}", "", " "])
def test_a_text_that_cannot_be_filled_breaks_nothing(writer: Client, group: RecipientGroup, text: str):
    answer = shown(writer, group, text=text)
    assert answer["notes"]["text"]["level"] == ("bad" if text else "")


def test_a_wrong_link_is_told_and_not_opened(writer: Client, group: RecipientGroup):
    answer = shown(writer, group, type="image", image="javascript:alert(1)//a.png")
    assert answer["notes"]["image"]["level"] == "bad"
    assert "javascript" not in answer["screen"]


def test_who_may_see_no_recipients_sees_none_here(log_in: Callable[..., Client], group: RecipientGroup):
    answer = shown(log_in("add_campaign"), group, text="{name}!")
    assert "[name]!" in answer["screen"]
    assert "+380971234562" not in answer["screen"]


@pytest.mark.parametrize("held", [(), ("view_campaign", "send_campaign", "view_recipient")])
def test_only_those_who_may_write_are_answered(log_in: Callable[..., Client], group: RecipientGroup, held: tuple[str]):
    assert log_in(*held).post(reverse(PREVIEW), filled(group)).status_code == 403


def test_nothing_is_told_on_get(writer: Client):
    assert writer.get(reverse(PREVIEW)).status_code == 405


def test_the_form_shows_it_before_any_letter_is_typed(writer: Client, group: RecipientGroup):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Привіт, {name}!")
    campaign.groups.set([group])
    page = writer.get(reverse("admin:viber_messaging_campaign_change", args=[campaign.pk])).content.decode()
    assert "Привіт, Оля &lt;b&gt;!" in page
    assert f'data-url="{reverse(PREVIEW)}"' in page
    assert 'class="viber-type viber-type-image"' in page


@pytest.mark.parametrize("query", ["", "?groups=abc", "?groups=99999999", "?groups=1,2&type=x&text={"])
def test_a_new_form_is_shown_whatever_the_address_says(writer: Client, group: RecipientGroup, query: str):
    page = writer.get(reverse(ADD) + query)
    assert page.status_code == 200
    assert 'id="viber-preview"' in page.content.decode()


def test_a_started_campaign_has_no_such_phone(writer: Client, group: RecipientGroup):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi", state="running")
    page = page_of(writer, reverse("admin:viber_messaging_campaign_change", args=[campaign.pk]))
    assert 'id="viber-preview"' not in page


def test_a_look_costs_the_same_however_many_they_are(writer: Client, group: RecipientGroup):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            shown(writer, group, text="{name}")
        return len(captured)

    queries()
    few = queries()
    people = [Recipient(phone=f"+38067{number:07d}", name="N") for number in range(300)]
    group.recipients.add(*Recipient.objects.bulk_create(people))
    assert queries() == few


def test_people_in_two_groups_are_counted_once_and_as_the_review_counts_them(
    writer: Client, log_in: Callable[..., Client], group: RecipientGroup
):
    other = RecipientGroup.objects.create(name="Neighbours")
    other.recipients.set(group.recipients.all())
    other.recipients.create(phone="+380971234563")
    note = shown(writer, group, groups=[group.pk, other.pk])["notes"]["groups"]
    assert note == {"text": "Together: 3 people who can receive messages, each counted once.", "level": ""}
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi")
    campaign.groups.set([group, other])
    boss = log_in("view_campaign", "send_campaign", name="boss")
    review = boss.get(reverse("admin:viber_messaging_campaign_review", args=[campaign.pk])).context["review"]
    assert review.preview.to_send == 3


def test_groups_in_which_everybody_opted_out_are_a_warning(writer: Client, group: RecipientGroup):
    group.recipients.update(opted_out_at=timezone.now())
    assert shown(writer, group)["notes"]["groups"]["level"] == "bad"
    assert shown(writer, None)["notes"]["groups"] == {"text": "", "level": ""}


def test_the_placeholders_offered_are_those_that_the_people_have_values_for(writer: Client, group: RecipientGroup):
    group.recipients.create(phone="+380971234563", attributes={"Знижка": 10, "CITY": "Київ", "{x}": "1"})
    assert shown(writer, group)["placeholders"] == ["{name}", "{city}", "{Знижка}"]
    assert shown(writer, None)["placeholders"] == ["{name}"]


def test_who_may_see_no_recipients_is_offered_only_the_name(log_in: Callable[..., Client], group: RecipientGroup):
    assert shown(log_in("add_campaign"), group)["placeholders"] == ["{name}"]
