"""Run it: ``python -m tests.chaos --messages 20000 --workers 4 --kills 100 --faults 1000 --seed 1``."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.chaos import audience
from tests.chaos.databases import database

FEWEST_CAMPAIGNS = 3
"""With fewer the groups would overlap with themselves."""
ISOLATIONS = ("read committed", "repeatable read", "serializable")


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
    parser.add_argument("--restores", type=int, default=0, help="of a backup of the database, while campaigns run")
    parser.add_argument("--account-changes", type=int, default=0, help="each to the next of two accounts")
    parser.add_argument("--isolation", choices=ISOLATIONS, help="level of the host's transactions; not for SQLite")
    parser.add_argument("--pool", action="store_true", help="the host pools its connections; PostgreSQL only")
    parser.add_argument("--proxy", action="store_true", help="the host is behind PgBouncer; PostgreSQL only")
    parser.add_argument("--sms", action="store_true", help="half of the people have no Viber, and get an SMS instead")
    parser.add_argument("--database", default="", help="URL; a database of this name is made and dropped")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    if 0 < options.campaigns < FEWEST_CAMPAIGNS or options.campaigns > 99:
        parser.error(f"--campaigns takes 0, or {FEWEST_CAMPAIGNS} to 99")
    if options.restores and options.account_changes:
        parser.error("a database that went back in time asks the account that knows what was sent: choose one")
    if (options.pool or options.proxy) and not options.database.startswith("postgres"):
        parser.error("--pool and --proxy are for PostgreSQL: give its URL with --database")
    return options


def main() -> int:
    """Do the damage, let it drain, tell what came of it; return 1 if a promise was broken."""
    options = parse()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.chaos.settings"
    os.environ |= {"CHAOS_BROKER": options.broker, "CHAOS_QUEUE": f"viber-chaos-{os.getpid()}"}
    os.environ["CHAOS_ISOLATION"] = options.isolation or ""
    os.environ |= {"CHAOS_POOL": str(options.pool), "CHAOS_PROXY": str(options.proxy)}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with database(options.database, folder), proxied(options, folder):
            return run(options, folder)


@contextmanager
def proxied(options: argparse.Namespace, folder: Path) -> Iterator[None]:
    """Have the processes reach the database through PgBouncer, if so asked; this one looks at it directly."""
    from tests.pooler.bouncer import bouncer

    with ExitStack() as stack:
        if options.proxy:
            name = options.database.rpartition("/")[2]
            os.environ["DATABASE_URL"] = f"{stack.enter_context(bouncer(folder))}/{name}"
        yield


def run(options: argparse.Namespace, folder: Path) -> int:
    """Run workers, nemesis and drain on a prepared database."""
    from tests.chaos import by_sms, campaigning, crowd, drain, history, nemesis, triggers
    from tests.chaos.report import Report

    log = folder / "workers.log"
    plan = audience.plan_for(options.messages, options.campaigns)
    singles = options.messages - plan.wanted()
    with ExitStack() as stack:
        accounts = stack.enter_context(opened_accounts(options))
        backup = stack.enter_context(kept_backup())
        campaigning.make(plan)
        triggers.keep_history()
        started = time.monotonic()
        people = crowd.Crowd(options.seed, singles, asks_for_sms=options.sms)
        workers = nemesis.Workers(commands(options), environment(options, accounts), log)
        end = drain.Drain(accounts)
        enemy = nemesis.Nemesis(
            workers, accounts, end.is_over, kills=options.kills, faults=options.faults, messages=options.messages,
            seed=options.seed, upsets=upsets(options, accounts, workers, backup, people),
        )  # fmt: skip
        people.start()
        enemy.start()
        with nudges(options):
            enemy.join()
            done = enemy.done + people.leave()
            workers.become_immortal()
            end.wait(workers)
            done += end.done
        codes = workers.stop()
        text = log.read_text(errors="replace")
        has_forgotten = done["restores"] > 0
        broken = [
            *history.violations(accounts, plan, singles, text, has_forgotten=has_forgotten),
            *undone(options, done),
            *(by_sms.violations(accounts, singles, may_lack=bool(options.account_changes)) if options.sms else ()),
        ]
        if codes:
            broken.append(f"workers ended with {codes}")
        Report(options, accounts, plan, done, time.monotonic() - started, text).tell(broken)
    return 1 if broken else 0


@contextmanager
def opened_accounts(options: argparse.Namespace) -> "Iterator[object]":
    """Open the accounts of a run: two where it changes them."""
    from tests.chaos import by_sms
    from tests.chaos.accounts import Accounts
    from tests.chaos.gateway import Gateway

    keys = ["canary-key-of-chaos", "canary-key-of-another"][: 2 if options.account_changes else 1]
    with ExitStack() as stack:
        options_of_all = {"seconds_to_deliver": 0.5, "silence_seconds": 3, "slow_seconds": 0.3}
        if options.sms:
            options_of_all["without_viber"] = by_sms.has_no_viber
        yield Accounts([stack.enter_context(Gateway(key=key, **options_of_all)) for key in keys])


@contextmanager
def kept_backup() -> "Iterator[object]":
    """Have a place for a copy of the database."""
    from tests.chaos.backups import Backup

    backup = Backup()
    try:
        yield backup
    finally:
        backup.drop()


def upsets(options: argparse.Namespace, accounts: "object", workers: "object", *others: "object") -> "list[object]":
    """Return what happens to the whole site."""
    from tests.chaos import upsets

    return [
        *upsets.restores(options.restores, options.messages, *others),
        *upsets.account_changes(options.account_changes, options.messages, accounts, workers),
    ]


def undone(options: argparse.Namespace, done: "dict[str, int]") -> Iterator[str]:
    """Tell what was asked for and did not happen: such a run has proved nothing."""
    for name, wanted in (("restores", options.restores), ("account changes", options.account_changes)):
        if done[name] != wanted:
            yield f"{done[name]} of {wanted} {name} were made"


def commands(options: argparse.Namespace) -> list[tuple[str, ...]]:
    """Return the processes to start and to kill."""
    from tests.chaos import nemesis

    workers = [nemesis.VIBER_WORKER] * options.workers + [nemesis.CELERY_WORKER] * options.celery_workers
    return [*workers, *(nemesis.IMPORTERS if options.campaigns else ())]


def environment(options: argparse.Namespace, accounts: "object") -> dict[str, str]:
    """Return what the processes are told."""
    return os.environ | {
        "VIBER_API_URL": accounts.url,
        "VIBER_API_KEY": accounts.key,
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


if __name__ == "__main__":
    sys.exit(main())
