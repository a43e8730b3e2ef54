"""What must be true after every step, whatever happened; each promise tells how it was broken."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from tests.chaos import triggers
from tests.doors import REFERENCE_TAKEN
from tests.machine.world import World
from viber_messaging.models import Message, SendAttempt
from viber_messaging.sandbox.faults.scenarios import BY_NAME
from viber_messaging.states import LEGAL_MOVES, AttemptOutcome, MessageState

S = MessageState
TAKEN = frozenset({S.ACCEPTED, S.DELIVERED, S.READ, S.UNDELIVERED})
LONGEST_WAIT = timedelta(days=1, hours=1)


def broken(world: World) -> Iterator[str]:
    """Tell every promise that is broken now."""
    yield from world.watch.broken
    yield from sent_once(world)
    yield from never_backwards()
    rows = list(Message.objects.order_by("pk").values())
    yield from records_agree(world, rows)
    yield from a_way_home(world, rows)
    yield from append_only(world, rows)
    yield from written_ahead(world, rows)


def sent_once(world: World) -> Iterator[str]:
    """I1: the gateway never took a reference twice."""
    for reference in list(world.gateway.accepted):
        if world.gateway.times_accepted(reference) != 1:
            yield f"{reference} was accepted {world.gateway.times_accepted(reference)} times"
    texts = Counter(message.text for message in list(world.gateway.accepted.values()))
    for text, times in texts.items():
        if times > 1:
            yield f"{text!r} was accepted {times} times, under several references"


def never_backwards() -> Iterator[str]:
    """I4: no state was left for one that it must not be left for."""
    for previous, state in {move[1:] for move in triggers.moves()}:
        if S(state) not in LEGAL_MOVES[S(previous)]:
            yield f"a message went from {previous} to {state}"
    triggers.forget()


def records_agree(world: World, rows: list[dict[str, Any]]) -> Iterator[str]:
    """What the record says that the gateway took, it took, under the number that the record has."""
    for row in rows:
        if world.watch.references.setdefault(row["id"], row["reference"]) != row["reference"]:
            yield f"message {row['id']} got another reference"
        if row["error"] == REFERENCE_TAKEN and not is_restored_or_deleted(world, row["reference"]):
            yield f"message {row['id']} failed for its reference, which nobody else used"
        if row["state"] not in TAKEN or row["id"] in world.watch.marked or is_somebody_elses(row):
            continue
        entry = world.gateway.accepted.get(row["reference"])
        if entry is None:
            yield f"message {row['id']} is {row['state']}, and the gateway never had it"
        elif row["msg_id"] != str(entry.msg_id) and (row["msg_id"] or row["state"] != S.ACCEPTED):
            yield f"message {row['id']} has the number {row['msg_id']!r}, the gateway {entry.msg_id}"


def is_restored_or_deleted(world: World, reference: int) -> bool:
    """Tell whether the record may know less than the gateway: a restored database, a deletion there, another site."""
    entry = world.gateway.accepted.get(reference)
    return entry is None or entry.deleted_at is not None or reference in world.watch.behind


def is_somebody_elses(row: dict[str, Any]) -> bool:
    """Tell whether the gateway answers 208 for a reference that it never had from us; with a doubt that misleads."""
    attempts = SendAttempt.objects.filter(message=row["id"], outcome=AttemptOutcome.UNKNOWN)
    return row["phone"] == BY_NAME["refused-208"].phone and attempts.exists()


def a_way_home(world: World, rows: list[dict[str, Any]]) -> Iterator[str]:
    """I2: what is not final is due within a day, or is held by a claim that ends; a failure says why."""
    for row in rows:
        if row["state"] == S.SENDING and not (row["claimed_at"] and row["claim_token"]):
            yield f"message {row['id']} is being sent by nobody"
        is_waiting = row["state"] in (S.QUEUED, S.UNCONFIRMED) and row["next_attempt_at"]
        if is_waiting and row["next_attempt_at"] > world.time.latest + LONGEST_WAIT:
            yield f"message {row['id']} waits until {row['next_attempt_at']}"
        if row["state"] in (S.FAILED, S.REJECTED) and not row["error"]:
            yield f"message {row['id']} is {row['state']} and does not say why"


def append_only(world: World, rows: list[dict[str, Any]]) -> Iterator[str]:
    """Attempts are added, never changed; they go only with their message."""
    messages = {row["id"] for row in rows}
    now = {row[0]: row for row in SendAttempt.objects.values_list()}
    for key, former in world.watch.attempts.items():
        if former[1] in messages and now.get(key) != former:
            yield f"attempt {key} of message {former[1]} was changed"
    world.watch.attempts = now


def written_ahead(world: World, rows: list[dict[str, Any]]) -> Iterator[str]:
    """I5: no more requests than attempts that are recorded or claimed; no attempt beyond the count."""
    watch = world.watch
    made, last = Counter[int](), dict[int, int]()
    for _, message, number, *_rest in watch.attempts.values():
        made[message] += 1
        last[message] = max(number, last.get(message, 0))
    for row in rows:
        reference = row["reference"]
        posted = watch.posts[reference] - watch.posts_before[reference]
        recorded = made[row["id"]] - watch.attempts_before[reference] + (row["state"] == S.SENDING)
        if posted > recorded:
            yield f"message {row['id']} was posted {posted} times, with {recorded} attempts"
        if last.get(row["id"], 0) > row["attempt_count"]:
            yield f"message {row['id']} has an attempt {last[row['id']]} and a count of {row['attempt_count']}"
