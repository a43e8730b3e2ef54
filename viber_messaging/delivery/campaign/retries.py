"""Which failed messages a retry would send again, and which it leaves out, by reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.utils import timezone

from viber_messaging.delivery import consent
from viber_messaging.delivery.decisions.outcomes import HOPELESS_CODES, HOPELESS_ERRORS
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.status.manual_decisions import UNDECIDED
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import RETRIED_STATES
from viber_messaging.text.phones import ERASED_PREFIX

Reasons = Mapping[tuple[int | None, str], int]
"""Counts by the gateway's code and the stored error."""

RECENT = timedelta(days=7)
"""Failures of this time are sent again together; what is older is hardly wanted any more, and is chosen in the list."""

_IS_HOPELESS = Q(status_code__in=HOPELESS_CODES) | Q(error__in=(*HOPELESS_ERRORS, *UNDECIDED))
"""They would fail again, or may have been sent, so that a person decides about each."""


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
    """Return the messages of a campaign that failed and may succeed."""
    return hopeful(_failed(campaign))


def hopeful(failed: MessageQuerySet) -> MessageQuerySet:
    """Narrow to the messages that may succeed: the gateway has not had them, and people still want them."""
    untaken = failed.exclude(holds.is_of_cancelled()).exclude(_IS_HOPELESS).untaken()
    return consent.wanted(untaken).exclude(phone__startswith=ERASED_PREFIX)


def plan(campaign: Campaign) -> Retry:
    """Count what a retry of this campaign would send again, and what it would leave out."""
    return plan_of(_failed(campaign))


def plan_of(failed: MessageQuerySet) -> Retry:
    """Count which of these failed messages a retry would send again, and which it would leave out."""
    reasons, all_reasons = _by_reason(hopeful(failed)), _by_reason(failed)
    left_out = {reason: count - reasons.get(reason, 0) for reason, count in all_reasons.items()}
    return Retry(reasons=reasons, left_out={reason: count for reason, count in left_out.items() if count})


def recent_failures() -> MessageQuerySet:
    """Return the failed messages that are not too old to be wanted still, of all campaigns and of none."""
    return tables.messages().filter(state__in=RETRIED_STATES, created_at__gte=timezone.now() - RECENT)


def _failed(campaign: Campaign) -> MessageQuerySet:
    return tables.messages().filter(campaign=campaign.pk, state__in=RETRIED_STATES)


def _by_reason(messages: MessageQuerySet) -> Reasons:
    rows = messages.order_by().values_list("status_code", "error").annotate(count=Count("pk"))
    return {(code, error): count for code, error, count in rows.order_by("-count")}
