"""One site, its gateway and its people: what each of them may do, and what was seen of it."""

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from tests import doors
from tests.doors import TOO_OLD_TO_RESEND, ClaimedPackage, Report
from tests.machine.moments import Killed, die, when
from tests.machine.turning import Turning
from tests.machine.watching import Watch
from tests.machine.weather import FAIR, Weather, weather
from tests.moments import replaced
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
        self.count = 0
        """Of the messages ever queued: each has a text of its own."""
        self.asleep: list[ClaimedPackage] = []
        """What workers hold that fell asleep before they posted it."""
        self.unrecorded: list[Unrecorded] = []
        """What workers hold that fell asleep before they recorded it."""
        self._patches = ExitStack()
        self._patches.enter_context(replaced("the chance of a pause", random.Random(1)))
        self._patches.enter_context(self.watch.watching())

    def close(self) -> None:
        """Give back what was borrowed of the process."""
        self._patches.close()
        self.time.stop()

    # What sites do.

    def queue(self, phones: Sequence[str]) -> None:
        """Save messages to these phones."""
        for phone in phones:
            self.count += 1
            Message.objects.create(sender="SMSTest", phone=phone, text=f"Привіт {self.count}")

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
            doors.work()

    def inline(self, which: int, now: Weather = FAIR) -> None:
        """Send these inside a web request, and a little besides."""
        with weather(self.gateway, now):
            doors.send_inline(list(self.some(which).values_list("pk", flat=True)))

    def sweep(self) -> None:
        """Find what dead workers left behind."""
        doors.release_abandoned()

    def take(self, limit: int) -> None:
        """Claim, and fall asleep."""
        package = doors.claim(limit)
        if package is not None and package.claims:
            self.asleep.append(package)

    def finish(self, which: int, now: Weather, *, is_late: bool) -> None:
        """Let a worker that fell asleep over its claim go on."""
        if self.asleep:
            self._deliver(self.asleep.pop(which % len(self.asleep)), now, is_late=is_late)

    def post(self, which: int, now: Weather, *, is_late: bool) -> None:
        """Let a worker that fell asleep over its claim go on, and fall asleep again over the first answer."""

        def keep(*args: Any, **kwargs: Any) -> None:
            self.unrecorded.append((args, kwargs))
            raise Killed

        if self.asleep:
            with replaced("the record", keep), suppress(Killed):
                self.finish(which, now, is_late=is_late)

    def record(self, which: int) -> None:
        """Let a worker that fell asleep over an answer record it."""
        if self.unrecorded:
            args, kwargs = self.unrecorded.pop(which % len(self.unrecorded))
            doors.record(*args, **kwargs)

    def be_taken_for_dead(self) -> None:
        """Let the time of all claims run out, and somebody see it."""
        self.time.let_pass(301)
        self.sweep()

    def be_replaced(self, now: Weather = FAIR) -> None:
        """Let another worker take over from those that sleep."""
        self.be_taken_for_dead()
        self.round(now)
        self.time.let_pass(61)
        self.round()

    def be_replaced_by_a_sleeper(self, limit: int) -> None:
        """Let another worker ask for what those that sleep held, claim it and fall asleep too."""
        self.be_taken_for_dead()
        self.time.let_pass(61)
        doors.ask_about_unknown()
        self.time.let_pass(61)
        self.take(limit)

    def _deliver(self, package: ClaimedPackage, now: Weather, *, is_late: bool) -> None:
        """Go on with a claimed package; ``is_late``: the worker slept after it had looked at the time."""
        with weather(self.gateway, now), doors.open_client() as client, self.watch.excusing(is_late):
            if is_late:
                package = replace(package, claimed_monotonic=self.time.monotonic())
            doors.Delivery(package, Report()).run(client.send)

    def share(self, limit: int, now: Weather, *, is_late: bool) -> None:
        """Let a worker sleep over its claim until another one has claimed the same; then let both go on."""
        self.take(limit)
        self.be_replaced_by_a_sleeper(limit)
        for which in range(-2, 0):
            self.finish(which, now, is_late=is_late)

    def wait_a_day(self) -> None:
        """Let a day pass during which the gateway answers questions and takes nothing."""
        self.time.let_pass(61)
        self.round(Weather("error-212", 1000, "message-viber"))
        self.time.let_pass(90_000)

    def ask_later(self) -> None:
        """Ask for everything when the gateway had time to do something."""
        self.time.let_pass(31)
        self.ask(0)

    @contextmanager
    def dying(self, moment: str, nth: int) -> Iterator[None]:
        """Let whoever works die at this moment."""
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
            doors.cancel(self.some(which))
        self.watch.note_cancelled(self.some(which))

    def retry(self, which: int) -> None:
        """Press Retry."""
        self.watch.take_word(doors.retry(self.some(which)))

    def ask(self, which: int, now: Weather = FAIR) -> None:
        """Press Refresh: ask again."""
        with weather(self.gateway, now):
            doors.ask_now(self.some(which))

    def mark_sent(self, which: int) -> None:
        """Say of what is in doubt for too long that it was sent."""
        self.watch.marked.update(doors.mark_sent(self._doubtful(which)))

    def send_again(self, which: int) -> None:
        """Say of what is in doubt for too long that it is to be sent."""
        self.watch.take_word(doors.send_again(self._doubtful(which)))

    def _doubtful(self, which: int) -> "QuerySet[Message]":
        return self.some(which).filter(error=TOO_OLD_TO_RESEND)

    def opt_out(self, which: int) -> None:
        """Take the wish of somebody to get no more messages."""
        phone = self.some(which).values_list("phone", flat=True).first()
        if phone is not None:
            Recipient.objects.update_or_create(phone=phone, defaults={"opted_out_at": timezone.now()})
            self.watch.opted_out.add(phone)

    def resume(self) -> None:
        """Press Try now."""
        doors.try_now()

    def prune(self, ended_before: datetime) -> None:
        """Delete what ended before this moment."""
        doors.prune(ended_before)

    def let_pass(self, seconds: float) -> None:
        """Wait."""
        self.time.let_pass(seconds)

    def set_by(self, seconds: float) -> None:
        """Set the wall clock, forward or back."""
        self.time.set_by(seconds)

    def back_up(self) -> None:
        """Copy the tables."""
        self.backup = {table: list(table._base_manager.order_by("pk").values()) for table in TABLES}

    def restore(self) -> None:
        """Put the tables back as they were; every worker is stopped for that."""
        if self.backup is None:
            return
        self.asleep.clear()
        self.unrecorded.clear()
        for table in reversed(TABLES):
            table._base_manager.all().delete()
        for table in TABLES:
            table._base_manager.bulk_create(table(**row) for row in self.backup[table])
        self.watch.forget()
