"""Messages that may have been sent, each with the relevant part of its history."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from viber_messaging.delivery.connection import account
from viber_messaging.delivery.storage import tables
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.models.message_queries import LONGEST_WAIT, MessageQuerySet
from viber_messaging.states import AttemptOutcome, MessageChannel, MessageState


class Trace(NamedTuple):
    """One attempt that reached the gateway, or may have."""

    number: int
    started_at: datetime
    outcome: str
    status_code: int | None
    msg_id: str
    account_mark: str

    @property
    def is_repeat(self) -> bool:
        """Return whether the gateway refused it because an earlier request had arrived."""
        return self.outcome == AttemptOutcome.REJECTED and self.status_code == MessageCode.ERR_DUPLICATE


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A message that may have been sent."""

    pk: int
    reference: int
    is_of_intent: bool
    """Whether its reference is, or may be, derived from the intent to send; otherwise it is random."""
    number: int
    """The number of the last attempt."""
    created_at: datetime
    next_attempt_at: datetime | None
    status_code: int | None
    worker_deaths: int
    vouched_count: int
    """The number of attempts, from the first, that a person said were made with the account in use."""
    asked_about: tuple[tuple[str, Any], ...]
    """The row's values when it was read. An answer does not apply if there was another attempt or decision since."""
    traces: Sequence[Trace]

    @property
    def is_missed(self) -> bool:
        """Return whether the gateway said once since the last attempt that it does not know the message."""
        return self.status_code == MessageCode.ERR_ID

    @property
    def is_repeat(self) -> bool:
        """Return whether the last attempt was refused because an earlier request had arrived."""
        return any(trace.is_repeat and trace.number == self.number for trace in self.traces)

    @property
    def is_elsewhere(self) -> bool:
        """Return whether it may have been sent with another account than the one in use, and no person vouched."""
        return any(self._is_elsewhere(trace) for trace in self.traces)

    def _is_elsewhere(self, trace: Trace) -> bool:
        is_vouched = trace.number <= self.vouched_count
        return not is_vouched and trace.account_mark not in ("", *account.marks())

    @property
    def accepted(self) -> Trace | None:
        """Return the attempt that the gateway accepted, if one is recorded."""
        return next((trace for trace in self.traces if trace.outcome == AttemptOutcome.ACCEPTED), None)

    @property
    def burnt(self) -> int:
        """Return how many attempts may have reached the gateway."""
        return len(self._unknown())

    @property
    def first_started_at(self) -> datetime:
        """Return when the first attempt that may have arrived began."""
        return min((trace.started_at for trace in self._unknown()), default=self.created_at)

    def _unknown(self) -> list[Trace]:
        return [trace for trace in self.traces if trace.outcome == AttemptOutcome.UNKNOWN]

    def is_early(self, now: datetime) -> bool:
        """Return whether a person asked before it was due; a time from a clock since set back does not count."""
        return self.next_attempt_at is not None and now < self.next_attempt_at <= now + LONGEST_WAIT


_COLUMNS = (
    "pk", "reference", "attempt_count", "created_at", "next_attempt_at", "status_code", "worker_deaths",
    "vouched_mark", "vouched_count",
)  # fmt: skip


def read(messages: MessageQuerySet, *, after_pk: int, limit: int) -> list[Doubt]:
    """Return the first of these messages after ``after_pk`` that may have been sent, in key order."""
    pks = list(messages.filter(pk__gt=after_pk).order_by("pk").values_list("pk", flat=True)[:limit])
    if not pks:
        return []
    named = tables.messages().filter(pk__in=pks)
    # The reference of a message that a person wrote is derived from the form, whose ticket is not stored.
    meant = named.exclude(campaign=None, key=None, created_by=None, channel=MessageChannel.VIBER)
    traces, of_intents = _traces(pks), set(meant.values_list("pk", flat=True))
    rows = named.still(MessageState.UNCONFIRMED).order_by("pk").values(*_COLUMNS)
    return [_doubt(row, traces[row["pk"]], is_of_intent=row["pk"] in of_intents) for row in rows]


def _traces(pks: Sequence[int]) -> Mapping[int, list[Trace]]:
    """Return the attempts that reached the gateway, or may have, by message key."""
    found = defaultdict[int, list[Trace]](list)
    attempts = tables.attempts().filter(account.MAY_HAVE_ARRIVED, message__in=pks).order_by("pk")
    for pk, *trace in attempts.values_list("message_id", *Trace._fields):
        found[pk].append(Trace(*trace))
    return found


def _doubt(row: dict[str, Any], traces: Sequence[Trace], *, is_of_intent: bool) -> Doubt:
    asked_about = tuple((name, row[name]) for name in ("attempt_count", "vouched_mark", "vouched_count"))
    is_vouched = row.pop("vouched_mark") in account.marks()
    row["vouched_count"] *= is_vouched
    number = row.pop("attempt_count")
    return Doubt(number=number, **row, asked_about=asked_about, traces=traces, is_of_intent=is_of_intent)
