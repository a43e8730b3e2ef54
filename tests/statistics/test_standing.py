"""How things stand, and what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from viber_messaging.api import get_balance
from viber_messaging.delivery import worker
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.statistics import complaints, standing

MakeMessage = Callable[..., Message]
QUARTER = timedelta(minutes=15)


def wrong() -> list[str]:
    return list(complaints(standing(), oldest=QUARTER))


def test_a_site_that_just_works_has_nothing_to_complain_of(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    worker.run_due()
    now = standing()
    assert (now.waiting, now.on_their_way, now.has_worker) == (0, 1, True)
    assert wrong() == []


def test_the_message_that_waits_longest_tells_the_age_of_the_queue(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    worker.run_due()
    make_message()
    clock.shift(20 * 60)
    make_message()
    assert standing().waiting == 2
    assert "2 messages wait, the oldest for 20 minutes" in wrong()


def test_a_pause_is_told_with_its_code(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    gateway.fail_all("error-210")
    worker.run_due()
    (pause,) = wrong()
    assert pause.startswith("sending is paused until ")
    assert pause.endswith("account_refused, code 210")


def test_a_worker_that_is_gone_is_missed_where_one_is_needed(gateway: Sandbox, clock: Any, configure: Any):
    assert wrong() == ["no worker was seen, never one"]
    worker.run_due()
    assert wrong() == []
    clock.shift(180)
    assert wrong()[0].startswith("no worker was seen, the last one 2026-11-20 10:00")
    configure(DISPATCH="inline")
    assert wrong() == []


def test_a_worker_is_noted_every_few_seconds_and_not_at_every_round(gateway: Sandbox, clock: Any):
    worker.run_due()
    first = Connection.objects.current().worked_at
    clock.shift(1)
    worker.run_due()
    assert Connection.objects.current().worked_at == first
    clock.shift(30)
    worker.run_due()
    assert Connection.objects.current().worked_at > first
    clock.shift(-3600)
    worker.run_due()
    assert Connection.objects.current().worked_at < first


def test_a_low_balance_is_told_once_it_was_asked_for(gateway: Sandbox, configure: Any):
    configure(LOW_BALANCE=10**7)
    worker.run_due()
    assert wrong() == []
    balance = get_balance()
    now = standing()
    assert (now.balance, now.currency) == (balance.amount.quantize(Decimal("0.0001")), balance.currency)
    assert wrong() == [f"the balance is low: {now.balance:.2f} {now.currency}"]


def test_the_command_is_quiet_while_all_is_well_and_fails_with_every_complaint(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, capsys: pytest.CaptureFixture[str]
):
    worker.run_due()
    call_command("viber_health")
    assert capsys.readouterr().out == "Sending goes well: 0 wait, 0 are on their way.\n"
    make_message()
    clock.shift(3600)
    with pytest.raises(CommandError, match=r"1 messages wait, the oldest for 60 minutes; no worker was seen"):
        call_command("viber_health")
    worker.run_due()
    call_command("viber_health", oldest=1)


def test_how_things_stand_costs_two_queries(
    gateway: Sandbox, make_message: MakeMessage, django_assert_num_queries: Any
):
    make_message(next_attempt_at=timezone.now())
    with django_assert_num_queries(2):
        standing()
