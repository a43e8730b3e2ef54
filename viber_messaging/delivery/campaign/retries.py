"""Which messages of a campaign a retry would send again, and which it leaves out, by reason."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from viber_messaging.delivery import consent
from viber_messaging.delivery.decisions.outcomes import HOPELESS_CODES, HOPELESS_ERRORS
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import RETRIED_STATES
from viber_messaging.text.phones import ERASED_PREFIX

Reasons = Mapping[tuple[int | None, str], int]
"""Counts by the gateway's code and the stored error."""

_IS_HOPELESS = Q(status_code__in=HOPELESS_CODES) | Q(error__in=HOPELESS_ERRORS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """What a retry would do at this moment."""

    reasons: Reasons
    """Why the messages that it would send again failed."""
    left_out: Reasons
    """Why the others failed."""

    @property
    def count(self) -> int:
        """Return how many messages it would send again."""
        return sum(self.reasons.values())


def retryable(campaign: Campaign) -> MessageQuerySet:
    """Return the messages that failed and may succeed: the gateway has not had them, and people still want them."""
    hopeful = _failed(campaign).exclude(holds.is_of_cancelled()).exclude(_IS_HOPELESS).untaken()
    return consent.wanted(hopeful).exclude(phone__startswith=ERASED_PREFIX)


def plan(campaign: Campaign) -> Retry:
    """Count what a retry of this campaign would send again, and what it would leave out."""
    reasons, failed = _by_reason(retryable(campaign)), _by_reason(_failed(campaign))
    left_out = {reason: count - reasons.get(reason, 0) for reason, count in failed.items()}
    return Retry(reasons=reasons, left_out={reason: count for reason, count in left_out.items() if count})


def _failed(campaign: Campaign) -> MessageQuerySet:
    return tables.messages().filter(campaign=campaign.pk, state__in=RETRIED_STATES)


def _by_reason(messages: MessageQuerySet) -> Reasons:
    rows = messages.order_by().values_list("status_code", "error").annotate(count=Count("pk"))
    return {(code, error): count for code, error, count in rows.order_by("-count")}
