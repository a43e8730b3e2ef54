"""After a send inside a web request, handle a few other due messages, so that a site without a worker recovers."""

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
from viber_messaging.delivery.status import polling, recall, recovery, sms_deadline
from viber_messaging.delivery.status.polling_lease import PollingLease
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.sql.statements import Blank, Statement, selecting
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models import Connection, Message
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import CampaignState

ASK_EVERY_SECONDS = 2.0
"""The interval in each process: sends in quick succession need not each ask for the status of the one before."""

# Typed Any, because the ORM accepts a blank like a value.
_NOW: Any = Blank("now", models.DateTimeField())
_SINCE: Any = Blank("since", models.DateTimeField())


class Turns:
    """When this process may next ask for the status of messages that it has only just sent."""

    def __init__(self) -> None:
        self._next_at = 0.0

    def accepted_before(self, started_at: datetime) -> datetime:
        """Return the time from which accepted messages are too recent for this run to ask about."""
        if time.monotonic() < self._next_at:
            return started_at - polling.TIME_TO_ARRIVE
        self._next_at = time.monotonic() + ASK_EVERY_SECONDS
        return started_at


turns = Turns()


def is_wanted(*, accepted_before: datetime) -> bool:
    """Return, by one query, whether anything is due; messages accepted after ``accepted_before`` do not count."""
    kind = tables.alias(), float(conf.CLAIM_TIMEOUT), float(conf.STATUS_MAX_AGE)
    return not _all_quiet(*kind).fetch(now=timezone.now(), since=accepted_before)


@lru_cache(maxsize=8)
def _all_quiet(alias: str, claim_timeout: float, status_max_age: float) -> Statement:
    """Select the connection's row if nothing at all is due."""
    messages = MessageQuerySet(Message, using=alias)
    waiting = (
        messages.due(_NOW),
        messages.abandoned(_NOW, timedelta(seconds=claim_timeout)),
        messages.unconfirmed(_NOW),
        recall.unwanted(messages.held(_NOW)),
        polling.due(messages, _NOW, _SINCE, timedelta(seconds=status_max_age)),
        tables.campaigns().filter(state=CampaignState.RUNNING),
    )
    quiet = Connection.objects.db_manager(alias).filter(*(Q(~Exists(some)) for some in waiting))
    return selecting(quiet.filter(pk=Connection.SINGLETON).values("pk"))


def heal(client: Gateway, report: Report, *, accepted_before: datetime, should_stop: Callable[[], bool]) -> None:
    """Handle a few due messages; those accepted later than ``accepted_before`` are not asked about.

    Among simultaneous web requests and workers, only one asks the gateway.
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
        sms_deadline.replace(client, report, limit=conf.INLINE_LIMIT, may_ask=may_ask)
        if report.queued_sms:
            dispatch(client, report, limit=report.sent + conf.INLINE_LIMIT, should_stop=should_stop)
    lifecycle.look_after(Judge(report=report))


def _ask_for_doubts(client: Gateway, report: Report, may_ask: Callable[[], bool]) -> None:
    """Call back messages that must no longer arrive, then ask about those that may have been sent."""
    recall.withdraw(client, report, limit=conf.INLINE_LIMIT, may_ask=may_ask)
    if recovery.are_due() and may_ask():
        recovery.settle_unconfirmed(
            client,
            report,
            limit=conf.INLINE_LIMIT,
            should_stop=lambda: not may_ask(),
            total_timeout_seconds=min(conf.INLINE_TIMEOUT, conf.TOTAL_TIMEOUT),
        )
