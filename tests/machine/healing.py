"""The end of every story: all is well again, time passes, and nothing may be lost."""

from collections.abc import Iterator
from typing import Any

from tests.doors import OTHER_ACCOUNT, TOO_OLD_TO_RESEND
from tests.machine.promises import TAKEN, is_restored_or_deleted, is_somebody_elses
from tests.machine.world import World
from viber_messaging.models import Message
from viber_messaging.sandbox.faults.scenarios import BY_NAME
from viber_messaging.states import FINAL_STATES, MessageState

S = MessageState
SILENT_FATES = frozenset({"unclear", "strange-status"})
"""The gateway has the message and never says where it stands."""

FOR_A_PERSON = {TOO_OLD_TO_RESEND, OTHER_ACCOUNT}
"""Why a message waits for a person. Where nobody is there, API_URL leads elsewhere: to another account, it seems."""

PATIENCE_SECONDS = [301.0] * 4 + [1000.0] * 20 + [86400.0] * 4


def heal(world: World) -> None:
    """Put the clock right and let workers do all that is due, until nothing is left for them."""
    world.time.put_right()
    for seconds in PATIENCE_SECONDS:
        world.time.let_pass(seconds)
        world.round()
        if not any(unsettled(world)):
            world.time.let_pass(7200)
            world.round()
            return


def unsettled(world: World) -> Iterator[str]:
    """Tell of each message that neither has an end nor waits for a person."""
    for row in Message.objects.order_by("pk").values():
        if not _is_settled(world, row):
            yield f"message {row['id']} is still {row['state']}: {row['error']}"


def _is_settled(world: World, row: dict[str, Any]) -> bool:
    if row["state"] == S.UNCONFIRMED:
        entry = world.gateway.accepted.get(row["reference"])
        return row["error"] in FOR_A_PERSON or (entry is not None and entry.scenario in SILENT_FATES)
    if row["state"] == S.QUEUED and row["error"]:
        return row["phone"] == BY_NAME["error-201"].phone  # never taken, and with no other message to compare it with
    return row["state"] in FINAL_STATES or row["state"] == S.ACCEPTED


def lies(world: World) -> Iterator[str]:
    """Tell of each record that differs from the gateway's book."""
    for row in Message.objects.order_by("pk").values():
        reference = row["reference"]
        times = world.gateway.times_accepted(reference)
        if row["state"] in TAKEN and row["id"] not in world.watch.marked and not is_somebody_elses(row):
            if times != 1 or row["msg_id"] != str(world.gateway.accepted[reference].msg_id):
                yield f"message {row['id']} is {row['state']}, and the gateway took it {times} times"
        elif row["state"] in (S.REJECTED, S.CANCELLED, S.FAILED) and times and not _is_excused(world, row):
            yield f"message {row['id']} is {row['state']}, and the gateway has it"


def _is_excused(world: World, row: dict[str, Any]) -> bool:
    """Tell whether the record cannot know: a restored database, a deletion at the gateway, a worker that slept."""
    reference = row["reference"]
    return is_restored_or_deleted(world, reference) or reference in world.watch.late
