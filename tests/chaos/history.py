"""What must be true of every message, whatever happened to it."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import Count, F

from tests.chaos import campaigning, crowd, importer, triggers
from tests.chaos.accounts import Accounts
from tests.chaos.audience import Plan
from viber_messaging.models import Message, SendAttempt
from viber_messaging.states import LEGAL_MOVES, MessageChannel, MessageState


def violations(sandbox: Accounts, plan: Plan, singles: int, logs: str, *, has_forgotten: bool = False) -> Iterator[str]:
    """Tell every promise that was broken, each in one sentence; nothing where all were kept.

    A database that went back in time ``has_forgotten`` attempts and cancellations, so nothing is asked of those.
    """
    yield from _sent_once(sandbox, singles)
    yield from _on_record(sandbox, has_forgotten=has_forgotten)
    yield from _never_backwards()
    if not has_forgotten:
        yield from _records_agree(sandbox)
        yield from _claimed_before_sent(sandbox)
        yield from crowd.violations(sandbox)
    yield from campaigning.violations(sandbox, plan)
    yield from importer.violations()
    yield from _counts_agree()
    yield from _no_secrets(sandbox, logs)
    yield from _no_lock_in_the_way(logs)
    yield from _no_false_pause(logs)


def _sent_once(sandbox: Accounts, count: int) -> Iterator[str]:
    """I1, I2: each that is of no campaign reached the gateway, and none twice."""
    twice = [id_ for id_ in sandbox.accepted if sandbox.times_accepted(id_) != 1]
    if twice:
        yield f"{len(twice)} were accepted more than once: {'; '.join(_story(sandbox, id_) for id_ in twice[:3])}"
    singles = Message.objects.by_viber().filter(campaign=None).exclude(phone__startswith=crowd.PHONES)
    wanted = set(singles.values_list("reference", flat=True))
    lost = wanted - set(sandbox.accepted)
    if lost or len(wanted) != count:
        yield f"{len(wanted) - len(lost)} of {count} were accepted, {len(lost)} lost"
    by_viber = (message for message in sandbox.accepted.values() if message.channel == MessageChannel.VIBER)
    phones = Counter(message.phone for message in by_viber if not message.text.startswith("c"))
    if several := [phone for phone, times in phones.items() if times > 1]:
        yield f"{len(several)} people got the same order under two references"


def _story(sandbox: Accounts, reference: int) -> str:
    """Tell when each account accepted it, and of what attempts the record knows."""
    books = [gateway.accepted.get(reference) for gateway in sandbox.gateways]
    arrivals = [book and datetime.fromtimestamp(book.received_at, UTC).time().isoformat() for book in books]
    attempts = SendAttempt.objects.filter(message__reference=reference).order_by("pk")
    made = [
        f"{number} {outcome} {started:%H:%M:%S.%f}-{finished:%H:%M:%S.%f} {mark} {error!r}"
        for number, outcome, started, finished, mark, error in attempts.values_list(
            "number", "outcome", "started_at", "finished_at", "account_mark", "error"
        )
    ]
    row = Message.objects.filter(reference=reference).values("state", "vouched_mark", "vouched_count", "account_mark")
    return f"{reference} at {arrivals}, attempts {made}, now {row.first()}"


def _on_record(sandbox: Accounts, *, has_forgotten: bool) -> Iterator[str]:
    """I2: what was accepted has a record; one of a campaign that was cancelled after a restore was never made again."""
    strangers = set(sandbox.accepted) - set(Message.objects.values_list("reference", flat=True))
    if has_forgotten:
        strangers = {id_ for id_ in strangers if not sandbox.accepted[id_].text.startswith("c")}
    if strangers:
        yield f"{len(strangers)} were accepted under a reference that no record bears"


def _records_agree(sandbox: Accounts) -> Iterator[str]:
    """I2: the record bears the number that the gateway gave."""
    wrong = Counter[str]()
    for reference, msg_id, state in Message.objects.values_list("reference", "msg_id", "state"):
        accepted = sandbox.accepted.get(reference)
        is_decided = not msg_id and len(sandbox.gateways) > 1  # a person who saw it in the book of another account
        if accepted is not None and not is_decided and msg_id != str(accepted.msg_id):
            wrong[state] += 1
    if wrong:
        yield f"records differ from the gateway's book: {dict(wrong)}"


UNRECORDED = "(unrecorded, code None)"
"""In the log: sending paused because the answers cannot be saved."""

_GRAIN = timedelta(milliseconds=5)


def _claimed_before_sent(sandbox: Accounts) -> Iterator[str]:
    """I3, I5: a committed claim precedes each request, and each that was not refused for its form has its attempt."""
    attempts = Counter(SendAttempt.objects.values_list("message__reference", flat=True))
    requests = sandbox.submissions - sandbox.refused_for_form
    unrecorded = [id_ for id_, times in requests.items() if times > attempts[id_]]
    if unrecorded:
        yield f"{len(unrecorded)} were requested more often than attempts were recorded"
    first = dict(SendAttempt.objects.order_by("-started_at").values_list("message__reference", "started_at"))
    arrived = {id_: datetime.fromtimestamp(message.received_at, UTC) for id_, message in sandbox.accepted.items()}
    early = [id_ for id_, moment in arrived.items() if moment + _GRAIN < first[id_]]
    if early:
        yield f"{len(early)} were sent before their claim"


def _never_backwards() -> Iterator[str]:
    """I4: no state was left for one that it must not be left for."""
    for previous, state in {move[1:] for move in triggers.moves()}:
        if state not in LEGAL_MOVES[MessageState(previous)]:
            yield f"a message went from {previous} to {state}"


def _counts_agree() -> Iterator[str]:
    """I7: what a record says of itself is what its attempts and its history add up to.

    An attempt may be kept twice: by whoever found its worker dead, and by that worker when it was only frozen.
    """
    numbers = Count("attempts__number", distinct=True)
    miscounted = Message.objects.annotate(kept=numbers).exclude(attempt_count=F("kept")).count()
    if miscounted:
        yield f"{miscounted} records count other attempts than were kept"
    last = {message: state for message, _, state in triggers.moves()}
    states = Message.objects.values_list("pk", "state")
    if adrift := [pk for pk, state in states.iterator() if last.get(pk, state) != state]:
        yield f"{len(adrift)} records stand in another state than the last that was written down"


def _no_lock_in_the_way(logs: str) -> Iterator[str]:
    """Workers on one SQLite file wait for each other; they do not fail over it."""
    if count := logs.count("database is locked"):
        yield f"the database was locked {count} times"


def _no_false_pause(logs: str) -> Iterator[str]:
    """U4: a database that makes transactions try again is none that cannot be written."""
    if count := logs.count(UNRECORDED):
        yield f"sending paused {count} times because the answers could not be saved"


def _no_secrets(sandbox: Accounts, logs: str) -> Iterator[str]:
    """I8: neither the key nor a phone in the logs, nor in what is kept of the answers."""
    phones = set(Message.objects.order_by("pk").values_list("phone", flat=True)[:50])
    kept = "\n".join(f"{error} {reply}" for error, reply in SendAttempt.objects.values_list("error", "reply"))
    for place, text in (("the logs", logs), ("the attempts", kept)):
        if sandbox.key in text:
            yield f"the key stands in {place}"
        if any(phone.lstrip("+") in text for phone in phones):
            yield f"a phone stands in {place}"
