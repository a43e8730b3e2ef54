"""Write messages as drafts, except existing ones and those to people who opted out."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Any

from viber_messaging.delivery.queue import insertion
from viber_messaging.delivery.storage import tables
from viber_messaging.importing.comparison.messages import compared
from viber_messaging.importing.entities import Draft, Kind, Written
from viber_messaging.importing.readers.messages import message_of
from viber_messaging.importing.stage import Staged
from viber_messaging.importing.transaction import write_all


def write_messages(
    staged: Staged,
    *,
    created_by: Any = None,
) -> Written:
    """Write the messages of ``staged`` as drafts, without sending; return the counts of rows by kind.

    All are written or none. A message equal to an existing draft is not created again. Wrong rows are left out. Raises
    as ``write`` does.
    """
    writer = partial(write_drafts, created_by=created_by)
    return Written(counts=write_all(staged, lambda: writer))


def write_drafts(drafts: Sequence[Draft], *, created_by: Any) -> Counter[Kind]:
    """Write one batch; return how many rows of each kind there were."""
    judged = [(draft, kind) for draft, kind, _changes in compared(drafts)]
    new = [draft for draft, kind in judged if kind == Kind.NEW]
    keys = dict(tables.recipients().filter(phone__in=[draft.phone for draft in new]).values_list("phone", "pk"))
    messages = [message_of(draft) for draft in new]
    for message in messages:
        message.recipient_id = keys.get(message.phone)
        message.created_by = created_by
    insertion.insert(messages)
    return Counter(kind for _draft, kind in judged)
