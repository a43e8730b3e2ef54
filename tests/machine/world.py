"""One site, its gateway and its people: what each of them may do, and what was seen of it."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any
from unittest import mock

from django.db.models import Model, QuerySet
from django.utils import timezone

from tests.machine.moments import Killed, when
from tests.machine.turning import Turning
from tests.machine.watching import Watch
from tests.machine.weather import FAIR, Weather, weather
from viber_messaging.delivery import (
    backoff,
    claims,
    connection,
    deciding,
    dispatch,
    pruning,
    queueing,
    recording,
    recovery,
    worker,
)
from viber_messaging.delivery.claims import TOO_OLD_TO_RESEND, ClaimedPackage
from viber_messaging.delivery.report import Report
from viber_messaging.models import Connection, Message, MessageChanged, Recipient, SendAttempt
from viber_messaging.sandbox import Sandbox

TABLES: Sequence[type[Model]] = (Recipient, Message, SendAttempt, Connection)
Unrecorded = tuple[tuple[Any, ...], dict[str, Any]]
Backup = dict[type[Model], list[dict[str, Any]]]


class World:
    """Begins empty, with a gateway that is well."""

    def __init__(self, gateway: Sandbox) -> None:
        self.gateway = gateway
        gateway.reset()
        for table in reversed(TABLES):
            table._base_manager.all().delete()
        self.time = Turning()
        self.watch = Watch(gateway, self.time)
        self.backup: Backup | None = None
        self.generation = 0
        """Counts the restores: workers of an earlier one are dead."""
        self._patches = ExitStack()
        self._patches.enter_context(mock.patch.object(backoff, "random", random.Random(1)))
        self._patches.enter_context(self.watch.watching())

    def close(self) -> None:
        """Give back what was borrowed of the process."""
        self._patches.close()
        self.time.stop()

    # What sites do.

    def queue(self, phones: Sequence[str]) -> None:
        """Save messages to these phones."""
        for phone in phones:
            Message.objects.create(sender="SMSTest", phone=phone, text="Привіт")

    def edit(self, which: int) -> None:
        """Try to change what is queued already; it must be refused."""
        for message in self.some(which):
            message.text = "Інше"
            try:
                message.save()
            except MessageChanged:
                continue
            self.watch.broken.append("a queued message was edited")

    # What workers do.

    def round(self, now: Weather = FAIR) -> None:
        """Do all that is due."""
        with weather(self.gateway, now):
            worker.run_due()

    def inline(self, which: int, now: Weather = FAIR) -> None:
        """Send these inside a web request, and a little besides."""
        with weather(self.gateway, now):
            worker.run_inline(list(self.some(which).values_list("pk", flat=True)))

    def sweep(self) -> None:
        """Find what dead workers left behind."""
        recovery.release_abandoned(Report())

    def take(self, limit: int) -> ClaimedPackage | None:
        """Claim, and do nothing further for now."""
        package = claims.claim(limit)
        return package if package is not None and package.claims else None

    def deliver(self, package: ClaimedPackage, now: Weather, *, is_late: bool) -> None:
        """Go on with a claimed package; ``is_late``: the worker slept after it had looked at the time."""
        with weather(self.gateway, now), connection.open_client() as client, self.watch.excusing(is_late):
            if is_late:
                package = replace(package, claimed_monotonic=self.time.monotonic())
            dispatch.Delivery(client, package, Report()).run()

    def deliver_without_record(self, package: ClaimedPackage, now: Weather, *, is_late: bool) -> Unrecorded | None:
        """Go on up to the first record, and return what would have been recorded."""
        kept: list[Unrecorded] = []

        def keep(*args: Any, **kwargs: Any) -> None:
            kept.append((args, kwargs))
            raise Killed

        with mock.patch.object(recording, "record", keep), suppress(Killed):
            self.deliver(package, now, is_late=is_late)
        return kept[0] if kept else None

    def record(self, unrecorded: Unrecorded) -> None:
        """Record an answer that was kept, however late."""
        args, kwargs = unrecorded
        recording.record(*args, **kwargs)

    @contextmanager
    def dying(self, moment: str, nth: int) -> Iterator[None]:
        """Let whoever works die at this moment."""

        def die() -> None:
            raise Killed

        with suppress(Killed), when(moment, die, nth=nth):
            yield

    # What people do.

    def some(self, which: int) -> "QuerySet[Message]":
        """Return all messages (0), or one of them."""
        pks = list(Message.objects.order_by("pk").values_list("pk", flat=True))
        return Message.objects.filter(pk__in=pks if which == 0 or not pks else [pks[which % len(pks)]])

    def cancel(self, which: int, now: Weather = FAIR) -> None:
        """Press Cancel."""
        with weather(self.gateway, now):
            worker.cancel(self.some(which))
        self.watch.note_cancelled(self.some(which))

    def retry(self, which: int) -> None:
        """Press Retry."""
        self._word(queueing.retry(self.some(which)))

    def ask(self, which: int, now: Weather = FAIR) -> None:
        """Press Refresh: ask again."""
        with weather(self.gateway, now):
            worker.refresh(self.some(which))

    def mark_sent(self, which: int) -> None:
        """Say of what is in doubt for too long that it was sent."""
        self.watch.marked.update(deciding.mark_sent(self._doubtful(which)))

    def send_again(self, which: int) -> None:
        """Say of what is in doubt for too long that it is to be sent."""
        self._word(deciding.send_again(self._doubtful(which)))

    def _doubtful(self, which: int) -> "QuerySet[Message]":
        return self.some(which).filter(error=TOO_OLD_TO_RESEND)

    def _word(self, pks: Sequence[int]) -> None:
        self.watch.forget_cancelled(pks)
        self.watch.word.update(dict.fromkeys(pks, timezone.now()))

    def opt_out(self, phone: str) -> None:
        """Take a recipient's wish to get no more messages."""
        now = timezone.now()
        Recipient.objects.update_or_create(phone=phone, defaults={"opted_out_at": now})
        self.watch.opted_out.add(phone)

    def resume(self) -> None:
        """Press Try now."""
        connection.resume()

    def prune(self, ended_before: datetime) -> None:
        """Delete what ended before this moment."""
        pruning.prune(ended_before)

    def back_up(self) -> None:
        """Copy the tables."""
        self.backup = {table: list(table._base_manager.order_by("pk").values()) for table in TABLES}

    def restore(self) -> None:
        """Put the tables back as they were; every worker is stopped for that."""
        if self.backup is None:
            return
        self.generation += 1
        for table in reversed(TABLES):
            table._base_manager.all().delete()
        for table in TABLES:
            table._base_manager.bulk_create(table(**row) for row in self.backup[table])
        self.watch.forget()
