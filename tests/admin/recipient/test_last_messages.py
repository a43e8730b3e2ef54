"""A recipient's page: whether the person may be written to, the last messages, and the way to the next one."""

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.admin.page import page_of
from viber_messaging.models import Message, Recipient, Sender

PHONE = "+380971234567"
WRITE = "admin:viber_messaging_message_add"
SEEING = ("view_recipient", "view_message", "add_message")


@pytest.fixture
def taras(db: None) -> Recipient:
    return Recipient.objects.create(phone=PHONE, name="Тарас")


def page(client: Client, recipient: Recipient) -> str:
    return unescape(page_of(client, reverse("admin:viber_messaging_recipient_change", args=[recipient.pk])))


def last(text: str) -> list[str]:
    """Return the texts of the messages on a page, from top to bottom."""
    section = text.partition('id="viber-last-title"')[2].partition("</section>")[0]
    return re.findall(r"<td>([^<]*)</td></tr>", section)


def test_the_last_messages_are_shown_the_latest_first(
    log_in: Callable[..., Client], taras: Recipient, make_message: Callable[..., Message]
):
    for number in range(7):
        message = make_message(phone=PHONE, text=f"Text {number}", state="delivered")
    make_message(phone="+380501234567", text="To somebody else")
    text = page(log_in(*SEEING), taras)
    assert last(text) == [f"Text {number}" for number in (6, 5, 4, 3, 2)]
    assert f'<a href="{reverse("admin:viber_messaging_message_change", args=[message.pk])}">' in text
    assert 'viber-state-delivered">delivered</span>' in text


def test_more_messages_cost_no_more_queries(
    admin_client: Client, taras: Recipient, make_message: Callable[..., Message]
):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(admin_client, taras)
        return len(captured)

    make_message(phone=PHONE)
    queries()
    few = queries()
    for _number in range(9):
        make_message(phone=PHONE)
    assert queries() == few


def test_all_of_them_are_found_without_a_phone_in_an_address(
    log_in: Callable[..., Client], taras: Recipient, make_message: Callable[..., Message]
):
    client = log_in(*SEEING)
    for number in range(7):
        make_message(phone=PHONE, text=f"Text {number}")
    text = page(client, taras)
    found = re.findall(r'action="([^"]*)"><input[^>]*><input type="hidden" name="q" value="([^"]*)"', text)
    ((action, term),) = found
    answer = client.post(action, {"q": term}, follow=True)
    assert len(answer.context["cl"].result_list) == 7
    assert "0971234567" not in answer.redirect_chain[0][0]


def test_the_form_of_a_message_is_filled_with_the_phone_of_the_key(
    log_in: Callable[..., Client], taras: Recipient, sender: Sender
):
    client = log_in(*SEEING)
    url = f"{reverse(WRITE)}?recipient={taras.pk}"
    assert f'href="{url}">Write a message</a>' in page(client, taras)
    assert client.get(url).context["adminform"].form.initial["phone"] == PHONE


@pytest.mark.parametrize("key", ["", "abc", "0", "9" * 30, "-1", "²"])
def test_an_unknown_key_fills_nothing(log_in: Callable[..., Client], taras: Recipient, sender: Sender, key: str):
    answer = log_in(*SEEING).get(reverse(WRITE), {"recipient": key})
    assert answer.status_code == 200
    assert "phone" not in answer.context["adminform"].form.initial


def test_who_may_see_no_people_learns_no_phone_from_a_key(
    log_in: Callable[..., Client], taras: Recipient, sender: Sender
):
    page = page_of(log_in("view_message", "add_message"), f"{reverse(WRITE)}?recipient={taras.pk}")
    assert PHONE not in page


def test_who_opted_out_is_told_at_the_top_and_is_not_written_to(admin_client: Client, taras: Recipient):
    text = page(admin_client, taras)
    assert text.index("This person can receive messages.") < text.index('id="recipient_form"')
    assert 'name="opt_out"' in text
    Recipient.objects.update(opted_out_at=timezone.now())
    text = page(admin_client, taras)
    assert text.index("This person receives no messages.") < text.index('id="recipient_form"')
    assert 'name="opt_in"' in text
    assert "Write a message" not in text


@pytest.mark.parametrize(
    ("held", "shown"),
    [
        (("view_recipient",), []),
        (("view_recipient", "view_message"), ["Last messages"]),
        (("view_recipient", "add_message"), ["Write a message"]),
        (("view_recipient", "change_recipient"), ["Opt out: send nothing more"]),
    ],
)
def test_only_what_a_user_may_do_and_see_is_there(
    log_in: Callable[..., Client], taras: Recipient, make_message: Callable[..., Message], held: Any, shown: list[str]
):
    make_message(phone=PHONE)
    text = page(log_in(*held), taras)
    offers = ("Last messages", "Write a message", "Opt out: send nothing more")
    assert [offer for offer in offers if offer in text] == shown


def test_a_text_is_no_markup(admin_client: Client, taras: Recipient, make_message: Callable[..., Message]):
    make_message(phone=PHONE, text="<script>alert(1)</script>")
    url = reverse("admin:viber_messaging_recipient_change", args=[taras.pk])
    assert "<script>alert(1)" not in page_of(admin_client, url)
