"""The audience of a campaign: the recipients in its groups, each once, in key order."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from django.db.models import Max

from viber_messaging.delivery.campaign.texts import Filled, Obstacle, Rendering
from viber_messaging.delivery.storage import tables
from viber_messaging.models import Campaign
from viber_messaging.models.recipient import attributes_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """A recipient in the groups, with the content for that person."""

    pk: int
    phone: str = field(repr=False)
    filled: Filled = field(repr=False)
    """Personal data is kept out of the repr, which appears in tracebacks."""

    @property
    def obstacle(self) -> Obstacle | None:
        return self.filled.obstacle


def groups(campaign: Campaign) -> list[int]:
    """Return the keys of a campaign's groups."""
    of_campaign = Campaign.groups.through._default_manager.using(tables.alias()).filter(campaign=campaign.pk)
    return list(of_campaign.order_by("recipientgroup").values_list("recipientgroup", flat=True))


def members(campaign: Campaign) -> Any:
    """Return the memberships of a campaign's groups: a row for each person and group."""
    return tables.memberships().filter(recipientgroup__in=groups(campaign))


def people(group_keys: Collection[int]) -> Any:
    """Return the recipients in these groups, each once."""
    rows = tables.memberships().filter(recipientgroup__in=group_keys)
    return tables.recipients().filter(pk__in=rows.values("recipient"))


def columns(group_keys: Sequence[int], limit: int) -> list[str]:
    """Return the names of the attributes of the first people in these groups, each once."""
    rows = tables.recipients().filter(pk__in=first_keys(group_keys, limit)).order_by("pk")
    known = map(attributes_of, rows.values_list("attributes", flat=True))
    return list(dict.fromkeys(name for attributes in known for name in attributes))


def first_keys(group_keys: Sequence[int], limit: int) -> list[int]:
    """Return the keys of the first people in these groups, at most ``limit``."""
    rows = tables.memberships().filter(recipientgroup__in=group_keys)
    return list(rows.order_by("recipient").values_list("recipient", flat=True).distinct()[:limit])


def count(campaign: Campaign, until: int) -> int:
    """Return how many different people with keys up to ``until`` are in the groups."""
    found: int = members(campaign).filter(recipient__lte=until).values("recipient").distinct().count()
    return found


def lock(pks: Collection[int]) -> None:
    """Lock these groups until the transaction ends. Bulk additions of people to groups must hold this lock.

    A recipient with a lower key may be committed later than one with a higher key. A campaign that began in between
    would include some of the people added and leave out the others.
    """
    list(_lockable(pks).values_list("pk"))


def lock_if_free(pks: Collection[int]) -> bool:
    """Lock these groups until the transaction ends, unless one is locked already; return whether we hold them."""
    return len(_lockable(pks, skip_locked=True).values_list("pk")) == len(pks)


def _lockable(pks: Collection[int], **options: bool) -> Any:
    options["no_key"] = connections[tables.alias()].features.has_select_for_no_key_update
    return tables.groups().filter(pk__in=pks).order_by("pk").select_for_update(**options)


def last_key() -> int:
    """Return the highest key of a recipient; 0 if there are none."""
    return tables.recipients().aggregate(last=Max("pk"))["last"] or 0


def keys_after(campaign: Campaign, cursor: int, until: int, limit: int) -> list[int]:
    """Return the keys of the next recipients, at most ``limit``."""
    rows = members(campaign).filter(recipient__gt=cursor, recipient__lte=until)
    return list(rows.order_by("recipient").values_list("recipient", flat=True).distinct()[:limit])


def read(rendering: Rendering, keys: Sequence[int]) -> Iterator[Addressee]:
    """Read these recipients and fill the texts for each."""
    rows = tables.recipients().filter(pk__in=keys).order_by("pk")
    columns = ("pk", "phone", "opted_out_at", *(("name", "attributes") if rendering.has_placeholders else ()))
    for pk, phone, opted_out_at, *known in rows.values_list(*columns):
        filled = rendering.fill(*(known or ("", {})))
        if opted_out_at is not None:
            filled = Filled(fields=filled.fields, obstacle=Obstacle.OPTED_OUT)
        yield Addressee(pk=pk, phone=phone, filled=filled)
