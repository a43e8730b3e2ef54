"""Messages that Viber has not delivered in time: delete them at the gateway, so that an SMS can go instead.

A deadline alone would let both arrive, because Viber may deliver while the SMS is on its way. So the SMS goes once the
gateway says that it deleted the Viber message. The question is recorded before it is asked: if the answer is lost, the
status tells later what became of it.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db.models import DateTimeField, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_noop

from viber_messaging.conf import conf
from viber_messaging.delivery import consent
from viber_messaging.delivery.connection import health
from viber_messaging.delivery.queue import holds
from viber_messaging.delivery.report import Report
from viber_messaging.delivery.sms import fallback
from viber_messaging.delivery.status import query
from viber_messaging.delivery.storage import tables
from viber_messaging.delivery.storage.retry import retried
from viber_messaging.gateway.codes import MessageCode
from viber_messaging.gateway.protocol import Gateway
from viber_messaging.models.message_queries import MessageQuerySet
from viber_messaging.states import MessageState, Recall

REPLACED = gettext_noop("Viber had not delivered it in time. The gateway deleted it, and an SMS goes instead.")


def replace(client: Gateway, report: Report, *, limit: int, may_ask: Callable[[], bool]) -> int:
    """Ask the gateway to delete up to ``limit`` messages whose SMS is due; return how many it was asked about.

    ``may_ask`` is called before each request.
    """
    if report.problem or not conf.SMS or holds.is_stopped():
        return 0
    asked = 0
    while asked < limit and not report.problem:
        found = _due(min(limit - asked, conf.PACKAGE_SIZE), timezone.now())
        if not found or not may_ask() or not _replace(client, report, found):
            break
        asked += len(found)
    return asked


def _due(limit: int, now: datetime) -> list[tuple[int, int]]:
    """Return keys and references of messages that were accepted, and not delivered within their own delay."""
    found: list[tuple[int, int]] = []
    for minutes in _delays():
        late = _late(now, minutes).order_by("pk").values_list("pk", "reference")
        found += late[: limit - len(found)]
        if len(found) >= limit:
            break
    return found


def _delays() -> Iterator[int]:
    """Yield the different delays of accepted messages, each found by one look into a small index."""
    asked = tables.messages().filter(state=MessageState.ACCEPTED, sms_after__isnull=False)
    minutes = asked.aggregate(least=Min("sms_after"))["least"]
    while minutes is not None:
        yield minutes
        minutes = asked.filter(sms_after__gt=minutes).aggregate(least=Min("sms_after"))["least"]


def _late(now: datetime, minutes: int) -> MessageQuerySet:
    since = now - timedelta(minutes=minutes)
    accepted = _awaited(now).filter(sms_after=minutes, accepted_at__lte=since)
    return accepted.filter(Q(scheduled_at=None) | Q(scheduled_at__lte=since))


def _awaited(now: datetime) -> MessageQuerySet:
    """Return the accepted messages whose SMS could be sent now, and that the gateway has not refused to delete."""
    oldest = now - timedelta(seconds=conf.SMS_EXPIRES)
    accepted = tables.messages().filter(state=MessageState.ACCEPTED, recall__in=(Recall.NONE, Recall.ASKED))
    began_at = Coalesce("scheduled_at", "queued_at", "created_at", output_field=DateTimeField())
    in_time = accepted.by_viber().alias(began_at=began_at).filter(began_at__gt=oldest, is_recipient_gone=False)
    wanted = consent.wanted(in_time.exclude(sms_text=""))
    return wanted.exclude(campaign__in=holds.held_campaigns(now)).exclude(holds.is_of_cancelled())


def _replace(client: Gateway, report: Report, found: Sequence[tuple[int, int]]) -> bool:
    """Ask about one package; return whether there was an answer. A lost one is asked for again in a later run."""
    pks = _note_asked([pk for pk, _reference in found])
    references = {pk: reference for pk, reference in found if pk in pks}
    if not references:
        return True
    answer = query.request(client.delete, list(references.values()), report)
    if isinstance(answer, health.Failure):
        return False
    codes = {pk: answer.results[reference].code for pk, reference in references.items() if reference in answer.results}
    _save(report, pks, [pk for pk in pks if codes.get(pk) == MessageCode.DELETED])
    return True


@retried
def _note_asked(pks: Sequence[int]) -> list[int]:
    """Record that the gateway is about to be asked; return the keys of the messages that may still be deleted."""
    with tables.atomic():
        named = tables.messages().filter(pk__in=pks, recall__in=(Recall.NONE, Recall.ASKED))
        named.still(MessageState.ACCEPTED).update(recall=Recall.ASKED)
        asked = tables.messages().filter(pk__in=pks, recall=Recall.ASKED).still(MessageState.ACCEPTED)
        return list(asked.order_by("pk").values_list("pk", flat=True))


@retried
def _save(report: Report, pks: Sequence[int], deleted: Sequence[int]) -> None:
    """Queue the SMS of deleted messages; all others wait for their status, which is asked for at once."""
    with tables.atomic():
        ours = tables.messages().filter(recall=Recall.ASKED)
        count = (
            ours.filter(pk__in=deleted)
            .still(MessageState.ACCEPTED)
            .update(
                state=MessageState.CANCELLED,
                status_code=MessageCode.DELETED,
                completed_at=timezone.now(),
                error=REPLACED,
                next_attempt_at=None,
            )
        )
        kept = [pk for pk in pks if pk not in set(deleted)]
        ours.filter(pk__in=kept).still(MessageState.ACCEPTED).update(recall=Recall.LATE, next_attempt_at=None)
        queued = fallback.insert(pks)
    report.moved[MessageState.CANCELLED] += count
    report.note_sms(queued)
