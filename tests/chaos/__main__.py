"""Run it: ``python -m tests.chaos --messages 20000 --workers 4 --kills 100 --faults 1000 --seed 1``."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos import audience
from tests.chaos.databases import database

LONGEST_DRAIN_SECONDS = 300
FEWEST_CAMPAIGNS = 3
"""With fewer the groups would overlap with themselves."""


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=2000, help="that must arrive; a third of them of campaigns")
    parser.add_argument("--campaigns", type=int, default=10, help="every fifth is cancelled on the way; 0 for none")
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--concurrency", type=int, default=1, help="requests that each worker has under way at once")
    parser.add_argument("--celery-workers", type=int, default=0, help="these besides, and a nudge ever so often")
    parser.add_argument("--broker", default="amqp://guest:guest@127.0.0.1:5672//", help="URL, for Celery")
    parser.add_argument("--crash-chance", type=float, default=0.01, help="of dying at each named point")
    parser.add_argument("--database", default="", help="URL; a database of this name is made and dropped")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if 0 < options.campaigns < FEWEST_CAMPAIGNS or options.campaigns > 99:
        parser.error(f"--campaigns takes 0, or {FEWEST_CAMPAIGNS} to 99")
    return options


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
    from tests.chaos import campaigning, crowd, history, nemesis, triggers
    from tests.chaos.gateway import Gateway
    from tests.chaos.report import Report

    log = folder / "workers.log"
    plan = audience.plan_for(options.messages, options.campaigns)
    singles = options.messages - plan.wanted()
    with Gateway(key="canary-key-of-chaos", seconds_to_deliver=0.5, silence_seconds=3, slow_seconds=0.3) as sandbox:
        campaigning.make(plan)
        triggers.keep_history()
        started = time.monotonic()
        people = crowd.Crowd(options.seed, singles)
        people.start()
        workers = nemesis.Workers(commands(options), environment(options, sandbox), log)
        enemy = nemesis.Nemesis(
            workers, sandbox, is_settled, kills=options.kills, faults=options.faults, messages=options.messages,
            seed=options.seed,
        )  # fmt: skip
        enemy.start()
        with nudges(options):
            enemy.join()
            done = people.leave()
            workers.become_immortal()
            drain(workers)
        codes = workers.stop()
        text = log.read_text(errors="replace")
        broken = list(history.violations(sandbox, plan, singles, text))
        if codes:
            broken.append(f"workers ended with {codes}")
        Report(options, sandbox, plan, enemy.done + done, time.monotonic() - started, text).tell(broken)
    return 1 if broken else 0


def commands(options: argparse.Namespace) -> list[tuple[str, ...]]:
    """Return the processes to start and to kill."""
    from tests.chaos import nemesis

    workers = [nemesis.VIBER_WORKER] * options.workers + [nemesis.CELERY_WORKER] * options.celery_workers
    return [*workers, *(nemesis.IMPORTERS if options.campaigns else ())]


def environment(options: argparse.Namespace, sandbox: "object") -> dict[str, str]:
    """Return what the processes are told."""
    return os.environ | {
        "VIBER_API_URL": sandbox.url,
        "VIBER_API_KEY": sandbox.key,
        "VIBER_CONCURRENCY": str(options.concurrency),
        "CHAOS_CRASH_CHANCE": str(options.crash_chance),
    }


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
    while time.monotonic() < deadline:
        workers.revive()
        if not play_the_person() and is_settled():
            return
        time.sleep(0.3)


def is_settled() -> bool:
    """Tell whether no message is on its way any more, and no campaign or import."""
    from django.db import connection

    from viber_messaging.models import Campaign, Message, StagedImport
    from viber_messaging.states import CampaignState, MessageState

    moving = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNCONFIRMED, MessageState.ACCEPTED)
    try:
        return not (
            Message.objects.filter(state__in=moving).exists()
            or Campaign.objects.exclude(state__in=(CampaignState.FINISHED, CampaignState.CANCELLED)).exists()
            or StagedImport.objects.filter(done_at=None, is_judged=True).exists()
        )
    finally:
        if not connection.in_atomic_block:
            connection.close()


def play_the_person() -> list[int]:
    """Try again what was set aside after three deaths, or refused alone: here it was never the message's fault."""
    from viber_messaging.delivery import outcomes, queueing, settlements
    from viber_messaging.models import Message

    return queueing.retry(Message.objects.filter(error__in=(settlements.POISON, outcomes.PACKAGE_CULPRIT)))


if __name__ == "__main__":
    sys.exit(main())
