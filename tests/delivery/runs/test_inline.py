"""One message sent inside a request: what it costs, and what it must not pass over."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import doors
from tests.delivery.conftest import requests_of
from tests.moments import Moments
from viber_messaging import signals
from viber_messaging.delivery.connection import health, outages
from viber_messaging.delivery.queue import single_claim
from viber_messaging.delivery.runs import inline as inline_runs
from viber_messaging.gateway.errors import Unreachable
from viber_messaging.models import Campaign, Message, Recipient, SendAttempt
from viber_messaging.sandbox import Sandbox
from viber_messaging.states import MessageState

MakeMessage = Callable[..., Message]

LONG_AGO = timezone.now() - timedelta(hours=1)

needs_returning = pytest.mark.skipif(database.vendor == "mysql", reason="MariaDB takes the way of many")


@pytest.fixture
def inline(gateway: Sandbox, configure: Callable[..., None], make_message: MakeMessage) -> Sandbox:
    """A site that sends inline, and has done so before: a row tells that the line is in health."""
    configure(DISPATCH="inline")
    make_message()
    return gateway


@pytest.fixture
def queued(gateway: Sandbox, make_message: MakeMessage) -> Message:
    health.row()
    return make_message()


def test_what_a_listener_sends_while_others_are_cared_for_is_sent_and_cares_for_none(
    inline: Sandbox, make_message: MakeMessage, clock: Any, configure: Callable[..., None]
):
    configure(DISPATCH="worker")
    for _ in range(6):
        make_message()
    doors.work()
    inline.advance(120)
    clock.shift(120)
    configure(DISPATCH="inline", INLINE_LIMIT=2, PACKAGE_SIZE=2)
    asked = requests_of(inline, "status")

    def thank(message: Message, **kwargs: Any) -> None:
        make_message(text="Thank you")

    signals.message_status_changed.connect(thank)
    try:
        make_message()
    finally:
        signals.message_status_changed.disconnect(thank)
    assert requests_of(inline, "status") - asked == 1
    assert sum(message.text == "Thank you" for message in inline.accepted.values()) == 2


@needs_returning
def test_one_message_costs_seven_statements_and_two_transactions(inline: Sandbox, make_message: MakeMessage):
    Message.objects.update(state=MessageState.DELIVERED)
    with CaptureQueriesContext(database) as queries:
        message = make_message()
    assert message.state == MessageState.ACCEPTED
    verbs = [query["sql"].split(" times: ")[-1].split()[0] for query in queries]
    assert [verb for verb in verbs if verb not in ("BEGIN", "COMMIT")] == [
        "INSERT", "UPDATE",  # the message, cancelled where its recipient opted out
        "UPDATE",  # the claim
        "INSERT", "UPDATE",  # the attempt and the answer
        "SELECT",  # whether anything else is due
        "SELECT",  # the copy in hand
    ]  # fmt: skip


@needs_returning
def test_a_claim_is_committed_before_the_request_leaves(inline: Sandbox, make_message: MakeMessage, moments: Moments):
    seen: list[tuple[str, bool]] = []
    deliver = moments.original("the run of a package")

    def run(self: Any, post: Any) -> None:
        state = Message.objects.get(pk=self.package.claims[0].pk).state
        seen.append((state, database.in_atomic_block))
        deliver(self, post)

    moments.replace("the run of a package", run)
    make_message()
    assert seen == [(MessageState.SENDING, False)]


@needs_returning
def test_of_two_who_take_a_message_one_has_it(queued: Message):
    assert single_claim.claim(queued.pk) is not None
    assert single_claim.claim(queued.pk) is None
    assert doors.claim(1, pks=[queued.pk]) is None


@needs_returning
def test_a_claim_of_one_is_what_a_claim_of_many_would_be(queued: Message):
    one = single_claim.claim(queued.pk)
    assert one is not None
    Message.objects.filter(pk=queued.pk).update(state=MessageState.QUEUED, attempt_count=0, claim_token=None)
    many = doors.claim(1, pks=[queued.pk])
    assert many is not None
    assert [(claim.pk, claim.number, claim.outgoing) for claim in one.claims] == [
        (claim.pk, claim.number, claim.outgoing) for claim in many.claims
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": MessageState.DRAFT},
        {"attempt_count": 1},
        {"worker_deaths": 1},
        {"next_attempt_at": timezone.now() + timedelta(hours=1)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_is_not_fresh_goes_the_usual_way(queued: Message, changes: dict[str, Any]):
    Message.objects.filter(pk=queued.pk).update(**changes)
    assert single_claim.claim(queued.pk) is None


def test_a_message_to_who_opted_out_since_is_not_taken(queued: Message):
    Recipient.objects.create(phone=queued.phone, opted_out_at=timezone.now())
    assert single_claim.claim(queued.pk) is None


def test_nothing_is_taken_while_a_person_stopped_all(queued: Message):
    doors.stop_all()
    assert single_claim.claim(queued.pk) is None


def test_nothing_is_taken_while_failures_are_remembered(queued: Message):
    outages.failed(Unreachable("away"), since=timezone.now())
    assert single_claim.claim(queued.pk) is None
    doors.try_now()
    doors.send_inline([queued.pk])
    assert SendAttempt.objects.filter(message=queued).count() == 1
    assert health.row().failure_count == 0


def test_a_database_that_cannot_tell_what_it_takes_sends_too(
    inline: Sandbox, make_message: MakeMessage, moments: Moments
):
    moments.replace("whether the database returns claims", lambda: False)
    message = make_message()
    assert message.state == MessageState.ACCEPTED
    assert inline.submissions[message.reference] == 1


@pytest.mark.parametrize(
    "waiting",
    [
        {"state": MessageState.QUEUED},
        {"state": MessageState.SENDING, "claimed_at": LONG_AGO},
        {"state": MessageState.UNCONFIRMED, "next_attempt_at": LONG_AGO},
        {"state": MessageState.ACCEPTED, "accepted_at": LONG_AGO},
    ],
)
def test_a_send_looks_after_whatever_else_is_due(inline: Sandbox, make_message: MakeMessage, waiting: dict[str, Any]):
    before = timezone.now() - timedelta(minutes=1)
    assert not inline_runs.is_wanted(accepted_before=before)
    Message.objects.update(**waiting)
    assert inline_runs.is_wanted(accepted_before=before)


def test_a_send_has_a_running_campaign_expanded(inline: Sandbox, make_message: MakeMessage):
    Campaign.objects.create(name="C", sender="SMSTest", text="T", state="running", start_at=LONG_AGO)
    assert inline_runs.is_wanted(accepted_before=timezone.now())


def test_where_nothing_is_due_nothing_is_looked_after(inline: Sandbox, make_message: MakeMessage, moments: Moments):
    moments.forbid("healing")
    Message.objects.update(state=MessageState.DELIVERED)
    make_message()


def test_a_later_send_asks_what_became_of_the_last_one_but_not_each_of_many(
    inline: Sandbox, make_message: MakeMessage, monkeypatch: pytest.MonkeyPatch, moments: Moments
):
    seconds = 1000.0
    moments.set("the clock of healing", SimpleNamespace(monotonic=lambda: seconds))
    moments.set("the turns of healing", inline_runs.Turns())

    def requests_of_a_send() -> int:
        before = inline.request_count
        make_message()
        return inline.request_count - before

    assert [requests_of_a_send(), requests_of_a_send()] == [2, 1]
    seconds += inline_runs.ASK_EVERY_SECONDS
    assert requests_of_a_send() == 2


def test_others_are_looked_after_at_once_where_a_send_left_something(inline: Sandbox, make_message: MakeMessage):
    inline.fail_next("lost-answer", command="message-viber")
    lost = make_message()
    make_message()
    lost.refresh_from_db()
    assert lost.state == MessageState.ACCEPTED
    assert inline.submissions[lost.reference] == 1


def test_what_a_transaction_saved_leaves_together(inline: Sandbox, make_message: MakeMessage):
    before = inline.request_count
    with transaction.atomic():
        saved = [make_message() for _number in range(5)]
    assert [message.state for message in saved] == [MessageState.ACCEPTED] * 5
    assert inline.request_count - before < 5
