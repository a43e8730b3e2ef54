"""Taking care, after a send inside a request, of a few messages that wait for it: a site without a worker heals so."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import models
from django.db.models import Exists, Q
from django.utils import timezone

from viber_messaging.conf import conf
from viber_messaging.delivery.campaign import expansion, lifecycle
from viber_messaging.delivery.campaign.failure_limit import Judge
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.send.dispatch import dispatch
from viber_messaging.delivery.status import polling, recovery, withdrawal
from viber_messaging.delivery.status.polling_lease import PollingLease
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql.statements import Blank, Statement, selecting
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Connection, Message
from viber_messaging.models.message import MessageQuerySet
from viber_messaging.states import CampaignState

ASK_EVERY_SECONDS = 2.0
"""In each process: sends that follow one another closely need not each ask what became of the one before."""
TIME_TO_ARRIVE = timedelta(minutes=1)
"""Those accepted earlier are asked about with any send."""

# Any: to the ORM a blank is as good as the value.
_NOW: Any = Blank("now", models.DateTimeField())
_SINCE: Any = Blank("since", models.DateTimeField())


class Turns:
    """When this process last asked what became of messages that it had only just sent."""

    def __init__(self) -> None:
        self._next_at = 0.0

    def accepted_before(self, started_at: datetime) -> datetime:
        """Return since when accepted messages are not asked about in a run that began then."""
        if time.monotonic() < self._next_at:
            return started_at - TIME_TO_ARRIVE
        self._next_at = time.monotonic() + ASK_EVERY_SECONDS
        return started_at


turns = Turns()


def is_wanted(*, accepted_before: datetime) -> bool:
    """Tell, by one query, whether anything is due; those accepted later are not asked about yet."""
    kind = tables.alias(), float(conf.CLAIM_TIMEOUT), float(conf.STATUS_MAX_AGE)
    return not _all_quiet(*kind).fetch(now=timezone.now(), since=accepted_before)


@lru_cache(maxsize=8)
def _all_quiet(alias: str, claim_timeout: float, status_max_age: float) -> Statement:
    """Select the connection's row where nothing at all waits."""
    messages = MessageQuerySet(Message, using=alias)
    waiting = (
        messages.due(_NOW),
        messages.abandoned(_NOW, timedelta(seconds=claim_timeout)),
        messages.unconfirmed(_NOW),
        withdrawal.unwanted(messages.held(_NOW)),
        polling.due(messages, _NOW, _SINCE, timedelta(seconds=status_max_age)),
        tables.campaigns().filter(state=CampaignState.RUNNING),
    )
    quiet = Connection.objects.db_manager(alias).filter(*(Q(~Exists(some)) for some in waiting))
    return selecting(quiet.filter(pk=Connection.SINGLETON).values("pk"))


def heal(client: Gateway, report: Report, *, accepted_before: datetime, should_stop: Callable[[], bool]) -> None:
    """Take care of a few messages that wait for it; those accepted later are not asked about yet.

    Of many requests of the site at once, and of workers, one asks.
    """
    recovery.release_abandoned(report)
    expansion.expand(report, limit=conf.INLINE_LIMIT)
    with PollingLease() as lease:

        def may_ask() -> bool:
            return not should_stop() and lease.hold()

        _ask_for_doubts(client, report, may_ask)
        dispatch(client, report, limit=conf.INLINE_LIMIT, should_stop=should_stop)
        polling.poll(
            client,
            report,
            accepted_before=accepted_before,
            limit=conf.INLINE_LIMIT,
            should_stop=should_stop,
            may_ask=may_ask,
        )
    lifecycle.look_after(Judge(report=report))


def _ask_for_doubts(client: Gateway, report: Report, may_ask: Callable[[], bool]) -> None:
    """Call back what must not arrive any more, then ask for what may have been sent."""
    withdrawal.withdraw(client, report, limit=conf.INLINE_LIMIT, may_ask=may_ask)
    if recovery.are_due() and may_ask():
        recovery.settle_unconfirmed(
            client,
            report,
            limit=conf.INLINE_LIMIT,
            should_stop=lambda: not may_ask(),
            total_timeout_seconds=min(conf.INLINE_TIMEOUT, conf.TOTAL_TIMEOUT),
        )
