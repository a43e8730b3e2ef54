"""How things stand, and what is wrong with it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests import doors
from tests.doors import OTHER_ACCOUNT
from viber_messaging.api import get_balance
from viber_messaging.models import Campaign, Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.statistics import complaints, standing

MakeMessage = Callable[..., Message]
QUARTER = timedelta(minutes=15)


def wrong() -> list[str]:
    return list(complaints(standing(), oldest=QUARTER))


def test_a_site_that_just_works_has_nothing_to_complain_of(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    doors.work()
    now = standing()
    assert (now.waiting, now.on_their_way, now.has_worker) == (0, 1, True)
    assert wrong() == []


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ({"API_KEY": ""}, "nothing can be sent: "),
        ({"GATEWAY": "tests.replacing.WilfulGateway"}, "GATEWAY'] does not accept"),
    ],
)
def test_settings_that_let_nothing_be_sent_are_told(
    gateway: Sandbox, configure: Callable[..., None], written: dict[str, str], told: str
):
    doors.work()
    configure(**written)
    (complaint,) = wrong()
    assert told in complaint


def test_the_message_that_waits_longest_tells_the_age_of_the_queue(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    doors.work()
    make_message()
    clock.shift(20 * 60)
    make_message()
    assert standing().waiting == 2
    assert "messages waiting: 2, the oldest for 20 minutes" in wrong()


def test_a_pause_is_told_with_its_code(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    gateway.fail_all("error-210")
    doors.work()
    (pause,) = wrong()
    assert pause.startswith("sending is paused until ")
    assert pause.endswith("account_refused, code 210")


def test_a_worker_that_is_gone_is_missed_where_one_is_needed(gateway: Sandbox, clock: Any, configure: Any):
    assert wrong() == [
        "no worker is running (never seen); run viber_worker, or viber_worker --once from cron or Celery beat"
    ]
    doors.work()
    assert wrong() == []
    clock.shift(180)
    assert wrong()[0].startswith("no worker is running (last seen 2026-11-20 10:00")
    configure(DISPATCH="inline")
    assert wrong() == []


def test_a_worker_is_noted_every_few_seconds_and_not_at_every_round(gateway: Sandbox, clock: Any):
    doors.work()
    first = Connection.objects.current().worked_at
    clock.shift(1)
    doors.work()
    assert Connection.objects.current().worked_at == first
    clock.shift(30)
    doors.work()
    assert Connection.objects.current().worked_at > first
    clock.shift(-3600)
    doors.work()
    assert Connection.objects.current().worked_at < first


def test_a_worker_is_seen_all_through_a_long_round(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    for _ in range(3):
        make_message()
    connection_row, seen = Connection.objects.current, []

    def minutes_pass() -> bool:
        seen.append(connection_row().worked_at)
        clock.shift(60)
        return False

    doors.work(should_stop=minutes_pass)
    assert len(seen) >= 3
    assert max(seen) - min(seen) >= timedelta(minutes=len(seen) - 2)


def test_what_a_paused_campaign_holds_back_is_no_sign_of_trouble(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    campaign = Campaign.objects.create(name="Spring", sender="SMSTest", text="Hello", state="paused")
    make_message(campaign=campaign)
    clock.shift(3600)
    doors.work()
    now = standing()
    assert (now.waiting, now.held, now.oldest_at) == (1, 1, None)
    assert wrong() == []


def test_the_gateways_last_complaint_is_remembered_when_it_is_over(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    make_message()
    gateway.fail_all("error-210")
    doors.work()
    assert (standing().is_failing, standing().code) == (True, 210)
    gateway.fail_all(None)
    clock.shift(7200)
    doors.work()
    now = standing()
    assert (now.is_failing, now.reason, now.code) == (False, "account_refused", 210)
    assert str(Connection.objects.current()) == "The gateway answers."


def test_a_low_balance_is_told_once_it_was_asked_for(gateway: Sandbox, configure: Any):
    configure(LOW_BALANCE=10**7)
    doors.work()
    assert wrong() == []
    balance = get_balance()
    now = standing()
    assert (now.balance, now.currency) == (balance.amount.quantize(Decimal("0.0001")), balance.currency)
    assert wrong() == [f"the balance is low: {now.balance:.2f} {now.currency}"]


def test_the_command_is_quiet_while_all_is_well_and_fails_with_every_complaint(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, capsys: pytest.CaptureFixture[str]
):
    doors.work()
    call_command("viber_health")
    assert capsys.readouterr().out == "Sending works: messages waiting: 0, on their way: 0.\n"

    make_message()
    clock.shift(3600)
    with pytest.raises(CommandError, match=r"messages waiting: 1, the oldest for 60 minutes; no worker is running"):
        call_command("viber_health")
    doors.work()
    call_command("viber_health", oldest=1)


def test_how_things_stand_costs_six_queries_at_most(
    gateway: Sandbox, make_message: MakeMessage, django_assert_max_num_queries: Any
):
    make_message(next_attempt_at=timezone.now())
    with django_assert_max_num_queries(6):
        standing()


def test_a_request_that_failed_is_told_before_it_alarms_anybody(
    gateway: Sandbox, make_message: Callable[..., Message], capsys: pytest.CaptureFixture[str]
):
    gateway.fail_next("http-500", times=2)
    make_message()
    doors.work()
    call_command("viber_health")
    told = capsys.readouterr().out
    assert told.startswith("The last request to the gateway failed (unclear) and will be retried: ")


def test_what_waits_for_a_person_is_complained_of(gateway: Sandbox, make_message: MakeMessage):
    doors.work()
    make_message(state="unconfirmed", error=OTHER_ACCOUNT)
    make_message(state="unconfirmed")
    make_message(state="accepted", status_code=201)
    assert wrong() == [
        "1 messages may have been sent and wait for a person to decide",
        "1 messages were accepted, but the gateway no longer knows them",
    ]
