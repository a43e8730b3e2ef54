"""The status requests of a run, made between its sends.

They are made a package at a time, and messages outside campaigns are sent before each, so that a login code never waits
for statuses.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.status import polling, recall, recovery, sms_deadline
from viber_messaging.delivery.status.polling_lease import PollingLease
from viber_messaging.gateway.protocol import Gateway


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The status requests of one run; if another worker already makes them, they are left to it."""

    client: Gateway
    report: Report
    started_at: datetime
    send_singles: Callable[[], None]
    """Called before each request."""
    should_stop: Callable[[], bool]

    def withdraw(self, limit: int) -> None:
        """Call back up to ``limit`` messages that must no longer arrive."""
        with PollingLease() as lease:
            while limit > 0:
                size = min(limit, conf.PACKAGE_SIZE)
                asked = recall.withdraw(self.client, self.report, limit=size, may_ask=self._may_ask(lease))
                limit -= asked or limit

    def settle(self, limit: int) -> bool:
        """Ask about up to ``limit`` messages that may have been sent; return whether there may be more."""
        with PollingLease() as lease:
            while limit > 0:
                asked = self._settle_package(lease, min(limit, conf.PACKAGE_SIZE))
                if not asked:
                    return False
                limit -= asked
        return True

    def _settle_package(self, lease: PollingLease, limit: int) -> int:
        """Ask about one package, if any is due; return for how many messages."""
        if not recovery.are_due():
            return 0
        asked_before = self.report.asked
        recovery.settle_unconfirmed(
            self.client, self.report, limit=limit, should_stop=self.should_stop, may_ask=self._may_ask(lease)
        )
        return self.report.asked - asked_before

    def poll(self, limit: int, after_pk: int = 0) -> int | None:
        """Ask for the status of up to ``limit`` other messages; return as `polling.poll` does.

        Messages that this run sent itself are asked about only after they had some time to arrive.
        """
        with PollingLease() as lease:
            return polling.poll(
                self.client,
                self.report,
                accepted_before=max(self.started_at, timezone.now() - polling.TIME_TO_ARRIVE),
                limit=limit,
                should_stop=self.should_stop,
                may_ask=self._may_ask(lease),
                after_pk=after_pk,
            )

    def replace(self, limit: int) -> None:
        """Have up to ``limit`` messages deleted that Viber has not delivered in time, so that an SMS goes instead."""
        with PollingLease() as lease:
            sms_deadline.replace(self.client, self.report, limit=limit, may_ask=self._may_ask(lease))

    def _may_ask(self, lease: PollingLease) -> Callable[[], bool]:
        """Return a function that sends messages outside campaigns, then returns whether a request may be made."""

        def may_ask() -> bool:
            self.send_singles()
            return not self.report.problem and not self.should_stop() and lease.hold()

        return may_ask
