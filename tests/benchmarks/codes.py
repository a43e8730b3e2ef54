"""Measure how long a login code waits beside other work: ``python -m tests.benchmarks.codes``.

A worker runs in a process of its own, against a stand-in gateway over HTTP that answers late. Codes are saved
meanwhile, at odd moments; told is how long each waited until its request began: the worst, the median, and the worst
beside what one request takes. At best a code waits for the request under way.
"""

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from tests.benchmarks.dispatch import prepared

CODES_EVERY_SECONDS = (0.2, 0.9)
START_SECONDS = 60.0
END_SECONDS = 120.0


def queue_a_campaign(count: int) -> None:
    """Queue so many messages of a campaign."""
    from tests.benchmarks import queues
    from viber_messaging.models import Campaign, Message

    queues.fill_messages(count)
    campaign, _is_new = Campaign.objects.get_or_create(name="C", sender="SMSTest", text="T", state="running")
    Message.objects.update(campaign=campaign)


def queue_without_statistics(count: int) -> None:
    """Queue them so that PostgreSQL does not know of them yet."""
    from django.db import connection

    from tests.benchmarks import queues

    known = queues.ANALYZE
    queues.ANALYZE = dict.fromkeys(known, "SELECT 1 -- {}")
    try:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ALTER TABLE {queues.MESSAGES} SET (autovacuum_enabled = false)")
        queue_a_campaign(count)
    finally:
        queues.ANALYZE = known


def leave_doubts(count: int) -> None:
    """Make ``count`` messages that may have been sent."""
    _in_state(count, state="unconfirmed")


def leave_statuses(count: int) -> None:
    """Leave so many messages whose status is due to be asked."""
    from django.utils import timezone

    _in_state(count, state="accepted", accepted_at=timezone.now() - timedelta(hours=1))


def _in_state(count: int, **fields: object) -> None:
    from viber_messaging.models import Message

    queue_a_campaign(count)
    Message.objects.update(**fields)


def leave_nothing(count: int) -> None:
    """Let the worker be idle."""
    queue_a_campaign(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What a worker has to do besides."""

    fill: Callable[[int], None]
    count: int
    late_ms: int = 300
    settings: dict[str, str] = field(default_factory=dict)


SCENES = {
    "idle": Scene(fill=leave_nothing, count=0),
    "campaign": Scene(fill=queue_a_campaign, count=20_000),
    "campaign, 4 at once": Scene(fill=queue_a_campaign, count=50_000, settings={"VIBER_CONCURRENCY": "4"}),
    "RATE_LIMIT 30": Scene(fill=queue_a_campaign, count=5_000, settings={"VIBER_RATE_LIMIT": "30"}),
    "doubts": Scene(fill=leave_doubts, count=5_000),
    "polling": Scene(fill=leave_statuses, count=5_000, late_ms=1500),
    "no statistics": Scene(fill=queue_without_statistics, count=-1),
}


@contextmanager
def working(address: str, scene: Scene) -> Iterator[None]:
    """Let a worker run meanwhile, as an operator would."""
    environment = os.environ | scene.settings | {"VIBER_API_URL": f"{address}/late/{scene.late_ms}"}
    command = [sys.executable, "-m", "django", "viber_worker"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def waits(address: str, scene: Scene, options: argparse.Namespace) -> list[float]:
    """Return how many seconds each code waited until its request began."""
    from django.db import connection

    from viber_messaging.models import Connection, Message, SendAttempt

    scene.fill(options.rows if scene.count < 0 else scene.count)
    Connection.objects.all().delete()
    with working(address, scene):
        until(lambda: Connection.objects.filter(worked_at__isnull=False).exists(), START_SECONDS)
        for _number in range(options.codes):
            time.sleep(random.uniform(*CODES_EVERY_SECONDS))
            Message.objects.create(sender="SMSTest", phone="+380501234567", text="Your code is 4821")
        codes = Message.objects.filter(campaign=None)
        until(lambda: not codes.filter(state__in=("queued", "sending")).exists(), END_SECONDS)
    attempts = SendAttempt.objects.filter(message__campaign=None).select_related("message")
    found = [(attempt.started_at - attempt.message.created_at).total_seconds() for attempt in attempts]
    connection.close()
    assert len(found) == options.codes, "each code is sent once"
    return found


def until(condition: Callable[[], bool], seconds: float) -> None:
    """Wait for a condition; raise TimeoutError if it does not come true."""
    ends_at = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > ends_at:
            raise TimeoutError
        time.sleep(0.05)


def main() -> None:
    """Measure all scenes, or those that are named."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.codes", description=__doc__)
    parser.add_argument("--database", default="", help="URL; one at a server is made anew (default: an SQLite file)")
    parser.add_argument("--codes", type=int, default=20)
    parser.add_argument("--rows", type=int, default=100_000, help='of the scene "no statistics"')
    parser.add_argument("--only", action="append", choices=SCENES, help="this scene; may be repeated")
    options = parser.parse_args()
    with prepared(options) as address:
        print(f"{options.database.partition(':')[0]}: {options.codes} codes a scene, {os.cpu_count()} cores")
        print(f"{'':22} {'request s':>9} {'median s':>9} {'worst s':>9} {'worst/request':>13}")
        for name in options.only or SCENES:
            found, request = waits(address, SCENES[name], options), SCENES[name].late_ms / 1000
            row = f"{statistics.median(found):9.2f} {max(found):9.2f} {max(found) / request:13.1f}"
            print(f"{name:22} {request:9.2f} {row}", flush=True)


if __name__ == "__main__":
    main()
