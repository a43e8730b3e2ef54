"""What must be true once all is well again; what must be true at every moment the database and the network see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max
from django.db.models.functions import Coalesce

from tests.chaos import campaigning
from tests.machine.healing import SILENT_FATES
from tests.simulation import by_sms
from viber_messaging.models import Campaign, Message
from viber_messaging.sandbox.faults.scenarios import BY_NAME
from viber_messaging.states import FINAL_STATES, TAKEN_STATES, MessageState

if TYPE_CHECKING:
    from tests.simulation.world import World

S = MessageState
SOMEBODY_ELSES = BY_NAME["refused-208"].phone
"""The gateway answers 208 for a reference that it never had from us, which misleads if there is a doubt."""


def broken(world: "World") -> Iterator[str]:
    """Tell each promise that is broken at the end."""
    yield from unsettled(world)
    yield from _lies(world)
    yield from _miscounted()
    yield from by_sms.missing(world)
    for campaign in Campaign.objects.order_by("pk"):
        yield from campaigning.counts_agree(campaign, is_whole=not world.has_lost_rows)


def unsettled(world: "World") -> Iterator[str]:
    """Tell of each message that neither has an end nor waits for a person."""
    for row in Message.objects.order_by("pk").values():
        if not _is_settled(world, row):
            yield f"message {row['id']} is still {row['state']} until {row['next_attempt_at']}: {row['error']}"


def _is_settled(world: "World", row: dict[str, Any]) -> bool:
    if row["state"] == S.UNCONFIRMED:
        return any(entry.scenario in SILENT_FATES for entry in _entries(world, row["reference"]))
    if row["state"] == S.QUEUED and row["error"]:
        return bool(row["phone"] == BY_NAME["error-201"].phone)
    return row["state"] in FINAL_STATES or row["state"] in (S.ACCEPTED, S.DRAFT)


def _entries(world: "World", reference: int) -> list[Any]:
    books = (account.accepted for account in world.network.accounts)
    return [book[reference] for book in books if reference in book]


def _lies(world: "World") -> Iterator[str]:
    """Tell of each record that differs from the gateway's books."""
    for row in Message.objects.order_by("pk").values():
        entries = _entries(world, row["reference"])
        if row["state"] in TAKEN_STATES and row["id"] not in world.marked and row["phone"] != SOMEBODY_ELSES:
            numbers = {str(entry.msg_id) for entry in entries}
            if not entries or (row["msg_id"] not in numbers and (row["msg_id"] or row["state"] != S.ACCEPTED)):
                yield f"message {row['id']} is {row['state']} as {row['msg_id']!r}, and the gateway has {entries}"
        elif row["state"] in (S.REJECTED, S.CANCELLED, S.FAILED) and entries and not _is_excused(world, row, entries):
            yield f"message {row['id']} is {row['state']} ({row['error']}), and the gateway has it"


def _is_excused(world: "World", row: dict[str, Any], entries: list[Any]) -> bool:
    """Tell whether the record cannot know: deleted at the gateway, restored since, or it arrived after all.

    A record that was never sent may have had a predecessor, which was deleted once it had ended.
    """
    reference = row["reference"]
    if world.has_lost_rows and not row["attempt_count"]:
        return True
    is_restored = world.network.first_arrival[reference] < world.restored_at
    is_deleted = all(entry.deleted_at is not None for entry in entries)
    is_rejected = row["state"] == S.REJECTED and {entry.scenario for entry in entries} == {"rejected"}
    return is_restored or is_deleted or is_rejected or reference in world.network.excused


def _miscounted() -> Iterator[str]:
    """Tell of each record that counts other attempts than were kept."""
    kept, last = Count("attempts__number", distinct=True), Coalesce(Max("attempts__number"), 0)
    rows = Message.objects.annotate(kept=kept, last=last)
    for row in rows.exclude(attempt_count=F("kept"), last=F("kept")).order_by("pk").values():
        counts = f"counts {row['attempt_count']} attempts, and {row['kept']} up to {row['last']} are kept"
        yield f"message {row['id']} {counts}"
