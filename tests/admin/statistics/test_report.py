"""The report of any days: the page, the files, the group."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
import time_machine
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.admin.conftest import SENDING
from tests.admin.page import shown
from tests.moments import Moments
from viber_messaging.models import Campaign, Message, Recipient, RecipientGroup, Sender

MakeMessage = Callable[..., Message]
REPORT = "admin:viber_messaging_message_report"
MESSAGES = f"{REPORT}_messages"
GROUP = f"{REPORT}_group"
DAYS = {"first": "2026-11-18", "last": "2026-11-20"}
GROUPING = ("view_message", "add_recipientgroup", "add_recipient")


@pytest.fixture(autouse=True)
def _now(configure: Callable[..., None], db: None) -> Iterator[None]:
    configure(DISPATCH="worker")
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False):
        yield


@pytest.fixture
def staff(log_in: Callable[..., Client]) -> Client:
    """Someone who may see campaigns, too."""
    return log_in(*SENDING, "view_campaign")


@pytest.fixture
def spring(make_message: MakeMessage) -> Campaign:
    """Five messages of two days, senders and operators, and one of another month."""
    campaign = Campaign.objects.create(name="Spring", sender="Kvitka", text="Hello")
    Sender.objects.create(name="Kvitka")
    for day, state, code, sender, phone, of in (
        (18, "delivered", 102, "Kvitka", "+380971234567", campaign),
        (18, "read", 116, "Kvitka", "+380671234567", campaign),
        (20, "undelivered", 105, "Kvitka", "+380501234567", campaign),
        (20, "delivered", 102, "SMSTest", "+380971234567", None),
        (20, "queued", None, "SMSTest", "+48501234567", None),
    ):
        moment = datetime(2026, 11, day, 9, tzinfo=UTC)
        make_message(state=state, status_code=code, sender=sender, phone=phone, campaign=of, created_at=moment)
    make_message(state="failed", created_at=datetime(2026, 9, 1, tzinfo=UTC))
    return campaign


def page_of(client: Client, **asked: Any) -> str:
    return shown(client.get(reverse(REPORT), {**DAYS, **asked}))


def rows_of(answer: Any) -> list[list[str]]:
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def phones_in(group: str) -> list[str]:
    return sorted(RecipientGroup.objects.get(name=group).recipients.values_list("phone", flat=True))


def test_the_messages_of_the_days_are_told_by_state_day_sender_campaign_and_operator(spring: Campaign, staff: Client):
    page = page_of(staff)
    assert "5 messages, 75 % of the completed messages were delivered" in page
    assert '<span class="viber-state viber-state-delivered">delivered</span></th><td>2</td><td>40.0 %</td>' in page
    assert '<th scope="row">11/20/2026</th><td>3</td><td>1</td><td>1</td><td>0</td><td>1</td><td>50 %</td>' in page
    for name, count in (("Kvitka", 3), ("SMSTest", 2), ("without a campaign", 2), ("Kyivstar", 3)):
        assert f'<th scope="row">{name}</th><td class="viber-count">{count}</td>' in page
    assert '>Spring</a></th><td class="viber-count">3</td>' in page
    assert "+48 (PL)" in page
    assert "105: The message cannot be delivered to this phone number." in page
    assert "+380971234567" not in page


def test_a_sender_and_a_campaign_narrow_it(spring: Campaign, staff: Client):
    assert "2 messages, 100 % of the completed messages were delivered" in page_of(staff, sender="SMSTest")
    assert "3 messages, 67 % of the completed messages were delivered" in page_of(staff, campaign=str(spring.pk))
    assert "No messages were created on these days." in page_of(staff, campaign=str(spring.pk), sender="SMSTest")


def test_without_a_question_thirty_days_are_shown_and_the_usual_periods_lead_on(spring: Campaign, staff: Client):
    page = staff.get(reverse(REPORT)).content.decode()
    assert "5 messages" in page
    assert 'first=2026-10-22&amp;last=2026-11-20" aria-current="true">30 days</a>' in page
    assert 'first=2026-10-01&amp;last=2026-10-31">Last month</a>' in page


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"first": "2026-11-21"}, "The last day is before the first."),
        ({"first": "2025-11-19"}, "A report covers a year at most"),
        ({"first": "nonsense"}, "Enter a valid date."),
        ({"campaign": "999999"}, "Select a valid choice."),
        ({"campaign": "9" * 30}, "Select a valid choice."),
        ({"last": ""}, "This field is required."),
    ],
)
def test_a_strange_question_is_told_at_its_field(spring: Campaign, staff: Client, asked: dict[str, str], told: str):
    page = page_of(staff, **asked)
    assert told in page
    assert "viber-shares" not in page


def test_the_report_is_counted_once_a_minute_whoever_looks(
    spring: Campaign, staff: Client, django_assert_max_num_queries: Any
):
    page_of(staff)
    Message.objects.all().delete()
    assert "5 messages" in page_of(staff)
    with django_assert_max_num_queries(10):
        page_of(staff)


def test_the_report_is_a_file_with_a_row_for_whatever_was_counted(spring: Campaign, staff: Client):
    rows = rows_of(staff.get(reverse(REPORT), {**DAYS, "as": "csv"}))
    counted = {(row[0], row[1]): row[2] for row in rows[1:]}
    assert counted["all", ""] == "5"
    assert counted["day", "2026-11-18"] == "2"
    assert counted["day", "2026-11-19"] == "0"
    assert counted["sender", "Kvitka"] == counted["campaign", "Spring"] == counted["operator", "Kyivstar"] == "3"
    assert counted["reason", "105: The message cannot be delivered to this phone number."] == "1"
    book = staff.get(reverse(REPORT), {**DAYS, "as": "xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active  # type: ignore[attr-defined]
    assert sheet.cell(2, 3).value == 5
    assert sheet.cell(3, 2).value == datetime(2026, 11, 18)


@pytest.mark.parametrize(("who", "count"), [("delivered", 3), ("not_delivered", 1), ("all", 5)])
def test_the_messages_behind_it_are_a_file(spring: Campaign, log_in: Callable[..., Client], who: str, count: int):
    client = log_in("view_message", "export_recipient")
    answer = client.post(reverse(MESSAGES), {**DAYS, "who": who, "format": "csv"})
    assert len(rows_of(answer)) == count + 1


def test_those_who_got_it_and_those_who_did_not_become_groups(spring: Campaign, log_in: Callable[..., Client]):
    client = log_in(*GROUPING)
    known = Recipient.objects.create(phone="+380971234567", name="Олена")
    asked = {**DAYS, "who": "delivered", "name": " Got it "}
    page = client.post(reverse(GROUP), asked, follow=True).content.decode()
    assert "The group “Got it” was created with 2 recipients." in page
    assert phones_in("Got it") == ["+380671234567", "+380971234567"]
    assert known.groups.get().name == "Got it"
    client.post(reverse(GROUP), {**DAYS, "who": "not_delivered", "name": "Missed", "sender": "Kvitka"})
    assert phones_in("Missed") == ["+380501234567"]
    assert LogEntry.objects.count() == 2


def test_a_group_is_made_once_and_whole_or_not_at_all(
    spring: Campaign, log_in: Callable[..., Client], moments: Moments
):
    client, asked = log_in(*GROUPING), {**DAYS, "who": "delivered", "name": "Got it"}
    client.post(reverse(GROUP), asked)
    told = client.post(reverse(GROUP), asked, follow=True).content.decode()
    assert "A group with this name already exists." in told
    told = client.post(reverse(GROUP), {**asked, "name": ""}, follow=True).content.decode()
    assert "This field cannot be blank." in told
    nobody = {**asked, "name": "Nobody", "first": "2026-11-19", "last": "2026-11-19"}
    assert "There are no recipients among them" in client.post(reverse(GROUP), nobody, follow=True).content.decode()
    moments.set("people that a group may be made of", 1)
    assert "more than 1 people" in client.post(reverse(GROUP), {**asked, "name": "B"}, follow=True).content.decode()
    assert RecipientGroup.objects.count() == 1


@pytest.mark.parametrize("who", ["", "everybody", "all"])
def test_a_group_of_all_or_of_nonsense_is_not_made(spring: Campaign, log_in: Callable[..., Client], who: str):
    log_in(*GROUPING).post(reverse(GROUP), {**DAYS, "who": who, "name": "Group"})
    assert not RecipientGroup.objects.exists()


def test_each_door_has_its_permission(spring: Campaign, log_in: Callable[..., Client]):
    stranger, reader = (
        log_in("view_recipient", "export_recipient", "add_recipientgroup"),
        log_in("view_message", name="reader"),
    )
    asked = {**DAYS, "who": "delivered", "name": "Group", "format": "csv"}
    assert stranger.get(reverse(REPORT)).status_code == 403
    for name in (MESSAGES, GROUP):
        assert stranger.post(reverse(name), asked).status_code == 403
        assert reader.post(reverse(name), asked).status_code == 403
        assert reader.get(reverse(name)).status_code == 405
    page = page_of(reader)
    assert "viber-export-who" not in page
    assert "viber-group-who" not in page
    assert not RecipientGroup.objects.exists()


def test_the_first_page_and_the_list_lead_to_the_report(spring: Campaign, staff: Client):
    for name, args in (("app_list", ["viber_messaging"]), ("viber_messaging_message_changelist", [])):
        page = staff.get(reverse(f"admin:{name}", args=args)).content.decode()
        assert f'href="{reverse(REPORT)}"' in page


def test_a_site_without_time_zones_has_a_report_too(make_message: MakeMessage, staff: Client, settings: Any):
    settings.USE_TZ = False
    make_message(created_at=timezone.now())
    assert "1 message" in staff.get(reverse(REPORT)).content.decode()
