"""What tests ask of ``viber_messaging.delivery``. Beside this file only ``moments`` and ``tests/delivery`` name it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from viber_messaging.delivery import consent
from viber_messaging.delivery.campaign import expansion, lifecycle, progress
from viber_messaging.delivery.campaign.lifecycle import Cancelled
from viber_messaging.delivery.campaign.progress import Progress
from viber_messaging.delivery.connection import account, health
from viber_messaging.delivery.connection.account import OTHER_ACCOUNT
from viber_messaging.delivery.connection.outages import REASONS
from viber_messaging.delivery.decisions.outcomes import PACKAGE_CULPRIT, REFERENCE_TAKEN
from viber_messaging.delivery.people import groups
from viber_messaging.delivery.people.departure import RECIPIENT_DELETED
from viber_messaging.delivery.people.groups import GroupsChanged
from viber_messaging.delivery.queue import claims, holds, insertion, moves
from viber_messaging.delivery.queue.claims import TOO_OLD_TO_RESEND, Claim, ClaimedPackage
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.runs import inline, worker
from viber_messaging.delivery.send import results
from viber_messaging.delivery.send.dispatch import never
from viber_messaging.delivery.send.package import Delivery
from viber_messaging.delivery.sms import fallback
from viber_messaging.delivery.status import manual_decisions, polling, recovery
from viber_messaging.delivery.status.resolution import POISON
from viber_messaging.delivery.storage import pruning
from viber_messaging.delivery.storage.tables import TransactionOpen
from viber_messaging.models import Campaign, Connection, Message
from viber_messaging.models.message_queries import MessageQuerySet

__all__ = [
    "OTHER_ACCOUNT",
    "PACKAGE_CULPRIT",
    "POISON",
    "REASONS",
    "RECIPIENT_DELETED",
    "REFERENCE_TAKEN",
    "TOO_OLD_TO_RESEND",
    "Claim",
    "ClaimedPackage",
    "Delivery",
    "GroupsChanged",
    "Progress",
    "Report",
    "TransactionOpen",
]

# What a worker does.


def work(**options: Any) -> Report:
    """Do all that is due now, as ``viber_worker`` does in one round."""
    return worker.run_due(**options)


def send_inline(pks: Sequence[int]) -> Report:
    """Send these inside a web request, and a little besides."""
    return worker.run_inline(pks)


def turns() -> inline.Turns:
    """Return the turns of a process that has asked about nothing yet."""
    return inline.Turns()


def claim(limit: int, **options: Any) -> ClaimedPackage | None:
    """Claim up to ``limit`` due messages."""
    return claims.claim(limit, **options)


def record(*args: Any, **options: Any) -> Any:
    """Record what became of claimed messages."""
    return results.record(*args, **options)


def expand(limit: int, *, report: Report | None = None) -> int:
    """Make the next messages of each running campaign; return how many."""
    return expansion.expand(report or Report(), limit=limit)


def release_abandoned() -> None:
    """Find what dead workers left behind."""
    recovery.release_abandoned(Report())


def ask_about_unknown(limit: int = 100) -> None:
    """Ask the gateway for messages that may have been sent."""
    with open_client() as client:
        recovery.settle_unconfirmed(client, Report(), limit=limit, should_stop=never)


def ask_for_statuses(accepted_before: datetime) -> Report:
    """Ask for the status of every message that was accepted before this moment."""
    report = Report()
    with open_client() as client:
        polling.poll(client, report, accepted_before=accepted_before, limit=worker.NO_LIMIT, should_stop=never)
    return report


def open_client(**options: Any) -> Any:
    """Open the client of the gateway that the settings name."""
    return health.open_client(**options)


def prune(ended_before: datetime) -> int:
    """Delete the messages that ended before this moment; return how many."""
    return pruning.prune(ended_before)


def prune_uploads() -> Any:
    """Delete the uploads that nobody confirmed."""
    return pruning.prune_uploads()


def insert(messages: Sequence[Message]) -> None:
    """Save new messages in one go."""
    insertion.insert(messages)


# What people do with messages.


def ask_now(messages: "QuerySet[Message]") -> Any:
    """Ask the gateway for the status of these."""
    return worker.refresh(messages)


def cancel(messages: "QuerySet[Message]") -> Any:
    """Cancel these, also those that the gateway may still take back."""
    return worker.cancel(messages)


def cancel_queued(messages: "QuerySet[Message]") -> list[int]:
    """Cancel those of these that nobody has begun to send; return their keys."""
    return moves.cancel(messages)


def retry(messages: "QuerySet[Message]") -> list[int]:
    """Queue failed messages again; return their keys."""
    return moves.retry(messages)


def send_by_sms(messages: MessageQuerySet) -> list[int]:
    """Queue an SMS instead of each of these undelivered messages; return the keys of the SMS."""
    return fallback.insert_for_a_person(messages, timezone.now())


def mark_sent(messages: "QuerySet[Message]") -> list[int]:
    """Say of unconfirmed messages that they were sent; return their keys."""
    return manual_decisions.mark_sent(messages)


def send_again(messages: "QuerySet[Message]") -> list[int]:
    """Say of unconfirmed messages that they are to be sent again; return their keys."""
    return manual_decisions.send_again(messages)


# What people do with campaigns, with recipients and with the connection.


def start(campaign: Campaign) -> bool:
    """Start a campaign without waking a worker."""
    return lifecycle.start(campaign)


def pause(campaign: Campaign, error: str = "") -> bool:
    """Pause a campaign, for this reason."""
    return lifecycle.pause(campaign, error)


def resume(campaign: Campaign) -> bool:
    """Resume a campaign without waking a worker."""
    return lifecycle.resume(campaign)


def cancel_campaign(campaign: Campaign) -> Cancelled | None:
    """Cancel a campaign and its messages that nobody has begun to send."""
    return lifecycle.cancel(campaign)


def measure(campaign: Campaign, now: datetime | None = None) -> Progress:
    """Count how far a campaign is."""
    return progress.measure(campaign, now)


def merge_groups(pks: Sequence[int], into: int) -> list[int]:
    """Merge groups into one of them; return the keys of those that are gone."""
    return groups.merge(pks, into)


def opt_out(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Opt several phones out; return how many were new."""
    return consent.opt_out(phones, source=source, by=by)


def opt_in(phones: Iterable[str], *, source: str, by: Any = None) -> int:
    """Opt several phones in; return how many had opted out."""
    return consent.opt_in(phones, source=source, by=by)


def stop_all(user: Any = None) -> bool:
    """Stop all sending."""
    return holds.stop_all(user)


def let_go_on() -> bool:
    """Let sending go on."""
    return holds.let_go_on()


def is_stopped() -> bool:
    """Tell whether all sending is stopped."""
    return holds.is_stopped()


def see_worker() -> None:
    """Let a worker be seen that does nothing."""
    health.note_worker()


def try_now() -> None:
    """End the pause that follows an outage."""
    health.resume()


def connection_state() -> Connection:
    """Return what is known of the connection to the gateway."""
    return health.current()


def account_mark() -> str:
    """Return the mark of the account in use, as attempts keep it."""
    return account.mark()
