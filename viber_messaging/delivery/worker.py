"""Doing all that is due, once: for the worker command, for task queues, and inside one web request."""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import (
    campaigns,
    cancelling,
    connection,
    expansion,
    healing,
    holding,
    polling,
    pruning,
    recovery,
    singles,
    storage,
    withdrawing,
)
from viber_messaging.delivery.cancelling import Cancellation
from viber_messaging.delivery.delivering import Delivery
from viber_messaging.delivery.dispatch import Scan, dispatch, never
from viber_messaging.delivery.judging import Judge
from viber_messaging.delivery.lease import PollingLease
from viber_messaging.delivery.pacing import Pace
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.retrying import patience
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.log_facts import facts
from viber_messaging.models import Connection, Message
from viber_messaging.states import ASKABLE_STATES, MessageState
from viber_messaging.tracebacks import without_locals

logger = logging.getLogger(__name__)

NO_LIMIT = 2**31
SLICE = 1000
"""Messages that are made, then sent, before other things have their turn."""
SLICE_SECONDS = 5.0
"""A slice is smaller where RATE_LIMIT would make it last longer: who waits for a code waits for one slice."""
STATUSES = 200
"""Statuses asked between two slices: few, because those that wait to be sent come first."""
POLL_EVERY_SECONDS = 5.0
"""Between two slices no sooner: the look for them walks over all that this run has sent."""
TEND_EVERY_SECONDS = 60.0
"""A run may last for hours: this often it takes in what others left behind, and calls back what must not arrive."""
TIME_TO_ARRIVE = timedelta(minutes=1)
"""Before that a run asks for nothing that it sent itself: it would ask once more than it need."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a run has come along the queue of all, and among those that belong to no campaign, and how fast.

    And which campaigns it has counted.
    """

    all: Scan = field(default_factory=Scan)
    singles: Scan = field(default_factory=Scan)
    pace: Pace = field(default_factory=lambda: Pace(conf.RATE_LIMIT))
    judge: Judge


@without_locals
@patience()
def run_due(*, limit: int = NO_LIMIT, should_stop: Callable[[], bool] = never, report: Report | None = None) -> Report:
    """Do all that is due now: recovery, expansion, sending, polling, removal of forgotten uploads.

    Send ``limit`` messages at most. Raises TransactionOpen inside a transaction. A gateway that cannot be used is told
    in the report. Whoever gives the ``report`` to count in may look at it meanwhile.
    """
    storage.assert_no_transaction()
    report, started_at = Report() if report is None else report, timezone.now()
    course = Course(judge=Judge(report=report))
    should_stop = _seen_at_work(should_stop)
    pruning.prune_uploads()
    recovery.release_abandoned(report)
    with _usable_client(report, conf.TOTAL_TIMEOUT) as client:
        if client is None:
            expansion.expand(report, limit=SLICE)
        else:
            withdrawing.withdraw(client, report, limit=SLICE)
            recovery.settle_unconfirmed(client, report, limit=NO_LIMIT, should_stop=should_stop)
            asked_up_to: int | None = 0
            while asked_up_to is not None:
                # In turn: whoever waits for a code must not wait for half a million statuses.
                _send_all(client, report, course, started_at, limit=limit, should_stop=should_stop)
                asked_up_to = _poll(
                    client, report, started_at, limit=SLICE, should_stop=should_stop, after_pk=asked_up_to
                )
    campaigns.look_after(course.judge)
    if holding.is_stopped():
        report.problem = report.problem or holding.STOPPED
    return report


def _send_all(
    client: Gateway,
    report: Report,
    course: Course,
    started_at: datetime,
    *,
    limit: int,
    should_stop: Callable[[], bool],
) -> None:
    """Send what is due, slice by slice, and in between look after what cannot wait for the end of a long queue."""
    poll_at, tend_at = 0.0, time.monotonic() + TEND_EVERY_SECONDS
    while _send_slice(client, report, course, limit=limit, should_stop=should_stop):
        if time.monotonic() >= poll_at:
            _poll(client, report, started_at, limit=STATUSES, should_stop=should_stop)
            poll_at = time.monotonic() + POLL_EVERY_SECONDS
        if time.monotonic() >= tend_at:
            recovery.release_abandoned(report)
            withdrawing.withdraw(client, report, limit=SLICE)
            tend_at = time.monotonic() + TEND_EVERY_SECONDS


def _seen_at_work(should_stop: Callable[[], bool]) -> Callable[[], bool]:
    """Note that a worker is alive, now and at each later question whether to stop: a round may last for hours."""
    connection.note_worker()
    noted_at = timezone.now()

    def note_and_ask() -> bool:
        nonlocal noted_at
        if abs(timezone.now() - noted_at) >= connection.SEEN_EVERY:
            connection.note_worker()
            noted_at = timezone.now()
        return should_stop()

    return note_and_ask


def _poll(
    client: Gateway,
    report: Report,
    started_at: datetime,
    *,
    limit: int,
    should_stop: Callable[[], bool],
    after_pk: int = 0,
) -> int | None:
    """Ask what became of others: of those that this run sent itself only once they had a while to arrive.

    Return as `polling.poll` does.
    """
    accepted_before = max(started_at, timezone.now() - TIME_TO_ARRIVE)
    with PollingLease() as lease:
        return polling.poll(
            client,
            report,
            accepted_before=accepted_before,
            limit=limit,
            should_stop=should_stop,
            may_ask=lease.hold,
            after_pk=after_pk,
        )


