"""The work in bulk as it is compared, in a process of its own: ``python -m tests.benchmarks.bulk_jobs JOB WHO …``."""

import argparse
import json
import os
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks import bulk_floor
from tests.benchmarks.contenders import TEXT, set_up
from tests.benchmarks.memory import peak_mb, reset_peak_mb

WHO = ("ours", "floor")


def queue(count: int) -> None:
    from viber_messaging.api import send_messages
    from viber_messaging.models import Message

    messages = (Message(phone=f"+38097{n:07d}", sender="SMSTest", text=f"{n} {TEXT}") for n in range(count))
    assert send_messages(messages) == count


def expand(count: int) -> None:
    from tests import doors

    report = doors.Report()
    while doors.expand(1000, report=report):
        pass
    assert report.moved.total() == count


def poll(count: int) -> None:
    from django.utils import timezone

    from tests import doors

    assert doors.ask_for_statuses(timezone.now() + timedelta(hours=1)).asked == count


def prune(count: int) -> None:
    from tests import doors

    assert doors.prune(datetime.now(UTC) - timedelta(days=30)) == count


OURS: dict[str, Callable[[int], None]] = {
    "queueing": queue,
    "expansion": expand,
    "polling": poll,
    "polling, delivered": poll,
    "pruning": prune,
}


def prepared(options: argparse.Namespace, moments: list[float]) -> Callable[[], None]:
    """Return what is to be timed; it notes each step."""
    if options.who == "floor":
        return lambda: bulk_floor.JOBS[options.job](
            bulk_floor.connect(os.environ["DATABASE_URL"]),
            count=options.messages,
            gateway=options.gateway,
            package=options.package,
            mark=lambda: moments.append(time.perf_counter()),
        )
    set_up()
    from django.db import connection

    def note(execute: Any, *arguments: Any) -> Any:
        moments.append(time.perf_counter())
        return execute(*arguments)

    def run() -> None:
        with connection.execute_wrapper(note):
            OURS[options.job](options.messages)

    return run


def flatness(moments: list[float]) -> float:
    """Return how fast the last tenth of the steps went beside the first: 1.0 where much work slows nothing down."""
    edge = len(moments) // 10
    return edge and (moments[edge] - moments[0]) / (moments[-1] - moments[-1 - edge])


def main() -> None:
    """Do one job and print what it took."""
    parser = argparse.ArgumentParser()
    parser.add_argument("job", choices=OURS)
    parser.add_argument("who", choices=WHO)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--messages", type=int, required=True)
    parser.add_argument("--package", type=int, required=True)
    parser.add_argument("--profile", help="write cProfile's figures to this file")
    options = parser.parse_args()
    moments: list[float] = []
    run = prepared(options, moments)
    own_mb = reset_peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()
    with profiled(options.profile):
        run()
    figures = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "mb": peak_mb() - own_mb}
    print(json.dumps(figures | {"flat": flatness(moments)}))


def profiled(file: str | None) -> Any:
    """Note where the time goes, if a file is named."""
    if file is None:
        return nullcontext()
    import cProfile
    from contextlib import contextmanager

    @contextmanager
    def profiling() -> Any:
        with cProfile.Profile() as profile:
            yield
        profile.dump_stats(file)

    return profiling()


if __name__ == "__main__":
    main()
