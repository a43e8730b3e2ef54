"""The app's first page, and the same for a monitor."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests import doors
from tests.admin.page import page_of
from viber_messaging.admin.statistics import chart
from viber_messaging.admin.statistics.tables import duration
from viber_messaging.models import Campaign, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState
from viber_messaging.words.explanations import explain_reason

MakeMessage = Callable[..., Message]
STATS = "admin:viber_messaging_message_stats"
BALANCE = "admin:viber_messaging_message_balance"


def index(client: Client) -> str:
    return page_of(client, reverse("admin:app_list", args=["viber_messaging"]))


def test_the_first_page_tells_what_became_of_the_messages(inline: Sandbox, staff: Client, make_message: MakeMessage):
    for state, code in (("delivered", 102), ("delivered", 102), ("rejected", 203)):
        make_message(state=state, status_code=code, sender="Kvitka")
    page = index(staff)
    assert '<meter min="0" max="100" value="67">' in page
    assert page.count("<rect") == 2
    assert "203: The gateway does not accept this phone number." in page


def test_nothing_is_shown_to_those_who_may_not_see_messages(log_in: Callable[..., Client]):
    assert "viber-dashboard" not in index(log_in("view_sender"))
    client = log_in("view_recipient", name="other")
    assert client.get(reverse(STATS)).status_code == 403


def test_the_balance_is_asked_for_by_a_person_and_then_kept(inline: Sandbox, staff: Client):
    assert "Not requested yet." in index(staff)
    assert inline.request_count == 0
    page = staff.post(reverse(BALANCE), follow=True).content.decode()
    assert inline.request_count == 1
    assert "Not requested yet." not in page
    assert "UAH" in page
    assert "UAH" in index(staff)
    assert inline.request_count == 1


def test_a_low_balance_stands_out(inline: Sandbox, staff: Client, configure: Callable[..., None]):
    configure(LOW_BALANCE=10**7)
    assert "Low: top it up." in staff.post(reverse(BALANCE), follow=True).content.decode()


def test_a_gateway_that_does_not_answer_is_told(inline: Sandbox, staff: Client):
    inline.fail_all("http-500")
    assert "The balance could not be read." in staff.post(reverse(BALANCE), follow=True).content.decode()


def test_the_balance_is_asked_on_post_alone_and_by_those_who_may_send(staff: Client, log_in: Callable[..., Client]):
    assert staff.get(reverse(BALANCE)).status_code == 405
    assert log_in("view_message", name="reader").post(reverse(BALANCE)).status_code == 403


def test_a_monitor_reads_the_same_as_json(gateway: Sandbox, staff: Client, make_message: MakeMessage):
    make_message()
    answer = staff.get(reverse(STATS)).json()
    assert (answer["waiting"], answer["today"], answer["thirty_days"]) == (1, {"queued": 1}, {"queued": 1})
    assert answer["thirty_days_by_sender"] == {"SMSTest": {"queued": 1}}
    assert answer["thirty_days_by_campaign"] == {"": {"queued": 1}}
    assert (answer["thirty_days_failures_by_code"], answer["delays"]) == ({}, {})
    (complaint,) = answer["complaints"]
    assert complaint.startswith("no worker is running (never seen); run viber_worker")
    assert "+380971234567" not in str(answer)


def test_campaigns_are_told_with_their_share_and_to_who_may_see_them_by_name_with_the_way_there(
    gateway: Sandbox, staff: Client, log_in: Callable[..., Client], make_message: MakeMessage
):
    campaign = Campaign.objects.create(name="<Spring>", sender="Kvitka", text="Hello")
    for number, state in enumerate(("delivered", "read", "rejected", "queued")):
        make_message(state=state, campaign=campaign, phone=f"+38097123456{number}")
    make_message(state="rejected")
    page = index(staff)
    assert re.search(f'<th scope="row">#{campaign.pk}</th><td class="viber-count"><a [^>]*>4</a></td>', page)
    assert "Spring" not in page
    assert '<meter min="0" max="100" value="67">' in page
    address = reverse("admin:viber_messaging_campaign_change", args=[campaign.pk])
    assert address not in page
    assert f'<a href="{address}">&lt;Spring&gt;</a>' in index(log_in("view_message", "view_campaign", name="boss"))


def test_a_reason_comes_with_what_to_do(gateway: Sandbox, staff: Client, make_message: MakeMessage):
    make_message(state="rejected", status_code=202)
    make_message(state="failed")
    page = index(staff)
    assert "Register it with the gateway, or choose another sender." in page
    assert "Open one of them to see why." in page


def test_the_slowest_sender_is_told_with_the_number_of_messages_that_were_measured(
    gateway: Sandbox, staff: Client, make_message: MakeMessage
):
    taken_at = timezone.now()
    for seconds in (30, 60, 90, 3000, 9000):
        ended = taken_at + timedelta(seconds=seconds)
        make_message(state="delivered", accepted_at=taken_at, completed_at=ended, sender="Slow")
    page = index(staff)
    assert "<td>90 s</td><td>50 min</td>" in page
    assert "Measured on the last 5 delivered messages" in page


def test_a_worker_that_is_missed_stands_out_and_one_that_nobody_needs_does_not(
    gateway: Sandbox, staff: Client, configure: Callable[..., None], clock: Any
):
    assert "never seen" in index(staff)
    doors.work()
    assert "It reports every few seconds." in index(staff)
    clock.shift(600)
    page = index(staff)
    assert "is not running" in page
    assert "Seen 10 min ago." in page
    assert "Nothing is sent until viber_worker runs again." in page
    configure(DISPATCH="inline")
    assert "Each request sends the messages that it saves" in index(staff)


def test_the_gateways_complaint_disappears_when_it_is_over(gateway: Sandbox, staff: Client, clock: Any):
    Message.objects.create(sender="Kvitka", phone="+380971234567", text="Привіт")
    gateway.fail_all("error-210")
    doors.work()
    assert "viber-banner" in index(staff)
    gateway.fail_all(None)
    clock.shift(7200)
    doors.work()
    page = index(staff)
    assert "viber-banner" not in page
    assert explain_reason("account_refused", 210) not in unescape(page)


def test_the_page_says_when_it_counted(gateway: Sandbox, staff: Client, make_message: MakeMessage, clock: Any):
    make_message()
    assert "counted at 12:00:0" in index(staff)
    make_message()
    clock.shift(30)
    page = index(staff)
    assert "counted at 12:00:0" in page
    assert "of 1 message<" in page


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "120 min"), (9000, "2.5 h")]
)
def test_a_length_of_time_is_told_in_the_unit_that_fits(seconds: int, words: str):
    assert duration(timedelta(seconds=seconds)) == words


def test_every_state_belongs_to_one_colour():
    members = [state for _label, states in chart.KINDS.values() for state in states]
    assert sorted(members) == sorted(MessageState)


def test_the_highest_day_fills_the_drawing_and_no_piece_is_invisible():
    days = chart.drawn({date(2026, 1, 1): {"delivered": 10_000, "failed": 1}, date(2026, 1, 2): {}})
    assert sum(bar.height for bar in days[0].bars) >= chart.HEIGHT - 1
    assert min(bar.height for bar in days[0].bars) >= 1
    assert days[1].bars == []


def test_the_page_reads_the_table_of_messages_a_fixed_number_of_times(
    gateway: Sandbox, staff: Client, make_message: MakeMessage, django_assert_max_num_queries: Any
):
    for _ in range(30):
        make_message()
    with django_assert_max_num_queries(16):
        index(staff)
