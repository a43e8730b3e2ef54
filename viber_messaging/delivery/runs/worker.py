"""Do everything that is due, once: for the worker command, for task queues, and inside a web request."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import expansion, lifecycle
from viber_messaging.delivery.campaign.failure_limit import Judge
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import holds, single_claim
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.runs import inline, lanes, usable_client
from viber_messaging.delivery.runs.on_demand import cancel, refresh
from viber_messaging.delivery.runs.status_requests import Questions
from viber_messaging.delivery.send.dispatch import Scan, dispatch, never, send_singles
from viber_messaging.delivery.send.package import Delivery
from viber_messaging.delivery.send.rate_limit import Pace
from viber_messaging.delivery.status import recovery
from viber_messaging.delivery.storage import pruning, tables
from viber_messaging.delivery.storage.retry import patience
from viber_messaging.gateway.http.deadlines import is_late, shared_deadline
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.logs.tracebacks import without_locals
from viber_messaging.models import Connection

__all__ = ["NO_LIMIT", "SLICE", "cancel", "refresh", "run_due", "run_inline"]

NO_LIMIT = 2**31
SLICE = 1000
"""The number of messages created and sent before other tasks get their turn."""
SLICE_SECONDS = 5.0
"""The longest duration of a slice: with RATE_LIMIT, slices get smaller, since a login code may wait for one slice."""
STATUSES = 200
"""The number of statuses requested between two slices: few, because queued messages come first."""
DOUBTS = 200
"""The number of messages with an unknown outcome that are asked about between two slices."""
POLL_EVERY_SECONDS = 5.0
"""The shortest time between two polls of statuses, because the search scans all that this run has sent."""
TEND_EVERY_SECONDS = 60.0
"""How often a run, which may last for hours, takes over abandoned messages and calls back unwanted ones."""


@without_locals
@patience()
def run_due(
    *,
    limit: int = NO_LIMIT,
    should_stop: Callable[[], bool] = never,
    report: Report | None = None,
    pace: Pace | None = None,
) -> Report:
    """Do everything that is due now: recovery, expansion, sending, polling, removal of forgotten uploads.

    Send at most ``limit`` messages; pass the ``pace`` of an earlier run to continue at its rate. Raises TransactionOpen
    inside a transaction. If the gateway cannot be used, the report says so. A ``report`` passed in can be read while
    the run goes on.
    """
    tables.assert_no_transaction()
    report, should_stop = Report() if report is None else report, _seen_at_work(should_stop)
    if lanes.leave([]):
        return report
    with lanes.run() as run:
        _run_due(report, limit=limit, should_stop=should_stop, pace=pace or Pace(conf.RATE_LIMIT))
        if run.is_asked_again and not report.problem and not should_stop() and report.sent < limit:
            # No other run would send what a signal receiver sent at the very end.
            _run_due(report, limit=limit, should_stop=should_stop, pace=pace or Pace(conf.RATE_LIMIT))
    return report


def _run_due(report: Report, *, limit: int, should_stop: Callable[[], bool], pace: Pace) -> None:
    judge = Judge(report=report)
    pruning.prune_uploads()
    pruning.prune_searches()
    recovery.release_abandoned(report)
    with usable_client.usable_client(report, conf.TOTAL_TIMEOUT) as client:
        if client is None:
            expansion.expand(report, limit=SLICE)
        else:
            Run(client=client, report=report, judge=judge, pace=pace, limit=limit, should_stop=should_stop).do_all()
    lifecycle.look_after(judge)
    if holds.is_stopped():
        report.problem = report.problem or holds.STOPPED


@dataclass(slots=True, kw_only=True)
class Run:
    """One run, which sends messages and asks for statuses in turn."""

    client: Gateway
    report: Report
    judge: Judge
    pace: Pace
    limit: int
    should_stop: Callable[[], bool]
    scan: Scan = field(default_factory=Scan)
    questions: Questions = field(init=False)

    def __post_init__(self) -> None:
        self.questions = Questions(
            client=self.client,
            report=self.report,
            started_at=timezone.now(),
            send_singles=self._send_singles,
            should_stop=self.should_stop,
        )

    def do_all(self) -> None:
        """Send and ask in turn until nothing is due, so that a login code does not wait for half a million others."""
        self.questions.withdraw(SLICE)
        self.questions.settle(DOUBTS)
        is_over = False
        asked_up_to: int | None = 0
        while not is_over:
            queued_sms = self.report.queued_sms
            self._send_all()
            are_doubts = self.questions.settle(SLICE)
            asked_up_to = None if asked_up_to is None else self.questions.poll(SLICE, asked_up_to)
            self.questions.replace(SLICE)
            is_over = not are_doubts and asked_up_to is None and self.report.queued_sms == queued_sms

    def _send_all(self) -> None:
        """Send due messages slice by slice; in between, do what cannot wait for the end of a long queue."""
        poll_at, tend_at = 0.0, time.monotonic() + TEND_EVERY_SECONDS
        while self._send_slice():
            if time.monotonic() >= poll_at:
                self.questions.poll(STATUSES)
                poll_at = time.monotonic() + POLL_EVERY_SECONDS
            if time.monotonic() >= tend_at:
                recovery.release_abandoned(self.report)
                self.questions.withdraw(SLICE)
                tend_at = time.monotonic() + TEND_EVERY_SECONDS

    def _send_slice(self) -> bool:
        """Create a batch of each campaign's messages and send one slice; return whether more may be due at once.

        Then ask about unknown outcomes and check the campaigns, so that a long queue does not delay either.
        """
        size, sent_before = _slice_size(), self.report.sent
        expanded = expansion.expand(self.report, limit=min(size, SLICE))
        dispatch(
            self.client,
            self.report,
            limit=min(self.limit, sent_before + size),
            last=min(self.limit, sent_before + size + conf.PACKAGE_SIZE),
            scan=self.scan,
            pace=self.pace,
            concurrency=conf.CONCURRENCY,
            should_stop=self.should_stop,
        )
        self.questions.settle(DOUBTS)
        lifecycle.look_after(self.judge)
        is_ended = self.report.problem or self.should_stop() or self.report.sent >= self.limit
        return not is_ended and bool(expanded or self.report.sent - sent_before >= size)

    def _send_singles(self) -> None:
        send_singles(
            self.client, self.report, limit=self.limit, scan=self.scan, pace=self.pace, should_stop=self.should_stop
        )


def _seen_at_work(should_stop: Callable[[], bool]) -> Callable[[], bool]:
    """Record that a worker is alive, now and whenever ``should_stop`` is called, since a run may last for hours."""
    health.note_worker()
    noted_at = timezone.now()

    def note_and_ask() -> bool:
        nonlocal noted_at
        if abs(timezone.now() - noted_at) >= health.SEEN_EVERY:
            health.note_worker()
            noted_at = timezone.now()
        return should_stop()

    return note_and_ask


def _slice_size() -> int:
    """Return the slice size: several times what is sent concurrently, so that the connection is never idle."""
    size = max(SLICE, 4 * conf.CONCURRENCY * conf.PACKAGE_SIZE)
    return min(size, max(1, int(conf.RATE_LIMIT * SLICE_SECONDS))) if conf.RATE_LIMIT else size


@without_locals
@patience()
def run_inline(pks: Sequence[int]) -> Report:
    """Send what was just saved, then a few other due messages, so that a site without a worker recovers.

    Send at most INLINE_LIMIT messages, plus as many that signal receivers sent meanwhile. INLINE_TIMEOUT limits all
    requests together. Inside another run in this thread, the messages are left to that run.
    """
    tables.assert_no_transaction()
    report = Report()
    if lanes.leave(pks):
        return report
    timeout = conf.INLINE_TIMEOUT
    with (
        lanes.run() as run,
        shared_deadline(timeout),
        usable_client.client(report, min(timeout, conf.TOTAL_TIMEOUT), keep=True) as client,
    ):
        if client is not None:
            _send_inline(client, report, pks, run)
    return report


def _send_inline(client: Gateway, report: Report, pks: Sequence[int], run: lanes.Run) -> None:
    """Send these and what signal receivers left meanwhile; then handle others, and again send what receivers left."""
    started_at, left = timezone.now(), conf.INLINE_LIMIT
    _send_saved(client, report, pks[: conf.INLINE_LIMIT])
    left -= _send_left(client, report, run, limit=left)
    accepted_before = inline.turns.accepted_before(started_at)
    if not report.problem and inline.is_wanted(accepted_before=accepted_before):
        inline.heal(client, report, accepted_before=accepted_before, should_stop=is_late)
        _send_left(client, report, run, limit=left)


def _send_left(client: Gateway, report: Report, run: lanes.Run, *, limit: int) -> int:
    """Send up to ``limit`` messages that signal receivers left to this run; return how many were taken."""
    taken = 0
    while taken < limit and run.left and not report.problem and not is_late():
        pks = run.take(limit - taken)
        taken += len(pks)
        _send_saved(client, report, pks)
    return taken


def _send_saved(client: Gateway, report: Report, pks: Sequence[int]) -> None:
    """Send these messages. A single healthy message takes the fast path."""
    package = single_claim.claim(pks[0]) if len(pks) == 1 else None
    if package is not None:
        Delivery(package, report, Connection()).run(client.send)
    elif usable_client.may_ask(report):
        dispatch(client, report, limit=report.sent + len(pks), pks=pks, should_stop=is_late)
