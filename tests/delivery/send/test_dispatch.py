"""Sending what is due, against every way in which the gateway may answer."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from tests import doors
from tests.moments import Moments
from viber_messaging.delivery.connection import outages
from viber_messaging.delivery.decisions import outcomes
from viber_messaging.delivery.decisions.backoff import LONGEST_PAUSE_SECONDS
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send import dispatch
from viber_messaging.delivery.storage.tables import TransactionOpen
from viber_messaging.gateway import errors
from viber_messaging.models import Connection, Message, Recipient, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]


def attempts_of(message: Message) -> list[str]:
    return list(message.attempts.order_by("pk").values_list("outcome", flat=True))


def settled(message: Message, clock: Any, rounds: int = 12) -> Message:
    """Run the worker, a minute between two rounds, until nothing is left to do."""
    for _ in range(rounds):
        doors.work()
        message.refresh_from_db()
        if message.msg_id or message.state in (MessageState.REJECTED, MessageState.FAILED):
            return message
        clock.shift(60)
    return message


def test_a_queued_message_is_accepted_and_bears_the_gateways_number(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    doors.work()
    message.refresh_from_db()
    assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert message.attempt_count == 1
    assert message.claim_token is None
    assert message.accepted_at is not None
    assert attempts_of(message) == [AttemptOutcome.ACCEPTED]


def test_a_plainly_accepted_attempt_keeps_no_excerpt_of_the_answer(gateway: Sandbox, make_message: MakeMessage):
    message = make_message()
    doors.work()
    attempt = message.attempts.get()
    assert (attempt.reply, attempt.error, attempt.http_status, attempt.status_code) == ("", "", 200, 1)


def test_messages_travel_in_packages(gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]):
    configure(PACKAGE_SIZE=4)
    for _ in range(10):
        make_message()
    doors.work()
    sends = [request for request in gateway.requests if request.command == "message-viber"]
    assert [len(request.ids) for request in sends] == [4, 4, 2]


def test_a_limit_leaves_the_rest_queued(gateway: Sandbox, make_message: MakeMessage):
    for _ in range(5):
        make_message()
    doors.work(limit=2)
    assert len(gateway.accepted) == 2
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 3


def test_nothing_is_sent_inside_a_transaction(gateway: Sandbox, make_message: MakeMessage):
    make_message()
    with transaction.atomic(), pytest.raises(TransactionOpen):
        doors.work()
    assert not gateway.accepted


def test_no_transaction_is_open_while_the_gateway_is_asked(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    from viber_messaging.gateway.client import Client

    seen: list[bool] = []
    send = moments.original("the request to send")

    def watched(self: Client, messages: Any) -> Any:
        seen.append(database.in_atomic_block)
        return send(self, messages)

    moments.replace("the request to send", watched)
    make_message()
    doors.work()
    assert seen == [False]


def test_the_claim_is_committed_before_the_first_byte_leaves(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    from viber_messaging.gateway.client import Client

    seen: list[tuple[str, int]] = []
    send = moments.original("the request to send")

    def watched(self: Client, messages: Any) -> Any:
        row = Message.objects.get()
        seen.append((row.state, row.attempt_count))
        return send(self, messages)

    moments.replace("the request to send", watched)
    make_message()
    doors.work()
    assert seen == [(MessageState.SENDING, 1)]


@pytest.mark.parametrize("code", [200, 201, 202, 203, 204, 207])
def test_a_refused_message_is_rejected_with_its_code_and_the_others_go_out(
    gateway: Sandbox, make_message: MakeMessage, code: int
):
    refused, other = make_message(phone=f"+380990000{code}"), make_message()
    doors.work()
    refused.refresh_from_db()
    other.refresh_from_db()
    assert (refused.state, refused.status_code, refused.msg_id) == (MessageState.REJECTED, code, "")
    assert refused.error
    assert attempts_of(refused) == [AttemptOutcome.REJECTED]
    assert other.msg_id


LOST_ANSWERS = [
    "lost-answer", "reset", "silence", "drip", "cut", "half", "garbage", "empty", "broken-gzip", "doctype",
    "http-502", "left-out", "strange-code",
]  # fmt: skip


@pytest.mark.parametrize("scenario", LOST_ANSWERS)
def test_a_message_whose_answer_is_lost_is_asked_for_and_not_sent_again(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, scenario: str
):
    message = make_message()
    gateway.fail_next(scenario, command="message-viber")
    settled(message, clock)
    assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert gateway.submissions[message.reference] == 1
    assert attempts_of(message) == [AttemptOutcome.UNKNOWN]


@pytest.mark.parametrize("scenario", ["dropped", "http-500", "http-503"])
def test_a_message_that_never_arrived_is_sent_again_under_the_same_reference(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, scenario: str
):
    message = make_message()
    reference = message.reference
    gateway.fail_next(scenario, command="message-viber")
    settled(message, clock)
    assert message.reference == reference
    assert gateway.times_accepted(reference) == 1
    assert message.msg_id
    assert attempts_of(message) == [AttemptOutcome.UNKNOWN, AttemptOutcome.ACCEPTED]


@pytest.mark.parametrize(
    "scenario", ["bom", "other-wrapper", "error-beside", "other-order", "spaces", "stranger", "twice", "slow"]
)
def test_an_odd_answer_is_read_all_the_same(gateway: Sandbox, make_message: MakeMessage, scenario: str):
    messages = [make_message() for _ in range(3)]
    gateway.fail_next(scenario, command="message-viber")
    doors.work()
    for message in messages:
        message.refresh_from_db()
        assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
        assert attempts_of(message) == [AttemptOutcome.ACCEPTED]


@pytest.mark.parametrize(
    "scenario", ["error-202", "error-205", "error-209", "error-210", "http-401", "http-403", "http-404", "http-302"]
)
def test_a_refused_account_leaves_everything_queued_and_pauses(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], scenario: str
):
    configure(PACKAGE_SIZE=2)
    for _ in range(6):
        make_message()
    gateway.fail_all(scenario)
    report = doors.work()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.QUEUED}
    assert gateway.request_count == 1
    assert report.problem
    assert Connection.objects.current().is_paused(timezone.now())


def test_a_paused_connection_is_left_alone_and_tried_again_later(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_all("error-205")
    for _ in range(5):
        doors.work()
    assert gateway.request_count == 1
    gateway.fail_all(None)
    settled(message, clock)
    assert message.msg_id
    assert Connection.objects.current().failure_count == 0


def test_an_hour_of_outage_costs_a_handful_of_requests_and_no_attempts(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=10, API_URL="http://127.0.0.1:9/api/xml.php")
    for _ in range(100):
        make_message()
    for _ in range(60):
        doors.work()
        clock.shift(60)
    assert SendAttempt.objects.exclude(outcome=AttemptOutcome.NOT_SENT).count() == 0
    assert SendAttempt.objects.values("started_at").distinct().count() <= 15
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 100
    configure(API_URL=gateway.url)
    for _ in range(30):
        doors.work()
        if len(gateway.accepted) == 100:
            break
        clock.shift(60)
    assert len(gateway.accepted) == 100


def test_a_new_key_is_tried_at_once(gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]):
    message = make_message()
    configure(API_KEY="wrong")
    doors.work()
    assert Connection.objects.current().code == 202
    configure(API_KEY=gateway.key)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id


def test_refusals_of_the_account_burn_no_attempts(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Any
):
    configure(MAX_ATTEMPTS=2)
    message = make_message()
    gateway.fail_all("error-202")
    for _ in range(5):
        doors.work()
        clock.shift(1000)
    gateway.fail_all(None)
    settled(message, clock)
    assert message.msg_id


def test_too_fast_halves_the_package_and_comes_back(
    gateway: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=8)
    for _ in range(24):
        make_message()
    gateway.fail_next("error-212", command="message-viber")
    doors.work()
    assert Connection.objects.current().package_limit == 4
    clock.shift(120)
    doors.work()
    sends = [len(request.ids) for request in gateway.requests if request.command == "message-viber"]
    assert sends == [8, 4, 8, 8, 4]
    assert len(gateway.accepted) == 24


def test_a_package_refused_for_its_form_is_halved_until_the_one_bad_message_is_found(
    gateway: Sandbox, make_message: MakeMessage
):
    good = [make_message() for _ in range(6)]
    bad = make_message(phone="+380990001201")
    doors.work()
    bad.refresh_from_db()
    assert bad.state == MessageState.REJECTED
    assert bad.error == outcomes.PACKAGE_CULPRIT
    assert all(gateway.times_accepted(message.reference) == 1 for message in good)
    assert gateway.times_accepted(bad.reference) == 0


def test_when_every_form_is_refused_the_messages_are_not_at_fault(gateway: Sandbox, make_message: MakeMessage):
    for _ in range(4):
        make_message()
    gateway.fail_all("error-201")
    report = doors.work()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.QUEUED}
    assert report.problem


def test_a_package_of_which_all_is_refused_does_not_hold_up_what_was_queued_after_it(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], clock: Any
):
    configure(PACKAGE_SIZE=2)
    make_message(phone="+380990001201"), make_message(phone="+380990001201")
    later = make_message()
    doors.work()
    clock.shift(40)
    doors.work()
    assert gateway.times_accepted(later.reference) == 1


def test_an_empty_balance_pauses_the_run_and_keeps_the_messages_queued(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=2)
    first, poor, later = make_message(), make_message(phone="+380990000206"), make_message()
    report = doors.work()
    for message in (first, poor, later):
        message.refresh_from_db()
    assert first.msg_id
    assert (poor.state, poor.status_code) == (MessageState.QUEUED, 206)
    assert later.state == MessageState.QUEUED
    assert gateway.times_accepted(later.reference) == 0
    assert report.problem == outcomes.NO_BILLING


def test_an_empty_balance_is_asked_about_ever_more_seldom(gateway: Sandbox, make_message: MakeMessage, clock: Any):
    message = make_message()
    gateway.fail_all("refused-206")
    for _ in range(120):
        doors.work()
        clock.shift(30)
    assert 3 <= gateway.request_count <= 15
    gateway.fail_all(None)
    clock.shift(LONGEST_PAUSE_SECONDS * 1.2)
    doors.work()
    message.refresh_from_db()
    assert message.msg_id
    assert Connection.objects.current().failure_count == 0


def test_208_after_an_unknown_attempt_means_that_it_was_accepted_then(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    message = make_message()
    gateway.fail_next("lost-answer", command="message-viber")
    doors.work(limit=1)
    Message.objects.update(state=MessageState.QUEUED, msg_id="", next_attempt_at=None)
    SendAttempt.objects.update(outcome=AttemptOutcome.UNKNOWN)
    settled(message, clock)
    assert message.state in (MessageState.ACCEPTED, MessageState.DELIVERED)
    assert message.msg_id == str(gateway.accepted[message.reference].msg_id)
    assert gateway.times_accepted(message.reference) == 1


def test_a_text_that_xml_cannot_carry_fails_alone(gateway: Sandbox, make_message: MakeMessage):
    bad, good = make_message(text="one\x0btwo"), make_message()
    doors.work()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.error) == (MessageState.FAILED, outcomes.CANNOT_BE_WRITTEN)
    assert good.msg_id


def test_whoever_opted_out_is_not_sent_to(gateway: Sandbox, make_message: MakeMessage):
    from viber_messaging.models import Recipient

    message, other = make_message(), make_message(phone="+380501234567")
    Recipient.objects.create(phone=message.phone, opted_out_at=timezone.now())
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.CANCELLED
    assert set(gateway.accepted) == {other.reference}


def test_an_answer_that_comes_after_the_claim_was_lost_changes_nothing_and_is_kept(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments, caplog: pytest.LogCaptureFixture
):
    from viber_messaging.gateway.client import Client

    message = make_message()
    send = moments.original("the request to send")

    def slow(self: Client, messages: Any) -> Any:
        reply = send(self, messages)
        Message.objects.update(
            state=MessageState.UNCONFIRMED, claim_token=None, next_attempt_at=timezone.now() + timedelta(hours=1)
        )
        return reply

    moments.replace("the request to send", slow)
    doors.work()
    message.refresh_from_db()
    assert message.state == MessageState.UNCONFIRMED
    attempt = message.attempts.get()
    assert (attempt.outcome, attempt.msg_id) == (
        AttemptOutcome.ACCEPTED,
        str(gateway.accepted[message.reference].msg_id),
    )
    assert "claims were lost" in caplog.text


def test_a_message_that_is_deleted_while_it_is_sent_does_not_keep_the_others_from_being_recorded(
    gateway: Sandbox, make_message: MakeMessage, moments: Moments
):
    from viber_messaging.gateway.client import Client

    deleted, other = make_message(), make_message()
    send = moments.original("the request to send")

    def slow(self: Client, messages: Any) -> Any:
        reply = send(self, messages)
        Message.objects.filter(pk=deleted.pk).delete()
        return reply

    moments.replace("the request to send", slow)
    doors.work()
    other.refresh_from_db()
    assert other.msg_id
    assert attempts_of(other) == [AttemptOutcome.ACCEPTED]


def test_a_claim_too_old_for_another_request_is_given_back_unsent(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(CLAIM_TIMEOUT=1, TOTAL_TIMEOUT=2)
    message = make_message()
    doors.work()
    message.refresh_from_db()
    assert (message.state, message.attempt_count, message.claim_token) == (MessageState.QUEUED, 0, None)
    assert gateway.request_count == 0


@pytest.mark.parametrize("year", [1, 1999, 2100, 9999])
def test_a_time_that_the_wire_cannot_tell_fails_its_message_and_the_others_go(
    gateway: Sandbox, make_message: MakeMessage, year: int
):
    wrong = make_message(scheduled_at=datetime(year, 12, 31, 23, 59, tzinfo=UTC))
    right = make_message()
    doors.work()
    wrong.refresh_from_db()
    right.refresh_from_db()
    assert (wrong.state, wrong.error) == (MessageState.FAILED, outcomes.TIME_OUT_OF_RANGE)
    assert right.msg_id


def test_a_message_whose_time_has_passed_goes_at_once_and_another_at_its_time(
    gateway: Sandbox, make_message: MakeMessage, clock: Any
):
    past = make_message(scheduled_at=timezone.now() - timedelta(hours=1))
    future = make_message(scheduled_at=timezone.now() + timedelta(hours=1))
    for _ in range(2):
        doors.work()
        clock.shift(60)
    assert gateway.status_code(past.reference) in (102, 116)
    assert gateway.status_code(future.reference) == 100


def test_what_is_queued_again_does_not_wait_for_the_end_of_a_slow_run(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], moments: Moments
):
    configure(PACKAGE_SIZE=1)
    moments.set("seconds of the longest scan", 0)
    again, *others = [make_message() for _ in range(4)]
    Message.objects.filter(pk=again.pk).update(next_attempt_at=timezone.now() + timedelta(hours=1))

    def is_due_after_one() -> bool:
        if gateway.accepted:
            Message.objects.filter(pk=again.pk).update(next_attempt_at=None)
        return False

    doors.work(should_stop=is_due_after_one)
    assert list(gateway.accepted) == [others[0].reference, again.reference, *(other.reference for other in others[1:])]


def test_a_pause_that_another_run_met_holds_a_run_under_way(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=1)
    for _ in range(3):
        make_message()
    report = Report()

    def another_run_is_refused() -> bool:
        if report.sent == 1:
            outages.failed(errors.AccountRefused(code=205), since=timezone.now())
        return False

    with doors.open_client() as client:
        dispatch.dispatch(client, report, limit=10, should_stop=another_run_is_refused)
    assert report.problem
    assert Message.objects.filter(state=MessageState.QUEUED).count() == 2


def test_what_can_be_neither_sent_nor_set_aside_is_walked_over_once(
    gateway: Sandbox, make_message: MakeMessage, configure: Callable[..., None], moments: Moments
):
    configure(PACKAGE_SIZE=1)
    make_message(phone="+380971234500")
    message = make_message()
    Recipient.objects.create(phone="+380971234500", opted_out_at=timezone.now())
    moments.replace("the setting aside", lambda *args: None)
    looks = iter(range(20))
    doors.work(should_stop=lambda: next(looks, None) is None)
    message.refresh_from_db()
    assert message.state == MessageState.ACCEPTED
    assert next(looks, None) is not None
