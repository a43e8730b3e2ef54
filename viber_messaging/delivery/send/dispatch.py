"""Send the messages that are due: claim, commit, send, record, commit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import claims
from viber_messaging.delivery.queue.claims import ClaimedPackage
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.package import Delivery
from viber_messaging.delivery.send.parallel import Flights
from viber_messaging.delivery.send.rate_limit import Pace
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Connection

LONGEST_SCAN = 50_000
"""Scan the queue from its start again after this many messages, so that a retry does not wait behind a million."""
LONGEST_SCAN_SECONDS = 60.0
"""Also scan from the start after this time, since with RATE_LIMIT so many messages may take hours."""
MOST_BEFORE_A_QUESTION = 10
"""The most packages of messages outside campaigns to send before a status request, if new ones keep arriving."""
LOOK_EVERY_SECONDS = 0.5
"""How often to look for messages outside campaigns while requests are under way and nothing else may be sent."""


def never() -> bool:
    """Return False: nobody asked to stop."""
    return False


@dataclass(slots=True, kw_only=True)
class Scan:
    """The position of a run in the queue, so that it does not scan again what it has sent."""

    after_pk: int = 0
    passed: int = 0
    began_at: float = field(default_factory=time.monotonic)
    singles_after_pk: int = 0
    are_more_singles: bool = False
    sent: int = 0
    """The number of messages sent when messages outside campaigns were last looked for from the start."""

    def singles_from(self, sent: int) -> int:
        """Return the key after which to look for messages outside campaigns, once ``sent`` messages were sent.

        Start from the first, so that a message committed late does not wait. Continue from the last position if there
        are many, or if nothing was sent since: a message that cannot be sent must not be taken over and over.
        """
        if sent != self.sent and not self.are_more_singles:
            self.singles_after_pk, self.sent = 0, sent
        return self.singles_after_pk

    def pass_over(self, package: ClaimedPackage) -> None:
        """Continue after this package. After many messages or a long time, go back to the start, where retries wait."""
        self.singles_after_pk, self.are_more_singles = package.last_single_pk, package.are_more_singles
        self.passed += len(package.claims)
        self.after_pk = max(self.after_pk, package.last_pk)
        if self.passed >= LONGEST_SCAN or time.monotonic() - self.began_at >= LONGEST_SCAN_SECONDS:
            self.rewind()

    def rewind(self) -> bool:
        """Go back to the start of the queue; return whether we were elsewhere."""
        was_elsewhere, self.after_pk, self.singles_after_pk, self.passed = self.after_pk > 0, 0, 0, 0
        self.began_at = time.monotonic()
        return was_elsewhere


def dispatch(
    client: Gateway,
    report: Report,
    *,
    limit: int,
    pks: Sequence[int] | None = None,
    scan: Scan | None = None,
    pace: Pace | None = None,
    concurrency: int = 1,
    last: int | None = None,
    should_stop: Callable[[], bool] = never,
) -> None:
    """Send up to ``limit`` due messages in packages, until none are left, a person stops it, or the gateway fails.

    Messages outside campaigns come first. ``scan`` continues where an earlier call ended, then once from the start;
    ``pace`` carries over the rate of earlier calls. ``concurrency`` is how many requests may be under way at once.
    While the last ones are, messages outside campaigns may still leave, until ``last`` messages are sent.
    """
    tables.assert_no_transaction()
    supply = Supply(
        report=report,
        limit=limit,
        last=limit if last is None else last,
        pks=pks,
        scan=scan or Scan(),
        pace=pace or Pace(conf.RATE_LIMIT),
        should_stop=should_stop,
    )
    if concurrency > 1:
        _dispatch_at_once(supply, concurrency)
        return
    while not supply.is_over():
        if delivery := supply.next():
            delivery.run(client.send)
        else:
            supply.pace.nap(should_stop)


def send_singles(
    client: Gateway, report: Report, *, limit: int, scan: Scan, pace: Pace, should_stop: Callable[[], bool]
) -> None:
    """Send the due messages outside campaigns, before a request that only asks for statuses.

    Messages saved meanwhile are included. If there are more than one package, send only one, so that statuses are still
    requested.
    """
    supply = Supply(report=report, limit=0, last=limit, pks=None, scan=scan, pace=pace, should_stop=should_stop)
    for _package in range(MOST_BEFORE_A_QUESTION):
        if not claims.are_singles_due() or (delivery := supply.next()) is None:
            return
        delivery.run(client.send)
        if scan.are_more_singles:
            return


def _dispatch_at_once(supply: "Supply", concurrency: int) -> None:
    """Claim and record in this thread, the only one that uses the database; other threads make the requests."""
    with Flights(concurrency) as flights:
        while flights.are_any or not supply.is_over():
            if not flights.are_full and (delivery := supply.next(flights.size)):
                flights.start(delivery)
            elif flights.are_any:
                flights.land(within_seconds=None if flights.are_full else supply.seconds_to_look())
            else:
                supply.pace.nap(supply.should_stop)


class Room(NamedTuple):
    """What the next package may hold."""

    size: int
    singles_only: bool
    only_if_few: bool


@dataclass(slots=True, kw_only=True)
class Supply:
    """The packages that one call may send, claimed on demand."""

    report: Report
    limit: int
    last: int
    """A limit above ``limit``, for messages outside campaigns while other requests are under way."""
    pks: Sequence[int] | None
    scan: Scan
    pace: Pace
    should_stop: Callable[[], bool]
    may_rewind: bool = False
    is_exhausted: bool = False
    is_closed: bool = False

    def __post_init__(self) -> None:
        self.may_rewind = self.scan.after_pk > 0

    def is_over(self) -> bool:
        """Return whether there is nothing more to send."""
        is_done = self.is_exhausted or self.report.sent >= self.limit
        return is_done or self.is_closed or bool(self.report.problem) or self.should_stop()

    def seconds_to_look(self) -> float:
        """Return how long to wait for answers before looking again for messages to send."""
        return min(LOOK_EVERY_SECONDS, self.pace.seconds_left() or LOOK_EVERY_SECONDS)

    def next(self, under_way: int = 0) -> Delivery | None:
        """Claim the next package while ``under_way`` other messages are being sent; None if nothing may be sent."""
        while not (self.is_closed or self.report.problem or self.should_stop()):
            since, seen = timezone.now(), health.row()
            self._close_if_held(seen)
            room = self._room(health.package_size(seen), under_way)
            if self.is_closed or room.size < 1:
                return None
            package = self._claim(room)
            if package is not None and package.claims:
                self.pace.spend(len(package.claims))
                return Delivery(package, self.report, seen, since=since)
            if package is None and (room.singles_only or not self._turn()):
                return None
        return None

    def _close_if_held(self, seen: Connection) -> None:
        """Close the supply if a person stopped all sending, or another run met a failure that pauses it."""
        if seen.stopped_at is not None:
            self.is_closed = True
        elif seen.is_paused(timezone.now()):
            self.report.problem, self.is_closed = seen.error, True

    def _room(self, package_size: int, under_way: int) -> Room:
        sent, is_ahead = self.report.sent + under_way, self.pace.seconds_left() > 0
        is_late = self.is_exhausted or sent >= self.limit
        left = (self.last if is_late else self.limit) - sent
        size = min(package_size, left, self.pace.ahead if is_ahead else self.pace.burst)
        return Room(size, singles_only=is_late or is_ahead, only_if_few=is_ahead)

    def _claim(self, room: Room) -> ClaimedPackage | None:
        package = claims.claim(
            room.size,
            pks=self.pks,
            after_pk=self.scan.after_pk,
            singles_after_pk=self.scan.singles_from(self.report.sent),
            singles_only=room.singles_only,
            only_if_few=room.only_if_few,
        )
        if package is None:
            self.scan.singles_after_pk, self.scan.are_more_singles = 0, False
        else:
            self.scan.pass_over(package)
        return package

    def _turn(self) -> bool:
        """Go back once to the start of the queue if we did not begin there; return whether there is more to scan."""
        self.is_exhausted = not (self.may_rewind and self.scan.rewind())
        self.may_rewind = False
        return not self.is_exhausted