def _send_slice(
    client: Gateway, report: Report, course: Course, *, limit: int, should_stop: Callable[[], bool]
) -> bool:
    """Make a batch of each campaign's messages, and send some of all; tell whether there may be more at once.

    In between what became of others is asked, and campaigns are looked after: a long queue must not make blind.
    """
    size, sent_before = _slice_size(), report.sent
    expanded = expansion.expand(report, limit=min(size, SLICE))
    up_to = min(limit, sent_before + size)
    send = partial(dispatch, client, report, pace=course.pace, should_stop=should_stop)
    if campaigns.are_running():
        # Whoever waits for a code must not wait for fifty thousand others.
        send(limit=up_to, singles_only=True, scan=course.singles)
    send(limit=up_to, scan=course.all, concurrency=conf.CONCURRENCY)
    recovery.settle_unconfirmed(client, report, limit=NO_LIMIT, should_stop=should_stop)
    campaigns.look_after(course.judge)
    is_ended = report.problem or should_stop() or report.sent >= limit
    return not is_ended and bool(expanded or report.sent - sent_before >= size)


def _slice_size() -> int:
    """Return how many messages make a slice: several times what is under way at once, or the line would run dry."""
    size = max(SLICE, 4 * conf.CONCURRENCY * conf.PACKAGE_SIZE)
    return min(size, max(1, int(conf.RATE_LIMIT * SLICE_SECONDS))) if conf.RATE_LIMIT else size


@without_locals
@patience()
def run_inline(pks: Sequence[int]) -> Report:
    """Send what was just saved, then a little of what is due besides, so that a site without a worker heals.

    At most INLINE_LIMIT messages; a request is ended by INLINE_TIMEOUT, and none is begun after it.
    """
    storage.assert_no_transaction()
    report, started_at, deadline = Report(), timezone.now(), time.monotonic() + conf.INLINE_TIMEOUT

    def is_late() -> bool:
        return time.monotonic() > deadline

    with _client(report, min(conf.INLINE_TIMEOUT, conf.TOTAL_TIMEOUT), keep=True) as client:
        if client is not None:
            _send_saved(client, report, pks[: conf.INLINE_LIMIT], should_stop=is_late)
            accepted_before = healing.turns.accepted_before(started_at)
            if not report.problem and healing.is_wanted(accepted_before=accepted_before):
                healing.heal(client, report, accepted_before=accepted_before, should_stop=is_late)
    return report


def _send_saved(client: Gateway, report: Report, pks: Sequence[int], *, should_stop: Callable[[], bool]) -> None:
    """Send these; one alone, of which nothing is to be weighed, is the rule."""
    package = singles.claim(pks[0]) if len(pks) == 1 else None
    if package is not None:
        Delivery(package, report, Connection()).run(client.send)
    elif _may_ask(report):
        dispatch(client, report, limit=len(pks), pks=pks, should_stop=should_stop)


@without_locals
@patience()
def refresh(messages: "QuerySet[Message]") -> Report:
    """Ask the gateway now what it knows of these messages: a person wants to see it."""
    storage.assert_no_transaction()
    report = Report()
    pks = list(messages.values_list("pk", flat=True))
    with _usable_client(report, conf.INLINE_TIMEOUT) as client:
        if client is not None:
            recovery.settle_unconfirmed(
                client,
                report,
                limit=NO_LIMIT,
                should_stop=never,
                pks=pks,
                total_timeout_seconds=conf.INLINE_TIMEOUT,
            )
            known = storage.messages().filter(pk__in=pks).still(*ASKABLE_STATES)
            polling.ask(client, known, report, limit=NO_LIMIT, should_stop=never)
    return report


@without_locals
@patience()
def cancel(messages: "QuerySet[Message]", *, error: str = "") -> Cancellation:
    """Cancel these messages: those still queued here, and those that the gateway has not handed on yet.

    ``error`` is what the latter shall tell of why.
    """
    storage.assert_no_transaction()
    cancellation, report = cancelling.cancel_queued(messages), Report()
    cancellation.error = error
    if not messages.filter(state=MessageState.ACCEPTED).exists():
        return cancellation
    with _usable_client(report, conf.INLINE_TIMEOUT) as client:
        if client is not None:
            cancelling.cancel_accepted(client, messages, cancellation)
    cancellation.problem = cancellation.problem or report.problem
    return cancellation


@contextmanager
def _usable_client(report: Report, total_timeout_seconds: float) -> Iterator[Gateway | None]:
    """Open a client for the length of a run; None, with the reason in the report, when nothing may be asked now."""
    if not _may_ask(report):
        yield None
        return
    with _client(report, total_timeout_seconds) as client:
        yield client


def _may_ask(report: Report) -> bool:
    """Tell whether the gateway may be asked now; where it may not, the report says why."""
    state = connection.current()
    if state.is_paused(timezone.now()):
        report.problem = state.error
        return False
    return True


@contextmanager
def _client(report: Report, total_timeout_seconds: float, *, keep: bool = False) -> Iterator[Gateway | None]:
    """Open a client; None, with the reason in the report, when the settings do not do."""
    try:
        client = connection.open_client(total_timeout_seconds=total_timeout_seconds, keep=keep)
    except ImproperlyConfigured as error:
        report.problem = str(error)
        logger.error("Nothing can be sent: %s", error, extra=facts("settings_wrong"))
        yield None
        return
    with client:
        yield client
