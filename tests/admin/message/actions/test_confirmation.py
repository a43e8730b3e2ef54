"""The question before many messages are sent or changed."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests import copied_rows
from tests.admin.conftest import LIST
from tests.admin.page import shown
from tests.doors import OTHER_ACCOUNT, TOO_OLD_TO_RESEND
from viber_messaging.models import Connection, Message, Recipient
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]

ASKING = {
    "send_selected": {"state": "draft"},
    "retry_selected": {"state": "rejected"},
    "cancel_selected": {"state": "queued"},
    "mark_sent": {"state": "unconfirmed", "error": TOO_OLD_TO_RESEND},
    "send_again": {"state": "unconfirmed", "error": TOO_OLD_TO_RESEND},
    "trust_account": {"state": "unconfirmed", "error": OTHER_ACCOUNT},
}


def post(client: Client, action: str, messages: list[Message], **more: Any) -> Any:
    data = {"action": action, "_selected_action": [message.pk for message in messages], "index": 0, **more}
    return client.post(reverse(LIST), data)


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


@pytest.mark.parametrize("action", ASKING)
def test_more_than_one_is_asked_about_with_the_exact_number(
    staff: Client, make_message: MakeMessage, gateway: Sandbox, action: str
):
    messages = [make_message(**ASKING[action]) for _number in range(3)]
    messages.append(make_message(state="delivered"))
    page = post(staff, action, messages)
    assert page.status_code == 200
    assert page.context["count"] == 3
    assert page.context["left"] == [("delivered", 1)]
    assert "3 messages" in page.context["button"]
    assert states() == [ASKING[action]["state"]] * 3 + ["delivered"]
    assert gateway.request_count == 0


@pytest.mark.parametrize("action", ASKING)
def test_what_the_page_posts_does_it(staff: Client, make_message: MakeMessage, gateway: Sandbox, action: str):
    messages = [make_message(**ASKING[action]) for _number in range(2)]
    shown = post(staff, action, messages).context
    answer = post(staff, shown["action"], messages, _confirm=str(shown["count"]), select_across=shown["select_across"])
    assert answer.status_code == 302
    assert not Message.objects.filter(**ASKING[action]).exists()


def test_one_message_goes_without_a_question(staff: Client, draft: Message, inline: Sandbox):
    assert post(staff, "send_selected", [draft]).status_code == 302
    assert states() == ["accepted"]


def test_those_who_opted_out_are_not_counted_and_told(staff: Client, make_message: MakeMessage, gateway: Sandbox):
    Recipient.objects.create(phone="+380501112233", opted_out_at=timezone.now())
    messages = [make_message(state="draft", phone=phone) for phone in ("+380501112233", "+380971234567")]
    page = post(staff, "send_selected", messages)
    assert page.context["count"] == 1
    assert page.context["left"] == [("the recipient opted out", 1)]


def test_the_balance_last_seen_stands_beside_the_number(staff: Client, make_message: MakeMessage, gateway: Sandbox):
    messages = [make_message(state="draft") for _number in range(2)]
    assert "On the account" not in post(staff, "send_selected", messages).content.decode()
    Connection.objects.create(pk=1, balance_amount="12.5", balance_currency="UAH", balance_at=timezone.now())
    assert "12.50 UAH" in post(staff, "send_selected", messages).content.decode()


def test_where_nothing_can_be_done_nothing_is_asked(staff: Client, make_message: MakeMessage, gateway: Sandbox):
    messages = [make_message(state="delivered") for _number in range(2)]
    assert post(staff, "send_selected", messages).status_code == 302


def test_where_there_are_more_than_shown_it_asks_again(staff: Client, make_message: MakeMessage, gateway: Sandbox):
    messages = [make_message(state="draft") for _number in range(2)]
    post(staff, "send_selected", messages, select_across="1")
    make_message(state="draft")
    again = post(staff, "send_selected", messages, select_across="1", _confirm="2")
    assert again.context["count"] == 3
    assert "There are more messages than a moment ago" in again.content.decode()
    assert states() == ["draft"] * 3


@pytest.mark.parametrize("number", ["", "0", "yes", "-5", "9" * 40, "²"])
def test_a_forged_number_is_no_yes(staff: Client, make_message: MakeMessage, gateway: Sandbox, number: str):
    messages = [make_message(state="draft") for _number in range(2)]
    assert shown(post(staff, "send_selected", messages, _confirm=number))
    assert states() == ["draft"] * 2


def test_pressing_the_button_twice_sends_once(staff: Client, make_message: MakeMessage, inline: Sandbox):
    messages = [make_message(state="draft") for _number in range(2)]
    for _press in range(2):
        post(staff, "send_selected", messages, _confirm="2")
    assert [inline.submissions[message.reference] for message in messages] == [1, 1]


def test_two_people_at_once_send_once(log_in: Callable[..., Client], make_message: MakeMessage, gateway: Sandbox):
    messages = [make_message(state="draft") for _number in range(20)]
    people = [log_in("view_message", "send_message", name=name) for name in ("olena", "taras")]
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        for person in people:
            post(person, "send_selected", messages, _confirm="20")
    else:
        threads = [threading.Thread(target=_press, args=(person, messages)) for person in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert states() == ["queued"] * 20
    told = [str(message) for person in people for message in person.get(reverse(LIST)).context["messages"]]
    put = [int(sentence.split()[0]) for sentence in told if "processed" in sentence]
    assert sum(put) == 20


def _press(person: Client, messages: list[Message]) -> None:
    try:
        post(person, "send_selected", messages, _confirm="20")
    finally:
        connections.close_all()


def test_a_question_about_everything_costs_the_same_however_much_it_is(
    staff: Client, make_message: MakeMessage, gateway: Sandbox
):
    def ask(count: int) -> int:
        Message.objects.all().delete()
        drafts = [make_message(state="draft") for _number in range(count)]
        with CaptureQueriesContext(connection) as captured:
            page = post(staff, "send_selected", drafts[:1], select_across="1")
        assert page.context["count"] == count
        return len(captured)

    ask(2)  # What a list remembers for a minute is asked for by the first page.
    assert ask(30) == ask(3)


def test_a_whole_page_and_all_after_it_is_one_small_form(staff: Client, gateway: Sandbox):
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text", "state": "draft"}
    copied_rows.copy(Message.objects.create(**content), 1500)
    drafts = list(Message.objects.order_by("-pk")[:50])
    page = post(staff, "send_selected", drafts, select_across="1").content.decode()
    assert page.count("<input") < 100
    post(staff, "send_selected", drafts, select_across="1", _confirm="1500")
    assert set(states()) == {"queued"}
