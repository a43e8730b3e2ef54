"""A site whose worker does not run says so wherever somebody sends, or looks for what was sent."""

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.conftest import SENDING
from tests.admin.page import page_of
from viber_messaging.models import Campaign, Connection, Message, RecipientGroup, Sender
from viber_messaging.sandbox import Sandbox
from viber_messaging.statistics import complaints, standing

TITLE = "No worker is running."
CURE = "Nothing is sent until viber_worker runs. Ask your developers to start it."
CAMPAIGN = "admin:viber_messaging_campaign_"


@pytest.fixture
def boss(log_in: Callable[..., Client]) -> Client:
    return log_in(*SENDING, "view_campaign", "change_campaign", "send_campaign", name="boss")


@pytest.fixture
def campaign(sender: Sender, gateway: Sandbox) -> Campaign:
    group = RecipientGroup.objects.create(name="Friends")
    for number in range(25):
        group.recipients.create(phone=f"+3809712345{number:02d}")
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hi")
    campaign.groups.set([group])
    return campaign


def worker_was_seen(minutes_ago: float) -> None:
    doors.see_worker()
    Connection.objects.update(worked_at=timezone.now() - timedelta(minutes=minutes_ago))


def run(campaign: Campaign) -> None:
    """Start a campaign, and let a worker make its messages, and send a few of them."""
    doors.start(campaign)
    doors.work(limit=5)
    campaign.refresh_from_db()


def read(client: Client, page: str, *args: object) -> str:
    return unescape(page_of(client, reverse(page, args=args)))


def texts(client: Client, campaign: Campaign) -> dict[str, Any]:
    answer: dict[str, Any] = client.get(reverse(f"{CAMPAIGN}progress", args=[campaign.pk])).json()
    return answer["texts"]


def test_the_banner_says_what_waits_why_since_when_and_what_to_do(
    staff: Client, gateway: Sandbox, make_message: Callable[..., Message]
):
    make_message()
    doors.see_worker()
    Connection.objects.update(worked_at="2026-03-01T07:05Z")
    page = read(staff, "admin:viber_messaging_message_changelist")
    for words in (TITLE, CURE, "Since 03/01/2026 09:05.", "1 message is waiting; it is not lost."):
        assert words in page
    assert "Try now" not in page


def test_a_worker_that_never_ran_is_missed_before_the_first_message(staff: Client, sender: Sender, gateway: Sandbox):
    page = read(staff, "admin:viber_messaging_message_add")
    assert TITLE in page
    assert "No worker has been seen on this site yet." in page
    assert "Nothing is waiting." in page


def test_a_worker_that_runs_is_not_missed(boss: Client, campaign: Campaign):
    worker_was_seen(minutes_ago=1)
    for page in ("message_changelist", "message_add", "campaign_changelist"):
        assert TITLE not in read(boss, f"admin:viber_messaging_{page}")
    assert TITLE not in read(boss, f"{CAMPAIGN}review", campaign.pk)


def test_a_sent_message_is_not_said_to_leave_soon(
    staff: Client, sender: Sender, form: Callable[..., dict[str, Any]], gateway: Sandbox
):
    for phone in ("097 123-45-67", "097 123-45-67, 097 123-45-68"):
        sent = form(phone=phone, _send="1", several="2")
        answer = staff.post(reverse("admin:viber_messaging_message_add"), sent, follow=True)
        said = [(message.level_tag, str(message)) for message in answer.context["messages"]]
        assert {level for level, _sentence in said} == {"warning"}
        assert CURE in said[-1][1]


def test_a_campaigns_review_warns_beside_its_button_and_so_does_its_start(boss: Client, campaign: Campaign):
    page = read(boss, f"{CAMPAIGN}review", campaign.pk)
    assert page.count(f"{TITLE} {CURE}") == 1
    assert page.count(TITLE) == 2  # the banner too
    stamp = boss.get(reverse(f"{CAMPAIGN}review", args=[campaign.pk])).context["review"].stamp
    answer = boss.post(reverse(f"{CAMPAIGN}act", args=[campaign.pk]), {"do": "start", "stamp": stamp}, follow=True)
    (said,) = answer.context["messages"]
    assert (said.level_tag, str(said)) == ("warning", f"The campaign has started. {TITLE} {CURE}")


def test_a_campaign_without_a_worker_waits_and_names_no_pace(boss: Client, campaign: Campaign):
    run(campaign)
    assert "a minute" in texts(boss, campaign)["pace"]
    worker_was_seen(minutes_ago=3)
    now = texts(boss, campaign)
    assert (now["label"], now["pace"]) == ("waiting, nothing is sent", "")
    assert now["note"] == f"{TITLE} {CURE}"
    assert f"<div class=help>{TITLE} {CURE}</div>" in read(boss, f"{CAMPAIGN}changelist")


def test_no_pace_is_named_if_nothing_moved_for_a_minute(boss: Client, campaign: Campaign):
    run(campaign)
    Message.objects.filter(accepted_at__isnull=False).update(accepted_at=timezone.now() - timedelta(seconds=61))
    assert texts(boss, campaign)["pace"] == ""


def test_an_inline_campaign_that_waits_for_a_worker_names_no_pace(
    boss: Client, campaign: Campaign, configure: Callable[..., None]
):
    run(campaign)
    configure(DISPATCH="inline", INLINE_LIMIT=3)
    worker_was_seen(minutes_ago=3)
    now = texts(boss, campaign)
    assert now["pace"] == ""
    assert "This campaign needs the worker" in now["note"]


@pytest.mark.parametrize("dispatch", ["tasks", "celery"])
def test_a_task_queue_is_suspected_only_if_something_has_waited(
    staff: Client, gateway: Sandbox, make_message: Callable[..., Message], configure: Callable[..., None], dispatch: str
):
    worker_was_seen(minutes_ago=60)
    make_message()
    configure(DISPATCH=dispatch)
    assert TITLE not in read(staff, "admin:viber_messaging_message_changelist")
    Message.objects.update(queued_at=timezone.now() - timedelta(minutes=3))
    assert TITLE in read(staff, "admin:viber_messaging_message_changelist")


def test_the_pages_and_the_monitor_agree(staff: Client, gateway: Sandbox):
    for minutes, is_missed in ((1, False), (3, True)):
        worker_was_seen(minutes_ago=minutes)
        assert standing().lacks_worker is is_missed
        assert any("no worker" in complaint for complaint in complaints(standing(), oldest=timedelta(1))) is is_missed
        assert (TITLE in read(staff, "admin:viber_messaging_message_changelist")) is is_missed
