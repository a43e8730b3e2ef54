"""The history of a message, and of other things: facts, told in the language of who reads them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tests.admin.conftest import change_url
from viber_messaging.admin.pages.sentences import in_english, in_own_words
from viber_messaging.models import Message, Sender
from viber_messaging.sandbox import Sandbox

UK = {"headers": {"accept-language": "uk"}}


def titles(client: Client, message: Message) -> list[str]:
    return [event.title for event in client.get(change_url(message)).context["viber_story"]]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    with translation.override(language):
        yield


def test_a_press_is_told_before_its_effect(
    inline: Sandbox, staff: Client, sender: Sender, form: Callable[..., dict[str, Any]]
):
    staff.post(reverse("admin:viber_messaging_message_add"), form(_send="1", phone="+380990000203"))
    message = Message.objects.get()
    staff.post(reverse("admin:viber_messaging_message_act", args=[message.pk]), {"action": "retry_selected"})
    told = titles(staff, message)
    assert told[:2] == ["Created", "Send was pressed"]
    assert told.index("Retried") < told.index("Queued") < told.index("Attempt 2: rejected")


def test_a_cancelled_message_is_told_once(staff: Client, gateway: Sandbox, make_message: Callable[..., Message]):
    message = make_message()
    staff.post(reverse("admin:viber_messaging_message_act", args=[message.pk]), {"action": "cancel_selected"})
    assert titles(staff, message).count("Cancelled") == 1
    other = make_message(phone="+380971234568", state="cancelled")
    Message.objects.filter(pk=other.pk).update(completed_at=other.created_at)
    assert titles(staff, other).count("Cancelled") == 1


def test_what_was_done_in_one_language_is_read_in_another(
    staff: Client, gateway: Sandbox, make_message: Callable[..., Message]
):
    message = make_message()
    url = reverse("admin:viber_messaging_message_act", args=[message.pk])
    staff.post(url, {"action": "cancel_selected"}, **UK)
    assert LogEntry.objects.get().change_message == "Cancelled"
    history = reverse("admin:viber_messaging_message_history", args=[message.pk])
    assert "Cancelled" in staff.get(history).content.decode()
    with speaking("uk"):
        assert in_own_words("Cancelled") != "Cancelled"
        assert in_own_words("Cancelled") in unescape(staff.get(history, **UK).content.decode())


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("Exported: all, 3 rows", "Експортовано: усе, 3 рядки"),
        ("Exported: people who were not reached, 1 row", "Експортовано: до кого не дійшло, 1 рядок"),
        ("Copied from: All, 3 rows", "Скопійовано з групи: All, 3 rows"),
        ("2 numbers were added to “Друзі”.", "2 номери додано до групи «Друзі»."),
        ("Imported from a.xlsx. New: 2; Invalid: 1.", "Імпортовано з файлу a.xlsx. Нові: 2; З помилками: 1."),
        ("Зроблено колись", "Зроблено колись"),
        ("", ""),
    ],
)
def test_an_entry_with_values_is_read_in_ukrainian(entry: str, told: str):
    with speaking("uk"):
        assert in_own_words(entry) == told


def test_an_entry_is_stored_in_english_whoever_acts():
    with speaking("uk"):
        assert in_english(lambda: translation.gettext("Cancelled")) == "Cancelled"
