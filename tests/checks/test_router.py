"""Where the site's router keeps our tables."""

from typing import Any

import pytest

from tests.checks.asking import RIGHT, messages_of


def said(settings: Any, router: str) -> list[str]:
    settings.DATABASE_ROUTERS = [f"tests.delivery.routers.{router}"]
    return [message.msg for message in messages_of(RIGHT) if message.id == "viber_messaging.W012"]


@pytest.mark.parametrize("router", ["ReadFromReplica", "MessagesElsewhere"])
def test_one_database_for_all_our_tables_passes(settings: Any, router: str):
    assert said(settings, router) == []


def test_people_in_another_database_than_messages_are_told(settings: Any):
    (sentence,) = said(settings, "PeopleElsewhere")
    assert "Recipient, RecipientGroup, Recipient_groups" in sentence
    assert "Message" not in sentence.split()
