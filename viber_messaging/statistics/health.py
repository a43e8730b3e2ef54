"""Complaints about what is wrong, as sentences for the person on call; none if all is well."""

from collections.abc import Iterator
from datetime import timedelta

from viber_messaging.statistics.snapshot import Standing


def complaints(standing: Standing, *, oldest: timedelta) -> Iterator[str]:
    """Yield each problem that a person should look at; ``oldest`` is how long a message may wait."""
    if standing.obstacle:
        yield f"nothing can be sent: {standing.obstacle.rstrip('.')}"
    if standing.stopped_at:
        yield f"a person stopped all sending at {standing.stopped_at:%Y-%m-%d %H:%M:%S %Z}"
    if standing.paused_until:
        code = f", code {standing.code}" if standing.code else ""
        yield f"sending is paused until {standing.paused_until:%H:%M:%S %Z}: {standing.reason}{code}"
    if standing.age() > oldest:
        yield (
            f"messages waiting: {standing.waiting - standing.held}, the oldest for {_minutes(standing.age())} minutes"
        )
    if standing.lacks_worker:
        seen = f"last seen {standing.worked_at:%Y-%m-%d %H:%M:%S %Z}" if standing.worked_at else "never seen"
        yield f"no worker is running ({seen}); run viber_worker, or viber_worker --once from cron or Celery beat"
    yield from _for_a_person(standing)
    if standing.is_low:
        yield f"the balance is low: {standing.balance:.2f} {standing.currency}"


def _for_a_person(standing: Standing) -> Iterator[str]:
    if standing.undecided:
        yield f"{standing.undecided} messages may have been sent and wait for a person to decide"
    if standing.forgotten:
        yield f"{standing.forgotten} messages were accepted, but the gateway no longer knows them"


def _minutes(age: timedelta) -> int:
    return round(age.total_seconds() / 60)
