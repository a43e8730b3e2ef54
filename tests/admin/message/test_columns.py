"""The columns of the list of messages: who, when, in which state, which text, and what is wrong."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.admin.conftest import LIST, SENDING, change_url
from tests.admin.page import page_of
from viber_messaging.admin import MessageAdmin
from viber_messaging.models import Message, Recipient

MakeMessage = Callable[..., Message]


def cells(client: Client, **query: str) -> list[dict[str, str]]:
    """Return the text of each cell of the list, by column."""
    page = page_of(client, reverse(LIST), query)
    rows = re.findall(r"<tr><td class=\"action-checkbox\">.*?</tr>", page, re.DOTALL)
    return [
        {name: text_of(cell) for name, cell in re.findall(r'class="field-(\w+)[^"]*">(.*?)</t[dh]>', row, re.DOTALL)}
        for row in rows
    ]


def text_of(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", "", cell)).split())


def test_a_row_tells_when_to_whom_how_it_stands_and_what_it_says(staff: Client, make_message: MakeMessage):
    make_message(state="delivered", status_code=102, text="Your order\nis ready")
    (row,) = cells(staff)
    assert list(row) == ["moved_at", "addressee", "state_badge", "short_text"]
    assert re.fullmatch(r"\d\d/\d\d/\d{4} \d\d:\d\d", row["moved_at"])
    assert (row["addressee"], row["state_badge"]) == ("+380971234567", "delivered")
    assert row["short_text"] == "Your order is ready"


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"state": "rejected", "status_code": 203}, "203: The gateway does not accept this phone number."),
        ({"state": "undelivered", "status_code": 105}, "105: The message cannot be delivered"),
        ({"state": "failed", "error": "It was too late."}, "It was too late."),
        ({"state": "unconfirmed", "status_code": 777}, "The gateway answered with the code 777"),
    ],
)
def test_what_the_gateway_says_is_told_where_something_is_wrong(
    staff: Client, make_message: MakeMessage, facts: dict[str, Any], words: str
):
    make_message(text="Hello", **facts)
    (row,) = cells(staff)
    assert words in row["short_text"]
    assert row["short_text"].endswith(" Hello")


@pytest.mark.parametrize(("state", "code"), [("accepted", 1), ("delivered", 102), ("read", 116)])
def test_what_the_gateway_says_is_not_told_where_all_is_well(
    staff: Client, make_message: MakeMessage, state: str, code: int
):
    make_message(state=state, status_code=code, text="Hello")
    assert [row["short_text"] for row in cells(staff)] == ["Hello"]


@pytest.fixture
def olena(make_message: MakeMessage) -> Recipient:
    """A person, and two messages to her phone: one was sent to her, one only to her number."""
    recipient = Recipient.objects.create(phone="+380971234567", name="Олена <Коваль>")
    make_message(state="delivered", recipient=recipient)
    make_message(state="delivered")
    return recipient


def test_a_phone_has_a_name_for_those_who_may_see_people(log_in: Callable[..., Client], olena: Recipient):
    client = log_in(*SENDING, "view_recipient")
    assert [row["addressee"] for row in cells(client)] == ["+380971234567 Олена <Коваль>"] * 2


def test_a_phone_has_no_name_for_others(staff: Client, olena: Recipient):
    assert [row["addressee"] for row in cells(staff)] == ["+380971234567"] * 2


def test_names_are_read_with_the_rows(log_in: Callable[..., Client], olena: Recipient):
    with_names, without = log_in(*SENDING, "view_recipient"), log_in(*SENDING, name="taras")
    assert _count(with_names) == _count(without)


def _count(client: Client) -> int:
    page_of(client, reverse(LIST))
    with CaptureQueriesContext(connection) as captured:
        page_of(client, reverse(LIST))
    return len(captured)


def test_a_site_that_shows_other_columns_links_its_first_one(
    replace_admin: Callable[[Any, Any], None], staff: Client, draft: Message
):
    replace_admin(Message, type("OurAdmin", (MessageAdmin,), {"list_display": ["phone", "sender"]}))
    assert f'<th class="field-phone"><a href="{change_url(draft)}">' in page_of(staff, reverse(LIST))
