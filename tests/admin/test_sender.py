"""Senders: what the gateway thinks of their names, which one is the default, how much arrives."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests import copied_rows, doors
from tests.admin.page import shown
from viber_messaging.api import send_message
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

MakeMessage = Callable[..., Message]

LIST = "admin:viber_messaging_sender_changelist"


def page_of(client: Client, sender: Sender) -> str:
    return shown(client.get(reverse("admin:viber_messaging_sender_change", args=[sender.pk])))


@pytest.mark.parametrize(
    ("answers", "words", "look"),
    [
        ([], "not tried yet", "draft"),
        ([("queued", None)], "not tried yet", "draft"),
        ([("accepted", 1)], "accepted by the gateway", "accepted"),
        ([("rejected", 202)], "the gateway refuses it: not registered (202)", "rejected"),
        ([("undelivered", 112)], "the operator refuses it: not approved (112)", "rejected"),
        ([("rejected", 202), ("delivered", 102)], "accepted by the gateway", "accepted"),
        ([("read", 116), ("rejected", 202)], "the gateway refuses it: not registered (202)", "rejected"),
        ([("delivered", 102), ("rejected", 203), ("failed", None)], "accepted by the gateway", "accepted"),
    ],
)
def test_the_last_answer_that_tells_is_told_in_words_and_colour(
    admin_client: Client, sender: Sender, make_message: MakeMessage, configure: Any, answers: Any, words: str, look: str
):
    configure(DISPATCH="worker")
    make_message(sender="Other", state="rejected", status_code=202)
    for state, code in answers:
        make_message(state=state, status_code=code)
    badge = f'<span class="viber-state viber-state-{look}">{words}</span>'
    assert badge in admin_client.get(reverse(LIST)).content.decode()
    assert badge in page_of(admin_client, sender)


def test_a_refusal_comes_with_what_to_do(admin_client: Client, sender: Sender, make_message: MakeMessage):
    make_message(state="rejected", status_code=202)
    assert "Register it with the gateway" in page_of(admin_client, sender)


def test_what_the_gateway_really_answers_is_understood(admin_client: Client, sender: Sender, gateway: Sandbox):
    Sender.objects.create(name="Unknown")
    send_message("+380990000202", "Text", sender="Unknown")
    send_message("+380971234567", "Text", sender="SMSTest")
    doors.work()
    page = admin_client.get(reverse(LIST)).content.decode()
    assert "not registered (202)" in page
    assert "accepted by the gateway" in page


def test_how_much_of_what_ended_was_delivered(admin_client: Client, sender: Sender, make_message: MakeMessage):
    for state in ("delivered", "read", "delivered", "undelivered", "accepted", "draft"):
        make_message(state=state)
    assert '<td class="field-delivered">75 %</td>' in admin_client.get(reverse(LIST)).content.decode()


def test_nothing_ended_is_a_dash(admin_client: Client, sender: Sender):
    assert '<td class="field-delivered">–</td>' in admin_client.get(reverse(LIST)).content.decode()


def test_marking_a_default_takes_the_place_of_the_one_before(admin_client: Client, sender: Sender):
    sender.is_default = True
    sender.save()
    data = {"name": "Kvitka", "is_active": "on", "is_default": "on"}
    admin_client.post(reverse("admin:viber_messaging_sender_add"), data)
    assert list(Sender.objects.filter(is_default=True).values_list("name", flat=True)) == ["Kvitka"]
    sender.refresh_from_db()
    sender.save()
    assert Sender.objects.get(is_default=True).name == "Kvitka"


def test_an_inactive_sender_is_no_default(admin_client: Client):
    page: Any = admin_client.post(reverse("admin:viber_messaging_sender_add"), {"name": "Kvitka", "is_default": "on"})
    assert "is_default" in page.context["adminform"].form.errors


@pytest.mark.parametrize(
    ("senders", "chosen"),
    [
        ({"Alpha": {}, "Kvitka": {"is_default": True}}, "Kvitka"),
        ({"Alpha": {}, "Kvitka": {}}, ""),
        ({"Alpha": {}, "Kvitka": {"is_active": False}}, "Alpha"),
        ({"Alpha": {}, "Beta": {}, "Kvitka": {"is_default": True, "is_active": False}}, ""),
        ({}, ""),
    ],
)
@pytest.mark.parametrize("model", ["message", "campaign"])
def test_the_default_sender_is_chosen_where_one_is_written(
    admin_client: Client, model: str, senders: dict[str, Any], chosen: str
):
    for name, fields in senders.items():
        Sender.objects.create(name=name, **fields)
    page: Any = admin_client.get(reverse(f"admin:viber_messaging_{model}_add"))
    assert page.context["adminform"].form["sender"].value() == chosen


def test_a_draft_keeps_its_own_sender(admin_client: Client, draft: Message):
    Sender.objects.create(name="Kvitka", is_default=True)
    page: Any = admin_client.get(reverse("admin:viber_messaging_message_change", args=[draft.pk]))
    assert page.context["adminform"].form["sender"].value() == "SMSTest"


def test_code_that_names_no_sender_sends_under_the_default_one(gateway: Sandbox):
    Sender.objects.create(name="Alpha")
    Sender.objects.create(name="Kvitka", is_default=True)
    assert send_message("097 123-45-67", "Text").sender == "Kvitka"


def test_without_a_default_code_has_to_name_a_sender(gateway: Sandbox):
    with pytest.raises(ValidationError) as caught:
        send_message("097 123-45-67", "Text")
    assert list(caught.value.message_dict) == ["sender"]
    assert not Message.objects.exists()


def test_a_million_queued_messages_are_not_read_to_learn_of_a_sender(
    admin_client: Client, sender: Sender, django_assert_max_num_queries: Any
):
    content = {"sender": "SMSTest", "phone": "+380971234567", "text": "Text"}
    Message.objects.bulk_create([Message(**content, state="delivered", status_code=102)])
    copied_rows.copy(Message.objects.create(**content, state="queued"), 1500)
    with django_assert_max_num_queries(9):
        page = admin_client.get(reverse(LIST)).content.decode()
    assert "accepted by the gateway" in page
