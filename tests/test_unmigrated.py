"""A database without our tables: commands, checks, the API and the admin say the same, and what to do."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import Error, connections
from django.test import Client
from django.urls import reverse

from tests.delivery.routers import REPLICA
from tests.elsewhere import second_database
from viber_messaging import api
from viber_messaging.models import Message
from viber_messaging.sandbox import Sandbox

SENTENCE = "The tables are missing or outdated: run manage.py migrate."
PHONE = "+380971234567"


def message() -> Message:
    return Message(sender="SMSTest", phone=PHONE, text="Text")


@pytest.fixture
def unmigrated(gateway: Sandbox, configure: Callable[..., None], settings: Any) -> Iterator[None]:
    """Our tables would be in a database to which no migration was applied."""
    configure(DISPATCH="inline")
    settings.DATABASE_ROUTERS = ["tests.delivery.routers.MessagesElsewhere"]
    with second_database():
        yield


COMMANDS = [
    ["viber_worker", "--once"],
    ["viber_balance"],
    ["viber_health"],
    ["viber_health", "--json"],
    ["viber_prune", "--older-than", "30"],
    ["viber_forget", PHONE],
    ["viber_export_person", PHONE],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_command_says_what_to_do(unmigrated: None, command: list[str]):
    with pytest.raises(CommandError) as caught:
        call_command(*command)
    assert str(caught.value) == SENTENCE


CALLS: dict[str, Callable[[], Any]] = {
    "send_message": lambda: api.send_message(PHONE, "Text", sender="SMSTest"),
    "send_message with a key": lambda: api.send_message(PHONE, "Text", sender="SMSTest", key="order-42"),
    "send_messages": lambda: api.send_messages([message()]),
    "get_balance": api.get_balance,
    "opt_out": lambda: api.opt_out(PHONE),
    "export_person": lambda: api.export_person(PHONE),
    "save": lambda: message().save(),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_says_what_to_do_and_tries_only_once(unmigrated: None, name: str, caplog: pytest.LogCaptureFixture):
    with pytest.raises(Error) as caught:
        CALLS[name]()
    assert str(caught.value).startswith(f"{SENTENCE} (no such table: viber_messaging_")
    assert "trying again" not in caplog.text


PAGES = ["message_changelist", "message_add", "recipient_changelist", "recipient_import", "campaign_changelist"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_of_the_admin_says_what_to_do(unmigrated: None, admin_client: Client, page: str):
    response = admin_client.get(reverse(f"admin:viber_messaging_{page}"))
    assert response.status_code == 503
    assert SENTENCE in response.content.decode()


def test_the_app_s_first_page_says_what_to_do(unmigrated: None, admin_client: Client):
    response = admin_client.get(reverse("admin:app_list", args=["viber_messaging"]))
    assert (response.status_code, SENTENCE in response.content.decode()) == (200, True)


def test_another_failure_of_the_database_is_still_an_error(gateway: Sandbox, admin_client: Client, moments: Any):
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise Error("the disk is on fire")

    moments.replace("the banner", fail)
    with pytest.raises(Error, match=r"^the disk is on fire$"):
        admin_client.get(reverse("admin:viber_messaging_message_changelist"))


def said(number: str, **options: Any) -> list[Any]:
    return [one for one in run_checks(tags=["viber_messaging"], **options) if one.id == f"viber_messaging.{number}"]


def test_a_check_of_the_database_says_what_to_do(unmigrated: None):
    (told,) = said("W013", databases=[REPLICA])
    assert told.msg == SENTENCE
    assert f"migrate --database {REPLICA}: the database lacks viber_messaging_campaign, " in told.hint
    assert said("W013", databases=["default"]) == []
    assert said("W013") == []


def test_migrate_is_not_told_to_migrate(unmigrated: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.argv", ["manage.py", "migrate"])
    assert said("W013", databases=[REPLICA]) == []


@pytest.mark.django_db
def test_a_check_of_a_migrated_database_says_nothing():
    assert said("W013", databases=["default"]) == []


def test_a_column_that_a_migration_would_add_is_told(transactional_db: None):
    table, renamed = Message._meta.db_table, "ALTER TABLE {} RENAME COLUMN {} TO {}"
    with connections["default"].cursor() as cursor:
        cursor.execute(renamed.format(table, "next_attempt_at", "elsewhere"))
        try:
            (told,) = said("W013", databases=["default"])
        finally:
            cursor.execute(renamed.format(table, "elsewhere", "next_attempt_at"))
    assert f"lacks {table}." in told.hint


class NeverMigrates:
    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        return False if app_label == "viber_messaging" else None


def test_a_router_that_lets_nothing_create_the_tables_is_told(settings: Any):
    assert said("W014") == []
    settings.DATABASE_ROUTERS = [f"{__name__}.NeverMigrates"]
    (told,) = said("W014")
    assert "Message" in told.msg
    assert "'default'" in told.msg
