"""An hour without a gateway, and a full queue: ``python -m tests.chaos.outage --messages 50000``.

For each way in which everything may fail: an hour of a worker's rounds on a clock put forward by hand. After the last
the gateway is well again, and the queue must drain by itself.
"""

import argparse
import logging
import os
import sys
import tempfile
from pathlib import Path

import time_machine

from tests.chaos.databases import database

ROUND_SECONDS = 5
HOUR_SECONDS = 3600
HANDFUL = 20
"""Requests in an hour: 30 s apart at first, then twice as long each time."""

UNREACHABLE = "unreachable"
NOBODY_LISTENS = "http://127.0.0.1:9/api/xml.php"
ATTEMPTS_THAT_MAY_HAVE_ARRIVED = {"http-500": 3}
"""In packages: before three failures in a row nobody knows that it is an outage."""
FAULTS = (UNREACHABLE, "http-500", "error-202", "error-205", "error-209", "error-210", "refused-206")


class Sentences(logging.Handler):
    """Counts how often the log tells an operator that something is wrong."""

    def __init__(self) -> None:
        super().__init__(level=logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.outage", description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000)
    parser.add_argument("--database", default="", help="URL; a database of this name is made and dropped")
    return parser.parse_args()


def main() -> int:
    """Let each fault last an hour, print a line for each, then drain; return 1 if a promise was broken."""
    options = parse()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.chaos.settings"
    with tempfile.TemporaryDirectory() as name, database(options.database, Path(name)):
        logging.disable(logging.INFO)
        logging.getLogger().handlers.clear()
        return 1 if any(list(run(options.messages))) else 0


def run(count: int):
    """Yield for each fault, and for the drain, whether a promise was broken."""
    from viber_messaging.api import send_messages
    from viber_messaging.models import Message
    from viber_messaging.sandbox import Sandbox

    with Sandbox(key="canary-key-of-chaos") as sandbox, time_machine.travel("2026-11-20T08:00Z") as clock:
        with pointed_at(sandbox.url):
            send_messages(Message(sender="SMSTest", phone=f"+38067{n:07d}", text=str(n)) for n in range(count))
        for fault in FAULTS:
            sandbox.fail_all(None if fault == UNREACHABLE else fault)
            with pointed_at(NOBODY_LISTENS if fault == UNREACHABLE else sandbox.url):
                yield endure(fault, sandbox, clock)
        sandbox.fail_all(None)
        with pointed_at(sandbox.url):
            yield drain(sandbox, clock, count)


def pointed_at(url: str):
    """Use this address, and the settings that a site has which gives no others."""
    from django.test import override_settings

    return override_settings(VIBER_MESSAGING={"API_KEY": "canary-key-of-chaos", "API_URL": url, "DISPATCH": "worker"})


def endure(fault: str, sandbox, clock) -> bool:
    """Let the fault last an hour; tell whether it cost more than a handful of requests, or any attempt."""
    from django.utils import timezone

    from tests import doors
    from viber_messaging.models import Message, SendAttempt
    from viber_messaging.states import AttemptOutcome, MessageState

    sentences = Sentences()
    logging.getLogger("viber_messaging").addHandler(sentences)
    begun, requests = timezone.now(), sandbox.request_count
    doors.try_now()
    for _ in range(HOUR_SECONDS // ROUND_SECONDS):
        problem = doors.work().problem
        clock.shift(ROUND_SECONDS)
    logging.getLogger("viber_messaging").removeHandler(sentences)
    attempts = SendAttempt.objects.filter(started_at__gte=begun)
    probes = max(sandbox.request_count - requests, attempts.values("started_at").distinct().count())
    burnt = attempts.filter(outcome=AttemptOutcome.UNKNOWN).count()
    lost = Message.objects.exclude(state__in=(MessageState.QUEUED, MessageState.UNCONFIRMED)).count()
    is_broken = probes > HANDFUL or burnt > 100 * ATTEMPTS_THAT_MAY_HAVE_ARRIVED.get(fault, 0) or lost or not problem
    print(
        f"{fault}: {probes} probes in an hour, {burnt} attempts burnt, {lost} messages lost, "
        f"{sentences.count} lines in the log; the admin says: {problem}" + (" FAILED" if is_broken else ""),
        flush=True,
    )
    return bool(is_broken)


def drain(sandbox, clock, count: int) -> bool:
    """Let the worker go on with a gateway that is well; tell whether a message stayed behind or went twice."""
    from tests import doors

    hours = 0.0
    while len(sandbox.accepted) < count and hours < 2:
        doors.work()
        clock.shift(ROUND_SECONDS)
        hours += ROUND_SECONDS / HOUR_SECONDS
    twice = sum(sandbox.times_accepted(reference) > 1 for reference in sandbox.accepted)
    is_broken = len(sandbox.accepted) != count or twice
    print(f"well again: {len(sandbox.accepted)} of {count} accepted, {twice} twice" + (" FAILED" if is_broken else ""))
    return bool(is_broken)


if __name__ == "__main__":
    sys.exit(main())
