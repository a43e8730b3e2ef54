"""Sending what is due: claim, commit, send, record, commit."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery import claims, connection, storage
from viber_messaging.delivery.claims import ClaimedPackage
from viber_messaging.delivery.delivering import Delivery
from viber_messaging.delivery.flights import Flights
from viber_messaging.delivery.pacing import Pace
from viber_messaging.delivery.report import Report
from viber_messaging.gateway.protocol import Gateway

LONGEST_SCAN = 50_000
"""Messages after which the queue is looked at from its start: nothing queued again waits for the end of a million."""
LONGEST_SCAN_SECONDS = 60.0
"""After which it is too, where RATE_LIMIT makes so many messages take hours."""


def never() -> bool:
    """Answer that nobody asked to stop."""
    return False


@dataclass(slots=True, kw_only=True)
class Scan:
    """How far along the queue a run has come: what it has sent is not walked over again."""

    after_pk: int = 0
    passed: int = 0
    began_at: float = field(default_factory=time.monotonic)

    def pass_over(self, package: ClaimedPackage) -> None:
        """Go on behind this package; from the start after many or long, where others wait for a second try."""
        self.passed += len(package.claims)
        self.after_pk = package.last_pk
        if self.passed >= LONGEST_SCAN or time.monotonic() - self.began_at >= LONGEST_SCAN_SECONDS:
            self.rewind()

    def rewind(self) -> bool:
        """Go back to the start of the queue; tell whether that is another place."""
        was_elsewhere, self.after_pk, self.passed = self.after_pk > 0, 0, 0
        self.began_at = time.monotonic()
        return was_elsewhere


def dispatch(
    client: Gateway,
    report: Report,
    *,
    limit: int,
    pks: Sequence[int] | None = None,
    singles_only: bool = False,
    scan: Scan | None = None,
    pace: Pace | None = None,
    concurrency: int = 1,
    should_stop: Callable[[], bool] = never,
) -> None:
    """Send up to ``limit`` due messages in packages, until there are none, a person stops it, or the gateway fails.

    ``scan`` goes on where an earlier call ended, and once around; ``pace`` at the speed that earlier calls left.
    ``concurrency`` is how many requests may be under way at once.
    """
    storage.assert_no_transaction()
    supply = Supply(
        report=report,
        limit=limit,
        pks=pks,
        singles_only=singles_only,
        scan=scan or Scan(),
        pace=pace or Pace(conf.RATE_LIMIT),
        should_stop=should_stop,
    )
    if concurrency > 1:
        _dispatch_at_once(supply, concurrency)
        return
    while delivery := supply.next():
        delivery.run(client.send)


def _dispatch_at_once(supply: "Supply", concurrency: int) -> None:
    """Claim and record here, alone with the database, while others carry the requests."""
    with Flights(concurrency) as flights:
        while True:
            if flights.are_full or (flights.are_any and supply.pace.seconds_left() > 0):
                flights.land(within_seconds=None if flights.are_full else supply.pace.seconds_left())
            elif delivery := supply.next(flights.size):
                flights.start(delivery)
            elif flights.are_any:
                flights.land()
            else:
                return


@dataclass(slots=True, kw_only=True)
class Supply:
    """The packages that one call may send, claimed as they are asked for."""

    report: Report
    limit: int
    pks: Sequence[int] | None
    singles_only: bool
    scan: Scan
    pace: Pace
    should_stop: Callable[[], bool]
    may_rewind: bool = False
    is_over: bool = False

    def __post_init__(self) -> None:
        self.may_rewind = self.scan.after_pk > 0

    def next(self, under_way: int = 0) -> Delivery | None:
        """Claim the next package; None once there is none, while ``under_way`` messages are being sent besides."""
        while not self.is_over and self.report.sent + under_way < self.limit and not self.report.problem:
            self.pace.wait(self.should_stop)
            if self.should_stop():
                break
            since, seen = timezone.now(), connection.row()
            if seen.stopped_at is not None:
                break
            if seen.is_paused(timezone.now()):
                # Another run met what pauses all: this one would only meet it again.
                self.report.problem = seen.error
                break
            size = min(connection.package_size(seen), self.limit - self.report.sent - under_way, self.pace.burst)
            package = claims.claim(size, pks=self.pks, after_pk=self.scan.after_pk, singles_only=self.singles_only)
            if package is None:
                self._turn()
                continue
            self.scan.pass_over(package)
            if package.claims:
                self.pace.spend(len(package.claims))
                return Delivery(package, self.report, seen, since=since)
        return None

    def _turn(self) -> None:
        """Look at the queue from its start, where we did not begin there; once."""
        self.is_over = not (self.may_rewind and self.scan.rewind())
        self.may_rewind = False
