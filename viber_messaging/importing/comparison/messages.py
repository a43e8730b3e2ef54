"""Compare a batch of messages with existing drafts and with people who opted out."""

from collections.abc import Iterator, Sequence

from viber_messaging.delivery.storage import tables
from viber_messaging.importing.entities import Change, Draft, Kind
from viber_messaging.importing.readers.messages import CONTENT_ROLES
from viber_messaging.states import MessageState

FIELDS = ("phone", "scheduled_at", *map(str, CONTENT_ROLES))


def compared(drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Kind, tuple[Change, ...]]]:
    """Yield each row with its kind; two queries for each batch."""
    phones = [draft.phone for draft in drafts]
    opted_out = set(
        tables.recipients().filter(phone__in=phones).exclude(opted_out_at=None).values_list("phone", flat=True)
    )
    waiting = set(tables.messages().filter(phone__in=phones).still(MessageState.DRAFT).values_list(*FIELDS))
    for draft in drafts:
        yield draft, kind_of(draft, opted_out, waiting), ()


def kind_of(draft: Draft, opted_out: set[str], waiting: set[tuple[object, ...]]) -> Kind:
    """Return what happens to a row."""
    if draft.phone in opted_out:
        return Kind.OPTED_OUT
    said = (draft.phone, draft.scheduled_at, *(draft.content[str(role)] for role in CONTENT_ROLES))
    return Kind.UNCHANGED if said in waiting else Kind.NEW
