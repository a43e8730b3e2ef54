"""Who a campaign goes to: the recipients of its groups, each once, in the order of their keys."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max

from viber_messaging.delivery import storage
from viber_messaging.delivery.rendering import Filled, Obstacle, Rendering
from viber_messaging.models import Campaign


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A recipient of the groups, with what the campaign says to that person."""

    pk: int
    phone: str
    filled: Filled

    @property
    def obstacle(self) -> Obstacle | None:
        return self.filled.obstacle


def groups(campaign: Campaign) -> list[int]:
    """Return the keys of the groups that a campaign goes to."""
    of_campaign = Campaign.groups.through._default_manager.using(storage.alias()).filter(campaign=campaign.pk)
    return list(of_campaign.order_by("recipientgroup").values_list("recipientgroup", flat=True))


def members(campaign: Campaign) -> Any:
    """Return who is in the groups of a campaign: a row for each person and group."""
    return storage.memberships().filter(recipientgroup__in=groups(campaign))


def first_keys(group_keys: Sequence[int], limit: int) -> list[int]:
    """Return the keys of the first people in these groups, ``limit`` at most."""
    rows = storage.memberships().filter(recipientgroup__in=group_keys)
    return list(rows.order_by("recipient").values_list("recipient", flat=True).distinct()[:limit])


def count(campaign: Campaign, until: int) -> int:
    """Return how many different people with keys up to ``until`` are in the groups."""
    found: int = members(campaign).filter(recipient__lte=until).values("recipient").distinct().count()
    return found


def last_key() -> int:
    """Return the highest key of a recipient; 0 where there are none."""
    return storage.recipients().aggregate(last=Max("pk"))["last"] or 0


def keys_after(campaign: Campaign, cursor: int, until: int, limit: int) -> list[int]:
    """Return the keys of the next recipients, ``limit`` at most."""
    rows = members(campaign).filter(recipient__gt=cursor, recipient__lte=until)
    return list(rows.order_by("recipient").values_list("recipient", flat=True).distinct()[:limit])


def read(rendering: Rendering, keys: Sequence[int]) -> Iterator[Addressee]:
    """Read these recipients and fill the texts for each."""
    rows = storage.recipients().filter(pk__in=keys).order_by("pk")
    columns = ("pk", "phone", "opted_out_at", *(("name", "attributes") if rendering.has_gaps else ()))
    for pk, phone, opted_out_at, *known in rows.values_list(*columns):
        filled = rendering.fill(*(known or ("", {})))
        if opted_out_at is not None:
            filled = Filled(fields=filled.fields, obstacle=Obstacle.OPTED_OUT)
        yield Addressee(pk=pk, phone=phone, filled=filled)
