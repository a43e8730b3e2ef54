"""The app's first page, and the same for a monitor."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from viber_messaging.admin import charts
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]
STATS = "admin:viber_messaging_message_stats"
BALANCE = "admin:viber_messaging_message_balance"


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def index(client: Client) -> str:
    return client.get(reverse("admin:app_list", args=["viber_messaging"])).content.decode()


def test_the_first_page_tells_what_became_of_the_messages(inline: Sandbox, staff: Client, make_message: MakeMessage):
    for state, code in (("delivered", 102), ("delivered", 102), ("rejected", 203)):
        make_message(state=state, status_code=code, sender="Kvitka")
    page = index(staff)
    assert '<meter min="0" max="100" value="67">' in page
    assert page.count("<rect") == 2
    assert "203: The gateway does not take this phone." in page


def test_nothing_is_shown_to_those_who_may_not_see_messages(log_in: Callable[..., Client]):
    assert "viber-dashboard" not in index(log_in("view_sender"))
    client = log_in("view_recipient", name="other")
    assert client.get(reverse(STATS)).status_code == 403


def test_the_balance_is_asked_for_by_a_person_and_then_kept(inline: Sandbox, staff: Client):
    assert "Not asked yet." in index(staff)
    assert inline.request_count == 0
    page = staff.post(reverse(BALANCE), follow=True).content.decode()
    assert inline.request_count == 1
    assert "Not asked yet." not in page
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
    assert answer["complaints"] == ["no worker was seen, never one"]
    assert "+380971234567" not in str(answer)


def test_every_state_belongs_to_one_colour():
    members = [state for _label, states in charts.KINDS.values() for state in states]
    assert sorted(members) == sorted(MessageState)


def test_the_highest_day_fills_the_drawing_and_no_piece_is_invisible():
    days = charts.drawn({date(2026, 1, 1): {"delivered": 10_000, "failed": 1}, date(2026, 1, 2): {}})
    assert sum(bar.height for bar in days[0].bars) >= charts.HEIGHT - 1
    assert min(bar.height for bar in days[0].bars) >= 1
    assert days[1].bars == []


def test_the_page_reads_the_table_of_messages_a_fixed_number_of_times(
    gateway: Sandbox, staff: Client, make_message: MakeMessage, django_assert_max_num_queries: Any
):
    for _ in range(30):
        make_message()
    with django_assert_max_num_queries(12):
        index(staff)
