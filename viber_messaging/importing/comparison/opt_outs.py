"""Compare a batch of phones that opt out with the known recipients."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from viber_messaging.importing.comparison.recipients import Known, known_among
from viber_messaging.importing.entities import Change, Kind, Person


def compared(people: Sequence[Person]) -> Iterator[tuple[Person, Kind, tuple[Change, ...]]]:
    """Yield each row with its kind, and with the name if the phone is known; one query for each batch."""
    known = known_among(people)
    for person in people:
        before = known.get(person.phone)
        yield replace(person, name=before.name if before else ""), kind_of(before), ()


def kind_of(known: Known | None) -> Kind:
    """Return what happens to a phone; unknown ones are recorded too."""
    if known is None:
        return Kind.NEW
    return Kind.UPDATED if known.opted_out_at is None else Kind.OPTED_OUT
