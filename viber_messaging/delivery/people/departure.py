"""Effects of deleting people or groups: on messages that wait, and on the audiences of future campaigns."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.decisions.cancellation import cancelled
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models import Campaign, Recipient
from viber_messaging.models.database import keyset
from viber_messaging.states import IN_FLIGHT_STATES, STARTED_STATES, UNSENT_STATES, CampaignState, MessageState

RECIPIENT_DELETED = gettext_noop("The recipient was deleted before this message was sent.")


@dataclass(slots=True, kw_only=True)
class Waiting:
    """Counts of unfinished messages to people."""

    unsent: int = 0
    """A deletion cancels these."""
    held: int = 0
    """The gateway holds these for later; it is asked to cancel them."""
    in_flight: int = 0
    """These are being sent, or may have been. They are not retried, but may arrive."""


def waiting(recipients: Iterable[Recipient]) -> Waiting:
    """Count the unfinished messages to these people."""
    found = Waiting()
    for batch in batches((recipient.pk, recipient.phone) for recipient in recipients):
        for theirs in _theirs_once([pk for pk, _ in batch], [phone for _, phone in batch]):
            counts = tables.messages().filter(theirs).order_by().aggregate(
                unsent=Count("pk", filter=Q(state__in=UNSENT_STATES)),
                held=Count("pk", filter=_is_held()),
                in_flight=Count("pk", filter=Q(state__in=IN_FLIGHT_STATES)),
            )  # fmt: skip
            found.unsent += counts["unsent"]
            found.held += counts["held"]
            found.in_flight += counts["in_flight"]
    return found


def stop_messages_to(recipient: Recipient, origin: Any = None) -> None:
    """Stop the unfinished messages to this person, who is about to be deleted, in the deletion's transaction.

    ``origin`` is what Django deletes: for a queryset, all of its people are handled at once with the first of them.
    """
    stopped: set[Any] = set()
    if isinstance(origin, QuerySet) and origin.model is Recipient:
        stopped = origin.__dict__.setdefault("_viber_stopped", stopped)
        if recipient.pk not in stopped:
            for keys in keyset.pieces(origin.using(tables.alias())):
                _stop(keys)
                stopped.update(keys)
    if recipient.pk not in stopped:
        _stop([recipient.pk])


def _stop(keys: Collection[Any]) -> None:
    """Lock the people first, so that a campaign that is creating messages waits, and then does not find them."""
    people = tables.recipients().filter(pk__in=keys).order_by("pk").select_for_update()
    phones, now = list(people.values_list("phone", flat=True)), timezone.now()
    for theirs in (Q(recipient__in=keys), Q(phone__in=phones)):
        messages = tables.messages().filter(theirs)
        messages.filter(state__in=IN_FLIGHT_STATES).update(is_recipient_gone=True)
        messages.filter(_is_held()).update(is_recipient_gone=True, next_attempt_at=None)
        messages.filter(state__in=UNSENT_STATES).update(**cancellation(now), next_attempt_at=None)


def cancellation(now: Any) -> dict[str, Any]:
    """Return the field changes that cancel a message because its recipient was deleted."""
    return cancelled(RECIPIENT_DELETED, now)


def _theirs_once(keys: Collection[Any], phones: Collection[str]) -> tuple[Q, Q]:
    """Return two conditions that never both apply to a message; an index serves each."""
    return Q(recipient__in=keys), Q(phone__in=phones) & (Q(recipient=None) | ~Q(recipient__in=keys))


def _is_held() -> Q:
    return Q(state=MessageState.ACCEPTED, scheduled_at__gt=timezone.now())


def campaigns_to_come(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Return the started campaigns that still have to read these groups."""
    started = tables.campaigns().filter(state__in=STARTED_STATES, expanded_at=None)
    return started.filter(pk__in=_campaigns_of(groups)).order_by("pk")


def drafts(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Return the drafts that go to these groups."""
    return tables.campaigns().filter(state=CampaignState.DRAFT, pk__in=_campaigns_of(groups)).order_by("pk")


def _campaigns_of(groups: Collection[Any]) -> list[Any]:
    through = Campaign.groups.through._default_manager.using(tables.alias())
    return list(through.filter(recipientgroup__in=groups).values_list("campaign", flat=True))


def lock_campaigns_of(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Prevent campaigns to these groups from starting until the transaction ends; return those already started."""
    list(tables.campaigns().filter(pk__in=_campaigns_of(groups)).select_for_update().order_by("pk").values_list("pk"))
    return campaigns_to_come(groups)
