"""What a deletion takes away: messages that wait for the people, the audience of campaigns that are to come."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import batches
from viber_messaging.models import Campaign, Recipient
from viber_messaging.models.database import keyset
from viber_messaging.states import IN_FLIGHT_STATES, STARTED_STATES, UNSENT_STATES, CampaignState, MessageState

RECIPIENT_DELETED = gettext_noop("The recipient was deleted before this message was sent.")


@dataclass(slots=True, kw_only=True)
class Waiting:
    """The messages to people, as far as they are not over."""

    unsent: int = 0
    """A deletion cancels these."""
    held: int = 0
    """The gateway holds these for a later hour; it is asked to give them back."""
    in_flight: int = 0
    """These are being sent, or may have been. They are not tried again, but they may arrive."""


def waiting(recipients: Iterable[Recipient]) -> Waiting:
    """Count what waits for these people."""
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
    """Keep back what waits for this person, who is about to be deleted, in the deletion's own transaction.

    ``origin`` is what Django deletes: of a queryset all people are taken at once, when the first of them comes.
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
    """Hold the people first: a campaign that makes a message to one of them now waits, and then finds nobody."""
    people = tables.recipients().filter(pk__in=keys).order_by("pk").select_for_update()
    phones, now = list(people.values_list("phone", flat=True)), timezone.now()
    for theirs in (Q(recipient__in=keys), Q(phone__in=phones)):
        messages = tables.messages().filter(theirs)
        messages.filter(state__in=IN_FLIGHT_STATES).update(is_recipient_gone=True)
        messages.filter(_is_held()).update(is_recipient_gone=True, next_attempt_at=None)
        messages.filter(state__in=UNSENT_STATES).update(**cancellation(now), next_attempt_at=None)


def cancellation(now: Any) -> dict[str, Any]:
    """Return what changes of a message that is not sent because its recipient was deleted."""
    return {"state": MessageState.CANCELLED, "error": RECIPIENT_DELETED, "completed_at": now}


def _theirs_once(keys: Collection[Any], phones: Collection[str]) -> tuple[Q, Q]:
    """Return two conditions, each led by an index, of which a message meets one at most."""
    return Q(recipient__in=keys), Q(phone__in=phones) & (Q(recipient=None) | ~Q(recipient__in=keys))


def _is_held() -> Q:
    return Q(state=MessageState.ACCEPTED, scheduled_at__gt=timezone.now())


def campaigns_to_come(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Return the campaigns that were started and still have to find their people in these groups."""
    started = tables.campaigns().filter(state__in=STARTED_STATES, expanded_at=None)
    return started.filter(pk__in=_campaigns_of(groups)).order_by("pk")


def drafts(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Return the drafts that go to these groups."""
    return tables.campaigns().filter(state=CampaignState.DRAFT, pk__in=_campaigns_of(groups)).order_by("pk")


def _campaigns_of(groups: Collection[Any]) -> list[Any]:
    through = Campaign.groups.through._default_manager.using(tables.alias())
    return list(through.filter(recipientgroup__in=groups).values_list("campaign", flat=True))


def hold_campaigns_of(groups: Collection[Any]) -> "QuerySet[Campaign]":
    """Let no campaign to these groups start until the transaction ends; return those that did and are to come."""
    list(tables.campaigns().filter(pk__in=_campaigns_of(groups)).select_for_update().order_by("pk").values_list("pk"))
    return campaigns_to_come(groups)
