"""What the messages' database can keep."""

from collections.abc import Iterator

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection

from viber_messaging.api import send_messages
from viber_messaging.models import Message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'mysql'", reason="only MySQL has half of Unicode"),
]

ALTER = "ALTER TABLE viber_messaging_message CONVERT TO CHARACTER SET {}"


def ids_of_database() -> list[str]:
    return [str(message.id) for message in run_checks(tags=["viber_messaging"], databases=["default"])]


@pytest.fixture
def half_of_unicode() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute(ALTER.format("utf8mb3"))
        yield
        cursor.execute(ALTER.format("utf8mb4"))
        cursor.execute("SET foreign_key_checks = 1")


def test_a_table_that_keeps_all_of_unicode_passes() -> None:
    assert "viber_messaging.W010" not in ids_of_database()


def test_a_table_that_keeps_no_emoji_is_told(half_of_unicode: None) -> None:
    assert "viber_messaging.W010" in ids_of_database()


def test_no_database_is_asked_unless_the_checks_are_told_to() -> None:
    assert "viber_messaging.W010" not in [message.id for message in run_checks(tags=["viber_messaging"])]


def test_an_emoji_that_cannot_be_kept_saves_none_of_many(half_of_unicode: None) -> None:
    texts = ["Text", "Emoji 🎉", "Text"]
    messages = [Message(sender="SMSTest", phone="+380971234567", text=text) for text in texts]
    with pytest.raises(DatabaseError, match="Incorrect string value"):
        send_messages(messages)
    assert not Message.objects.exists()
