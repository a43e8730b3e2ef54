"""The number of people in groups, and how many of them opted out. Large groups are counted only once a minute.

It is counted sooner if anybody was added to a group, or opted out, since.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db.models import Count, Subquery

from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.storage import tables
from viber_messaging.statistics.cache import LARGE, keep_each, recall_each

NAME, TOGETHER = "group", "groups_together"


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The number of people in a group."""

    people: int = 0
    opted_out: int = 0


def measure(groups: Iterable[Any]) -> None:
    """Set on each of these groups how many ``people`` are in it, and how many of them ``opted_out``."""
    rows = list(groups)
    sizes = sizes_of([group.pk for group in rows])
    for group in rows:
        group.people, group.opted_out = sizes[group.pk].people, sizes[group.pk].opted_out


def sizes_of(groups: Collection[int]) -> dict[int, Size]:
    """Return the sizes of these groups by key."""
    marks = dict.fromkeys(groups, _last_change())
    kept: dict[int, Size] = recall_each(NAME, marks)
    counted = _count([group for group in groups if group not in kept])
    keep_each(NAME, marks, ((group, size) for group, size in counted.items() if size.people >= LARGE))
    return kept | counted


def count_reachable(groups: Collection[int]) -> int:
    """Return how many people in these groups can receive messages; somebody in two of them counts once."""
    key = sha256(str(sorted(groups)).encode()).hexdigest()
    marks = {key: _last_change()}
    kept: dict[str, int] = recall_each(TOGETHER, marks)
    if key in kept:
        return kept[key]
    count: int = audience.people(groups).reachable().count()
    keep_each(TOGETHER, marks, [(key, count)] if count >= LARGE else [])
    return count


def _last_change() -> str:
    """Return a mark that changes when somebody joins any group, or opts out; read from the ends of two indexes."""
    opted_out = tables.recipients().filter(opted_out_at__isnull=False).order_by("-opted_out_at")
    last = Subquery(opted_out.values("opted_out_at")[:1])
    rows = tables.memberships().order_by("-pk").values_list("pk", last)[:1]
    return ".".join(f"{pk}.{moment and moment.timestamp()}" for pk, moment in rows)


def _count(groups: Collection[int]) -> dict[int, Size]:
    members = tables.memberships().order_by().values_list("recipientgroup").annotate(count=Count("pk"))
    people = dict(members.filter(recipientgroup__in=groups)) if groups else {}
    opted_out = _count_opted_out(people)
    return {group: Size(people=people.get(group, 0), opted_out=opted_out.get(group, 0)) for group in groups}


def _count_opted_out(people: Mapping[int, int]) -> dict[int, int]:
    """For small groups, read all members; for the others, read all people who opted out, who are fewer."""
    small = [group for group, count in people.items() if count < LARGE]
    members = tables.memberships().filter(recipientgroup__in=small, recipient__opted_out_at__isnull=False)
    found = dict(members.order_by().values_list("recipientgroup").annotate(count=Count("pk"))) if small else {}
    if len(small) == len(people):
        return found
    everybody = tables.recipients().filter(opted_out_at__isnull=False).order_by()
    return dict(everybody.values_list("groups").annotate(count=Count("pk"))) | found
