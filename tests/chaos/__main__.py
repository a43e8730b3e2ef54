"""Run it: ``python -m tests.chaos --messages 20000 --workers 4 --kills 100 --faults 1000 --seed 1``."""

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.databases import database

LONGEST_DRAIN_SECONDS = 300


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--celery-workers", type=int, default=0, help="these besides, and a nudge ever so often")
    parser.add_argument("--broker", default="amqp://guest:guest@127.0.0.1:5672//", help="URL, for Celery")
    parser.add_argument("--crash-chance", type=float, default=0.01, help="of dying at each named point")
    parser.add_argument("--database", default="", help="URL; a database of this name is made and dropped")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> int:
    """Do the damage, let it drain, tell what came of it; return 1 if a promise was broken."""
    options = parse()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.chaos.settings"
    os.environ |= {"CHAOS_BROKER": options.broker, "CHAOS_QUEUE": f"viber-chaos-{os.getpid()}"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with database(options.database, folder):
            return run(options, folder)


def run(options: argparse.Namespace, folder: Path) -> int:
    """Run workers, nemesis and drain on a prepared database."""
    from tests.chaos import crowd, history, nemesis, triggers
    from viber_messaging.api import send_messages
    from viber_messaging.sandbox import Sandbox

    log = folder / "workers.log"
    with Sandbox(key="canary-key-of-chaos", seconds_to_deliver=0.5, silence_seconds=3, slow_seconds=0.3) as sandbox:
        triggers.keep_history()
        send_messages(crowd.messages(options.messages))
        environment = os.environ | {
            "VIBER_API_URL": sandbox.url,
            "VIBER_API_KEY": sandbox.key,
            "CHAOS_CRASH_CHANCE": str(options.crash_chance),
        }
        started = time.monotonic()
        commands = [nemesis.VIBER_WORKER] * options.workers + [nemesis.CELERY_WORKER] * options.celery_workers
        workers = nemesis.Workers(commands, environment, log)
        people = crowd.Crowd(options.seed)
        people.start()
        enemy = nemesis.Nemesis(
            workers, sandbox, is_settled, kills=options.kills, faults=options.faults, seed=options.seed
        )
        enemy.start()
        with nudges(options):
            enemy.join()
            people.leave()
            workers.become_immortal()
            drain(workers)
        codes = workers.stop()
        broken = list(history.violations(sandbox, options.messages, log.read_text(errors="replace")))
        if codes:
            broken.append(f"workers ended with {codes}")
        report(options, sandbox, enemy.done + people.done, time.monotonic() - started, broken, log)
    return 1 if broken else 0


@contextmanager
def nudges(options: argparse.Namespace) -> Iterator[None]:
    """Nudge Celery all the time, as requests of a site do; some nudges find no worker, some two."""
    if not options.celery_workers:
        yield
        return
    from tests.chaos import celery_app

    ticker = celery_app.Ticker()
    ticker.start()
    try:
        yield
    finally:
        ticker.stop()


def drain(workers: "object") -> None:
    """Wait until nothing is left to do, reviving workers that a crash point still ends."""
    deadline = time.monotonic() + LONGEST_DRAIN_SECONDS
    while not is_settled() and time.monotonic() < deadline:
        workers.revive()
        play_the_person()
        time.sleep(0.3)


def is_settled() -> bool:
    """Tell whether no message is on its way any more."""
    from django.db import connection

    from viber_messaging.models import Message
    from viber_messaging.states import MessageState

    moving = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED, MessageState.ACCEPTED)
    try:
        return not Message.objects.filter(state__in=moving).exists()
    finally:
        if not connection.in_atomic_block:
            connection.close()


def play_the_person() -> None:
    """Try again what was set aside after three deaths: here it was never the message that killed."""
    from viber_messaging.delivery import queueing, recovery
    from viber_messaging.models import Message

    queueing.retry(Message.objects.filter(error=recovery.POISON))


def report(options, sandbox, done: Counter, seconds: float, broken: list[str], log: Path) -> None:
    """Print one line of figures, and each broken promise."""
    from django.db import connection

    text = log.read_text(errors="replace")
    crashes = text.count("chaos: died")
    resubmitted = sum(times - 1 for times in sandbox.submissions.values() if times > 1)
    print(
        f"{connection.vendor} seed {options.seed}: {arrived(sandbox)} of {options.messages} accepted, "
        f"{resubmitted} sent again under their reference, {options.workers} workers"
        f"{f' and {options.celery_workers} of Celery' if options.celery_workers else ''}, {done['killed']} ended "
        f"({crashes} at named points), {done['frozen']} frozen, {done['faults']} faults, "
        f"{done['cancelled']} cancelled, {done['opted out']} opted out, {seconds:.0f} s: "
        + ("FAILED" if broken else "kept")
    )
    for sentence in broken:
        print(f"  {sentence}")
    if broken:
        sys.stdout.write(text[-3000:])


def arrived(sandbox) -> int:
    """Count what the gateway accepted of the messages that had to arrive."""
    from tests.chaos import crowd

    return sum(not message.phone.startswith(crowd.PHONES) for message in sandbox.accepted.values())


if __name__ == "__main__":
    sys.exit(main())
