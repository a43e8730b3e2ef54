"""Merge, copy and fill whole groups, a thousand people at a time."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from viber_messaging.delivery.people import departure
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.batches import BATCH_SIZE, batches
from viber_messaging.models import Recipient, RecipientGroup

MOST_PEOPLE = 50_000
"""The most people in a group that is made while somebody waits."""


class GroupsChanged(Exception):
    """Raised when these groups were merged or deleted meanwhile, perhaps by the same person."""


class GroupsInUse(Exception):
    """Raised when a campaign is going to one of these groups: merging would add people whom nobody reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """A table that links recipients or other objects to groups."""

    model: Any
    owner: str
    group: str

    def of(self, groups: Collection[int]) -> Any:
        """Return the rows of these groups."""
        return self.model._default_manager.using(tables.alias()).filter(**{f"{self.group}__in": groups})

    def add(self, owners: Iterable[int], group: int) -> None:
        """Link these owners to a group, once each."""
        rows = [self.model(**{self.owner: owner, self.group: group}) for owner in owners]
        self.model._default_manager.using(tables.alias()).bulk_create(rows, ignore_conflicts=True)

    def copy(self, sources: Collection[int], target: int) -> None:
        """Link to the target everything that is linked to the sources."""
        last = 0
        while rows := list(self._after(sources, last)):
            self.add({owner for _, owner in rows}, target)
            last = rows[-1][0]

    def _after(self, groups: Collection[int], pk: int) -> Any:
        return self.of(groups).filter(pk__gt=pk).order_by("pk").values_list("pk", self.owner)[:BATCH_SIZE]


def memberships() -> Links:
    """Return the table of group memberships."""
    return _links(Recipient._meta.get_field("groups"))


def all_links() -> Iterator[Links]:
    """Yield every table that links something to groups."""
    for relation in RecipientGroup._meta.related_objects:
        if relation.many_to_many:
            yield _links(relation.field)


def _links(field: Any) -> Links:
    through = field.remote_field.through
    return Links(model=through, owner=f"{field.m2m_field_name()}_id", group=f"{field.m2m_reverse_field_name()}_id")


def merge(pks: Collection[int], into: int) -> list[int]:
    """Merge groups into one of them and delete the others; return the keys of the deleted ones.

    Does nothing and raises GroupsChanged if the target or all the others are gone, or GroupsInUse with the name of a
    campaign that is going to any of them.
    """
    with tables.atomic():
        locked = _lock(pks)
        others = [pk for pk in locked if pk != into]
        if into not in locked or not others:
            raise GroupsChanged
        _refuse_in_use(locked)
        for links in all_links():
            links.copy(others, into)
        tables.groups().filter(pk__in=others).delete()
    return others


def _refuse_in_use(pks: Collection[int]) -> None:
    """Raise GroupsInUse, or lock the campaigns of these groups until the commit, so that none starts."""
    for campaign in departure.lock_campaigns_of(pks):
        raise GroupsInUse(campaign.name)


def copy(group: RecipientGroup, name: str) -> RecipientGroup:
    """Return a new group with the same people. Raises IntegrityError if the name is taken."""
    with tables.atomic():
        made: RecipientGroup = tables.groups().create(name=name)
        memberships().copy([group.pk], made.pk)
    return made


def new_group(name: str) -> RecipientGroup:
    """Return an unsaved group with this name. Raises ValidationError if it is empty, too long, or taken."""
    group = RecipientGroup(name=name.strip())
    group.full_clean()
    return group


def make_group(name: str, phones: Any) -> tuple[RecipientGroup, int]:
    """Make a group of these phones (a query for E.164) and create missing recipients; return it and its size.

    The group is made completely or not at all. Raises ValidationError if the name is invalid, or if there are no people
    or too many.
    """
    group, found = new_group(name), list(phones.distinct()[: MOST_PEOPLE + 1])
    if not found:
        raise ValidationError(_("There are no recipients among them, so no group was created."), code="nobody")
    if len(found) > MOST_PEOPLE:
        sentence = _("There are more than %(most)s people: choose fewer days.")
        raise ValidationError(sentence, code="too_many", params={"most": MOST_PEOPLE})
    with tables.atomic():
        group.save(using=tables.alias())
        return group, add_phones(group, found)


def add_phones(group: RecipientGroup, phones: Iterable[str]) -> int:
    """Add these phones (E.164) to a group and create missing recipients; return how many were not in it.

    Raises GroupsChanged if the group is gone.
    """
    return sum(_add_batch(group, sorted(batch)) for batch in batches(phones))


def _add_batch(group: RecipientGroup, phones: list[str]) -> int:
    with tables.atomic():
        if not _lock([group.pk]):
            raise GroupsChanged
        tables.recipients().bulk_create([Recipient(phone=phone) for phone in phones], ignore_conflicts=True)
        before = count_members(group, phones)
        join(group, phones)
        return len(phones) - before


def join(group: RecipientGroup, phones: Iterable[str]) -> None:
    """Put the recipients with these phones, E.164, into a group; those who are in it already stay."""
    for batch in batches(phones):
        memberships().add(tables.recipients().filter(phone__in=batch).values_list("pk", flat=True), group.pk)


def count_members(group: RecipientGroup, phones: Iterable[str]) -> int:
    """Return how many of these phones (E.164) are in the group."""
    members = tables.recipients().filter(groups=group.pk)
    return sum(members.filter(phone__in=batch).count() for batch in batches(phones))


def count_known(phones: Iterable[str]) -> int:
    """Return how many of these phones (E.164) are recipients."""
    return sum(tables.recipients().filter(phone__in=batch).count() for batch in batches(phones))


def _lock(pks: Collection[int]) -> list[int]:
    """Lock the groups that exist until the commit and return them; SQLite requires the write before any read."""
    groups = tables.groups().filter(pk__in=pks)
    groups.update(name=F("name"))
    return list(groups.select_for_update().order_by("pk").values_list("pk", flat=True))
