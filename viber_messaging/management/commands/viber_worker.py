"""Do everything that is due: send, recover, poll; in a loop, or once."""

import gc
import os
import signal
import sys
import threading
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any

from django.core.management.base import CommandError
from django.db import Error, close_old_connections, reset_queries

from viber_messaging.conf import conf
from viber_messaging.delivery.decisions import backoff
from viber_messaging.delivery.queue import claims, holds
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.runs import worker
from viber_messaging.delivery.send.rate_limit import Pace
from viber_messaging.logs.database_errors import first_line, lacks_migrations
from viber_messaging.management import worker_log
from viber_messaging.management.base import DatabaseCommand
from viber_messaging.states import MessageState

STOPPED_AT_ONCE = 130

_HANGUP: signal.Signals | None = getattr(signal, "SIGHUP", None)
"""The signal that the terminal was closed. Windows has none, and processes started by nohup ignore it."""

SHOWN_EVERY_SECONDS = 5.0
"""How often to show progress on a terminal, since a round that creates and sends a million messages takes a while."""

LOOK_EVERY_SECONDS = 0.5
"""How often to look for messages outside campaigns between two rounds: one look into a small index."""

LONGEST_PAUSE_SECONDS = 60.0
"""The longest pause before a database that failed is tried again."""


class Command(DatabaseCommand):
    help = (
        "Sends queued Viber messages, settles those whose outcome is unknown, and asks for the status of the others. "
        "Any number of workers may run, on any number of hosts. "
        "The first SIGTERM, SIGHUP or Ctrl-C finishes the packages in flight; a second one stops immediately."
    )

    _failures = 0
    """The number of consecutive rounds in which the database failed."""

    def run_from_argv(self, argv: list[str]) -> None:
        """Run in a process of its own: garbage collections pass by what was imported, a tenth of the CPU time."""
        gc.freeze()
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="Do everything that is due now, then exit; for cron.")
        parser.add_argument(
            "--interval", type=float, default=5.0, metavar="S", help="Seconds between two rounds (default: 5)."
        )
        parser.add_argument(
            "--limit", type=int, default=None, metavar="N", help="Send at most N messages in one round."
        )

    def handle(self, *args: Any, once: bool, interval: float, limit: int | None, **options: Any) -> None:
        if interval < 0 or (limit is not None and limit < 1):
            raise CommandError("--interval must not be negative, and --limit must be at least 1.")
        self._stop = threading.Event()
        self._is_once = once
        self._total = Report()
        self._pace = Pace(conf.RATE_LIMIT)
        self._listen_for_signals()
        if not once:
            self._say_started(interval)
        while not self._stop.is_set():
            self._round(limit, once=once)
            if once or self._pause(self._pause_seconds(interval)):
                break
        if not once and not sys.stdout.isatty():
            worker_log.end(self._total)
        if once and self._total.problem not in {"", holds.STOPPED}:
            raise CommandError(f"Finished: {self._total}.")
        self.stdout.write(f"Finished: {self._total}.")
        if failed := self._total.moved[MessageState.FAILED]:
            self.stderr.write(f"{failed} failed messages need a person: the page of each in the admin says why.")

    def _say_started(self, interval: float) -> None:
        """Never start in silence: without a terminal, log it, and print it if the site does not show the log."""
        if sys.stdout.isatty():
            self.stdout.write(f"Checks for due messages every {interval:g} s; press Ctrl-C to stop.")
            return
        sentence = worker_log.start(interval)
        if not worker_log.is_shown():
            self.stdout.write(f"{sentence} {worker_log.SILENT}")
            self.stdout.flush()

    def _listen_for_signals(self) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._ask_to_stop)
            signal.signal(signal.SIGINT, self._ask_to_stop)
            if _HANGUP is not None and signal.getsignal(_HANGUP) != signal.SIG_IGN:
                signal.signal(_HANGUP, self._ask_to_stop)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._stop.is_set():
            os._exit(STOPPED_AT_ONCE)
        self._stop.set()

    def _round(self, limit: int | None, *, once: bool) -> None:
        try:
            close_old_connections()
            self._report, self._shown_at = Report(), time.monotonic()
            worker.run_due(
                limit=limit or worker.NO_LIMIT,
                should_stop=self._is_asked_to_stop,
                report=self._report,
                pace=self._pace,
            )
        except Error as error:
            self._database_failed(error, once=once)
        else:
            self._failures = 0
            self._add(self._report)

    def _is_asked_to_stop(self) -> bool:
        """Return whether to stop, between two packages; also show progress, and clear the queries that DEBUG keeps."""
        reset_queries()
        if sys.stdout.isatty() and time.monotonic() - self._shown_at >= SHOWN_EVERY_SECONDS:
            self.stdout.write(f"So far: {self._report}")
            self._shown_at = time.monotonic()
        return self._stop.is_set()

    def _database_failed(self, error: Error, *, once: bool) -> None:
        """A loop continues when the database is unavailable; a single run reports the failure."""
        if lacks_migrations(error):
            raise error
        if once:
            raise CommandError(f"The database failed: {first_line(error)}") from error
        self._failures += 1
        self.stderr.write(f"The database failed, trying again: {first_line(error)}")

    def _pause(self, seconds: float) -> bool:
        """Wait for the next round, or until a message outside campaigns is due; return whether to stop."""
        ends_at = time.monotonic() + seconds
        while (left := ends_at - time.monotonic()) > 0 and not self._is_single_due():
            if self._stop.wait(min(left, LOOK_EVERY_SECONDS)):
                break
        return self._stop.is_set()

    def _is_single_due(self) -> bool:
        """Look for one only while nothing is wrong: otherwise each look would start a round that fails again."""
        if self._failures or self._report.problem:
            return False
        try:
            return claims.are_singles_due()
        except Error:
            return False  # The next round meets the error too, and handles it.

    def _pause_seconds(self, interval: float) -> float:
        """Return the interval, or a growing pause while the database fails."""
        if not self._failures:
            return interval
        longer = backoff.delay_seconds(self._failures, max(interval, 1.0), longest_seconds=LONGEST_PAUSE_SECONDS)
        return max(interval, longer)

    def _add(self, report: Report) -> None:
        self._total.moved.update(report.moved)
        self._total.sent += report.sent
        self._total.asked += report.asked
        if report.problem and report.problem != self._total.problem and not self._is_once:
            self.stderr.write(report.problem)
        self._total.problem = report.problem
        if not sys.stdout.isatty():
            worker_log.finish_round(report)
        elif report.moved:
            self.stdout.write(str(report))
