"""A gateway class of a site's own that breaks the contract: outcome unknown, the run goes on, nothing is sent twice."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tests import doors
from tests.replacing import BrokenGateway
from viber_messaging.delivery.connection import health
from viber_messaging.gateway import errors
from viber_messaging.gateway.entities import Balance, Reply, SendResult, StatusResult
from viber_messaging.models import Connection, Message
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import AttemptOutcome, MessageState

MakeMessage = Callable[..., Message]
PHONE = "+380971234567"


class GoneForLunch(errors.Unreachable):
    """A subclass of a documented class."""


class Mistaken(errors.OutcomeUnknown):
    """A subclass that does not call its base, so that the attributes of the base are missing."""

    def __init__(self) -> None:
        self.args = ("Mistaken",)


class Mumbling(errors.OutcomeUnknown):
    """A subclass that cannot say what happened."""

    def __str__(self) -> str:
        raise ZeroDivisionError


def odd(kind: type[errors.GatewayError], **attributes: Any) -> errors.GatewayError:
    error = kind("What no database keeps: \0")
    vars(error).update(attributes)
    return error


@pytest.fixture
def broken(gateway: Sandbox, configure: Callable[..., None]) -> Iterator[list[Any]]:
    """What the gateway class of the site does after its next answers."""
    configure(GATEWAY="tests.replacing.BrokenGateway", PACKAGE_SIZE=2)
    BrokenGateway.breaks.clear()
    yield BrokenGateway.breaks
    BrokenGateway.breaks.clear()


def run_until_settled(clock: Any) -> None:
    """Let a worker do rounds until each message was taken, and one round more."""
    for _ in range(6):
        doors.work()
        if not Message.objects.filter(msg_id="").exists():
            break
        clock.shift(61)
    clock.shift(61)
    doors.work()


def outcomes() -> set[str]:
    return {attempt.outcome for message in Message.objects.all() for attempt in message.attempts.all()}


def assert_each_was_sent_once(gateway: Sandbox) -> None:
    assert set(gateway.submissions.values()) == {1}
    assert set(Message.objects.values_list("state", flat=True)) <= {"accepted", "delivered"}


UNKNOWN_ANSWERS = {
    "any exception": ValueError(f"What is {PHONE}?"),
    "the base of all errors": errors.GatewayError("Something happened."),
    "a subclass of a documented error": Mistaken(),
    "an error that cannot say why": Mumbling(),
    "an error with odd attributes": odd(errors.OutcomeUnknown, code="x", http_status=99999, excerpt="\0" * 9000),
    "an error that asks to wait for a word": odd(errors.OutcomeUnknown, retry_after_seconds="soon"),
    "nothing": None,
    "not a Reply": {"1": "1"},
    "results that are no mapping": lambda reply: replace(reply, results=[*reply.results.values()]),
    "no results": lambda reply: replace(reply, results=None),
    "results that are codes": lambda reply: replace(reply, results=dict.fromkeys(reply.results, 1)),
    "codes that are no numbers": lambda reply: replace(
        reply, results={id_: SendResult(id=id_, code="1") for id_ in reply.results}  # type: ignore[arg-type]
    ),
    "results for none": lambda reply: replace(reply, results={}),
}  # fmt: skip


@pytest.mark.parametrize("planned", UNKNOWN_ANSWERS.values(), ids=UNKNOWN_ANSWERS)
def test_whatever_else_a_gateway_does_leaves_the_outcome_unknown_and_sends_nothing_twice(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, clock: Any, planned: Any
):
    for _ in range(4):
        make_message()
    broken.append(planned)
    report = doors.work()
    assert report.sent == 4
    assert not Message.objects.filter(state=MessageState.SENDING).exists()
    assert AttemptOutcome.UNKNOWN in outcomes()
    run_until_settled(clock)
    assert_each_was_sent_once(gateway)


@pytest.mark.parametrize("planned", [ValueError("?"), None, errors.GatewayError("?")], ids=type)
def test_a_question_that_breaks_is_asked_again(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, clock: Any, planned: Any
):
    make_message()
    broken += [errors.OutcomeUnknown(), planned]
    run_until_settled(clock)
    assert_each_was_sent_once(gateway)


NOT_SENT = {
    "a subclass of a documented error": (GoneForLunch("At lunch."), "unreachable"),
    "the base of what is not sent": (errors.NotSent("The shop's gateway is closed."), "not_sent"),
}


@pytest.mark.parametrize(("planned", "reason"), NOT_SENT.values(), ids=NOT_SENT)
def test_what_is_certainly_not_sent_waits(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, planned: errors.NotSent, reason: str
):
    make_message()
    broken.append(planned)
    doors.work()
    assert outcomes() == {AttemptOutcome.NOT_SENT}
    assert Message.objects.get().state == MessageState.QUEUED
    assert (Connection.objects.get().reason, Connection.objects.get().error) == (reason, str(planned))


def test_settings_that_turn_out_wrong_at_the_send_stop_it(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage
):
    make_message()
    broken.append(errors.ConfigurationError("The proxy cannot be used."))
    assert doors.work().problem == "The proxy cannot be used."
    assert Message.objects.get().state == MessageState.QUEUED
    assert health.row().reason == "misdirected"


@pytest.mark.parametrize("seconds", [-5.0, float("nan"), 1e20])
def test_a_wait_that_nobody_can_keep_is_bounded(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, seconds: float, clock: Any
):
    make_message()
    broken.append(errors.Throttled(retry_after_seconds=seconds))
    doors.work()
    assert health.row().paused_until is not None
    clock.shift(3601)
    assert not health.row().is_paused(timezone.now())


def test_a_text_that_only_the_gateway_class_finds_unsendable_is_set_aside_alone(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, configure: Callable[..., None]
):
    configure(PACKAGE_SIZE=4, GATEWAY="tests.replacing.PickyGateway")
    bad = [make_message(text="бридке"), make_message(), make_message(), make_message()][0]
    doors.work()
    states = dict(Message.objects.values_list("pk", "state"))
    assert states.pop(bad.pk) == MessageState.FAILED
    assert set(states.values()) == {MessageState.ACCEPTED}


def test_the_log_tells_where_it_broke_and_nothing_of_a_person(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, caplog: pytest.LogCaptureFixture
):
    make_message()
    broken.append(ValueError(f"What is {PHONE}?"))
    with caplog.at_level(logging.DEBUG):
        doors.work()
    (told,) = [record for record in caplog.records if getattr(record, "viber_event", "") == "gateway_broken"]
    assert "ValueError" in told.getMessage()
    assert "replacing.py" in told.getMessage()
    assert PHONE not in caplog.text
    assert told.exc_info is None


def test_an_answer_with_numbers_that_no_column_holds_is_kept_without_them(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage
):
    def numbered(msg_id: Any) -> Callable[[Reply[SendResult]], Reply[SendResult]]:
        return lambda reply: replace(
            reply, results={id_: result._replace(msg_id=msg_id) for id_, result in reply.results.items()}
        )

    for msg_id in (None, 1234, "x" * 500, "\0"):
        make_message()
        make_message()
        broken.append(numbered(msg_id))
    doors.work()
    assert set(Message.objects.values_list("state", flat=True)) == {MessageState.ACCEPTED}
    assert set(Message.objects.values_list("msg_id", flat=True)) == {"", "1234"}


NONE_OF_ITS_KIND = [None, Decimal(5), Balance(amount=Decimal("NaN"), currency="UAH"), ZeroDivisionError()]


@pytest.mark.parametrize(
    "planned", [odd(errors.Throttled, code=10**12, http_status=-1), odd(errors.NotSent, excerpt=None)]
)
def test_what_an_error_tells_is_kept_as_far_as_a_database_keeps_it(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, planned: errors.NotSent
):
    make_message()
    broken.append(planned)
    doors.work()
    assert Message.objects.get().state == MessageState.QUEUED
    assert health.row().error == "What no database keeps: "


@pytest.mark.parametrize("when", ["yesterday", datetime(2026, 11, 20, 12)])
def test_a_time_that_is_none_is_not_kept(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, clock: Any, when: Any
):
    def told(reply: Reply[StatusResult]) -> Reply[StatusResult]:
        results = {id_: result._replace(date_completed=when) for id_, result in reply.results.items()}
        return replace(reply, results=results)

    make_message()
    doors.work()
    clock.shift(61)
    gateway.advance(61)
    broken.append(told)
    doors.work()
    assert Message.objects.get().state == MessageState.DELIVERED


@pytest.mark.parametrize("balance", NONE_OF_ITS_KIND)
def test_a_balance_that_is_none_is_unknown(
    gateway: Sandbox, broken: list[Any], balance: Any, monkeypatch: pytest.MonkeyPatch
):
    def answer(client: BrokenGateway) -> Any:
        if isinstance(balance, Exception):
            raise balance
        return balance

    monkeypatch.setattr(BrokenGateway, "balance", answer)
    with doors.open_client() as client, pytest.raises(errors.OutcomeUnknown):
        client.balance()


def test_a_gateway_that_cannot_be_opened_or_closed_loses_nothing(
    gateway: Sandbox, broken: list[Any], make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch
):
    def fail(*args: Any) -> None:
        raise RuntimeError

    make_message()
    monkeypatch.setattr(BrokenGateway, "__exit__", fail)
    doors.work()
    assert Message.objects.get().state == MessageState.ACCEPTED
