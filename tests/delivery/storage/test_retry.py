"""A database that refuses in passing is in health: what it refused is tried again, and nobody is told of an outage."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.db import OperationalError, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import MakeCampaign
from tests.moments import Moments, replaced
from viber_messaging.delivery.storage import retry
from viber_messaging.models import Campaign, Connection, Message, RecipientGroup
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import CampaignState, MessageState

MakeMessage = Callable[..., Message]


def error_with(**attributes: Any) -> OperationalError:
    error, cause = OperationalError(), sqlite3.OperationalError(*attributes.pop("args", ()))
    vars(cause).update(attributes)
    error.__cause__ = cause
    return error


PASSING = [
    *({"sqlstate": state} for state in ("40001", "40P01", "55P03")),
    {"pgcode": "40001"},
    *({"args": (number, "…")} for number in (1213, 1205, 1020)),
    *({"sqlite_errorcode": code} for code in (5, 6, 517)),
]
LASTING = [
    {},
    {"sqlstate": "57P01"},
    {"sqlstate": None},
    {"args": (2006, "gone away")},
    {"args": ("locked",)},
    {"sqlite_errorcode": 13},
]


@pytest.mark.parametrize("attributes", PASSING, ids=str)
def test_a_refusal_in_passing_is_known_by_its_number(attributes: dict[str, Any]):
    assert retry.is_passing(error_with(**attributes))


@pytest.mark.parametrize("attributes", LASTING, ids=str)
def test_all_else_is_a_failure(attributes: dict[str, Any]):
    assert not retry.is_passing(error_with(**attributes))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("attributes", "tries"), [({"sqlstate": "40001"}, 20), ({}, 3)], ids=["temporary", "away"])
def test_one_that_refuses_is_asked_more_often_than_one_that_is_away(
    moments: Moments, attributes: dict[str, Any], tries: int
):
    moments.set("seconds of the longest pause", 0.001)
    made = list[int]()

    def work() -> None:
        made.append(1)
        raise error_with(**attributes)

    with pytest.raises(OperationalError):
        retry.persist(work)
    assert len(made) == tries


@pytest.mark.django_db(transaction=True)
def test_in_a_transaction_nothing_is_tried_again():
    made = list[int]()

    def work() -> None:
        made.append(1)
        raise error_with(sqlstate="40001")

    with pytest.raises(OperationalError), transaction.atomic():
        retry.persist(work)
    assert made == [1]


@pytest.mark.django_db(transaction=True)
def test_what_a_lost_commit_came_to_is_looked_for_before_another_try():
    made = list[int]()

    def work() -> str:
        made.append(1)
        raise error_with()

    assert retry.persist(work, found=lambda: "it was committed") == "it was committed"
    assert made == [1]


@contextmanager
def refusing() -> Iterator[set[str]]:
    """Refuse each statement when it is executed for the first time, as under SERIALIZABLE any may be."""
    seen, execute = set[str](), CursorWrapper._execute  # type: ignore[attr-defined]

    def refuse(self: Any, sql: str, *args: Any) -> Any:
        if sql not in seen and not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            seen.add(sql)
            raise error_with(sqlite_errorcode=5)
        return execute(self, sql, *args)

    with (
        mock.patch.object(CursorWrapper, "_execute", refuse),
        replaced("seconds of the longest pause", 0.0),
    ):
        yield seen


def test_no_statement_of_a_run_ends_it(
    gateway: Sandbox,
    make_message: MakeMessage,
    make_campaign: MakeCampaign,
    crowd: Callable[..., RecipientGroup],
    clock: Any,
):
    """Expansion, claims, answers, doubts, dead workers, statuses, opt-outs and the end of a campaign."""
    campaign = make_campaign(crowd(3))
    make_message()
    doors.claim(1)
    clock.shift(301)
    for scenario in ("lost-answer", "refused-203", "http-502"):
        make_message()
        gateway.fail_next(scenario, command="message-viber")
    make_message(scheduled_at=timezone.now() + timedelta(hours=1))
    with refusing() as refused:
        for _ in range(12):
            doors.work()
            clock.shift(61)
            gateway.advance(61)
    assert len(refused) > 30
    assert not Connection.objects.filter(reason="unrecorded").exists()
    assert not Message.objects.filter(state__in=[MessageState.SENDING, MessageState.QUEUED]).exists()
    assert set(gateway.submissions.values()) == {1}
    assert Campaign.objects.get(pk=campaign.pk).state == CampaignState.FINISHED


def test_no_statement_of_an_inline_send_ends_it(gateway: Sandbox, make_message: MakeMessage):
    messages = [make_message() for _ in range(3)]
    with refusing():
        for message in messages:
            doors.send_inline([message.pk])
    assert doors.connection_state().failure_count == 0
    assert set(Message.objects.values_list("state", flat=True)) <= {MessageState.ACCEPTED, MessageState.DELIVERED}
