"""Campaigns in the admin: who may do what, and what each button does once."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import page_of
from tests.moments import Moments
from viber_messaging.admin.message.actions.confirmation import CONFIRMED
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

NAME = "admin:viber_messaging_campaign_"
EVERYTHING = (
    "view_campaign", "add_campaign", "change_campaign", "send_campaign", "view_message", "add_recipientgroup",
    "view_recipientgroup", "send_message",
)  # fmt: skip


@pytest.fixture
def boss(log_in: Callable[..., Client]) -> Client:
    return log_in(*EVERYTHING, name="boss")


@pytest.fixture
def group(db: None) -> RecipientGroup:
    group = RecipientGroup.objects.create(name="Friends")
    for number in range(5):
        group.recipients.create(phone=f"+38097123456{number}", name=f"N{number}")
    return group


@pytest.fixture
def draft(group: RecipientGroup, sender: Sender, gateway: Sandbox) -> Campaign:
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Привіт, {name}!")
    campaign.groups.set([group])
    return campaign


@pytest.fixture
def running(draft: Campaign) -> Campaign:
    Campaign.objects.update(state=CampaignState.RUNNING, start_at=draft.created_at, started_at=draft.created_at)
    doors.expand(100)
    draft.refresh_from_db()
    return draft


def url(campaign: Campaign, page: str = "change") -> str:
    return reverse(NAME + page, args=[campaign.pk])


def stamp(client: Client, campaign: Campaign) -> str:
    return str(client.get(url(campaign, "review")).context["review"].stamp)


def press(client: Client, campaign: Campaign, do: str, **data: Any) -> str:
    """Press a button and return the page that follows."""
    return client.post(url(campaign, "act"), {"do": do, **data}, follow=True).content.decode()


def filled(group: RecipientGroup, **fields: Any) -> dict[str, Any]:
    empty = {
        "button": "",
        "url": "",
        "image": "",
        "start_at_0": "",
        "start_at_1": "",
        "quiet_from": "",
        "quiet_until": "",
    }
    return {"name": "Spring", "groups": [group.pk], "sender": "SMSTest", "type": "text", "text": "Hi"} | empty | fields


def state() -> str:
    return Campaign.objects.get().state


def test_a_campaign_is_written_and_leads_to_its_review(
    boss: Client, group: RecipientGroup, sender: Sender, gateway: Sandbox
):
    response = boss.post(reverse(f"{NAME}add"), filled(group, _review="1"))
    campaign = Campaign.objects.get()
    assert response.url == url(campaign, "review")
    assert campaign.created_by.username == "boss"
    assert campaign.writers == [str(campaign.created_by_id)]
    assert list(campaign.groups.all()) == [group]
    assert campaign.state == CampaignState.DRAFT


@pytest.mark.parametrize("text", ["{0.__class__}", "{name", "{}"])
def test_a_placeholder_that_cannot_be_filled_is_told_at_the_text(
    boss: Client, group: RecipientGroup, sender: Sender, text: str
):
    response = boss.post(reverse(f"{NAME}add"), filled(group, text=text))
    assert "text" in response.context["adminform"].form.errors
    assert not Campaign.objects.exists()


def test_the_review_shows_the_count_and_the_texts(boss: Client, draft: Campaign):
    Recipient.objects.filter(phone="+380971234560").update(name="")
    page = boss.get(url(draft, "review")).content.decode()
    assert "4 recipients will get this message" in page
    assert "Привіт, N1!" in page
    assert state() == CampaignState.DRAFT
    assert not Message.objects.exists()


def test_a_name_is_shown_as_text_and_never_as_markup(boss: Client, draft: Campaign):
    Recipient.objects.update(name="<script>alert(1)</script>")
    page = boss.get(url(draft, "review")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_balance_is_asked_for_only_when_a_person_wants_it(boss: Client, draft: Campaign, gateway: Sandbox):
    page = boss.get(url(draft, "review")).content.decode()
    assert "Not requested yet." in page
    assert not gateway.requests
    page = press(boss, draft, "balance")
    assert "Balance: " in page
    assert "UAH" in boss.get(url(draft, "review")).content.decode()
    assert len(gateway.requests) == 1
    assert not LogEntry.objects.exists()


def test_a_balance_that_cannot_be_read_is_told(boss: Client, draft: Campaign, gateway: Sandbox):
    gateway.fail_all("error-202")
    assert "The balance could not be read." in press(boss, draft, "balance")


def test_a_large_audience_is_counted_once_and_again_when_asked(boss: Client, draft: Campaign, moments: Moments):
    moments.set("recipients of a large campaign", 5)
    assert "Counted at" in boss.get(url(draft, "review")).content.decode()
    Recipient.objects.filter(phone="+380971234560").update(name="")
    assert "5 recipients will get this message" in boss.get(url(draft, "review")).content.decode()
    assert "4 recipients will get this message" in boss.get(url(draft, "review"), {"anew": ""}).content.decode()
    assert "4 recipients will get this message" in boss.get(url(draft, "review")).content.decode()


def test_start_is_pressed_twice_and_sends_once(boss: Client, draft: Campaign, gateway: Sandbox):
    seen = stamp(boss, draft)
    assert "The campaign has started." in press(boss, draft, "start", stamp=seen)
    assert "Nothing is sent twice." in press(boss, draft, "start", stamp=seen)
    doors.work()
    doors.work()
    assert (len(gateway.accepted), state()) == (5, CampaignState.FINISHED)


def test_what_changed_since_the_page_was_shown_is_not_started(boss: Client, draft: Campaign):
    seen = stamp(boss, draft)
    Campaign.objects.update(text="Other")
    assert "has changed since this page was loaded" in press(boss, draft, "start", stamp=seen)
    assert state() == CampaignState.DRAFT


def test_with_inline_dispatch_the_first_leave_at_once(boss: Client, draft: Campaign, configure: Any, gateway: Sandbox):
    configure(DISPATCH="inline", INLINE_LIMIT=3)
    page = boss.get(url(draft, "review")).content.decode()
    assert "viber_worker" in page
    press(boss, draft, "start", stamp=stamp(boss, draft))
    assert len(gateway.accepted) == 3


def test_the_buttons_pause_resume_and_cancel(boss: Client, running: Campaign):
    assert "The campaign is paused." in press(boss, running, "pause")
    assert "status is: paused" in press(boss, running, "pause")
    assert "The campaign was resumed." in press(boss, running, "resume")
    assert "5 messages will not be sent" in press(boss, running, "cancel")
    assert state() == CampaignState.CANCELLED
    assert "status is: cancelled" in press(boss, running, "resume")


@pytest.mark.parametrize("made", [0, 2])
def test_a_campaign_cancelled_before_all_its_messages_are_made_counts_them_all(
    boss: Client, draft: Campaign, made: int
):
    Campaign.objects.update(state=CampaignState.RUNNING, start_at=draft.created_at, started_at=draft.created_at)
    doors.expand(made)
    assert Message.objects.count() == made
    assert "5 messages will not be sent" in press(boss, draft, "cancel")
    texts = boss.get(url(draft, "progress")).json()["texts"]
    assert (texts["cancelled"], texts["to_come"], texts["summary"]) == ("5", "0", "0 of 5 sent")
    assert "0 of 5 sent" in boss.get(reverse(f"{NAME}changelist")).content.decode()


def test_who_did_what_is_kept(boss: Client, running: Campaign):
    press(boss, running, "pause")
    press(boss, running, "pause")
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.get_change_message()) == ("boss", "Paused")


def test_the_failed_ones_are_retried(boss: Client, running: Campaign):
    Message.objects.update(state=MessageState.REJECTED)
    assert "5 messages are queued again." in press(boss, running, "retry", **{CONFIRMED: "5"})
    assert "nothing that can be sent again" in press(boss, running, "retry", **{CONFIRMED: "5"})


def test_before_failed_ones_are_retried_their_number_is_asked_by_reason(boss: Client, running: Campaign):
    phones = list(Message.objects.order_by("phone").values_list("phone", flat=True))
    for phone, code in zip(phones, [202, 202, 203, 206, 204], strict=True):
        Message.objects.filter(phone=phone).update(state=MessageState.REJECTED, status_code=code)
    assert "Send 3 failed messages again…" in boss.get(url(running)).content.decode()
    page = unescape(page_of(boss, url(running, "retry")))
    again, left_out = page.partition("3 messages will be sent again")[2].split(
        "Left out, because they would fail again"
    )
    assert "202: The sender's name is not registered with the gateway. – 2" in again
    assert "206: " in again
    assert "203: " in left_out
    assert "204: " in left_out
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()


def test_more_failed_ones_than_were_shown_are_asked_about_again(boss: Client, running: Campaign):
    Message.objects.update(state=MessageState.REJECTED)
    for shown in ({}, {CONFIRMED: "4"}, {CONFIRMED: "x"}):
        assert "Check the number again." in press(boss, running, "retry", **shown)
    assert not Message.objects.filter(state=MessageState.QUEUED).exists()


def test_the_same_people_are_counted_exported_and_put_into_a_group(log_in: Callable[..., Client], running: Campaign):
    boss = log_in(*EVERYTHING, "add_recipient", "export_recipient", name="all")
    ends = [MessageState.REJECTED, MessageState.UNDELIVERED, MessageState.FAILED, MessageState.CANCELLED, "unconfirmed"]
    for message, end in zip(Message.objects.all(), ends, strict=True):
        Message.objects.filter(pk=message.pk).update(state=end, status_code=208 if end == "failed" else None)
    texts = boss.get(url(running, "progress")).json()["texts"]
    assert texts["summary"] == "0 of 5 sent, 3 not reached, 1 unconfirmed"
    assert sum(int(texts[name]) for name in ("rejected", "undelivered", "failed")) == 3
    file = boss.post(url(running, "export"), {"who": "unreached", "format": "csv"})
    assert b"".join(file).count(b"+380") == 3
    assert "with 3 recipients." in press(boss, running, "group", who="not_delivered", name="Again")
    assert boss.get(url(running)).content.decode().count("people who were not reached") == 2


def test_a_group_is_made_of_those_who_did_not_get_it(boss: Client, running: Campaign):
    Message.objects.filter(phone__endswith="0").update(state=MessageState.UNDELIVERED)
    assert "with 1 recipient." in press(boss, running, "group", who="not_delivered", name="Again")
    assert RecipientGroup.objects.get(name="Again").recipients.get().phone == "+380971234560"
    assert "A group with this name already exists." in press(boss, running, "group", who="not_delivered", name="Again")


def test_the_review_says_in_which_zones_its_hours_are(boss: Client, draft: Campaign, settings: Any):
    settings.TIME_ZONE = "Europe/London"
    start_at = timezone.now() + timedelta(days=1)
    Campaign.objects.update(start_at=start_at, quiet_from="21:00", quiet_until="09:00")
    page = boss.get(url(draft, "review")).content.decode()
    assert "Time zone: Europe/London." in page
    assert "Time zone: Europe/Kyiv." in page
    assert "Start at the chosen time" in page


def test_the_review_says_that_the_time_chosen_has_passed(boss: Client, draft: Campaign):
    Campaign.objects.update(start_at=timezone.now() - timedelta(minutes=1))
    page = boss.get(url(draft, "review")).content.decode()
    assert "The chosen time has passed: sending begins immediately." in page
    assert "Start at the chosen time" not in page
    assert "Send 5 messages" in page


def test_a_test_message_goes_to_one_phone_and_is_not_counted(
    boss: Client, draft: Campaign, gateway: Sandbox, configure: Any
):
    configure(DISPATCH="inline")
    assert "Test message: Accepted by the gateway" in press(boss, draft, "trial", phone="050 123-45-67")
    (accepted,) = gateway.accepted.values()
    assert (accepted.phone, accepted.text) == ("+380501234567", "Привіт, N0!")
    assert Message.objects.get().campaign is None
    assert state() == CampaignState.DRAFT


def test_a_test_whose_button_was_pressed_twice_is_sent_once(
    boss: Client, draft: Campaign, gateway: Sandbox, configure: Any
):
    configure(DISPATCH="inline")
    ticket = boss.get(url(draft, "review")).context["viber_ticket"]
    press(boss, draft, "trial", phone="050 123-45-67", ticket=ticket)
    assert "This test was already sent." in press(boss, draft, "trial", phone="050 123-45-67", ticket=ticket)
    assert len(gateway.accepted) == 1
    another = boss.get(url(draft, "review")).context["viber_ticket"]
    press(boss, draft, "trial", phone="050 123-45-67", ticket=another)
    assert len(gateway.accepted) == 2


def test_a_test_takes_the_permission_to_send_messages(log_in: Callable[..., Client], draft: Campaign):
    """What is tried has not been approved yet."""
    client = log_in("view_campaign", "send_campaign")
    assert 'value="trial"' not in client.get(url(draft, "review")).content.decode()
    assert client.post(url(draft, "act"), {"do": "trial", "phone": "0501234567"}).status_code == 403
    assert not Message.objects.exists()


def test_who_wrote_any_part_cannot_approve_it(
    log_in: Callable[..., Client], draft: Campaign, group: RecipientGroup, configure: Any
):
    configure(CAMPAIGN_APPROVAL=True)
    first, second, third = (log_in(*EVERYTHING, name=name) for name in ("first", "second", "third"))
    first.post(url(draft), filled(group, text="First"))
    second.post(url(draft), filled(group, text="Second"))
    first.post(url(draft), filled(group, text="Second"))
    for client in (first, second):
        assert "must approve it" in press(client, draft, "approve", stamp=stamp(client, draft))
    assert "is approved" in press(third, draft, "approve", stamp=stamp(third, draft))


def test_a_wrong_phone_for_a_test_is_told(boss: Client, draft: Campaign):
    assert "too short" in press(boss, draft, "trial", phone="12345")
    assert not Message.objects.exists()


def test_what_was_started_cannot_be_edited(boss: Client, running: Campaign, group: RecipientGroup):
    page = boss.get(url(running)).content.decode()
    assert 'name="text"' not in page
    assert 'id="viber-progress"' in page
    response = boss.post(url(running), filled(group, text="Other"), follow=True)
    assert "Nothing was saved" in response.content.decode()
    assert Campaign.objects.get().text == "Привіт, {name}!"


def test_the_numbers_are_those_of_the_rows(boss: Client, running: Campaign):
    Message.objects.filter(phone__endswith="0").update(state=MessageState.DELIVERED)
    Message.objects.filter(phone__endswith="1").update(state=MessageState.FAILED)
    answer = boss.get(url(running, "progress"))
    data = answer.json()
    assert (data["state"], data["is_live"]) == ("running", True)
    assert [data["texts"][name] for name in ("delivered", "failed", "queued", "to_come")] == ["1", "1", "3", "0"]
    assert data["texts"]["summary"] == "1 of 5 sent, 1 not reached"
    assert sum(part["width"] for part in data["bar"]) == 1000
    assert "no-store" in answer["Cache-Control"]


def test_the_list_tells_how_far_each_is(boss: Client, running: Campaign):
    Message.objects.filter(phone__endswith="0").update(state=MessageState.DELIVERED)
    Message.objects.filter(phone__endswith="1").update(state=MessageState.UNCONFIRMED)
    page = boss.get(reverse(f"{NAME}changelist")).content.decode()
    assert "1 of 5 sent, 1 unconfirmed" in page


def test_the_list_costs_the_same_however_long_it_is(boss: Client, draft: Campaign, django_assert_max_num_queries: Any):
    for number in range(15):
        fields = {"state": CampaignState.RUNNING, "start_at": draft.created_at, "created_by": User.objects.get()}
        Campaign.objects.create(name=f"C{number}", sender="SMSTest", text="x", **fields)
    with django_assert_max_num_queries(14):
        page_of(boss, reverse(f"{NAME}changelist"))


def test_everything_is_stopped_and_goes_on_by_one_button(boss: Client, running: Campaign, gateway: Sandbox):
    page = boss.post(reverse(f"{NAME}stop_all"), {"do": "stop"}, follow=True).content.decode()
    assert "A person stopped all sending." in page
    doors.work()
    assert not gateway.accepted
    boss.post(reverse(f"{NAME}stop_all"), {"do": "go_on"})
    doors.work()
    assert len(gateway.accepted) == 5


def test_a_campaign_is_copied_as_a_draft(boss: Client, running: Campaign):
    form = boss.get(f"{reverse(f'{NAME}add')}?copy={running.pk}").context["adminform"].form
    assert form.initial["text"] == running.text
    assert form.initial["groups"] == [running.groups.get().pk]


ACTIONS = ["start", "pause", "resume", "cancel", "retry", "trial", "approve", "group", "balance"]


@pytest.mark.parametrize("do", [*ACTIONS, "", "delete"])
def test_without_the_permission_no_button_works(log_in: Callable[..., Client], running: Campaign, do: str):
    client = log_in("view_campaign", "add_campaign", "change_campaign", "send_message")
    before = Campaign.objects.values().get()
    response = client.post(url(running, "act"), {"do": do, "phone": "0501234567", "name": "Again"})
    assert response.status_code == 403
    assert Campaign.objects.values().get() == before
    assert (Message.objects.count(), RecipientGroup.objects.count()) == (5, 1)


@pytest.mark.parametrize("page", ["review", "progress", "act"])
def test_without_a_permission_nothing_is_seen(log_in: Callable[..., Client], draft: Campaign, page: str):
    assert log_in().get(url(draft, page)).status_code in (403, 405)
    assert log_in("send_campaign", name="sender").get(url(draft, page)).status_code in (403, 405)


def test_who_may_only_look_sees_numbers_and_no_buttons(log_in: Callable[..., Client], running: Campaign):
    client = log_in("view_campaign")
    assert client.get(url(running, "progress")).status_code == 200
    assert client.get(url(running, "review")).status_code == 403
    assert client.post(reverse(f"{NAME}stop_all")).status_code == 403
    assert 'name="do"' not in client.get(url(running)).content.decode()
    assert not doors.is_stopped()


def test_a_get_does_nothing(boss: Client, running: Campaign):
    assert boss.get(url(running, "act"), {"do": "pause"}).status_code == 405
    assert state() == CampaignState.RUNNING


def test_a_forged_form_of_another_site_is_refused(boss: Client, running: Campaign):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = boss.cookies
    assert strict.post(url(running, "act"), {"do": "cancel"}).status_code == 403
    assert state() == CampaignState.RUNNING


def test_four_eyes(log_in: Callable[..., Client], boss: Client, draft: Campaign, configure: Any):
    configure(CAMPAIGN_APPROVAL=True)
    Campaign.objects.update(created_by=User.objects.get(username="boss"))
    seen = stamp(boss, draft)
    assert 'value="start"' not in boss.get(url(draft, "review")).content.decode()
    assert "Somebody who did not write" in press(boss, draft, "start", stamp=seen)
    assert "Somebody who did not write" in press(boss, draft, "approve", stamp=seen)
    assert "is approved" in press(log_in(*EVERYTHING, name="other"), draft, "approve", stamp=seen)
    assert "The campaign has started." in press(boss, draft, "start", stamp=seen)


def test_a_message_of_a_paused_campaign_says_why_it_waits(boss: Client, running: Campaign):
    press(boss, running, "pause")
    page = boss.get(reverse("admin:viber_messaging_message_change", args=[Message.objects.first().pk]))
    assert "its campaign is paused" in page.content.decode()


def test_a_campaign_with_messages_is_not_deleted(log_in: Callable[..., Client], running: Campaign):
    client = log_in("view_campaign", "delete_campaign", "delete_message", "view_message")
    client.post(url(running, "delete"), {"post": "yes"})
    assert (Campaign.objects.count(), Message.objects.count()) == (1, 5)


def test_the_link_to_all_its_messages_leads_to_them(boss: Client, running: Campaign, make_message: Any):
    make_message(phone="+380501234567")
    page = boss.get(url(running)).content.decode()
    address = f"{reverse('admin:viber_messaging_message_changelist')}?campaign={running.pk}"
    assert address in page
    response = boss.get(address)
    assert response.status_code == 200
    assert set(response.context["cl"].queryset) == set(running.messages.all())
