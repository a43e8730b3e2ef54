"""Write people as recipients, keeping existing data."""

from collections import Counter
from collections.abc import Sequence
from functools import partial

from django.db import connections

from viber_messaging.delivery.campaign import audience
from viber_messaging.delivery.people import groups
from viber_messaging.delivery.storage import tables
from viber_messaging.importing.comparison.recipients import Known, changes, kind_of, known_among
from viber_messaging.importing.entities import Kind, Person, Written
from viber_messaging.importing.stage import Staged
from viber_messaging.importing.transaction import BatchWriter, write_all
from viber_messaging.importing.writers.recipient_rows import insert
from viber_messaging.models import Recipient, RecipientGroup


def write(
    staged: Staged,
    *,
    group: RecipientGroup | str | None = None,
) -> Written:
    """Write the people of ``staged`` as recipients, into a group if given; return the counts of rows by kind.

    All are written or none. A group given by a new name is created. Nobody is opted in again, and blank cells change
    nothing, so importing the same file twice changes nothing. Wrong rows are left out.

    Raises DatabaseBusy, having written nothing, if other imports kept blocking it.
    """
    counts = write_all(staged, partial(begin_with, group))
    return Written(counts=counts, group=group_of(group))


def begin_with(group: RecipientGroup | str | None) -> BatchWriter:
    """Return a function that writes a batch into the group, which is created if given by a new name, and locked."""
    found = group_of(group)
    if found is not None:
        audience.lock([found.pk])
    return partial(write_people, group=found)


def group_of(group: RecipientGroup | str | None) -> RecipientGroup | None:
    """Return the group, created if given by a new name."""
    if not isinstance(group, str):
        return group
    found: RecipientGroup = tables.groups().get_or_create(name=group)[0]
    return found


def write_people(people: Sequence[Person], *, group: RecipientGroup | None) -> Counter[Kind]:
    """Write one batch; return how many rows of each kind there were."""
    known = known_among(people, lock=True)
    insert([person for person in people if person.phone not in known])
    update([merged(person, known[person.phone]) for person in people if is_changed(person, known)])
    if group is not None:
        groups.join(group, [person.phone for person in people])
    return Counter(kind_of(person, known.get(person.phone)) for person in people)


def is_changed(person: Person, known: dict[str, Known]) -> bool:
    """Return whether a known recipient would change."""
    return person.phone in known and any(changes(person, known[person.phone]))


def merged(person: Person, known: Known) -> Recipient:
    """Return a recipient with the known values, overridden by those in the row."""
    attributes = {**known.attributes, **person.attributes}
    return Recipient(phone=person.phone, name=person.name or known.name, attributes=attributes)


def update(rows: Sequence[Recipient]) -> None:
    """Update names and attributes of existing recipients, by phone, in one statement for each batch."""
    # MySQL matches on any unique key that conflicts, and does not allow naming it.
    names_its_key = connections[tables.alias()].features.supports_update_conflicts_with_target
    tables.recipients().bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["phone"] if names_its_key else None,
        update_fields=["name", "attributes"],
    )
