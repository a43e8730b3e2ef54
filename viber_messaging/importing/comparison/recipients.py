"""Compare a batch of people with the known recipients."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.entities import Change, Kind, Person
from viber_messaging.models.recipient import attributes_of


@dataclass(frozen=True, slots=True)
class Known:
    """A recipient as stored."""

    name: str
    attributes: Mapping[str, str]
    opted_out_at: datetime | None


def known_among(people: Sequence[Person], *, lock: bool = False) -> dict[str, Known]:
    """Return the recipients among ``people``, by phone; with ``lock``, lock them until the transaction ends."""
    found = tables.recipients().filter(phone__in=[person.phone for person in people])
    if lock:
        found = found.select_for_update().order_by("pk")
    fields = found.values_list("phone", "name", "attributes", "opted_out_at")
    return {phone: Known(name, attributes_of(stored), left) for phone, name, stored, left in fields}


def changes(person: Person, known: Known) -> Iterator[Change]:
    """Yield the changes that a row makes. A blank cell changes nothing."""
    if person.name and person.name != known.name:
        yield Change(title="", before=known.name, after=person.name)
    for title, after in person.attributes.items():
        before = known.attributes.get(title)
        if before != after:
            yield Change(title=title, before="" if before is None else str(before), after=after)


def compared(people: Sequence[Person]) -> Iterator[tuple[Person, Kind, tuple[Change, ...]]]:
    """Yield each row with its kind and its changes; one query for each batch."""
    known = known_among(people)
    for person in people:
        before = known.get(person.phone)
        yield person, kind_of(person, before), tuple(changes(person, before)) if before else ()


def kind_of(person: Person, known: Known | None) -> Kind:
    """Return what happens to a row."""
    if known is None:
        return Kind.NEW
    if known.opted_out_at is not None:
        return Kind.OPTED_OUT
    return Kind.UPDATED if any(changes(person, known)) else Kind.UNCHANGED
