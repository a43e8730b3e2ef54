"""Deleting what ended long ago."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import models
from django.db.models.signals import post_delete, pre_delete
from django.utils import timezone

from tests import doors
from tests.moments import Moments, original
from viber_messaging.models import Message, SendAttempt
from viber_messaging.states import FINAL_STATES, MessageState

BATCH_QUERIES = 7
"""The look, BEGIN, what holds the rows where they can be held, the SMS let go, two DELETEs, COMMIT.

Then a look that finds no more.
"""


@pytest.fixture
def messages(transactional_db: None, configure: Any, make_message: Any) -> dict[str, Message]:
    configure(DISPATCH="worker")
    old = timezone.now() - timedelta(days=40)
    made = {state: make_message(state=state, completed_at=old) for state in MessageState}
    for message in made.values():
        SendAttempt.objects.create(message=message, number=1, started_at=old, finished_at=old, outcome="unknown")
    make_message(state=MessageState.DELIVERED, completed_at=timezone.now())
    return made


def test_only_what_ended_long_ago_is_deleted(messages: dict[str, Message], moments: Moments):
    moments.set("messages in a batch of pruning", 2)
    call_command("viber_prune", older_than=30)
    left = set(Message.objects.values_list("state", flat=True))
    assert left == {*MessageState} - FINAL_STATES | {MessageState.DELIVERED}
    assert SendAttempt.objects.count() == len(left) - 1


@pytest.mark.parametrize(
    ("accepted_days_ago", "scheduled_in_days", "older_than", "is_left"),
    [(40, None, 30, False), (40, None, 50, True), (10, None, 5, True), (40, 1, 30, True), (400, -380, 30, False)],
)
@pytest.mark.django_db(transaction=True)
def test_what_nobody_asks_about_any_more_has_ended(
    configure: Any,
    make_message: Any,
    accepted_days_ago: int,
    scheduled_in_days: int | None,
    older_than: int,
    is_left: bool,
):
    configure(DISPATCH="worker", STATUS_MAX_AGE=14 * 86400)
    now = timezone.now()
    scheduled_at = None if scheduled_in_days is None else now + timedelta(days=scheduled_in_days)
    accepted_at = now - timedelta(days=accepted_days_ago)
    make_message(state=MessageState.ACCEPTED, accepted_at=accepted_at, scheduled_at=scheduled_at)
    call_command("viber_prune", older_than=older_than)
    assert Message.objects.exists() is is_left


@pytest.mark.parametrize("days", [0, -1, 400_000, 10**12])
def test_days_that_no_calendar_holds_are_told(days: int):
    with pytest.raises(CommandError, match="--older-than"):
        call_command("viber_prune", older_than=days)


def test_the_site_is_told_of_each_that_is_deleted(messages: dict[str, Message], moments: Moments):
    moments.set("messages in a batch of pruning", 2)
    told: list[int] = []

    def listen(instance: Message, **kwargs: Any) -> None:
        told.append(instance.pk)

    pre_delete.connect(listen, sender=Message)
    try:
        call_command("viber_prune", older_than=30)
    finally:
        pre_delete.disconnect(listen, sender=Message)
    assert sorted(told) == sorted(messages[state].pk for state in FINAL_STATES)
    assert SendAttempt.objects.count() == Message.objects.count() - 1


@pytest.mark.parametrize("signal", [pre_delete, post_delete])
@pytest.mark.parametrize("model", [Message, SendAttempt])
def test_whoever_is_told_may_read_what_is_deleted(messages: dict[str, Message], signal: Any, model: Any):
    read: list[int] = []

    def listen(instance: Any, **kwargs: Any) -> None:
        read.append(instance.reference if model is Message else instance.message.reference)

    signal.connect(listen, sender=model)
    try:
        call_command("viber_prune", older_than=30)
    finally:
        signal.disconnect(listen, sender=model)
    assert sorted(read) == sorted(messages[state].reference for state in FINAL_STATES)


@pytest.fixture
def note() -> Iterator[type[models.Model]]:
    """A model of the site's that points to messages, and of which messages know nothing."""

    class Note(models.Model):
        message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")

        class Meta:
            app_label = "admin"

        def __str__(self) -> str:
            return f"{self.pk}"

    yield Note
    del apps.all_models["admin"]["note"]
    apps.clear_cache()


def test_rows_of_the_site_are_looked_for_even_where_messages_do_not_name_them(note: type[models.Model]):
    assert not original("whether messages stand alone")()


def test_where_nothing_hangs_on_messages_nothing_is_looked_for():
    assert original("whether messages stand alone")()


@pytest.mark.parametrize("has_receiver", [False, True])
def test_one_that_a_person_queues_again_meanwhile_stays_with_its_attempts(
    messages: dict[str, Message], moments: Moments, has_receiver: bool
):
    next_pks = moments.original("the look for what to prune")

    def look_and_retry(*args: Any) -> list[int]:
        found = next_pks(*args)
        doors.retry(Message.objects.filter(pk=messages[MessageState.FAILED].pk))
        return found

    moments.replace("the look for what to prune", look_and_retry)
    moments.replace("whether messages stand alone", lambda: not has_receiver)
    call_command("viber_prune", older_than=30)
    kept = Message.objects.get(pk=messages[MessageState.FAILED].pk)
    assert (kept.state, kept.attempts.count()) == (MessageState.QUEUED, 1)


@pytest.mark.parametrize("count", [1, 10])
def test_a_batch_costs_the_same_few_queries_however_many_it_deletes(
    transactional_db: None, make_message: Any, configure: Any, django_assert_max_num_queries: Any, count: int
):
    configure(DISPATCH="worker")
    for _ in range(count):
        make_message(state=MessageState.READ, completed_at=timezone.now() - timedelta(days=40))
    with django_assert_max_num_queries(BATCH_QUERIES + 1):
        assert doors.prune(timezone.now()) == count


def test_a_dry_run_only_counts(messages: dict[str, Message], capsys: pytest.CaptureFixture[str]):
    before = Message.objects.count()
    call_command("viber_prune", older_than=30, dry_run=True)
    assert capsys.readouterr().out == f"{len(FINAL_STATES)} messages would be deleted.\n"
    assert Message.objects.count() == before


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_terminal_shows_how_far_it_is(
    messages: dict[str, Message], monkeypatch: pytest.MonkeyPatch, moments: Moments, capsys: Any, is_terminal: bool
):
    moments.set("messages in a batch of pruning", 4)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    call_command("viber_prune", older_than=30)
    shown = "4 so far\r6 so far\r" if is_terminal else ""
    assert capsys.readouterr().out == f"{shown}{len(FINAL_STATES)} messages deleted.\n"
