"""What an answer of the gateway means for a message that may have been sent: pure decisions."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeAlias

from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery.connection import account
from viber_messaging.delivery.decisions import backoff, outcomes
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND
from viber_messaging.delivery.status.unknown_outcomes import Doubt
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.entities import StatusResult
from viber_messaging.states import FINAL_STATES, REFUSED_STATES, MessageState
from viber_messaging.time import moments

DEATHS_OF_POISON = 3
POISON = gettext_noop("Three workers stopped while they were sending this message, so it is not retried automatically.")
GAVE_UP = gettext_noop("No attempt reached the gateway; there are no more automatic retries.")

CLEARLY_BEFORE = timedelta(hours=2)
"""More than clock differences, rounded minutes, or an hour repeated by daylight saving time can explain."""
SELDOM = timedelta(days=1)
"""How often the gateway is asked while a person's decision is pending."""

Changes: TypeAlias = dict[str, Any]
"""New values by field name; empty if nothing changes."""


class Settlements:
    """The decisions about one package: similar messages wait equally long, so that one statement can write them."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._wait = cache(lambda count: timedelta(seconds=backoff.delay_seconds(count, conf.RETRY_DELAY)))

    def of(self, doubt: Doubt, result: StatusResult | None) -> Changes:
        """Return the changes that an answer makes to a message."""
        if result is None or result.code == MessageCode.UNKNOWN or result.code not in outcomes.STATE_BY_CODE:
            return self._unclear(doubt)
        if result.code == MessageCode.ERR_ID:
            return self._not_known(doubt)
        return self._another_sites() if _is_another_sites(doubt, result) else self._known(result)

    def _unclear(self, doubt: Doubt) -> Changes:
        """The gateway does not say whether it has the message: ask again; after RESEND_WINDOW, let a person decide."""
        first = min((trace.started_at for trace in doubt.traces), default=self._now)
        if self._now - first <= timedelta(seconds=conf.RESEND_WINDOW):
            return {"next_attempt_at": self._now + self._wait(doubt.number)}
        error = account.OTHER_ACCOUNT if doubt.is_elsewhere else TOO_OLD_TO_RESEND
        return {"error": error, "next_attempt_at": self._now + SELDOM}

    def _known(self, result: StatusResult) -> Changes:
        """The gateway has the message: take over its state and gateway ID."""
        state = outcomes.state_from_status(result.code, MessageState.ACCEPTED)
        changes = {
            "state": state,
            "status_code": result.code,
            "error": MessageCode(result.code).phrase if state in REFUSED_STATES else "",
            "next_attempt_at": None,
            "msg_id": result.sms_id,
        }
        if state != MessageState.REJECTED:
            changes["accepted_at"] = self._now
        if state in FINAL_STATES:
            changes["completed_at"] = outcomes.completed_at(result, self._now)
        return changes

    def _another_sites(self) -> Changes:
        return {**self._failed(outcomes.USED_BY_ANOTHER_SITE), "status_code": MessageCode.ERR_DUPLICATE}

    def _not_known(self, doubt: Doubt) -> Changes:
        """The gateway does not know the message: believe it only if it repeats that later, over a new connection."""
        if doubt.is_elsewhere:
            return {"error": account.OTHER_ACCOUNT, "next_attempt_at": self._now + SELDOM}
        if not doubt.is_missed:
            later = self._now + timedelta(seconds=conf.RETRY_DELAY)
            return {"status_code": MessageCode.ERR_ID, "next_attempt_at": later}
        return {} if doubt.is_early(self._now) else self._never_arrived(doubt)

    def _never_arrived(self, doubt: Doubt) -> Changes:
        """Send the message again, unless its reference was used elsewhere, or it is too late or was tried too often."""
        if doubt.accepted is not None:
            return self._forgotten(doubt.accepted.msg_id)
        if doubt.is_repeat:
            return {**self._failed(outcomes.REFERENCE_TAKEN), "status_code": MessageCode.ERR_DUPLICATE}
        if self._now - doubt.first_started_at > timedelta(seconds=conf.RESEND_WINDOW):
            return {"error": TOO_OLD_TO_RESEND, "next_attempt_at": self._now + SELDOM}
        if doubt.worker_deaths >= DEATHS_OF_POISON:
            return self._failed(POISON)
        if doubt.burnt >= conf.MAX_ATTEMPTS:
            return self._failed(GAVE_UP)
        wait = self._wait(doubt.burnt - 1) if doubt.burnt > 1 else timedelta()
        return {"state": MessageState.QUEUED, "error": "", "status_code": None, "next_attempt_at": self._now + wait}

    def _forgotten(self, msg_id: str) -> Changes:
        """A late answer said that the message was accepted, so it is never sent again."""
        return {
            "state": MessageState.ACCEPTED,
            "accepted_at": self._now,
            "msg_id": msg_id,
            "error": outcomes.FORGOTTEN,
            "next_attempt_at": None,
        }

    def _failed(self, error: str) -> Changes:
        failed = MessageState.FAILED
        return {"state": failed, "error": error, "completed_at": self._now, "next_attempt_at": None}


def _is_another_sites(doubt: Doubt, result: StatusResult) -> bool:
    """Return whether the gateway's message ended clearly before ours, with a random reference, was created."""
    if not doubt.is_repeat or doubt.is_of_intent or doubt.burnt or result.date_completed is None:
        return False
    return result.date_completed < moments.aware(doubt.created_at) - CLEARLY_BEFORE
